"""Signing in and staying signed in: cookies, the CSRF token, origins, limits, and how it ends."""

from __future__ import annotations

import pytest
from websockets.exceptions import InvalidStatus

from console.clock import FixedClock
from console.people import accounts, sessions, tokens
from console.people.queries import user_by_id
from console.wire.moment import HOUR, MINUTE, SECOND
from tests.server import PASSWORD, Server, email, running
from tests.web.sockets import opened

NOW = 1_795_000_000_000


def test_the_right_password_opens_a_session(server: Server) -> None:
    client = server.client()
    answer = client.post("/api/v1/session", json={"email": email("ana").upper(), "password": PASSWORD})
    assert answer.status_code == 200 and answer.json()["user"]["name"] == "Ana Prado"
    assert client.get("/api/v1/me").json()["email"] == email("ana")


def test_a_wrong_password_and_a_wrong_name_are_told_in_the_same_words(server: Server) -> None:
    client = server.client()
    answers = [
        client.post("/api/v1/session", json={"email": who, "password": "not the password"})
        for who in (email("clara"), "nobody@demo.acordo.example", "", "x" * 5_000)
    ]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.content for answer in answers}) == 1
    assert all("set-cookie" not in answer.headers for answer in answers)


def test_every_session_has_a_cookie_of_its_own(server: Server) -> None:
    first, second = server.sign_in("ana"), server.sign_in("ana")
    assert server.cookie(first) != server.cookie(second)
    assert first.headers["X-CSRF-Token"] != second.headers["X-CSRF-Token"]


def test_a_cookie_brought_along_is_not_kept(server: Server) -> None:
    planted = "x" * 43
    client = server.client(headers={"Cookie": f"acordo={planted}"})
    answer = client.post("/api/v1/session", json={"email": email("ana"), "password": PASSWORD})
    assert planted not in answer.headers["set-cookie"]
    assert client.get("/api/v1/me", headers={"Cookie": f"acordo={planted}"}).status_code == 401


def test_an_unsafe_request_needs_the_sessions_own_token(server: Server) -> None:
    ana, other = server.sign_in("ana"), server.sign_in("ana")
    token = ana.headers.pop("X-CSRF-Token")
    for wrong in ({}, {"X-CSRF-Token": ""}, {"X-CSRF-Token": "x" * 43},
                  {"X-CSRF-Token": other.headers["X-CSRF-Token"]}):  # fmt: skip
        answer = ana.put("/api/v1/me/presence", json={"status": "online"}, headers=wrong)
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden"), wrong
    assert ana.get("/api/v1/me").status_code == 200
    good = ana.put("/api/v1/me/presence", json={"status": "online"}, headers={"X-CSRF-Token": token})
    assert good.status_code == 200


ORIGINS = [
    ({}, True),
    ({"Origin": "{url}"}, True),
    ({"Origin": "{url}", "Sec-Fetch-Site": "same-origin"}, True),
    ({"Sec-Fetch-Site": "none"}, True),
    ({"Origin": "http://evil.example"}, False),
    ({"Origin": "null"}, False),
    ({"Origin": "{url}.evil.example"}, False),
    ({"Origin": "https://127.0.0.1:{port}"}, False),
    ({"Origin": "http://localhost:{port}"}, False),
    ({"Origin": "{url}/"}, False),
    ({"Origin": ""}, False),
    ({"Sec-Fetch-Site": "cross-site"}, False),
    ({"Sec-Fetch-Site": "same-site"}, False),
    ({"Origin": "{url}", "Sec-Fetch-Site": "cross-site"}, False),
]


@pytest.mark.parametrize(("headers", "allowed"), ORIGINS)
def test_an_unsafe_request_by_cookie_comes_from_a_page_of_ours(
    server: Server, headers: dict[str, str], allowed: bool
) -> None:
    ana = server.sign_in("ana")
    sent = {key: each.format(url=server.url, port=server.port) for key, each in headers.items()}
    answer = ana.put("/api/v1/me/presence", json={"status": "online"}, headers=sent)
    assert answer.status_code == (200 if allowed else 403)


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [("{url}", True), ("http://evil.example", False), ("null", False), ("{url}/", False), (None, False),
     ("http://localhost:{port}", False)],
)  # fmt: skip
def test_a_socket_by_cookie_opens_for_our_origin_only(server: Server, origin: str | None, allowed: bool) -> None:
    server.services.limits.forget()
    headers = {"Cookie": server.cookie(server.sign_in("ana"))}
    if origin is not None:
        headers["Origin"] = origin.format(url=server.url, port=server.port)
    from websockets.sync.client import connect

    if allowed:
        with connect(server.ws_url, additional_headers=headers):
            return
    with pytest.raises(InvalidStatus) as refused:
        connect(server.ws_url, additional_headers=headers)
    assert refused.value.response.status_code == 403


