"""The domain reference's §1.6, by its numbers.

20, two workers and one slot, needs the database that reserves it (`test_slots`), and 21 the templates of an inbox
(`test_discreet`); here stands what the decision itself says.
"""

from __future__ import annotations

import pytest

from console.gate.decide import decide
from console.gate.types import Place
from console.wire.moment import MINUTE
from tests.gate.cast import (
    BOGOTA,
    LIMA,
    MG,
    RJ,
    SANTIAGO,
    SAO_PAULO,
    SP,
    TIJUANA,
    contact,
    facts,
    local,
    sms,
    template,
    whatsapp,
    wrote,
)

MADRID = Place(country="ES", subdivision="MD", tz="Europe/Madrid")
CANARIAS = Place(country="ES", subdivision="CN", tz="Atlantic/Canary")
CO, CL, PE = "America/Bogota", "America/Santiago", "America/Lima"


def test_1_colombia_allows_saturday_until_one_minute_before_three() -> None:
    assert decide(sms(), facts(places=(BOGOTA,)), local(CO, "2026-11-21 14:59")).outcome == "allow"


@pytest.mark.parametrize(
    ("saturday", "opening"),
    [("2026-11-21", "2026-11-23 07:00"), ("2026-11-14", "2026-11-17 07:00")],
    ids=["monday", "tuesday after a moved holiday"],
)
def test_2_colombia_defers_saturday_at_three_to_the_next_working_day(saturday: str, opening: str) -> None:
    decision = decide(sms(), facts(places=(BOGOTA,)), local(CO, f"{saturday} 15:00"))
    assert (decision.outcome, decision.code) == ("defer", "OUT_OF_HOURS")
    assert decision.allowed_at == local(CO, opening)
    assert decision.source == "Ley 2300 de 2023, art. 3"


def test_3_colombia_locks_the_week_to_one_channel() -> None:
    monday = contact(local(CO, "2026-11-23 09:00"), "whatsapp")
    decision = decide(sms(), facts(places=(BOGOTA,), contacts=(monday,)), local(CO, "2026-11-26 09:00"))
    assert (decision.outcome, decision.code) == ("defer", "CHANNEL_LOCK")
    assert decision.allowed_at == local(CO, "2026-11-30 09:00")


def test_4_colombia_exempts_a_payment_confirmation_from_the_day_cap() -> None:
    now = local(CO, "2026-11-23 16:00")
    first = contact(local(CO, "2026-11-23 09:00"))
    known = facts(places=(BOGOTA,), contacts=(first,), payment_confirmed=True)
    decision = decide(sms(purpose="payment_confirmation", automated=True), known, now)
    assert (decision.outcome, decision.counts) == ("allow", False)
    assert decide(sms(), known, now).code == "CAP_DAY"


def test_5_colombia_forbids_to_ask_why() -> None:
    now = local(CO, "2026-11-23 09:00")
    for text in ("¿Por qué no ha pagado?", "Por que você ainda não pagou?", "Why have you not paid?"):
        decision = decide(sms(text), facts(places=(BOGOTA,)), now)
        assert (decision.outcome, decision.code) == ("block", "BANNED:ASK_REASON")
        assert decision.source == "Ley 2300 de 2023, art. 7"
        assert decide(sms(text), facts(), now).outcome == "allow"


def test_6_chile_leaves_two_full_days_between_messages() -> None:
    monday = contact(local(CL, "2026-11-23 15:00"), "email")
    decision = decide(template(), facts(places=(SANTIAGO,), contacts=(monday,)), local(CL, "2026-11-25 15:00"))
    assert (decision.outcome, decision.code) == ("defer", "GAP")
    assert decision.allowed_at == local(CL, "2026-11-26 08:00")


def test_7_chile_defers_the_third_message_in_seven_days() -> None:
    earlier = (contact(local(CL, "2026-11-23 10:00"), "email"), contact(local(CL, "2026-11-26 10:00"), "sms"))
    decision = decide(template(), facts(places=(SANTIAGO,), contacts=earlier), local(CL, "2026-11-30 09:00"))
    assert (decision.outcome, decision.code) == ("defer", "CAP_WEEK")
    assert decision.allowed_at == local(CL, "2026-11-30 10:00")


def test_8_chile_forbids_a_lawsuit_that_has_not_begun() -> None:
    now = local(CL, "2026-11-23 10:00")
    text = "Iniciaremos acciones judiciales."
    decision = decide(sms(text), facts(places=(SANTIAGO,)), now)
    assert (decision.outcome, decision.code) == ("block", "BANNED:UNSTARTED_PROCEEDINGS")
    assert decide(sms(text), facts(places=(SANTIAGO,), proceedings_started=True), now).outcome == "allow"
    elsewhere = decide(sms(text), facts(places=(LIMA,)), now)
    assert (elsewhere.outcome, elsewhere.code, elsewhere.approver) == (
        "needs_approval",
        "TONE:FALSE_LEGAL",
        "supervisor",
    )


