"""How one pays a creditor, as data of the portfolio (settings, `payment`): the Pix key, and further means in words.

The payee is always the creditor. A reference that travels with a Pix is the debtor's account in that portfolio: 128
bits in 25 letters and digits, so that money finds its debtor without a table.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct, ValidationError, convert, field, to_builtins
from sqlalchemy import bindparam, select

from channels.payments import PROVIDERS, Account
from channels.types import Secrets
from console.access.actor import Actor
from console.access.debtors import must_see_debtor
from console.audit.record import record
from console.cases.itemise import itemised
from console.debtors.models import account
from console.debtors.queries import get as debtor
from console.errors import Conflict, Invalid, NotFound
from console.ledger.balance import portfolio_of
from console.ledger.charge_codes import judged_codes
from console.ledger.models import pay_provider
from console.ledger.owed import owed, today_of
from console.ledger.pix import BadPix, Payee, build, key_kind, plain, svg
from console.ledger.said import money
from console.negotiation import rows
from console.portfolios.models import portfolio
from console.portfolios.queries import PortfolioRow, get_portfolio
from console.store.base import dump, load
from console.store.statement import Query, change, put, value
from console.store.transaction import Reader, Tx
from console.store.vault import Vault
from console.wire.ids import new_id
from console.wire.paging import Paging, paged
from console.wire.shapes import Money

_TITLES = {"boleto": "Boleto", "pix": "Pix"}
_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ACCOUNT = Query(
    select(account.c.id).where(
        account.c.debtor_id == bindparam("debtor_id"), account.c.portfolio_id == bindparam("portfolio_id")
    ),
    value,
)
_OWNER = Query(
    select(account.c.debtor_id, account.c.portfolio_id).where(account.c.id == bindparam("id")), lambda *both: both
)


_SEALED = Query(
    select(pay_provider.c.secrets).where(
        pay_provider.c.portfolio_id == bindparam("portfolio_id"), pay_provider.c.provider == bindparam("provider")
    ),
    value,
)
_AT = Query(
    select(pay_provider.c.portfolio_id, pay_provider.c.secrets).where(pay_provider.c.provider == bindparam("provider")),
    lambda *both: both,
)


class PixKey(Struct, frozen=True, forbid_unknown_fields=True):
    key: str
    name: str
    city: str


class Means(Struct, frozen=True, forbid_unknown_fields=True):
    """One further way to pay: `text` in the debtors' languages, shown as it stands."""

    kind: str  # clabe, store, pse, card, cash, transfer, …
    title: dict[str, str]
    text: dict[str, str]


class Instructions(Struct, frozen=True, forbid_unknown_fields=True):
    """A portfolio's `payment` settings."""

    pix: PixKey | None = None
    means: list[Means] = field(default_factory=list)


class PixQuery(Struct, frozen=True, forbid_unknown_fields=True):
    """The query of GET /debtors/{id}/pix. `amount` in cents; left out: what is due next."""

    amount: int | None = None
    portfolio: str | None = None


class PixCode(Struct, frozen=True, kw_only=True):
    """`br_code` to copy, `svg` to scan; who is paid, and the reference that travels along. `items`: what the amount is
    made of, in the debtor's language, where the law wants it beside the code; else "".
    """

    br_code: str
    svg: str
    amount: Money
    payee: str
    tax_id: str
    reference: str
    items: str = ""


class Way(Struct, frozen=True, kw_only=True):
    kind: str
    title: str
    text: str


class Ways(Struct, frozen=True):
    items: list[Way]
    next: str | None


class PortfolioQuery(Paging, frozen=True, forbid_unknown_fields=True):
    portfolio: str | None = None


