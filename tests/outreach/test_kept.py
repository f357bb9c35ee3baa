"""Scores that are kept are those one would reckon from the books, whatever happened, before and after the worker."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import structs
from sqlalchemy import select

from console.cases import protect, work
from console.cases.open import start
from console.cases.queries import open_case
from console.debtors import queries as debtors
from console.debtors.models import debtor
from console.debtors.resolve import join_portfolio
from console.errors import Refusal
from console.negotiation import disputes, promises
from console.outreach import kept
from console.outreach.boards import Board, Candidate, Filter, Key
from console.outreach.models import prospect, stale, triggers
from console.outreach.people import people
from console.outreach.score import Scale, measures
from console.portfolios.queries import get_portfolio
from console.store.migrations.frozen import MARK
from console.store.statement import add, change, row, rows
from console.store.transaction import Reader, Tx
from console.wire.ids import new_id
from console.wire.moment import DAY
from tests.negotiation.scene import Scene, brl

TODAY = date(2026, 11, 19)
ROOT = Path(kept.__file__).parents[1] / "store" / "migrations" / "versions"


@pytest.fixture(autouse=True, scope="module")
def few_are_enough() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kept, "FEW", 1)
        yield


def scored(scene: Scene) -> None:
    """What the worker does on a new day."""
    fill = scene.world.see(kept.score_all, scene.world.book)
    scene.world.do(kept.begin_fill, scene.world.book)
    scene.world.do(kept.write_part, fill.rows)
    scene.world.do(kept.end_fill, fill)


def refreshed(scene: Scene) -> None:
    while scene.world.see(kept.waits):
        scene.world.do(kept.refresh)
    assert scene.world.see(lambda reader: rows(reader, select(stale.c.id), row)) == []


def shown(scene: Scene, **wanted: Any) -> list[tuple[Any, ...]]:
    """The list as it is read: score, debtor, bucket and what the score is made of."""
    found = scene.world.see(lambda reader: list(Board(reader, scene.sofia, Filter(**wanted)).after(None)))
    return [plain(each) for each in found]


def plain(each: Candidate) -> tuple[Any, ...]:
    return (*each.key, each.bucket, each.known, tuple(each.terms))


def reckoned(scene: Scene) -> list[tuple[Any, ...]]:
    """The same from the books alone, by the measures of the day."""

    def read(reader: Reader) -> list[tuple[Any, ...]]:
        book = scene.world.book
        scale = kept.scale_of(reader, book) or Scale(measures(people(reader, book).values(), TODAY), TODAY)
        quiet = {
            each for each, in rows(reader, select(debtor.c.id).where(debtor.c.merged_into.is_(None)), row)
            if not rows(reader, _open_of(each, book), row)
        }  # fmt: skip
        found = people(reader, book)
        return sorted(
            (-scale.score(known), each, book, scale.bucket(known), known, tuple(scale.terms(known)))
            for each, known in found.items()
            if each in quiet
        )

    return scene.world.see(read)


def _open_of(debtor_id: str, book: str) -> Any:
    from console.cases.models import case

    return select(case.c.id).where(
        case.c.debtor_id == debtor_id, case.c.portfolio_id == book, case.c.status != "resolved"
    )


def stranger(scene: Scene, name: str) -> str:
    """Somebody else who owes and talks to nobody."""

    def write(tx: Tx) -> str:
        book = get_portfolio(tx, scene.world.book)
        made = new_id()
        person = debtors.get(tx, scene.debtor)
        values = {each: getattr(person, each) for each in person.__struct_fields__} | {"id": made, "name": name}
        add(tx, debtor, **values)
        join_portfolio(tx, made, book.id)
        return made

    return scene.world.do(write)


def act(scene: Scene, what: str, n: int) -> None:
    """One of the things that happen to people who owe; what the rules refuse just now does not happen."""
    world, sofia = scene.world, scene.sofia
    with suppress(Refusal):
        if what == "owes":
            other = stranger(scene, f"Rosa {n}") if n % 2 else scene.debtor
            scene.owes((new_id()[-8:], f"2026-0{n % 9 + 1}-10", 1_000 + n * 97), debtor=other)
        elif what == "pays":
            scene.pays(1_000 * (n + 1))
        elif what == "pays_all":
            scene.pays(max(scene.balance, 1))
        elif what == "promises":
            new = promises.NewPromise(client_id=new_id(), amount=brl(500), due="2026-11-24")
            world.do(promises.make_promise, sofia, scene.case, new)
        elif what == "disputes":
            new_dispute = disputes.NewDispute(client_id=new_id(), charges="all", reason="other")
            world.do(disputes.open_dispute, sofia, scene.case, new_dispute)
        elif what == "hold":
            world.do(protect.place_hold, sofia, scene.case, protect.HoldBody("hardship", "disse"))
        elif what == "writes":
            world.hear(f"oi {n}", provider_id=new_id())
        elif what == "resolves":
            world.do(work.resolve, sofia, scene.case, "other")
        elif what == "opens" and world.see(open_case, scene.debtor, world.book) is None:
            world.do(lambda tx: start(tx, get_portfolio(tx, world.book), debtors.get(tx, scene.debtor)).id)
        elif what == "moves":
            world.do(lambda tx: change(tx, debtor, {"id": scene.debtor}, language=("es", "pt-BR")[n % 2]))
        elif what == "answers":
            scene.answers(f"Bom dia {n}")


HAPPENS = st.tuples(
    st.sampled_from([
        "owes", "pays", "pays_all", "promises", "disputes", "hold", "writes", "resolves", "opens", "moves", "answers",
    ]),
    st.integers(0, 8),
)  # fmt: skip


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(before=st.lists(HAPPENS, max_size=4), after=st.lists(HAPPENS, min_size=1, max_size=7), resolved=st.booleans())
def test_kept_is_reckoned_after_any_history(
    before: list[tuple[str, int]], after: list[tuple[str, int]], resolved: bool
) -> None:
    with TemporaryDirectory() as folder:
        scene = Scene(Path(folder))
        for what, n in [*before, *([("resolves", 0)] if resolved else [])]:
            act(scene, what, n)
        refreshed(scene)
        scored(scene)
        for what, n in after:
            act(scene, what, n)
        expected = reckoned(scene)
        assert shown(scene) == expected  # who changed is scored by whoever reads
        refreshed(scene)
        assert shown(scene) == expected
        stored = scene.world.see(lambda reader: rows(reader, select(prospect.c.debtor_id, prospect.c.facts), row))
        assert {each: kept.facts_of(text) for each, text in stored} == scene.world.see(people, scene.world.book)


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    made = Scene(tmp_path)
    act(made, "resolves", 0)
    for n in range(1, 18, 2):
        act(made, "owes", n)
    return made


def test_unmeasured_days_are_read_from_the_books_and_filled(scene: Scene) -> None:
    from_books = shown(scene)
    assert len(from_books) == 10 and scene.world.see(kept.unmeasured) == [scene.world.book]
    refreshed(scene)
    scored(scene)
    assert scene.world.see(kept.unmeasured) == []
    assert [each[:2] for each in shown(scene)] == [each[:2] for each in from_books]
    scene.world.clock.advance(DAY)
    assert scene.world.see(kept.unmeasured) == [scene.world.book]
    assert len(shown(scene)) == 10


def test_pages_meet_and_filters_and_counts_agree(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("console.outreach.boards.PART", 2)
    refreshed(scene)
    scored(scene)
    act(scene, "owes", 3)  # somebody who is not scored yet
    everybody = shown(scene)
    mark: Key | None = None
    pages = []
    while True:
        page = scene.world.see(_page, scene, mark)
        if not page:
            break
        pages += [plain(each) for each in page]
        mark = page[-1].key
    assert pages == everybody == sorted(everybody, key=lambda each: each[:3])
    for wanted in (Filter(), Filter(bucket="B61_PLUS"), Filter(least=40), Filter(language="pt"), Filter(language="es")):
        assert scene.world.see(_count, scene, wanted) == len(shown(scene, **structs.asdict(wanted))), wanted
    assert {each[3] for each in shown(scene, bucket="B61_PLUS")} <= {"B61_PLUS"}
    assert shown(scene, language="es") == []


def _page(reader: Reader, scene: Scene, mark: Key | None) -> list[Candidate]:
    return list(islice(Board(reader, scene.sofia, Filter()).after(mark), 3))


def _count(reader: Reader, scene: Scene, wanted: Filter) -> int:
    return Board(reader, scene.sofia, wanted).count()


def test_more_changes_than_are_read_one_by_one_are_read_whole(scene: Scene) -> None:
    scored(scene)
    assert scene.world.see(kept.stale_debtors, 0) is None
    refreshed(scene)
    assert scene.world.see(kept.stale_debtors, 0) == []


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_the_triggers_of_the_code_are_those_of_the_migrations(dialect: str) -> None:
    """A change of them is a new revision, which drops the old ones."""
    frozen = (ROOT / f"v0019_prospects.{dialect}.sql").read_text("utf-8").split(MARK)
    assert [each.strip() for each in frozen][-len(triggers(dialect)) :] == triggers(dialect)


def test_a_portfolio_that_has_grown_is_measured_anew(scene: Scene) -> None:
    refreshed(scene)
    scored(scene)
    assert scene.world.see(kept.unmeasured) == []
    for n in range(1, 12):
        scene.owes((new_id()[-8:], "2026-09-10", 5_000), debtor=stranger(scene, f"Nova {n}"))
    refreshed(scene)
    assert scene.world.see(kept.unmeasured) == [scene.world.book]
