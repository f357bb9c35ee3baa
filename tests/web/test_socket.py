"""The socket through the contract: hello, replay, subscriptions, losing sight, and how it ends."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest
from websockets.exceptions import InvalidStatus

from console.cases.queries import get as get_case
from console.people import accounts, sessions, teams
from tests.realtime.scene import give, open_case, tell_user, whisper_in, write_in
from tests.server import Server
from tests.web.sockets import names, opened


@pytest.fixture(scope="module")
def server(demo: Server) -> Server:
    return demo


@pytest.fixture(autouse=True)
def unhurried(server: Server) -> None:
    """Handshakes are paced for each user; that is not what is tried here."""
    server.services.limits.forget()


def new_case(server: Server, owner: str | None = None) -> str:
    case_id = uuid4().hex
    server.write(open_case, case_id, server.team, server.ids[owner] if owner else None)
    return case_id


def test_hello_is_answered_by_ready_with_who_i_am(server: Server) -> None:
    with opened(server, server.sign_in("ana")) as ear:
        ready = ear.hello()[-1]
        assert ready["user"]["name"] == "Ana Prado" and ready["heartbeat"] == 20 and ready["cursor"]


def test_a_ping_is_answered_by_a_pong(server: Server) -> None:
    with opened(server, server.sign_in("ana")) as ear:
        ear.say("ping")
        assert ear.hear() == {"type": "pong"}


def test_my_own_cases_need_no_subscription(server: Server) -> None:
    case = new_case(server, "ana")
    with opened(server, server.sign_in("ana")) as ear:
        ear.hello()
        server.write(write_in, case, server.team, "olá")
        event = ear.hear()
        assert (event["name"], event["case"], event["data"]) == ("message.created", case, {"text": "olá"})


def test_somebody_elses_case_is_silent_to_me_and_refused_as_if_it_were_not_there(server: Server) -> None:
    case = new_case(server, "bruno")
    with opened(server, server.sign_in("ana")) as ear:
        ear.hello(topics=[f"case:{case}"])
        ear.say("subscribe", topics=[f"case:{case}", f"case:{case}:team", f"case:{uuid4().hex}"])
        server.write(write_in, case, server.team, "segredo")
        *errors, answer = ear.pending()
        assert (answer["type"], answer["topics"]) == ("subscribed", [])
        assert [each["code"] for each in errors] == ["not_found"] * 3
        assert len({each["detail"].replace(each["detail"].split()[4], "") for each in errors}) == 1


def test_a_subscription_is_answered_and_everything_after_its_cursor_follows(server: Server) -> None:
    case = new_case(server, "ana")
    with opened(server, server.sign_in("sofia")) as ear:
        ear.hello()
        ear.say("subscribe", topics=[f"case:{case}", "wall"])
        answer = ear.until("subscribed")[-1]
        assert answer["topics"] == [f"case:{case}", "wall"]
        server.write(write_in, case, server.team, "um")
        server.write(write_in, case, server.team, "dois")
        assert [ear.hear()["data"]["text"] for _ in range(2)] == ["um", "dois"]
        assert ear.pending() == []


def test_unsubscribing_ends_it(server: Server) -> None:
    case = new_case(server, "ana")
    with opened(server, server.sign_in("sofia")) as ear:
        ear.hello(topics=[f"case:{case}"])
        ear.say("unsubscribe", topics=[f"case:{case}"])
        assert ear.pending() == []
        server.write(write_in, case, server.team, "olá")
        assert ear.pending() == []


def test_the_wall_is_for_those_who_supervise(server: Server) -> None:
    for name, allowed in (("sofia", True), ("caio", True), ("ana", False), ("admin", False)):
        with opened(server, server.sign_in(name)) as ear:
            ear.hello()
            ear.say("subscribe", topics=["wall"])
            assert (ear.hear()["type"] == "subscribed") is allowed, name


def test_the_internal_name_of_a_wall_cannot_be_asked_for(server: Server) -> None:
    with opened(server, server.sign_in("sofia")) as ear:
        ear.hello()
        ear.say("subscribe", topics=[f"wall:{server.team}"])
        assert ear.hear()["code"] == "not_found"


def test_hello_with_a_cursor_replays_what_was_missed_in_order(server: Server) -> None:
    ana, case = server.sign_in("ana"), new_case(server, "ana")
    with opened(server, ana) as ear:
        cursor = ear.hello()[-1]["cursor"]
    for n in range(30):
        server.write(write_in, case, server.team, str(n))
    with opened(server, ana) as ear:
        frames = ear.hello(cursor)
        texts = [each["data"]["text"] for each in frames if each.get("name") == "message.created"]
        assert texts == [str(n) for n in range(30)]
        server.write(write_in, case, server.team, "live")
        assert ear.hear()["data"] == {"text": "live"}


def test_a_replay_goes_on_from_any_event_and_tells_each_once(server: Server) -> None:
    ana, case = server.sign_in("ana"), new_case(server, "ana")
    with opened(server, ana) as ear:
        ear.hello()
        for n in range(5):
            server.write(write_in, case, server.team, str(n))
        events = [ear.hear() for _ in range(5)]
    with opened(server, ana) as ear:
        again = [each for each in ear.hello(events[2]["cursor"]) if each.get("name") == "message.created"]
        assert [each["id"] for each in again] == [each["id"] for each in events[3:]]


def test_a_cursor_from_a_get_carries_over_to_the_socket(server: Server) -> None:
    ana, case = server.sign_in("ana"), new_case(server, "ana")
    cursor = ana.get("/api/v1/me").headers["Acordo-Cursor"]
    server.write(write_in, case, server.team, "depois")
    with opened(server, ana) as ear:
        assert "depois" in [each["data"].get("text") for each in ear.hello(cursor) if each["type"] == "event"]


@pytest.mark.parametrize("cursor", ["", "nonsense", "0123456789abcdef0123456789abcdef.99999999", "other.1"])
def test_a_cursor_that_cannot_be_honoured_resets(server: Server, cursor: str) -> None:
    with opened(server, server.sign_in("ana")) as ear:
        assert names(ear.hello(cursor)) == ["reset", "ready"]


def test_replay_shows_what_is_visible_now_and_no_more(server: Server) -> None:
    ana, case = server.sign_in("ana"), new_case(server, "ana")
    cursor = ana.get("/api/v1/me").headers["Acordo-Cursor"]
    server.write(write_in, case, server.team, "while it was hers")
    server.write(give, case, server.team, server.ids["bruno"], server.ids["ana"])
    server.write(write_in, case, server.team, "while it was not")
    with opened(server, ana) as ear:
        heard = [each for each in ear.hello(cursor, [f"case:{case}"]) if each.get("case") == case]
        assert names(heard) == ["case.hidden"]


def test_after_a_case_is_hidden_not_a_byte_of_it_follows(server: Server) -> None:
    case = new_case(server, "ana")
    with opened(server, server.sign_in("ana")) as ana, opened(server, server.sign_in("bruno")) as bruno:
        ana.hello()
        bruno.hello()
        server.write(give, case, server.team, server.ids["bruno"], server.ids["ana"])
        server.write(write_in, case, server.team, "para Bruno")
        assert names(ana.pending()) == ["case.hidden"]
        assert names(bruno.pending()) == ["case.assigned", "message.created"]


def test_a_whisper_reaches_the_supervisor_and_the_owner_it_is_for_alone(server: Server) -> None:
    case = new_case(server, "ana")
    people = {name: server.sign_in(name) for name in ("ana", "bruno", "sofia", "caio", "admin")}
    for name, client in people.items():
        with opened(server, client) as ear:
            ear.hello(topics=[f"case:{case}", f"case:{case}:team"])
            ear.pending()
            server.write(whisper_in, case, "ofereça 10%", server.ids["ana"])
            heard = any(each.get("name") == "whisper.created" for each in ear.pending())
            assert heard is (name in ("ana", "sofia", "caio")), name


def test_changed_rights_reset_and_the_old_topics_are_gone(server: Server) -> None:
    team = server.write(teams.add_team, uuid4().hex)
    server.write(accounts.join_team, server.ids["clara"], team)
    with opened(server, server.sign_in("clara")) as ear:
        ear.hello(topics=[f"queue:{team}"])
        server.write(accounts.leave_team, server.ids["clara"], team)
        frames = ear.until("ready")
        assert "reset" in names(frames)
        assert team not in [each["id"] for each in frames[-1]["user"]["teams"]]
        server.write(lambda tx: tx.emit("case.queued", topics=[f"queue:{team}"], data={}))
        ear.say("subscribe", topics=[f"queue:{team}"])
        heard = [each for each in ear.pending() if each.get("name") != "presence.changed"]
        assert [each["type"] for each in heard] == ["error", "subscribed"] and heard[-1]["topics"] == []


def test_topics_are_asked_about_again_when_rights_change(server: Server) -> None:
    """What may still be heard goes on; a case out of sight is told like any other loss of sight."""
    case, sofia = new_case(server, "ana"), server.ids["sofia"]
    crew = server.read(lambda reader: get_case(reader, case)).team_id
    other = server.write(teams.add_team, uuid4().hex)
    server.write(accounts.join_team, sofia, other)
    with opened(server, server.sign_in("sofia")) as ear:
        ear.hello(topics=[f"case:{case}", f"case:{case}:team", f"queue:{other}", "wall"])
        server.write(accounts.leave_team, sofia, crew)
        try:
            frames = ear.until("ready")
            told = [each for each in frames if each["type"] in ("reset", "error") or each.get("name") == "case.hidden"]
            assert sorted(each["type"] for each in told) == ["error", "event", "reset"] and told[0]["type"] == "reset"
            (event,) = [each for each in told if each["type"] == "event"]
            assert (event["case"], event["data"]) == (case, {"id": case}) and event["cursor"] and event["id"]
            server.write(lambda tx: tx.emit("case.queued", topics=[f"queue:{other}"], data={"id": "kept"}))
            server.write(lambda tx: tx.emit("note.created", topics=[f"case:{case}"], data={"id": "lost"}))
            heard = [each["data"]["id"] for each in ear.pending() if each["type"] == "event" and "id" in each["data"]]
            assert "kept" in heard and "lost" not in heard
        finally:
            server.write(accounts.join_team, sofia, crew)


def test_a_disabled_account_is_closed(server: Server) -> None:
    user = server.write(accounts.add_user, accounts.NewUser(email=f"{uuid4().hex}@x.example", name="Zé", role="agent"))
    started = server.write(sessions.start, user)
    client = server.client(headers={"Cookie": f"acordo={started.cookie}"})
    with opened(server, client, headers={"Cookie": f"acordo={started.cookie}"}) as ear:
        ear.hello()
        server.write(accounts.disable_user, user)
        assert ear.closed() == 4401
    assert client.get("/api/v1/me").status_code == 401


def test_signing_out_closes_this_sessions_sockets_and_not_anothers(server: Server) -> None:
    here, there = server.sign_in("bruno"), server.sign_in("bruno")
    with opened(server, here) as gone, opened(server, there) as stays:
        gone.hello()
        stays.hello()
        assert here.delete("/api/v1/session").status_code == 204
        assert gone.closed() == 4401
        stays.pending()


def test_a_stale_cookie_is_told_so_by_the_close_code(server: Server) -> None:
    client = server.sign_in("bruno")
    headers = server.socket_headers(client)
    client.delete("/api/v1/session")
    with opened(server, client, headers=headers) as ear:
        assert ear.closed() == 4401


def test_no_hello_in_five_seconds_closes_with_4408(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("console.web.socket.HELLO_SECONDS", 0.2)
    with opened(server, server.sign_in("ana")) as ear:
        assert ear.closed() == 4408


def test_pinging_is_no_hello(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("console.web.socket.HELLO_SECONDS", 0.3)
    with opened(server, server.sign_in("ana")) as ear:
        ear.say("ping")
        assert ear.closed() == 4408


def test_a_frame_beyond_16_kib_closes_with_1009(server: Server) -> None:
    with opened(server, server.sign_in("ana")) as ear:
        ear.hello()
        ear.connection.send(json.dumps({"type": "draft", "case": "x", "text": "x" * 16_384}))
        assert ear.closed() == 1009


@pytest.mark.parametrize(
    "frame",
    ["", "{", "null", "[]", '"ping"', "{}", '{"type":"dance"}', '{"type":"seen","case":"x"}', '{"type":"ping","x":1}',
     '{"type":"subscribe","topics":"wall"}', '{"type":"subscribe","topics":[1]}', '{"type":"hello","cursor":5}'],
)  # fmt: skip
def test_nonsense_is_answered_by_an_error_and_the_socket_stays_open(server: Server, frame: str) -> None:
    with opened(server, server.sign_in("ana")) as ear:
        ear.hello()
        ear.connection.send(frame)
        answer = ear.hear()
        assert (answer["type"], answer["code"]) == ("error", "invalid")
        assert ear.pending() == []


def test_binary_frames_are_refused_and_the_socket_stays_open(server: Server) -> None:
    with opened(server, server.sign_in("ana")) as ear:
        ear.hello()
        ear.connection.send(b"\x00\x01")
        assert ear.hear()["code"] == "invalid"
        assert ear.pending() == []


def test_commands_before_hello_are_refused(server: Server) -> None:
    with opened(server, server.sign_in("sofia")) as ear:
        ear.say("subscribe", topics=["wall"])
        assert ear.hear()["code"] == "invalid"
        assert names(ear.hello()) == ["ready"]
        ear.say("hello", cursor=None)
        assert ear.hear()["code"] == "invalid"


def test_a_socket_holds_a_hundred_topics_and_no_more(server: Server) -> None:
    with opened(server, server.sign_in("sofia")) as ear:
        ear.hello()
        ear.say("subscribe", topics=[f"case:{n}" for n in range(101)])
        assert ear.hear()["code"] == "invalid"


def test_frames_beyond_the_pace_are_not_read_and_the_socket_stays_open(server: Server) -> None:
    with opened(server, server.sign_in("ana")) as ear:
        ear.hello()
        for _ in range(60):
            ear.say("ping")
        answers = [ear.hear() for _ in range(60)]
        assert {each["type"] for each in answers} == {"pong", "error"}
        assert {each["code"] for each in answers if each["type"] == "error"} == {"rate_limited"}


def test_a_draft_is_seen_by_whoever_watches_and_only_from_whoever_writes(server: Server) -> None:
    case = new_case(server, "ana")
    with opened(server, server.sign_in("ana")) as ana, opened(server, server.sign_in("sofia")) as sofia:
        ana.hello()
        sofia.hello(topics=[f"case:{case}"])
        sofia.say("draft", case=case, text="not hers to write")
        ana.say("draft", case=case, text="Bom d")
        signal = sofia.until("draft")[-1]
        assert (signal["type"], signal["case"], signal["text"]) == ("signal", case, "Bom d")
        assert signal["user"]["id"] == server.ids["ana"]
        assert ana.pending() == []


def test_typing_is_seen_by_the_others_and_not_by_those_who_may_not_see_the_case(server: Server) -> None:
    case = new_case(server, "ana")
    with opened(server, server.sign_in("ana")) as ana, opened(server, server.sign_in("bruno")) as bruno:
        ana.hello()
        bruno.hello()
        with opened(server, server.sign_in("sofia")) as sofia:
            sofia.hello(topics=[f"case:{case}"])
            bruno.say("typing", case=case)
            ana.say("typing", case=case)
            assert sofia.until("typing")[-1]["user"]["name"] == "Ana Prado"
        assert [each["code"] for each in bruno.pending()] == ["not_found"], "his own word is refused, hers is not told"


def test_ten_sockets_a_user_and_the_eleventh_is_refused(server: Server) -> None:
    clara, held = server.sign_in("clara"), []
    try:
        for _ in range(10):
            held.append(opened(server, clara))
            held[-1].__enter__().hello()
        with pytest.raises(InvalidStatus) as refused, opened(server, clara):
            pass
        assert refused.value.response.status_code == 429
    finally:
        for each in held:
            each.__exit__(None, None, None)


def test_somebody_is_connected_while_any_of_their_sockets_is_open(server: Server) -> None:
    clara = server.sign_in("clara")
    with opened(server, clara) as first:
        first.hello()
        with opened(server, clara) as second:
            second.hello()
        assert clara.get("/api/v1/me").json()["presence"]["connected"] is True
        first.say("ping")
        first.until("pong")
    with opened(server, server.sign_in("sofia")) as ear:
        ear.hello(topics=["wall"])
    while clara.get("/api/v1/me").json()["presence"]["connected"]:
        """The close reaches the server in its own time."""


def test_notices_reach_their_user_alone(server: Server) -> None:
    with opened(server, server.sign_in("ana")) as ana, opened(server, server.sign_in("bruno")) as bruno:
        ana.hello()
        bruno.hello()
        server.write(tell_user, server.ids["ana"], "notice.created", {"text": "x"})
        assert names(ana.pending()) == ["notice.created"]
        assert bruno.pending() == []