def pix_for(reader: Reader, actor: Actor, debtor_id: str, query: PixQuery) -> PixCode:
    """A static code for what a debtor owes. Raises NotFound, Invalid naming the field, Conflict when there is none."""
    must_see_debtor(reader, actor, debtor_id)
    book = get_portfolio(reader, portfolio_of(reader, actor, debtor_id, query.portfolio))
    pix = instructions(book).pix
    if pix is None or book.currency != "BRL":
        raise Conflict("This portfolio takes no Pix: set its key with `acordo portfolio pay`.")
    left, due = due_next(reader, debtor_id, book.id)
    amount = due if query.amount is None else query.amount
    if not 0 < amount <= max(left, due):
        raise Invalid("An amount is more than nothing and at most what is owed, in cents.", field="amount", owed=left)
    name = reference(reader, debtor_id, book.id)
    code = build(Payee(pix.key, pix.name, pix.city), amount=amount, txid=name)
    creditor = load(book.creditor)
    said = money(Money(amount, "BRL"))
    items = itemised(reader, debtor_id, book.id, said).removeprefix(said).strip()
    return PixCode(br_code=code, svg=svg(code), amount=Money(amount, "BRL"), payee=plain(pix.name, 25),
                   tax_id=creditor.get("tax_id", ""), reference=name, items=items)  # fmt: skip


def ways(reader: Reader, actor: Actor, debtor_id: str, query: PortfolioQuery) -> Ways:
    """How this debtor can pay, in their language, what they prefer first. Raises NotFound, Invalid."""
    must_see_debtor(reader, actor, debtor_id)
    book = get_portfolio(reader, portfolio_of(reader, actor, debtor_id, query.portfolio))
    told = instructions(book)
    person = debtor(reader, debtor_id)
    language = person.language
    items = [Way(kind="pix", title="Pix", text="")] if told.pix is not None else []
    items += _of_creditor(reader, debtor_id, book.id)
    items += [
        Way(kind=each.kind, title=_in(each.title, language, book.language),
            text=_in(each.text, language, book.language))
        for each in told.means
    ]  # fmt: skip
    items.sort(key=lambda each: each.kind != person.preferred_means)
    return Ways(*paged(items, lambda each: (f"{items.index(each):04}",), query))


def _of_creditor(reader: Reader, debtor_id: str, portfolio_id: str) -> list[Way]:
    """The creditor's own boletos and Pix codes that are still true."""
    return [
        Way(kind=each.code.kind, title=f"{_TITLES[each.code.kind]} {each.of.number}", text=each.code.value)
        for each in judged_codes(reader, debtor_id, portfolio_id) if not each.why and each.code.kind in _TITLES
    ]  # fmt: skip


def due_next(reader: Reader, debtor_id: str, portfolio_id: str) -> tuple[int, int]:
    """(what is owed, what is due next): a plan's instalments up to today or its next one, else everything."""
    left = owed(reader, debtor_id, portfolio_id).total_minor or 0
    plan = rows.live_plan(reader, debtor_id, portfolio_id)
    if plan is None:
        return left, left
    today = today_of(reader, debtor_id).isoformat()
    unpaid = [each for each in rows.instalments(reader, plan.id) if each.paid_minor < each.amount_minor]
    asked = [each for each in unpaid if each.due <= today] or unpaid[:1]
    return left, sum(each.amount_minor - each.paid_minor for each in asked)


def instructions(book: PortfolioRow) -> Instructions:
    return convert(load(book.settings).get("payment", {}), Instructions)


def set_instructions(tx: Tx, portfolio_id: str, given: dict[str, Any], by: str | None = None) -> Instructions:
    """Write down how the creditor is paid. Raises Invalid, naming the field and how to mend it."""
    book = get_portfolio(tx, portfolio_id)
    try:
        told = convert(given, Instructions)
    except ValidationError as error:
        raise Invalid(f"The payment instructions are not right: {error}", field="payment") from None
    if told.pix is not None:
        if book.currency != "BRL":
            raise Invalid("Pix pays in reais: this portfolio is kept in another currency.", field="pix")
        try:
            key_kind(told.pix.key)
        except BadPix as error:
            raise Invalid(str(error), field="pix.key") from None
        for name in ("name", "city"):
            if not plain(getattr(told.pix, name), 25):
                raise Invalid("A code names the payee and its city.", field=f"pix.{name}")
    settings = {**load(book.settings), "payment": to_builtins(told)}
    change(tx, portfolio, {"id": book.id}, settings=dump(settings))
    record(tx, by, "portfolio.payment_changed", f"portfolio:{book.id}")
    return told


