"""Addresses and documents are masked for everybody; in full one at a time, by whoever may, and written down."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from console.audit.models import audit
from console.cases.claim import claim
from console.debtors.models import debtor
from console.store.statement import change, rows
from console.web.limits import RATES, Rate
from tests.flows.desk import Scene
from tests.server import running

PHONE, DOCUMENT = "+5511987654321", "52998224725"


@pytest.fixture(scope="module")
def scene() -> Iterator[Scene]:
    with running(workers={}) as server:
        made = Scene(server)
        person = made.sofia.get(f"/api/v1/cases/{made.case}").json()["debtor"]["id"]
        sealed = server.services.vault.seal(DOCUMENT, "debtor.document")
        server.write(lambda tx: change(tx, debtor, {"id": person}, document=sealed, document_kind="cpf"))
        yield made


def paths(scene: Scene) -> tuple[str, str]:
    """(of Maria's number, of her document)"""
    case = scene.sofia.get(f"/api/v1/cases/{scene.case}").json()
    point = case["contact_points"][0]["id"]
    return f"/api/v1/contact-points/{point}/reveal", f"/api/v1/debtors/{case['debtor']['id']}/reveal"


def written(scene: Scene, who: str) -> list[str]:
    clause = audit.select().with_only_columns(audit.c.action, audit.c.actor_id).where(audit.c.action.like("%revealed"))
    found: list[tuple[str, str]] = scene.server.read(rows, clause, lambda *each: each)
    return [action for action, actor in found if actor == scene.server.ids[who]]


@pytest.mark.parametrize("who", ["ana", "sofia", "caio"])
def test_who_works_with_the_debtor_sees_them_in_full_and_it_is_written_down(scene: Scene, who: str) -> None:
    client, (address, document) = getattr(scene, who), paths(scene)
    before = len(written(scene, who))
    for path in (f"/api/v1/cases/{scene.case}", f"/api/v1/debtors/{document.split('/')[4]}"):
        masked = client.get(path).text
        assert PHONE not in masked and DOCUMENT not in masked
    assert client.post(address).json() == {"address": PHONE}
    assert client.post(document).json() == {"kind": "cpf", "value": DOCUMENT}
    assert written(scene, who)[before:] == ["contact_point.revealed", "debtor.document_revealed"]


def test_a_colleague_without_the_case_sees_what_does_not_exist(scene: Scene) -> None:
    for path in paths(scene):
        real, none = scene.bruno.post(path), scene.bruno.post("/".join([*path.split("/")[:4], "none", "reveal"]))
        assert (real.status_code, real.content) == (404, none.content)
    assert written(scene, "bruno") == []


def test_an_admin_and_a_token_reveal_nothing(scene: Scene) -> None:
    for path in paths(scene):
        assert scene.admin.post(path).status_code == 403
    assert written(scene, "admin") == []


def test_the_agent_a_case_was_taken_from_reads_it_and_reveals_nothing(scene: Scene) -> None:
    assert scene.sofia.post(f"/api/v1/cases/{scene.case}/takeover", json={}).status_code == 200
    try:
        for path in paths(scene):
            answer = scene.ana.post(path)
            assert (answer.status_code, answer.json()["code"]) == (409, "not_owner")
    finally:
        assert scene.sofia.post(f"/api/v1/cases/{scene.case}/handback", json={"note": "segue"}).status_code == 200
        if scene.sofia.get(f"/api/v1/cases/{scene.case}").json()["owner"] is None:
            scene.server.write(claim, scene.world.actor("ana"), scene.case)


def test_curiosity_has_a_limit(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    scene.server.services.limits.forget()
    monkeypatch.setitem(RATES, "reveal", Rate(0.0001, 2))
    address, _ = paths(scene)
    assert [scene.caio.post(address).status_code for _ in range(3)] == [200, 200, 429]
    scene.server.services.limits.forget()
