"""The demo's clock goes forward for the whole product, and signs nobody out."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

import httpx2

from tests.demo_server import start, stranger


def test_a_day_later_the_window_is_closed_and_ana_is_still_signed_in(tmp_path: Path) -> None:
    with start(tmp_path / "demo") as server, server.desk("ana") as ana:
        text = f"hoje {uuid4().hex[:6]}"
        server.writes(server.inbox("whatsapp", "meta"), "maria", text)
        case = ana.assigned(text)
        opened = max(filter(None, (each["window_closes_at"] for each in case["contact_points"])))
        assert ana.reply(case, "Bom dia, Maria!", "whatsapp").status_code == 201

        server.sandbox("PUT", "/clock", {"offset_s": 26 * 3600})
        late = ana.reply(ana.case(case["id"]), "Boa noite!", "whatsapp")
        assert (late.status_code, late.json()["code"]) == (422, "gate_blocked"), late.text
        assert late.json()["reason"] == "WA_WINDOW_CLOSED"

        back = httpx2.put(f"{server.url}/sandbox/api/clock", json={"offset_s": 0})
        assert back.status_code == 409, "it never goes back"

        again = f"amanhã {uuid4().hex[:6]}"
        server.writes(server.inbox("whatsapp", "meta"), stranger("whatsapp"), again)
        later = ana.assigned(again)
        closes = max(filter(None, (each["window_closes_at"] for each in later["contact_points"])))
        assert datetime.fromisoformat(closes) - datetime.fromisoformat(opened) >= timedelta(hours=26)
        assert ana.http.get("/api/v1/me").status_code == 200
