"""What the words of a message say: tone, what a country bans, sensitive numbers, and details before identity."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.gate.content import amounts, fold, sensitive_numbers
from console.gate.decide import decide
from console.gate.tone import findings
from console.gate.types import Place
from console.wire.moment import MINUTE
from tests.gate.cast import BOGOTA, LIMA, SANTIAGO, SAO_PAULO, facts, local, sms, template, whatsapp, wrote
from tests.gate.sentences import FIRM, PROHIBITED, SUSPENSION

NOON = local(SAO_PAULO, "2026-11-23 12:00")
EVERY_BAN = frozenset({"ASK_REASON", "UNSTARTED_PROCEEDINGS", "BUREAU_MENTION"})


@pytest.mark.parametrize(("kind", "text"), PROHIBITED)
def test_a_prohibited_sentence_is_blocked_by_its_kind(kind: str, text: str) -> None:
    found = findings(fold(text), "whatsapp", frozenset(), False)
    assert any(f.code == f"TONE:{kind}" and f.severity == "block" and f.spans for f in found)


DISGUISES: dict[str, Callable[[str], str]] = {
    "figures": lambda text: text.translate(str.maketrans("aeoAEO", "430430")),
    "spaces": " ".join,
    "points": lambda text: " ".join(".".join(word) for word in text.split()),
    "emoji": "🙂".join,
    "emoji of two signs": "❤\ufe0f".join,
    "emoji within words": lambda text: " ".join("🙂".join(word) for word in text.split()),
    "nothing that is seen": "\u200b".join,
    "soft hyphens": lambda text: " ".join("\u00ad".join(word) for word in text.split()),
    "cyrillic letters": lambda text: text.translate(str.maketrans("aeopcx", "аеорсх")),
}


@pytest.mark.parametrize("disguise", DISGUISES)
@pytest.mark.parametrize("text", [text for _, text in PROHIBITED])
def test_disguised_letters_do_not_help_section_6_4(text: str, disguise: str) -> None:
    found = findings(fold(DISGUISES[disguise](text)), "whatsapp", frozenset(), False)
    assert any(f.severity == "block" for f in found)


@pytest.mark.parametrize("disguise", [name for name in DISGUISES if name != "figures"])
@pytest.mark.parametrize("text", FIRM)
def test_a_firm_sentence_stands_however_it_is_set(text: str, disguise: str) -> None:
    assert findings(fold(DISGUISES[disguise](text)), "whatsapp", EVERY_BAN, False) == ()


def test_letters_set_apart_are_read_together() -> None:
    for text in ("Isso dá p r i s ã o.", "Isso dá p🙂r🙂i🙂s🙂ã🙂o.", "Isso dá pr1são.", "Isso dá PRISÃO."):
        assert decide(sms(text), facts(), NOON).code == "TONE:ARREST"


@pytest.mark.parametrize("text", FIRM)
@pytest.mark.parametrize("banned", [frozenset(), EVERY_BAN], ids=["elsewhere", "strictest"])
def test_a_firm_sentence_stands(text: str, banned: frozenset[str]) -> None:
    assert findings(fold(text), "whatsapp", banned, False) == ()


@pytest.mark.parametrize("text", SUSPENSION)
def test_a_consequence_needs_somebody_to_vouch_for_it(text: str) -> None:
    decision = decide(sms(text), facts(), NOON)
    assert (decision.outcome, decision.code, decision.approver) == ("needs_approval", "TONE:DECEIT", "supervisor")
    assert decide(sms(text), facts(approved=frozenset({"TONE:DECEIT"})), NOON).outcome == "allow"


def test_urgency_is_blocked_on_whatsapp_and_a_matter_of_approval_elsewhere() -> None:
    text = "Última chance: responda em dez minutos ou acabou."
    known = facts(window_closes_at=NOON + MINUTE)
    assert decide(whatsapp(text), known, NOON).outcome == "block"
    assert decide(sms(text), known, NOON).outcome == "needs_approval"


def test_no_approval_lifts_a_block() -> None:
    text = "Você é um caloteiro."
    assert decide(sms(text), facts(approved=frozenset({"TONE:HUMILIATION"})), NOON).outcome == "block"


def test_a_hint_at_proceedings_is_banned_in_chile_only() -> None:
    text = "Não vamos acionar a Justiça agora"
    now = local("America/Santiago", "2026-11-23 12:00")
    assert decide(sms(text), facts(places=(SANTIAGO,)), now).code == "BANNED:UNSTARTED_PROCEEDINGS"
    assert decide(sms(text), facts(places=(LIMA,)), now).outcome == "needs_approval"
    assert decide(sms("O Procon pode orientar você"), facts(places=(SANTIAGO,)), now).outcome == "allow"


def test_the_debtors_own_words_quoted_do_not_trigger() -> None:
    quoted = "> vocês vão me mandar para a prisão?\nNão, fique tranquila."
    heard = facts(quoted=((0, quoted.index("\n")),))
    assert decide(sms(quoted), heard, NOON).outcome == "allow"
    assert decide(sms(quoted + " Você vai para a prisão."), heard, NOON).code != "ALLOW"
    assert decide(sms(quoted, subject=quoted), heard, NOON).outcome == "block", "a subject quotes nobody"


def test_a_mark_before_a_line_makes_no_quotation_of_it() -> None:
    text = "> Se não pagar até sexta, a polícia vai bater na sua porta."
    assert decide(sms(text), facts(), NOON).outcome == "block"
    asked = decide(sms("> ¿Por qué no ha pagado?"), facts(places=(BOGOTA,)), NOON)
    assert asked.code == "BANNED:ASK_REASON"


def test_a_finding_says_where() -> None:
    text = "Olá. Você é um caloteiro."
    decision = decide(sms(text), facts(), NOON)
    assert [text[a:b] for a, b in decision.spans] == ["caloteiro"]


@pytest.mark.parametrize(
    "text",
    [
        "CPF 529.982.247-25",
        "52998224725",
        "CNPJ 11.222.333/0001-81",
        "12.ABC.345/01DE-35",
        "cartão 4111 1111 1111 1111",
        "4111111111111111",
        "3782-822463-10005",
        "CUIT 20-12345678-6",
        "RUT 12.345.678-5",
        "CURP BOXW310820HNERXN09",
        "RUC 20512333797",
        "10123456781",
        "RUC 1792060346001",
        "NIT 213.123.432-1",
        "213.123.432-1",
        "NIT: 2131234321",
        "NIT 900123456",
        "cédula 1.020.304.050",
        "cédula de ciudadanía No. 1020304050",
        "C.C. 52.123.456",
        "CC 1020304050",
        "cédula 1714307103",
        "171430710-3",
        "DNI 41234567",
        "DNI n° 12.345.678",
        "DNI: 41 234 567",
        "54362315-K",
        "54362315K",
        "NIE X-2482300-W",
        "SSN 536-90-4399",
        "536-90-4399",
        "social security number 536904399",
        "CLABE 032180000118359719",
        "0321 8000 0118 3597 19",
        "C.I. 1.234.567-2",
    ],
)
def test_full_numbers_of_people_and_cards_do_not_leave(text: str) -> None:
    decision = decide(sms(f"Confirme: {text}, por favor."), facts(), NOON)
    assert decision.code == "PII_IN_BODY"
    assert len(decision.spans) == 1


@pytest.mark.parametrize(
    "text",
    [
        "CPF ***.982.247-**",
        "CPF 529.982.247-26",
        "cartão final 1111",
        "4111 1111 1111 1112",
        "+55 11 98765-4321",
        "protocolo 20261122123456",
        "boleto 23793.38128 60000.000003 12345.678901 1 84410000012345",
        "em 23/11/2026 às 14:30",
        "+55 11 98765-0034",
        "n. 1234544/2026",
        "DNI terminado en 567",
        "DNI •••••567",
        "54362315-A",
        "pedido 12345678 e mais um",
        "NIT 900 mil",
        "protocolo 20261122001, 20261122002, 20261122003, 20261122004, 20261122005, 20261122006, 20261122007",
        "15987654321, 17987654321, 15987654322, 17987654322, 15987654323, 15987654324, 15987654325, 15987654326",
        "tel. 3001234567, 0991234567, 55 1234 5678, 2221234567, 987 654 321, 555-123-4567, (212) 555-0100",
        "900-12-3456 y 000-12-3456",
        "$ 1.234.567,89, COP 1.020.304.050, S/ 12,345,678.90",
        "2026-11-23 y 23-11-2026",
        "folio 202611221234567890",
        "00020126580014br.gov.bcb.pix0136123e4567-e89b-12d3-a456-426614174000520400005303986540510.005802BR5904Loja"
        "6009SAO PAULO62070503***63041D3D",
    ],
)
def test_masked_and_other_numbers_pass(text: str) -> None:
    assert sensitive_numbers(fold(text), frozenset()) == ()


_CLOCK = st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2040, 12, 31))
_EVERYDAY = st.one_of(
    st.integers(0, 10**12).map(lambda cents: f"R$ {cents // 100:,}".replace(",", ".") + f",{cents % 100:02}"),
    st.integers(0, 10**10).map(lambda whole: f"$ {whole:,}".replace(",", ".")),
    st.integers(0, 10**12).map(lambda cents: f"S/ {cents / 100:,.2f}"),
    st.builds(lambda at, form: at.strftime(form), _CLOCK,
              st.sampled_from(("%d/%m/%Y %H:%M", "%d-%m-%Y", "%Y-%m-%d", "%d.%m.%Y"))),
    st.from_regex(r"\+55 [1-9]{2} 9[0-9]{4}-[0-9]{4}|\+55 ?\([1-9]{2}\) ?9[0-9]{8}", fullmatch=True),
    st.from_regex(r"\+(57 3[0-9]{9}|51 9[0-9]{8}|593 9[0-9]{8}|52 [2-9][0-9]{9}|34 6[0-9]{8})", fullmatch=True),
    st.from_regex(r"3[0-9]{9}|9[0-9]{8}|09[0-9]{8}|[0-9]{3}-[0-9]{3}-[0-9]{4}", fullmatch=True),
    st.from_regex(r"\([0-9]{2}\) 9[0-9]{4}-[0-9]{4}", fullmatch=True),
    st.from_regex(r"[A-Z]{2,3}-[0-9]{4,10}|[0-9]{4,8}|[0-9]{10}|20[0-9]{2}-[0-9]{6}", fullmatch=True),
    st.from_regex(r"n[oº] [0-9]{3,9}/20[0-9]{2}", fullmatch=True),
)  # fmt: skip


@given(_EVERYDAY, st.sampled_from(("Pedido {}, obrigado.", "{}", "Su pago de {} a tiempo", "Order {} e a fatura")))
def test_amounts_dates_telephones_and_orders_are_no_documents(number: str, words: str) -> None:
    assert sensitive_numbers(fold(words.format(number)), frozenset()) == ()


def test_a_creditors_number_passes_with_and_without_its_check_digit() -> None:
    own = frozenset({"9001234568"})
    for text in ("NIT 900.123.456-8", "NIT 900123456", "NIT 9001234568"):
        assert sensitive_numbers(fold(f"Loja, {text}, le escribe."), own) == ()
    assert sensitive_numbers(fold("Loja, NIT 900123457, le escribe."), own)


def test_the_creditors_own_numbers_pass() -> None:
    text = "Loja Exemplo, CNPJ 11.222.333/0001-81"
    assert decide(sms(text), facts(creditor_numbers=frozenset({"11222333000181"})), NOON).outcome == "allow"


def test_a_template_and_a_subject_are_read_too() -> None:
    assert decide(template(body="Seu CPF 529.982.247-25"), facts(), NOON).code == "PII_IN_BODY"
    mail = sms("Olá.", channel="email", subject="CPF 529.982.247-25")
    assert decide(mail, facts(), NOON).code == "PII_IN_BODY"


@pytest.mark.parametrize(
    "text",
    ["R$ 1.234,56", "US$10", "S/ 200", "$ 50.000", "500 reais", "dos mil pesos", "MXN 500", "120,00", "pague 300"],
)
def test_amounts_are_seen_in_their_many_forms(text: str) -> None:
    assert amounts(fold(text)) == ((0, len(text)),)


@pytest.mark.parametrize("text", ["às 14:30", "ligue 0800 123 4567", "em 24 horas", "10.000 motivos", "um real apoio"])
def test_other_numbers_are_no_amounts(text: str) -> None:
    assert amounts(fold(text)) == ()


@pytest.mark.parametrize(
    "text", ["Sua fatura venceu.", "Sobre a sua dívida", "Su cuota de R$ 10", "Your invoice", "São R$ 10,00"]
)
def test_level_0_says_nothing_of_a_debt(text: str) -> None:
    assert decide(sms(text), facts(disclosure=0), NOON).code == "DISCLOSURE_TOO_HIGH"
    assert decide(sms(text), facts(disclosure=2, shared=True), NOON).code == "DISCLOSURE_TOO_HIGH"


def test_level_0_may_ask_who_is_there() -> None:
    text = "Olá, aqui é a Loja Exemplo. Temos um recado para Maria. É você?"
    assert decide(sms(text), facts(disclosure=0), NOON).outcome == "allow"


def test_level_1_names_the_bill_and_no_amount_unless_the_portfolio_allows_it() -> None:
    in_window = {"disclosure": 1, "window_closes_at": NOON + MINUTE}
    assert decide(sms("Sua fatura venceu."), facts(**in_window), NOON).outcome == "allow"
    amount = "Sua fatura: R$ 10,00."
    assert decide(whatsapp(amount), facts(**in_window), NOON).code == "DISCLOSURE_TOO_HIGH"
    assert decide(whatsapp(amount), facts(**in_window, amounts_at_level_1=True), NOON).outcome == "allow"
    assert decide(sms(amount), facts(**in_window, amounts_at_level_1=True), NOON).code == "DISCLOSURE_TOO_HIGH"


def test_level_2_says_everything_but_not_by_sms_unasked_and_never_in_a_subject() -> None:
    amount = "Sua fatura: R$ 10,00."
    assert decide(whatsapp(amount), facts(window_closes_at=NOON + 1), NOON).outcome == "allow"
    assert decide(sms(amount), facts(), NOON).code == "DISCLOSURE_TOO_HIGH"
    assert decide(sms(amount, purpose="reply"), wrote(NOON - 1), NOON).outcome == "allow"
    assert decide(sms("Olá.", channel="email", subject=amount), facts(), NOON).code == "DISCLOSURE_TOO_HIGH"


def test_a_document_of_a_debt_needs_its_level() -> None:
    bill = sms("Segue.", attachments=1, attachments_level=2)
    assert decide(bill, facts(disclosure=1), NOON).code == "DISCLOSURE_TOO_HIGH"
    assert decide(bill, facts(), NOON).outcome == "allow"


def test_a_country_without_a_profile_is_closed() -> None:
    elsewhere = facts(places=(Place(country="PY", tz="America/Asuncion"),))
    decision = decide(sms(), elsewhere, NOON)
    assert decision.code == "PROFILE_NOT_APPROVED"
    assert decision.source == "There is no profile of PY: nobody is written to there", "counsel is not what is missing"
