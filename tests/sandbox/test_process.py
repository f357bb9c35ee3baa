"""The sandbox as a process of its own."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import httpx2
import msgspec

from tests.sandbox.stage import SOON, bound, config

ROOT = Path(__file__).parents[2]


async def test_it_serves_at_the_demos_paths_from_a_configuration_file(tmp_path: Path) -> None:
    sock, port = bound()
    sock.close()
    origin = f"http://127.0.0.1:{port}/sandbox"
    file = tmp_path / "sandbox.json"
    file.write_bytes(msgspec.json.encode(config("http://127.0.0.1:9", origin, 0, database=str(tmp_path / "s.db"))))
    command = [sys.executable, "-m", "sandbox", "--config", str(file), "--port", str(port)]
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT)
    try:
        async with httpx2.AsyncClient() as http:
            assert len((await answered(http, f"{origin}/api/inboxes")).json()) == 4
            assert "Sandbox" in (await http.get(f"{origin}/")).text
    finally:
        process.terminate()
        await process.wait()


async def answered(http: httpx2.AsyncClient, url: str) -> httpx2.Response:
    async with asyncio.timeout(SOON * 4):
        while True:
            try:
                return await http.get(url)
            except httpx2.ConnectError:
                await asyncio.sleep(0.05)


def test_a_bad_configuration_is_one_clear_line(tmp_path: Path) -> None:
    file = tmp_path / "sandbox.json"
    file.write_text('{"inboxes": 3}')
    command = [sys.executable, "-m", "sandbox", "--config", str(file), "--port", "1"]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == 2
    assert len(ended.stderr.splitlines()) == 1 and "inboxes" in ended.stderr
