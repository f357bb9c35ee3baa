"""The sandbox's database: SQLite, one connection, every change committed before its caller goes on."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from sandbox.config import Person
from sandbox.records import RANK, Charge, Checkout, Media, Message, Post

T = TypeVar("T")

SCHEMA = """
create table if not exists person (
  id text primary key, phone text, wa_id text, user_id text, email text, touched integer not null, data text not null);
create index if not exists person_phone on person (phone);
create index if not exists person_wa on person (wa_id);
create index if not exists person_user on person (user_id);
create index if not exists person_email on person (email);
create table if not exists message (
  seq integer primary key autoincrement, id text not null, inbox text not null, channel text not null,
  direction text not null, person text not null, address text not null, at integer not null, accepted integer not null,
  carrier integer not null, status text not null, data text not null);
create index if not exists message_id on message (id);
create index if not exists message_thread on message (person, inbox, seq);
create index if not exists message_address on message (address, seq);
create table if not exists media (
  id text primary key, inbox text not null, message text not null, name text not null, type text not null,
  at integer not null, content blob not null);
create table if not exists post (
  id integer primary key autoincrement, lane text not null, state text not null, due_at integer not null,
  thread text not null, status text not null, data blob not null);
create index if not exists post_due on post (state, due_at);
create table if not exists opt_out (inbox text not null, address text not null, primary key (inbox, address));
create table if not exists checkout (id text primary key, key text not null unique, data text not null);
create table if not exists charge (
  seq integer primary key autoincrement, id integer not null unique, checkout text not null, data text not null);
