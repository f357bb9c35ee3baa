"""An agent on one server, the supervisor on another, webhooks at a third: one product."""

from __future__ import annotations

from contextlib import closing
from uuid import uuid4

import httpx2
import pytest

from console.people.models import user
from console.store.statement import change
from console.store.transaction import Tx
from tests.cluster.rig import Cluster
from tests.demo_server import Desk, stranger
from tests.services.needs import wait_until

pytestmark = [pytest.mark.pg, pytest.mark.redis, pytest.mark.timeout(400)]


def words() -> str:
    return f"posso pagar em partes? {uuid4().hex[:6]}"


def connected(sofia: Desk, name: str) -> bool:
    people = sofia.http.get("/api/v1/wall").json()["agents"]
    return bool(next(each for each in people if each["user"]["name"].startswith(name))["connected"])


def test_watch_whisper_take_over_and_hand_back_across_servers(cluster: Cluster) -> None:
    with cluster.desk("ana", server=0) as ana, cluster.desk("sofia", server=1) as sofia:
        text = words()
        cluster.writes("whatsapp", stranger("whatsapp"), text)
        case = ana.assigned(text)
        sent = ana.reply(case, "Um instante, Maria.", "whatsapp")
        assert sent.status_code == 201, sent.text
        ana.status_of(case["id"], sent.json()["id"], "delivered", "read")
        whisper = {"client_id": str(uuid4()), "text": "Ofereça até sexta", "suggestion": True}
        assert sofia.post(f"/cases/{case['id']}/watch").status_code < 300
        assert sofia.post(f"/cases/{case['id']}/whispers", **whisper).status_code == 201
        ana.until(lambda frame: frame.get("name") == "whisper.created" and frame["case"] == case["id"])
        taken = sofia.post(f"/cases/{case['id']}/takeover", reason="Ajuda")
        assert taken.status_code == 200, taken.text
        ana.until(lambda frame: frame.get("name") == "takeover.started" and frame["case"] == case["id"])
        late = ana.reply(case, "Tarde demais", "whatsapp")
        assert (late.status_code, late.json()["code"]) == (409, "stale_epoch")
        assert sofia.post(f"/cases/{case['id']}/handback", note="Siga daqui").status_code == 200
        ana.until(lambda frame: frame.get("name") == "takeover.ended" and frame["case"] == case["id"])
        assert ana.reply(ana.case(case["id"]), "Sigo aqui.", "whatsapp").status_code == 201


def test_somebody_is_there_until_the_last_process_lost_their_socket(cluster: Cluster) -> None:
    with cluster.desk("sofia", server=2, topics=["wall"]) as sofia:
        with cluster.desk("bruno", server=0):
            with cluster.desk("bruno", server=1):
                assert connected(sofia, "Bruno")
            assert connected(sofia, "Bruno")
        sofia.until(
            lambda frame: (
                frame.get("name") == "presence.changed"
                and frame["data"]["user"]["name"].startswith("Bruno")
                and not frame["data"]["connected"]
            )
        )


def test_capacity_holds_across_servers(cluster: Cluster) -> None:
    """Two agents with room for three more each, on two servers, and eight who write: six are given, the rest waits."""
    held = {}
    for name in ("bruno", "clara"):
        with closing(cluster.sign_in(name)) as client:
            held[name] = mine(client)
        cluster.write(limit, cluster.house.ids[name], held[name] + 3)
    with cluster.desk("bruno", server=0) as bruno, cluster.desk("clara", server=1) as clara:
        for _ in range(8):
            cluster.writes("whatsapp", stranger("whatsapp"), words())
        full = (held["bruno"] + 3, held["clara"] + 3)
        assert wait_until(lambda: (mine(bruno.http), mine(clara.http)) == full and waiting(bruno.http) >= 2, 60)
        assert (mine(bruno.http), mine(clara.http)) == full


def limit(tx: Tx, user_id: str, cases: int) -> None:
    change(tx, user, {"id": user_id}, max_held=cases)


def mine(client: httpx2.Client) -> int:
    return len(client.get("/api/v1/cases", params={"view": "mine", "limit": 200}).json()["items"])


def waiting(client: httpx2.Client) -> int:
    return len(client.get("/api/v1/cases", params={"view": "queue", "limit": 200}).json()["items"])
