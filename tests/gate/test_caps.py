"""How often: by the rolling and the calendar reading, the stricter of both."""

from __future__ import annotations

import pytest

from console.gate.caps import waits
from console.gate.decide import decide
from console.gate.profiles import effective
from console.gate.types import Contact
from console.wire.moment import DAY, HOUR, MINUTE, SECOND
from tests.gate.cast import BOGOTA, SANTIAGO, SAO_PAULO, contact, facts, local, sms, template, whatsapp, wrote

BR, CO, CL = SAO_PAULO, "America/Bogota", "America/Santiago"


def test_a_day_is_24_hours_and_a_calendar_day() -> None:
    first = contact(local(BR, "2026-11-23 15:00"))
    known = facts(contacts=(first,))
    assert decide(sms(), known, local(BR, "2026-11-23 19:59")).code == "CAP_DAY"
    early = decide(sms(), known, local(BR, "2026-11-24 14:59"))
    assert (early.code, early.allowed_at) == ("CAP_DAY", local(BR, "2026-11-24 15:00"))
    assert decide(sms(), known, local(BR, "2026-11-24 15:00")).outcome == "allow"


def test_on_a_day_of_25_hours_the_calendar_is_the_stricter_reading() -> None:
    first = contact(local(CL, "2026-04-04 00:10"))  # the day ends an hour late
    late = local("UTC", "2026-04-05 03:30")  # 23:30 for the second time, 24 h 20 min later
    law = effective((SANTIAGO,))
    day = next(w for w in waits(sms(), (first,), law.caps, law.zones) if w.cap.code == "CAP_DAY")
    assert late - first.at > DAY
    assert day.until == local(CL, "2026-04-05 00:00") > late


def test_three_in_seven_days_leave_no_fourth() -> None:
    earlier = tuple(contact(local(BR, f"2026-11-{day} 09:00")) for day in (17, 18, 19))
    decision = decide(sms(), facts(contacts=earlier), local(BR, "2026-11-23 09:00"))
    assert (decision.code, decision.allowed_at) == ("CAP_WEEK", local(BR, "2026-11-24 09:00"))
    assert decide(sms(), facts(contacts=earlier[1:]), local(BR, "2026-11-23 09:00")).outcome == "allow"


def test_contacts_that_do_not_count_do_not_count() -> None:
    now = local(BR, "2026-11-23 15:00")
    replies = tuple(contact(now - n * HOUR, counts=False, purpose="reply") for n in range(1, 5))
    assert decide(sms(), facts(contacts=replies), now).outcome == "allow"


def test_calls_made_elsewhere_count_and_lock() -> None:
    now = local(CO, "2026-11-25 10:00")
    call = contact(now - 2 * DAY, "call")
    assert decide(sms(), facts(places=(BOGOTA,), contacts=(call,)), now).code == "CHANNEL_LOCK"
    chile = local(CL, "2026-11-25 10:00")
    assert decide(sms(), facts(places=(SANTIAGO,), contacts=(contact(chile - DAY, "call"),)), chile).outcome == "allow"


def test_the_lock_frees_the_channel_on_which_the_week_began() -> None:
    now = local(CO, "2026-11-25 10:00")
    known = facts(places=(BOGOTA,), contacts=(contact(now - 2 * DAY, "sms"),), approved=frozenset({"CAP_WEEK"}))
    assert decide(sms(), known, now).outcome == "allow"
    assert decide(template(), known, now).code == "CHANNEL_LOCK"


def test_a_second_contact_of_the_week_is_a_matter_of_approval_for_people_and_of_waiting_for_machines() -> None:
    now = local(CO, "2026-11-25 10:00")
    known = facts(places=(BOGOTA,), contacts=(contact(now - 2 * DAY),))
    person = decide(sms(), known, now)
    assert (person.outcome, person.code, person.approver) == ("needs_approval", "CAP_WEEK", "supervisor")
    machine = decide(sms("Olá, Maria. Aqui é a Loja Ipê.", automated=True), known, now)
    assert (machine.outcome, machine.code) == ("defer", "CAP_WEEK")
    assert machine.allowed_at == now + 5 * DAY


