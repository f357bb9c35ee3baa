"""Every act of the contract is reached without the mouse: each is done here by keys alone, and none is forgotten."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from playwright.sync_api import Error as PlaywrightError

from console.routes import API
from tests.browser.conftest import Demo, at_desk
from tests.browser.people import ask_approval, walk_to

pytestmark = pytest.mark.browser

OTHERS = {
    "POST /api/v1/session": "the sign-in form: test_sign_in_by_keys",
    "PATCH /api/v1/me": "the language, in the command bar; one's own keys and views: test_own_ways.py",
    "POST /api/v1/cases/{id}/gate": "asked by the composer itself",
    "POST /api/v1/cases/{id}/seen": "told by the thread itself",
    "PUT /api/v1/cases/{id}/draft": "kept while one types",
    "DELETE /api/v1/cases/{id}/watch": "when the monitor is closed",
    "POST /api/v1/messages/{id}/retry": "a button under the failed message, reached by Tab",
    "POST /api/v1/messages/{id}/settle": "two buttons under the unconfirmed message, reached by Tab",
    "POST /api/v1/contact-points/{id}/holder": "a form in the dialog of the contacts, reached by Tab: test_lawful.py",
    "DELETE /api/v1/attachments/{id}": "a button beside the file, reached by Tab",
    "POST /api/v1/cases/{id}/identity/questions": "a list in the dialog of the identity, reached by Tab",
    "POST /api/v1/cases/{id}/documents": "Alt U: test_money.py",
    "POST /api/v1/cases/{id}/identity/answers": "the choices of that list, reached by Tab",
}
"""Acts that are not done below, and where they are."""
SUPERVISION = re.compile(r"/(watch|barge|takeover|handback|whispers|assign|relieve|restore)$")
DESK = re.compile(r" /api/v1/(session|me|cases|messages|contact-points|uploads|attachments)\b")
ELSEWHERE = re.compile(
    r"/(plans|promises|disputes|payments|payment-links|reveal|pix|evidence|holds|stops|claims|opt-out)\b"
)
"""Money, protection and books have screens of their own, and their tests stand beside those."""


@pytest.fixture
def ana(context: BrowserContext, demo: Demo) -> Iterator[Page]:
    context.add_init_script("addEventListener('pointerdown', () => { window.__pointed = true; }, true)")
    with at_desk(context, demo, "ana") as page:
        yield page
        assert page.evaluate("window.__pointed ?? false") is False


def written(page: Page, demo: Demo) -> str:
    """Somebody new writes to Ana; their name. Opened by the command bar."""
    name = f"Tecla {uuid.uuid4().hex[:6]}"
    demo.write(demo.inbox("whatsapp", "meta"), f"+55119{uuid.uuid4().int % 10**8:08d}", "quero pagar", name=name)
    expect(page.locator("a.row").filter(has_text=name)).to_be_visible()
    bar(page, name)
    expect(page.get_by_role("heading", level=1, name=name)).to_be_visible()
    expect(page.locator(".gate.ok, .gate.hold, .gate.no").first).to_be_visible()
    page.wait_for_timeout(450)  # Enter is inert right after a thread was changed
    return name


def bar(page: Page, words: str) -> None:
    """The command bar: what fits best is chosen by Enter."""
    page.keyboard.press("Control+k")
    page.keyboard.type(words)
    option = page.get_by_role("option", selected=True)
    expect(option).to_contain_text(re.compile(re.escape(words), re.I))
    page.keyboard.press("Enter")


def send(page: Page) -> None:
    page.keyboard.press("r")
    page.keyboard.type("Bom dia! Posso ajudar?")
    expect(page.locator(".gate.ok")).to_be_visible()
    page.keyboard.press("Enter")


def note(page: Page) -> None:
    page.keyboard.press("Alt+n")
    page.keyboard.type("liga depois das 14 h")
    page.keyboard.press("Enter")
    page.keyboard.press("Alt+n")


def attach(page: Page) -> None:
    with page.expect_file_chooser() as chosen:
        page.keyboard.press("Alt+a")
    chosen.value.set_files({"name": "recibo.txt", "mimeType": "text/plain", "buffer": b"pago"})


def schedule_and_cancel(page: Page) -> None:
    page.keyboard.press("r")
    page.keyboard.type("Lembrete combinado")
    expect(page.locator(".gate.ok")).to_be_visible()
    page.keyboard.press("Alt+g")
    page.keyboard.press("Enter")
    cancel = page.locator(".after button", has_text="Cancelar")
    expect(cancel).to_be_visible()
    page.keyboard.press("Escape")
    walk_to(page, cancel.evaluate_handle("(button) => button"))
    page.keyboard.press("Enter")


def labels(page: Page) -> None:
    page.keyboard.press("l")
    page.keyboard.type("vip")
    page.keyboard.press("Enter")


def lower_hand(page: Page) -> None:
    page.keyboard.press("Alt+h")
    page.keyboard.press("1")
    expect(page.get_by_role("button", name="Baixar a mão").first).to_be_visible()
    bar(page, "Baixar a mão")


def transfer(page: Page) -> None:
    page.keyboard.press("t")
    page.get_by_role("dialog").locator("option", has_text="Bruno").wait_for(state="attached")
    page.keyboard.type("Bruno")
    page.keyboard.press("Tab")
    page.keyboard.type("segue com você")
    page.keyboard.press("Control+Enter")


def undo_snooze(page: Page) -> None:
    page.keyboard.press("s")
    page.keyboard.press("1")
    expect(page.get_by_role("button", name="Desfazer").last).to_be_visible()
    page.keyboard.press("z")


def identify(page: Page) -> None:
    bar(page, "Quem é esta pessoa")
    field = page.get_by_role("dialog").locator("input").first
    expect(field).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.type("Helena")
    choice = page.get_by_role("radio").first
    expect(choice).to_contain_text("Helena")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    for _ in range(8):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.type") == "checkbox":
            break
    page.keyboard.press("Space")
    page.keyboard.press("Enter")


def consent(page: Page) -> None:
    bar(page, "Contatos de")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")


def wrong(page: Page) -> None:
    bar(page, "Contatos de")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")


def skills(page: Page) -> None:
    bar(page, "Especialidade")
    expect(page.get_by_role("checkbox").first).to_be_focused()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")


def prefers(page: Page) -> None:
    bar(page, "Preferências de")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("Canal")).to_be_focused()
    page.keyboard.type("WhatsApp")
    expect(dialog.get_by_label("Como pagar")).to_be_visible()
    for stroke in ("Tab", "Tab", "Enter"):
        page.keyboard.press(stroke)
    expect(dialog.get_by_role("group", name="Horário")).to_be_visible()
    page.keyboard.press("Control+Enter")


def sequence(*strokes: str) -> Callable[[Page], None]:
    def press(page: Page) -> None:
        for stroke in strokes:
            page.keyboard.press(stroke)

    return press


ACTS: dict[str, Callable[[Page], None]] = {
    "POST /api/v1/cases/{id}/messages": send,
    "POST /api/v1/cases/{id}/notes": note,
    "POST /api/v1/cases/{id}/requests": ask_approval,
    "POST /api/v1/uploads": attach,
    "POST /api/v1/messages/{id}/cancel": schedule_and_cancel,
    "POST /api/v1/cases/{id}/labels": labels,
    "POST /api/v1/cases/{id}/priority": sequence("p", "1"),
    "POST /api/v1/cases/{id}/skills": skills,
    "POST /api/v1/cases/{id}/snooze": sequence("s", "1"),
    "POST /api/v1/cases/{id}/reopen": undo_snooze,
    "POST /api/v1/cases/{id}/resolve": sequence("e", "1"),
    "POST /api/v1/cases/{id}/hand": sequence("Alt+h", "1"),
    "DELETE /api/v1/cases/{id}/hand": lower_hand,
    "POST /api/v1/cases/{id}/transfer": transfer,
    "POST /api/v1/cases/{id}/release": lambda page: bar(page, "Soltar"),
    "PUT /api/v1/cases/{id}/preferences": prefers,
    "POST /api/v1/contact-points/{id}/consent": consent,
    "POST /api/v1/contact-points/{id}/wrong": wrong,
}
"""With a case of one's own open."""
LEAVES = {f"POST /api/v1/cases/{{id}}/{verb}" for verb in ("snooze", "reopen", "resolve", "transfer", "release")}
"""After these the case is nobody's to work on any more."""
FRESH = {"POST /api/v1/contact-points/{id}/consent", "POST /api/v1/contact-points/{id}/wrong"}
"""These change what may be sent."""
OWN = {
    "POST /api/v1/cases": "test_a_conversation_begins_by_keys",
    "POST /api/v1/cases/{id}/claim": "test_the_queue_is_pulled_by_one_key",
    "POST /api/v1/cases/{id}/identity": "test_who_writes_is_identified_and_checked_by_keys",
    "POST /api/v1/cases/{id}/identify": "test_who_writes_is_identified_and_checked_by_keys",
    "DELETE /api/v1/cases/{id}/identify": "test_who_writes_is_identified_and_checked_by_keys",
    "PUT /api/v1/me/presence": "test_presence_and_leaving_by_keys",
    "DELETE /api/v1/session": "test_presence_and_leaving_by_keys",
}


