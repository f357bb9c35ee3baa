"""What an integrator reads in the contract and tries first, through HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from channels.types import Inbound, Sender, Template
from console.admin.templates import store_templates
from console.cases.claim import claim
from console.cases.models import case
from console.cases.near_misses import keep_reason
from console.cases.queries import get, live
from console.cases.receive import receive
from console.cases.requests import raise_request
from console.debtors.consents import log_consent
from console.evidence.models import removal
from console.gate.approve import throw_switch
from console.portfolios.queries import find_inbox
from console.portfolios.set_up import NewInbox, add_inbox
from console.queue.assign import drain
from console.queue.sweep import due_returns
from console.store.base import dump
from console.store.statement import add, change
from console.store.transaction import Tx
from console.webhooks.subscribe import subscribe
from console.wire.ids import new_id
from tests.flows.desk import Scene
from tests.server import running
from tests.timeline import samples


@pytest.fixture(scope="module")
def scene() -> Iterator[Scene]:
    with running(workers={}) as server:
        yield Scene(server)


def test_a_file_that_is_no_upload_is_named_before_the_gate_is_asked(scene: Scene) -> None:
    """What is wrong with a body is told first, then what the gate says (decision 6)."""
    scene.server.write(place_hold, scene.case, "distress")
    try:
        answer = scene.reply(text="Segue", purpose="proactive", attachments=[new_id()])
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid"), answer.text
        assert answer.json()["field"] == "attachments[0]"
    finally:
        scene.server.write(place_hold, scene.case, "")


def test_a_command_without_fields_needs_no_body(scene: Scene) -> None:
    at = f"/api/v1/cases/{scene.case}"
    for who, act in ((scene.ana, "release"), (scene.ana, "claim"), (scene.sofia, "takeover")):
        answer = who.post(f"{at}/{act}")
        assert answer.status_code == 200, (act, answer.text)
    assert scene.sofia.post(f"{at}/handback", json={"note": "segue"}).status_code == 200
    missing = scene.ana.post(f"{at}/resolve")
    assert (missing.status_code, missing.json()["field"]) == (422, "outcome")


@pytest.mark.parametrize("note", [{}, {"note": "  "}])
def test_a_hand_back_tells_whoever_goes_on_something(scene: Scene, note: dict[str, str]) -> None:
    at = f"/api/v1/cases/{scene.case}"
    assert scene.sofia.post(f"{at}/takeover").status_code == 200
    try:
        answer = scene.sofia.post(f"{at}/handback", json=note)
        assert (answer.status_code, answer.json()["field"]) == (422, "note"), answer.text
    finally:
        assert scene.sofia.post(f"{at}/handback", json={"note": "segue"}).status_code == 200


@pytest.mark.parametrize(("field", "word"), [("status", "queued,opened"), ("channel", "fax")])
def test_a_filter_with_an_unknown_word_is_named_with_those_there_are(scene: Scene, field: str, word: str) -> None:
    answer = scene.ana.get("/api/v1/cases", params={field: word})
    assert (answer.status_code, answer.json()["field"]) == (422, field), answer.text
    assert word.rsplit(",", 1)[-1] in answer.json()["detail"]


def test_an_upload_answers_with_the_file_and_with_all_of_them(scene: Scene) -> None:
    answer = scene.ana.post("/api/v1/uploads", files={"file": ("doc.pdf", b"%PDF-1.4\n%%EOF", "application/pdf")})
    made = answer.json()
    assert (answer.status_code, made["name"], made["type"]) == (201, "doc.pdf", "application/pdf")
    assert [each["id"] for each in made["items"]] == [made["id"]]


@pytest.mark.parametrize("language", ["pt_BR", "pt-BR", "pt"])
def test_a_template_is_found_by_its_language_however_it_is_written(scene: Scene, language: str) -> None:
    known = [
        Template(name="ola", language=code, category="utility", state="approved", body="Oi", provider_id=code)
        for code in ("pt_BR", "es")
    ]
    scene.server.write(store_templates, scene.book.whatsapp, known)
    found = scene.ana.get("/api/v1/templates", params={"language": language}).json()["items"]
    assert [each["language"] for each in found] == ["pt_BR"]


def test_what_an_agent_gives_back_goes_to_somebody_else(scene: Scene) -> None:
    bruno = scene.server.ids["bruno"]
    at = f"/api/v1/cases/{scene.case}"
    assert scene.ana.post(f"{at}/release").json()["status"] == "queued"
    scene.server.write(drain)
    assert scene.sofia.get(at).json()["owner"]["id"] == bruno
    assert scene.bruno.post(f"{at}/release").status_code == 200
    scene.server.write(drain)
    assert scene.sofia.get(at).json()["owner"] is None, "those with room gave it back a moment ago"
    assert scene.ana.post(f"{at}/claim").status_code == 200, "who wants it may have it"


def test_a_case_handed_to_somebody_who_is_not_online_stays_with_them_for_a_while(scene: Scene) -> None:
    clara, at = scene.server.ids["clara"], f"/api/v1/cases/{scene.case}"
    answer = scene.ana.post(f"{at}/transfer", json={"to": {"user": clara}, "note": "é contigo"})
    assert answer.status_code == 200, answer.text
    assert scene.sofia.get(at).json()["waiting_since"], "the debtor waits"
    assert scene.server.read(due_returns) == []
    assert scene.sofia.get(at).json()["owner"]["id"] == clara


def test_a_lost_claim_names_the_owner_and_nothing_else_whatever_epoch_was_seen(scene: Scene) -> None:
    """Whoever names the epoch they saw has lost the race just the same (decision 6)."""
    at = f"/api/v1/cases/{scene.case}"
    assert scene.sofia.post(f"{at}/assign", json={"user": scene.server.ids["ana"]}).status_code == 200
    seen = scene.epoch() - 1
    owner = {"id": scene.server.ids["ana"], "name": "Ana Prado"}
    for who, act, body in ((scene.bruno, "claim", {}), (scene.bruno, "claim", {"epoch": seen}),
                           (scene.sofia, "assign", {"user": owner["id"]})):  # fmt: skip
        answer = who.post(f"{at}/{act}", json=body)
        assert (answer.status_code, answer.json()["code"], answer.json().get("owner")) == (409, "conflict", owner), act
        assert set(answer.json()) == {"type", "title", "status", "detail", "code", "owner"}


def test_a_claim_of_ones_own_case_is_judged_by_the_epoch_it_names(scene: Scene) -> None:
    at = f"/api/v1/cases/{scene.case}"
    assert scene.sofia.get(at).json()["owner"]["id"] == scene.server.ids["ana"]
    for wrong in (scene.epoch() - 1, scene.epoch() + 5):
        answer = scene.ana.post(f"{at}/claim", json={"epoch": wrong})
        assert (answer.status_code, answer.json()["code"]) == (409, "stale_epoch"), wrong
        assert answer.json()["epoch"] == scene.epoch()
    for right in ({}, {"epoch": scene.epoch()}):
        assert scene.ana.post(f"{at}/claim", json=right).status_code == 200


def test_the_description_names_what_a_command_refuses_and_what_a_repeat_answers(scene: Scene) -> None:
    paths = scene.ana.get("/api/openapi.json").json()["paths"]
    for path, act in (("cases/{id}/claim", "post"), ("cases/{id}/hand", "delete"), ("cases/{id}/takeover", "post"),
                      ("cases", "post"), ("cases/{id}/notes", "post")):  # fmt: skip
        assert "`conflict`" in paths[f"/api/v1/{path}"][act]["responses"]["409"]["description"], path
    assert {"200", "201"} <= set(paths["/api/v1/cases/{id}/messages"]["post"]["responses"])
    required = {
        act: paths[f"/api/v1/cases/{{id}}/{act}"]["post"]["requestBody"]["required"] for act in ("claim", "resolve")
    }
    assert required == {"claim": False, "resolve": True}


def test_the_gate_is_asked_about_files_too(scene: Scene) -> None:
    """Under a hold a person may answer with care, and care has no attachment."""
    at = f"/api/v1/cases/{scene.case}"
    scene.server.write(place_hold, scene.case, "distress")
    try:
        plain = {"channel": "whatsapp", "text": "Estamos aqui. Cuide-se."}
        (free,) = scene.sofia.post(f"{at}/gate", json=plain).json()["items"]
        assert free["outcome"] == "allow", free
        (held,) = scene.sofia.post(f"{at}/gate", json={**plain, "attachments": [new_id()]}).json()["items"]
        assert (held["outcome"], held["code"]) == ("block", "HARDSHIP_HOLD")
    finally:
        scene.server.write(place_hold, scene.case, "")


def spoken_to(scene: Scene, inbox_id: str, sender: Sender) -> str:
    """A case of Ana's, of somebody who has just written to this inbox."""

    def hear(tx: Tx) -> str:
        inbox = find_inbox(tx, inbox_id)
        assert inbox is not None
        message = Inbound(provider_id=new_id(), sender=sender, at=tx.now, kind="text", text="oi", subject="Oi")
        return receive(tx, inbox, message, window_hours=24).case or ""

    found = scene.server.write(hear)
    scene.server.write(claim, scene.world.actor("ana"), found)
    return found


