"""Signing in: guesses are slow, a wrong name costs what a wrong password costs, and the cookie is always a new one."""

from __future__ import annotations

from console.errors import Unauthenticated
from console.people import passwords, sessions
from console.people.models import user
from console.people.queries import User, user_by_email
from console.people.throttle import Throttle
from console.settings import Settings
from console.store.statement import change
from console.store.store import Store
from console.store.transaction import Tx


async def sign_in(
    store: Store, throttle: Throttle, email: str, password: str, *, address: str, agent: str
) -> tuple[User, sessions.Started]:
    """Raises Unauthenticated (never saying what was wrong) or RateLimited."""
    account = email.strip().lower()[:320]
    throttle.check(account, address)
    await throttle.check_shared(account, address)
    found = await store.read(user_by_email, account)
    right = await passwords.matches(password, found.password_hash if found else None)
    if not right or found is None or found.disabled_at is not None or found.role == "integration":
        throttle.failed(account, address)
        await throttle.failed_shared(account, address)
        raise Unauthenticated("The e-mail address or the password is wrong.")
    throttle.succeeded(account, address)
    await throttle.succeeded_shared(account, address)
    if found.password_hash and passwords.stale(found.password_hash):
        fresh = await passwords.hashed(password)
        await store.write(lambda tx: change(tx, user, {"id": found.id}, password_hash=fresh))
    return found, await store.write(sessions.start, found.id, agent)


def begin_session(tx: Tx, user_id: str, agent: str, settings: Settings) -> sessions.Started:
    """A session without a password, for the demo's people, who sign in by one click. Raises Unauthenticated."""
    sessions.sweep(tx, settings)
    return sessions.start(tx, user_id, agent)
