"""The evidence of a case: whole when made, refused when altered, and still whole after an erasure (decision 19)."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from channels.types import Accepted
from console.audit.list import AuditQuery, audit_page
from console.audit.record import record
from console.cases import claim, protect, reply, send, work
from console.errors import Conflict, Forbidden, NotFound, OwnRequest
from console.evidence.bundle import Bundle, check_signature, make_bundle, take_evidence
from console.evidence.erase import ask_erasure, carry_out, erase
from console.evidence.verify import Altered, verify
from console.store.base import load
from console.timeline.queries import get
from console.timeline.search import SearchQuery, search
from console.wire.ids import new_id
from tests.world import VAULT, World, make_world

Lines = list[str]


def scene(folder: Path) -> tuple[World, str, str]:
    """A case in which Maria wrote, Ana answered, the provider took it, and Maria asked to stop."""
    world = make_world(folder)
    world.online("ana", "sofia")
    case = world.hear("Oi, quero negociar minha fatura-canário").case or ""
    world.do(claim.claim, world.actor("ana"), case)
    wish = reply.Reply(client_id=new_id(), epoch=world.case(case).epoch, channel="whatsapp", text="Bom dia, Maria!")
    item = world.do(reply.reply, world.actor("ana"), case, wish)[0].id
    assert world.do(send.start, item, "w") is not None
    world.do(send.finish, item, Accepted(provider_id="wamid.out"), "w")
    world.hear("PARAR")
    return world, case, item


def write(folder: Path, bundle: Bundle) -> Path:
    path = folder / "evidence.zip"
    path.write_bytes(bundle.content)
    return path


def lines(bundle: Bundle) -> list[dict[str, Any]]:
    with zipfile.ZipFile(io.BytesIO(bundle.content)) as held:
        return [json.loads(each) for each in held.read("records.jsonl").decode().splitlines()]


def test_it_holds_messages_deliveries_decisions_with_inputs_contacts_consents_and_acts(tmp_path: Path) -> None:
    world, case, item = scene(tmp_path)
    made = world.do(take_evidence, world.actor("caio"), case, VAULT)
    held = {each["key"]: each["body"] for each in lines(made)}
    assert held[f"message:{item}"]["text"] == "Bom dia, Maria!"
    kinds = {key.partition(":")[0] for key in held}
    assert {"case", "message", "event", "decision", "attempt", "contact", "consent_log", "approval"} <= kinds
    (decision,) = [body for key, body in held.items() if key.startswith("decision:") and body["item_id"] == item]
    assert decision["code"] == "ALLOW" and decision["inputs"]["facts"]["places"][0]["country"] == "BR"
    assert "whisper" not in kinds and "note" not in kinds
    manifest = verify(str(write(tmp_path, made)))
    assert (manifest["records"], manifest["head"]) == (made.records, made.head)
    assert len(check_signature(manifest)) == 16
    (told,) = world.see(audit_page, world.actor("caio"), AuditQuery(action="evidence.taken", case=case)).items
    assert told["detail"]["head"] == made.head


def test_the_verifier_in_the_bundle_runs_by_itself(tmp_path: Path) -> None:
    world, case, _ = scene(tmp_path)
    path = write(tmp_path, world.see(make_bundle, case, VAULT, "caio"))
    with zipfile.ZipFile(path) as held:
        held.extract("verify.py", tmp_path)
    ran = subprocess.run(
        [sys.executable, "-I", "-S", str(tmp_path / "verify.py"), str(path)], capture_output=True, text=True, check=True
    )
    assert ran.stdout.startswith("whole: ")


def altered(bundle: Bundle, change: Callable[[Lines], Lines], manifest: dict[str, Any] | None = None) -> Bundle:
    """The bundle with its lines, or its manifest, changed by somebody."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(bundle.content)) as held, zipfile.ZipFile(made, "w") as out:
        for name in held.namelist():
            content = held.read(name).decode()
            if name == "records.jsonl":
                content = "".join(f"{line}\n" for line in change(content.splitlines()))
            if name == "manifest.json":
                content = json.dumps(json.loads(content) | (manifest or {}))
            out.writestr(name, content)
    return Bundle(made.getvalue(), bundle.head, bundle.records)


def swapped(found: Lines, number: int, old: str, new: str) -> Lines:
    assert old in found[number - 1]
    return [line.replace(old, new) if at == number else line for at, line in enumerate(found, 1)]


