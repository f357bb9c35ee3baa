"""What the law asks for, on the screen: a word ends a channel, a dispute ends collection, a late hour holds."""

from __future__ import annotations

import json
import re
import uuid
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import holidays
import httpx2
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import Demo, running_demo, sign_in
from tests.browser.people import case_open, go_online
from tests.browser.test_office import HEAD, brought, client

pytestmark = pytest.mark.browser

WORDS = [
    ("whatsapp", "meta", "sair", "WhatsApp"),
    ("sms", "twilio", "parar", "SMS"),
    ("email", "smtp", "descadastrar", "E-mail"),
]
LOOKS = 300


def proves(http: httpx2.Client, case: str) -> None:
    """The customer passed two checks at the address of their own from which they wrote last."""
    own = [each for each in http.get(case).json()["contact_points"] if not each["holder"]]
    at = max(own, key=lambda each: each["last_inbound_at"] or "")["id"]
    checks = [{"kind": "portal", "passed": True}, {"kind": "birth_date", "passed": True}]
    http.post(f"{case}/identity", json={"checks": checks, "contact_point": at}).raise_for_status()


def opened(demo: Demo, key: str, points: str) -> str:
    """A debtor of the files, and Sofia's case with them."""
    head = HEAD.replace("whatsapp", "sms;email")
    book = brought(demo, "debts", head, f"{key};Cliente {key};;{points};{key}-1;1;10/09/2026;100,00")["book"]["id"]
    with client(demo, "sofia") as sofia:
        (who,) = sofia.get(f"/api/v1/debtors?q={key}").json()["items"]
        body = {"client_id": str(uuid.uuid4()), "debtor": who["id"], "portfolio": book}
        case = str(sofia.post("/api/v1/cases", json=body).raise_for_status().json()["id"])
        sofia.post(f"/api/v1/cases/{case}/claim", json={}).raise_for_status()
    return case


def taken(demo: Demo, words: str) -> str:
    """The case of somebody who wrote, taken over by Sofia from whoever got it."""
    with client(demo, "sofia") as sofia:
        for _ in range(LOOKS):
            listed = sofia.get("/api/v1/cases", params={"view": "all", "sort": "activity"}).json()["items"]
            found = [each for each in listed if words in json.dumps(each, ensure_ascii=False)]
            if found:
                at = f"/api/v1/cases/{found[0]['id']}"
                act = "claim" if found[0]["status"] == "queued" else "takeover"
                if sofia.post(f"{at}/{act}", json={}).status_code == 200:
                    return str(found[0]["id"])
    raise AssertionError(f"nobody wrote {words}")


def until(demo: Demo, case: str, direction: str, count: int) -> list[dict[str, Any]]:
    """The messages, once so many came or went."""
    for _ in range(LOOKS):
        found = messages(demo, case)
        if sum(each["direction"] == direction for each in found) >= count:
            return found
    raise AssertionError(found)


def messages(demo: Demo, case: str) -> list[dict[str, Any]]:
    with client(demo, "sofia") as sofia:
        items = sofia.get(f"/api/v1/cases/{case}/timeline").json()["items"]
    return [each for each in items if each["kind"] == "message"]


def writes(page: Page, text: str) -> None:
    field = page.locator("form.comp textarea")
    field.fill(text)
    page.wait_for_timeout(500)  # Enter is inert right after a thread was opened
    field.press("Enter")


@pytest.mark.parametrize(("channel", "provider", "word", "called"), WORDS)
def test_a_word_ends_a_channel_and_is_confirmed_once(
    context: BrowserContext, demo: Demo, channel: str, provider: str, word: str, called: str
) -> None:
    token = uuid.uuid4().int % 10**8
    name = f"Saída {token}"
    sender = f"saida.{token}@sample.example" if channel == "email" else f"+55119{token:08d}"
    more = {"subject": "Minha fatura"} if channel == "email" else {}
    inbox = demo.inbox(channel, provider)
    demo.write(inbox, sender, f"oi, sobre a fatura {token}", name=name, **more)
    case = taken(demo, f"fatura {token}")
    page = sign_in(context, demo, "sofia", "/")
    page.goto(demo.of("sofia", f"/#/case/{case}"))
    expect(page.locator("[data-item]").filter(has_text=f"oi, sobre a fatura {token}")).to_be_visible()
    demo.write(inbox, sender, word, name=name, **more)
    expect(page.get_by_text(f"O cliente não quer mais {called}").first).to_be_visible()
    expect(page.locator(".gate.no")).to_be_visible()
    writes(page, "mais uma coisa")
    expect(page.locator("form.comp textarea")).to_have_value("mais uma coisa")
    demo.write(inbox, sender, word, name=name, **more)
    heard = [each for each in until(demo, case, "in", 3) if each["direction"] == "in"]
    assert [each["text"].strip() for each in heard[1:]] == [word, word]
    ours = [each for each in messages(demo, case) if each["direction"] == "out"]
    assert len(ours) == 1 and ours[0]["channel"] == channel
    assert demo.outbox("mais uma coisa") == []


