"""Passwords: argon2id with 46 MiB, one pass, one lane (OWASP's sheet), two at a time and never on the event loop."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from console.errors import Invalid

SHORTEST, LONGEST = 12, 256
_MEMORY_KIB = 46 * 1024
_hasher = PasswordHasher(time_cost=1, memory_cost=_MEMORY_KIB, parallelism=1)
_threads = ThreadPoolExecutor(2, thread_name_prefix="argon2")


def check_new(password: str, *, known: tuple[str, ...] = ()) -> None:
    """Raises Invalid unless a new password is 12 to 256 characters and is not made of what is known of its owner."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise Invalid(f"A password has {SHORTEST} to {LONGEST} characters.", field="password")
    lowered = password.casefold()
    if len(set(lowered)) < 5 or any(word and lowered == word.casefold() for word in known):
        raise Invalid("This password is too easy to guess.", field="password")


def hash_now(password: str) -> str:
    """The PHC string of a password. Takes some 50 ms and 46 MiB: for commands, or inside `hashed`."""
    return _hasher.hash(password)


async def hashed(password: str) -> str:
    return await asyncio.get_running_loop().run_in_executor(_threads, hash_now, password)


async def matches(password: str, phc: str | None) -> bool:
    """Whether the password is right. Somebody without a password costs the same time as somebody with one."""
    return await asyncio.get_running_loop().run_in_executor(_threads, _matches, password, phc)


def stale(phc: str) -> bool:
    """Whether a hash was made with weaker numbers than today's, and should be made anew at the next sign-in."""
    return _hasher.check_needs_rehash(phc)


def _matches(password: str, phc: str | None) -> bool:
    if len(password) > LONGEST:
        return False
    try:
        return _hasher.verify(phc or _nobody(), password) and phc is not None
    except (VerificationError, InvalidHashError):
        return False


@lru_cache(maxsize=1)
def _nobody() -> str:
    return hash_now("the password of nobody at all")
