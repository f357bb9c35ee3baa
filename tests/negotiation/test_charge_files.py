"""A creditor's own document of a charge: who may keep it, what it is worth after a recall, a plan and an erasure."""

from __future__ import annotations

from typing import Any

import pytest

from console.cases.work import resolve
from console.errors import Conflict, NotFound
from console.evidence.erase import erase
from console.ledger.charge_files import judged
from console.ledger.owed import charges_of
from console.negotiation import charge_files, recall
from console.portfolios.queries import get_portfolio
from console.timeline import upload
from console.wire.ids import new_id
from tests.negotiation.scene import ERP, Scene
from tests.world import VAULT


def kept(scene: Scene, charge: str, kind: str = "boleto", text: bytes = b"x", actor: Any = ERP) -> str:
    given = upload.Given(f"{kind}.pdf", "application/pdf", b"%PDF-1.4 " + text)
    file = upload.judge(given, actor, scene.world.clock.now(), "file")
    wish = charge_files.Wish(new_id(), charge, kind, file.sha256)
    return scene.world.do(charge_files.keep, actor, wish, file)[0].id


def why(scene: Scene) -> dict[str, str]:
    return {file.id: reason for file, _, reason in scene.world.see(judged, scene.debtor, scene.world.book)}


def test_each_kind_of_each_charge_stands_for_itself(scene: Scene) -> None:
    first, second = (each.id for each in scene.world.see(charges_of, scene.debtor, scene.world.book))
    boleto, invoice, other = kept(scene, first), kept(scene, first, "invoice"), kept(scene, second)
    assert why(scene) == {boleto: "", invoice: "", other: ""}
    scene.accepted()
    assert set(why(scene).values()) == {"agreement"}
    stranger = ERP.__class__(id="other", name="Other", role="integration", portfolio="another", scopes=ERP.scopes)
    with pytest.raises(NotFound):
        kept(scene, first, actor=stranger)


def test_of_a_charge_that_was_taken_back_nothing_leaves_and_nothing_is_kept(scene: Scene) -> None:
    charges = scene.world.see(charges_of, scene.debtor, scene.world.book)
    mine = kept(scene, charges[0].id)
    book = scene.world.see(get_portfolio, scene.world.book)
    scene.world.do(recall.recall, book, charges[:1], "sold", by="system")
    assert why(scene) == {mine: "recalled"}
    with pytest.raises(Conflict, match="took this charge back"):
        kept(scene, charges[0].id, text=b"y")


def test_they_go_with_the_persons_data_once_nothing_is_owed(scene: Scene) -> None:
    charges = scene.world.see(charges_of, scene.debtor, scene.world.book)
    older, newer = kept(scene, charges[0].id), kept(scene, charges[0].id, text=b"y")
    _, gone = scene.world.do(erase, VAULT, scene.debtor, "erasure")
    assert gone == [], "a debt stands"
    book = scene.world.see(get_portfolio, scene.world.book)
    scene.world.do(recall.recall, book, charges, "sold", by="system")
    if scene.row.is_open:
        scene.world.do(resolve, scene.ana, scene.case, "informed")
    report, gone = scene.world.do(erase, VAULT, scene.debtor, "erasure")
    assert {older, newer} <= set(gone) and report.removed["invoices and boletos"] == 2
    assert why(scene) == {}
