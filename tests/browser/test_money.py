"""An agreement on the screens: built at the desk, approved on the wall, accepted on the phone, paid, and all stops."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.audit import audit
from tests.browser.conftest import Demo, sign_in
from tests.browser.people import case_open, go_online, let_go, proves
from tests.ledger.boletos import bank_line

pytestmark = pytest.mark.browser

WORDS = "oi, quero parcelar tudo"


def post(page: Page, path: str, body: str) -> Any:
    """What a dialog does, without its questions; what was answered."""
    return page.evaluate(
        """async ([path, body]) => {
          const csrf = JSON.parse(document.querySelector('script[type="application/json"]').textContent).csrf;
          const headers = {'content-type': 'application/json', 'x-csrf-token': csrf};
          const answer = await fetch(`/api/v1${path}`, {method: 'POST', headers, body});
          if (!answer.ok) throw new Error(await answer.text());
          return await answer.json();
        }""",
        [path, body],
    )


def get(page: Page, path: str) -> Any:
    return page.evaluate("async (path) => (await fetch(`/api/v1${path}`)).json()", path)


def test_negotiate_approval_accepted_by_button_confirmed_paid(context: BrowserContext, demo: Demo) -> None:
    ana = sign_in(context, demo, "ana")
    go_online(ana)
    sofia = sign_in(context, demo, "sofia", "/wall")
    demo.write(demo.inbox("whatsapp", "meta"), "maria", WORDS)
    ana.locator("a.row").filter(has_text="Maria").filter(has_text=WORDS[:12]).click()
    expect(ana.locator("[data-item]").filter(has_text=WORDS)).to_be_visible()
    case = case_open(ana)
    proves(ana, case)

    pane = ana.locator("section.who2")
    pane.get_by_role("button", name="Montar acordo").click()
    pane.get_by_label("Parcelas").first.fill("13")
    pane.get_by_label("Entrada").first.fill("100,00")
    expect(pane.locator(".sched li")).to_have_count(14)
    expect(pane.get_by_text("acima da sua alçada")).to_be_visible()
    pane.get_by_role("button", name="Pedir aprovação").click()

    card = sofia.locator("#requests .rq.approval")
    expect(card.get_by_text("13 ×")).to_be_visible()
    card.get_by_role("button", name="Aprovar").click()
    expect(card).to_have_count(0)
    expect(ana.locator("article.whis").filter(has_text="Aprovado por Sofia Lima")).to_be_visible()

    pane.get_by_role("button", name="Enviar proposta").click()
    expect(pane.get_by_text("oferecido")).to_be_visible()
    phones = context.new_page()
    phones.goto(f"{demo.url}/sandbox/")
    phones.get_by_role("button", name="Aceito").last.click()
    expect(ana.locator("[data-item]").filter(has_text="Acordo confirmado")).to_be_visible()
    expect(pane.get_by_text("espera a entrada")).to_be_visible()
    ana.locator("nav.rail").get_by_role("link", name="Avisos").click()
    expect(ana.get_by_text("Maria Souza aceitou o acordo")).to_be_visible()
    ana.keyboard.press("Escape")

    ana.locator("form.comp").get_by_role("button", name="Como pagar no texto").click()
    expect(ana.locator("form.comp textarea")).to_have_value(re.compile(r"000201.+6304[0-9A-F]{4}"))
    ana.locator("form.comp textarea").press("Enter")
    phones.get_by_role("button", name="Pagar este Pix").last.click()
    expect(pane.get_by_text("em dia")).to_be_visible()
    expect(pane.locator("h2", has_text="Pagamentos")).to_be_visible()
    phones.close()


def test_what_the_debtor_prefers_is_noted_shown_and_proposed_first(context: BrowserContext, demo: Demo) -> None:
    ana = sign_in(context, demo, "ana")
    go_online(ana)
    words = f"prefiro pagar na loja {uuid4().hex[:6]}"
    demo.write(demo.inbox("whatsapp", "meta"), f"+55119{uuid4().int % 10**8:08d}", words, name="Nina Prefere")
    ana.locator("a.row").filter(has_text=words[:20]).click()
    expect(ana.locator("[data-item]").filter(has_text=words)).to_be_visible()
    pane = ana.locator("section.who2")
    pane.get_by_role("button", name="mudar").click()
    dialog = ana.get_by_role("dialog")
    expect(dialog.get_by_label("Canal")).to_be_focused()
    dialog.get_by_label("Canal").select_option(label="WhatsApp")
    dialog.get_by_label("Como pagar").select_option(label="Boleto na loja")
    dialog.get_by_role("button", name="Acrescentar horário").click()
    dialog.get_by_label("Das").fill("18:00")
    expect(dialog.get_by_text("termina depois de começar")).to_be_visible()
    dialog.get_by_label("Até").fill("19:30")
    dialog.get_by_label("Até").press("Enter")
    expect(pane.get_by_text("18:00–19:30")).to_be_visible()
    expect(pane.get_by_text("seg.–sex.")).to_be_visible()
    expect(pane.get_by_text("Boleto na loja")).to_be_visible()
    field = ana.locator("form.comp textarea")
    field.click()
    ana.keyboard.press("Alt+P")
    expect(field).to_have_value(re.compile("^Boleto na loja: peça o boleto no caixa"))
    field.fill("")
    let_go(ana)


def test_the_right_document_leaves_with_one_key(context: BrowserContext, demo: Demo) -> None:
    ana = sign_in(context, demo, "ana")
    go_online(ana)
    words = f"me mande o extrato {uuid4().hex[:6]}"
    demo.write(demo.inbox("whatsapp", "meta"), "maria", words)
    ana.locator("a.row").filter(has_text="Maria").filter(has_text=words[:18]).click()
    expect(ana.locator("[data-item]").filter(has_text=words)).to_be_visible()
    case = case_open(ana)
    proves(ana, case)
    ana.locator("form.comp textarea").click()
    ana.keyboard.press("Alt+U")
    expect(ana.locator("form.comp").get_by_text(".pdf").first).to_be_visible()
    ana.locator("form.comp textarea").fill("Segue o documento.")
    ana.locator("form.comp textarea").press("Enter")
    expect(ana.locator("[data-item]").filter(has_text="Segue o documento.").filter(has_text=".pdf")).to_be_visible()


def owing(sofia: Page, name: str, phone: str, **codes: str) -> str:
    """A debtor of Loja Ipê who owes 300 reais; their id."""
    book = sofia.evaluate(
        """async () => (await (await fetch('/api/v1/portfolios')).json()).items.find(p => p.name === 'Loja Ipê').id"""
    )
    new = {"client_id": str(uuid4()), "portfolio": book, "name": name, "kind": "person", "language": "pt-BR",
           "jurisdiction": "BR-SP", "contact_points": [{"channel": "whatsapp", "address": phone}]}  # fmt: skip
    made = post(sofia, "/debtors", json.dumps(new))
    charged(sofia, made["id"], **codes)
    return str(made["id"])


def charged(sofia: Page, debtor: str, **codes: str) -> None:
    charge = {"number": "F-1", "external_id": f"F-1-{debtor}", "due": "2026-10-10",
              "amount": {"amount": 30_000, "currency": "BRL"}, **codes}  # fmt: skip
    debt = {"client_id": str(uuid4()), "debtor": debtor, "product": "Crediário", "charges": [charge],
            "terms": {"fine_bp": 0, "interest_bp_30d": 0}}  # fmt: skip
    post(sofia, "/debts", json.dumps(debt))


def asking_for_a_link(context: BrowserContext, demo: Demo, name: str) -> tuple[Page, Page, str]:
    """Ana's desk with the case of somebody who owes 300 reais, Sofia's wall, and the case."""
    ana = sign_in(context, demo, "ana")
    go_online(ana)
    phone, words = f"+55119{uuid4().int % 10**8:08d}", f"quero o link {uuid4().hex[:6]}"
    sofia = sign_in(context, demo, "sofia", "/wall")
    owing(sofia, name, phone)
    demo.write(demo.inbox("whatsapp", "meta"), phone, words, name=name)
    ana.locator("a.row").filter(has_text=words).click()
    expect(ana.locator("[data-item]").filter(has_text=words)).to_be_visible()
    return ana, sofia, case_open(ana)


def test_a_payment_link_by_keys_is_opened_and_paid(context: BrowserContext, demo: Demo) -> None:
    ana, _, case = asking_for_a_link(context, demo, "Lina Ligada")
    proves(ana, case)
    field, menu = ana.locator("form.comp textarea"), ana.get_by_role("dialog", name="Link de pagamento no texto")
    field.click()
    ana.keyboard.press("Alt+l")
    menu.get_by_label("Outro valor da dívida").fill("50,00")
    ana.keyboard.press("Enter")
    expect(field).to_have_value(re.compile(r"50,00.*/pay/[a-z2-7]{16}", re.DOTALL))
    expect(menu).to_have_count(0)
    field.fill("")
    ana.keyboard.press("Alt+l")
    expect(menu.get_by_role("button", name="A dívida toda")).to_be_focused()
    ana.keyboard.press("Enter")
    expect(field).to_have_value(re.compile(r"/pay/[a-z2-7]{16}"))
    link = re.search(r"http://\S+/pay/[a-z2-7]{16}", field.input_value())
    assert link is not None
    expect(field).to_be_focused()
    ana.keyboard.press("Enter")
    assert demo.arrived(link[0])
    paying = context.new_page()
    paying.goto(link[0])
    paying.get_by_role("button", name="Cartão recusado").click()
    expect(paying.get_by_role("status")).to_have_text("O cartão foi recusado: tente de novo.")
    paying.get_by_role("button", name="Pagar com Pix").click()
    expect(paying.get_by_role("status")).to_have_text("Pago.")
    expect(ana.locator("section.who2 h2", has_text="Pagamentos")).to_be_visible()
    answer = paying.goto(link[0])
    assert answer is not None and answer.status == 410
    expect(paying.get_by_text("já foi feito")).to_be_visible()
    paying.close()
    let_go(ana)


def test_paid_in_full_stops_everything_that_was_planned(context: BrowserContext, demo: Demo) -> None:
    """Negotiated, accepted by button, one message planned for later, paid: called off with its reason, nothing owed."""
    ana, _, case = asking_for_a_link(context, demo, "Quita Tudo")
    proves(ana, case)
    pane, field = ana.locator("section.who2"), ana.locator("form.comp textarea")
    pane.get_by_role("button", name="Montar acordo").click()
    owed = pane.locator("h2", has_text="Montar acordo").locator("b.num").inner_text()
    pane.get_by_label("Parcelas").first.fill("0")
    pane.get_by_label("Entrada").first.fill(owed.removeprefix("R$").strip())
    expect(pane.locator(".sched li")).to_have_count(1)
    pane.get_by_role("button", name="Enviar proposta").click()
    expect(pane.get_by_text("oferecido")).to_be_visible()
    phones = context.new_page()
    phones.goto(f"{demo.url}/sandbox/")
    phones.get_by_label("Pessoa").first.select_option(label="Quita Tudo")
    phone = phones.get_by_role("region", name="Telefone de Quita Tudo")
    phone.get_by_role("button", name="Aceito").click()
    expect(pane.get_by_text("espera a entrada")).to_be_visible()

    field.fill(later := f"lembrete de amanhã {uuid4().hex[:6]}")
    expect(ana.locator(".gate.ok")).to_be_visible()
    field.press("Alt+g")
    ana.keyboard.press("Enter")
    planned = ana.locator("[data-item]").filter(has_text=later)
    expect(planned).to_contain_text("agendada")
    expect(ana.locator(".after", has_text="Agendada para")).to_be_visible()

    ana.locator("form.comp").get_by_role("button", name="Como pagar no texto").click()
    expect(field).to_have_value(re.compile(r"000201.+6304[0-9A-F]{4}"))
    field.press("Enter")
    phone.get_by_role("button", name="Pagar este Pix").last.click()
    expect(ana.locator(".after", has_text="Cancelada: houve um pagamento")).to_be_visible()
    expect(planned).to_contain_text("cancelada")
    expect(ana.get_by_text("1 envio programado cancelado, em todos os canais: houve um pagamento")).to_be_visible()
    expect(pane.get_by_text("cumprido")).to_be_visible()
    expect(pane.locator(".total b.num")).to_have_text(re.compile(r"R\$\s0,00"))
    found = get(ana, f"/cases/{case}")
    assert (found["status"], found["outcome"], found["balance"]["amount"]) == ("resolved", "paid", 0)
    assert demo.outbox(later) == []
    phones.close()


def test_day_deadline_and_charges_of_an_offer_are_chosen_by_keys(
    context: BrowserContext, demo: Demo, axe_script: str
) -> None:
    ana, sofia, case = asking_for_a_link(context, demo, "Duda Duas")
    proves(ana, case)
    debtor = get(ana, f"/cases/{case}")["debtor"]["id"]
    charged(sofia, debtor, number="F-2", external_id=f"F-2-{debtor}")
    owed = {each["number"]: each for each in get(ana, f"/debtors/{debtor}/balance")["charges"]}
    ana.reload()
    pane = ana.locator("section.who2")
    expect(pane.get_by_role("cell", name="F-2")).to_be_visible()
    pane.get_by_role("button", name="Montar acordo").click()
    total = pane.locator(".kv", has_text="Total").locator("b.num").first
    expect(total).to_have_text(re.compile("600,00"))
    pane.get_by_label("Entrada").first.fill("50,00")
    pane.get_by_text("Prazo, dia e faturas").focus()
    ana.keyboard.press("Enter")
    pane.get_by_label("Dia do mês").fill("5")
    tick = pane.get_by_role("checkbox", name="F-2")
    tick.focus()
    ana.keyboard.press("Space")
    expect(tick).not_to_be_checked()
    expect(total).to_have_text(re.compile("300,00"))
    lines = pane.locator(".sched li")
    expect(lines).to_have_count(4)
    expect(pane.get_by_text("acima da sua alçada")).to_have_count(0)
    until = pane.get_by_label("Proposta vale até")
    own = date.fromisoformat(until.input_value())
    until.fill((own + timedelta(days=10)).isoformat())
    expect(pane.get_by_text("acima da sua alçada: validade da proposta")).to_be_visible()
    until.fill((own - timedelta(days=1)).isoformat())
    expect(pane.get_by_text("acima da sua alçada")).to_have_count(0)
    principal = pane.get_by_label("Desconto no principal")
    principal.fill("1")
    expect(pane.get_by_text("Com desconto vale até as 18:00")).to_be_visible()
    with ana.expect_request(
        lambda asked: asked.url.endswith("/plans/preview") and '"last":true' in (asked.post_data or "")
    ):
        pane.get_by_label("Última condição").press("Space")
    principal.fill("0")
    expect(pane.get_by_label("Última condição")).to_have_count(0)
    ana.emulate_media(reduced_motion="reduce")
    assert not audit(ana, axe_script)
    pane.get_by_role("button", name="Enviar proposta").click()
    expect(pane.get_by_text("oferecido")).to_be_visible()
    (plan,) = get(ana, f"/cases/{case}/ledger")["plans"]
    assert plan["charges"] == [owed["F-1"]["id"]] and plan["total"]["amount"] == owed["F-1"]["total"]["amount"]
    wanted = [each["moved_from"] or each["due"] for each in plan["schedule"] if each["n"] > 1]
    assert [day[-2:] for day in wanted] == ["05", "05"]
    assert plan["expires_at"] == f"{own.isoformat()}T03:00:00.000Z"  # midnight of the day before in São Paulo
    let_go(ana)


def test_a_link_is_shut_in_the_pane_by_keys_and_a_paid_one_says_so(
    context: BrowserContext, demo: Demo, axe_script: str
) -> None:
    ana, sofia, case = asking_for_a_link(context, demo, "Lia Linkada")
    part = ana.get_by_role("region", name="Links de pagamento")
    expect(ana.get_by_role("region", name="Cliente")).to_be_visible()
    wish = {"client_id": str(uuid4()), "target": "debt", "amount": {"amount": 5_000, "currency": "BRL"}}
    post(sofia, f"/cases/{case}/payment-links", json.dumps(wish))
    row = part.locator(".kv").filter(has_text="50,00")
    expect(row).to_contain_text("aberto")
    expect(row).to_contain_text("vale até")
    row.get_by_role("button", name="Cancelar o link de R$ 50,00").focus()
    ana.keyboard.press("Enter")
    expect(row).to_contain_text("cancelado")
    expect(row).to_be_focused()
    expect(row.get_by_role("button")).to_have_count(0)

    made = post(sofia, f"/cases/{case}/payment-links", json.dumps(wish | {"client_id": str(uuid4())}))
    paying = context.new_page()
    paying.goto(made["url"])
    paying.get_by_role("button", name="Pagar com cartão").click()
    expect(part.locator(".kv").first).to_contain_text("pago em")
    paying.get_by_role("button", name="Contestar no banco do cartão").click()
    expect(part.locator(".kv").first).to_contain_text("devolvido")
    paying.close()
    ana.emulate_media(reduced_motion="reduce")
    assert not audit(ana, axe_script)
    let_go(ana)


def test_the_creditors_boleto_is_put_with_the_message_from_the_pane(context: BrowserContext, demo: Demo) -> None:
    ana = sign_in(context, demo, "ana")
    go_online(ana)
    sofia = sign_in(context, demo, "sofia", "/wall")
    phone, words = f"+55119{uuid4().int % 10**8:08d}", f"cadê o boleto {uuid4().hex[:6]}"
    owing(sofia, "Bia Boleto", phone)
    demo.write(demo.inbox("whatsapp", "meta"), phone, words)
    ana.locator("a.row").filter(has_text=words[:18]).click()
    expect(ana.locator("[data-item]").filter(has_text=words)).to_be_visible()
    part = ana.get_by_role("region", name="Documentos do credor")
    expect(ana.get_by_role("region", name="Cliente")).to_be_visible()
    keep_boleto(sofia, case_open(ana))
    row = part.locator(".kv").filter(has_text="Boleto F-1")
    row.get_by_role("button", name="Pôr na mensagem: Boleto F-1").focus()
    ana.keyboard.press("Enter")
    expect(ana.locator("form.comp").get_by_text("boleto-f1.pdf", exact=True)).to_be_visible()
    let_go(ana)


def test_the_creditors_codes_stand_under_the_charge_and_leave_with_one_key(context: BrowserContext, demo: Demo) -> None:
    ana = sign_in(context, demo, "ana")
    go_online(ana)
    sofia = sign_in(context, demo, "sofia", "/wall")
    phone, words = f"+55119{uuid4().int % 10**8:08d}", f"manda o código {uuid4().hex[:6]}"
    soon = date.today() + timedelta(days=12)
    line, old = bank_line(30_000, soon), bank_line(30_000, date.today() - timedelta(days=12))
    debtor = owing(sofia, "Caio Código", phone, boleto=line, document_url="https://pay.example/f1")
    demo.write(demo.inbox("whatsapp", "meta"), phone, words)
    ana.locator("a.row").filter(has_text=words[:18]).click()
    expect(ana.locator("[data-item]").filter(has_text=words)).to_be_visible()
    part = ana.get_by_role("region", name="Documentos do credor")
    row = part.locator(".kv").filter(has_text="Boleto, linha digitável F-1")
    expect(row).to_contain_text("R$ 300,00")
    expect(part.locator(".kv").filter(has_text="Link F-1")).to_contain_text("pay.example")
    field = ana.locator("form.comp textarea")
    field.click()
    ana.keyboard.press("Alt+U")
    expect(field).to_have_value(re.compile(f"{line}.*https://pay.example/f1", re.DOTALL))
    field.fill("")
    row.get_by_role("button", name="Pôr na mensagem: Boleto, linha digitável F-1").focus()
    ana.keyboard.press("Enter")
    expect(field).to_have_value(re.compile(line))
    expect(field).not_to_have_value(re.compile("https"))
    charged(sofia, debtor, boleto=old)
    expect(row).to_contain_text("o último dia passou")
    expect(row.get_by_role("button")).to_have_count(0)
    charged(sofia, debtor, number="F-2", external_id=f"F-2-{debtor}")
    expect(ana.locator("section.who2 table").get_by_text("F-2")).to_be_visible()
    let_go(ana)


def keep_boleto(sofia: Page, case: str) -> None:
    """What the creditor's system does: a boleto of the only charge."""
    sofia.evaluate(
        """async (id) => {
          const csrf = JSON.parse(document.querySelector('script[type="application/json"]').textContent).csrf;
          const one = await (await fetch(`/api/v1/cases/${id}`)).json();
          const owed = await (await fetch(`/api/v1/debtors/${one.debtor.id}/balance`)).json();
          const form = new FormData();
          form.append('kind', 'boleto');
          form.append('client_id', crypto.randomUUID());
          form.append('file', new Blob(['%PDF-1.4 boleto']), 'boleto-f1.pdf');
          const where = `/api/v1/charges/${owed.charges[0].id}/documents`;
          const answer = await fetch(where, {method: 'POST', headers: {'x-csrf-token': csrf}, body: form});
          if (answer.status !== 201) throw new Error(await answer.text());
        }""",
        case,
    )
