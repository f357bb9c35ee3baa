"""What a message claims to be, and what the gate believes."""

from __future__ import annotations

import msgspec
import pytest

from console.gate.decide import decide
from console.gate.types import Consent
from console.wire.moment import DAY, HOUR, MINUTE
from tests.gate.cast import BOGOTA, MG, SAO_PAULO, contact, facts, local, sms, template, whatsapp, wrote

NOON = local(SAO_PAULO, "2026-11-23 12:00")
NIGHT = local(SAO_PAULO, "2026-11-23 23:00")
SUNDAY = local(SAO_PAULO, "2026-11-22 15:00")


def test_a_reply_skips_hours_holidays_and_caps() -> None:
    christmas = local(SAO_PAULO, "2026-12-25 23:00")
    for now in (NIGHT, SUNDAY, christmas):
        known = wrote(now - HOUR, contacts=(contact(now - 2 * HOUR, "whatsapp"),))
        assert decide(whatsapp(purpose="reply"), known, now).outcome == "allow"


def test_a_reply_is_one_until_24_hours_after_the_debtors_message_and_not_a_millisecond_longer() -> None:
    known = wrote(NIGHT - DAY, window_closes_at=NIGHT + DAY)
    assert decide(whatsapp(purpose="reply"), known, NIGHT - 1).purpose == "reply"
    late = decide(whatsapp(purpose="reply"), known, NIGHT)
    assert (late.purpose, late.outcome, late.code) == ("proactive", "defer", "OUT_OF_HOURS")


def test_a_reply_to_an_answered_message_is_judged_as_proactive() -> None:
    late = decide(whatsapp(purpose="reply"), wrote(NIGHT - MINUTE, unanswered=False), NIGHT)
    assert (late.purpose, late.code) == ("proactive", "OUT_OF_HOURS")
    by_day = decide(whatsapp(purpose="reply"), wrote(NOON - MINUTE, unanswered=False), NOON)
    assert (by_day.outcome, by_day.purpose, by_day.counts) == ("allow", "proactive", True)


def test_a_reply_needs_no_consent_record_where_the_debtor_wrote() -> None:
    assert decide(whatsapp(purpose="reply"), wrote(NOON - MINUTE, consents=()), NOON).outcome == "allow"
    assert decide(whatsapp(), wrote(NOON - MINUTE, consents=()), NOON).code == "NO_WA_OPTIN"
    elsewhere = wrote(NOON - MINUTE, consents=(), point_last_inbound_at=None, places=(BOGOTA,))
    assert decide(sms(purpose="reply"), elsewhere, NOON).code == "NO_CONSENT"


def test_a_reply_stays_bound_by_opt_out_stops_identity_and_content() -> None:
    def reply(text: str = "Olá.", **changes: object) -> str:
        return decide(whatsapp(text, purpose="reply"), wrote(NOON - MINUTE, **changes), NOON).code

    assert reply(opt_outs=frozenset({"channel"})) == "OPT_OUT_CHANNEL"
    assert reply(stops=frozenset({"deceased"})) == "DECEASED"
    assert reply("São R$ 300,00.", disclosure=1) == "DISCLOSURE_TOO_HIGH"
    assert reply("Seu CPF é 529.982.247-25.") == "PII_IN_BODY"
    assert reply("Você é um caloteiro.") == "TONE:HUMILIATION"


def test_a_reply_on_a_second_channel_keeps_to_colombias_lock() -> None:
    now = local("America/Bogota", "2026-11-25 10:00")
    known = wrote(now - MINUTE, places=(BOGOTA,), contacts=(contact(now - 2 * DAY, "whatsapp"),))
    assert decide(whatsapp(purpose="reply"), known, now).outcome == "allow"
    on_sms = decide(sms(purpose="reply"), wrote(now - MINUTE, places=(BOGOTA,), contacts=known.contacts), now)
    assert on_sms.outcome == "allow"  # they wrote from that very number
    other = wrote(now - MINUTE, places=(BOGOTA,), contacts=known.contacts, point_last_inbound_at=None)
    assert decide(sms(purpose="reply"), other, now).code == "CHANNEL_LOCK"


def test_requested_information_needs_a_request() -> None:
    asked = facts(information_requested_at=NIGHT - HOUR)
    assert decide(sms(purpose="requested_information"), asked, NIGHT).outcome == "allow"
    assert decide(sms(purpose="requested_information"), facts(), NIGHT).code == "OUT_OF_HOURS"
    stale = facts(information_requested_at=NIGHT - DAY)
    assert decide(sms(purpose="requested_information"), stale, NIGHT).purpose == "proactive"