def test_a_dispute_ends_collection_and_what_was_planned(context: BrowserContext, demo: Demo) -> None:
    key = f"CT{uuid.uuid4().int % 10**6}"
    case = opened(demo, key, f";{key.lower()}@sample.example")
    with client(demo, "sofia") as sofia:
        later = sofia.get(f"/api/v1/cases/{case}").json()
        body = {"client_id": str(uuid.uuid4()), "epoch": later["epoch"], "channel": "email", "subject": "Seu contrato",
                "text": "Podemos conversar sobre o seu contrato?",
                "send_at": _said(_eight_in_the_evening(demo) - timedelta(hours=6))}  # fmt: skip
        sofia.post(f"/api/v1/cases/{case}/messages", json=body).raise_for_status()
    page = sign_in(context, demo, "sofia", "/")
    page.goto(demo.of("sofia", f"/#/case/{case}"))
    expect(page.locator("[data-item]").filter(has_text="Podemos conversar")).to_be_visible()
    page.get_by_role("button", name="+ contestação").click()
    page.get_by_label("Por quê").select_option("wrong_amount")
    page.get_by_role("button", name="Abrir contestação").click()
    expect(page.get_by_text("Contestação aberta: a cobrança fica suspensa").first).to_be_visible()
    expect(page.locator(".gate.no")).to_be_visible()
    assert [each["status"] for each in messages(demo, case) if each["text"].startswith("Podemos")] == ["cancelled"]


def test_a_sum_is_itemised_with_one_key_and_then_leaves(context: BrowserContext, demo: Demo) -> None:
    ana = sign_in(context, demo, "ana")
    go_online(ana)
    words = f"quanto devo hoje {uuid.uuid4().hex[:6]}"
    demo.write(demo.inbox("whatsapp", "meta"), "maria", words)
    ana.locator("a.row").filter(has_text="Maria").filter(has_text=words[:16]).click()
    expect(ana.locator("[data-item]").filter(has_text=words)).to_be_visible()
    with client(demo, "ana") as http:
        at = f"/api/v1/cases/{case_open(ana)}"
        proves(http, at)
        found = http.get(at).json()
        owed = http.get(f"/api/v1/debtors/{found['debtor']['id']}/balance?portfolio={found['portfolio']['id']}").json()
    minor = owed["total"]["amount"]
    text = f"Maria, hoje são R$ {minor // 100},{minor % 100:02}."
    field = ana.locator("form.comp textarea")
    field.fill(text)
    line = ana.locator(".gate.no")
    expect(line).to_contain_text("o valor devido pede o valor original e cada acréscimo pelo nome")
    expect(ana.locator("form.comp .marks .tone.bad")).to_have_text(f"R$ {minor // 100},{minor % 100:02}")
    field.press("Enter")
    expect(field).to_have_value(text)
    expect(line.get_by_role("button", name="Inserir composição")).to_be_visible()
    field.press("Alt+J")
    expect(field).to_have_value(f"{text}\n{owed['breakdown']}")
    expect(field).to_be_focused()
    expect(ana.locator(".gate.ok")).to_be_visible()
    field.press("Enter")
    expect(ana.locator("[data-item]").filter(has_text="valor original")).to_be_visible()
    assert len(demo.arrived(f"{text}\n{owed['breakdown']}")) == 1


@pytest.mark.timeout(300)
def test_a_notice_that_is_overdue_is_put_in_with_one_key(context: BrowserContext, tmp_path: Path) -> None:
    with running_demo(tmp_path) as ours:
        phone = collected_for_another(ours)
        words = f"hello {uuid.uuid4().hex[:6]}"
        page = overdue(context, ours, phone, words)
        field, line = page.locator("form.comp textarea"), page.locator(".gate.no")
        field.fill("Yes, Mary. Reply STOP to opt out.")
        expect(line).to_contain_text("falta enviar o aviso de validação da dívida")
        expect(line.get_by_role("button", name="Pôr o aviso de validação")).to_be_visible()
        field.press("Alt+J")
        expect(page.locator("form.comp ul.files li")).to_contain_text("validation-notice-")
        expect(field).to_have_value(re.compile("Pine Receivables LLC, a debt collector"))
        expect(page.locator(".gate.ok")).to_be_visible()
        field.press("Enter")
        expect(page.locator("[data-item]").filter(has_text="validation-notice-")).to_be_visible()
        assert len(ours.arrived("a debt collector")) == 1
        field.fill("One more thing. Reply STOP to opt out.")
        expect(page.locator(".gate.ok")).to_be_visible()
        expect(page.locator(".gate.ok")).not_to_contain_text("aviso de validação")


