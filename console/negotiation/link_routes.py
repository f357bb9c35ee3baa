"""The HTTP face of payment links, and the call to the provider between their two transactions."""

from __future__ import annotations

from channels.errors import ServiceFailed
from channels.payments import LINKERS, Account, LinkWish
from channels.service import make_link
from console.access.endpoint import EVERYBODY, Answer, Call, Endpoint, Nothing
from console.errors import Conflict, Unavailable
from console.fault import fault
from console.ledger.links import PayLink
from console.negotiation import links, view
from console.negotiation.means import account_at
from console.portfolios.queries import get_portfolio
from console.services import Services
from console.store.transaction import Reader
from console.wire.ledger import PaymentLink
from console.wire.paging import Paging


async def post_link(call: Call[links.NewLink, Nothing]) -> Answer:
    services = call.services
    begun, new = await services.store.write(
        links.begin_link, call.actor, call.path["id"], call.body, services.settings.public_url
    )
    if begun.state == "creating":
        begun = await create(services, begun)
    if begun.state == "failed":
        raise Conflict(f"The payment provider refused the link: {begun.why}", field="provider")
    return Answer(await services.store.read(view.link, begun), 201 if new else 200)


async def create(services: Services, link: PayLink) -> PayLink:
    """Have the provider make it, and keep what it answered. Raises Unavailable when it may be asked again."""

    def read(reader: Reader) -> tuple[Account, str]:
        book = get_portfolio(reader, link.portfolio_id)
        return account_at(reader, services.vault, link.portfolio_id, link.provider), book.name

    known, title = await services.store.read(read)
    wish = LinkWish(
        ref=link.id, amount=link.amount_minor, currency=link.currency, title=title, now=link.created_at,
        expires_at=link.expires_at,
        notify_url=f"{services.settings.public_url}/webhooks/payments/{link.provider}?book={link.portfolio_id}",
    )  # fmt: skip
    try:
        made = await make_link(services.connector, LINKERS[link.provider], known, wish)
    except ServiceFailed as failed:
        if failed.permanent:
            return await services.store.write(links.fail_link, link.id, str(failed))
        raise Unavailable("The payment provider did not answer: try again with the same client_id.") from failed
    fault("link.made")
    return await services.store.write(links.keep_link, link.id, made)


async def get_links(call: Call[Nothing, Paging]) -> links.LinkPage:
    return await call.services.store.read(links.list_links, call.actor, call.path["id"], call.query)


async def post_cancel(call: Call[Nothing, Nothing]) -> PaymentLink:
    return await call.services.store.write(lambda tx: view.link(tx, links.cancel_link(tx, call.actor, call.path["id"])))


ENDPOINTS = [
    Endpoint(method="POST", path="/api/v1/cases/{id}/payment-links", handler=post_link, body=links.NewLink,
             answer=PaymentLink, status=201, roles=EVERYBODY, scope="cases:write", rate="reply",
             problems=("conflict", "not_owner", "stale_epoch", "unavailable"),
             summary="A link at which the debtor can pay a sum, for an instalment, a promise or the debt"),
    Endpoint(method="GET", path="/api/v1/cases/{id}/payment-links", handler=get_links, query=Paging,
             answer=links.LinkPage, roles=EVERYBODY, scope="cases:read",
             summary="The debtor's payment links, and why one is no longer good"),
    Endpoint(method="POST", path="/api/v1/payment-links/{id}/cancel", handler=post_cancel, answer=PaymentLink,
             roles=EVERYBODY, scope="cases:write", problems=("conflict", "not_owner"), summary="Shut a payment link"),
]  # fmt: skip
