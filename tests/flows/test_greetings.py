"""What the house says by itself when nobody is there: once in twelve hours, whatever is written meanwhile."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from console.clock import SystemClock
from console.portfolios.models import inbox
from console.store.base import dump
from console.store.statement import change
from console.wire.moment import HOUR, MINUTE
from tests.flows.book import open_book
from tests.server import running

DAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
SENDER = "5511944440000"


def test_the_away_text_is_said_once_in_twelve_hours() -> None:
    clock = SystemClock()
    with running(clock=clock, workers={}) as server:
        book, sofia = open_book(server), server.sign_in("sofia")
        far = DAYS[(datetime.now(UTC) + timedelta(days=3)).weekday()]  # open then and only then
        texts = {"away": {"pt-BR": "Somos a {{creditor}}. Respondemos em horário comercial. Outro contato: {{help}}."}}
        server.write(
            lambda tx: change(
                tx, inbox, {"id": book.whatsapp}, hours=dump({far: ["09:00", "18:00"]}), texts=dump(texts)
            )
        )

        def said() -> list[str]:
            (row,) = sofia.get("/api/v1/cases", params={"view": "queue"}).json()["items"]
            items = sofia.get(f"/api/v1/cases/{row['id']}/timeline").json()["items"]
            return [each["text"] for each in items if each["kind"] == "message" and each["direction"] == "out"]

        book.writes("alguém aí?", sender=SENDER)
        assert said() == ["Somos a Loja Ipê. Respondemos em horário comercial. Outro contato: 0800 000 0000."]
        for minutes in (1, 300, 12 * 60 - 2):
            clock.offset_ms = minutes * MINUTE
            book.writes("e agora?", sender=SENDER)
            assert len(said()) == 1, f"after {minutes} minutes"
        clock.offset_ms = 12 * HOUR + MINUTE
        book.writes("bom dia", sender=SENDER)
        assert len(said()) == 2
