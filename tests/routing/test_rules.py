from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from routing.defaults import country_rule, default_rules
from routing.rules import CaseFacts, Fired, Requirements, Rule, When, apply, holding, plain
from routing.types import Need
from tests.routing.cast import need, untimed

MARIA = CaseFacts(
    portfolio="cartoes",
    bucket="B1_30",
    language="pt-BR",
    country="BR",
    channel="whatsapp",
    balance=50_000,
    currency="BRL",
)
DEFAULTS = default_rules()


def fires(when: When, **facts: object) -> bool:
    return bool(apply([Rule(id="rule", when=when)], replace(MARIA, **facts)).fired)


def said(words: str, language: str = "pt-BR") -> Requirements:
    return apply(DEFAULTS, replace(MARIA, words=words, language=language))


# --- conditions -------------------------------------------------------------------------------------------------------


def test_a_rule_without_conditions_matches_every_case() -> None:
    assert fires(When())


@pytest.mark.parametrize(
    ("when", "fitting", "other"),
    [
        (When(portfolios=("cartoes", "luz")), {"portfolio": "luz"}, {"portfolio": "agua"}),
        (When(buckets=("B61_PLUS",)), {"bucket": "B61_PLUS"}, {"bucket": "B31_60"}),
        (
            When(overlays=("DISPUTED",)),
            {"overlays": frozenset({"DISPUTED", "PLAN"})},
            {"overlays": frozenset({"PLAN"})},
        ),
        (When(labels=("vip",)), {"labels": frozenset({"vip"})}, {"labels": frozenset()}),
        (When(languages=("es",)), {"language": "es-MX"}, {"language": "pt-BR"}),
        (When(languages=("pt-BR",)), {"language": "pt_br"}, {"language": "pt"}),
        (When(languages=("es",)), {"language": "ES"}, {"language": "est"}),
        (When(countries=("CO",)), {"country": "CO"}, {"country": ""}),
        (When(channels=("email",)), {"channel": "email"}, {"channel": "sms"}),
        (When(words=("procon",)), {"words": "Vou ao PROCON!"}, {"words": "proconsul"}),
        (When(balance_from={"BRL": 100_000}), {"balance": 100_000}, {"balance": 99_999}),
        (When(balance_from={"BRL": 1}), {"balance": 1}, {"balance": 10**9, "currency": "MXN"}),
    ],
)
def test_a_condition_holds_for_what_it_names_alone(
    when: When, fitting: dict[str, object], other: dict[str, object]
) -> None:
    assert fires(when, **fitting)
    assert not fires(when, **other)


def test_all_conditions_of_a_rule_must_hold() -> None:
    when = When(channels=("whatsapp",), words=("advogado",))
    assert fires(when, words="meu advogado")
    assert not fires(when, words="meu advogado", channel="email")


@pytest.mark.parametrize(
    "words",
    [
        "não reconheço",
        "NAO RECONHECO",
        "Eu  não\nreconheço!!",
        "nao. reconheco",
        "na\u0303o reconhec\u0327o",
        "nã\u200bo reconheço",
        "𝐍𝐀̃𝐎 𝐫econheço",
    ],
)
def test_words_are_found_without_regard_to_case_accents_and_punctuation(words: str) -> None:
    assert fires(When(words=("não reconheço",)), words=words)


@pytest.mark.parametrize("words", ["", "não", "reconheço", "não te reconheço", "não reconheços", "anão reconheço"])
def test_only_whole_phrases_count(words: str) -> None:
    assert not fires(When(words=("não reconheço",)), words=words)


@pytest.mark.parametrize("phrase", ["", "  ", "!?", "\u200b"])
def test_a_phrase_needs_a_letter_or_digit(phrase: str) -> None:
    with pytest.raises(ValueError, match="not a word"):
        When(words=("fraude", phrase))


@untimed
@given(st.text())
def test_plain_text_is_stable_and_padded(text: str) -> None:
    once = plain(text)
    assert plain(once) == once
    assert once.startswith(" ") and once.endswith(" ")