def sms_inbox(scene: Scene) -> str:
    new = NewInbox(portfolio=scene.book.id, channel="sms", provider="twilio", address="+551140000001",
                   config={"account_sid": f"AC{'0' * 32}"}, secrets={"auth_token": "token"})  # fmt: skip
    return scene.server.write(add_inbox, scene.server.services.vault, new)


LONG = Template(name="long", language="pt_BR", category="utility", state="approved", body="Olá, {{a}}: {{b}}.",
                variables=("a", "b"), provider_id="1")  # fmt: skip


def test_what_a_channel_cannot_carry_is_named_with_its_limit_before_the_gate_is_asked(scene: Scene) -> None:
    sms = spoken_to(scene, sms_inbox(scene), Sender(phone="+5511977776666"))
    mail = spoken_to(scene, scene.book.email, Sender(email="lia@sample.example"))
    files = [("file", (f"{n}.pdf", samples.PDF, "application/pdf")) for n in range(2)]
    both = [each["id"] for each in scene.ana.post("/api/v1/uploads", files=files).json()["items"]]
    spoken = [("file", ("voz.ogg", samples.OGG, "audio/ogg")), ("file", ("riso.webp", samples.webp(), "image/webp"))]
    wordless = [each["id"] for each in scene.ana.post("/api/v1/uploads", files=spoken).json()["items"]]
    scene.server.write(store_templates, scene.book.whatsapp, [LONG])

    def filled(one: str, other: str) -> dict[str, Any]:
        return {"text": None, "template": {"name": "long", "language": "pt_BR", "variables": {"a": one, "b": other}}}

    odd: list[tuple[str, str, dict[str, Any], str, int]] = [
        *((scene.case, "whatsapp", {"text": "Ouça", "attachments": [each]}, "text", 0) for each in wordless),
        (scene.case, "whatsapp", filled("x" * 1_025, "y"), "template.variables.a", 1_024),
        (scene.case, "whatsapp", filled("x" * 600, "y" * 600), "template.variables", 1_085),
        (scene.case, "whatsapp", {"text": "Segue", "attachments": both}, "attachments", 1),
        (scene.case, "whatsapp", {"text": "x" * 4_097}, "text", 4_096),
        (scene.case, "whatsapp", {"text": "x" * 1_025, "attachments": both[:1]}, "text", 1_024),
        (scene.case, "whatsapp", {"subject": "Oi"}, "subject", 0),
        (sms, "sms", {"text": "x" * 1_601}, "text", 1_600),
        (mail, "email", {"text": "x" * 16_385}, "text", 16_384),
        (mail, "email", {"subject": "x" * 999}, "subject", 998),
        (mail, "email", {"subject": "a\r\nBcc: x@y.example"}, "subject", 998),
        (mail, "email", {"subject": "a\u2028b"}, "subject", 998),
    ]
    for case_id, channel, more, field, limit in odd:
        scene.server.services.limits._buckets.clear()
        at = f"/api/v1/cases/{case_id}"
        before = scene.ana.get(f"{at}/timeline").json()["items"]
        body = {"client_id": new_id(), "epoch": scene.ana.get(at).json()["epoch"], "channel": channel, "text": "Segue.",
                "purpose": "proactive", **more}  # fmt: skip
        scene.server.write(place_hold, case_id, "distress")
        answer = scene.ana.post(f"{at}/messages", json=body)
        scene.server.write(place_hold, case_id, "")
        told = answer.json()
        assert (answer.status_code, told["field"], told["limit"]) == (422, field, limit), (channel, told)
        assert scene.ana.get(f"{at}/timeline").json()["items"] == before
    scene.server.services.limits._buckets.clear()
    fits: list[tuple[str, str, dict[str, Any]]] = [
        (scene.case, "whatsapp", {"text": "x" * 4_096}),
        (sms, "sms", {"text": "x" * 1_600}),
        (mail, "email", {"text": "Segue", "attachments": both, "subject": "Seu contrato"}),
    ]
    for case_id, channel, more in fits:
        at = f"/api/v1/cases/{case_id}"
        body = {"client_id": new_id(), "epoch": scene.ana.get(at).json()["epoch"], "channel": channel, **more}
        answer = scene.ana.post(f"{at}/messages", json=body)
        assert answer.status_code == 201, (channel, answer.text[:300])


