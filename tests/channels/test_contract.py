"""What every registered channel owes the console, whatever is posted to it or answered by its provider."""

from __future__ import annotations

import copy
import json
import re
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from channels.carry import misfit, text_room
from channels.choices import Choice
from channels.errors import BadRequest, BadSignature, CannotBuild
from channels.meta import Meta
from channels.registry import CHANNELS, channel_of
from channels.types import Accepted, Answer, Dead, Delivery, File, HttpCall, Inbound, Item, Outcome, To
from tests.channels.contract_cases import CASES, REF, Case, blank
from tests.channels.samples import NOW, RECORDED, meta_inbox

every_channel = pytest.mark.parametrize("provider", sorted(CHANNELS))
thorough = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def _parsed(case: Case, delivery: Delivery) -> list[Item]:
    items = list(channel_of(case.inbox.provider).parse(case.inbox, delivery, NOW))
    assert items, "a delivery that was taken must leave a trace"
    assert all(isinstance(item, get_args(Item)) for item in items)
    stored = msgspec.json.encode(items)
    assert b"\\u0000" not in stored
    return items


@st.composite
def mutated(draw: st.DrawFn, bodies: tuple[bytes, ...]) -> bytes:
    """A recorded body with some bytes cut out, doubled, replaced or put in."""
    body = draw(st.sampled_from(bodies))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(body)))
        end = min(len(body), start + draw(st.integers(0, 40)))
        piece = draw(st.one_of(st.binary(max_size=8), st.just(body[start:end] * 2), st.sampled_from(_SHARP)))
        body = body[:start] + piece + body[end:]
    return body


_SHARP = [
    b"\x00",
    b"\xff\xfe",
    b'"',
    b"{}",
    b"[]",
    b"null",
    b"&From=x",
    b"%00",
    b"%ff",
    b"\r\n\r\n",
    b"1e999",
    b"\\ud800",
]


def test_every_channel_stands_under_this_contract() -> None:
    assert set(CASES) == set(CHANNELS)
    assert all(channel.provider == provider for provider, channel in CHANNELS.items())


@every_channel
def test_what_the_provider_signed_is_taken(provider: str) -> None:
    case = CASES[provider]
    for body in case.bodies:
        channel_of(provider).verify(case.inbox, case.signed(body))


@every_channel
def test_an_empty_secret_and_a_missing_signature_open_nothing(provider: str) -> None:
    case = CASES[provider]
    delivery = case.signed(case.bodies[0])
    with pytest.raises(BadSignature):
        channel_of(provider).verify(blank(case), delivery)
    with pytest.raises(BadSignature):
        channel_of(provider).verify(case.inbox, replace(delivery, headers={}))


@every_channel
@thorough
@given(data=st.data())
def test_one_changed_byte_breaks_the_signature(provider: str, data: st.DataObject) -> None:
    case = CASES[provider]
    delivery = case.signed(data.draw(st.sampled_from([body for body in case.bodies if body])))
    place = data.draw(st.integers(0, len(delivery.body) - 1))
    other = data.draw(st.integers(1, 255))
    changed = bytearray(delivery.body)
    changed[place] ^= other
    with pytest.raises((BadSignature, BadRequest)):
        channel_of(provider).verify(case.inbox, replace(delivery, body=bytes(changed)))


@every_channel
@thorough
@given(data=st.data())
def test_no_body_whatever_breaks_the_parser_and_the_same_body_says_the_same(provider: str, data: st.DataObject) -> None:
    case = CASES[provider]
    delivery = replace(case.signed(case.bodies[0]), body=data.draw(mutated(case.bodies)))
    assert _parsed(case, delivery) == _parsed(case, delivery)


@every_channel
@thorough
@given(body=st.binary(max_size=200))
def test_noise_is_kept_aside_or_taken_but_never_lost(provider: str, body: bytes) -> None:
    case = CASES[provider]
    _parsed(case, replace(case.signed(case.bodies[0]), body=body))


@every_channel
@thorough
@given(
    body=st.binary(max_size=300),
    headers=st.dictionaries(st.text(max_size=30), st.text(max_size=60), max_size=4),
    query=st.text(max_size=60),
    path=st.text(max_size=60),
    signature=st.text(max_size=60),
)
def test_verify_says_yes_or_no_and_nothing_else(
    provider: str, body: bytes, headers: dict[str, str], query: str, path: str, signature: str
) -> None:
    case = CASES[provider]
    names = case.signed(case.bodies[0]).headers
    delivery = Delivery(body=body, query=query, path=path, headers={**headers, **dict.fromkeys(names, signature)})
    with pytest.raises((BadSignature, BadRequest)):
        channel_of(provider).verify(case.inbox, delivery)


