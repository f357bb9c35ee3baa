"""A payment by hand on the desk: it confirms the receipt that was shown, and is taken back with a reason."""

from __future__ import annotations

import json
import re
from uuid import uuid4

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.audit import audit
from tests.browser.conftest import Demo, sign_in
from tests.browser.people import let_go
from tests.browser.test_money import asking_for_a_link, get, post

pytestmark = pytest.mark.browser


def test_a_payment_is_recorded_with_its_receipt_and_reversed(
    context: BrowserContext, demo: Demo, axe_script: str
) -> None:
    ana, _, case = asking_for_a_link(context, demo, "Paga Mao")
    (item,) = (each["id"] for each in get(ana, f"/cases/{case}/timeline")["items"] if each["kind"] == "message")
    shown = {"client_id": str(uuid4()), "item": item, "amount": {"amount": 12_050, "currency": "BRL"}}
    post(ana, f"/cases/{case}/claims", json.dumps(shown))
    theirs = ana.locator("section.who2")
    expect(theirs.get_by_text("informado, não confirmado")).to_be_visible()
    expect(theirs.get_by_role("button", name="+ pagamento")).to_have_count(0)  # an agent fills no books

    sofia = sign_in(context, demo, "sofia", f"/#/case/{case}")
    pane = sofia.locator("section.who2")
    new = pane.get_by_role("button", name="+ pagamento")
    new.focus()
    sofia.keyboard.press("Enter")
    expect(pane.get_by_label("Valor pago")).to_have_value("120,50")
    assert "120,50" in pane.get_by_label("Comprovante que confirma").locator("option:checked").inner_text()
    pane.get_by_label("Meio").select_option(label="transferência")
    pane.get_by_label("Referência").fill(key := f"T-{uuid4().hex[:8]}")
    sofia.emulate_media(reduced_motion="reduce")
    assert not audit(sofia, axe_script)
    sofia.keyboard.press("Enter")
    expect(new).to_be_focused()
    expect(pane.get_by_text("transferência")).to_be_visible()
    expect(theirs.get_by_text("confirmado", exact=True)).to_be_visible()
    expect(theirs.locator(".total b.num")).to_have_text(re.compile("179,50"))
    expect(ana.get_by_text("Comprovante confirmado: o pagamento chegou")).to_be_visible()
    expect(theirs.get_by_role("button", name="estornar")).to_have_count(0)

    new.click()
    expect(pane.get_by_label("Comprovante que confirma")).to_have_count(0)
    pane.get_by_label("Valor pago").fill("10,00")
    pane.get_by_label("Referência").fill(key)
    pane.get_by_role("button", name="Registrar pagamento").click()
    expect(pane.get_by_role("alert")).to_have_text("Esta referência é de outro pagamento")
    pane.get_by_role("button", name="Cancelar").click()

    pane.get_by_role("button", name="estornar").click()
    pane.get_by_label("Por que estorna").fill("devolvido pelo banco")
    sofia.keyboard.press("Enter")
    expect(pane.get_by_text("estornado")).to_be_visible()
    expect(pane.get_by_text("devolvido pelo banco", exact=True)).to_be_visible()
    expect(theirs.locator(".total b.num")).to_have_text(re.compile("300,00"))
    let_go(ana)
