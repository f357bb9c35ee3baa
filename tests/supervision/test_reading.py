"""Reading a thread that is not one's own is written down, whichever call shows it."""

from __future__ import annotations

import pytest

from console.store.transaction import Reader
from tests.flows.book import open_book
from tests.server import running


@pytest.mark.parametrize("path", ["", "/timeline"])
def test_a_supervisor_who_reads_a_case_leaves_a_row(path: str) -> None:
    with running(workers={}) as server:
        book = open_book(server)
        book.writes("Oi")
        sofia = server.sign_in("sofia")
        (case,) = sofia.get("/api/v1/cases?view=queue").json()["items"]

        def noted(reader: Reader) -> list[tuple[str, str]]:
            sql = "SELECT actor_id, action FROM audit WHERE action = 'case.read'"
            return [tuple(row) for row in reader.run(sql, None).fetchall()]

        assert server.read(noted) == []
        assert sofia.get(f"/api/v1/cases/{case['id']}{path}").status_code == 200
        assert server.read(noted) == [(server.ids["sofia"], "case.read")]
