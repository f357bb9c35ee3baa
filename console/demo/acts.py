"""What the people of a story can do, each act one line: `(minutes ago, act, words)`.

<   the debtor writes              <f  … with a photo or a document       >   the owner answers
!   the answer fails               ?   nobody knows whether it arrived    >d  answered, not read yet
to NAME   given to NAME            #   a note of the owner's              ~   a whisper of Sofia's     ~*  a suggestion
hand      the owner raises a hand  snooze HOURS                            resolve OUTCOME
over      Sofia takes over         back    Sofia hands back with a note   label NAMES
promises CENTS DAYS   the owner writes a promise down                      plans COUNT   … builds an agreement
pays CENTS            a payment is told by Sofia
"""

from __future__ import annotations

import base64
from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import NAMESPACE_URL, uuid5

from msgspec import Struct

from console.access.actor import Actor
from console.cases import claim, look, note, reply, work
from console.cases.queries import CaseRow
from console.demo.papers import pdf
from console.demo.past import Past
from console.errors import Refusal
from console.ledger.owed import today_of
from console.negotiation.payments import NewPayment, record_payment
from console.negotiation.plans import NewPlan, create_plan
from console.negotiation.promises import NewPromise, make_promise
from console.supervision import take_over, watch
from console.supervision.whisper import WhisperBody, whisper
from console.wire.moment import HOUR, MINUTE, Ms, rfc3339
from console.wire.shapes import Money
from sandbox.behaviour import Behaviour
from sandbox.config import Provider
from sandbox.scripted import receipt
from sandbox.writing import Attachment, Written

Act = tuple[float, str, str]


class Story(Struct, frozen=True, kw_only=True):
    """What happened between a debtor and us on one inbox; `subject` for mail. Acts in order of time, oldest first."""

    person: str
    book: str
    box: str
    acts: tuple[Act, ...]
    subject: str = ""


