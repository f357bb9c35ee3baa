"""What a server or a worker stands on besides its database: a folder it may write, Redis, and the right time.

Whatever would only fail later, or fail quietly, stops the start here in one line that says how to mend it.
"""

from __future__ import annotations

import asyncio
import tempfile
from typing import NamedTuple

from redis.asyncio import Redis
from redis.exceptions import AuthenticationError, NoPermissionError, RedisError, ResponseError

from console.clock import SystemClock
from console.commands.installation import Trouble
from console.services import Services
from console.settings import Settings
from console.store.transaction import Reader
from console.wire.moment import MINUTE, SECOND, Ms

LAST_BUILT = 1_763_000_000_000  # a clock before this program was written is wrong
WRONG_MS = 2 * MINUTE
"""Leases, windows and lawful hours are judged by each process's own clock: beyond this it does more harm than good."""
REDIS_SECONDS = 3.0


class RedisSaid(NamedTuple):
    """How Redis answered: `trouble` is empty when all is well; `refused` when it answers and will not serve us; `now`:
    its time, once it tells it.
    """

    trouble: str
    refused: bool
    now: Ms = 0


def must_be_well(services: Services) -> list[str]:
    """Raises Trouble for what stops a start; what is only a pity is answered, a line each."""
    _writable(services.settings)
    ours = SystemClock().real()
    if ours < LAST_BUILT:
        raise Trouble("this machine's clock stands in the past: set it, by NTP, then start again")
    _same_time("the database", ours, services.store.read_now(database_time))
    if not services.settings.redis_url:
        return []
    redis = asyncio.run(ask_redis(services.settings.redis_url))
    if redis.refused:
        raise Trouble(redis.trouble)
    if not redis.now:
        return [f"{redis.trouble}. Until then processes hear of each other within a second."]
    _same_time("Redis", SystemClock().real(), redis.now)
    return [redis.trouble] if redis.trouble else []


async def ask_redis(url: str) -> RedisSaid:
    """Whether Redis serves us, and its time."""
    client = Redis.from_url(url, socket_timeout=REDIS_SECONDS, socket_connect_timeout=REDIS_SECONDS, retry=None)
    try:
        seconds, micros = await client.time()
        await client.publish("acordo.doctor", b"")
        trouble = await _why_it_does_not_count(client)
    except (AuthenticationError, NoPermissionError, ResponseError) as error:
        return RedisSaid(_refusal(error), True)
    except (RedisError, OSError, TimeoutError):
        return RedisSaid("Redis does not answer: start it, or unset ACORDO_REDIS_URL", False)
    finally:
        await client.aclose()
    return RedisSaid(trouble, False, int(seconds) * SECOND + int(micros) // 1_000)


async def _why_it_does_not_count(client: Redis) -> str:
    """Limits and mistyped passwords are counted by scripts and keys of ours; without them each process counts alone."""
    try:
        await client.eval("redis.call('SET', KEYS[1], 1, 'PX', 1) return 1", 1, "acordo:doctor")
    except ResponseError:
        return (
            "Redis does not let us count: give its user the keys acordo:* and @read, @write, @scripting and "
            "@transaction on them. Until then each process keeps to the limits by itself"
        )
    return ""


def database_time(reader: Reader) -> Ms:
    """The database server's own clock; ours when it is embedded."""
    return SystemClock().real() if reader.dialect == "sqlite" else reader.server_time()


def _refusal(error: RedisError) -> str:
    told = str(error).upper()
    if isinstance(error, AuthenticationError) or "NOAUTH" in told or "WRONGPASS" in told:
        return (
            "Redis asks for a password, or refuses the one it was given: "
            "put it into ACORDO_REDIS_URL, as redis://:PASSWORD@host:6379/0"
        )
    return "Redis refuses what it is asked: give its user the rights to PUBLISH, SUBSCRIBE and TIME"


def _same_time(whose: str, ours: Ms, theirs: Ms) -> None:
    if abs(ours - theirs) > WRONG_MS:
        raise Trouble(
            f"this machine's clock and that of {whose} differ by {abs(ours - theirs) // SECOND} seconds: "
            "set both, by NTP, then start again"
        )


def _writable(settings: Settings) -> None:
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=settings.data_dir).close()
    except OSError as error:
        raise Trouble(
            f"{settings.data_dir} cannot be written ({error.strerror}): give it to this user, or name another folder "
            "with ACORDO_DATA_DIR"
        ) from None
