"""The HTTP face of money: payments, promises, disputes, plans, receipts that were shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec import Struct

from console.access.endpoint import EVERYBODY, Answer, Call, Endpoint, Nothing
from console.debtors.routes import FILLERS
from console.log.read import current
from console.negotiation import accept, build, claims, disputes, means, offer, payments, plans, promises, view
from console.negotiation.early_recalls import EarlyRecall, Meant, RecallPage, RecallQuery, dismiss, list_recalls, tie
from console.negotiation.suspense import PaymentPage, PaymentQuery, list_payments
from console.store.transaction import Reader, Tx
from console.wire import ledger as wire

_API = "/api/v1"
Any_ = Call[Any, Any]


class Why(Struct, frozen=True, forbid_unknown_fields=True):
    reason: str


class Cancelled(Struct, frozen=True, forbid_unknown_fields=True):
    reason: str = "by_debtor"


class Moved(Struct, frozen=True, forbid_unknown_fields=True):
    state: str
    note: str = ""


class Owner(Struct, frozen=True, forbid_unknown_fields=True):
    debtor: str


async def get_ledger(call: Any_) -> Answer:
    def read(reader: Reader) -> Answer:
        return Answer(view.case_ledger(reader, call.actor, call.path["id"]), cursor=current(reader))

    return await call.services.store.read(read)


async def post_payment(call: Call[payments.NewPayment, Nothing]) -> Answer:
    def write(tx: Tx) -> Answer:
        made, done = payments.record_payment(tx, call.actor, call.body)
        stopped = None if done is None else wire.Stopped(**{name: getattr(done, name) for name in _EFFECTS})
        return Answer(view.with_outcome(tx, made, stopped), 200 if done is None else 201)

    return await call.services.store.write(write)


async def post_reverse(call: Call[Why, Nothing]) -> wire.Payment:
    def write(tx: Tx) -> wire.Payment:
        made = payments.reverse_payment(tx, call.actor, call.path["id"], call.body.reason)
        return view.with_outcome(tx, made, None)

    return await call.services.store.write(write)


async def post_match(call: Call[Owner, Nothing]) -> wire.Payment:
    def write(tx: Tx) -> wire.Payment:
        made, done = payments.match(tx, call.actor, call.path["id"], call.body.debtor)
        assert done is not None
        return view.with_outcome(tx, made, wire.Stopped(**{name: getattr(done, name) for name in _EFFECTS}))

    return await call.services.store.write(write)


async def get_payments(call: Call[Nothing, PaymentQuery]) -> PaymentPage:
    return await call.services.store.read(list_payments, call.actor, call.query)


async def post_promise(call: Call[promises.NewPromise, Nothing]) -> Answer:
    return await _made(call, lambda tx: promises.make_promise(tx, call.actor, call.path["id"], call.body), view.promise)


async def post_promise_cancel(call: Call[Cancelled, Nothing]) -> Any:
    return await _done(
        call, lambda tx: promises.cancel_promise(tx, call.actor, call.path["id"], call.body.reason), view.promise
    )


async def post_dispute(call: Call[disputes.NewDispute, Nothing]) -> Answer:
    return await _made(call, lambda tx: disputes.open_dispute(tx, call.actor, call.path["id"], call.body), view.dispute)


async def post_dispute_resolve(call: Call[disputes.Resolution, Nothing]) -> Any:
    path = call.path
    return await _done(
        call, lambda tx: disputes.resolve_dispute(tx, call.actor, path["id"], path["dispute"], call.body), view.dispute
    )


async def post_dispute_move(call: Call[Moved, Nothing]) -> Any:
    body = call.body
    return await _done(
        call, lambda tx: disputes.move_dispute(tx, call.actor, call.path["id"], body.state, body.note), view.dispute
    )


async def post_preview(call: Call[build.PreviewBody, Nothing]) -> wire.Preview:
    return await call.services.store.read(build.preview, call.actor, call.body)


async def post_plan(call: Call[plans.NewPlan, Nothing]) -> Answer:
    return await _made(call, lambda tx: plans.create_plan(tx, call.actor, call.path["id"], call.body), view.plan)


async def post_offer(call: Call[offer.OfferBody, Nothing]) -> Answer:
    return await _made(call, lambda tx: offer.offer_plan(tx, call.actor, call.path["id"], call.body), view.plan, 200)


async def post_accept(call: Call[accept.Evidence, Nothing]) -> Any:
    return await _done(call, lambda tx: accept.accept_plan(tx, call.actor, call.path["id"], call.body), view.plan)


async def post_approve(call: Any_) -> Any:
    return await _done(call, lambda tx: plans.approve_plan(tx, call.actor, call.path["id"]), view.plan)


async def post_counter(call: Call[plans.Counter, Nothing]) -> Answer:
    return await _made(call, lambda tx: plans.counter_plan(tx, call.actor, call.path["id"], call.body), view.plan)


async def post_refuse(call: Call[Why, Nothing]) -> Any:
    return await _done(call, lambda tx: plans.refuse_plan(tx, call.actor, call.path["id"], call.body.reason), view.plan)


async def post_plan_cancel(call: Call[Why, Nothing]) -> Any:
    return await _done(call, lambda tx: plans.cancel_plan(tx, call.actor, call.path["id"], call.body.reason), view.plan)


async def post_claim(call: Call[claims.NewClaim, Nothing]) -> Answer:
    return await _made(
        call,
        lambda tx: claims.claim_payment(tx, call.actor, call.path["id"], call.body),
        lambda _, row: view.claim(row),
    )


async def post_claim_dismiss(call: Any_) -> Any:
    return await _done(
        call, lambda tx: claims.dismiss_claim(tx, call.actor, call.path["id"]), lambda _, row: view.claim(row)
    )


async def get_pix(call: Call[Nothing, means.PixQuery]) -> means.PixCode:
    return await call.services.store.read(means.pix_for, call.actor, call.path["id"], call.query)


async def get_ways(call: Call[Nothing, means.PortfolioQuery]) -> means.Ways:
    return await call.services.store.read(means.ways, call.actor, call.path["id"], call.query)


async def get_recalls(call: Call[Nothing, RecallQuery]) -> RecallPage:
    return await call.services.store.read(list_recalls, call.actor, call.query)


async def post_tie(call: Call[Meant, Nothing]) -> EarlyRecall:
    return await call.services.store.write(tie, call.actor, call.path["id"], call.body)


async def post_recall_dismiss(call: Call[Why, Nothing]) -> EarlyRecall:
    return await call.services.store.write(dismiss, call.actor, call.path["id"], call.body.reason)


_EFFECTS = ("messages", "promises", "plans", "case")


async def _made(
    call: Any_, verb: Callable[[Tx], tuple[Any, bool]], shape: Callable[..., Any], new: int = 201
) -> Answer:
    """A verb that makes something: 201 for what is new, 200 for what stood already."""

    def write(tx: Tx) -> Answer:
        row, is_new = verb(tx)
        return Answer(shape(tx, row), new if is_new else 200)

    return await call.services.store.write(write)


async def _done(call: Any_, verb: Callable[[Tx], Any], shape: Callable[..., Any]) -> Any:
    return await call.services.store.write(lambda tx: shape(tx, verb(tx)))


def _post(path: str, handler: Any, body: Any, answer: Any, summary: str, **more: Any) -> Endpoint:
    return Endpoint(
        method="POST", path=f"{_API}{path}", handler=handler, body=body, answer=answer, summary=summary,
        **{"roles": EVERYBODY, "scope": "cases:write", "problems": ("conflict", "not_owner"), **more},
    )  # fmt: skip


def _get(path: str, handler: Any, answer: Any, summary: str, **more: Any) -> Endpoint:
    return Endpoint(
        method="GET", path=f"{_API}{path}", handler=handler, answer=answer, summary=summary, roles=EVERYBODY, **more
    )


_GATE = ("not_owner", "stale_epoch", "conflict", "gate_blocked", "gate_deferred", "gate_needs_approval")
_BOOKS = {"roles": FILLERS, "scope": "debtors:write", "problems": ("conflict",)}

ENDPOINTS = [
    _get("/debtors/{id}/pix", get_pix, means.PixCode, "A Pix code, to copy and to scan, for what is due next",
         query=means.PixQuery, scope="debtors:read", problems=("conflict",)),
    _get("/debtors/{id}/payment-means", get_ways, means.Ways, "How a debtor can pay, in their language",
         query=means.PortfolioQuery, scope="debtors:read"),
    _get("/cases/{id}/ledger", get_ledger, wire.CaseLedger, "What was agreed, promised, contested and paid",
         scope="cases:read"),
    _get("/payments", get_payments, PaymentPage, "Payments of one's portfolios; state=suspense: those without a debtor",
         query=PaymentQuery, scope="debtors:read"),
    _post("/payments", post_payment, payments.NewPayment, wire.Payment, "Record a payment; what it settled and stopped",
          status=201, **_BOOKS),
    _post("/payments/{id}/reverse", post_reverse, Why, wire.Payment, "Take a payment back", **_BOOKS),
    _post("/payments/{id}/match", post_match, Owner, wire.Payment, "Give a payment in suspense its debtor", **_BOOKS),
    _get("/recalls", get_recalls, RecallPage, "Recalls that came before their debt; state=waiting: those "
         "still without", query=RecallQuery, scope="debtors:read"),
    _post("/recalls/{id}/match", post_tie, Meant, EarlyRecall,
          "Take back the charges that a recall means", **_BOOKS),
    _post("/recalls/{id}/dismiss", post_recall_dismiss, Why, EarlyRecall,
          "A recall takes back nothing, or nothing more", **_BOOKS),
    _post("/cases/{id}/promises", post_promise, promises.NewPromise, wire.Promise, "Write down a promise to pay",
          status=201),
    _post("/promises/{id}/cancel", post_promise_cancel, Cancelled, wire.Promise, "The debtor takes a promise back"),
    _post("/cases/{id}/disputes", post_dispute, disputes.NewDispute, wire.Dispute, "Open a dispute",
          status=201),
    _post("/cases/{id}/disputes/{dispute}/resolve", post_dispute_resolve, disputes.Resolution, wire.Dispute,
          "Decide a dispute"),
    _post("/disputes/{id}/state", post_dispute_move, Moved, wire.Dispute, "Ask for documents, take up, open again"),
    _post("/plans/preview", post_preview, build.PreviewBody, wire.Preview, "What a plan would be; stores nothing",
          scope="cases:read"),
    _post("/cases/{id}/plans", post_plan, plans.NewPlan, wire.Plan, "Make a plan", status=201,
          problems=("not_owner", "stale_epoch", "conflict")),
    _post("/plans/{id}/offer", post_offer, offer.OfferBody, wire.Plan, "Send the plan to the debtor", rate="reply",
          problems=_GATE),
    _post("/plans/{id}/accept", post_accept, accept.Evidence, wire.Plan, "The debtor agreed",
          problems=("not_owner", "stale_epoch", "conflict")),
    _post("/plans/{id}/approve", post_approve, Nothing, wire.Plan, "Approve what exceeds the asker's authority",
          problems=("own_request", "conflict")),
    _post("/plans/{id}/counter", post_counter, plans.Counter, wire.Plan, "Approve other figures instead", status=201,
          problems=("own_request", "conflict")),
    _post("/plans/{id}/refuse", post_refuse, Why, wire.Plan, "Do not approve it; or the debtor does not want it",
          problems=("own_request", "conflict", "not_owner")),
    _post("/plans/{id}/cancel", post_plan_cancel, Why, wire.Plan, "Call a plan off"),
    _post("/cases/{id}/claims", post_claim, claims.NewClaim, wire.Claim, "A receipt the debtor showed: reported, not "
          "confirmed", status=201),
    _post("/claims/{id}/dismiss", post_claim_dismiss, Nothing, wire.Claim, "The receipt proves no payment to us"),
]  # fmt: skip
