"""`acordo gate`: which law holds, who has approved it, what is stopped, and why a message may or may not leave."""

from __future__ import annotations

import argparse

from console.clock import SystemClock
from console.commands.explain import Question, explain
from console.commands.finding import find_portfolio
from console.commands.installation import Trouble, installation
from console.commands.secrets import text_of
from console.commands.table import show
from console.gate.approve import Standing, approve, release_switch, standings, throw_switch
from console.gate.profiles import profiles
from console.gate.routes import SCOPES, is_scope
from console.gate.simulate import Plan, simulate, told
from console.gate.weeks import CHANNELS, WAYS
from console.store.transaction import Tx
from console.wire.moment import Ms, parse_rfc3339, rfc3339

PURPOSES = ("reply", "requested_information", "payment_confirmation", "care", "proactive")


def register(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(metavar="VERB", required=True)
    verbs.add_parser("profiles", help="every profile, and how portfolios stand to theirs").set_defaults(
        run=show_profiles
    )
    grant = verbs.add_parser("approve", help="counsel has approved a profile's version for a portfolio")
    grant.add_argument("--portfolio", required=True)
    grant.add_argument("--profile", help="such as BR-SP (default: the portfolio's own)")
    grant.add_argument("--name", required=True, help="who approved")
    grant.add_argument("--document", required=True, help="where their opinion stands")
    grant.set_defaults(run=approve_one)
    why = verbs.add_parser("explain", help="what the gate would say for a debtor on a channel, and why; stores nothing")
    whom = why.add_mutually_exclusive_group(required=True)
    whom.add_argument("--debtor", metavar="ID")
    whom.add_argument("--case", metavar="ID")
    whom.add_argument("case", metavar="CASE", nargs="?", default=argparse.SUPPRESS, help="the same as --case")
    why.add_argument("--portfolio", help="where the debtor has cases in several")
    why.add_argument("--channel", choices=CHANNELS, help="(default: every one on which they can be reached)")
    why.add_argument("--purpose", choices=PURPOSES, default="proactive", help="(default: %(default)s)")
    why.add_argument("--at", type=_moment, help="another moment, such as 2026-11-22T14:00:00-03:00")
    why.add_argument("--text-file", metavar="PATH", help="the text to judge, from a file or - for standard input")
    why.set_defaults(run=explain_one)
    month = verbs.add_parser(
        "simulate", help="what a month of planned contacts would be under a profile; writes to nobody"
    )
    month.add_argument("profile", metavar="PROFILE", help="such as BR-SP")
    month.add_argument(
        "--from", dest="first", type=_moment, help="the first contact, such as 2026-12-01T10:00:00-03:00"
    )
    month.add_argument(
        "--every", type=int, default=1, metavar="DAYS", help="days between contacts (default: %(default)s)"
    )
    month.add_argument("--days", type=int, default=30, help="how long (default: %(default)s)")
    month.add_argument("--channel", action="append", choices=(*CHANNELS, *WAYS), help="in turn; repeat for more")
    month.add_argument("--human", action="store_true", help="a person writes, not a machine")
    month.set_defaults(run=simulate_one)
    halt = verbs.add_parser("stop", help="let nothing out in a scope, at once")
    halt.add_argument("--reason", required=True)
    halt.set_defaults(run=stop)
    verbs.add_parser("release", help="lift a stop").set_defaults(run=release)
    for name in ("stop", "release"):
        verbs.choices[name].add_argument("scope", metavar="SCOPE", help=SCOPES)


def show_profiles(asked: argparse.Namespace) -> int:
    with installation() as services:
        standing = services.store.read_now(standings)
    known = [(each.code, each.version, each.status) for each in profiles().values()]
    show(("profile", "version", "status"), known, "There is no profile.")
    print()
    rows = [(each.portfolio.name, each.profile, _stands(each)) for each in standing]
    show(("portfolio", "profile", "approved"), rows, "There is no portfolio yet.")
    return 0


def approve_one(asked: argparse.Namespace) -> int:
    with installation() as services:
        profile = services.store.write_now(_approve, asked)
    print(f"{asked.name} approved {profile} for {asked.portfolio}; it is written down.")
    return 0


def explain_one(asked: argparse.Namespace) -> int:
    text = None if asked.text_file is None else text_of(asked.text_file, "--text-file")
    question = Question(asked.debtor, asked.case, asked.portfolio, asked.channel, asked.purpose, text, asked.at)
    with installation() as services:
        lines = services.store.read_now(explain, question)
    print("\n".join(lines))
    return 0


def simulate_one(asked: argparse.Namespace) -> int:
    channels = tuple(asked.channel or ("whatsapp",))
    first = asked.first if asked.first is not None else SystemClock().now()
    plan = Plan(profile=asked.profile, first=first, every_days=asked.every, days=asked.days, channels=channels,
                automated=not asked.human)  # fmt: skip
    try:
        steps = simulate(plan)
    except ValueError as error:
        raise Trouble(str(error)) from None
    rows = [
        (rfc3339(each.at), each.channel, each.decision.outcome, each.decision.code,
         rfc3339(each.decision.allowed_at) or "-", each.decision.source)
        for each in steps
    ]  # fmt: skip
    show(("at", "channel", "outcome", "code", "allowed at", "source"), rows, "Nothing is planned.")
    print()
    print(", ".join(f"{count} {code}" for code, count in sorted(told(steps).items())))
    return 0


def stop(asked: argparse.Namespace) -> int:
    if not asked.reason.strip():
        raise Trouble("a stop names its reason")
    with installation() as services:
        services.store.write_now(_throw, asked.scope, asked.reason)
    print(f"Nothing leaves any more in {asked.scope}.")
    return 0


def release(asked: argparse.Namespace) -> int:
    with installation() as services:
        services.store.write_now(release_switch, asked.scope, None)
    print(f"The stop of {asked.scope} is lifted.")
    return 0


def _throw(tx: Tx, scope: str, reason: str) -> None:
    if not is_scope(tx, scope):
        raise Trouble(f"{scope!r} is no scope: {SCOPES}; what it names exists")
    throw_switch(tx, scope, reason, None)


def _approve(tx: Tx, asked: argparse.Namespace) -> str:
    book = find_portfolio(tx, asked.portfolio)
    profile = asked.profile or next(each.profile for each in standings(tx) if each.portfolio.id == book.id)
    approve(tx, book.id, profile, asked.name, asked.document)
    return str(profile)


def _stands(each: Standing) -> str:
    return f"by {each.by} ({each.document})" if each.approved else "no: nothing leaves"


def _moment(text: str) -> Ms:
    try:
        return parse_rfc3339(text)
    except ValueError:
        raise argparse.ArgumentTypeError("a moment is written like 2026-11-22T14:00:00-03:00") from None