create index if not exists charge_checkout on charge (checkout, seq);
create table if not exists setting (name text primary key, value text not null);
"""
CONTENTS = ("person", "message", "media", "post", "opt_out", "checkout", "charge")


def digits(text: str) -> str:
    return "".join(c for c in text if c.isdigit())


class Store:
    """Opens or creates the database at `path` (":memory:" for none)."""

    def __init__(self, path: str) -> None:
        if path != ":memory:":
            Path(path).parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._depth = 0
        self._db.execute("pragma journal_mode=wal")
        self._db.execute("pragma synchronous=normal")
        self._db.executescript(SCHEMA)

    def close(self) -> None:
        self._db.close()

    @contextmanager
    def commit(self) -> Iterator[None]:
        """All that is written inside is committed together, or not at all. May be nested."""
        self._depth += 1
        if self._depth == 1:
            self._db.execute("begin immediate")
        try:
            yield
        except BaseException:
            self._depth -= 1
            if self._depth == 0:
                self._db.execute("rollback")
            raise
        self._depth -= 1
        if self._depth == 0:
            self._db.execute("commit")

    def clear(self) -> None:
        """Forgets people, messages, files, deliveries and opt-outs; keeps settings."""
        with self.commit():
            for table in CONTENTS:
                self._db.execute(f"delete from {table}")

    # people -----------------------------------------------------------------------------------------------------------

    def put_person(self, person: Person, touched: int) -> None:
        self._db.execute(
            "insert or replace into person (id, phone, wa_id, user_id, email, touched, data) values (?,?,?,?,?,?,?)",
            (
                person.id,
                digits(person.phone),
                person.wa_id,
                person.user_id,
                person.email.lower(),
                touched,
                _dump(person),
            ),
        )

    def touch(self, person: str, at: int) -> None:
        self._db.execute("update person set touched = max(touched, ?) where id = ?", (at, person))

    def person(self, person_id: str) -> Person | None:
        return self._one(Person, "select data from person where id = ?", person_id)

    def person_with(self, column: str, value: str) -> Person | None:
        """`column` is phone (digits), wa_id, user_id or email."""
        if column not in {"phone", "wa_id", "user_id", "email"} or not value:
            return None
        return self._one(Person, f"select data from person where {column} = ? limit 1", value)

    def people(self, limit: int) -> list[Person]:
        """Those who were touched last come first."""
        rows = self._db.execute("select data from person order by touched desc, id limit ?", (limit,))
        return [msgspec.json.decode(row[0], type=Person) for row in rows]

    # messages ---------------------------------------------------------------------------------------------------------

    def add_message(self, message: Message) -> Message:
        cursor = self._db.execute(
            "insert into message (id, inbox, channel, direction, person, address, at, accepted, carrier, status, data)"
            " values (?,?,?,?,?,?,?,?,?,?,?)",
            (
                message.id,
                message.inbox,
                message.channel,
                message.direction,
                message.person,
                message.address,
                message.at,
                message.accepted,
                message.carrier,
                message.status,
                _dump(message),
            ),
        )
        self.touch(message.person, message.at)
        return msgspec.structs.replace(message, seq=cursor.lastrowid or 0)

    def save_message(self, message: Message) -> None:
        self._db.execute(
            "update message set status = ?, data = ? where seq = ?", (message.status, _dump(message), message.seq)
        )

    def message(self, message_id: str) -> Message | None:
        """The one with this provider id; the first, should there be several."""
        return self._first_message("where id = ? order by seq limit 1", message_id)

    def thread(self, person: str, inbox: str, limit: int) -> list[Message]:
        """The last `limit` accepted messages, oldest first."""
        where = "where person = ? and inbox = ? and accepted = 1 order by seq desc limit ?"
        return self._messages(where, person, inbox, limit)[::-1]

    def heard(self, person: str, after: int) -> list[Message]:
        """What the product has sent this person after a message, oldest first."""
        where = "where person = ? and seq > ? and direction = 'out' and accepted = 1 and carrier = 0 order by seq"
        return self._messages(where, person, after)

    def last_inbound(self, person: str, inbox: str) -> int:
        """When this person last wrote to this inbox; 0 for never."""
        row = self._db.execute(
            "select max(at) from message where person = ? and inbox = ? and direction = 'in'", (person, inbox)
        ).fetchone()
        return int(row[0] or 0)

    def sent(self, *, channel: str, inbox: str, since: int, after: int, refused: bool, limit: int) -> list[Message]:
        """What the providers received from the product, newest last; at most the last `limit`."""
        where = (
            "where direction = 'out' and carrier = 0 and (? = '' or channel = ?) and (? = '' or inbox = ?)"
            " and at >= ? and seq > ? and (accepted = 1 or ?) order by seq desc limit ?"
        )
        return self._messages(where, channel, channel, inbox, inbox, since, after, refused, limit)[::-1]

    def of_inboxes(self, inboxes: list[str], address: str, limit: int) -> list[Message]:
        """Both directions, newest first; those with one person's address unless it is empty."""
        marks = ",".join("?" * len(inboxes))
        where = f"where inbox in ({marks}) and (? = '' or address = ?) and accepted = 1 and carrier = 0"
        return self._messages(f"{where} order by seq desc limit ?", *inboxes, address, address, limit)

    def raise_status(self, message_id: str, status: str, error: str = "") -> Message | None:
        """Moves a message up to `status`, never down. Answers the changed message, or None."""
        message = self.message(message_id)
        if message is None or RANK.get(status, 0) <= RANK.get(message.status, 0):
            return None
        changed = msgspec.structs.replace(message, status=status, error=error or message.error)
        self.save_message(changed)
        return changed

    def _first_message(self, where: str, *args: object) -> Message | None:
        found = self._messages(where, *args)
        return found[0] if found else None

    def _messages(self, where: str, *args: object) -> list[Message]:
        rows = self._db.execute(f"select seq, data from message {where}", args)
        return [msgspec.structs.replace(msgspec.json.decode(data, type=Message), seq=seq) for seq, data in rows]

    # files ------------------------------------------------------------------------------------------------------------

    def add_media(self, media: Media) -> None:
        self._db.execute(
            "insert or replace into media (id, inbox, message, name, type, at, content) values (?,?,?,?,?,?,?)",
            (media.id, media.inbox, media.message, media.name, media.type, media.at, media.content),
        )

    def media(self, media_id: str) -> Media | None:
        row = self._db.execute(
            "select id, inbox, message, name, type, at, content from media where id = ?", (media_id,)
        ).fetchone()
        if row is None:
            return None
        names = ("id", "inbox", "message", "name", "type", "at", "content")
        return Media(**dict(zip(names, row, strict=True)))

    def drop_media(self, media_id: str) -> bool:
        return self._db.execute("delete from media where id = ?", (media_id,)).rowcount > 0

    # deliveries -------------------------------------------------------------------------------------------------------

    def add_post(self, post: Post, thread: str = "") -> None:
        """`thread` is "person inbox": opening it on the phones page hastens what waits for it."""
        self._db.execute(
            "insert into post (lane, state, due_at, thread, status, data) values (?,?,?,?,?,?)",
            (post.lane, post.state, post.due_at, thread, post.status, msgspec.msgpack.encode(post)),
        )

    def due_posts(self, now: int, limit: int = 256) -> list[tuple[int, str]]:
        """(id, lane) of what is due, the earliest first."""
        return self._db.execute(
            "select id, lane from post where state = 'pending' and due_at <= ? order by due_at, id limit ?",
            (now, limit),
        ).fetchall()

    def post(self, post_id: int) -> Post:
        due_at, data = self._db.execute("select due_at, data from post where id = ?", (post_id,)).fetchone()
        return msgspec.structs.replace(msgspec.msgpack.decode(data, type=Post), id=post_id, due_at=due_at)

    def next_due(self, after: int) -> int | None:
        row = self._db.execute(
            "select min(due_at) from post where state = 'pending' and due_at > ?", (after,)
        ).fetchone()
        return None if row[0] is None else int(row[0])

    def save_post(self, post: Post) -> None:
        self._db.execute(
            "update post set state = ?, due_at = ?, data = ? where id = ?",
            (post.state, post.due_at, msgspec.msgpack.encode(post), post.id),
        )

    def hasten(self, thread: str, status: str, now: int) -> None:
        self._db.execute(
            "update post set due_at = ? where state = 'pending' and thread = ? and status = ? and due_at > ?",
            (now, thread, status, now),
        )

    # checkouts --------------------------------------------------------------------------------------------------------

    def put_checkout(self, made: Checkout) -> None:
        self._db.execute("insert into checkout (id, key, data) values (?,?,?)", (made.id, made.key, _dump(made)))

    def checkout(self, checkout_id: str) -> Checkout | None:
        return self._one(Checkout, "select data from checkout where id = ?", checkout_id)

    def checkout_of(self, key: str) -> Checkout | None:
        """The one that this idempotency key made."""
        return self._one(Checkout, "select data from checkout where key = ?", key)

    def put_charge(self, paid: Charge) -> None:
        self._db.execute(
            "insert into charge (id, checkout, data) values (?,?,?)"
            " on conflict (id) do update set data = excluded.data",
            (paid.id, paid.checkout, _dump(paid)),
        )

    def charge(self, charge_id: int) -> Charge | None:
        return self._one(Charge, "select data from charge where id = ?", charge_id)

    def last_charge(self, checkout_id: str) -> Charge | None:
        query = "select data from charge where checkout = ? order by seq desc limit 1"
        return self._one(Charge, query, checkout_id)

    # the rest ---------------------------------------------------------------------------------------------------------

    def set_opt_out(self, inbox: str, address: str, out: bool) -> None:
        if out:
            self._db.execute("insert or ignore into opt_out values (?, ?)", (inbox, address))
        else:
            self._db.execute("delete from opt_out where inbox = ? and address = ?", (inbox, address))

    def opted_out(self, inbox: str, address: str) -> bool:
        row = self._db.execute("select 1 from opt_out where inbox = ? and address = ?", (inbox, address)).fetchone()
        return row is not None

    def setting(self, name: str, default: T) -> T:
        row = self._db.execute("select value from setting where name = ?", (name,)).fetchone()
        return default if row is None else msgspec.json.decode(row[0], type=type(default))

    def put_setting(self, name: str, value: Any) -> None:
        self._db.execute("insert or replace into setting values (?, ?)", (name, _dump(value)))

    def _one(self, kind: type[T], query: str, *args: object) -> T | None:
        row = self._db.execute(query, args).fetchone()
        return None if row is None else msgspec.json.decode(row[0], type=kind)


def _dump(value: Any) -> str:
    return msgspec.json.encode(value).decode()