def collected_for_another(demo: Demo) -> str:
    """A debt of somebody in Texas that is collected for another; their phone."""
    phone = f"+1214555{uuid.uuid4().int % 10**4:04}"
    with client(demo, "sofia") as sofia:
        book = next(p for p in sofia.get("/api/v1/portfolios").json()["items"] if p["name"] == "Loja Ipê")["id"]
        new = {"client_id": str(uuid.uuid4()), "portfolio": book, "name": "Mary Sample", "kind": "person",
               "language": "en", "jurisdiction": "US-TX", "timezone": "America/Chicago",
               "contact_points": [{"channel": "whatsapp", "address": phone}]}  # fmt: skip
        made = sofia.post("/api/v1/debtors", json=new).raise_for_status().json()["id"]
        charges = [{"number": "N-1", "due": "2026-09-10", "amount": {"amount": 90_000, "currency": "BRL"}}]
        debt = {"client_id": str(uuid.uuid4()), "debtor": made, "product": "Card", "charges": charges,
                "terms": {"fine_bp": 200, "interest_bp_30d": 300}}  # fmt: skip
        sofia.post("/api/v1/debts", json=debt).raise_for_status()
    with client(demo, "caio") as caio:
        who = {"name": "Pine Receivables LLC", "address": "PO Box 100, Austin TX", "contact": "1-800-555-0199"}
        conduct = {"billing": "third_party", "collector": who,
                   "whatsapp_attestation": {"name": "Counsel", "document": "Opinion 3"}}  # fmt: skip
        caio.put(f"/api/v1/portfolios/{book}/conduct", json=conduct).raise_for_status()
    return phone


def overdue(context: BrowserContext, demo: Demo, phone: str, words: str) -> Page:
    """Sofia's page with the case: they were answered once, six days went by, and they wrote again."""
    inbox = demo.inbox("whatsapp", "meta")
    demo.write(inbox, phone, words)
    case = taken(demo, words)
    with client(demo, "sofia") as sofia:
        at = f"/api/v1/cases/{case}"
        proves(sofia, at)
        body = {"client_id": str(uuid.uuid4()), "epoch": sofia.get(at).json()["epoch"], "channel": "whatsapp",
                "text": "Hello Mary. Reply STOP to opt out."}  # fmt: skip
        sofia.post(f"{at}/messages", json=body).raise_for_status()
    assert demo.arrived("Hello Mary.")
    _clock(demo, _now(demo) + timedelta(days=6))
    demo.write(inbox, phone, f"{words} again")
    until(demo, case, "in", 2)
    with client(demo, "sofia") as sofia:
        if sofia.get(f"/api/v1/cases/{case}").json()["status"] == "queued":  # nobody was there for six days
            sofia.post(f"/api/v1/cases/{case}/claim", json={}).raise_for_status()
        proves(sofia, f"/api/v1/cases/{case}")
    page = sign_in(context, demo, "sofia", "/")
    page.goto(demo.of("sofia", f"/#/case/{case}"))
    expect(page.locator("[data-item]").filter(has_text=f"{words} again")).to_be_visible()
    return page


@pytest.mark.timeout(300)
def test_what_was_written_before_the_hour_is_over_and_leaves_after_it_is_held(
    context: BrowserContext, tmp_path: Path
) -> None:
    with running_demo(tmp_path) as evening:
        eight = _eight_in_the_evening(evening)
        _clock(evening, eight - timedelta(minutes=1))
        case = opened(evening, "NOITE1", "+5511970001959;")
        page = sign_in(context, evening, "sofia", "/")
        page.goto(evening.of("sofia", f"/#/case/{case}"))
        expect(page.locator(".gate.ok")).to_be_visible()
        refuses = {"provider": "twilio", "accept": False, "error_code": 20429}
        httpx2.put(f"{evening.url}/sandbox/api/behaviour", json=refuses, timeout=20).raise_for_status()
        writes(page, "Olá, aqui é a equipe da loja. Podemos falar?")
        bubble = page.locator("[data-item]").filter(has_text="Podemos falar?")
        expect(bubble).to_be_visible()
        until(evening, case, "out", 1)
        _clock(evening, eight + timedelta(minutes=1))
        expect(bubble.get_by_text("Retida")).to_be_visible(timeout=60_000)
        (held,) = messages(evening, case)
        assert held["status"] == "held" and held["held"]["code"] == "OUT_OF_HOURS"
        assert datetime.fromisoformat(held["held"]["until"]) == eight + timedelta(hours=12)
        assert evening.outbox("Podemos falar?") == []


def _now(demo: Demo) -> datetime:
    return datetime.fromisoformat(httpx2.get(f"{demo.url}/sandbox/api/clock", timeout=20).json()["now"])


def _said(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def _clock(demo: Demo, at: datetime) -> None:
    body = {"now": _said(at)}
    httpx2.put(f"{demo.url}/sandbox/api/clock", json=body, timeout=20).raise_for_status()


def _eight_in_the_evening(demo: Demo) -> datetime:
    """20:00 in São Paulo on the next ordinary Tuesday, in UTC."""
    closed = holidays.country_holidays("BR", subdiv="SP")
    day = (_now(demo) + timedelta(days=1)).replace(hour=23, minute=0, second=0, microsecond=0)
    while day.weekday() != 1 or day.date() in closed:
        day += timedelta(days=1)
    return day