class Teller:
    """Tells stories into a past, all of them side by side, in the order of time."""

    def __init__(self, past: Past, inboxes: dict[str, str], now: Ms) -> None:
        self._past, self._inboxes, self._now = past, inboxes, now
        self._last: dict[str, str] = {}  # a person's thread -> provider id to answer, for mail
        self._count = 0

    async def tell(self, stories: list[Story]) -> None:
        """Every act of every story, oldest first."""
        moments = [(self._now - round(ago * MINUTE), index, story, act, words)
                   for index, story in enumerate(stories) for ago, act, words in story.acts]  # fmt: skip
        for at, _, story, act, words in sorted(moments, key=lambda each: each[:2]):
            await self._past.at(at)
            name, _, rest = act.partition(" ")
            try:
                await _ACTS[name](self, story, words or rest)
            except Refusal as refusal:
                raise AssertionError(f"{story.person}: {act} {words!r}: {refusal.code} {refusal.facts}") from refusal
            await self._past.carry()

    async def case(self, story: Story) -> CaseRow:
        return await self._past.case(story.person, story.book)

    async def writes(self, story: Story, words: str, *files: Attachment) -> None:
        written = Written(
            inbox=self._inboxes[story.box],
            sender=story.person,
            text=words,
            subject="" if self._last.get(story.person) else story.subject,
            in_reply_to=self._answering(story),
            attachments=files,
        )
        self._last[story.person] = await self._past.says(written)

    def _answering(self, story: Story) -> str:
        """Mail answers our last mail."""
        if not story.subject:
            return ""
        thread = self._past.sandbox.store.thread(story.person, self._inboxes[story.box], 50)
        return next((each.id for each in reversed(thread) if each.direction == "out"), "")

    async def answers(self, story: Story, words: str) -> None:
        row = await self.case(story)
        actor = await self.owner(row)
        await self._past.do(look.look, actor, row.id, row.position)
        channel = row.last_channel or "whatsapp"
        wish = reply.Reply(client_id=self.client_id(), epoch=row.epoch, channel=channel, text=words)
        await self._past.do(reply.reply, actor, row.id, wish)
        await self._past.carry()

    async def answers_while(self, story: Story, words: str, behaviour: Behaviour) -> None:
        """Answer while the provider misbehaves."""
        store = self._past.sandbox.store
        store.put_setting(f"behaviour.{behaviour.provider}", behaviour)
        await self.answers(story, words)
        store.put_setting(f"behaviour.{behaviour.provider}", Behaviour(provider=behaviour.provider))

    def provider(self, story: Story) -> Provider:
        box = self._past.sandbox.inbox(self._inboxes[story.box])
        assert box is not None
        return box.provider

    async def given(self, story: Story, name: str) -> None:
        row, actor = await self.case(story), await self._past.actor(name)
        if row.owner_id is None and row.team_id in actor.teams:
            await self._past.do(claim.claim, actor, row.id)
        else:
            sofia = await self._past.actor("sofia")
            await self._past.do(claim.assign, sofia, row.id, user_id=actor.id, team_id=None)
        await self._past.do(look.look, actor, row.id, row.position)

    async def notes(self, story: Story, words: str) -> None:
        row = await self.case(story)
        await self._past.do(note.note, await self.owner(row), row.id, self.client_id(), words)

    async def whispers(self, story: Story, words: str, suggestion: bool = False) -> None:
        row, sofia = await self.case(story), await self._past.actor("sofia")
        await self._past.do(watch.watch, sofia, row.id)
        body = WhisperBody(client_id=self.client_id(), text=words, suggestion=suggestion)
        await self._past.do(whisper, sofia, row.id, body)
        await self._past.do(watch.unwatch, sofia, row.id)

    async def raises(self, story: Story, words: str) -> None:
        row = await self.case(story)
        await self._past.do(work.raise_hand, await self.owner(row), row.id, words)

    async def snoozes(self, story: Story, hours: str) -> None:
        row = await self.case(story)
        until = self._now + round(float(hours) * HOUR)
        await self._past.do(work.snooze, await self.owner(row), row.id, until)

    async def resolves(self, story: Story, outcome: str) -> None:
        row = await self.case(story)
        await self._past.do(work.resolve, await self.owner(row), row.id, outcome)

    async def taken_over(self, story: Story, words: str) -> None:
        row = await self.case(story)
        await self._past.do(take_over.take_over, await self._past.actor("sofia"), row.id, words)

    async def handed_back(self, story: Story, words: str) -> None:
        row = await self.case(story)
        await self._past.do(take_over.hand_back, await self._past.actor("sofia"), row.id, words, row.taken_over_from)

    async def labels(self, story: Story, names: str) -> None:
        row = await self.case(story)
        await self._past.do(work.label, await self.owner(row), row.id, names.split(","))

    async def promises(self, story: Story, words: str) -> None:
        row = await self.case(story)
        cents, days = map(int, words.split())
        new = NewPromise(client_id=self.client_id(), amount=Money(cents, row.currency), due=await self._day(row, days))
        await self._past.do(make_promise, await self.owner(row), row.id, new)

    async def plans(self, story: Story, words: str) -> None:
        """A tenth down, the rest monthly."""
        row = await self.case(story)
        down = Money((row.balance_minor or 0) // 10 + 1, row.currency)
        new = NewPlan(client_id=self.client_id(), down_payment=down, instalments=int(words),
                      first_due=await self._day(row, 20))  # fmt: skip
        await self._past.do(create_plan, await self.owner(row), row.id, new)

    async def pays(self, story: Story, words: str) -> None:
        row, sofia = await self.case(story), await self._past.actor("sofia")
        new = NewPayment(
            client_id=self.client_id(),
            debtor=row.debtor_id,
            portfolio=row.portfolio_id,
            amount=Money(int(words), row.currency),
            paid_at=rfc3339(self._past.clock.now()),
            method="transfer",
        )
        await self._past.do(record_payment, sofia, new)

    async def _day(self, row: CaseRow, days: int) -> str:
        return (await self._past.see(today_of, row.debtor_id) + timedelta(days=days)).isoformat()

    async def owner(self, row: CaseRow) -> Actor:
        return await self._past.actor(next(key for key, user in self._past.users.items() if user == row.owner_id))

    def client_id(self) -> str:
        self._count += 1
        return str(uuid5(NAMESPACE_URL, f"acordo:demo:{self._count}"))


def paper(name: str, *lines: str) -> Attachment:
    return Attachment(name=name, type="application/pdf", base64=base64.b64encode(pdf(lines)).decode())


async def _refused(teller: Teller, story: Story, words: str) -> None:
    codes = {"meta": "131026", "twilio": "30003", "smtp": "550 5.1.1 no such user"}
    provider = teller.provider(story)
    await teller.answers_while(story, words, Behaviour(provider=provider, error_code=codes[provider]))


async def _unclear(teller: Teller, story: Story, words: str) -> None:
    provider = teller.provider(story)
    await teller.answers_while(story, words, Behaviour(provider=provider, drop_response=True, statuses=()))


async def _unread(teller: Teller, story: Story, words: str) -> None:
    provider = teller.provider(story)
    await teller.answers_while(story, words, Behaviour(provider=provider, statuses=("sent", "delivered")))


async def _shows(teller: Teller, story: Story, words: str) -> None:
    files = (paper("contrato.pdf", "Contrato 2231 (amostra)", "Cancelado em 14/08", "Protocolo 20260814-77"),)
    await teller.writes(story, words, *(files if story.subject else (receipt(),)))


_ACTS: dict[str, Callable[[Teller, Story, str], Awaitable[None]]] = {
    "<": Teller.writes,
    "<f": _shows,
    ">": Teller.answers,
    ">d": _unread,
    "!": _refused,
    "?": _unclear,
    "to": Teller.given,
    "#": Teller.notes,
    "~": Teller.whispers,
    "~*": lambda teller, story, words: teller.whispers(story, words, suggestion=True),
    "hand": Teller.raises,
    "snooze": Teller.snoozes,
    "resolve": Teller.resolves,
    "over": Teller.taken_over,
    "back": Teller.handed_back,
    "label": Teller.labels,
    "promises": Teller.promises,
    "plans": Teller.plans,
    "pays": Teller.pays,
}