def pattern(endpoint: str) -> Callable[[object], bool]:
    method, path = endpoint.split(" ")
    wanted = re.compile(re.escape(path).replace(r"\{id\}", "[^/]+") + "$")
    return lambda answer: answer.request.method == method and bool(wanted.search(answer.url.split("?")[0]))  # type: ignore[attr-defined]


def test_no_act_of_the_contract_is_forgotten() -> None:
    unsafe = {f"{each.method} {each.path}" for each in API if each.method != "GET"}
    desk = {
        each for each in unsafe if DESK.search(each) and not SUPERVISION.search(each) and not ELSEWHERE.search(each)
    }
    assert desk == set(ACTS) | set(OWN) | (set(OTHERS) & desk)


def test_each_act_by_keys_alone(ana: Page, demo: Demo) -> None:
    """On one case, and on a new one where the last act took it away."""
    is_open = False
    for endpoint, act in ACTS.items():
        if not is_open or endpoint in FRESH:
            written(ana, demo)
            is_open = True
        if ana.evaluate("document.activeElement.matches('textarea')"):
            ana.keyboard.press("Escape")
        try:
            with ana.expect_response(pattern(endpoint)) as answer:
                act(ana)
        except PlaywrightError as error:
            raise AssertionError(f"the keys did not lead to {endpoint}") from error
        assert answer.value.ok, f"{endpoint}: {answer.value.text()}"
        expect(ana.get_by_role("dialog")).to_have_count(0)
        is_open = endpoint not in LEAVES


