"""A text that the gate holds for a supervisor, through the contract: asked for, decided, sent once."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest

from console.cases import send
from console.store.base import load
from console.wire.ids import new_id
from console.wire.moment import HOUR, MINUTE, rfc3339
from tests.days import tuesday_at_ten
from tests.flows.asking import (
    FIRM,
    HELD,
    MILD,
    approved,
    ask,
    asked,
    card,
    decide,
    decided,
    items,
    later,
    light,
    lines,
    refused,
)
from tests.flows.desk import Scene
from tests.server import running
from tests.web.sockets import opened


@pytest.fixture
def scene() -> Iterator[Scene]:
    """Ana owns Maria's case; nothing leaves but where a test says so. Ten in the morning in São Paulo."""
    with running(workers={}, clock=tuesday_at_ten()) as server:
        yield Scene(server)


def test_a_held_text_is_asked_for_approved_and_leaves_once(scene: Scene) -> None:
    held = light(scene)
    assert (held["outcome"], held["code"], held["approver"]) == ("needs_approval", "TONE:DECEIT", "supervisor")
    assert held["approval"] is None
    refused(scene.reply(text=HELD), 422, "gate_needs_approval", reason="TONE:DECEIT", approver="supervisor")
    request = asked(scene, note="o cliente perguntou o que acontece")
    (waits,) = [each for each in scene.sofia.get("/api/v1/requests").json()["items"] if each["id"] == request]
    told = waits["detail"]
    assert (waits["kind"], waits["by"]["name"], told["about"], told["text"]) == ("approval", "Ana Prado", "text", HELD)
    assert (told["channel"], told["purpose"], told["codes"]) == ("whatsapp", "reply", ["TONE:DECEIT"])
    assert told["note"] == "o cliente perguntou o que acontece" and told["rule"] and told["source"] and told["spans"]
    assert told["address"].endswith("21") and "987654" not in told["address"]
    assert card(scene, request)["text"] == HELD and card(scene, request)["request"]["state"] == "open"
    refused(scene.reply(text=HELD), 422, "gate_needs_approval")

    answer = decide(scene.sofia, request)
    assert (answer.json()["state"], answer.json()["done_by"]["name"]) == ("done", "Sofia Lima")
    assert answer.json()["detail"]["state"] == "approved" and "text" not in answer.json()["detail"]
    allowed = light(scene)
    assert (allowed["outcome"], allowed["approval"]["by"]["name"]) == ("allow", "Sofia Lima")
    assert allowed["approval"]["until"] == answer.json()["detail"]["until"]
    assert (allowed["approval"]["codes"], light(scene, text=f"{HELD} ")["outcome"]) == (["TONE:DECEIT"], "allow")

    client_id = new_id()
    sent = scene.reply(text=HELD, client_id=client_id)
    assert sent.status_code == 201, sent.text
    again = scene.reply(text=HELD, client_id=client_id)
    assert (again.status_code, again.json()["id"]) == (200, sent.json()["id"]), "the same one is no second one"
    refused(scene.reply(text=HELD), 422, "gate_needs_approval", reason="TONE:DECEIT")
    assert card(scene, request)["request"]["state"] == "used" and light(scene)["outcome"] == "needs_approval"

    item = sent.json()["id"]
    assert scene.server.write(send.start, item, "w") is not None
    kept = scene.server.read(decided(item))
    by = {"by": scene.server.ids["sofia"], "codes": ["TONE:DECEIT"]}
    assert (kept["outcome"], load(kept["detail"])["approved"]["by"]) == ("allow", by["by"])
    assert load(kept["inputs"])["facts"]["approved_by"] == by["by"]
    assert load(kept["inputs"])["facts"]["approved"] == by["codes"]
    assert lines(scene) == ["approval.asked", "approval.given"]