def test_a_payment_confirmation_needs_a_payment() -> None:
    capped = (contact(NOON - 2 * HOUR),)
    paid = facts(paid=True, payment_confirmed=True, contacts=capped)
    receipt = sms("Recebemos seu pagamento. Obrigada!", purpose="payment_confirmation")
    assert decide(receipt, paid, NOON).outcome == "allow"
    unpaid = decide(receipt, facts(contacts=capped), NOON)
    assert (unpaid.purpose, unpaid.code) == ("proactive", "CAP_DAY")
    assert decide(receipt, facts(payment_confirmed=True), NIGHT).code == "OUT_OF_HOURS"


@pytest.mark.parametrize(
    "text",
    [
        "Olá, Maria! Recebemos seu pagamento de R$ 300,00. Muito obrigada!",
        "Maria, confirmamos o pagamento.",
        "Buenos días, María. Recibimos su pago de $ 300.000. ¡Gracias!",
        "Thank you, we have received your payment.",
    ],
)
def test_a_person_may_say_that_money_came(text: str) -> None:
    known = wrote(NOON - 3 * DAY, paid=True, disputed_all=True, payment_confirmed=True, window_closes_at=NOON + HOUR)
    decision = decide(whatsapp(text, purpose="payment_confirmation"), known, NOON)
    assert (decision.outcome, decision.purpose) == ("allow", "payment_confirmation")


@pytest.mark.parametrize(
    "text",
    [
        "Maria, falta pagar o resto da fatura hoje.",
        "Recebemos seu pagamento. Restam R$ 700,00.",
        "Recebemos seu pagamento, Maria, e o resto?",
        "Não recebemos seu pagamento.",
        "Maria, R$ 300,00 hoje.",
        "Recibimos su pago. Deposite mañana la diferencia.",
        "Olá, Maria.",
    ],
)
def test_the_name_of_a_receipt_opens_nothing_for_a_person_who_asks_for_money(text: str) -> None:
    claim = sms(text, purpose="payment_confirmation")
    for change, code in (
        ({"disputed_all": True}, "DISPUTE_OPEN"),
        ({"prescribed": True}, "TIME_BARRED"),
        ({"legal": True}, "LEGAL_ONLY"),
        ({"paid": True}, "DEBT_PAID"),
    ):
        decision = decide(claim, facts(payment_confirmed=True, **change), NOON)
        assert (decision.purpose, decision.code) == ("proactive", code)
    night = local("America/Bogota", "2026-11-23 23:00")
    bogota = decide(
        msgspec.structs.replace(claim, channel="email"), facts(payment_confirmed=True, places=(BOGOTA,)), night
    )
    assert (bogota.code, bogota.counts) == ("OUT_OF_HOURS", True)


def test_a_file_or_an_unread_template_is_no_persons_receipt() -> None:
    known = facts(paid=True, payment_confirmed=True)
    said = "Recebemos seu pagamento."
    carried = sms(said, purpose="payment_confirmation", attachments=1)
    assert decide(carried, known, NOON).code == "DEBT_PAID"
    blind = whatsapp(None, purpose="payment_confirmation", template=template(body="").template)
    assert decide(blind, known, NOON).code == "DEBT_PAID"
    titled = sms(said, channel="email", subject="Sua fatura", purpose="payment_confirmation")
    assert decide(titled, known, NOON).code == "DEBT_PAID"
    again = sms("Recebemos. Saldo restante: R$ 700,00.", purpose="payment_confirmation", repeats=True)
    assert decide(again, facts(disputed_all=True, payment_confirmed=True), NOON).outcome == "allow"


def test_care_of_ones_own_accord_speaks_of_no_debt() -> None:
    text = "Maria, falta pagar o resto da fatura."
    for change, code in (({"disputed_all": True}, "DISPUTE_OPEN"), ({"legal": True}, "LEGAL_ONLY"),
                         ({"hold": "distress"}, "HARDSHIP_HOLD"), ({"paid": True}, "DEBT_PAID")):  # fmt: skip
        assert decide(sms(text, purpose="care"), facts(**change), NOON).code == code
        assert decide(sms("Como você está?", purpose="care"), facts(**change), NOON).outcome == "allow"