# --- what adds up -----------------------------------------------------------------------------------------------------


def test_every_rule_that_matches_adds_its_needs() -> None:
    found = apply([Rule(id="a", needs=(need("lang:es"),)), Rule(id="b", needs=(need("dispute", 2),))], MARIA)
    assert found.needs == (need("dispute", 2), need("lang:es"))
    assert found.fired == (Fired(rule="a"), Fired(rule="b"))


def test_of_the_same_skill_the_higher_level_holds_and_never_relaxing_wins() -> None:
    low = Rule(id="low", needs=(Need(name="card", level=1, relax_after_s=None),))
    high = Rule(id="high", needs=(Need(name="card", level=4, relax_after_s=(9,)),))
    for order in ([low, high], [high, low]):
        assert apply(order, MARIA).needs == (Need(name="card", level=4, relax_after_s=None),)


def test_of_two_that_relax_the_higher_level_brings_its_times() -> None:
    low, high = (Rule(id=str(level), needs=(need("card", level, (level,)),)) for level in (1, 4))
    assert apply([low, high], MARIA).needs == apply([high, low], MARIA).needs == (need("card", 4, (4,)),)


def test_the_first_rule_that_names_a_team_decides() -> None:
    rules = [Rule(id="a"), Rule(id="b", team="juridico"), Rule(id="c", team="varejo")]
    assert apply(rules, MARIA).team == "juridico"
    assert apply([], MARIA).team is None


def test_the_most_urgent_priority_wins() -> None:
    rules = [Rule(id="a", priority="low"), Rule(id="b", priority="urgent"), Rule(id="c", priority="high")]
    assert apply(rules, MARIA).priority == "urgent"
    assert apply(rules[:1], MARIA).priority == "low"
    assert apply([], MARIA).priority == "normal"


def test_flags_add_up() -> None:
    rules = [Rule(id="a", flags=("legal",)), Rule(id="b", flags=("dispute", "legal"))]
    assert apply(rules, MARIA).flags == ("dispute", "legal")


def test_a_last_rule_ends_the_reading_only_when_it_matches() -> None:
    rules = [Rule(id="a", when=When(channels=("sms",)), last=True), Rule(id="b", last=True), Rule(id="c")]
    assert [fired.rule for fired in apply(rules, MARIA).fired] == ["b"]


def test_rules_are_data_that_survives_json() -> None:
    assert msgspec.json.decode(msgspec.json.encode(DEFAULTS), type=tuple[Rule, ...]) == DEFAULTS


# --- the rules we start with ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "skill"), [("pt-BR", "lang:pt-BR"), ("pt", "lang:pt-BR"), ("es-CO", "lang:es"), ("en", "lang:en")]
)
def test_the_language_of_the_debtor_is_required_for_ever(language: str, skill: str) -> None:
    assert Need(name=skill, relax_after_s=None) in said("", language).needs


@pytest.mark.parametrize(
    "words",
    [
        "Não reconheço essa cobrança", "essa divida nao e minha", "NÃO DEVO NADA",
        "No reconozco esta deuda", "esa deuda no es mia", "es un cobro indebido",
        "I don't recognise this debt", "I don’t owe this", "that is the wrong amount",
    ],
)  # fmt: skip
def test_a_dispute_calls_a_specialist_and_ranks_high(words: str) -> None:
    found = said(words)
    assert Need(name="dispute", relax_after_s=None) in found.needs
    assert (found.priority, found.flags) == ("high", ("dispute",))


@pytest.mark.parametrize(
    "words",
    ["Perdi meu emprego mês passado", "estou desempregada", "no tengo para comer", "me despidieron", "I lost my job"],
)
def test_hardship_calls_a_specialist_and_ranks_high(words: str) -> None:
    found = said(words)
    assert Need(name="hardship", relax_after_s=None) in found.needs
    assert (found.priority, found.flags) == ("high", ("hardship",))