def test_the_evidence_holds_who_asked_and_who_approved_and_the_audit_the_act(scene: Scene) -> None:
    request = approved(scene)
    sent = scene.reply(text=HELD).json()["id"]
    assert scene.server.write(send.start, sent, "w") is not None
    bundle = scene.caio.get(f"/api/v1/cases/{scene.case}/evidence")
    assert bundle.status_code == 200, bundle.text
    with zipfile.ZipFile(io.BytesIO(bundle.content)) as held:
        records = [json.loads(each) for each in held.read("records.jsonl").decode().splitlines()]
    found = {each["key"].partition(":")[0]: each["body"] for each in records}
    told = found["text_approval"]
    ids = scene.server.ids
    assert (told["by_id"], told["decided_by"], told["item_id"]) == (ids["ana"], ids["sofia"], sent)
    assert (told["state"], told["codes"], told["request_id"]) == ("used", ["TONE:DECEIT"], request)
    names = [each["body"]["data"]["name"] for each in records if each["key"].startswith("event:")]
    assert [each for each in names if each.startswith("approval.")] == ["approval.asked", "approval.given"]
    acts = scene.caio.get("/api/v1/audit?action=approval.").json()["items"]
    assert [each["action"] for each in acts] == ["approval.given"]


def test_a_refusal_says_why_and_nothing_leaves(scene: Scene) -> None:
    request = asked(scene)
    for reason in ("", " ", "x" * 501):
        refused(decide(scene.sofia, request, "refuse", reason=reason), 422, "invalid", field="reason")
    assert decide(scene.sofia, request, "refuse", reason="sem ameaça, por favor").status_code == 200
    told = card(scene, request)["request"]
    assert (told["state"], told["answer"], told["decided_by"]["name"]) == (
        "refused", "sem ameaça, por favor", "Sofia Lima",
    )  # fmt: skip
    refused(scene.reply(text=HELD), 422, "gate_needs_approval")
    refused(decide(scene.sofia, request), 409, "conflict", state="refused")
    assert lines(scene) == ["approval.asked", "approval.refused"]


def test_other_words_are_a_suggestion_that_the_gate_judges_too(scene: Scene) -> None:
    request = asked(scene)
    refused(decide(scene.sofia, request, "counter", client_id=new_id(), text=" "), 422, "invalid", field="text")
    long = {"client_id": new_id(), "text": MILD, "note": "x" * 501}
    refused(decide(scene.sofia, request, "counter", **long), 422, "invalid", field="note")
    body = {"client_id": new_id(), "text": MILD, "note": "assim convida"}
    answer = decide(scene.sofia, request, "counter", **body)
    assert (answer.status_code, answer.json()["detail"]["state"]) == (200, "countered"), answer.text
    assert decide(scene.sofia, request, "counter", **body).json()["id"] == request, "repeated, it is one"
    (hint,) = [each for each in items(scene, "whisper", scene.ana) if each.get("suggestion")]
    assert (hint["text"], hint["author"]["name"], hint["to"]["name"]) == (MILD, "Sofia Lima", "Ana Prado")
    assert scene.reply(text=HELD).status_code == 422
    assert scene.reply(text=MILD, whisper=hint["id"]).status_code == 201


def test_nobody_approves_their_own_nor_their_own_words(scene: Scene) -> None:
    request = asked(scene)
    refused(decide(scene.ana, request), 403, "own_request")
    refused(decide(scene.bruno, request), 403, "forbidden")
    refused(decide(scene.admin, request), 404, "not_found")
    worded = "Maria, o serviço será cortado amanhã, vamos conversar?"
    suggested = {"client_id": new_id(), "text": f"{worded}\n", "suggestion": True}
    assert scene.sofia.post(f"/api/v1/cases/{scene.case}/whispers", json=suggested).status_code == 201
    own = asked(scene, text=worded)
    refused(decide(scene.sofia, own), 403, "own_request")
    assert decide(scene.caio, own).status_code == 200, "compliance may (domain rules 1.1, 10)"
    assert scene.reply(text=worded).status_code == 201


def test_a_supervisor_who_took_over_asks_another(scene: Scene) -> None:
    assert scene.sofia.post(f"/api/v1/cases/{scene.case}/takeover", json={}).status_code == 200
    own = asked(scene, scene.sofia)
    shown = card(scene, own)["text"]
    assert shown.startswith("Sofia Lima (supervisão): ") and shown.endswith(HELD)
    refused(decide(scene.sofia, own), 403, "own_request")
    assert decide(scene.caio, own).status_code == 200
    assert light(scene, scene.sofia)["outcome"] == "allow"
    body = {"client_id": new_id(), "epoch": scene.epoch(), "channel": "whatsapp", "text": HELD}
    assert scene.sofia.post(f"/api/v1/cases/{scene.case}/messages", json=body).status_code == 201


