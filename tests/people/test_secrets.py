"""Passwords, and how slowly they may be guessed."""

from __future__ import annotations

import asyncio

import pytest

from console.clock import FixedClock
from console.errors import Invalid, RateLimited
from console.people import passwords
from console.people.throttle import Throttle

NOW = 1_795_000_000_000


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


async def test_a_password_matches_its_own_hash_alone() -> None:
    phc = await passwords.hashed("uma senha comprida")
    assert phc.startswith("$argon2id$v=19$m=47104,t=1,p=1$")
    assert await passwords.matches("uma senha comprida", phc)
    assert not await passwords.matches("outra senha comprida", phc)
    assert not passwords.stale(phc)


async def test_nobodys_password_never_matches() -> None:
    assert not await passwords.matches("the password of nobody at all", None)
    assert not await passwords.matches("x", "not a hash")


async def test_hashes_are_made_two_at_a_time_and_the_loop_goes_on() -> None:
    hashing = asyncio.gather(*(passwords.hashed("uma senha comprida") for _ in range(6)))
    turns = 0
    while not hashing.done():
        turns += 1
        await asyncio.sleep(0.001)
    assert turns > 5 and passwords._threads._max_workers == 2


@pytest.mark.parametrize("password", ["", "short", "x" * 257, "aaaaaaaaaaaa", "ana@demo.acordo.example"])
def test_a_weak_password_is_refused(password: str) -> None:
    with pytest.raises(Invalid):
        passwords.check_new(password, known=("ana@demo.acordo.example",))


def test_a_long_password_is_fine() -> None:
    passwords.check_new("correct horse battery")
    passwords.check_new("ñ" + "🐎bcdefghijk")


def test_five_failures_close_the_account_to_that_address(clock: FixedClock) -> None:
    throttle = Throttle(clock, loopback_is_free=False)
    for _ in range(5):
        throttle.check("ana", "1.2.3.4")
        throttle.failed("ana", "1.2.3.4")
    with pytest.raises(RateLimited) as refused:
        throttle.check("ana", "1.2.3.4")
    assert refused.value.facts["retry_after"] == 901
    throttle.check("ana", "5.6.7.8")
    throttle.check("bruno", "1.2.3.4")
    clock.advance(15 * 60_000 + 1)
    throttle.check("ana", "1.2.3.4")


def test_only_failures_count(clock: FixedClock) -> None:
    throttle = Throttle(clock, loopback_is_free=False)
    for _ in range(100):
        throttle.check("ana", "1.2.3.4")
        throttle.succeeded("ana", "1.2.3.4")


def test_one_address_that_tries_many_accounts_is_closed_after_twenty(clock: FixedClock) -> None:
    throttle = Throttle(clock, loopback_is_free=False)
    for n in range(20):
        throttle.check(f"user{n}", "1.2.3.4")
        throttle.failed(f"user{n}", "1.2.3.4")
    with pytest.raises(RateLimited):
        throttle.check("fresh", "1.2.3.4")


def test_an_account_attacked_from_everywhere_stays_open_to_where_its_owner_signed_in(clock: FixedClock) -> None:
    throttle = Throttle(clock, loopback_is_free=False)
    throttle.succeeded("ana", "10.0.0.1")
    for n in range(50):
        throttle.failed("ana", f"9.9.{n}.1")
    with pytest.raises(RateLimited):
        throttle.check("ana", "9.9.99.1")
    throttle.check("ana", "10.0.0.1")


def test_the_loopback_is_free_in_the_demo_alone(clock: FixedClock) -> None:
    for free in (True, False):
        throttle = Throttle(clock, loopback_is_free=free)
        for _ in range(30):
            throttle.failed("ana", "127.0.0.1")
        if free:
            throttle.check("ana", "127.0.0.1")
        else:
            with pytest.raises(RateLimited):
                throttle.check("ana", "127.0.0.1")


def test_the_memory_of_failures_is_bounded(clock: FixedClock) -> None:
    throttle = Throttle(clock, loopback_is_free=False)
    for n in range(30_000):
        throttle.failed(f"u{n}", "1.2.3.4")
    assert len(throttle._failures) <= 20_000