def test_a_socket_without_credentials_is_refused(server: Server) -> None:
    from websockets.sync.client import connect

    with pytest.raises(InvalidStatus) as refused:
        connect(server.ws_url, additional_headers={"Origin": server.url})
    assert refused.value.response.status_code == 401


def test_in_the_demo_each_name_of_the_loopback_is_an_origin_of_its_own(demo: Server) -> None:
    ana = demo.sign_in("ana")
    for host, origin, allowed in (
        ("ana.localhost", "ana.localhost", True),
        ("localhost", "localhost", True),
        ("ana.localhost", "sofia.localhost", False),
        ("ana.localhost", "evil.example", False),
    ):
        headers = {
            "Host": f"{host}:{demo.port}",
            "Origin": f"http://{origin}:{demo.port}",
            "Cookie": demo.cookie(ana),
        }
        answer = ana.put("/api/v1/me/presence", json={"status": "online"}, headers=headers)
        assert answer.status_code == (200 if allowed else 403), (host, origin)


def test_one_click_signs_in_as_the_name_of_the_host(demo: Server) -> None:
    client = demo.client(follow_redirects=False)
    host = f"sofia.localhost:{demo.port}"
    headers = {"Host": host, "Origin": f"http://{host}"}
    answer = client.post("/persona", headers=headers)
    assert answer.status_code == 303 and answer.headers["location"] == "/"
    cookie = answer.headers["set-cookie"].split(";")[0]
    me = client.get("/api/v1/me", headers={"Host": host, "Cookie": cookie})
    assert me.json()["name"] == "Sofia Lima"


@pytest.mark.parametrize("origin", [None, "http://evil.example", "http://ana.localhost:{port}"])
def test_one_click_from_elsewhere_does_nothing(demo: Server, origin: str | None) -> None:
    headers = {"Host": f"sofia.localhost:{demo.port}"}
    if origin:
        headers["Origin"] = origin.format(port=demo.port)
    answer = demo.client().post("/persona", headers=headers)
    assert answer.status_code == 403 and "set-cookie" not in answer.headers


def test_outside_the_demo_there_is_no_one_click(server: Server) -> None:
    assert server.client().post("/persona", headers={"Origin": server.url}).status_code == 404


def test_the_form_without_a_script_signs_in_too_and_goes_where_it_was_asked(server: Server) -> None:
    client = server.client(follow_redirects=False)
    form = {"email": email("ana"), "password": PASSWORD, "next": "/wall"}
    answer = client.post("/sign-in", data=form, headers={"Origin": server.url})
    assert (answer.status_code, answer.headers["location"]) == (303, "/wall")
    assert client.get("/api/v1/me").status_code == 200
    assert client.post("/sign-in", data=form).status_code == 403


@pytest.mark.parametrize(
    "forward", ["//evil.example", "/\\evil.example", "http://evil.example", "javascript:alert(1)", ""]
)
def test_no_redirect_leaves_the_house(server: Server, forward: str) -> None:
    client = server.client(follow_redirects=False)
    form = {"email": email("ana"), "password": PASSWORD, "next": forward}
    assert client.post("/sign-in", data=form, headers={"Origin": server.url}).headers["location"] == "/"


def test_a_page_sends_whoever_is_signed_out_to_the_door(server: Server) -> None:
    answer = server.client(follow_redirects=False).get("/wall")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=%2Fwall")


def test_signing_out_ends_this_session_alone(server: Server) -> None:
    first, second = server.sign_in("ana"), server.sign_in("ana")
    headers = {"Cookie": server.cookie(first)}
    answer = first.delete("/api/v1/session")
    assert answer.status_code == 204 and "Max-Age=0" in answer.headers["set-cookie"]
    assert server.client().get("/api/v1/me", headers=headers).status_code == 401
    assert second.get("/api/v1/me").status_code == 200


def test_a_new_password_ends_every_session(server: Server) -> None:
    client = server.sign_in("clara")
    row = server.read(user_by_id, server.ids["clara"])
    server.write(accounts.set_password, server.ids["clara"], row.password_hash or "")
    assert client.get("/api/v1/me").status_code == 401


