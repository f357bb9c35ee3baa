"""`acordo portfolio`: a creditor's book, with the place, tongue and money of its debtors."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

import msgspec
from msgspec import structs

from channels.payments import PROVIDERS
from console.admin.portfolios import disable_portfolio
from console.commands import ready
from console.commands.finding import find_portfolio, find_team
from console.commands.installation import Trouble, installation
from console.commands.secrets import text_of
from console.commands.table import show
from console.gate.conduct import Attestation, Collector, Conduct, conduct_of, set_conduct
from console.gate.profiles import countries, profile_for
from console.gate.terms import BookTerms, set_terms, terms_of
from console.gate.types import Place
from console.ledger.accrual import ORDER
from console.ledger.allocation import Allocation, allocation_of, set_allocation
from console.ledger.authority import LEVELS, Limits
from console.ledger.charges import Terms
from console.negotiation.empower import BUCKETS, Granting, OwnLimits, granting_of, set_cash_increment, set_limits
from console.negotiation.means import set_instructions, set_provider
from console.people.queries import teams
from console.portfolios.queries import all_portfolios, teams_of
from console.portfolios.set_up import NewPortfolio, add_portfolio, serve_portfolio
from console.store.transaction import Reader, Tx

_CREDITOR = ("legal_name", "tax_id", "address", "help")


def register(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(metavar="VERB", required=True)
    add = verbs.add_parser("add", help="make a portfolio")
    add.add_argument("--name", required=True)
    add.add_argument("--jurisdiction", required=True, help="country or state of its debtors, such as BR or BR-SP")
    add.add_argument("--timezone", required=True, help="such as America/Sao_Paulo")
    add.add_argument("--language", default="pt-BR", help="of its debtors (default: %(default)s)")
    add.add_argument("--currency", required=True, help="such as BRL")
    add.add_argument("--team", action="append", default=[], help="a team that serves it, the default one first")
    add.add_argument("--legal-name", default="", help="the creditor's, as collections must show it")
    add.add_argument("--tax-id", default="", help="the creditor's")
    add.add_argument("--address", default="", help="the creditor's")
    add.add_argument("--help-line", dest="help", default="", help="where debtors find a person")
    add.set_defaults(run=add_one)
    verbs.add_parser("list", help="all portfolios").set_defaults(run=show_all)
    ready.register(verbs, ready.of_portfolio)
    conduct = verbs.add_parser("conduct", help="how it is collected: who collects, where links lead")
    conduct.add_argument("name", metavar="NAME")
    conduct.add_argument("--billing", choices=("first_party", "agency", "third_party"))
    conduct.add_argument(
        "--link-domain", action="append", metavar="DOMAIN", help="where links may lead; repeat for more"
    )
    conduct.add_argument("--attested-by", metavar="PERSON", help="who answers for the use of WhatsApp by a third party")
    conduct.add_argument("--document", help="why its policy allows it")
    conduct.add_argument(
        "--collector",
        nargs=3,
        metavar=("NAME", "ADDRESS", "CONTACT"),
        help="who collects for the creditor",
    )
    conduct.set_defaults(run=conduct_one)
    terms = verbs.add_parser("terms", help="fine and interest of debts that name none; what came before keeps its own")
    terms.add_argument("name", metavar="NAME")
    terms.add_argument("--fine-bp", type=int, metavar="BP", help="once, when it is late: 200 is 2 %%")
    terms.add_argument("--interest-bp", type=int, metavar="BP", help="simple, for 30 days, by the day: 100 is 1 %%")
    terms.set_defaults(run=terms_one)
    order = verbs.add_parser("allocation", help="in which order a payment settles fees, fine, interest, principal")
    order.add_argument("name", metavar="NAME")
    order.add_argument("--order", metavar="PART,…", help=f"each once, what is paid first first: {','.join(ORDER)}")
    order.set_defaults(run=allocation_one)
    may = verbs.add_parser("authority", help="what each level may grant in a plan, and the steps cash is paid in")
    may.add_argument("name", metavar="NAME")
    may.add_argument("--level", choices=LEVELS, help="whose limits")
    may.add_argument("--bucket", choices=BUCKETS, help="for debts so late only (default: for all)")
    may.add_argument("--extras-bp", type=int, metavar="BP", help="discount on fine, interest and fees: 10000 is all")
    may.add_argument("--principal-bp", type=int, metavar="BP", help="discount on the principal: 500 is 5 %%")
    may.add_argument("--instalments", type=int, metavar="N", help="at most")
    may.add_argument("--down-bp", type=int, metavar="BP", help="the down payment's least share of the total")
    may.add_argument("--days", type=int, metavar="N", help="business days an offer may stand")
    may.add_argument("--defaults", action="store_true", help="bring the defaults of the house back")
    may.add_argument("--cash-increment", type=int, metavar="MINOR", help="5000 is 50 pesos; 1 takes it back")
    may.set_defaults(run=authority_one)
    pay = verbs.add_parser("pay", help="how its creditor is paid: the Pix key, further means, who tells of payments")
    pay.add_argument("name", metavar="NAME")
    pay.add_argument("--pix-key", help="CPF, CNPJ, phone, e-mail or random key of the creditor")
    pay.add_argument("--pix-name", default="", help="the payee, as payers see it")
    pay.add_argument("--pix-city", default="", help="the payee's city")
    pay.add_argument("--means-file", help='further means as JSON: [{"kind", "title": {}, "text": {}}]')
    pay.add_argument("--provider", choices=sorted(PROVIDERS), help="whose payment notices are taken")
    pay.add_argument("--secret-file", default="-", help="the provider's webhook secret (default: from stdin)")
    pay.add_argument("--token-file", help="the access token of a provider that makes links")
    pay.set_defaults(run=pay_one)
    disable = verbs.add_parser("disable", help="switch its inboxes off: nothing leaves, nothing is taken")
    disable.add_argument("name", metavar="NAME")
    disable.set_defaults(run=disable_one)


def add_one(asked: argparse.Namespace) -> int:
    with installation() as services:
        made = services.store.write_now(_add, asked)
    print(f"Made the portfolio {asked.name}, id {made}.")
    return 0


def show_all(asked: argparse.Namespace) -> int:
    with installation() as services:
        rows = services.store.read_now(_rows)
    show(("name", "jurisdiction", "zone", "language", "currency", "teams", "state", "id"), rows,
         "There is no portfolio yet.")  # fmt: skip
    return 0


def conduct_one(asked: argparse.Namespace) -> int:
    if bool(asked.attested_by) != bool(asked.document):
        raise Trouble("an attestation needs --attested-by and --document")
    given = {"billing": asked.billing, "link_domains": asked.link_domain}
    if asked.attested_by:
        given["whatsapp_attestation"] = Attestation(asked.attested_by, asked.document)
    if asked.collector:
        given["collector"] = Collector(*asked.collector)
    wish = Conduct(**{name: value for name, value in given.items() if value is not None})
    with installation() as services:
        stands = services.store.write_now(_conduct, asked.name, wish)
    for name, value in stands.items():
        print(f"{name:<21} {value if value not in ([], None) else '-'}")
    return 0


def terms_one(asked: argparse.Namespace) -> int:
    wish = Terms(asked.fine_bp, asked.interest_bp)
    with installation() as services:
        if wish == Terms():
            stands = services.store.read_now(lambda reader: terms_of(reader, find_portfolio(reader, asked.name).id))
        else:
            stands = services.store.write_now(_terms, asked.name, wish)
    most = stands.ceilings
    for name in Terms.__struct_fields__:
        ceiling = None if most is None else getattr(most, name)
        told = f"{name:<21} {getattr(stands, name)}"
        print(told if most is None or ceiling is None else f"{told:<28} at most {ceiling}: {most.source}")
    return 0


def allocation_one(asked: argparse.Namespace) -> int:
    def stands(tx: Tx) -> Allocation:
        book = find_portfolio(tx, asked.name).id
        if asked.order is not None:
            set_allocation(tx, book, Allocation([each.strip() for each in asked.order.split(",")]))
        return allocation_of(tx, book)

    with installation() as services:
        print(", ".join(services.store.write_now(stands).order))
    return 0


def authority_one(asked: argparse.Namespace) -> int:
    wish = OwnLimits(**{name: getattr(asked, name) for name in OwnLimits.__struct_fields__})
    if asked.defaults and wish != OwnLimits():
        raise Trouble("--defaults brings all limits back: give it without new ones")
    named = asked.defaults or wish != OwnLimits()
    if named != bool(asked.level) or (asked.bucket and not named):
        raise Trouble("name whose limits with --level, and a limit or --defaults with it")
    with installation() as services:
        if named or asked.cash_increment is not None:
            services.store.write_now(_empower, asked, None if asked.defaults else wish)
        stands = services.store.read_now(lambda reader: granting_of(reader, find_portfolio(reader, asked.name).id))
    show(("level", "bucket", *Limits.__struct_fields__), _granting(stands), "")
    print(f"cash_increment {stands.cash_increment}")
    return 0


def pay_one(asked: argparse.Namespace) -> int:
    given: dict[str, object] = {}
    if asked.pix_key:
        given["pix"] = {"key": asked.pix_key, "name": asked.pix_name, "city": asked.pix_city}
    if asked.means_file:
        given["means"] = msgspec.json.decode(Path(asked.means_file).read_bytes())
    given_secrets = {}
    if asked.provider:
        given_secrets["webhook_secret"] = text_of(asked.secret_file, "--secret-file").strip()
    if asked.token_file:
        given_secrets["access_token"] = text_of(asked.token_file, "--token-file").strip()
    with installation() as services:
        book = services.store.read_now(find_portfolio, asked.name)
        if given:
            services.store.write_now(lambda tx: set_instructions(tx, book.id, given))
        if asked.provider:
            services.store.write_now(
                lambda tx: set_provider(tx, services.vault, book.id, asked.provider, given_secrets)
            )
    print(f"{asked.name} is paid as told.")
    return 0


def disable_one(asked: argparse.Namespace) -> int:
    with installation() as services:
        services.store.write_now(lambda tx: disable_portfolio(tx, find_portfolio(tx, asked.name).id))
    print(f"Disabled the portfolio {asked.name} and its inboxes.")
    return 0


def _add(tx: Tx, asked: argparse.Namespace) -> str:
    country, _, subdivision = asked.jurisdiction.partition("-")
    if re.fullmatch("[A-Z]{2}", country) and profile_for(Place(country=country, subdivision=subdivision)) is None:
        known = ", ".join(countries())
        raise Trouble(
            f"jurisdiction: no law is known here of {country}, so that nothing would ever leave; of {known} it is"
        )
    creditor = {name: getattr(asked, name) for name in _CREDITOR if getattr(asked, name)}
    new = NewPortfolio(
        name=asked.name, jurisdiction=asked.jurisdiction, timezone=asked.timezone, language=asked.language,
        currency=asked.currency, creditor=creditor,
    )  # fmt: skip
    made = add_portfolio(tx, new)
    for called in asked.team:
        serve_portfolio(tx, made, find_team(tx, called).id)
    return made


def _conduct(tx: Tx, name: str, wish: Conduct) -> dict[str, object]:
    book = find_portfolio(tx, name)
    set_conduct(tx, book.id, wish)
    return conduct_of(tx, book.id)


def _terms(tx: Tx, name: str, wish: Terms) -> BookTerms:
    book = find_portfolio(tx, name)
    set_terms(tx, book.id, wish)
    return terms_of(tx, book.id)


def _empower(tx: Tx, asked: argparse.Namespace, wish: OwnLimits | None) -> None:
    book = find_portfolio(tx, asked.name)
    if asked.level:
        set_limits(tx, book.id, asked.level, asked.bucket, wish)
    if asked.cash_increment is not None:
        set_cash_increment(tx, book.id, asked.cash_increment)


def _granting(stands: Granting) -> list[tuple[object, ...]]:
    """A level's limits in one row where they are the same for all buckets."""
    found: list[tuple[object, ...]] = []
    for level, buckets in stands.limits.items():
        same = len(set(buckets.values())) == 1
        each = {"all": next(iter(buckets.values()))} if same else buckets
        found += [(level, bucket, *structs.astuple(most)) for bucket, most in each.items()]
    return found


def _rows(reader: Reader) -> list[tuple[object, ...]]:
    names = {each.id: each.name for each in teams(reader)}
    return [
        (each.name, each.jurisdiction, each.timezone, each.language, each.currency,
         ", ".join(names[team] for team in teams_of(reader, each.id) if team in names) or "-",
         "disabled" if each.disabled_at is not None else "active", each.id)
        for each in all_portfolios(reader)
    ]  # fmt: skip
