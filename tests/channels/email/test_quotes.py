"""What a reply quotes is folded, what its writer wrote is not: golden files, templates by client and language, laws."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.email import mime
from channels.email.html import fold_html
from channels.email.quotes import fold, quoted_lines
from tests.channels.email.samples import recorded

LOREM_END = "et mollis ligula rutrum quis. Fusce sed odio id arcu varius aliquet nec nec nibh."

# file → (how the shown text begins, how it ends, what must be folded away: how the quotation begins)
GOLDEN = {
    "zapier_email_1_1.txt": ("Hi folks", "listinfo/riak-users_lists.basho.com", ""),
    "zapier_email_1_2.txt": (
        "Hi,\nOn Tue, 2011-03-01",
        'need to delete them all individually."',
        "> \n> -Abhishek Kona",
    ),
    "zapier_email_1_3.txt": ("Oh thanks.", "-Abhishek Kona", "On 01/03/11 7:07 PM, Russell Brown wrote:"),
    "zapier_email_1_5.txt": ("One: Here's what I've got.", "for a while.", ""),
    "zapier_email_1_7.txt": (":+1:", ":+1:", "On Tue, Sep 25, 2012 at 8:59 AM, Chris Wanstrath"),
    "zapier_email_2_1.txt": (
        "Outlook with a reply",
        "Outlook with a reply",
        " ------------------------------\n\n*From:*",
    ),
    "zapier_email_2_2.txt": (
        "Outlook with a reply",
        "directly above line",
        "________________________________________\nFrom",
    ),
    "zapier_email_gmail.txt": ("This is a test for inbox", "to a github message.", "On Wed, May 18, 2016 at 11:10 PM"),
    "zapier_email_headers_no_delimiter.txt": ("And another reply!", "And another reply!", "From: Dan Watson"),
    "zapier_email_one_is_not_on.txt": ("Thank, this is", "when I run...", "On Oct 1, 2012, at 11:55 PM, Dave Tapley"),
    "zapier_greedy_on.txt": ("On your remote host you can run:", "is not working.", "On 9 Jan 2014, at 2:47, George"),
    "zapier_pathological.txt": ("I think you're onto", "back to a computer.", "On Dec 8, 2013 2:10 PM"),
    "crisp_email_1.txt": ("Hi folks", "listinfo/riak-users_lists.basho.com", ""),
    "crisp_email_portuguese.txt": ("Fusce bibendum", LOREM_END, "Em 10 de julho de 2017 às 16:32:35, John Doe"),
    "crisp_email_italian.txt": ("Fusce bibendum", LOREM_END, "In data 11 ottobre 2017"),
    "crisp_email_french_2.txt": ("Fusce bibendum", LOREM_END, "> Le 29 avr. 2025"),
    "crisp_email_original_message.txt": ("Fusce bibendum", LOREM_END, "-----original message-----"),
    "crisp_email_reply_header.txt": (
        "This is the latest reply.",
        "Stranger",
        "On Wed, Dec 9, Mister Example\n<mrmister",
    ),
    "crisp_email_sent_from.txt": ("Hi it can happen", "typeapp.com/r?b=2621>", "On Jun 17, 2017, at 14:15"),
    "crisp_email_zoho.txt": ("What is the best way", "running a test?", "---- On Wed, 24 Feb 2021 14:02:50 +0530"),
    "crisp_email_gmail_split_line_from.txt": (
        "Fusce bibendum",
        LOREM_END,
        "On Mon, Aug 26, 2019 at 4:37 PM The Hiring",
    ),
    "crisp_email_outlook_split_line_from.txt": ("Fusce bibendum", LOREM_END, "From: Human Resources"),
    "crisp_email_tricky_1_on_false_positive.txt": ("On the surface", "that performance is great.", ""),
    "crisp_email_tricky_3_code_block.txt": ("Here's the code", "as actual signatures.", ""),
    "crisp_email_tricky_5_mixed_languages.txt": ("Fusce bibendum", LOREM_END, "Le 15 janv. 2024"),
    "crisp_email_tricky_9_nested_quotes.txt": ("I agree with", "the points below.", "On Dec 15, 2024, at 2:00 PM"),
    "crisp_email_tricky_18_inline_reply.txt": ("On Dec 15, 2024", "not suitable for our use case.", ""),
    "self_reply_pt_gmail.eml": ("Bom dia, aceito", "Att,\nCliente", "Em qua., 8 de out. de 2025 às 09:15"),
    "self_reply_pt_outlook.eml": ("Não reconheço", "favor comprovar.", "De: Empresa Cobrança"),
    "self_reply_es_gmail.eml": ("Ya pagué", "el lunes.", "El mié, 8 oct 2025 a las 9:15"),
    "self_reply_es_outlook.eml": (
        "No reconozco",
        "envían el contrato?",
        "________________________________\nDe: Empresa",
    ),
    "talon_gmail.eml": ("Hello", "Hello", "On Mon, Apr 2, 2012 at 6:26 PM"),
    "talon_hotmail.eml": ("Hello", "Hello", "> Subject: Test"),
    "talon_iphone.eml": ("Hello", "Sent from my iPhone", "On Apr 3, 2012, at 4:19 PM"),
    "talon_outlook.eml": ("Hello", "Hello", "From: xxx@xxx.mailgun.org"),
    "talon_yahoo.eml": ("Hello", "Hello", "----- Original Message -----"),
    "talon_thunderbird.eml": ("Hello", "Hello", "On 04/02/2012 06:26 PM, Megan One wrote:\n> Hi"),
}


def text_of(name: str) -> str:
    raw = recorded(name)
    if name.endswith(".eml"):
        return next(part.text() for part in mime.parse(raw).walk() if part.type == "text/plain")
    return raw.decode("utf-8", "replace").replace("\r\n", "\n")


@pytest.mark.fixtures
@pytest.mark.parametrize("name", GOLDEN)
def test_a_recorded_reply_shows_what_its_writer_wrote(name: str) -> None:
    begins, ends, quotation = GOLDEN[name]
    text = text_of(name)
    folded = fold(text)
    shown = folded.kept.strip()
    assert shown.startswith(begins)
    assert shown.endswith(ends)
    assert folded.quoted.startswith(quotation) if quotation else folded.quoted == ""
    assert "".join(piece for _, piece in folded.pieces) == text


@pytest.mark.fixtures
def test_the_recorded_iphone_reply_is_exactly_as_expected() -> None:
    expected = recorded("talon_iphone_reply_text.eml").decode().strip()
    assert fold(text_of("talon_iphone.eml")).kept.strip() == expected


HEADERS = {
    "gmail-pt": "Em qua., 8 de out. de 2025 às 09:15, Loja Sul <cobranca@loja.example> escreveu:",
    "gmail-pt-wrapped": "Em qua., 8 de out. de 2025 às 09:15, Loja Sul Cobranças <\ncobranca@loja.example> escreveu:",
    "apple-pt": "Em 8 de out. de 2025, à(s) 09:15, Loja Sul <cobranca@loja.example> escreveu:",
    "yahoo-pt": "Em quarta-feira, 8 de outubro de 2025 09:15:00 BRT, Loja Sul <cobranca@loja.example> escreveu:",
    "thunderbird-pt": "Em 08/10/2025 09:15, Loja Sul escreveu:",
    "uol-pt": "Em 08/10/2025 09:15, cobranca@loja.example escreveu:",
    "gmail-es": "El mié, 8 oct 2025 a las 9:15, Tienda Sur (<cobranza@tienda.example>)\nescribió:",
    "apple-es": "El 8 oct 2025, a las 9:15, Tienda Sur <cobranza@tienda.example> escribió:",
    "yahoo-es": "El miércoles, 8 de octubre de 2025, 09:15:00 GMT-3, Tienda Sur <c@tienda.example> escribió:",
    "thunderbird-es": "El 8/10/25 a las 9:15, Tienda Sur escribió:",
    "gmail-en": "On Wed, Oct 8, 2025 at 9:15 AM Loja Sul <cobranca@loja.example> wrote:",
    "apple-en": "On 8 Oct 2025, at 09:15, Loja Sul <cobranca@loja.example> wrote:",
    "zoho-en": "---- On Wed, 08 Oct 2025 09:15:00 -0300 Loja Sul <cobranca@loja.example> wrote ----",
    "zoho-pt": "---- Em qua, 08 out 2025 09:15:00 -0300 Loja Sul <cobranca@loja.example> escreveu ----",
    "old-gmail": "2025-10-08 9:15 GMT-03:00 Loja Sul <cobranca@loja.example>:",
    "gmail-fr": "Le mer. 8 oct. 2025 à 09:15, Loja Sul <cobranca@loja.example> a écrit :",
    "gmail-it": "Il giorno mer 8 ott 2025 alle ore 09:15 Loja Sul <cobranca@loja.example> ha scritto:",
    "gmail-de": "Am Mi., 8. Okt. 2025 um 09:15 Uhr schrieb Loja Sul <cobranca@loja.example>:",
}
BLOCKS = {
    "outlook-pt": "De: Loja Sul <cobranca@loja.example>\nEnviada em: quarta-feira, 8 de outubro de 2025 09:15\n"
    "Para: Maria <maria@example.com>\nAssunto: Proposta",
    "outlook-pt-web": "________________________________\nDe: Loja Sul <cobranca@loja.example>\n"
    "Enviado: quarta-feira, 8 de outubro de 2025 09:15\nPara: Maria <maria@example.com>\nAssunto: Proposta",
    "outlook-es": "De: Tienda <c@tienda.example>\nEnviado el: miércoles, 8 de octubre de 2025 9:15\n"
    "Para: María <maria@example.com>\nAsunto: Propuesta",
    "outlook-bold": "*De:* Loja Sul <c@loja.example>\n*Enviada em:* quarta-feira\n*Para:* Maria\n*Assunto:* Proposta",
    "outlook-en": "From: Loja Sul <cobranca@loja.example>\nSent: Wednesday, October 8, 2025 9:15 AM\n"
    "To: Maria\nSubject: Offer",
    "original-pt": "-----Mensagem original-----",
    "original-es": "-----Mensaje original-----",
    "original-en": "----- Original Message -----",
}
BODIES = ("Olá, temos uma proposta.", "Linha um.\n\nLinha dois.\n-- \nLoja Sul")


@pytest.mark.parametrize(("client", "body"), list(itertools.product(HEADERS, BODIES)))
def test_a_marked_quotation_is_folded_with_its_header(client: str, body: str) -> None:
    marked = "\n".join(f"> {line}".rstrip() for line in body.split("\n"))
    folded = fold(f"Já paguei ontem.\n\nMaria\n\n{HEADERS[client]}\n\n{marked}\n")
    assert folded.kept == "Já paguei ontem.\n\nMaria"


@pytest.mark.parametrize(("client", "body"), list(itertools.product({**HEADERS, **BLOCKS}, BODIES)))
def test_a_quotation_without_marks_is_folded_from_its_header_on(client: str, body: str) -> None:
    header = {**HEADERS, **BLOCKS}[client]
    folded = fold(f"Já paguei ontem.\n\n{header}\n\n{body}")
    assert folded.kept == "Já paguei ontem."
    assert folded.quoted.endswith(body.split("\n")[-1])


@pytest.mark.parametrize("client", HEADERS)
def test_an_answer_below_the_quotation_is_what_is_shown(client: str) -> None:
    assert fold(f"{HEADERS[client]}\n> Quando paga?\n\nNa sexta.").kept.strip() == "Na sexta."


def test_answers_between_the_quoted_lines_keep_their_questions() -> None:
    text = "> Quando paga?\nNa sexta.\n> Quanto?\nTudo.\n"
    assert fold(text).kept == text.strip()


@pytest.mark.parametrize(
    "text",
    [
        "Em 10/05 eu paguei, como o seu colega João escreveu:\nhoje não devo nada.",
        "Em 2023 o gerente de vocês escreveu:\n\npode pagar depois.",
        "El lunes pagué todo.\nEl martes me llamaron.",
        "A dívida não é minha.\nA loja escreveu: pague.",
        "De: R$ 100,00\nPara: R$ 50,00\nFechado?",
        "On the other hand, he wrote:\nnothing.",
        "Data: 10/05\nValor: 100",
        "Assunto: o boleto\nQuero o boleto.",
        "> só isto",
        "Le pagaré el viernes.",
        "maria@example.com escreveu para vocês",
    ],
)
def test_text_that_only_looks_like_a_quotation_stays(text: str) -> None:
    assert fold(text).kept == text
    assert fold(text).quoted == ""


@pytest.mark.parametrize(
    "marker", ["---------- Forwarded message ---------", "---------- Mensagem encaminhada ----------"]
)
def test_a_forwarded_mail_is_shown_whole(marker: str) -> None:
    text = (
        f"Vejam o comprovante.\n\n{marker}\nDe: Banco <b@banco.example>\nDate: qua., 8 de out. de 2025\n"
        "Subject: Comprovante\nTo: Maria\n\nPago."
    )
    assert fold(text).kept == text


def test_a_reply_without_a_word_of_its_own_is_shown_whole() -> None:
    text = f"{HEADERS['gmail-pt']}\n\nOlá, temos uma proposta."
    assert fold(text).kept == text


# --- the same in HTML ---

HTML = {
    "gmail": '<div dir="ltr">Já paguei.</div><br><div class="gmail_quote"><div class="gmail_attr">{header}<br>'
    '</div><blockquote class="gmail_quote"><div>Olá, temos uma proposta.</div></blockquote></div>',
    "apple": '<html><body>Já paguei.<br><div><br><blockquote type="cite"><div>{header}</div><br></blockquote></div>'
    '<blockquote type="cite"><div>Olá, temos uma proposta.</div></blockquote></body></html>',
    "thunderbird": '<p>Já paguei.</p><div class="moz-cite-prefix">{header}<br></div><blockquote type="cite">'
    "<p>Olá, temos uma proposta.</p></blockquote>",
    "yahoo": '<div class="ydp1">Já paguei.</div><div id="ydp2" class="yahoo_quoted"><div>{header}</div>'
    "<div>Olá, temos uma proposta.</div></div>",
    "outlook-web": '<div>Já paguei.</div><hr><div id="divRplyFwdMsg"><b>De:</b> Loja<br><b>Enviado:</b> '
    "quarta<br><b>Assunto:</b> Proposta</div><div>Olá, temos uma proposta.</div>",
    "outlook-append": '<div>Já paguei.</div><div id="appendonsend"></div><div>Olá, temos uma proposta.</div>',
    "outlook-desktop": '<div class="WordSection1"><p class="MsoNormal">Já paguei.</p><div style="border:none">'
    '<p class="MsoNormal"><b>De:</b> Loja<br><b>Enviada em:</b> quarta-feira<br><b>Para:</b> Maria<br><b>Assunto:</b> P'
    '</p></div><p class="MsoNormal">Olá, temos uma proposta.</p></div>',
    "plain-blockquote": "<div>Já paguei.</div><div>{header}</div><blockquote>Olá, temos uma proposta.</blockquote>",
}


@pytest.mark.parametrize(("client", "header"), list(itertools.product(HTML, ["gmail-pt", "gmail-es", "gmail-en"])))
def test_the_quotation_of_an_html_reply_is_folded(client: str, header: str) -> None:
    markup = HTML[client].format(header=HEADERS[header].replace("\n", " ").replace("<", "&lt;").replace(">", "&gt;"))
    folded = fold_html(markup)
    assert folded.kept == "Já paguei."
    assert folded.quoted.endswith("Olá, temos uma proposta.")


def test_a_forwarded_html_mail_is_shown_whole() -> None:
    folded = fold_html(
        '<div>Vejam.</div><div class="gmail_quote"><div class="gmail_attr">---------- Forwarded message ---------<br>'
        "De: Banco</div>Pago.</div>"
    )
    assert folded.kept == "Vejam.\n---------- Forwarded message ---------\nDe: Banco\nPago."


# --- laws ---

LINES = st.sampled_from(
    [
        "> a",
        ">> b",
        "",
        "-- ",
        "Sim.",
        "____________",
        "De: x",
        "Para: y",
        "Assunto: z",
        *HEADERS.values(),
        *BLOCKS.values(),
    ]
)


@given(st.lists(LINES, max_size=30).map("\n".join) | st.text())
def test_kept_and_folded_together_are_the_whole(text: str) -> None:
    assert "".join(piece for _, piece in fold(text).pieces) == text


@given(st.lists(LINES, max_size=30))
def test_something_is_always_shown_of_a_text_that_says_something(lines: list[str]) -> None:
    flags = quoted_lines(lines)
    assert len(flags) == len(lines)
    assert not all(flags) or not lines


@pytest.mark.parametrize(
    "piece",
    [
        "On ",
        "> ",
        "On a\n",
        "Em 10:00 a@b\n",
        "From: a\n",
        "-",
        "_____\n",
        ">" * 50,
        "a@b <",
        "\n",
        "De: a\nPara: b\n",
        "x ",
    ],
)
def test_the_work_grows_with_the_length_alone(piece: str) -> None:
    """Half a megabyte of each: anything worse than linear would outlast the test's time limit."""
    text = piece * (500_000 // len(piece))
    assert sum(len(part) for _, part in fold(text).pieces) == len(text)
