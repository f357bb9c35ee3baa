"""Sofia's wall: narrowed, in an order that holds still, moved by keys, with requests, moves and whispers told apart."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from typing import Any

import httpx2
import pytest
from playwright.sync_api import BrowserContext, Locator, Page, Route, expect

from console.wire.ids import new_id
from tests.browser.conftest import Demo, sign_in
from tests.browser.people import go_online

pytestmark = pytest.mark.browser

CROWD, LINE_PX = 24, 32


@pytest.fixture
def sofia(context: BrowserContext, demo: Demo) -> Page:
    page = sign_in(context, demo, "sofia", "/wall")
    page.locator("[data-tile]").first.wait_for()
    return page


@pytest.fixture
def ana(context: BrowserContext, demo: Demo) -> Page:
    page = sign_in(context, demo, "ana")
    go_online(page)
    return page


def tile(page: Page, name: str) -> Locator:
    return page.locator("[data-tile]").filter(has_text=name)


def writes(demo: Demo, phone: str, name: str, text: str) -> None:
    demo.write(demo.inbox("whatsapp", "meta"), phone, text, name=name)


def opened_by(ana: Page, name: str) -> None:
    ana.locator("a.row").filter(has_text=name).click()
    ana.locator("form.comp textarea").wait_for()


def ask(page: Page, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    """A call within the page's own session."""
    told: dict[str, Any] = page.evaluate(
        """async ([method, path, body]) => {
          const csrf = JSON.parse(document.querySelector('script[type="application/json"]').textContent).csrf;
          const answer = await fetch(path, {method, headers: {'content-type': 'application/json', 'x-csrf-token': csrf},
            ...(body ? {body: JSON.stringify(body)} : {})});
          return {status: answer.status, ...(await answer.json())};
        }""",
        [method, path, body],
    )
    return told


def given_to(sofia: Page, ana: Page, name: str) -> str:
    """Whoever has that debtor's case, or nobody: now Ana has it, and has it open. Its id."""
    found = ask(sofia, "GET", "/api/v1/cases?view=team&limit=200")["items"]
    case = next(one for one in found if one["debtor"]["name"] == name)
    me = ask(ana, "GET", "/api/v1/me")["id"]
    if (case["owner"] or {}).get("id") != me:
        told = ask(sofia, "POST", f"/api/v1/cases/{case['id']}/assign", {"user": me})
        assert told["status"] == "assigned", told
    opened_by(ana, name)
    return str(case["id"])


def test_it_narrows_by_channel_team_and_agent_and_widens_again(sofia: Page) -> None:
    tiles = sofia.locator("[data-tile]")
    all_of_them = tiles.count()
    sofia.get_by_label("Canal").select_option(label="E-mail")
    expect(tiles.first.get_by_text("E-mail").first).to_be_attached()
    expect(sofia.locator("[data-tile] .ch.mail")).to_have_count(tiles.count())
    assert 0 < tiles.count() < all_of_them
    sofia.get_by_role("combobox", name="Agente").select_option(label="Clara Nunes")
    sofia.get_by_label("Canal").select_option(label="SMS")
    sofia.get_by_role("button", name="Mostrar todos").first.click()
    expect(tiles).to_have_count(all_of_them)
    assert sofia.get_by_label("Canal").input_value() == ""


def test_the_order_holds_while_the_pointer_is_among_the_tiles_and_settles_after(sofia: Page, demo: Demo) -> None:
    tiles = sofia.locator("[data-tile]")
    before = tiles.evaluate_all("(all) => all.map((one) => one.dataset.tile)")
    tiles.first.hover()
    writes(demo, "+5511970000051", "Zilda Prado", "não aguento mais, não quero mais viver assim")
    expect(tile(sofia, "Zilda Prado")).to_have_count(1)
    held = tiles.evaluate_all("(all) => all.map((one) => one.dataset.tile)")
    assert held[: len(before)] == before
    sofia.mouse.move(5, 5)
    expect(tiles.nth(0).or_(tiles.nth(1)).filter(has_text="Zilda Prado")).to_have_count(1)
    expect(tile(sofia, "Zilda Prado").get_by_text("Sinal de angústia")).to_be_visible()


def test_a_tile_streams_what_is_said_and_what_is_typed(sofia: Page, ana: Page, demo: Demo) -> None:
    writes(demo, "+5511970000052", "Rute Alves", "quanto fica hoje?")
    opened_by(ana, "Rute Alves")
    expect(tile(sofia, "Rute Alves").get_by_text("quanto fica hoje?")).to_be_visible()
    tile(sofia, "Rute Alves").click()
    monitor = sofia.locator("section.mon")
    monitor.get_by_role("button", name="Continuar observando").click()
    sofia.keyboard.press("Escape")
    ana.locator("form.comp textarea").fill("Bom dia, Rute! Já vejo")
    expect(tile(sofia, "Rute Alves").get_by_text("Bom dia, Rute! Já vejo")).to_be_visible()
    expect(sofia.get_by_role("button", name="1 observada")).to_be_visible()
    ana.locator("form.comp textarea").fill("")


