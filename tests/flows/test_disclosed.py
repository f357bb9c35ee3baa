"""The level of disclosure that the API tells is the gate's: an identification ends, an address fades."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from console.clock import SystemClock
from console.debtors.models import contact_point, debtor
from console.store.statement import change
from console.wire.moment import DAY, HOUR, MINUTE, parse_rfc3339
from tests.flows.desk import Scene
from tests.server import running


class Told(Scene):
    def __init__(self, server: Any, clock: SystemClock) -> None:
        super().__init__(server)
        self.clock = clock
        self.debtor = self.seen()["debtor"]["id"]

    def seen(self) -> dict[str, Any]:
        found: dict[str, Any] = self.ana.get(f"/api/v1/cases/{self.case}").json()
        return found

    def listed(self) -> list[int]:
        """The case's level in Ana's list, on the wall, and by the debtor's page its address's."""
        (mine,) = self.ana.get("/api/v1/cases").json()["items"]
        (tile,) = self.sofia.get("/api/v1/wall").json()["cases"]
        return [mine["disclosure"], tile["disclosure"]]

    def point(self) -> int:
        (at_case,) = self.seen()["contact_points"]
        (at_debtor,) = self.ana.get(f"/api/v1/debtors/{self.debtor}").json()["contact_points"]
        assert at_case["disclosure"] == at_debtor["disclosure"]
        return int(at_case["disclosure"])

    def gate(self) -> str:
        """What the gate says to a word of debt."""
        ask = {"channel": "whatsapp", "text": "Loja Ipê: sua fatura está em atraso."}
        (found,) = self.ana.post(f"/api/v1/cases/{self.case}/gate", json=ask).json()["items"]
        return str(found["code"])


@pytest.fixture
def told() -> Iterator[Told]:
    clock = SystemClock()
    with running(workers={}, clock=clock) as server:
        yield Told(server, clock)


def test_an_identification_that_is_over_shows_nowhere(told: Told) -> None:
    checks = [{"kind": "portal", "passed": True}, {"kind": "birth_date", "passed": True}]
    told.ana.post(f"/api/v1/cases/{told.case}/identity", json={"checks": checks})
    seen = told.seen()
    assert seen["disclosure"] == 2 and told.listed() == [2, 2]
    assert abs(parse_rfc3339(seen["disclosure_until"]) - told.clock.now() - HOUR) < MINUTE
    told.clock.offset_ms += HOUR
    seen = told.seen()
    assert (seen["disclosure"], seen["disclosure_until"]) == (0, None) and told.listed() == [0, 0]
    labelled = told.ana.post(f"/api/v1/cases/{told.case}/labels", json={"labels": ["retorno"]})
    assert labelled.status_code == 200 and labelled.json()["disclosure"] == 0
    assert told.point() == 1, "the address was proven, which lasts"


def test_an_address_that_faded_or_is_shared_shows_what_the_gate_takes(told: Told) -> None:
    told.server.write(lambda tx: change(tx, contact_point, {"debtor_id": told.debtor}, disclosure=1))
    assert told.point() == 1 and told.gate() not in ("DISCLOSURE_TOO_HIGH", "POINT_REVERIFY")
    told.server.write(lambda tx: change(tx, debtor, {"id": told.debtor}, shared=1))
    assert told.point() == 0 and told.gate() == "DISCLOSURE_TOO_HIGH"
    told.server.write(lambda tx: change(tx, debtor, {"id": told.debtor}, shared=0))
    told.clock.offset_ms += 179 * DAY
    assert told.point() == 1
    told.clock.offset_ms += DAY
    assert told.point() == 0 and told.gate() == "POINT_REVERIFY"