@pytest.mark.parametrize(("sent", "opens"), [("08:00", "08:00"), ("19:59", "08:00")])
def test_the_gap_counts_whole_days_whatever_the_hour(sent: str, opens: str) -> None:
    first = contact(local(CL, f"2026-11-23 {sent}"))
    decision = decide(sms(), facts(places=(SANTIAGO,), contacts=(first,)), local(CL, "2026-11-25 12:00"))
    assert (decision.code, decision.allowed_at) == ("GAP", local(CL, f"2026-11-26 {opens}"))


def bubbles(first: int, count: int, sender: str = "ana") -> tuple[Contact, ...]:
    return tuple(contact(first + n * 10 * SECOND, sender=sender) for n in range(count))


def test_three_bubbles_within_two_minutes_are_one_contact() -> None:
    first = local(BR, "2026-11-23 10:00")
    for count in (1, 2):
        decision = decide(sms(), facts(contacts=bubbles(first, count)), first + MINUTE)
        assert (decision.outcome, decision.counts) == ("allow", False)
    assert decide(sms(), facts(contacts=bubbles(first, 3)), first + MINUTE).code == "CAP_DAY"


def test_a_burst_ends_after_two_minutes_and_belongs_to_one_sender_on_one_channel() -> None:
    first = local(BR, "2026-11-23 10:00")
    known = facts(contacts=bubbles(first, 1), window_closes_at=first + DAY)
    assert decide(sms(), known, first + 2 * MINUTE - 1).outcome == "allow"
    assert decide(sms(), known, first + 2 * MINUTE).code == "CAP_DAY"
    assert decide(sms(sender="bruno"), known, first + MINUTE).code == "CAP_DAY"
    assert decide(whatsapp(), known, first + MINUTE).code == "CAP_DAY"
    assert decide(sms(sender=""), facts(contacts=bubbles(first, 1, "")), first + MINUTE).code == "CAP_DAY"


def test_bubbles_in_the_past_fill_one_place_of_the_week() -> None:
    now = local(BR, "2026-11-26 10:00")
    past = (*bubbles(now - 2 * DAY, 3), *bubbles(now - 3 * DAY, 3))
    assert decide(sms(), facts(contacts=past), now).outcome == "allow"
    assert decide(sms(), facts(contacts=(*past, *bubbles(now - 4 * DAY, 1))), now).code == "CAP_WEEK"


def test_a_slot_reserved_for_later_is_taken_already() -> None:
    now = local(BR, "2026-11-23 10:00")
    reserved = contact(now + 10 * MINUTE, "call")
    assert decide(sms(), facts(contacts=(reserved,)), now).code == "CAP_DAY"


def test_an_old_contact_does_not_free_the_newer_ones() -> None:
    now = local(BR, "2026-11-26 10:00")
    earlier = tuple(contact(now - n * DAY) for n in (9, 3, 2, 1))
    decision = decide(sms(), facts(contacts=earlier), now)
    assert (decision.code, decision.allowed_at) == ("CAP_WEEK", local(BR, "2026-11-30 10:00"))


def test_a_locked_answer_waits_for_the_hours_once_it_is_no_answer_any_more() -> None:
    friday = local(CO, "2026-11-20 20:00")
    call = contact(local(CO, "2026-11-15 10:00"), "call")
    known = wrote(friday - MINUTE, places=(BOGOTA,), contacts=(call,), point_last_inbound_at=None)
    decision = decide(sms(purpose="reply"), known, friday)
    assert (decision.code, decision.purpose) == ("CHANNEL_LOCK", "reply")
    assert decision.allowed_at == local(CO, "2026-11-23 07:00")  # the lock ends on Sunday
