"""An agent on one server, the supervisor on another, webhooks at a third: one product."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest

from tests.cluster.rig import Cluster, started

pytestmark = [pytest.mark.pg, pytest.mark.redis]


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with started(servers=3, workers=2) as made:
        yield made


def text() -> str:
    return f"posso pagar em partes? {uuid4().hex[:6]}"


def test_watch_whisper_take_over_and_hand_back_across_servers(cluster: Cluster) -> None:
    with cluster.desk("ana", server=0) as ana, cluster.desk("sofia", server=1) as sofia:
        words = text()
        cluster.writes("whatsapp", "maria", words)
        case = ana.assigned(words)
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
