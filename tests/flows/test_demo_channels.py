"""What a debtor writes on any channel reaches Ana within seconds, and what she answers leaves once, with its ticks."""

from __future__ import annotations

import time
from uuid import uuid4

import pytest

from tests.demo_server import DemoServer, Desk, stranger

WAYS = [("whatsapp", "meta"), ("whatsapp", "twilio"), ("sms", "twilio"), ("email", "smtp")]
LAST = {"meta": "read", "twilio": "read", "smtp": "sent"}


def opened(server: DemoServer, ana: Desk, channel: str, provider: str) -> tuple[str, dict[str, str]]:
    """A stranger writes, and Ana has the case: (the stranger's address, the case)."""
    person, text = stranger(channel), f"oi, preciso de ajuda {uuid4().hex[:6]}"
    server.writes(server.inbox(channel, provider), person, text, subject="Ajuda")
    return person, ana.assigned(text)


@pytest.mark.parametrize(("channel", "provider"), WAYS)
def test_a_message_becomes_one_case_of_ana_and_her_answer_leaves_once(
    demo_server: DemoServer, channel: str, provider: str
) -> None:
    with demo_server.desk("ana") as ana:
        person, case = opened(demo_server, ana, channel, provider)
        answer = ana.reply(case, "Oi! Aqui é a Ana. Como posso ajudar?", channel)
        assert answer.status_code == 201, answer.text
        assert answer.json()["status"] == "queued"
        wanted = "delivered" if channel == "sms" else LAST[provider]
        ana.status_of(case["id"], answer.json()["id"], wanted)
        sent = demo_server.outbox(person)
        assert [each["text"].strip() for each in sent] == ["Oi! Aqui é a Ana. Como posso ajudar?"]


def test_a_repeated_delivery_changes_nothing(demo_server: DemoServer) -> None:
    with demo_server.desk("ana") as ana:
        for channel, provider in WAYS:
            person, text = stranger(channel), f"repetido {uuid4().hex[:6]}"
            box = demo_server.inbox(channel, provider)
            demo_server.writes(box, person, text, subject="Repetido", duplicate=4)
            case = ana.assigned(text)
            time.sleep(1.0)
            inbound = [each for each in ana.items(case["id"]) if each.get("direction") == "in"]
            assert len(inbound) == 1, (channel, provider)


def test_the_same_client_id_twice_sends_once(demo_server: DemoServer) -> None:
    with demo_server.desk("ana") as ana:
        person, case = opened(demo_server, ana, "whatsapp", "meta")
        same = str(uuid4())
        first = ana.reply(case, "Uma vez só", "whatsapp", client_id=same)
        again = ana.reply(case, "Uma vez só", "whatsapp", client_id=same)
        assert (first.status_code, again.status_code) == (201, 200)
        assert first.json()["id"] == again.json()["id"]
        ana.status_of(case["id"], first.json()["id"], "delivered", "read")
        assert len(demo_server.outbox(person)) == 1


def test_a_slow_provider_delays_and_loses_nothing(demo_server: DemoServer) -> None:
    with demo_server.desk("ana") as ana, demo_server.behaving("meta", latency_ms=1500):
        person, case = opened(demo_server, ana, "whatsapp", "meta")
        sent = ana.reply(case, "Devagar se vai ao longe", "whatsapp").json()
        ana.status_of(case["id"], sent["id"], "delivered", "read")
        assert len(demo_server.outbox(person)) == 1


def test_a_refusal_is_a_failure_with_a_plain_reason(demo_server: DemoServer) -> None:
    with demo_server.desk("ana") as ana:
        person, case = opened(demo_server, ana, "whatsapp", "meta")
        with demo_server.behaving("meta", accept=False, error_code=131026):
            sent = ana.reply(case, "Isto não chega", "whatsapp").json()
            failed = ana.status_of(case["id"], sent["id"], "failed")
        assert failed["error"]["code"] == "131026"
        assert failed["error"]["hint"]
        assert demo_server.outbox(person) == []
        assert ana.case(case["id"])["waiting_since"], "the debtor waits on"


def test_an_answer_that_never_came_is_unconfirmed_until_a_callback_settles_it(demo_server: DemoServer) -> None:
    with demo_server.desk("ana") as ana:
        person, case = opened(demo_server, ana, "whatsapp", "meta")
        with demo_server.behaving("meta", drop_response=True, statuses=[]):
            silent = ana.reply(case, "Chegou?", "whatsapp").json()
            ana.status_of(case["id"], silent["id"], "unconfirmed")
        with demo_server.behaving("meta", drop_response=True):
            told = ana.reply(case, "E esta?", "whatsapp").json()
            ana.status_of(case["id"], told["id"], "delivered", "read")
        time.sleep(2.0)
        assert [each["text"] for each in demo_server.outbox(person)] == ["Chegou?", "E esta?"]
        ana.status_of(case["id"], silent["id"], "unconfirmed")


def test_callbacks_out_of_order_and_repeated_end_at_read(demo_server: DemoServer) -> None:
    with demo_server.desk("ana") as ana, demo_server.behaving("meta", shuffle_callbacks=True, duplicate_callbacks=2):
        _, case = opened(demo_server, ana, "whatsapp", "meta")
        sent = ana.reply(case, "Fora de ordem", "whatsapp").json()
        ana.status_of(case["id"], sent["id"], "read")