@pytest.mark.parametrize(
    "change",
    [{"text": f"{HELD} Hoje."}, {"text": HELD.lower()}, {"purpose": "requested_information"}],
    ids=["more", "less", "purpose"],
)
def test_a_changed_letter_needs_a_new_approval(scene: Scene, change: dict[str, Any]) -> None:
    approved(scene)
    refused(scene.reply(**{"text": HELD, **change}), 422, "gate_needs_approval", reason="TONE:DECEIT")
    assert light(scene, **change)["outcome"] == "needs_approval"
    assert scene.reply(text=HELD).status_code == 201


MAIL = {"channel": "email", "text": f"{HELD} Loja Ipê. Para não receber mais e-mails, responda SAIR."}


def by_mail(scene: Scene) -> list[str]:
    """From here on Ana's case is that of somebody with two addresses, whom we write to first; the addresses' ids."""
    consent = {"state": "granted", "source": "contract", "at": "2026-01-02T12:00:00.000Z", "text_version": "1"}
    points = [{"channel": "email", "address": f"rosa{n}@sample.example", "consent": consent} for n in (1, 2)]
    new = {"client_id": new_id(), "portfolio": scene.book.id, "name": "Rosa Lima", "language": "pt-BR",
           "jurisdiction": "BR-SP", "kind": "person", "contact_points": points}  # fmt: skip
    made = scene.sofia.post("/api/v1/debtors", json=new)
    assert made.status_code == 201, made.text
    body = {"client_id": new_id(), "debtor": made.json()["id"], "portfolio": scene.book.id}
    opened = scene.sofia.post("/api/v1/cases", json=body)
    assert opened.status_code == 201, opened.text
    scene.case = opened.json()["id"]
    to_ana = {"user": scene.server.ids["ana"]}
    assert scene.sofia.post(f"/api/v1/cases/{scene.case}/assign", json=to_ana).status_code == 200
    found = scene.ana.get(f"/api/v1/debtors/{made.json()['id']}").json()["contact_points"]
    return [str(each["id"]) for each in found]


def test_another_reader_subject_or_file_needs_a_new_approval(scene: Scene) -> None:
    first, second = by_mail(scene)

    def upload(content: bytes) -> str:
        answer = scene.ana.post("/api/v1/uploads", files={"file": ("a.pdf", content, "application/pdf")})
        return str(answer.json()["id"])

    one, same, other = upload(b"%PDF-1.4\n1\n%%EOF"), upload(b"%PDF-1.4\n1\n%%EOF"), upload(b"%PDF-1.4\n2\n%%EOF")
    letter: dict[str, Any] = {**MAIL, "contact_point": first, "subject": "Seu contrato", "attachments": [one]}
    approved(scene, **letter)
    changes: tuple[dict[str, Any], ...] = (
        {"contact_point": second}, {"subject": "Outro"}, {"subject": None}, {"attachments": []},
        {"attachments": [other]},
    )  # fmt: skip
    for change in changes:
        refused(scene.reply(**{**letter, **change}), 422, "gate_needs_approval", reason="TONE:DECEIT")
    assert light(scene, **letter)["outcome"] == "allow"
    sent = scene.reply(**{**letter, "attachments": [same]})
    assert sent.status_code == 201, sent.text
    assert scene.server.write(send.start, sent.json()["id"], "w") is not None


def test_an_approval_ends_within_the_hour_also_for_what_was_accepted(scene: Scene) -> None:
    request = approved(scene)
    until = card(scene, request)["request"]["until"]
    clock = scene.server.services.clock
    assert rfc3339(clock.now() + 59 * MINUTE) < until <= rfc3339(clock.now() + HOUR)
    beyond = rfc3339(clock.now() + 2 * HOUR)
    refused(scene.reply(text=HELD, send_at=beyond), 422, "gate_needs_approval", reason="TONE:DECEIT")
    later(scene, HOUR)
    assert light(scene)["outcome"] == "needs_approval"
    refused(scene.reply(text=HELD), 422, "gate_needs_approval", reason="TONE:DECEIT")
    approved(scene)
    item = scene.reply(text=HELD).json()["id"]
    later(scene, HOUR)
    assert scene.server.write(send.start, item, "w") is None
    (stopped,) = items(scene, "message")[-1:]
    assert (stopped["status"], stopped["cancelled"]["why"], stopped["text"]) == ("cancelled", "TONE:DECEIT", HELD)
    retry = scene.ana.post(f"/api/v1/messages/{item}/retry", json={"client_id": new_id(), "epoch": scene.epoch()})
    refused(retry, 422, "gate_needs_approval", reason="TONE:DECEIT")