def test_a_receipt_that_was_shown_pauses_what_collects_up_to_its_moment() -> None:
    until = NOON + 2 * DAY
    known = facts(claimed_until=until)
    for message in (sms(), sms(automated=True, text="Olá, Maria. Aqui é a Loja Ipê."), template()):
        decision = decide(message, known, NOON)
        assert (decision.outcome, decision.code, decision.allowed_at) == ("defer", "PAYMENT_CLAIM", until)
        assert decide(message, known, until - 1).code == "PAYMENT_CLAIM"
        assert decide(message, known, until).code == "ALLOW"
    late = decide(sms(), facts(claimed_until=NIGHT + DAY), NOON)
    assert late.allowed_at == local(SAO_PAULO, "2026-11-25 08:00"), "the next lawful minute"
    answered = wrote(NOON - HOUR, claimed_until=until, payment_confirmed=True, information_requested_at=NOON - HOUR)
    for purpose in ("reply", "requested_information", "care"):
        assert decide(whatsapp(purpose=purpose), answered, NOON).code == "ALLOW"
    receipt = whatsapp("Recebemos seu pagamento. Obrigada!", purpose="payment_confirmation")
    assert decide(receipt, answered, NOON).code == "ALLOW"
    assert decide(sms("Como você está?", purpose="care"), known, NOON).code == "ALLOW"
    assert decide(sms("Loja Ipê: registrado.", kind="acknowledgement", automated=True), known, NOON).code == "ALLOW"


def test_nothing_is_collected_from_who_has_paid() -> None:
    assert decide(sms(), facts(paid=True), NOON).code == "DEBT_PAID"
    assert decide(whatsapp(purpose="reply", automated=True), wrote(NOON - 1, paid=True), NOON).outcome == "allow"


def test_a_dispute_of_one_charge_leaves_the_others() -> None:
    known = facts(disputed_charges=frozenset({"a"}))
    assert decide(sms(charges=frozenset({"a"})), known, NOON).code == "DISPUTE_OPEN"
    assert decide(sms("Aqui é da Loja Ipê.", charges=frozenset({"b"}), automated=True), known, NOON).outcome == "allow"
    assert decide(sms(automated=True), known, NOON).code == "DISPUTE_OPEN"
    assert decide(sms(), known, NOON).outcome == "allow"


@pytest.mark.parametrize(
    ("scope", "code"),
    [("all", "OPT_OUT_ALL"), ("channel", "OPT_OUT_CHANNEL")],
)
def test_an_opt_out_is_confirmed_once(scope: str, code: str) -> None:
    goodbye = whatsapp("Pronto, não escreveremos mais.", purpose="reply", kind="optout_confirmation", automated=True)
    known = wrote(NIGHT - MINUTE, opt_outs=frozenset({scope}))
    assert decide(goodbye, known, NIGHT).outcome == "allow"
    assert decide(whatsapp(purpose="reply"), known, NIGHT).code == code
    assert decide(goodbye, wrote(NIGHT - MINUTE, opt_outs=known.opt_outs, optout_confirmed=True), NIGHT).code == code


def test_the_name_of_a_confirmation_opens_nothing_without_an_opt_out() -> None:
    false_name = sms(kind="optout_confirmation", automated=True)
    assert decide(false_name, facts(hold="hardship"), NOON).code == "HARDSHIP_HOLD"
    assert decide(false_name, facts(paid=True), NOON).code == "DEBT_PAID"
    assert decide(false_name, facts(contacts=(contact(NOON - HOUR),)), NOON).code == "CAP_DAY"


def test_a_stop_of_marketing_stops_offers_only() -> None:
    known = facts(opt_outs=frozenset({"marketing"}))
    assert decide(template(category="marketing"), known, NOON).code == "WA_MARKETING_STOPPED"
    assert decide(template(), known, NOON).outcome == "allow"


def test_an_offer_needs_its_own_consent_where_the_law_says_so() -> None:
    plain = (Consent(channel="whatsapp", purpose="collection", granted=True),)
    offer = template(category="marketing")
    assert decide(offer, facts(places=(BOGOTA,), consents=plain), NOON).code == "NO_OFFER_CONSENT"
    assert decide(template(), facts(places=(BOGOTA,), consents=plain), NOON).outcome == "allow"
    assert decide(offer, facts(places=(MG,), consents=plain), NOON).outcome == "allow"


def test_a_refused_channel_is_not_used_even_where_no_consent_is_needed() -> None:
    no = (Consent(channel="sms", purpose="collection", granted=False),)
    assert decide(sms(), facts(consents=no), NOON).code == "NO_CONSENT"
    assert decide(sms(), facts(consents=()), NOON).outcome == "allow"
    assert decide(sms(), facts(consents=(), places=(BOGOTA,)), NOON).code == "NO_CONSENT"


