"""What a text says, in Portuguese, Spanish and English: amounts, dates, links, plans, debts, and numbers never sent.

Offsets are into the text in Unicode NFC; folding (accents, case, full-width forms) keeps every position.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import NamedTuple

from stdnum import luhn
from stdnum.ar import cuit
from stdnum.br import cnpj, cpf
from stdnum.cl import rut
from stdnum.co import nit
from stdnum.ec import ci
from stdnum.es import dni, nie
from stdnum.mx import curp
from stdnum.pe import ruc
from stdnum.us import ssn

from console.gate.types import Span

_NUMBER = r"(?:\d{1,3}(?:[., ]\d{3})+(?:[.,]\d{1,2})?|\d+(?:[.,]\d{1,2})?)"
_WORDS = (
    "um|uma|dois|duas|tres|quatro|cinco|seis|sete|oito|nove|dez|onze|doze|vinte|trinta|cem|duzentos|quinhentos|mil"
    "|uno|una|dos|cuatro|siete|ocho|nueve|diez|once|doce|veinte|treinta|cien|doscientos|quinientos"
    "|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|hundred|thousand"
)
_MANY = rf"(?:{_NUMBER}|{_WORDS})"
_UNITS = r"reais|pesos?|sole?s|dolar(?:es)?|dollars?|centavos?|cents?|euros?"
_SLANG = r"real|contos?|lucas|pilas?|mangos|varos|palos"
_CODES = r"brl|mxn|cop|clp|pen|ars|usd|eur|clf|uf"
_MONTHS = (
    "janeiro|fevereiro|marco|abril|maio|junho|julho|agosto|setembro|outubro|novembro|dezembro"
    "|enero|febrero|marzo|mayo|junio|julio|septiembre|setiembre|octubre|noviembre|diciembre"
    "|january|february|march|april|may|june|july|august|september|october|november|december"
)
_DAYS = (
    r"treze|quatorze|catorze|quinze|deze?ss?e(?:is|te)|dezas\w+|dezoito|deze?nove|trece|catorce|quince|dieci\w+|veinti\w+"
    r"|treinta|first|second|third|(?:four|fif|six|seven|eigh|nin|ten|eleven|twelf|\w+teen|\w+tie)th"
)
_WEEKDAYS = (
    "segunda|terca|quarta|quinta|sexta|sabado|domingo|lunes|martes|miercoles|jueves|viernes"
    "|monday|tuesday|wednesday|thursday|friday|saturday|sunday"
)
_TLD = r"(?:com|net|org|io|app|dev|link|info|online|site|shop|pay|bank|gov|br|mx|cl|pe|ar|co|ec)"

AMOUNT = re.compile(
    rf"(?:r\$|us\$|u\$s|s/\.?|\$|€|£)\s?{_NUMBER}"
    rf"|\b(?:{_CODES})\s?\$?\s?(?:{_NUMBER})\b"
    rf"|\b{_MANY}(?:\s(?:e|y|and|de|mil|millones|milhoes)\b)?\s?(?:mil\s|millones de\s|milhoes de\s)?"
    rf"(?:{_UNITS}|{_CODES})\b"
    rf"|\b{_NUMBER}\s(?:mil\s)?(?:{_SLANG})\b"
    r"|(?<![\d.,/-])\d{1,3}(?:\.\d{3})*,\d{2}(?![\d.,/]*\d)|(?<![\d.,/-])\d{1,3}(?:,\d{3})*\.\d{2}(?![\d.,/]*\d)"
)
OWED = re.compile(
    rf"\b(?:dev(?:e|o|endo)|pag(?:ar|ue|a|as|uem)|deb(?:e|es)|adeuda|owes?|pay)\s(?:so |solo |just |only )?{_NUMBER}\b"
)
_FIGURE = re.compile(r"(\d{1,3}(?:[., ]\d{3})+|\d+)(?:[.,](\d{1,2})(?!\d))?")
PERCENT = re.compile(rf"{_MANY}\s?(?:%|por ?cento\b|por ciento\b|percent\b|per cent\b)")
INSTALMENTS = re.compile(
    r"\b\d{1,3}\s?x\b(?!\s?\d)"
    rf"|\b{_MANY}\s(?:vezes|parcelas?|prestac(?:ao|oes)|mensalidades?|cuotas?|mensualidades|pagos|abonos|veces)\b"
    rf"|\b{_MANY}\s(?:instal?lments?|monthly payments|payments)\b"
)
DATE = re.compile(
    r"\b\d{4}-\d{2}-\d{2}\b|(?<![\d/])\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}(?![\d/])|(?<![\d/.,-])\d{1,2}/\d{1,2}(?![\d/])"
    r"|\bdias? \d{1,2}\b|\b\d{1,2}(?:st|nd|rd|th)\b"
    rf"|\b\d{{1,2}}o?\s(?:de\s|of\s)?(?:{_MONTHS})\b|\b(?:{_MONTHS})\s\d{{1,2}}\b"
    rf"|\b(?:ate|hasta|antes de|before|by|until|para|vence|venc\w+)\s(?:a |o |el |la |as |proxima? |next |this )*"
    rf"(?:{_WEEKDAYS}|hoje|hoy|today|amanha|manana|tomorrow)\b"
)
LINK = re.compile(
    r"\bhttps?://\S+|\bwww\.\S+"
    rf"|\b(?:[a-z0-9-]{{1,63}}\.)+{_TLD}\b(?:/\S*)?|\b(?:wa|t|bit|goo)\.(?:me|ly|gl)/\S+"
)
PLAN = re.compile(
    r"\bparcel\w*|\bprestac(?:ao|oes)\b|\b(?:planos?|acordos?) de pagamento\b|\bquitac(?:ao|oes)\b|\bquitar\b"
    r"|\bdescontos?\b|\bboletos?\b|\bcuotas?\b|\b(?:plan|planes|convenios?) de pagos?\b|\bdescuentos?\b|\bquitas?\b"
    r"|\bpayment plans?\b|\binstal?lments?\b|\bdiscounts?\b|\bsettlement\b|\bpix\b|\bclabe\b|\bspei\b|\bpse\b"
    r"|\b000201\w{10}\S*|\b\d{5}\.?\d{5}\s?\d{5}\.?\d{6}\s?\d{5}\.?\d{6}\s?\d\s?\d{14}\b"
)
PAYING = re.compile(
    r"\bpag[aou]\w*|\b(?:abon|sald|liquid|cobr)(?:[ao]|[ae]r|an|en?|am|ou|ando)\b|\bcobrador\w*|\bpa(?:y|ys|id|ying|yable|yments?)\b"
    r"|\bdeposit\w*|\bconsign\w*|\btransf(?:er|ier)\w*|\bcontas?\b|\bcuentas?\b|\baccounts?\b|\bagencias?\b"
    r"|\bchaves?\b|\bclaves?\b|\bllaves?\b|\b(?:nequi|daviplata|yape|oxxo|clabe|cbu|cvu|cci|iban|alias)\b"
    rf"|\b(?:{_WORDS}|primeir[oa]|primer[oa]?|{_DAYS})\s(?:de|of)\s(?:{_MONTHS})\b|\b(?:{_MONTHS})\s(?:the\s)?(?:{_DAYS})\b"
)
"""Calls to pay, where to pay to, and days written in words: nothing of it stands in a word to somebody else."""
DEBT = re.compile(
    r"\bdividas?\b|\bdebitos?\b|\bfaturas?\b|\bboletos?\b|\bcobranc\w+|\binadimpl\w+|\bvencid[ao]s?\b|\bvencimentos?\b"
    r"|\bem atraso\b|\batrasad[ao]s?\b|\bparcelas?\b|\bsaldo devedor\b|\bvenc(?:eu|eram)\b|\b(?:seu|nosso) acordo\b"
    r"|\bdeudas?\b|\badeud\w+|\bfacturas?\b|\bcobranzas?\b|\bmora\b|\bmoros[ao]s?\b|\bvencimientos?\b|\bcuotas?\b"
    r"|\batras[ao]d[ao]s?\b|\bsaldo pendiente\b|\bvenci(?:o|eron)\b|\b(?:su|nuestro) acuerdo\b"
    r"|\bdebts?\b|\binvoices?\b|\bcollections?\b|\boverdue\b|\bpast due\b|\bdue dates?\b|\binstal?lments?\b|\barrears\b"
    r"|\b(?:was|were) due\b|\b(?:your|our) agreement\b"
)

_SAID = (
    "recebemos|recebi|recebido|recebida|recibimos|recibi|recibido|recibida|received|confirmamos|confirmo|confirmado"
    "|confirmada|confirmed|confirm|agradecemos|agradecimos|agradezco|compensado|acreditado|registramos|registrado"
)
_HELLO = (
    "ola|oi|hola|hello|hi|bom dia|boa tarde|boa noite|buenos dias|buenas (?:tardes|noches)|good (?:morning|evening)"
)
_THANKS = (
    "o|a|os|as|el|la|los|las|the|um|un|una|seu|sua|su|sus|your|you|de|do|da|del|por|for|foi|fue|ha|sido|has|have|been"
    "|is|it|we|i|que|that|esta|ja|ya|e|y|and|com|con|with|sucesso|exito|successfully|muito|muita|mucho|muchas|many|very"
    "|much|obrigado|obrigada|gracias|thanks|thank|pagamento|pagamentos|pago|pagos|payment|payments"
)
_RECEIPT = re.compile(rf"(?:(?:{_HELLO})\b[ ,.!]*)?(?:[^\W\d]+[,.!:] )?(?:(?:{_SAID}|{_THANKS})\b[ ,.!:;]*)+")
_SAID_SO = re.compile(rf"\b(?:{_SAID})\b")
ASKED = re.compile(
    r"\bfalta(?:m|n|ndo)?\b|\b(?:pag(?:ar|ue|uem|uen)|pay)\b|\brest(?:o|a|am|ante|an)\b|\bpendentes?\b"
    r"|\bpendientes?\b|\bdev(?:e|em|endo|edor)\b|\bdeb(?:e|es|en)\b|\bow(?:e|es|ed|ing)\b|\bregulari[sz]\w+"
    r"|\bsaldos?\b|\boutstanding\b|\bunpaid\b|\babon(?:ar|e|en)\b|\bacertar\b"
)

PAY_LINK = re.compile(r"/pay/[a-z2-7]{16}(?![a-z0-9])")
_HOST = re.compile(r"(?:https?://)?(?:[^\s/@]*@)?([a-z0-9.-]+)")
_MAIL = re.compile(r"(?<![/\w.+-])[\w.+-]+@[\w.-]+")
OPT_OUT = re.compile(
    r"\b(?:responda|responder|envie|escreva|responde|responder|envia|escriba|escribe|reply|text|send|answer)\b"
    r".{0,20}\b(?:sair|parar|pare|cancelar|baja|alto|salir|stop|unsubscribe|quit|end)\b"
    r"|\b(?:descadastr\w+|darse de baja|dejar de recibir|deixar de receber|opt[ -]?out|unsubscribe)\b"
)

_RUN = re.compile(r"(?<![\w+])\d(?:[ .\-/]{0,2}\d)*[ \-]?k?(?!\w)")
_CURP = re.compile(r"\b[a-z]{4}\d{6}[hmx][a-z]{5}[a-z0-9]\d\b")
_CNPJ_ALNUM = re.compile(r"\b[0-9a-z]{2}\.[0-9a-z]{3}\.[0-9a-z]{3}/[0-9a-z]{4}-\d{2}\b")
_SPANISH = re.compile(r"(?<![\w+.-])(?:\d{2}\.?\d{3}\.?\d{3}|[xyz]-?\d{7})-?[a-z](?!\w)")
_TELEPHONE = re.compile(r"\+\d{1,3} ?\(?\d{2,3}\)? ?\d{4,5}[ -]?\d{4}(?!\d)")
_SSN = re.compile(r"(?<![\w+.-])\d{3}-\d{2}-\d{4}(?![\w-])")
_NIT = re.compile(r"\d{1,3}(?:\.\d{3}){2}-\d|[89]\d{8}-\d")
_CLABE = re.compile(r"(?:0\d\d|1[0-6]\d|6\d\d|7[0-3]\d|90[12])\d{15}")  # the bank's three digits begin it
_NAMED = re.compile(
    r"\b(?:dni|nie|nif|ruc|rut|nit|ssn|social security(?: number)?|clabe|c\.? ?c\.?|c\.? ?i\.?"
    r"|(?:cedula|documento|carne)(?: de (?:ciudadania|identidad|identidade|extranjeria))|cedula)"
    r"[\s:#.]{0,3}(?:n(?:o|um|umero|[°º])?[.°º]{0,2}[\s:]{0,2})?"
    r"(\d{1,3}(?: \d{3}){2,3}(?!\d)|\d(?:[./-]?\d){6,17}(?![./-]?\d))"
)
"""A number that is called a document, whether or not its country gives it a check digit (Peru's and Argentina's DNI,
Colombia's cédula).
"""
_CARD = re.compile(r"4(?:\d{15}|\d{18})|(?:5[0-8]|2[2-7]|6\d)\d{14}|3[47]\d{13}|3[0689]\d{12}")


_PAY_DIGITS = re.compile(r"\d(?:[ .-]{0,2}\d){24,}")  # longer than any phone, document or card
PIX_SCHEME = "br.gov.bcb.pix"
_PIX_CODE = re.compile(rf"000201(?:\d{{4,8}})?\d{{4}}0014{re.escape(PIX_SCHEME)}.{{20,480}}?6304[0-9a-f]{{4}}")


OWN_DIGITS = 7
"""A shorter number is no account and no document, and needs no leave."""


class Sum(NamedTuple):
    """Money in a text: its whole units, its cents where it is written with them, and where it stands."""

    whole: int
    cents: int | None
    span: Span


def _table() -> dict[int, str]:
    table = {}
    for code in (*range(0x00C0, 0x0250), *range(0x1E00, 0x1F00), *range(0xFF01, 0xFF5F)):
        base = unicodedata.normalize("NFKD", chr(code))[0]
        if base != chr(code):
            table[code] = base.lower()
    table.update({0x00A0: " ", 0x202F: " ", 0x2007: " ", 0x2009: " ", 0x2010: "-", 0x2011: "-", 0x2013: "-"})
    return table


_FOLD = _table()


def fold(text: str) -> str:
    """The text in NFC, lower-cased, without accents; as long as the NFC text, so that offsets hold."""
    composed = unicodedata.normalize("NFC", text)
    lowered = composed.translate(_FOLD).lower()
    return lowered if len(lowered) == len(composed) else composed.translate(_FOLD)


def amounts(folded: str) -> tuple[Span, ...]:
    """Money: a number with a sign, code or name of a currency, or written with cents. Takes folded text."""
    return _spans(folded, (AMOUNT, OWED))


def sums(folded: str) -> tuple[Sum, ...]:
    """Money that is written in digits, as numbers. Takes folded text."""
    found = []
    for match in (match for pattern in (AMOUNT, OWED) for match in pattern.finditer(folded)):
        written = _FIGURE.search(match.group())
        if written is not None:
            whole, cents = re.sub(r"\D", "", written[1]), written[2]
            found.append(Sum(int(whole), None if cents is None else int(cents.ljust(2, "0")), match.span()))
    return tuple(found)


def debt_words(folded: str) -> tuple[Span, ...]:
    """Words that tell a stranger that there is a debt, and the figures that do. Takes folded text."""
    return _spans(folded, (DEBT, AMOUNT, OWED, PERCENT, INSTALMENTS))


def hosts(folded: str) -> tuple[tuple[str, Span], ...]:
    """Where links lead: (host, span) of each. Takes folded text; a mail address is no link, nor is the name of Brazil's
    payment scheme within a Pix code.
    """
    plain = _MAIL.sub(lambda match: " " * len(match.group()), folded)
    plain = _PIX_CODE.sub(lambda match: match.group().replace(PIX_SCHEME, " " * len(PIX_SCHEME)), plain)
    found = []
    for match in LINK.finditer(plain):
        host = _HOST.match(match.group())
        if host is not None:
            found.append((host[1].strip("."), match.span()))
    return tuple(found)


def offers_way_out(folded: str) -> bool:
    """Whether a text says how to be left alone on this channel. Takes folded text."""
    return OPT_OUT.search(folded) is not None


def not_care(folded: str) -> tuple[Span, ...]:
    """Whatever an answer of care may not hold: amounts, percentages, instalments, dates, links, plans."""
    return _spans(folded, (AMOUNT, OWED, PERCENT, INSTALMENTS, DATE, LINK, PLAN))


def not_neutral(folded: str) -> tuple[Span, ...]:
    """Whatever an answer to somebody else may not hold: what care may not, calls to pay, and where or by what code to
    pay. Where we are written to by mail may stand in it.
    """
    plain = _MAIL.sub(lambda match: " " * len(match.group()), folded)
    return _joined([*not_care(plain), *_spans(plain, (PAYING, _PAY_DIGITS))])


def confirms(folded: str) -> bool:
    """Whether a text says that money came, and nothing else: words of receipt, courtesy and names, with the sum that
    came. Takes folded text. Whatever is not known to be harmless makes it another text.
    """
    plain = re.sub(r"[\s¡]+", " ", AMOUNT.sub("", folded)).strip()
    return bool(_SAID_SO.search(plain) and _RECEIPT.fullmatch(plain)) and not asks_to_pay(plain)


def asks_to_pay(folded: str) -> tuple[Span, ...]:
    """Words that ask for money, or say that some is still to come. Takes folded text."""
    return _spans(folded, (ASKED,))


def sensitive_numbers(folded: str, own: frozenset[str]) -> tuple[Span, ...]:
    """Full numbers of cards, accounts (CLABE) and personal or company ids: by their check digit (CPF, CNPJ, CURP, CUIT,
    RUT, RUC, NIT, Ecuador's cédula, Spain's DNI and NIE), their form (SSN), or the word before them. `own` digits pass,
    also without the last, which checks the others. What a Pix code or a telephone with its country is made of is no
    document.
    """
    for passed in (_PIX_CODE, _TELEPHONE):
        folded = passed.sub(lambda match: " " * len(match.group()), folded)
    found = [m.span() for m in _RUN.finditer(folded) if _is_sensitive(m.group(), own)]
    found += [m.span(1) for m in _NAMED.finditer(folded) if not _is_own(_bare(m[1]), own)]
    found += [m.span() for m in _SPANISH.finditer(folded) if dni.is_valid(_bare(m[0])) or nie.is_valid(_bare(m[0]))]
    found += [m.span() for m in _SSN.finditer(folded) if ssn.is_valid(m.group())]
    found += [m.span() for m in _CURP.finditer(folded) if curp.is_valid(m.group())]
    for match in _CNPJ_ALNUM.finditer(folded):
        if cnpj.is_valid(match.group().upper()) and _bare(match.group()) not in own:
            found.append(match.span())
    return _joined(found)


def numbers_in(folded: str) -> frozenset[str]:
    """The long numbers of a text that is the house's own, bare: what `sensitive_numbers` lets pass as `own`."""
    found = {_bare(match.group()) for match in _RUN.finditer(folded)}
    found |= {_bare(match[1]) for match in _NAMED.finditer(folded)}
    found |= {_bare(match.group()) for match in _CNPJ_ALNUM.finditer(folded)}
    return frozenset(each for each in found if len(each) >= OWN_DIGITS)


def _is_sensitive(run: str, own: frozenset[str]) -> bool:
    bare = _bare(run)
    if bare in own or len(set(bare)) == 1:
        return False
    if _NIT.fullmatch(run) and nit.is_valid(bare):
        return True
    if len(bare) == 11 and bare.isdigit():
        is_cpf = "/" not in run[:-3] and cpf.is_valid(bare)  # 1234567/2026 numbers an order
        return is_cpf or ("-" in run and cuit.is_valid(bare)) or (run[:2] == "10" and ruc.is_valid(run))
    if len(bare) == 10 and run[-2] == "-" and run[:-2].isdigit():
        return ci.is_valid(bare)
    if len(bare) in (8, 9) and "-" in run:
        return "." in run and rut.is_valid(bare)
    if not bare.isdigit():
        return False
    if _CLABE.fullmatch(bare):
        return _checks_clabe(bare)
    return (len(bare) == 14 and cnpj.is_valid(bare)) or (_CARD.fullmatch(bare) is not None and luhn.is_valid(bare))


def _is_own(bare: str, own: frozenset[str]) -> bool:
    return bare in own or any(each[:-1] == bare for each in own)


def _checks_clabe(digits: str) -> bool:
    """ABM's rule: 3, 7, 1 in turn, each product's last digit, and the whole with the last digit in tens."""
    return (sum(int(each) * (3, 7, 1)[at % 3] % 10 for at, each in enumerate(digits[:17])) + int(digits[17])) % 10 == 0


def _bare(text: str) -> str:
    return re.sub(r"[ .\-/]", "", text)


def _spans(folded: str, patterns: Iterable[re.Pattern[str]]) -> tuple[Span, ...]:
    return _joined([match.span() for pattern in patterns for match in pattern.finditer(folded)])


def _joined(spans: list[Span]) -> tuple[Span, ...]:
    """Sorted, overlapping ones made one."""
    out: list[Span] = []
    for start, end in sorted(spans):
        if out and start <= out[-1][1]:
            out[-1] = (out[-1][0], max(end, out[-1][1]))
        else:
            out.append((start, end))
    return tuple(out)
