"""What should never be typed, written or dropped, and is: shown safely, nothing lost, each refusal beside its thing."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import uuid
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import httpx2
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import Demo, at_desk, sign_in
from tests.browser.people import go_online

pytestmark = pytest.mark.browser

FIXTURES = Path(__file__).parents[3] / "shared" / "fixtures"
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
HOLDS = """() => {
  const wide = document.documentElement.scrollWidth > innerWidth;
  const over = [...document.querySelectorAll('.list, .thread, .who2, .th, .comp, .tl > ol > li')]
    .filter((box) => box.scrollWidth > box.clientWidth + 1 && getComputedStyle(box).overflowX === 'visible');
  return wide ? ['page'] : over.map((box) => box.className);
}"""
"""Which boxes are wider than they may be."""


@pytest.fixture
def ana(context: BrowserContext, demo: Demo) -> Iterator[Page]:
    context.add_init_script("window.__ran = []; window.alert = (said) => window.__ran.push(said)")
    with at_desk(context, demo, "ana") as page:
        yield page
        assert page.evaluate("window.__ran") == []


def new_sender() -> str:
    return f"+55119{uuid.uuid4().int % 10**8:08d}"


def opened(page: Page, demo: Demo, text: str, name: str = "", channel: tuple[str, str] = ("whatsapp", "meta")) -> None:
    """Somebody writes this, and Ana opens it."""
    shown = name or f"Teste {uuid.uuid4().hex[:6]}"
    sender = new_sender() if channel[0] != "email" else f"{uuid.uuid4().hex[:8]}@sample.example"
    more = {"subject": "Olá"} if channel[0] == "email" else {}
    demo.write(demo.inbox(*channel), sender, text, name=shown, **more)
    row = page.locator("a.row").filter(has_text=shown[:40])
    row.first.click()
    expect(page.locator(".th h1")).to_contain_text(shown[:40])
    expect(page.locator(".tl [data-item]").first).to_be_visible()


def strings(folder: str) -> list[str]:
    """Every string of every fixture of a folder; files with a string a line, in JSON, or whole."""
    found: list[str] = []
    for path in sorted((FIXTURES / folder).rglob("*")):
        if not path.is_file() or path.name == "README.md":
            continue
        text = path.read_text("utf-8", "replace")
        found += _leaves(json.loads(text)) if path.suffix == ".json" else text.splitlines()
    return [each for each in found if each.strip()]


def _leaves(value: object) -> list[str]:
    if isinstance(value, dict):
        value = list(value.values())
    return [leaf for each in value for leaf in _leaves(each)] if isinstance(value, list) else [str(value)]


def messages(texts: list[str]) -> list[str]:
    """As few messages as hold them all, a line each."""
    made = [""]
    for text in texts:
        if len(made[-1]) + len(text) > 3_900:
            made.append("")
        made[-1] += text[:3_900] + "\n"
    return made


@pytest.mark.parametrize("folder", ["text", "xss"])
def test_every_fixture_is_words_and_nothing_else(ana: Page, demo: Demo, folder: str) -> None:
    name, sender = f"Arquivo {uuid.uuid4().hex[:6]}", new_sender()
    texts = messages(strings(folder))
    assert len(texts) > 1
    for text in texts:
        demo.write(demo.inbox("whatsapp", "meta"), sender, text.replace("\x00", ""), name=name)
    row = ana.locator("a.row").filter(has_text=name)
    row.click()
    expect(ana.locator(".tl .bub")).to_have_count(len(texts))
    assert ana.evaluate(HOLDS) == []
    assert ana.evaluate("document.querySelectorAll('.tl script, .tl iframe, .tl [onerror], .tl [onload]').length") == 0


def test_a_very_long_message_is_shown_and_one_of_ours_is_kept_with_the_reason(ana: Page, demo: Demo) -> None:
    opened(ana, demo, "palavra " * 500)
    assert ana.evaluate(HOLDS) == []
    field = ana.locator("form.comp textarea")
    field.fill("x" * 4_097)
    expect(ana.locator("form.comp .gate.no")).to_contain_text("4.097 de 4.096")
    ana.wait_for_timeout(450)
    field.press("Enter")
    expect(field).to_have_value("x" * 4_097)
    field.fill("👍" + "x" * 4_095)
    expect(ana.locator("form.comp .gate.no")).to_have_count(0)
    field.press("Enter")
    expect(ana.locator(".msg.out .bub").last).to_contain_text("x" * 100)
    assert ana.evaluate(HOLDS) == []


@pytest.mark.parametrize(
    "text",
    ["שלום, אני רוצה לשלם", "\u202eabc\u202c fim", "z\u200b\u200ba\u200bl", "Z̸͎͝a̵͙͆l̶̙̿g̸̱̈o̷̪̅" * 40, "👩‍👩‍👧‍👦" * 60, "a" * 3000],
    ids=["rtl", "override", "zero-width", "combining", "emoji", "no space"],
)
def test_scripts_and_marks_stay_within_their_bubble(ana: Page, demo: Demo, text: str) -> None:
    opened(ana, demo, text)
    bubble = ana.locator(".tl .bub:not(.sk-bub)").first
    box, header = bubble.bounding_box(), ana.locator(".th").first.bounding_box()
    assert box is not None and header is not None
    assert box["x"] >= header["x"] and box["x"] + box["width"] <= header["x"] + header["width"]
    assert ana.evaluate(HOLDS) == []


def test_a_name_of_three_hundred_letters_is_cut_everywhere(ana: Page, demo: Demo) -> None:
    opened(ana, demo, "oi", name="Maximiliana" * 28)
    assert ana.evaluate(HOLDS) == []
    ana.keyboard.press("d")
    expect(ana.locator(".deck .col")).not_to_have_count(0)
    assert ana.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_mail_of_nested_tables_is_text_until_it_is_asked_for(ana: Page, demo: Demo) -> None:
    html = "<table><tr><td>" * 400 + "Saldo" + "</td></tr></table>" * 400 + "<p>" + "palavra " * 375_000 + "</p>"
    assert len(html) > 3_000_000
    inbox = next(each for each in demo.inboxes if each["channel"] == "email")
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "Mesa Posta <mesa@sample.example>", inbox["address"], "Tabelas"
    mail["Message-ID"] = f"<{uuid.uuid4().hex}@sample.example>"
    mail.set_content(html, subtype="html")
    raw = mail.as_bytes()
    signed = "sha256=" + hmac.new(inbox["secret"].encode(), raw, hashlib.sha256).hexdigest()
    headers = {"X-Acordo-Signature": signed, "Content-Type": "message/rfc822"}
    url = f"{demo.url}/webhooks/email/{inbox['inbox']}"
    assert httpx2.post(url, content=raw, headers=headers, timeout=60).status_code == 200
    ana.locator("a.row").filter(has_text="Mesa Posta").first.click()
    expect(ana.locator(".mailitem").first).to_contain_text("Tabelas")
    assert ana.evaluate(HOLDS) == []


def test_fifty_pictures_go_one_a_message_on_whatsapp_and_none_is_lost(ana: Page, demo: Demo) -> None:
    opened(ana, demo, "mande as fotos")
    pictures = [{"name": f"foto-{at:02}.png", "mimeType": "image/png", "buffer": PIXEL} for at in range(50)]
    ana.locator("form.comp input[type=file]").set_input_files(pictures)  # type: ignore[arg-type]
    chips = ana.locator("form.comp .files .chip")
    expect(chips).to_have_count(50)
    expect(ana.locator("form.comp .files-more")).to_contain_text("1 por mensagem")
    expect(ana.locator("form.comp .files .is-busy")).to_have_count(0, timeout=40_000)
    ana.wait_for_timeout(450)
    ana.locator("form.comp textarea").press("Enter")
    expect(chips).to_have_count(49)
    expect(chips.first).to_contain_text("foto-01.png")
    assert ana.evaluate(HOLDS) == []


def test_a_refused_file_says_why_beside_its_name(ana: Page, demo: Demo, tmp_path: Path) -> None:
    opened(ana, demo, "qual arquivo?")
    files = {
        "pagina.html": b"<script>alert(1)</script>", "grande.bin": bytes(26 * 1024 * 1024), "vazio.txt": b"",
        "bom.png": PIXEL,
    }  # fmt: skip
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    ana.locator("form.comp input[type=file]").set_input_files([tmp_path / name for name in files])
    chips = ana.locator("form.comp .files .chip")
    expect(chips.filter(has_text="pagina.html")).to_contain_text("HTML e SVG não são aceitos")
    expect(chips.filter(has_text="grande.bin")).to_contain_text("passa de 25 MB")
    expect(chips.filter(has_text="vazio.txt")).to_contain_text("vazio")
    expect(ana.locator("form.comp button[type=submit]")).not_to_have_attribute("aria-disabled", "true")


def test_a_pasted_spreadsheet_is_words(ana: Page, demo: Demo) -> None:
    opened(ana, demo, "quais faturas?")
    ana.locator("form.comp textarea").focus()
    taken = ana.evaluate(
        """() => {
          const data = new DataTransfer();
          data.setData('text/plain', 'NF\\tValor\\n8812\\t10,00');
          data.setData('text/html', '<table><tr><td>NF</td></tr></table>');
          data.items.add(new File(['x'], 'image.png', {type: 'image/png'}));
          const paste = new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true});
          return !document.activeElement.dispatchEvent(paste);
        }"""
    )
    assert taken is False  # the browser's own paste goes on, with the words
    expect(ana.locator("form.comp .files .chip")).to_have_count(0)


@pytest.mark.parametrize("hours", [-5, 7])
def test_a_browser_clock_that_is_hours_wrong_counts_by_the_servers(
    context: BrowserContext, demo: Demo, hours: int
) -> None:
    context.add_init_script(f"const real = Date.now; Date.now = () => real.call(Date) + {hours * 3_600_000};")
    page = sign_in(context, demo, "ana")
    go_online(page)
    page.reload()
    opened(page, demo, "que horas são?")
    wait = page.locator("a.row.on .wait .num")
    expect(wait).to_have_text(re.compile(r"^[0-2]:\d\d$"))