def test_a_conversation_begins_by_keys(ana: Page, demo: Demo) -> None:
    bar(ana, "Otávio")
    expect(ana.locator(".th h1")).to_contain_text("Otávio")
    ana.keyboard.press("e")
    with ana.expect_response(pattern("POST /api/v1/cases/{id}/resolve")):
        ana.keyboard.press("1")
    ana.keyboard.press("Control+k")
    ana.keyboard.type("Otávio")
    person = ana.get_by_role("option", name="Otávio Prates Loja Ipê")
    expect(person).to_have_count(1)
    expect(ana.get_by_role("listbox")).to_have_attribute("aria-busy", "false")
    ids = ana.get_by_role("option").evaluate_all("(all) => all.map((one) => one.id)")
    for _ in range(ids.index(str(person.get_attribute("id")))):
        ana.keyboard.press("ArrowDown")
    expect(person).to_have_attribute("aria-selected", "true")
    with ana.expect_response(pattern("POST /api/v1/cases")) as answer:
        ana.keyboard.press("Enter")
    assert answer.value.ok, answer.value.text()


def test_the_queue_is_pulled_by_one_key(ana: Page, demo: Demo) -> None:
    bar(ana, "Pausa: Almoço")
    demo.write(demo.inbox("whatsapp", "meta"), f"+55119{uuid.uuid4().int % 10**8:08d}", "alguém aí?", name="Fila Um")
    ana.keyboard.press("g")
    ana.keyboard.press("f")
    expect(ana.locator("a.row").first).to_be_visible()
    with ana.expect_response(pattern("POST /api/v1/cases/{id}/claim")) as answer:
        ana.keyboard.press("n")
    assert answer.value.ok
    expect(ana.locator(".th h1")).to_be_visible()


def test_who_writes_is_identified_and_checked_by_keys(ana: Page, demo: Demo) -> None:
    written(ana, demo)
    with ana.expect_response(pattern("POST /api/v1/cases/{id}/identify")) as answer:
        identify(ana)
    assert answer.value.ok, answer.value.text()
    expect(ana.get_by_role("dialog")).to_have_count(0)
    with ana.expect_response(pattern("POST /api/v1/cases/{id}/identity")) as answer:
        bar(ana, "Confirmar a identidade")
        expect(ana.get_by_role("dialog").locator("[data-first]")).to_be_focused()
        named = ana.get_by_role("dialog").get_by_label("Endereço que está sendo confirmado").input_value()
        ana.keyboard.press("Space")
        ana.keyboard.press("Control+Enter")
    assert answer.value.ok, answer.value.text()
    assert named and f'"contact_point":"{named}"' in (answer.value.request.post_data or "")
    with ana.expect_response(pattern("DELETE /api/v1/cases/{id}/identify")) as answer:
        bar(ana, "Desfazer a identificação")
    assert answer.value.ok, answer.value.text()


