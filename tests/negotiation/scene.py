"""Ana owns Maria's case; Maria owes two invoices of the Loja Ipê, one of them sixty-odd days late."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

from console.access.actor import Actor
from console.cases import claim, debts, identity, reply
from console.cases.queries import CaseRow
from console.debtors.resolve import join_portfolio
from console.ledger.charges import NewCharge, NewDebt, Terms
from console.ledger.owed import Owed, owed
from console.negotiation import payments, plans, rows
from console.negotiation.accept import read_answer
from console.negotiation.due import due, pass_due
from console.negotiation.offer import OfferBody, offer_plan
from console.negotiation.rows import PlanRow
from console.timeline.queries import ItemRow, page
from console.wire.ids import new_id
from console.wire.ledger import Discount
from console.wire.moment import DAY, rfc3339
from console.wire.shapes import Money
from tests.world import make_world

ERP = Actor(id="erp", name="ERP", role="integration", scopes=frozenset({"debtors:read", "debtors:write"}))
T = TypeVar("T")
LATE, LATER = "2026-09-14", "2026-10-28"  # both Mondays or later, days when banks are open


def brl(amount: int) -> Money:
    return Money(amount, "BRL")


class Scene:
    def __init__(self, folder: Path) -> None:
        self.world = make_world(folder)
        self.world.online("ana", "bruno", "sofia")
        self.case = self.world.hear("oi, quero negociar", provider_id="m1").case or ""
        self.debtor = self.world.case(self.case).debtor_id
        self.ana, self.bruno, self.sofia = (self.world.actor(name) for name in ("ana", "bruno", "sofia"))
        self.world.do(claim.claim, self.ana, self.case)
        self.world.do(join_portfolio, self.debtor, self.world.book)
        self.owes(("2231", LATE, 100_000), ("2298", LATER, 20_000))

    def owes(self, *charges: tuple[str, str, int], debtor: str = "") -> None:
        new = NewDebt(
            client_id=new_id(), debtor=debtor or self.debtor, product="loan", terms=Terms(200, 100),
            charges=[NewCharge(number=number, due=due, amount=brl(amount), external_id=number)
                     for number, due, amount in charges],
        )  # fmt: skip
        self.world.do(debts.add_debt, ERP, new)

    def identified(self) -> None:
        checks = [identity.Check(kind="portal", passed=True), identity.Check(kind="birth_date", passed=True)]
        self.world.do(identity.check_identity, self.ana, self.case, identity.Checks(checks))

    def answers(self, text: str = "Bom dia, Maria!", **more: Any) -> str:
        """Ana writes to Maria; the message's id."""
        wish = reply.Reply(client_id=new_id(), epoch=self.row.epoch, channel="whatsapp", text=text, **more)
        return self.world.do(reply.reply, self.ana, self.case, wish)[0].id

    @property
    def row(self) -> CaseRow:
        return self.world.case(self.case)

    @property
    def debt(self) -> Owed:
        return self.world.see(owed, self.debtor, self.world.book)

    @property
    def balance(self) -> int:
        return self.debt.total_minor or 0

    def pays(self, amount: int, **more: Any) -> Any:
        """A payment that the ERP tells; (row, effects)."""
        new = payments.NewPayment(
            client_id=more.pop("client_id", new_id()), debtor=self.debtor, amount=brl(amount),
            paid_at=more.pop("paid_at", rfc3339(self.world.clock.now())), method=more.pop("method", "pix"), **more,
        )  # fmt: skip
        return self.world.do(payments.record_payment, ERP, new)

    def plan(self, actor: Actor | None = None, **more: Any) -> PlanRow:
        wish: dict[str, Any] = {"down_payment": brl(20_000), "instalments": 3, "first_due": "2026-12-10", **more}
        if "interest_off" in wish:
            wish["discounts"] = [Discount("interest", wish.pop("interest_off"))]
        made, _ = self.world.do(
            plans.create_plan, actor or self.ana, self.case, plans.NewPlan(client_id=new_id(), **wish)
        )
        return self.again(made)

    def offered(self, **more: Any) -> PlanRow:
        self.identified()
        made = self.plan(**more)
        made, _ = self.world.do(offer_plan, self.ana, made.id, OfferBody(channel="whatsapp"))
        return self.again(made)

    def accepted(self, **more: Any) -> PlanRow:
        made = self.offered(**more)
        self.says("Aceito", detail={"id": f"plan:{made.id}:accept", "title": "Aceito"}, kind="button")
        return self.again(made)

    def says(self, text: str, **more: Any) -> str:
        """Maria writes, and what she says to an offer is read; the outcome."""
        item = self.world.hear(text, **more).item or ""
        return self.world.do(read_answer, item)

    def again(self, row: T) -> T:
        """The row as it stands now."""
        found: T = self.world.see(rows.one, type(row), row.id)  # type: ignore[attr-defined]
        return found

    def pass_days(self, days: int) -> None:
        """The clock goes on, and whatever comes to its moment is done day by day."""
        for _ in range(days):
            self.world.clock.advance(DAY)
            for kind, row_id in self.world.see(due):
                self.world.do(pass_due, kind, row_id)

    def thread(self) -> list[ItemRow]:
        return list(self.world.see(page, self.case, before=None, after=None, limit=200, whispers_of=None, side=True))

    def said(self) -> list[str]:
        """Our messages, oldest first."""
        return [each.text for each in sorted(self.thread(), key=lambda each: each.position) if each.direction == "out"]
