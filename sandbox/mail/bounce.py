"""A mail that comes back: a delivery status notification after RFC 3464, from the null sender."""

from __future__ import annotations

from email.message import Message as Mime
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart
from email.mime.text import MIMEText
from email.utils import make_msgid

import msgspec

from sandbox.clock import rfc2822
from sandbox.config import SandboxInbox
from sandbox.mail.delivery import deliver
from sandbox.records import Message
from sandbox.world import Sandbox

HOST = "mx.sandbox.localhost"


def bounce(sandbox: Sandbox, message: Message, code: str = "5.1.1") -> None:
    """Returns a mail to its envelope sender. `code` is an enhanced status (4… delayed, 5… failed) or an SMTP code."""
    inbox = sandbox.inbox(message.inbox)
    back_to = str(message.detail.get("mail_from") or "")
    if inbox is None or not back_to:
        return
    status = code if code.count(".") == 2 else f"{code[0]}.0.0"
    mail = _notice(inbox, message, status, back_to, sandbox.clock.now())
    about = Message(
        id=f"bounce-{message.id}",
        provider="smtp",
        inbox=inbox.id,
        channel="email",
        direction="in",
        person=message.person,
        address=message.address,
        at=message.at,
    )
    deliver(sandbox, inbox, about, mail, mail_from="", rcpt_to=back_to)
    if status.startswith("5") and (changed := sandbox.store.message(message.id)):
        sandbox.update(msgspec.structs.replace(changed, error=status, detail={**changed.detail, "returned": status}))


def _notice(inbox: SandboxInbox, message: Message, status: str, back_to: str, now: int) -> bytes:
    failed = status.startswith("5")
    report = MIMEMultipart("report")
    report.set_param("report-type", "delivery-status")
    report["From"] = f"Mail Delivery System <MAILER-DAEMON@{HOST}>"
    report["To"] = back_to
    report["Subject"] = "Undelivered Mail Returned to Sender" if failed else "Delayed Mail (still being retried)"
    report["Date"] = rfc2822(now)
    report["Message-ID"] = make_msgid(domain=HOST)
    report["Auto-Submitted"] = "auto-replied"
    report.attach(
        MIMEText(
            f"This is the mail system at host {HOST}.\n\n"
            f"Your message could not be delivered to <{message.address}>: {status}.\n"
        )
    )
    report.attach(_status(message, status, "failed" if failed else "delayed", now))
    report.attach(_headers(message))
    return report.as_bytes()


def _status(message: Message, status: str, action: str, now: int) -> Mime:
    about_mail, about_recipient = Mime(), Mime()
    about_mail["Reporting-MTA"] = f"dns; {HOST}"
    about_mail["Arrival-Date"] = rfc2822(now)
    about_recipient["Final-Recipient"] = f"rfc822; {message.address}"
    about_recipient["Action"] = action
    about_recipient["Status"] = status
    about_recipient["Diagnostic-Code"] = f"smtp; {'550' if action == 'failed' else '450'} {status} <{message.address}>"
    part = MIMENonMultipart("message", "delivery-status")
    part.set_payload([about_mail, about_recipient])
    return part


def _headers(message: Message) -> Mime:
    raw = str((message.request or {}).get("body", ""))
    head = raw.replace("\r\n", "\n").split("\n\n", 1)[0]
    part = MIMEText(head + "\n", "rfc822-headers", "utf-8")
    del part["content-transfer-encoding"]
    part["Content-Transfer-Encoding"] = "8bit"
    part.set_payload(head + "\n")
    return part
