"""A dispute on the desk: opened, documents asked for by keys, upheld by whose authority reaches; the debt is less."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.audit import audit
from tests.browser.conftest import Demo, sign_in
from tests.browser.people import let_go
from tests.browser.test_money import asking_for_a_link, get, post

pytestmark = pytest.mark.browser


def test_a_dispute_is_asked_about_taken_up_and_upheld(context: BrowserContext, demo: Demo, axe_script: str) -> None:
    ana, _, case = asking_for_a_link(context, demo, "Contesta Tudo")
    pane = ana.locator("section.who2")
    pane.get_by_role("button", name="+ contestação").click()
    pane.get_by_label("Por quê").select_option(label="valor errado")
    pane.get_by_label("Nas palavras do cliente").fill("o valor era menor")
    pane.get_by_role("button", name="Abrir contestação").click()
    expect(pane.get_by_text("Responder até")).to_be_visible()
    assert demo.arrived("Contesta, registramos sua contestação")

    handle = pane.get_by_role("button", name="tratar")
    handle.focus()
    ana.keyboard.press("Enter")
    expect(pane.get_by_text("“o valor era menor”")).to_be_visible()
    steps = pane.get_by_label("Próximo passo")
    assert steps.locator("option").all_inner_texts() == [
        "Pedir documentos", "Pôr em análise", "Não procede", "O cliente desiste"]  # fmt: skip
    ana.emulate_media(reduced_motion="reduce")
    assert not audit(ana, axe_script)
    pane.get_by_label("Nota").fill("pediu o contrato")
    ana.keyboard.press("Enter")
    expect(pane.get_by_text("espera documentos")).to_be_visible()
    expect(handle).to_be_focused()
    field = ana.locator("form.comp textarea")
    expect(field).to_have_value(re.compile("^Sobre a contestação D[0-9A-F]{8}: .* documentos"))
    field.fill("")
    pane.get_by_role("button", name="Colocar o pedido na mensagem").click()
    expect(field).to_have_value(re.compile("^Sobre a contestação"))
    expect(ana.locator("form.comp .gate.no")).to_have_count(0)
    field.press("Enter")
    assert demo.arrived("Sobre a contestação D")
    expect(ana.locator(".msg.out .bub").last).to_contain_text("Sobre a contestação D")

    sofia = sign_in(context, demo, "sofia", f"/#/case/{case}")
    decides = sofia.locator("section.who2")
    decides.get_by_role("button", name="tratar").click()
    post(ana, f"/disputes/{get(ana, f'/cases/{case}/ledger')['disputes'][0]['id']}/state", '{"state": "under_review"}')
    expect(pane.get_by_text("em análise")).to_be_visible()  # both panes follow by event
    expect(decides.get_by_text("em análise")).to_be_visible()
    steps = decides.get_by_label("Próximo passo")
    steps.select_option(label="Procede em parte")
    how = decides.get_by_label("Como se decidiu")
    how.fill("a multa não cabia")
    decides.get_by_label("Valor de que se abre mão").fill("900,00")
    how.press("Enter")
    expect(decides.get_by_role("alert")).to_contain_text("menos que o contestado")
    decides.get_by_label("Valor de que se abre mão").fill("100,00")
    how.press("Enter")
    expect(decides.get_by_text("procede em parte")).to_be_visible()
    expect(decides.get_by_role("button", name="tratar")).to_have_count(0)
    expect(pane.locator(".total b.num")).to_have_text(re.compile("200,00"))
    (made,) = get(ana, f"/cases/{case}/ledger")["disputes"]
    assert (made["state"], made["note"]) == ("partially_upheld", "pediu o contrato\na multa não cabia")
    let_go(ana)