@every_channel
def test_the_message_carries_our_reference(provider: str) -> None:
    case = CASES[provider]
    call = channel_of(provider).build(case.inbox, case.message)
    assert call.ref == REF
    assert REF in (call.body.decode() if isinstance(call, HttpCall) else call.message_id)
    assert "Olá" not in repr(call) and "maria" not in repr(call)
    assert channel_of(provider).build(case.inbox, case.message) == call


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["error", "code", "message", "messages", "id", "sid", "status", "contacts", "error_code", "x"]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)


@every_channel
@thorough
@given(
    status=st.one_of(st.sampled_from([200, 201, 250, 302, 400, 401, 429, 500, 503, 550]), st.integers(-1, 1000)),
    body=st.one_of(st.binary(max_size=100), _JSON.map(lambda value: json.dumps(value).encode())),
    headers=st.dictionaries(st.sampled_from(["retry-after", "message-id", "stage"]), st.text(max_size=20)),
)
def test_every_answer_has_a_meaning(provider: str, status: int, body: bytes, headers: dict[str, str]) -> None:
    case = CASES[provider]
    answer = Answer(status=status, body=body, headers=headers)
    outcome = channel_of(provider).read(case.inbox, answer)
    assert isinstance(outcome, get_args(Outcome))
    assert not isinstance(outcome, Accepted) or 200 <= status < 300
    assert channel_of(provider).read(case.inbox, answer) == outcome


@every_channel
@pytest.mark.parametrize("status", [301, 302, 307, 308, 500, 502, 504])
def test_a_good_answer_under_a_bad_status_is_not_believed(provider: str, status: int) -> None:
    case = CASES[provider]
    outcome = channel_of(provider).read(case.inbox, Answer(status=status, body=case.accepted))
    assert not isinstance(outcome, Accepted)


@every_channel
def test_limits_are_told_for_each_kind_of_inbox(provider: str) -> None:
    channel = channel_of(provider)
    for name in channel.carries:
        limits = channel.limits(replace(CASES[provider].inbox, channel=name))
        assert limits.text_chars > 0


@every_channel
def test_what_its_limits_say_is_what_a_channel_builds(provider: str) -> None:
    case, channel = CASES[provider], channel_of(provider)
    file = File(
        id="f", name="a.pdf", type="application/pdf", size=1, provider_id="1", url="https://x.example/f", content=b"x"
    )
    to = To(phone="+5511988774321", wa_id="5511988774321", email="m@example.org")
    for name in channel.carries:
        inbox = replace(case.inbox, channel=name)
        limits = channel.limits(inbox)
        files, beside = limits.files, text_room(limits, limits.files)
        fits: dict[str, tuple[str, int, str]] = {
            "the longest text": ("x" * limits.text_chars, 0, ""),
            "the most files, and the longest text beside them": ("x" * beside, files, ""),
        }
        odd: dict[str, tuple[str, int, str]] = {
            "text": ("x" * (limits.text_chars + 1), 0, ""),
            "attachments": ("x", files + 1, ""),
        }
        if files:
            odd["text "] = ("x" * (beside + 1), 1, "")
        if limits.subject_chars:
            fits["the longest subject"] = ("x", 0, "á" * limits.subject_chars)
            odd["subject"] = ("x", 0, "x" * (limits.subject_chars + 1))
            odd["subject "] = ("x", 0, "oi\r\nBcc: x@y.example")
        else:
            odd_subject = misfit(limits, text="x", subject="oi")
            assert odd_subject is not None and odd_subject.field == "subject"
        for kind, most in limits.wordless:
            spoken = replace(file, type=kind, size=most)
            found = misfit(limits, text="x", files=[(kind, most)])
            assert found is not None and (found.field, found.limit) == ("text", 0)
            with pytest.raises(CannotBuild, match=re.escape(found.why)):
                channel.build(inbox, replace(case.message, to=to, text="x", files=(spoken,)))
            assert channel.build(inbox, replace(case.message, to=to, text="", files=(spoken,))).ref == REF
            assert misfit(limits, text="x", files=[(kind, most + 1)]) is None, "bigger, it is a document"
        for words, (text, count, about) in fits.items():
            message = replace(case.message, to=to, text=text, files=(file,) * count, subject=about)
            assert misfit(limits, text=text, files=[("application/pdf", 1)] * count, subject=about) is None, (
                name,
                words,
            )
            assert channel.build(inbox, message).ref == REF, (name, words)
        for field, (text, count, about) in odd.items():
            found = misfit(limits, text=text, files=[("application/pdf", 1)] * count, subject=about)
            assert found is not None and found.field == field.strip(), (name, field)
            message = replace(case.message, to=to, text=text, files=(file,) * count, subject=about)
            with pytest.raises(CannotBuild, match=re.escape(found.why)):
                channel.build(inbox, message)


