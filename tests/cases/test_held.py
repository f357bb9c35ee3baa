"""What was written in time and would leave too late, and opt-outs by word on each channel: the flows of the gate."""

from __future__ import annotations

from pathlib import Path

import pytest

from channels.types import Sender
from console.cases import claim, reply, send
from console.cases.preview import Ask, preview
from console.debtors.models import contact_point
from console.errors import GateBlocked
from console.store.base import load
from console.store.statement import Statement
from console.timeline.queries import get, page
from console.wire.ids import new_id
from console.wire.moment import DAY, MINUTE, rfc3339
from tests.gate.cast import SAO_PAULO, local
from tests.world import MARIA, make_world


def test_written_at_19_59_and_sent_at_20_01_it_is_held_with_its_reason(tmp_path: Path) -> None:
    world = make_world(tmp_path)
    world.online("ana")
    case = world.hear(channel="sms").case or ""
    world.do(claim.claim, world.actor("ana"), case)
    world.do(lambda tx: Statement(contact_point.update().values(consent="granted")).run(tx))
    world.clock.advance(local(SAO_PAULO, "2026-11-23 19:59") - world.clock.now())  # a Monday, days after her last word
    wish = reply.Reply(
        client_id=new_id(), epoch=world.case(case).epoch, channel="sms", text="Olá, Maria.", purpose="proactive"
    )  # fmt: skip
    item = world.do(reply.reply, world.actor("ana"), case, wish)[0]
    assert item.status == "queued"
    world.clock.advance(2 * MINUTE)
    assert world.do(send.start, item.id, "w") is None
    held = world.see(get, item.id)
    opens = rfc3339(local(SAO_PAULO, "2026-11-24 08:00"))
    assert held.status == "held" and load(held.data)["held"] == {"code": "OUT_OF_HOURS", "until": opens}
    world.clock.advance(local(SAO_PAULO, "2026-11-24 08:00") - world.clock.now())
    assert world.do(send.start, item.id, "w") is not None


@pytest.mark.parametrize("channel", ["whatsapp", "sms", "email"])
@pytest.mark.parametrize("word", ["SAIR", "no quiero recibir", "unsubscribe"])
def test_a_word_opts_out_of_its_channel_is_confirmed_once_and_leaves_the_others(
    tmp_path: Path, channel: str, word: str
) -> None:
    world = make_world(tmp_path)
    world.online("ana")
    sender = MARIA if channel != "email" else Sender(email="maria@example.com", name="Maria")
    case = world.hear("Oi", sender=sender, channel=channel).case or ""
    world.do(claim.claim, world.actor("ana"), case)
    for _ in range(2):
        world.hear(word, sender=sender, channel=channel)
    said = world.see(page, case, after=0, before=None, limit=50, whispers_of=None, side=True)
    confirmations = [each for each in said if each.direction == "out"]
    assert len(confirmations) == 1 and load(confirmations[0].data).get("automated")
    (one,) = world.see(preview, world.actor("ana"), case, Ask(channel=channel, text="Olá."))["items"]
    assert one["code"] == "OPT_OUT_CHANNEL"
    wish = reply.Reply(client_id=new_id(), epoch=world.case(case).epoch, channel=channel, text="Olá.")
    with pytest.raises(GateBlocked):
        world.do(reply.reply, world.actor("ana"), case, wish)
    world.clock.advance(DAY)


def test_who_opted_out_of_every_address_they_have_opted_out_of_all(tmp_path: Path) -> None:
    world = make_world(tmp_path)
    world.online("ana")
    case = world.hear("Oi").case or ""
    world.hear("Oi", channel="sms")
    world.do(claim.claim, world.actor("ana"), case)

    def codes() -> list[str]:
        found = [
            world.see(preview, world.actor("ana"), case, Ask(channel=channel, text="Olá."))["items"]
            for channel in ("whatsapp", "sms")
        ]
        return [each["code"] for (each,) in found]

    def confirmed() -> bool:
        """Whether what was written last leaves."""
        *_, last = world.see(page, case, after=0, before=None, limit=50, whispers_of=None, side=True)
        left = world.do(send.start, last.id, "w") is not None
        world.clock.advance(MINUTE)
        return left

    world.hear("PARAR")
    assert codes() == ["OPT_OUT_CHANNEL", "ALLOW"] and confirmed()
    world.hear("PARAR", channel="sms")
    assert codes() == ["OPT_OUT_ALL", "OPT_OUT_ALL"] and confirmed()
    world.hear("START", channel="sms")
    assert codes() == ["OPT_OUT_CHANNEL", "ALLOW"]
