"""Carries a finished mail to the product: by SMTP to its listener, else as raw MIME to its webhook."""

from __future__ import annotations

import hashlib
import hmac

from sandbox.config import SandboxInbox
from sandbox.records import Message, Post
from sandbox.world import Sandbox

WAITS_S = (1.0, 5.0, 15.0, 60.0)


def deliver(
    sandbox: Sandbox,
    inbox: SandboxInbox,
    message: Message,
    mail: bytes,
    *,
    mail_from: str,
    rcpt_to: str,
    copies: int = 0,
) -> None:
    """Queues one mail; an empty `mail_from` is the null sender of bounces."""
    if inbox.listener_port:
        url, headers = f"smtp://{inbox.listener_host}:{inbox.listener_port}", {}
    else:
        digest = hmac.new(inbox.secret.encode(), mail, hashlib.sha256).hexdigest()
        url, headers = inbox.webhook_url, {"x-acordo-signature": f"sha256={digest}", "content-type": "message/rfc822"}
    post = Post(
        lane=f"{message.person} {inbox.id}",
        inbox=inbox.id,
        message=message.id,
        url=url,
        headers={**headers, "mail_from": mail_from, "rcpt_to": rcpt_to} if inbox.listener_port else headers,
        body=mail,
        due_at=sandbox.clock.real(),
        waits=sandbox.config.pace.retry_s or WAITS_S,
    )
    for _ in range(1 + copies):
        sandbox.courier.post(post)