@every_channel
def test_choices_leave_to_be_tapped_or_are_refused_but_never_left_out(provider: str) -> None:
    case, channel = CASES[provider], channel_of(provider)
    for name in channel.carries:
        inbox = replace(case.inbox, channel=name)
        limits = channel.limits(inbox)
        for count in sorted({limits.buttons or 1, limits.rows or 1}):
            choices = tuple(
                Choice(f"id-{n}", f"Opção {n}", "nota" if count > limits.buttons else "") for n in range(count)
            )
            asking = replace(
                case.message,
                to=To(phone="+5511988774321", wa_id="5511988774321", email="m@example.org"),
                files=(),
                text="Qual prefere?",
                buttons=choices,
                menu="Ver opções",
            )
            if not limits.buttons:
                with pytest.raises(CannotBuild, match="buttons"):
                    channel.build(inbox, asking)
                continue
            call = channel.build(inbox, asking)
            assert isinstance(call, HttpCall) and all(f'"{each.id}"'.encode() in call.body for each in choices)


# --- Meta's tree ------------------------------------------------------------------------------------------------------

_TREES = [json.loads(path.read_bytes()) for path in sorted((RECORDED / "whatsapp").glob("self_*.json"))]
_ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    st.text(max_size=10),
    st.just("x" * 3000),
    st.just("1" * 4000),
    st.just([]),
    st.just({}),
    st.just([{}]),
    st.just({"id": 1, "type": "text", "text": "no object"}),
).map(copy.deepcopy)


def _places(tree: Any, found: list[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
    keys = tree.keys() if isinstance(tree, dict) else range(len(tree)) if isinstance(tree, list) else ()
    for key in keys:
        found.append((tree, key))
        _places(tree[key], found)
    return found


@st.composite
def changed_tree(draw: st.DrawFn, trees: list[Any]) -> Any:
    """A tree with a value swapped for one of another type, taken out, or doubled."""
    tree = copy.deepcopy(draw(st.sampled_from(trees)))
    for _ in range(draw(st.integers(1, 3))):
        places = _places(tree, [])
        if not places:
            break
        holder, key = places[draw(st.integers(0, len(places) - 1))]
        match draw(st.sampled_from(["swap", "remove", "double"])):
            case "swap":
                holder[key] = draw(_ODD)
            case "remove":
                del holder[key]
            case _:
                if isinstance(holder, list):
                    holder.insert(key, copy.deepcopy(holder[key]))
    return tree


@settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(tree=changed_tree(_TREES))
def test_no_change_of_metas_tree_breaks_the_parser(tree: Any) -> None:
    delivery = Delivery(body=json.dumps(tree).encode())
    assert _parsed(CASES["meta"], delivery) == _parsed(CASES["meta"], delivery)


_CHANGES = [change for tree in _TREES for entry in tree.get("entry", []) for change in entry["changes"]]


def _message(number: int) -> dict[str, Any]:
    facts = {"from": "5511900000009", "id": f"wamid.good{number}", "timestamp": "1760000000", "type": "text"}
    return {**facts, "text": {"body": "good"}}


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(bad=changed_tree(_CHANGES), odd=st.one_of(_ODD, st.fixed_dictionaries({"type": _ODD, "id": _ODD, "from": _ODD})))
def test_the_rest_of_an_envelope_survives_any_one_element(bad: Any, odd: Any) -> None:
    messages = [_message(1), odd, _message(2)]
    good = {"field": "messages", "value": {"messages": messages}}
    envelope = {
        "object": "whatsapp_business_account",
        "entry": [{"id": "1", "changes": [bad, good]}, odd, {"id": "2", "changes": [good]}],
    }
    items = Meta().parse(meta_inbox(), Delivery(body=json.dumps(envelope).encode()), NOW)
    taken = [item.provider_id for item in items if isinstance(item, Inbound) and item.text == "good"]
    assert taken == ["wamid.good1", "wamid.good2"] * 2
    assert isinstance(odd, dict) or any(isinstance(item, Dead) for item in items)