def test_the_gate_tells_how_much_room_a_text_has(scene: Scene) -> None:
    """By its channel and the files beside it, less what is put before the words of a supervisor who steps in."""
    scene.server.services.limits._buckets.clear()
    mail = spoken_to(scene, scene.book.email, Sender(email="leo@sample.example"))
    files = [("file", ("doc.pdf", samples.PDF, "application/pdf")), ("file", ("voz.ogg", samples.OGG, "audio/ogg"))]
    paper, voice = (each["id"] for each in scene.ana.post("/api/v1/uploads", files=files).json()["items"])

    def room(case_id: str, *attachments: str, client: Any = scene.ana) -> int:
        body = {"text": "Segue.", "attachments": list(attachments)}
        (one,) = client.post(f"/api/v1/cases/{case_id}/gate", json=body).json()["items"]
        return int(one["text_chars"])

    assert (room(scene.case), room(mail)) == (4_096, 16_384)
    assert (room(scene.case, paper), room(scene.case, voice), room(mail, voice)) == (1_024, 0, 16_384)
    assert room(scene.case, client=scene.sofia) == 4_096 - len("Sofia Lima (supervisão): ")


def place_hold(tx: Tx, case_id: str, hold: str) -> None:
    change(tx, case, {"id": case_id}, holds=dump([hold] if hold else []))


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("PATCH", "/api/v1/session", "DELETE, POST"),
        ("DELETE", "/api/v1/cases", "GET, HEAD, POST"),
        ("PUT", "/api/v1/cases/none/watch", "DELETE, POST"),
        ("GET", "/api/v1/me/presence", "PUT"),
    ],
)
def test_a_wrong_method_is_told_all_that_the_address_takes(scene: Scene, method: str, path: str, allow: str) -> None:
    answer = scene.ana.request(method, path)
    assert (answer.status_code, answer.headers["allow"]) == (405, allow)


