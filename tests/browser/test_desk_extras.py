"""Voices that are heard faster, signs from a picker, promises at the end of a shift, two records of one person."""

from __future__ import annotations

import base64
import json
import re
import uuid
from datetime import date, timedelta

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import Demo, sign_in
from tests.browser.people import case_open, let_go
from tests.browser.test_desk_flows import bar, row
from tests.browser.test_money import asking_for_a_link, get, post
from tests.browser.test_safe import opens, writes
from tests.browser.test_wall import ask, given_to

pytestmark = pytest.mark.browser

SECONDS, FRAMES_A_SECOND = 6, 44_100 / 1152
SILENT_FRAME = b"\xff\xfb\x90\x00".ljust(417, b"\0")  # MPEG 1 layer 3, 128 kbit/s, 44.1 kHz


def silence() -> str:
    return base64.b64encode(SILENT_FRAME * round(SECONDS * FRAMES_A_SECOND)).decode()


def test_a_voice_is_played_moved_and_sped_up(ana: Page, demo: Demo) -> None:
    sender, name = writes(demo, "vou mandar um áudio")
    voice = {"name": "recado.mp3", "type": "audio/mpeg", "base64": silence()}
    demo.write(demo.inbox("whatsapp", "meta"), sender, "", name=name, attachments=[voice])
    opens(ana, name)
    player = ana.locator(".tl .voice")
    expect(player).to_contain_text("0:06")
    speed = player.get_by_role("button", name="velocidade")
    for shown in ("1,5×", "2×"):
        speed.click()
        expect(speed).to_contain_text(shown)
    assert player.locator("audio").evaluate("(sound) => sound.playbackRate") == 2
    place = player.get_by_role("slider", name="Ponto do áudio")
    place.fill("3")
    expect(player).to_contain_text("0:03")
    player.get_by_role("button", name="Ouvir").click()
    expect(place).to_have_value("0")  # heard to its end, at twice the speed
    expect(player.get_by_role("button", name="Ouvir")).to_be_visible()


def test_a_sign_is_picked_into_the_text_where_the_caret_stands(ana: Page, demo: Demo) -> None:
    _, name = writes(demo, "obrigada")
    opens(ana, name)
    field = ana.locator("form.comp textarea")
    field.fill("Por nada!")
    field.press("Home")
    ana.get_by_role("button", name="Emoji").click()
    ana.get_by_role("dialog", name="Emoji").get_by_role("button", name="🙏").click()
    expect(field).to_have_value("🙏Por nada!")
    expect(field).to_be_focused()
    ana.keyboard.type(" ")
    expect(field).to_have_value("🙏 Por nada!")
    field.fill("")


def test_the_end_of_a_shift_lists_what_was_promised(ana: Page, context: BrowserContext, demo: Demo) -> None:
    sofia = sign_in(context, demo, "sofia", "/wall")
    sofia.locator("[data-tile]").first.wait_for()
    demo.write(demo.inbox("whatsapp", "meta"), "caua", "pago no fim do mês")
    case = given_to(sofia, ana, "Cauã Peixoto")
    due = (date.today() + timedelta(days=3)).isoformat()
    promise = {"client_id": str(uuid.uuid4()), "amount": {"amount": 4321, "currency": "BRL"}, "due": due}
    made = ask(ana, "POST", f"/api/v1/cases/{case}/promises", promise)
    assert made["status"] == 201, made
    bar(ana, "Fim do turno")
    dialog = ana.get_by_role("dialog", name="Fim do turno")
    line = dialog.locator("li").filter(has_text="Cauã Peixoto")
    expect(line).to_contain_text("Prometeu R$ 43,21 até")
    line.get_by_role("button", name="Soltar").click()
    expect(line).to_have_count(0)
    ana.keyboard.press("Escape")
    expect(row(ana, "Cauã Peixoto")).to_have_count(0)
    told = ask(sofia, "POST", f"/api/v1/promises/{made['id']}/cancel", {"reason": "foi só um exemplo"})
    assert told["state"] == "cancelled", told