def test_a_token_needs_no_csrf_and_opens_what_its_scopes_say(server: Server) -> None:
    user = accounts.NewUser(email="bot@x.example", name="Integração", role="integration")
    user_id = server.write(accounts.add_user, user)
    token_id, secret = server.write(tokens.create, user_id, "erp", ["me:read"])
    client = server.client(headers={"Authorization": f"Bearer {secret}"})
    assert client.get("/api/v1/me").json()["name"] == "Integração"
    assert client.put("/api/v1/me/presence", json={"status": "online"}).status_code == 403
    assert client.get("/api/v1/cases").status_code == 403
    server.write(tokens.revoke, token_id)
    assert client.get("/api/v1/me").status_code == 401


@pytest.mark.parametrize(
    "header", ["Bearer", "Bearer x", "bearer  x", "Basic eDp5", "acordo_x", "Bearer " + "x" * 5_000]
)
def test_a_bad_token_opens_nothing_even_beside_a_good_cookie(server: Server, header: str) -> None:
    ana = server.sign_in("ana")
    answer = ana.get("/api/v1/me", headers={"Authorization": header})
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")


def test_a_token_opens_a_socket_without_an_origin(server: Server) -> None:
    _, secret = server.write(tokens.create, server.ids["sofia"], "script", [])
    client = server.client()
    with opened(server, client, headers={"Authorization": f"Bearer {secret}", "Cookie": ""}) as ear:
        assert ear.hello()[-1]["user"]["name"] == "Sofia Lima"


def test_an_integration_cannot_sign_in_with_a_password(server: Server) -> None:
    from console.people.passwords import hash_now

    new = accounts.NewUser(email="i@x.example", name="I", role="integration", password_hash=hash_now(PASSWORD))
    server.write(accounts.add_user, new)
    answer = server.client().post("/api/v1/session", json={"email": "i@x.example", "password": PASSWORD})
    assert answer.status_code == 401


def test_after_five_failures_the_account_is_closed_to_this_address_and_open_to_nobody_who_guesses() -> None:
    clock = FixedClock(NOW)
    with running(workers={}, clock=clock) as server:
        client = server.client()
        wrong = {"email": email("ana"), "password": "wrong password"}
        codes = [client.post("/api/v1/session", json=wrong).status_code for _ in range(6)]
        assert codes == [401] * 5 + [429]
        right = client.post("/api/v1/session", json={"email": email("ana"), "password": PASSWORD})
        assert right.status_code == 429 and 0 < int(right.headers["retry-after"]) <= 901
        other = client.post("/api/v1/session", json={"email": email("bruno"), "password": PASSWORD})
        assert other.status_code == 200
        clock.advance(15 * MINUTE + SECOND)
        assert client.post("/api/v1/session", json={"email": email("ana"), "password": PASSWORD}).status_code == 200


def test_the_demo_does_not_limit_the_loopback(demo: Server) -> None:
    wrong = {"email": email("clara"), "password": "wrong password"}
    client = demo.client()
    assert [client.post("/api/v1/session", json=wrong).status_code for _ in range(7)] == [401] * 7
    assert client.post("/api/v1/session", json={**wrong, "password": PASSWORD}).status_code == 200


def test_a_session_ends_after_twelve_hours_and_after_eight_unused() -> None:
    clock = FixedClock(NOW)
    with running(workers={}, clock=clock) as server:
        used, unused = server.sign_in("ana"), server.sign_in("bruno")
        for _ in range(2):
            clock.advance(4 * HOUR - SECOND)
            assert used.get("/api/v1/me").status_code == 200
            server.call(server.services.store.write(lambda tx: None))  # the note of its use is written by now
        assert unused.get("/api/v1/me").status_code == 200
        clock.advance(4 * HOUR)
        assert used.get("/api/v1/me").status_code == 200
        clock.advance(2 * SECOND)
        assert used.get("/api/v1/me").status_code == 401


def test_an_unused_session_ends_after_eight_hours() -> None:
    clock = FixedClock(NOW)
    with running(workers={}, clock=clock) as server:
        client = server.sign_in("ana")
        clock.advance(8 * HOUR)
        assert client.get("/api/v1/me").status_code == 401


def test_the_eleventh_session_ends_the_least_used(server: Server) -> None:
    user = server.write(accounts.add_user, accounts.NewUser(email="many@x.example", name="Zé", role="agent"))
    started = [server.write(sessions.start, user) for _ in range(11)]
    client = server.client()
    found = [client.get("/api/v1/me", headers={"Cookie": f"acordo={each.cookie}"}).status_code for each in started]
    assert sorted(found) == [200] * 10 + [401]
    assert found[-1] == 200