def test_the_first_altered_record_is_named(tmp_path: Path) -> None:
    world, case, item = scene(tmp_path)
    made = world.see(make_bundle, case, VAULT, "caio")
    at = next(each["number"] for each in lines(made) if each["key"] == f"message:{item}")
    changes: list[tuple[Callable[[Lines], Lines], str]] = [
        (lambda f: swapped(f, at, "Bom dia, Maria!", "Pague agora!"), f"record {at} (message:{item}) was altered"),
        (lambda f: f[: at - 1] + f[at:], f"record {at} is missing or out of place"),
        (lambda f: f[:-1], f"record {made.records} is missing"),
        (lambda f: [*f[:2], "{", *f[3:]], "record 3 cannot be read"),
        (lambda f: [f[1], f[0], *f[2:]], "record 1 is missing or out of place"),
    ]
    for change, complaint in changes:
        with pytest.raises(Altered) as refused:
            verify(str(write(tmp_path, altered(made, change))))
        assert complaint in str(refused.value)


def test_a_manifest_that_was_changed_has_no_signature_that_fits(tmp_path: Path) -> None:
    world, case, _ = scene(tmp_path)
    made = world.see(make_bundle, case, VAULT, "caio")
    forged = verify(str(write(tmp_path, altered(made, lambda found: found, {"made_by": "somebody else"}))))
    with pytest.raises(ValueError, match="its signature does not fit"):
        check_signature(forged)
    with pytest.raises(Altered, match="this is no evidence bundle"):
        verify(str(tmp_path / "nothing.zip"))


def test_only_compliance_takes_evidence_and_who_may_not_see_the_case_learns_nothing(tmp_path: Path) -> None:
    world, case, _ = scene(tmp_path)
    for who in ("ana", "sofia"):
        with pytest.raises(Forbidden):
            world.do(take_evidence, world.actor(who), case, VAULT)
    for who in ("bruno", "admin"):
        with pytest.raises(NotFound):
            world.do(take_evidence, world.actor(who), case, VAULT)


def resolved(world: World, case: str) -> None:
    world.do(work.resolve, world.actor("ana"), case, "informed")


def test_an_erasure_takes_the_words_and_leaves_the_chain(tmp_path: Path) -> None:
    world, case, item = scene(tmp_path)
    resolved(world, case)
    before = {each["key"]: each["digest"] for each in lines(world.see(make_bundle, case, VAULT, "caio"))}
    debtor = world.case(case).debtor_id
    asked = world.do(ask_erasure, world.actor("caio"), debtor, "pedido LGPD 7")
    with pytest.raises(Conflict):
        world.do(ask_erasure, world.actor("caio"), debtor, "de novo")
    with pytest.raises(OwnRequest):
        world.do(carry_out, world.actor("caio"), asked, VAULT, {})
    done, _ = world.do(carry_out, world.actor("admin"), asked, VAULT, {})
    report = load(done.report)
    assert report["removed"]["messages"] == 4  # with the confirmation of the opt-out
    kept = {each["what"]: each for each in report["kept"]}
    assert "until" in kept["contact log, decisions, consents"] and "an address with an opt-out" in kept
    assert world.see(get, item).text == ""
    assert world.see(search, world.actor("caio"), SearchQuery(q="fatura-canário"), VAULT).items == []
    made = world.see(make_bundle, case, VAULT, "caio")
    after = {each["key"]: each for each in lines(made)}
    assert after[f"message:{item}"]["body"] is None and after[f"message:{item}"]["erased"]["why"] == "erasure"
    assert after[f"message:{item}"]["digest"] == before[f"message:{item}"]
    assert verify(str(write(tmp_path, made)))["head"] == made.head
    with pytest.raises(Conflict):
        world.do(carry_out, world.actor("admin"), asked, VAULT, {})


def test_what_is_open_stays_and_the_report_says_why(tmp_path: Path) -> None:
    world, case, item = scene(tmp_path)
    report, gone = world.do(erase, VAULT, world.case(case).debtor_id, "erasure")
    assert report.removed == {} and gone == []
    assert {each["what"] for each in report.kept} >= {f"case {case}", "ledger", "name, document, addresses"}
    assert world.see(get, item).text == "Bom dia, Maria!"


def test_the_audit_is_read_by_compliance_and_in_part_by_an_admin(tmp_path: Path) -> None:
    world, case, _ = scene(tmp_path)
    world.do(protect.place_stop, world.actor("ana"), case, protect.StopBody("deceased", "certidão"))
    world.do(record, world.ids["admin"], "user.added", "user:x")
    seen = world.see(audit_page, world.actor("caio"), AuditQuery(actor=world.ids["ana"], action="stop.")).items
    assert [(each["action"], each["case"]) for each in seen] == [("stop.placed", case)]
    admins = world.see(audit_page, world.actor("admin"), AuditQuery(limit=200)).items
    assert admins and all(each["case"] is None and not each["object"].startswith("debtor:") for each in admins)
    first = world.see(audit_page, world.actor("caio"), AuditQuery(limit=1))
    second = world.see(audit_page, world.actor("caio"), AuditQuery(limit=1, cursor=first.next))
    assert first.items[0]["id"] != second.items[0]["id"]
    for who in ("ana", "sofia"):
        with pytest.raises(Forbidden):
            world.see(audit_page, world.actor(who), AuditQuery())