def test_a_client_id_that_is_no_uuid_names_the_field(scene: Scene) -> None:
    at = f"/api/v1/cases/{scene.case}"
    for path, body in ((f"{at}/notes", {"text": "oi"}), (f"{at}/whispers", {"text": "oi"})):
        answer = scene.sofia.post(path, json={**body, "client_id": "first"})
        assert (answer.status_code, answer.json()["field"]) == (422, "client_id"), answer.text


def test_a_client_id_in_another_spelling_is_the_same_one(scene: Scene) -> None:
    made, at = uuid4(), f"/api/v1/cases/{scene.case}"
    first = scene.ana.post(f"{at}/notes", json={"client_id": str(made).upper(), "text": "uma vez"})
    assert first.status_code == 201, first.text
    for again in (str(made), made.hex):
        answer = scene.ana.post(f"{at}/notes", json={"client_id": again, "text": "uma vez"})
        assert (answer.status_code, answer.json()["id"]) == (200, first.json()["id"]), again
    for odd in (f"{{{made}}}", made.urn, f"{made.hex[:30]}-{made.hex[30:]}", f"{made}\n"):
        answer = scene.ana.post(f"{at}/notes", json={"client_id": odd, "text": "uma vez"})
        assert (answer.status_code, answer.json()["field"]) == (422, "client_id"), odd