def test_9_peru_defers_saturday_to_monday() -> None:
    decision = decide(template(), facts(places=(LIMA,)), local(PE, "2026-11-21 10:00"))
    assert (decision.outcome, decision.allowed_at) == ("defer", local(PE, "2026-11-23 07:00"))


def test_10_ecuador_closes_at_eight_exactly() -> None:
    quito = facts(places=(Place(country="EC", subdivision="P", tz="America/Guayaquil"),))
    eight = local("America/Guayaquil", "2026-11-24 20:00")
    assert decide(sms(), quito, eight - 1).outcome == "allow"
    assert decide(sms(), quito, eight).allowed_at == local("America/Guayaquil", "2026-11-25 08:00")


@pytest.mark.parametrize("day", ["2026-11-24", "2026-07-14"], ids=["winter", "summer"])
def test_11_mexico_goes_by_the_clock_of_the_debtor(day: str) -> None:
    decision = decide(sms(), facts(places=(TIJUANA,)), local("America/Mexico_City", f"{day} 08:30"))
    assert (decision.outcome, decision.allowed_at) == ("defer", local("America/Tijuana", f"{day} 08:00"))


def test_12_sao_paulo_closes_saturday_at_two() -> None:
    two = local(SAO_PAULO, "2026-11-21 14:00")
    assert decide(sms(), facts(places=(SP,)), two - MINUTE).outcome == "allow"
    decision = decide(sms(), facts(places=(SP,)), two)
    assert (decision.outcome, decision.source) == ("defer", "Lei SP 15.426/2014, art. 2")
    assert decision.allowed_at == local(SAO_PAULO, "2026-11-23 08:00")


def test_13_amazonas_waits_for_the_sixteenth_day() -> None:
    manaus = Place(country="BR", subdivision="AM", tz="America/Manaus")
    decision = decide(sms(), facts(places=(manaus,), days_past_due=10), local("America/Manaus", "2026-11-23 10:00"))
    assert (decision.outcome, decision.code) == ("defer", "TOO_EARLY")
    assert decision.allowed_at == local("America/Manaus", "2026-11-30 08:00")  # day 16 is a Sunday
    unknown = decide(sms(), facts(places=(manaus,), days_past_due=None), local("America/Manaus", "2026-11-23 10:00"))
    assert (unknown.outcome, unknown.code, unknown.allowed_at) == ("block", "TOO_EARLY", None)


def test_14_two_possible_states_leave_the_hours_of_both() -> None:
    decision = decide(sms(), facts(places=(SP, RJ), location_ambiguous=True), local(SAO_PAULO, "2026-11-23 08:30"))
    assert (decision.outcome, decision.allowed_at) == ("defer", local(SAO_PAULO, "2026-11-23 09:00"))
    assert decision.warnings == ("LOCATION_AMBIGUOUS",)


def test_15_a_prescribed_debt_is_not_collected() -> None:
    now = local(SAO_PAULO, "2026-11-23 10:00")
    assert decide(sms(), facts(prescribed=True), now).code == "TIME_BARRED"
    assert decide(sms(purpose="reply"), wrote(now - MINUTE, prescribed=True), now).outcome == "allow"


NEW_YORK = Place(country="US", subdivision="NY", tz="America/New_York")
LINE = "Maria, this is Loja Ipê about your account."


def test_16_the_united_states_want_a_way_out_in_every_text() -> None:
    now = local("America/New_York", "2026-11-23 10:00")
    decision = decide(sms(LINE), facts(places=(NEW_YORK,)), now)
    assert (decision.outcome, decision.code) == ("block", "MISSING_ELEMENT:opt_out")
    assert decision.source == "12 CFR 1006.6(e)"
    assert decide(sms(f"{LINE} Reply STOP to opt out."), facts(places=(NEW_YORK,)), now).outcome == "allow"
    answer = decide(whatsapp("Yes, of course.", purpose="reply"), wrote(now - MINUTE, places=(NEW_YORK,)), now)
    assert answer.code == "MISSING_ELEMENT:opt_out"