def test_what_is_planned_within_the_hour_leaves_under_it(scene: Scene) -> None:
    approved(scene)
    clock = scene.server.services.clock
    sent = scene.reply(text=HELD, send_at=rfc3339(clock.now() + 30 * MINUTE))
    assert (sent.status_code, sent.json()["status"]) == (201, "scheduled"), sent.text
    later(scene, 31 * MINUTE)
    assert scene.server.write(send.start, sent.json()["id"], "w") is not None


def test_everything_else_of_the_gate_is_asked_anew(scene: Scene) -> None:
    approved(scene)
    stop = {"stop": "cease_contact", "reason": "pediu por carta"}
    item = scene.reply(text=HELD).json()["id"]
    approved(scene)
    assert scene.sofia.post(f"/api/v1/cases/{scene.case}/stops", json=stop).status_code == 200
    refused(scene.reply(text=HELD), 422, "gate_blocked", reason="CEASE_CONTACT")
    assert scene.server.write(send.start, item, "w") is None


def test_a_case_handed_on_takes_no_approval_along(scene: Scene) -> None:
    waiting, epoch = asked(scene), scene.epoch()
    to_bruno = {"to": {"user": scene.server.ids["bruno"]}, "note": "segue"}
    assert scene.ana.post(f"/api/v1/cases/{scene.case}/transfer", json=to_bruno).status_code == 200
    refused(decide(scene.sofia, waiting), 409, "conflict", state="lapsed")
    assert waiting not in [each["id"] for each in scene.sofia.get("/api/v1/requests").json()["items"]]
    refused(ask(scene, epoch=epoch), 409, "stale_epoch")
    refused(ask(scene), 409, "not_owner")
    granted = asked(scene, scene.bruno)
    assert decide(scene.sofia, granted).status_code == 200
    to_ana = {"to": {"user": scene.server.ids["ana"]}, "note": "volta"}
    assert scene.bruno.post(f"/api/v1/cases/{scene.case}/transfer", json=to_ana).status_code == 200
    assert card(scene, granted)["request"]["state"] == "lapsed"
    refused(scene.reply(text=HELD), 422, "gate_needs_approval", reason="TONE:DECEIT")
    assert [each for each in items(scene, "whisper", scene.ana) if each["author"]["name"] != "Ana Prado"] == []


def test_a_resolved_case_leaves_no_request_behind(scene: Scene) -> None:
    request = asked(scene)
    resolved = scene.ana.post(f"/api/v1/cases/{scene.case}/resolve", json={"outcome": "paid"})
    assert resolved.status_code == 200, resolved.text
    assert card(scene, request)["request"]["state"] == "lapsed"
    refused(decide(scene.sofia, request), 409, "conflict", state="lapsed")
    refused(ask(scene), 422, "invalid", field="id")


def test_another_text_takes_the_place_of_the_one_asked_for(scene: Scene) -> None:
    first = asked(scene)
    second = asked(scene, text=f"{HELD} Podemos conversar?")
    waiting = [each["id"] for each in scene.sofia.get("/api/v1/requests").json()["items"] if each["kind"] == "approval"]
    assert waiting == [second] and card(scene, first)["request"]["state"] == "lapsed"


def test_asked_again_with_the_same_id_it_is_one_request(scene: Scene) -> None:
    body: dict[str, Any] = {"client_id": new_id(), "text": HELD}
    one = ask(scene, **body)
    again = ask(scene, **body)
    assert (one.status_code, again.status_code, again.json()["id"]) == (201, 200, one.json()["id"])
    refused(ask(scene, **{**body, "text": MILD}), 409, "conflict", field="client_id")


