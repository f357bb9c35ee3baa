"""`acordo demo` from the command line: what it refuses, what it keeps, what a restart loses (nothing)."""

from __future__ import annotations

import json
import socket
import subprocess
from pathlib import Path
from uuid import uuid4

import httpx2

from tests.demo_server import PASSWORD, ROOT, DemoServer, command, start, stranger


def told(folder: Path, *more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command(folder, *more), cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)


def test_it_listens_on_this_machine_alone(tmp_path: Path) -> None:
    done = told(tmp_path / "demo", "--host", "0.0.0.0")
    assert done.returncode != 0
    assert "loopback" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert not (tmp_path / "demo").exists()


def test_a_port_in_use_is_one_line_and_exit_2(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = told(tmp_path / "demo", "--port", port)
    assert done.returncode == 2
    assert port in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_folder_that_is_no_demo_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "acordo.db").write_bytes(b"somebody's work")
    done = told(tmp_path, "--fresh")
    assert done.returncode == 2
    assert "--data-dir" in done.stderr
    assert [each.name for each in tmp_path.iterdir()] == ["acordo.db"]


def test_what_was_cut_short_is_begun_anew(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    folder.mkdir()
    (folder / "demo.json").write_text('{"format": 2, "made_at": null}')
    (folder / "acordo.db").write_bytes(b"half a database")
    with start(folder) as server:
        assert httpx2.get(f"{server.url}/readyz").status_code == 200


def test_the_first_day_is_alive_and_a_restart_keeps_it(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    with start(folder) as server:
        _is_alive(server)
        person, text = stranger("whatsapp"), f"antes de desligar {uuid4().hex[:6]}"
        with server.desk("ana") as ana:
            server.writes(server.inbox("whatsapp", "meta"), person, text)
            case = ana.assigned(text)
            sent = ana.reply(case, "Guardado", "whatsapp").json()
            ana.status_of(case["id"], sent["id"], "read")
            before = ana.items(case["id"])
        assert server.stop() in (0, 130), "stopped as by Ctrl+C"
    with start(folder) as again, again.desk("ana") as ana:
        assert ana.items(case["id"]) == before
        assert [each["text"] for each in again.outbox(person)] == ["Guardado"]
        answer = f"e depois {uuid4().hex[:6]}"
        again.writes(again.inbox("whatsapp", "meta"), person, answer)
        ana.until(lambda frame: frame.get("name") == "message.created" and frame["data"].get("text") == answer)
        later = ana.reply(ana.case(case["id"]), "Também", "whatsapp").json()
        ana.status_of(case["id"], later["id"], "delivered", "read")


def test_an_open_phones_page_does_not_hold_it_up(tmp_path: Path) -> None:
    with start(tmp_path / "demo") as server:
        with httpx2.stream("GET", f"{server.url}/sandbox/api/events", params={"since": 0}, timeout=20) as page:
            assert page.status_code == 200
            assert server.stop() in (0, 130)
        assert "Traceback" not in (tmp_path / "demo.log").read_text()


def test_data_of_long_ago_are_kept_and_said(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    with start(folder) as server:
        server.stop()
    note = json.loads((folder / "demo.json").read_text())
    note["made_at"] -= 13 * 3_600_000
    (folder / "demo.json").write_text(json.dumps(note))
    with start(folder) as again:
        assert any("13 hours old" in line and "--fresh" in line for line in again.said)


def _is_alive(server: DemoServer) -> None:
    """Everybody can sign in; the wall, the queues and the books hold what a visitor expects."""
    with server.desk("sofia") as sofia:
        wall = sofia.http.get("/api/v1/wall").json()
        names = {each["team"]["name"] for each in wall["queues"]}
        assert len(names) == 4
        assert sum(each["depth"] for each in wall["queues"]) >= 5
        shown = sofia.http.get("/api/v1/cases", params={"view": "all", "limit": 100}).json()["items"]
        assert len(shown) >= 40
        assert {each["status"] for each in shown} == {"queued", "assigned", "snoozed", "resolved"}
        assert {"hand", "alarm"} <= {each["kind"] for each in sofia.http.get("/api/v1/requests").json()["items"]}
        assert not any(each["debtor"]["name"] == "Maria Souza" and each["status"] != "resolved" for each in shown)
    for name in ("ana", "bruno", "clara", "sofia", "caio", "admin"):
        body = {"email": f"{name}@demo.acordo.example", "password": PASSWORD}
        assert httpx2.post(f"{server.url}/api/v1/session", json=body).status_code == 200, name


def test_no_step_is_shown_that_cannot_be_taken(demo_server: DemoServer) -> None:
    assert list(demo_server.steps()) == ["write", "answer", "whisper", "take_over", "hand_back", "pay"]
