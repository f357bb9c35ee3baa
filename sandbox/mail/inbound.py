"""A person writes a mail, new or as a true reply with threading headers and the quoted text below."""

from __future__ import annotations

from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import make_msgid, parseaddr

from sandbox.clock import rfc2822
from sandbox.config import Person, SandboxInbox
from sandbox.mail.delivery import deliver
from sandbox.records import Message
from sandbox.world import Sandbox
from sandbox.writing import Written

WROTE = {"pt": "Em {date}, {name} <{address}> escreveu:", "es": "El {date}, {name} <{address}> escribió:"}
WROTE_EN = "On {date}, {name} <{address}> wrote:"


def write(sandbox: Sandbox, inbox: SandboxInbox, person: Person, written: Written, at: int) -> list[Message]:
    """Keeps and sends what was written. Raises ValueError."""
    if not person.email:
        raise ValueError("this person has no mailbox")
    if not (written.text or written.attachments or written.subject):
        raise ValueError("the message is empty")
    answered = sandbox.store.message(written.in_reply_to.strip("<>"))
    mail = _mail(inbox, person, written, answered, at)
    media = []
    for attachment in written.attachments:
        content = attachment.content()
        main, _, sub = attachment.type.partition("/")
        mail.add_attachment(content, maintype=main, subtype=sub or "octet-stream", filename=attachment.name)
        media.append(sandbox.keep_media(inbox.id, attachment.name, attachment.type, content).id)
    message = Message(
        id=str(mail["Message-ID"]).strip("<>"),
        provider="smtp",
        inbox=inbox.id,
        channel="email",
        direction="in",
        person=person.id,
        address=person.email,
        at=at,
        kind="email",
        text=written.text,
        subject=str(mail["Subject"]),
        status="sent",
        detail={"media": media, "quoted": written.in_reply_to.strip("<>")},
    )
    with sandbox.store.commit():
        kept = sandbox.keep(message)
        to = parseaddr(str(mail["To"]))[1]
        raw = mail.as_bytes()
        deliver(sandbox, inbox, kept, raw, mail_from=person.email, rcpt_to=to, copies=written.duplicate)
    return [kept]


def _mail(inbox: SandboxInbox, person: Person, written: Written, answered: Message | None, at: int) -> EmailMessage:
    mail = EmailMessage(policy=SMTP)
    user, _, domain = person.email.partition("@")
    mail["From"] = Address(person.name, user, domain)
    headers = answered.detail.get("headers", {}) if answered else {}
    mail["To"] = parseaddr(headers.get("reply-to") or inbox.address)[1]
    subject = written.subject or (f"Re: {answered.subject.removeprefix('Re: ')}" if answered else "")
    mail["Subject"] = " ".join(subject.split())
    mail["Date"] = rfc2822(at)
    mail["Message-ID"] = make_msgid(domain=domain or "sandbox.localhost")
    if written.in_reply_to:
        answered_id = f"<{written.in_reply_to.strip('<>')}>"
        mail["In-Reply-To"] = answered_id
        mail["References"] = " ".join([*headers.get("references", "").split(), answered_id])
    for name, value in written.headers.items():
        mail[name] = value
    quote = _quote(person, answered, inbox) if answered and written.quote else ""
    mail.set_content(written.text + quote)
    return mail


def _quote(person: Person, answered: Message, inbox: SandboxInbox) -> str:
    wrote = WROTE.get(person.language[:2], WROTE_EN)
    line = wrote.format(date=rfc2822(answered.at), name=inbox.name or inbox.address, address=inbox.address)
    quoted = "\n".join(f"> {row}" for row in answered.text.splitlines())
    return f"\n\n{line}\n{quoted}\n"
