"""What a person does with a message of ours that is not on its way: again, called off, or settled by their own word."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from channels.choices import Choice
from console.access.actor import Actor
from console.access.idempotent import body_hash, remember, repeated
from console.audit.record import record
from console.cases.answered import not_answered
from console.cases.changed import told
from console.cases.guards import workable
from console.cases.letter import ENDED, Reply, TemplateWish
from console.cases.queries import CaseRow
from console.cases.reply import reply
from console.cases.send import resolve_by_hand
from console.cases.settle import as_it_stands
from console.errors import Conflict, NotFound
from console.gate.guard import give_back
from console.outbox.models import outbox
from console.outbox.queries import claim
from console.store.base import dump, load
from console.store.statement import change
from console.store.transaction import Reader, Tx
from console.timeline import queries as timeline
from console.timeline.add import revise
from console.timeline.download import visible_item
from console.timeline.files import insert
from console.timeline.queries import AttachmentRow, ItemRow, files_of


def ours(reader: Reader, actor: Actor, item_id: str) -> ItemRow:
    """A message that we wrote, on a case the actor reads. Raises NotFound."""
    item = visible_item(reader, actor, item_id)
    if item.kind != "message" or item.direction != "out":
        raise NotFound
    return item


def files_to_copy(reader: Reader, actor: Actor, item_id: str) -> list[AttachmentRow]:
    """The files that a retry would carry again. Raises NotFound."""
    return files_of(reader, ours(reader, actor, item_id).id)


def retry(
    tx: Tx, actor: Actor, item_id: str, client_id: str, epoch: int, copies: Mapping[str, str]
) -> tuple[ItemRow, bool]:
    """A new message like one that failed or was called off, judged anew; whether it is new.

    `copies`: the ids under which its files were laid down a second time. Raises NotFound, Forbidden, Conflict (it may
    still arrive) and whatever `reply` does.
    """
    item = ours(tx, actor, item_id)
    actor.must_be("agent", "supervisor")
    digest = body_hash({"retry": item.id})
    before = repeated(tx, actor, f"retry:{item.id}", client_id, digest)
    if before is not None:
        return timeline.get(tx, before), False
    if item.status not in ENDED:
        raise Conflict("Only a message that failed or was cancelled is written again.", message_status=item.status)
    ids = []
    for row in files_of(tx, item.id):
        if row.id in copies:
            insert(tx, replace(row, id=copies[row.id], item_id=None, case_id=None, uploader_id=actor.id))
            ids.append(copies[row.id])
    kept = load(item.data)
    wish = _wish(item, client_id, epoch, ids)
    choices = [Choice(*each) for each in kept.get("buttons", ())]
    made, _ = reply(
        tx, actor, item.case_id, wish, buttons=choices, menu=kept.get("menu", ""), carries=kept.get("detail")
    )
    remember(tx, actor, f"retry:{item.id}", client_id, digest, made.id)
    return made, True


def settle(tx: Tx, actor: Actor, item_id: str, sent: bool, epoch: int | None) -> ItemRow:
    """A person's word for a message of which nobody knows whether it left. Raises NotFound, NotOwner, Conflict."""
    item, _ = _mine(tx, actor, item_id, epoch)
    if item.status != "unconfirmed":
        raise Conflict("Only an unconfirmed message is settled by hand.", message_status=item.status)
    resolve_by_hand(tx, item, sent, actor.id)
    record(tx, actor.id, "message.settled", f"message:{item.id}", case_id=item.case_id, detail={"sent": sent})
    return timeline.get(tx, item.id)


def cancel(tx: Tx, actor: Actor, item_id: str, epoch: int | None) -> ItemRow:
    """Call off what is scheduled or held; its text stays. Raises NotFound, NotOwner, Conflict (it left, or ended)."""
    item, row = _mine(tx, actor, item_id, epoch)
    planned = claim(tx, item.id)
    if planned is None or planned.state != "planned" or item.status not in ("scheduled", "held"):
        raise Conflict("Only a scheduled or held message is called off.", message_status=item.status)
    change(tx, outbox, {"item_id": item.id}, state="cancelled")
    give_back(tx, item.id)
    data = load(item.data) | {"cancelled": {"why": "by_hand"}}
    revise(tx, row, item, status="cancelled", due_at=None, data=dump(data))
    not_answered(tx, row, item)
    told(tx, row)
    return item


def _mine(tx: Tx, actor: Actor, item_id: str, epoch: int | None) -> tuple[ItemRow, CaseRow]:
    item = ours(tx, actor, item_id)
    row = workable(tx, actor, item.case_id, epoch)
    return as_it_stands(tx, item), row


def _wish(item: ItemRow, client_id: str, epoch: int, files: list[str]) -> Reply:
    kept = load(item.data)
    used = kept.get("template")
    template = TemplateWish(used["name"], used["language"], used["variables"]) if used else None
    return Reply(
        client_id=client_id,
        epoch=epoch,
        channel=item.channel or "",
        text=None if template else item.text,
        template=template,
        attachments=files,
        purpose=None if item.purpose == "reply" else item.purpose,  # whether it still is one, the gate says
        contact_point=item.contact_point_id,
        inbox=item.inbox_id,
        reply_to=item.reply_to,
        subject=item.subject if kept.get("own_subject") else None,
        retry_of=item.id,
    )