def test_an_address_that_may_have_changed_hands_hears_nothing_of_a_debt() -> None:
    old = facts(point_state="reverify", disclosure=2)
    for debt in (sms("Sua fatura venceu."), template(level=1), sms(attachments=1, attachments_level=2)):
        decision = decide(debt, old, NOON)
        assert (decision.outcome, decision.code, decision.rule) == ("block", "POINT_REVERIFY", "contact_point")
    assert decide(sms("Olá, Maria."), old, NOON).outcome == "allow", "a neutral word may ask who is there"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"sender_active": False}, "SENDER_DISABLED"),
        ({"inbox_connected": False}, "SENDER_DISABLED"),
        ({"profile_approvals": frozenset()}, "PROFILE_NOT_APPROVED"),
        ({"profile_approvals": frozenset({("BR", "2020-01-01")})}, "PROFILE_NOT_APPROVED"),
        ({"kill_switches": frozenset({"channel:sms"})}, "KILL_SWITCH"),
        ({"point_state": "wrong_number"}, "WRONG_NUMBER"),
        ({"point_state": "invalid"}, "POINT_INVALID"),
        ({"stops": frozenset({"deceased"})}, "DECEASED"),
        ({"stops": frozenset({"minor"})}, "MINOR"),
        ({"stops": frozenset({"fraud"})}, "FRAUD_HOLD"),
        ({"stops": frozenset({"cease_contact"})}, "CEASE_CONTACT"),
        ({"stops": frozenset({"insolvency"})}, "INSOLVENCY"),
        ({"stops": frozenset({"represented"})}, "REPRESENTED"),
        ({"recipient": "third_party"}, "THIRD_PARTY"),
        ({"recipient": "guarantor"}, "THIRD_PARTY"),
        ({"legal": True}, "LEGAL_ONLY"),
    ],
)
def test_a_prohibition_blocks_by_its_code_and_names_its_source(change: dict[str, object], code: str) -> None:
    decision = decide(sms(), facts(**change), NOON)
    assert (decision.outcome, decision.code) == ("block", code)
    assert decision.rule and decision.source
    assert decision.checks[-1].outcome == "block"
    assert all(check.outcome == "allow" for check in decision.checks[:-1])


def test_a_guarantor_is_written_to_where_the_law_allows_it() -> None:
    assert decide(sms(), facts(places=(BOGOTA,), recipient="guarantor"), NOON).outcome == "allow"


def test_the_service_window_is_half_open_to_the_millisecond() -> None:
    known = facts(window_closes_at=NOON)
    assert decide(whatsapp(), known, NOON - 1).outcome == "allow"
    assert decide(whatsapp(), known, NOON).code == "WA_WINDOW_CLOSED"
    assert decide(whatsapp(), facts(), NOON).code == "WA_WINDOW_CLOSED"
    assert decide(template(), facts(), NOON).outcome == "allow"


@pytest.mark.parametrize(
    ("state", "code"),
    [
        ("paused", "TPL_PAUSED"),
        ("rejected", "TPL_NOT_APPROVED"),
        ("pending", "TPL_NOT_APPROVED"),
        ("", "TPL_NOT_APPROVED"),
    ],
)
def test_only_an_approved_template_leaves_on_whatsapp(state: str, code: str) -> None:
    assert decide(template(state=state), facts(), NOON).code == code


def test_a_deferral_says_when_the_service_window_will_be_shut_by_then() -> None:
    now = local(SAO_PAULO, "2026-11-21 15:00")
    decision = decide(whatsapp(), facts(window_closes_at=now + HOUR), now)
    assert (decision.code, decision.warnings) == ("OUT_OF_HOURS", ("WA_WINDOW_CLOSES_FIRST",))


def test_a_deferral_past_a_silent_week_names_what_is_missing_by_then() -> None:
    friday = local(SAO_PAULO, "2026-11-13 21:00")
    known = facts(contacts=(contact(friday - 7 * DAY + HOUR),))
    nameless = decide(sms(automated=True), known, friday)
    assert (nameless.outcome, nameless.code, nameless.allowed_at) == ("block", "MISSING_ELEMENT:creditor_name", None)
    named = decide(sms("Olá, Maria. Aqui é a Loja Ipê.", automated=True), known, friday)
    assert (named.outcome, named.code) == ("defer", "OUT_OF_HOURS")
    assert named.allowed_at == local(SAO_PAULO, "2026-11-14 08:00")


def test_a_deferral_that_outlives_what_spares_it_waits_for_what_binds_it_then() -> None:
    shut = local(SAO_PAULO, "2026-11-23 20:00")
    bubble = decide(sms(), facts(contacts=(contact(shut - 1, sender="ana"),)), shut + 1)
    assert (bubble.code, bubble.allowed_at) == ("OUT_OF_HOURS", shut - 1 + DAY)  # the cap of the day, once no bubble


def test_an_allowed_message_says_how_long_it_stays_allowed() -> None:
    assert decide(sms(), facts(), NOON).valid_until == local(SAO_PAULO, "2026-11-23 20:00")
    reply = decide(whatsapp(purpose="reply"), wrote(NOON - HOUR, window_closes_at=NOON + HOUR), NOON)
    assert reply.valid_until == NOON + HOUR


def test_without_a_text_the_content_is_left_out() -> None:
    assert decide(sms(None), facts(disclosure=0), NOON).outcome == "allow"