def test_supervision_by_keys_alone(sofia: Page, ana: Page, demo: Demo) -> None:
    writes(demo, "+5511970000053", "Olga Meira", "consigo dividir em 2?")
    opened_by(ana, "Olga Meira")
    tile(sofia, "Olga Meira").focus()
    sofia.keyboard.press("Enter")
    modes = sofia.locator("section.mon").get_by_role("radio")
    expect(modes.nth(0)).to_be_checked()
    expect(sofia.locator("section.mon [data-item]").last).to_be_visible()
    ana.locator("form.comp textarea").fill("Consigo, Olga.")
    expect(sofia.locator("section.mon .live").get_by_text("Consigo, Olga.")).to_be_visible()
    sofia.keyboard.press("w")
    expect(sofia.locator("#whisper")).to_be_focused()
    sofia.keyboard.type("Ofereça 2x")
    sofia.keyboard.press("Enter")
    expect(ana.locator("article.whis").filter(has_text="Ofereça 2x")).to_be_visible()
    sofia.keyboard.press("Alt+b")
    expect(modes.nth(2)).to_be_checked()
    sofia.keyboard.press("Alt+t")
    expect(sofia.get_by_role("dialog").get_by_text("Consigo, Olga.")).to_be_visible()
    sofia.keyboard.press("Enter")
    expect(modes.nth(3)).to_be_checked()
    expect(sofia.locator("section.mon form.comp textarea")).to_have_value("Consigo, Olga.")
    sofia.keyboard.press("Alt+v")
    expect(sofia.locator("#handback-note")).to_be_focused()
    sofia.keyboard.type("Siga daqui")
    sofia.get_by_role("dialog").get_by_role("button", name="Devolver").press("Enter")
    expect(ana.locator("form.comp.locked")).to_have_count(0)
    assert not [each for each in demo.outbox("Olga") if "2x" in each["text"]]


def test_whoever_watches_sees_the_gates_answer_with_its_rule(sofia: Page, ana: Page, demo: Demo) -> None:
    writes(demo, "+5511970000061", "Gil Portela", "bom dia")
    opened_by(ana, "Gil Portela")
    tile(sofia, "Gil Portela").click()
    own, shown = ana.locator("form.comp > .gate"), sofia.locator("section.mon > .gate")
    expect(shown).to_have_class(re.compile(r"\bok\b"))
    expect(shown.locator("b")).to_have_text(own.locator("b").inner_text())
    ana.locator("form.comp textarea").fill("Pague ou você vai para a cadeia.")
    for line in (own, shown):
        expect(line).to_have_class(re.compile(r"\bno\b"))
        expect(line).to_contain_text("Não pode sair")
        expect(line).to_contain_text("soa como ameaça")
    expect(shown).to_contain_text("tone")
    expect(shown.get_by_role("button")).to_have_count(1)
    shown.get_by_role("button", name="Ver regras").focus()
    sofia.keyboard.press("Enter")
    expect(sofia.get_by_role("dialog", name="O que as regras dizem agora")).to_contain_text("Lei 8.078/1990")
    sofia.keyboard.press("Escape")
    sofia.keyboard.press("Alt+b")
    expect(sofia.locator("section.mon > .gate")).to_have_count(0)
    expect(sofia.locator("section.mon form.comp .gate")).to_have_count(1)
    ana.locator("form.comp textarea").fill("")


def test_a_whisper_says_where_its_reader_is_until_it_is_seen(sofia: Page, ana: Page, demo: Demo) -> None:
    writes(demo, "+5511970000054", "Iracema Dias", "bom dia")
    writes(demo, "+5511970000055", "Jonas Vidal", "bom dia")
    opened_by(ana, "Iracema Dias")
    opened_by(ana, "Jonas Vidal")
    tile(sofia, "Iracema Dias").click()
    sofia.keyboard.press("w")
    sofia.locator("#whisper").fill("Peça o CPF antes")
    sofia.keyboard.press("Enter")
    mine = sofia.locator("article.whis").filter(has_text="Peça o CPF antes")
    expect(mine.get_by_text("Ana está em outro caso")).to_be_visible()
    assert mine.get_by_role("button", name="Assumir").count() == 0
    clock = httpx2.get(f"{demo.url}/sandbox/api/clock", timeout=20).json()
    body = {"offset_s": clock["offset_s"] + 62}
    httpx2.put(f"{demo.url}/sandbox/api/clock", json=body, timeout=20).raise_for_status()
    writes(demo, "+5511970000055", "Jonas Vidal", "tudo bem?")  # what comes tells the new time
    expect(mine.get_by_text("Ana ainda não viu")).to_be_visible()
    expect(mine.get_by_role("button", name="Assumir")).to_be_visible()
    opened_by(ana, "Iracema Dias")
    expect(mine.get_by_text("vista por Ana")).to_be_visible()