def test_a_consent_to_offers_is_written_down_with_how_it_was_given_and_taken_back(ana: Page, demo: Demo) -> None:
    _, name = writes(demo, "pode me mandar ofertas")
    opens(ana, name)
    ana.locator("[data-pane]").get_by_role("button", name="Consentimentos").click()
    offers = ana.get_by_role("dialog").locator("[data-purpose=offers]").first
    offers.get_by_role("button", name="Registrar consentimento").click()
    given = ana.get_by_role("dialog", name="Consentimento para ofertas")
    expect(given.get_by_label("Como foi dado")).to_be_focused()
    ana.keyboard.type("por telefone")
    ana.keyboard.press("Tab")
    ana.keyboard.type("ofertas-3")
    ana.keyboard.press("Control+Enter")
    expect(offers).to_contain_text("por telefone · texto ofertas-3")
    case = ask(ana, "GET", f"/api/v1/cases/{case_open(ana)}")
    ledger = f"/api/v1/debtors/{case['debtor']['id']}/consents"
    (said,) = ask(ana, "GET", ledger)["items"]
    assert (said["act"], said["source"], said["text_version"]) == ("offers_granted", "call", "ofertas-3")
    offers.get_by_role("button", name="Não quer ofertas").click()
    expect(offers.get_by_role("button", name="Não quer ofertas")).to_have_count(0)
    expect(offers).to_contain_text("Não quer ofertas")
    assert [each["act"] for each in ask(ana, "GET", ledger)["items"]] == ["offers_granted", "offers_revoked"]


def test_two_records_of_one_person_become_one_and_two_again(context: BrowserContext, demo: Demo) -> None:
    sofia = sign_in(context, demo, "sofia")
    sofia.goto(demo.of("sofia", "/#/view/team"))
    sofia.locator("a.row").first.wait_for()
    _, name = writes(demo, "sou eu, de outro número")
    row(sofia, name).click()
    heading = sofia.locator(".th h1")
    expect(heading).to_have_text(name)
    bar(sofia, f"{name} é a mesma pessoa")
    dialog = sofia.get_by_role("dialog")
    dialog.get_by_role("textbox").fill("Elisabete")
    dialog.get_by_role("radio").filter(has_text="Elisabete Couto").click()
    expect(dialog).to_contain_text(f"Tudo de {name} passa para Elisabete Couto")
    sofia.keyboard.press("Control+Enter")
    toast = sofia.locator(".toast").filter(has_text="agora são um cadastro só")
    expect(toast).to_be_visible()
    expect(heading).to_have_text("Elisabete Couto")
    sofia.keyboard.press("z")
    expect(heading).to_have_text(name)


def test_on_a_phone_the_button_names_the_customer_in_full_and_every_tool_is_there(ana: Page, demo: Demo) -> None:
    _, name = writes(demo, "quero pagar pelo celular")
    opens(ana, name)
    ana.set_viewport_size({"width": 390, "height": 844})
    composer = ana.locator("form.comp")
    words = composer.get_by_role("button", name=f"Enviar para {name.split()[0]}").locator(".clip")
    assert words.evaluate("(words) => words.scrollWidth <= words.clientWidth")
    link = composer.get_by_role("button", name="Link de pagamento")
    expect(link).to_be_hidden()
    composer.get_by_role("button", name="Mais ferramentas").click()
    link.click()
    menu = composer.locator(".menu")
    expect(menu).to_be_visible()
    box = menu.bounding_box()
    assert box and box["x"] >= 0 and box["x"] + box["width"] <= 390


def test_an_agreement_of_one_payment_says_so(context: BrowserContext, demo: Demo) -> None:
    ana, _, case = asking_for_a_link(context, demo, "Nina Inteira")
    pane = ana.locator("section.who2")
    pane.get_by_role("button", name="Montar acordo").click()
    total = str(get(ana, f"/cases/{case}")["balance"]["amount"] / 100).replace(".", ",")
    pane.get_by_label("Parcelas").first.fill("0")
    pane.get_by_label("Entrada").first.fill(total)
    expect(pane.locator(".sched li")).to_have_count(1)
    pane.get_by_role("button", name="Pôr no texto").click()
    expect(ana.locator("form.comp textarea")).to_have_value(re.compile("^Posso encerrar com um pagamento de R"))
    whole = {"client_id": str(uuid.uuid4()), "instalments": 0, "down_payment": get(ana, f"/cases/{case}")["balance"]}
    post(ana, f"/cases/{case}/plans", json.dumps(whole))
    agreed = pane.locator(".agreed").filter(has_text="em um pagamento")
    expect(agreed).to_be_visible()
    expect(pane.get_by_text("0 parcela")).to_have_count(0)
    let_go(ana)