@pytest.mark.parametrize(
    "words", ["não quero mais viver", "vou me matar", "quiero morirme", "voy a quitarme la vida", "I want to die"]
)
def test_distress_is_urgent_and_goes_to_a_hardship_specialist(words: str) -> None:
    found = said(words)
    assert Need(name="hardship", relax_after_s=None) in found.needs
    assert (found.priority, found.flags) == ("urgent", ("distress",))


@pytest.mark.parametrize(
    ("words", "flag", "skill"),
    [
        ("ele faleceu em maio", "deceased", "hardship"),
        ("mi padre falleció", "deceased", "hardship"),
        ("vou falar com meu advogado", "legal", "legal"),
        ("voy a la CONDUSEF", "legal", "legal"),
        ("usaram meu CPF", "fraud", "dispute"),
        ("identity theft", "fraud", "dispute"),
    ],
)
def test_a_death_a_lawyer_and_a_fraud_are_urgent(words: str, flag: str, skill: str) -> None:
    found = said(words)
    assert Need(name=skill, relax_after_s=None) in found.needs
    assert (found.priority, found.flags) == ("urgent", (flag,))


@pytest.mark.parametrize(
    "words",
    ["Bom dia, quero pagar", "Reconozco la deuda, ¿cómo pago?", "can I pay in two instalments?", "já paguei ontem"],
)
def test_plain_talk_calls_no_specialist(words: str) -> None:
    found = said(words)
    assert {need.name for need in found.needs} == {"lang:pt-BR", "bucket:1_30"}
    assert (found.priority, found.flags) == ("normal", ())


@pytest.mark.parametrize(
    ("bucket", "skill"),
    [("CURRENT", "current"), ("B1_30", "1_30"), ("B31_60", "31_60"), ("B61_PLUS", "61_plus")],
)
def test_an_aging_bucket_is_a_wish_that_relaxes(bucket: str, skill: str) -> None:
    assert Need(name=f"bucket:{skill}") in apply(DEFAULTS, replace(MARIA, bucket=bucket)).needs


def test_a_high_balance_is_a_wish_for_whoever_knows_large_debts() -> None:
    assert Need(name="high_value") in apply(DEFAULTS, replace(MARIA, balance=1_000_000)).needs
    assert Need(name="high_value") not in apply(DEFAULTS, replace(MARIA, balance=1_000_000, currency="MXN")).needs


def test_a_disputed_debt_stays_with_specialists_without_a_word() -> None:
    found = apply(DEFAULTS, replace(MARIA, overlays=frozenset({"DISPUTED"})))
    assert Need(name="dispute", relax_after_s=None) in found.needs


def test_a_country_may_be_required() -> None:
    found = apply([country_rule("BR"), country_rule("MX")], MARIA)
    assert found.needs == (Need(name="country:BR", relax_after_s=None),)


def test_the_rules_we_start_with_have_names_of_their_own() -> None:
    assert len({rule.id for rule in DEFAULTS}) == len(DEFAULTS)


@given(
    language=st.sampled_from(["pt-BR", "es-MX", "en", ""]),
    bucket=st.sampled_from(["CURRENT", "B1_30", "B61_PLUS"]),
    balance=st.integers(0, 5_000_000),
    overlays=st.frozensets(st.sampled_from(["PLAN", "DISPUTED"])),
    words=st.sampled_from(["", "bom dia", "não reconheço essa dívida", "perdi o emprego", "vou me matar"]),
)
def test_the_rules_that_hold_but_for_their_words_say_all_that_all_rules_say(
    language: str, bucket: str, balance: int, overlays: frozenset[str], words: str
) -> None:
    silent = replace(MARIA, language=language, bucket=bucket, balance=balance, overlays=overlays)
    spoken = replace(silent, words=words)
    assert apply(holding(DEFAULTS, silent), spoken) == apply(DEFAULTS, spoken)