def test_a_raised_hand_is_lowered_by_a_key_on_it(sofia: Page, ana: Page, demo: Demo) -> None:
    writes(demo, "+5511970000056", "Nilza Rocha", "quero falar com o gerente")
    opened_by(ana, "Nilza Rocha")
    ana.keyboard.press("Alt+h")
    ana.get_by_role("dialog").wait_for()
    ana.keyboard.press("1")
    request = sofia.locator("#requests li").filter(has_text="Nilza Rocha")
    expect(request).to_be_visible()
    request.locator(".rq-main").focus()
    sofia.keyboard.press("y")
    expect(request).to_have_count(0)


def test_an_approval_is_granted_by_a_key_and_answered_by_other_figures(sofia: Page, ana: Page, demo: Demo) -> None:
    demo.write(demo.inbox("whatsapp", "meta"), "caua", "quero um acordo")
    expect(tile(sofia, "Cauã Peixoto")).to_have_count(1)
    case = given_to(sofia, ana, "Cauã Peixoto")
    plan = {
        "down_payment": {"amount": 0, "currency": "BRL"},
        "instalments": 3,
        "first_due": (date.today() + timedelta(days=20)).isoformat(),
        "discounts": [{"component": "interest", "bp": 10_000}, {"component": "principal", "bp": 3_000}],
    }
    for key, done in (("a", "Aprovado"), ("c", "recebeu a sua proposta")):
        made = ask(ana, "POST", f"/api/v1/cases/{case}/plans", {"client_id": new_id(), **plan})
        assert made["status"] == 201, made
        request = sofia.locator("#requests li.approval").filter(has_text="Cauã Peixoto")
        expect(request.get_by_text("3 × R$")).to_be_visible()
        request.locator(".rq-main").focus()
        sofia.keyboard.press(key)
        if key == "c":
            sofia.get_by_role("dialog").locator("#counter-n").fill("2")
            sofia.get_by_role("dialog").locator("#counter-principal").fill("10")
            sofia.keyboard.press("Enter")
        expect(sofia.locator(".toast").filter(has_text=done)).to_be_visible()
        expect(request).to_have_count(0)


def test_all_of_one_persons_cases_move_in_one_act_and_come_back_by_z(sofia: Page, ana: Page, demo: Demo) -> None:
    writes(demo, "+5511970000057", "Celso Braga", "oi")
    opened_by(ana, "Celso Braga")
    go_online(sign_in(sofia.context, demo, "bruno"))
    ana.goto("about:blank")  # what is open is being read
    sofia.get_by_role("combobox", name="Agente").select_option(label="Ana Prado")
    expect(tile(sofia, "Celso Braga")).to_have_count(1)
    sofia.get_by_role("button", name="Mover os casos").click()
    sofia.get_by_role("dialog").locator("label").filter(has_text="Bruno Reis").click()
    sofia.keyboard.press("Enter")
    expect(sofia.locator(".toast").filter(has_text="de Ana")).to_be_visible()
    expect(tile(sofia, "Celso Braga")).to_have_count(0)
    sofia.keyboard.press("z")
    expect(tile(sofia, "Celso Braga")).to_have_count(1)


def test_compliance_reads_and_nothing_it_asks_is_refused(context: BrowserContext, demo: Demo) -> None:
    refused: list[str] = []
    context.on("response", lambda one: refused.append(f"{one.request.method} {one.url}") if one.status >= 400 else None)
    caio = sign_in(context, demo, "caio", "/wall")
    caio.locator("[data-tile]").first.click()
    expect(caio.locator("section.mon [data-item]").first).to_be_visible()
    expect(caio.get_by_text("Você observa.").first).to_be_visible()
    for key in ("w", "Alt+b", "Alt+t", "y", "a", "j"):
        caio.keyboard.press(key)
    assert caio.get_by_role("radio").count() == 0 and caio.locator("#whisper, dialog[open]").count() == 0
    caio.keyboard.press("Escape")
    expect(caio.locator("section.mon")).to_have_count(0)
    assert not refused


def test_many_agents_have_a_line_of_32_pixels_and_tiles_stay_in_two_columns(
    context: BrowserContext, demo: Demo
) -> None:
    def crowded(route: Route) -> None:
        answer = route.fetch(url=route.request.url.replace("sofia.localhost", "127.0.0.1"))
        told = answer.json()
        pattern = told["agents"][0]
        for n in range(CROWD):
            user = {"id": f"crowd-{n}", "name": f"Pessoa {n}", "role": "agent"}
            told["agents"].append({**pattern, "user": user, "oldest_wait": None, "teams": ["elsewhere"]})
        route.fulfill(response=answer, body=json.dumps(told))

    context.route("**/api/v1/wall", crowded)
    sofia = sign_in(context, demo, "sofia", "/wall")
    lines = sofia.locator(".left .ag")
    expect(lines.filter(has_text="Pessoa")).to_have_count(CROWD)
    heights = lines.evaluate_all("(all) => all.map((one) => one.getBoundingClientRect().height)")
    assert set(heights) == {LINE_PX}
    sofia.locator("[data-tile]").first.click()
    sofia.locator("section.mon").wait_for()
    lefts = sofia.locator("[data-tile]").evaluate_all("(all) => all.map((one) => one.getBoundingClientRect().left)")
    assert len(set(lefts)) == 2