def test_a_quick_reply_is_sent_by_a_word_and_two_keys(ana: Page, demo: Demo) -> None:
    written(ana, demo)
    ana.keyboard.press("r")
    ana.keyboard.type("/")
    expect(ana.get_by_role("listbox", name="Respostas rápidas")).to_be_visible()
    ana.keyboard.press("Enter")
    field = ana.locator("form.comp textarea")
    expect(field).not_to_have_value("/")
    text = field.input_value()
    expect(ana.locator(".gate.ok")).to_be_visible()
    ana.keyboard.press("Enter")
    expect(ana.locator(".bub").filter(has_text=text[:40])).to_be_visible()


def test_an_old_message_is_found_and_shown_in_its_place(ana: Page, demo: Demo) -> None:
    name, sender = f"Busca {uuid.uuid4().hex[:6]}", f"+55119{uuid.uuid4().int % 10**8:08d}"
    word = f"jabuticaba{uuid.uuid4().hex[:6]}"
    demo.write(demo.inbox("whatsapp", "meta"), sender, f"lembra da {word}?", name=name)
    for at in range(60):
        demo.write(demo.inbox("whatsapp", "meta"), sender, f"linha {at}", name=name)
    expect(ana.locator("a.row").filter(has_text=name)).to_contain_text("linha 59")
    bar(ana, word)
    found = ana.locator("[data-item]").filter(has_text=word)
    expect(found).to_be_in_viewport()
    expect(found).to_be_focused()


def test_letters_can_be_switched_off_and_their_twins_stay(ana: Page, demo: Demo) -> None:
    name = written(ana, demo)
    ana.keyboard.press("?")
    sheet = ana.get_by_role("dialog", name="Teclas")
    expect(sheet.get_by_text("Puxar da fila")).to_be_visible()
    box = sheet.get_by_label("Teclas de uma letra ligadas")
    box.focus()
    ana.keyboard.press("Space")
    ana.keyboard.press("Escape")
    expect(sheet).to_have_count(0)
    ana.keyboard.press("s")
    expect(ana.get_by_role("dialog")).to_have_count(0)
    bar(ana, "Adiar")
    expect(ana.get_by_role("dialog")).to_contain_text("Adiar")
    ana.keyboard.press("Escape")
    ana.keyboard.press("?")
    sheet.get_by_label("Teclas de uma letra ligadas").focus()
    ana.keyboard.press("Space")
    ana.keyboard.press("Escape")
    expect(sheet).to_have_count(0)
    ana.keyboard.press("s")
    expect(ana.get_by_role("dialog")).to_contain_text("Adiar")
    ana.keyboard.press("Escape")
    expect(ana.get_by_role("heading", level=1, name=name)).to_be_visible()


def test_the_bar_shows_each_act_with_its_key(ana: Page, demo: Demo) -> None:
    written(ana, demo)
    ana.keyboard.press("Control+k")
    expect(ana.get_by_role("option").filter(has_text="Resolver e ir ao próximo").locator(".kbd")).to_have_text(
        "Shift E"
    )
    expect(ana.get_by_role("option").filter(has_text="Idioma: Español")).to_have_count(1)
    ana.keyboard.press("Escape")


def test_presence_and_leaving_by_keys(ana: Page) -> None:
    with ana.expect_response(pattern("PUT /api/v1/me/presence")) as answer:
        bar(ana, "Pausa: Reunião")
    assert answer.value.ok
    with ana.expect_response(pattern("DELETE /api/v1/session")):
        bar(ana, "Sair")
    ana.wait_for_url(re.compile("/sign-in"))


def test_sign_in_by_keys(context: BrowserContext, demo: Demo) -> None:
    page = context.new_page()
    page.goto(f"{demo.url}/sign-in")
    expect(page.locator("#email")).to_be_focused()
    page.keyboard.type("bruno@demo.acordo.example")
    page.keyboard.press("Tab")
    page.keyboard.type("acordo-demo")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/sign-in" not in url)
    expect(page.locator("nav.rail")).to_be_visible()