def set_provider(
    tx: Tx, vault: Vault, portfolio_id: str, provider: str, secrets: Mapping[str, str], *, origin: str = "",
    by: str | None = None,
) -> None:  # fmt: skip
    """Take a provider's payment notices for a portfolio, and have it make links where it can. `origin` stands in for
    the provider's own (a sandbox). Raises Invalid, naming the secret.
    """
    get_portfolio(tx, portfolio_id)
    if provider not in PROVIDERS:
        raise Invalid(f"Unknown payment provider; there are {', '.join(sorted(PROVIDERS))}.", field="provider")
    for name in PROVIDERS[provider].needs:
        if len(secrets.get(name, "")) < 16:
            raise Invalid(f"{provider} needs its {name}, of at least 16 characters.", field=name)
    known = {name: each for name, each in secrets.items() if each} | ({"origin": origin} if origin else {})
    sealed = vault.seal(dump(known), _sealed_for(portfolio_id, provider))
    put(tx, pay_provider, ("portfolio_id", "provider"), id=new_id(), portfolio_id=portfolio_id, provider=provider,
        secrets=sealed, created_at=tx.now)  # fmt: skip
    record(tx, by, "portfolio.payment_provider", f"portfolio:{portfolio_id}", detail={"provider": provider})


def account_at(reader: Reader, vault: Vault, portfolio_id: str, provider: str) -> Account:
    """The creditor's account at a provider. Raises NotFound when it has none any more."""
    sealed = _SEALED.first(reader, portfolio_id=portfolio_id, provider=provider)
    if sealed is None:
        raise NotFound
    return _account(vault, portfolio_id, provider, sealed)


def accounts_at(reader: Reader, vault: Vault, provider: str) -> list[tuple[str, Account]]:
    """Every portfolio that has an account at a provider."""
    return [(book, _account(vault, book, provider, sealed)) for book, sealed in _AT.all(reader, provider=provider)]


def _account(vault: Vault, portfolio_id: str, provider: str, sealed: bytes) -> Account:
    known: dict[str, str] = load(vault.open(sealed, _sealed_for(portfolio_id, provider)))
    return Account(secrets=Secrets(known), origin=known.pop("origin", ""))


def _sealed_for(portfolio_id: str, provider: str) -> str:
    return f"pay:{portfolio_id}:{provider}"


def reference(reader: Reader, debtor_id: str, portfolio_id: str) -> str:
    """The debtor's account in a portfolio as 25 letters and digits."""
    found = _ACCOUNT.first(reader, debtor_id=debtor_id, portfolio_id=portfolio_id)
    if found is None:
        raise Conflict("The debtor has no account in this portfolio: identify them first.")
    number, text = int(found, 16), ""
    while number:
        number, digit = divmod(number, 36)
        text = _LETTERS[digit] + text
    return text.rjust(25, "0")


def account_of(reader: Reader, text: str) -> tuple[str, str] | None:
    """(debtor, portfolio) of a reference of ours; None for anything else."""
    if len(text) != 25 or any(letter not in _LETTERS for letter in text):
        return None
    return _OWNER.first(reader, id=f"{int(text, 36):032x}")


def _in(texts: dict[str, str], language: str, fallback: str) -> str:
    for wanted in (language, language[:2], fallback, fallback[:2]):
        for name, text in texts.items():
            if name == wanted or name[:2] == wanted:
                return text
    return next(iter(texts.values()), "")