def test_17_the_united_states_carry_no_third_partys_sms() -> None:
    now = local("America/New_York", "2026-11-23 10:00")
    text = f"{LINE} Reply STOP to opt out."
    decision = decide(sms(text), facts(places=(NEW_YORK,), billing="third_party"), now)
    assert (decision.outcome, decision.code) == ("block", "SMS_PROHIBITED_USE")
    assert decide(sms(text), facts(places=(NEW_YORK,), billing="agency"), now).outcome == "allow"
    assert decide(sms(), facts(billing="third_party"), local(SAO_PAULO, "2026-11-23 10:00")).outcome == "allow"


def test_18_a_dispute_stops_reminders_and_lets_a_person_answer() -> None:
    now = local(SAO_PAULO, "2026-11-23 10:00")
    assert decide(sms(automated=True), facts(disputed_all=True), now).code == "DISPUTE_OPEN"
    assert decide(sms(), facts(disputed_all=True), now).code == "DISPUTE_OPEN"
    known = wrote(now - MINUTE, disputed_all=True)
    assert decide(whatsapp(purpose="reply"), known, now).outcome == "allow"
    assert decide(whatsapp(purpose="reply", automated=True), known, now).code == "DISPUTE_OPEN"


def test_19_an_answer_five_minutes_later_leaves_at_ten_past_ten_at_night() -> None:
    now = local(SAO_PAULO, "2026-11-23 22:10")
    decision = decide(whatsapp(purpose="reply"), wrote(now - 5 * MINUTE), now)
    assert (decision.outcome, decision.purpose, decision.counts) == ("allow", "reply", False)


def test_20_the_second_worker_sees_the_slot_that_the_first_reserved() -> None:
    now = local(SAO_PAULO, "2026-11-23 10:00")
    assert decide(sms(), facts(), now).outcome == "allow"
    assert decide(sms(sender="bruno"), facts(contacts=(contact(now, sender="ana"),)), now).code == "CAP_DAY"


def test_21_a_template_with_an_amount_does_not_reach_an_unproven_address() -> None:
    now = local(SAO_PAULO, "2026-11-23 10:00")
    with_amount = template(level=2, body="Sua fatura: R$ 120,00.")
    for level in (0, 1):
        assert decide(with_amount, facts(disclosure=level), now).code == "DISCLOSURE_TOO_HIGH"
    assert decide(with_amount, facts(disclosure=2), now).outcome == "allow"
    assert decide(with_amount, facts(disclosure=2, shared=True), now).code == "DISCLOSURE_TOO_HIGH"


@pytest.mark.parametrize(
    ("place", "night", "opening"),
    [
        (SANTIAGO, "2026-09-05 23:30", "2026-09-07 08:00"),  # clocks go forward at midnight
        (SANTIAGO, "2026-04-04 23:30", "2026-04-06 08:00"),  # and back
        (TIJUANA, "2026-03-07 23:30", "2026-03-09 08:00"),
        (TIJUANA, "2026-10-31 23:30", "2026-11-02 08:00"),
        (MADRID, "2026-03-28 23:30", "2026-03-30 09:00"),
        (MADRID, "2026-10-24 23:30", "2026-10-26 09:00"),
        (CANARIAS, "2026-03-28 23:30", "2026-03-30 09:00"),
        (NEW_YORK, "2026-03-07 23:30", "2026-03-09 09:00"),
        (NEW_YORK, "2026-10-31 23:30", "2026-11-02 09:00"),
    ],
)
def test_22_the_opening_after_a_clock_change_is_in_wall_time(place: Place, night: str, opening: str) -> None:
    assert place.tz
    text = f"{LINE} Reply STOP to opt out."
    decision = decide(sms(text), facts(places=(place,)), local(place.tz, night))
    assert decision.allowed_at == local(place.tz, opening)


def test_23_a_holiday_of_one_state_closes_that_state_only() -> None:
    ninth = local(SAO_PAULO, "2026-07-09 10:00")
    decision = decide(sms(), facts(places=(SP,)), ninth)
    assert (decision.outcome, decision.code) == ("defer", "HOLIDAY")
    assert decision.allowed_at == local(SAO_PAULO, "2026-07-10 08:00")
    assert decide(sms(), facts(places=(RJ,)), ninth).outcome == "allow"


def test_24_without_facts_the_gate_is_closed() -> None:
    now = local(SAO_PAULO, "2026-11-23 10:00")
    for known in (None, facts(unread=("consents",)), facts(places=()), facts(opt_outs=None), facts(point_state="?")):
        decision = decide(sms(), known, now)
        assert (decision.outcome, decision.code) == ("block", "GATE_UNAVAILABLE")
    nowhere = facts(places=(Place(country=MG.country, tz="America/Atlantis"),))
    assert decide(sms(), nowhere, now).code == "GATE_UNAVAILABLE"
