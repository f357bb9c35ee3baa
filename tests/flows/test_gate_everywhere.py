"""One question, one answer: the preview of a case, `acordo gate explain` and the refusal of a send say the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from console.cli import main
from console.settings import Settings
from console.store.migrate import newest
from console.store.transaction import Tx
from console.wire.moment import rfc3339
from tests.days import SUNDAY, next_day
from tests.flows.desk import Scene
from tests.server import running

REFUSALS = {"defer": "gate_deferred", "block": "gate_blocked"}


def migrated(tx: Tx) -> None:
    """The tables are made here without their migrations: the command asks which revision they are of."""
    tx.run("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)", None)
    tx.run(f"INSERT INTO alembic_version VALUES ('{newest()}')", None)


def told_by_command(
    settings: Settings, words: list[str], patch: pytest.MonkeyPatch, said: pytest.CaptureFixture[str]
) -> dict[str, str]:
    """What `acordo gate explain` prints, by the names of its lines; the outcome and code stand in the first."""
    patch.setenv("ACORDO_DATABASE_URL", settings.database_url)
    patch.setenv("ACORDO_DATA_DIR", str(settings.data_dir))
    patch.setenv("ACORDO_SECRET_KEY", settings.secret_key)
    patch.setenv("ACORDO_PUBLIC_URL", settings.public_url)
    said.readouterr()
    ended = main(["gate", "explain", *words])
    assert ended == 0, said.readouterr().err
    first, *lines = said.readouterr().out.splitlines()
    outcome, code = first.split()
    named = {line[:12].strip(): line[12:].strip() for line in lines if not line.startswith(" ")}
    return {"outcome": outcome.lower(), "code": code, **named}


def consented(scene: Scene) -> None:
    seen = scene.ana.get(f"/api/v1/cases/{scene.case}").json()
    (point,) = scene.ana.get(f"/api/v1/debtors/{seen['debtor']['id']}").json()["contact_points"]
    yes = {"state": "granted", "source": "contract", "at": "2026-01-02T12:00:00.000Z", "text_version": "1"}
    assert scene.ana.post(f"/api/v1/contact-points/{point['id']}/consent", json=yes).status_code == 200


@pytest.mark.parametrize(
    ("purpose", "text", "outcome"),
    [("proactive", "Bom dia, Maria. Tudo bem?", "defer"), ("reply", "Pague ou vai para a cadeia.", "block")],
)
def test_preview_command_and_refusal_agree(
    purpose: str, text: str, outcome: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    # Noon in São Paulo: nobody is written to of one's own accord before Monday.
    with running(clock=next_day(SUNDAY, 15), workers={}, prepare=[migrated]) as server:
        scene = Scene(server)
        consented(scene)
        asked = {"channel": "whatsapp", "purpose": purpose, "text": text}
        (shown,) = scene.ana.post(f"/api/v1/cases/{scene.case}/gate", json=asked).json()["items"]
        refused = scene.reply(purpose=purpose, text=text)
        (kept := tmp_path / "text").write_text(text)
        at = rfc3339(server.services.clock.now())
        words = [scene.case, "--channel", "whatsapp", "--purpose", purpose, "--at", at, "--text-file", str(kept)]
        printed = told_by_command(server.services.settings, words, monkeypatch, capsys)
    assert refused.status_code == 422, refused.text
    problem = refused.json()
    assert (shown["outcome"], printed["outcome"], problem["code"]) == (outcome, outcome, REFUSALS[outcome])
    told = (shown["code"], shown["rule"], shown["source"], shown["allowed_at"])
    assert told == (problem["reason"], problem["rule"], problem["source"], problem.get("allowed_at"))
    assert told == (printed["code"], printed["rule"], printed["source"], printed.get("allowed at"))
    assert (shown["allowed_at"] is not None) == (outcome == "defer"), shown
