"""The job that keeps the templates what their providers say."""

from __future__ import annotations

from console.admin.queries import templates_of
from console.jobs.models import job
from console.jobs.queries import JobRow
from console.portfolios.set_up import NewInbox, add_inbox
from console.store.statement import rows
from console.workers import templates
from tests.flows.carriers import carried


def test_every_inbox_is_asked_and_one_that_fails_keeps_no_other_waiting() -> None:
    with carried(workers={}) as carriers:
        server = carriers.book.server
        config = {"account_sid": "AC" + "1" * 32, "origin": "http://127.0.0.1:1"}
        deaf = NewInbox(portfolio=carriers.book.id, channel="sms", provider="twilio", address="+15555550100",
                        config=config, secrets={"auth_token": "x"})  # fmt: skip
        server.write(add_inbox, server.services.vault, deaf)
        server.call(templates.refresh(server.services, {}))
        found = server.read(templates_of, carriers.book.id)
        assert found and {each.inbox_id for each in found} == {carriers.book.whatsapp}
        assert all(each.state and each.body for each in found)
        waiting = server.read(rows, job.select(), JobRow)
        assert [each.kind for each in waiting] == [templates.KIND]
        assert waiting[0].run_at >= server.services.clock.now() + templates.EVERY_MS - 60_000