@pytest.mark.parametrize(
    ("change", "status", "code", "facts"),
    [
        ({"kind": "hand"}, 422, "invalid", {"field": "kind"}),
        ({"kind": "fax"}, 422, "invalid", {"field": "kind"}),
        ({"client_id": "x"}, 422, "invalid", {"field": "client_id"}),
        ({"text": " "}, 422, "invalid", {"field": "text"}),
        ({"note": "x" * 501}, 422, "invalid", {"field": "note"}),
        ({"channel": "sms"}, 422, "invalid", {"field": "channel"}),
        ({"contact_point": "x"}, 422, "invalid", {"field": "contact_point"}),
        ({"purpose": "fun"}, 422, "invalid", {"field": "purpose"}),
        ({"attachments": ["x"]}, 422, "invalid", {"field": "attachments[0]"}),
        ({"epoch": 0}, 409, "stale_epoch", {}),
        ({"text": MILD}, 409, "conflict", {"reason": "ALLOW"}),
        ({"text": "Pague ou vai para a cadeia."}, 422, "gate_blocked", {}),
        ({"text": f"{HELD} CPF 529.982.247-25"}, 422, "gate_blocked", {"reason": "PII_IN_BODY"}),
        ({"words": HELD}, 422, "invalid", {"field": "words"}),
    ],
)
def test_what_cannot_be_asked_is_refused_by_name_and_leaves_no_request(
    scene: Scene, change: dict[str, Any], status: int, code: str, facts: dict[str, Any]
) -> None:
    refused(ask(scene, **change), status, code, **facts)
    assert scene.sofia.get("/api/v1/requests").json()["items"] == [] and items(scene, "whisper") == []


def test_firm_words_beside_ask_their_writer_for_a_reason(scene: Scene) -> None:
    firm = f"{HELD} {FIRM}"
    refused(ask(scene, text=firm), 422, "invalid", field="reason")
    approved(scene, text=firm, reason="terceiro aviso combinado")
    assert scene.reply(text=firm, reason="terceiro aviso combinado").status_code == 201


def test_deciding_what_is_no_text_is_refused_by_name(scene: Scene) -> None:
    refused(decide(scene.sofia, new_id()), 404, "not_found")
    assert scene.ana.post(f"/api/v1/cases/{scene.case}/hand", json={"reason": "ajuda"}).status_code == 200
    (hand,) = scene.sofia.get("/api/v1/requests").json()["items"]
    refused(decide(scene.sofia, hand["id"]), 409, "conflict", kind="hand")
    refused(decide(scene.sofia, hand["id"], "refuse"), 422, "invalid", field="reason")


def test_the_words_go_with_those_of_the_case(scene: Scene) -> None:
    request = asked(scene)
    assert decide(scene.sofia, request, "refuse", reason="não").status_code == 200
    assert scene.ana.post(f"/api/v1/cases/{scene.case}/resolve", json={"outcome": "paid"}).status_code == 200
    debtor = scene.sofia.get(f"/api/v1/cases/{scene.case}").json()["debtor"]["id"]
    made = scene.caio.post(f"/api/v1/debtors/{debtor}/erasure", json={"reason": "pedido 12"})
    assert made.status_code in (200, 201), made.text
    done = scene.admin.post(f"/api/v1/removals/{made.json()['id']}/carry-out")
    assert done.status_code == 200, done.text
    left = card(scene, request)
    assert (left["text"], left["request"]["codes"]) == ("", ["TONE:DECEIT"])


def test_who_asked_hears_of_it_at_once_and_no_colleague_a_word(scene: Scene) -> None:
    team = [f"queue:{scene.server.team}"]
    with opened(scene.server, scene.ana) as ear, opened(scene.server, scene.bruno) as other:
        ear.hello()
        other.hello(topics=[*team, f"case:{scene.case}:team", f"case:{scene.case}"])
        other.pending()
        request = asked(scene)
        assert decide(scene.sofia, request).status_code == 200
        frames = [*ear.until("notice.created"), *ear.pending()]
        told = [each for each in frames if each["type"] == "event"]
        heard = other.pending()
    (notice,) = [each["data"] for each in told if each["name"] == "notice.created"]
    assert notice == {"kind": "text_approved", "id": scene.case}
    states = [each["data"]["request"]["state"] for each in told if each["name"].startswith("whisper.")]
    assert states == ["open", "approved"]
    assert [each["data"]["state"] for each in told if each["name"].startswith("request.")] == ["open", "done"]
    assert "suspenso" not in json.dumps(heard) and request not in json.dumps(heard)