def be_asked(tx: Tx, scene: Scene, name: str) -> None:
    raise_request(tx, live(tx, scene.case), "alarm", name)


def be_told(tx: Tx, scene: Scene, name: str) -> None:
    vault = scene.server.services.vault
    subscribe(tx, scene.world.actor("admin"), vault, f"https://hooks.example/{name}", ["message.created"], None)


def be_caught(tx: Tx, scene: Scene, name: str) -> None:
    team = live(tx, scene.case).team_id
    keep_reason(tx, scene.server.ids["ana"], scene.case, team, "whatsapp", "TONE:threat", name)


def be_stopped(tx: Tx, scene: Scene, name: str) -> None:
    throw_switch(tx, {"a": "channel:sms", "b": "channel:email", "c": "channel:whatsapp"}[name], "teste", "system")


def be_removed(tx: Tx, scene: Scene, name: str) -> None:
    add(tx, removal, id=new_id(), kind="retention", state="done", reason=name, report="{}", at=tx.now, done_at=tx.now)


def be_consented(tx: Tx, scene: Scene, name: str) -> None:
    log_consent(tx, live(tx, scene.case).debtor_id, "granted", source=name)


MADE: dict[str, Any] = {
    "requests": be_asked, "webhooks": be_told, "near-misses": be_caught, "gate/stops": be_stopped,
    "removals": be_removed, "debtors/{debtor}/consents": be_consented,
}  # fmt: skip
KEEPERS = {"webhooks": "admin", "removals": "caio"}
SHORT = ["portfolios", "teams", "users", "inboxes", "templates", "requests", "webhooks", "near-misses", "removals",
         "gate/stops", "gate/profiles", "quick-replies", "cases/{case}/assignments", "cases/{case}/near-misses",
         "debtors/{debtor}/consents", "debtors/{debtor}/payment-means"]  # fmt: skip


@pytest.mark.parametrize("path", SHORT)
def test_a_short_list_is_read_in_pages_like_any_other(scene: Scene, path: str) -> None:
    client = getattr(scene, KEEPERS.get(path, "sofia"))
    if path in MADE:
        scene.server.write(lambda tx: [MADE[path](tx, scene, name) for name in ("a", "b", "c")])
    debtor = scene.server.read(lambda reader: get(reader, scene.case).debtor_id)
    path = path.format(case=scene.case, debtor=debtor)
    whole = client.get(f"/api/v1/{path}").json()
    assert whole["next"] is None and (whole["items"] or path.endswith(("payment-means", "quick-replies")))
    pages, cursor = [], None
    for _ in whole["items"]:
        page = client.get(f"/api/v1/{path}", params={"limit": 1} | ({"cursor": cursor} if cursor else {})).json()
        pages += page["items"]
        cursor = page["next"]
    assert (pages, cursor) == (whole["items"], None)
    for query, field in (({"limit": 0}, "limit"), ({"cursor": "none"}, "cursor"), ({"cursor": "MQ"}, "cursor")):
        refused = client.get(f"/api/v1/{path}", params=query)
        assert (refused.status_code, refused.json()["field"]) == (422, field), refused.text
