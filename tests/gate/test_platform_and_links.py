"""Checks 12, 13, 14 and 19 of the domain reference's §1.2: who may use a channel, what a text must and may not hold."""

from __future__ import annotations

import pytest

from console.gate.content import fold, hosts
from console.gate.decide import decide
from console.gate.types import Place
from console.ledger.pix import Payee, build
from console.wire.moment import DAY, MINUTE
from tests.gate.cast import SAO_PAULO, contact, facts, local, sms, template, whatsapp, wrote

NOW = local(SAO_PAULO, "2026-11-23 10:00")


@pytest.mark.parametrize(
    ("billing", "attested", "outcome"),
    [
        ("first_party", False, "allow"),
        ("agency", False, "block"),
        ("agency", True, "allow"),
        ("third_party", False, "block"),
        ("third_party", True, "allow"),
    ],
)
def test_who_collects_decides_whether_whatsapp_may_be_used(billing: str, attested: bool, outcome: str) -> None:
    decision = decide(template(), facts(billing=billing, whatsapp_attested=attested), NOW)
    assert decision.outcome == outcome
    if outcome == "block":
        assert decision.code == "WA_PROHIBITED_USE" and "attestation" in decision.source
    assert decide(sms(), facts(billing=billing, whatsapp_attested=attested), NOW).outcome == "allow"


def test_the_confirmation_of_an_opt_out_leaves_whoever_collects() -> None:
    known = wrote(NOW - MINUTE, billing="third_party", opt_outs=frozenset({"channel"}))
    assert decide(whatsapp(kind="optout_confirmation", purpose="reply"), known, NOW).outcome == "allow"


def test_the_providers_daily_number_of_people_binds_templates_outside_the_window() -> None:
    assert decide(template(), facts(wa_limit_reached=True), NOW).code == "WA_LIMIT"
    inside = facts(wa_limit_reached=True, window_closes_at=NOW + MINUTE)
    assert decide(template(), inside, NOW).outcome == "allow"


def test_a_machines_first_sms_says_who_writes() -> None:
    unnamed = sms("Olá, Maria. Temos um recado.", automated=True)
    decision = decide(unnamed, facts(), NOW)
    assert (decision.code, decision.source) == ("MISSING_ELEMENT:creditor_name", "Lei 8.078/1990 (CDC), art. 42-A")
    assert decide(sms("Olá, aqui é da LOJA IPÊ.", automated=True), facts(), NOW).outcome == "allow"
    assert decide(sms("Olá, Maria. Temos um recado."), facts(), NOW).outcome == "allow"  # a person, by hand
    known = facts(contacts=(contact(NOW - 3 * DAY),))
    assert decide(unnamed, known, NOW).outcome == "allow"  # they know who we are
    assert decide(unnamed, facts(contacts=(contact(NOW - 7 * DAY),)), NOW).code == "MISSING_ELEMENT:creditor_name"


def test_an_amount_that_is_no_longer_owed_does_not_leave() -> None:
    assert decide(sms(shown_minor=25_507), facts(), NOW).code == "STALE_BALANCE"
    assert decide(sms(shown_minor=25_508), facts(), NOW).outcome == "allow"


@pytest.mark.parametrize(
    ("text", "offends"),
    [
        ("Veja em https://pague.ipe.example/abc", ""),
        ("Veja em https://ipe.example", ""),
        ("Veja em https://ipe.example.golpe.com/x", "https://ipe.example.golpe.com/x"),
        ("Veja em bit.ly/3xyz", "bit.ly/3xyz"),
        ("Veja em www.outra.com.br hoje", "www.outra.com.br"),
        ("Escreva para ana@outra.com.br", ""),
        ("Veja em https://ipe.example@golpe.com/x", "https://ipe.example@golpe.com/x"),
    ],
)
def test_a_link_leads_home(text: str, offends: str) -> None:
    decision = decide(sms(text), facts(), NOW)
    assert decision.outcome == ("block" if offends else "allow")
    if offends:
        assert decision.code == "LINK_POLICY"
        assert [text[start:end] for start, end in decision.spans] == [offends]


def test_a_file_that_was_not_found_sound_does_not_leave() -> None:
    assert decide(sms(attachments=1, attachments_unsound=1), facts(), NOW).code == "ATTACHMENT"
    assert decide(sms(attachments=1), facts(), NOW).outcome == "allow"


def test_every_state_of_the_united_states_has_its_clock() -> None:
    for code, zone in (("HI", "Pacific/Honolulu"), ("AZ", "America/Phoenix"), ("FL", "America/Chicago")):
        at = local(zone, "2026-11-23 08:59")
        text = "Loja Ipê here. Reply STOP to opt out."
        decision = decide(sms(text), facts(places=(Place(country="US", subdivision=code),)), at)
        assert (decision.outcome, decision.allowed_at) == ("defer", local(zone, "2026-11-23 09:00"))


def test_a_pix_code_is_no_link_and_hides_none() -> None:
    code = build(Payee("0d6f3c1a-5b7e-4f2a-9c48-2f1e6a7b8c90", "Loja Ipê", "Recife"), amount=500, txid="A1")
    assert hosts(fold(f"Segue o Pix:\n{code}")) == ()
    assert [host for host, _ in hosts(fold(f"{code} ou https://pague.example.com"))] == ["pague.example.com"]
    assert [host for host, _ in hosts(fold("veja br.gov.bcb.pix"))] == ["br.gov"]


TROUBLES = (("quality_red", "NUMBER_RED"), ("restricted", "CHANNEL_RESTRICTED"))


@pytest.mark.parametrize(("what", "code"), TROUBLES)
def test_a_number_in_trouble_is_left_to_people(what: str, code: str) -> None:
    known = facts(channel_trouble=what)
    held = decide(sms("Bom dia", automated=True), known, NOW)
    assert (held.outcome, held.code, held.rule) == ("block", code, "channel_health")
    assert decide(sms("Bom dia", automated=True, kind="greeting"), known, NOW).code == code
    assert decide(sms("Bom dia"), known, NOW).code != code


@pytest.mark.parametrize(("what", "code"), TROUBLES)
def test_what_a_debtor_asked_for_is_answered_from_a_number_in_trouble(what: str, code: str) -> None:
    known = facts(channel_trouble=what, opt_outs=frozenset({"channel"}))
    assert decide(sms("Pronto.", automated=True, kind="optout_confirmation"), known, NOW).code == "ALLOW"
    assert decide(sms("Ajuda.", automated=True, kind="acknowledgement"), facts(channel_trouble=what), NOW).code != code
