"""The words between a channel and the console: plain, frozen values.

Times are integer milliseconds since the epoch (UTC); sizes are bytes; phones are E.164 with the plus.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct
from msgspec import field as default

from channels.choices import Choice

ChannelName = Literal["whatsapp", "sms", "email", "webchat"]
Status = Literal["sending", "sent", "delivered", "read", "failed"]


class Secrets(Struct, frozen=True):
    """Credentials of an inbox by name. Its repr is blank so that no log can hold one."""

    values: dict[str, str] = default(default_factory=dict)

    def get(self, name: str) -> str:
        """The secret, or "" when it is not set: adapters must refuse an empty secret."""
        return self.values.get(name, "")

    def __repr__(self) -> str:
        return "Secrets(…)"


class Inbox(Struct, frozen=True, kw_only=True):
    """One of our own numbers or addresses at one provider, as its adapter needs to know it.

    config, by provider
        meta    phone_number_id, waba_id, api_version ("v23.0")
        twilio  account_sid, messaging_service_sid?, sms and WhatsApp senders are told apart by `channel`
        both    media_hosts? (comma separated: further hosts the provider serves media from)
        smtp    smtp_host, smtp_port, smtp_security (starttls|tls|none), smtp_user?, imap_host?, imap_port?,
                imap_security?, imap_user?, imap_mailbox?, from_name?, reply_domain? (for plus-address tokens)
    secrets, by provider
        meta    app_secret, verify_token, access_token
        twilio  auth_token, api_key_sid?, api_key_secret?, webhook_key_<id>? (shared HMAC_SHA256 keys)
        smtp    webhook_secret, smtp_password?, imap_password?, reply_key (signs reply tokens)
        app_secret, auth_token and webhook_secret may have a twin NAME_previous, valid while a secret is being changed
    """

    id: str
    channel: ChannelName
    provider: str
    address: str  # E.164 with plus, or an e-mail address
    config: dict[str, str] = default(default_factory=dict)
    secrets: Secrets = default(default_factory=Secrets)
    origin: str = ""  # where the provider's API lives, scheme://host[:port][/prefix], no trailing slash
    public_url: str = ""  # ours, as the provider calls it: scheme://host[:port], no trailing slash


class Delivery(Struct, frozen=True, kw_only=True):
    """What came in, byte for byte. `headers` have lower-case names; `query` is the raw query string."""

    method: str = "POST"
    path: str = ""
    query: str = ""
    headers: dict[str, str] = default(default_factory=dict)
    body: bytes = b""
    envelope_from: str = ""  # mail only: MAIL FROM
    envelope_to: tuple[str, ...] = ()  # mail only: RCPT TO


# --- what came in -----------------------------------------------------------------------------------------------------


class Sender(Struct, frozen=True, kw_only=True):
    """Whoever wrote, by all identifiers given. At least one of wa_id, user_id, phone, email is set."""

    phone: str = ""  # E.164 with plus, as given (not made canonical)
    wa_id: str = ""  # WhatsApp's digits, exactly as given: replies go to this
    user_id: str = ""  # business-scoped user id (BSUID), preferred identity on WhatsApp when present
    parent_user_id: str = ""
    username: str = ""
    email: str = ""
    name: str = ""  # what they call themselves; a label, never proof


class MediaRef(Struct, frozen=True, kw_only=True):
    """A file that is still at the provider (`provider_id` or `url`), or came along (`content`)."""

    provider_id: str = ""
    url: str = ""
    name: str = ""
    type: str = ""  # as declared
    sha256: str = ""  # hex, when told
    size: int = 0
    content: bytes | None = None
    inline_id: str = ""  # Content-ID of a mail part shown inline
    voice: bool = False
    animated: bool = False
    refused: str = ""  # why it must not be fetched (a foreign address, say); then `url` is ""


class Quoted(Struct, frozen=True, kw_only=True):
    """The message this one answers, forwards or is about."""

    provider_id: str = ""
    forwarded: bool = False
    product: str = ""


class MailFacts(Struct, frozen=True, kw_only=True):
    """What threading and loop protection need of a mail."""

    message_id: str = ""  # without angle brackets
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    reply_token: str = ""
    case: str = ""  # the case that reply_token names, its signature checked; it proves no person
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    automatic: str = ""  # why this is an automatic mail ("auto-submitted", "list", …); "" when a person wrote it
    quoted_text: str = ""  # what was folded away, kept


class Inbound(Struct, frozen=True, kw_only=True, tag="inbound"):
    """A message of a debtor.

    kind: text, image, document, audio, video, sticker, location, contacts, reaction, button, list, order,
    template_reply, edit, revoke, email, unsupported.
    `text` is always what a list row can show ("" for a picture without caption).
    `detail` holds what a kind has besides (location, contacts, order, interactive id, unsupported type, referral …).
    `target` is the provider id that a reaction, edit or revoke is about.
    """

    provider_id: str
    sender: Sender
    at: int
    kind: str
    text: str = ""
    html: str = ""  # raw, unsafe: made safe before it is shown
    subject: str = ""
    media: tuple[MediaRef, ...] = ()
    quoted: Quoted | None = None
    target: str = ""
    detail: dict[str, object] = default(default_factory=dict)
    opt: Literal["", "stop", "start", "help"] = ""  # told by the provider itself (Twilio's OptOutType)
    mail: MailFacts | None = None
    number: str = ""  # the number of ours it came to, when the envelope says (phone_number_id, To)


class Fault(Struct, frozen=True, kw_only=True):
    """A refusal or failure by the provider's own code.

    `retryable` is true only where the provider's documentation says that the same message may succeed later.
    `scope` says what must slow down or stop: this message, this recipient, the whole number, the whole account.
    `effect` is what the console must remember: nothing, the address opted out (of marketing), is invalid,
    the window is shut.
    """

    code: str
    title: str = ""
    hint: str = ""  # plain words for an agent, in English; the screen translates by code
    retryable: bool = False
    scope: Literal["message", "recipient", "number", "account", "template"] = "message"
    effect: Literal["", "opt_out", "marketing_stop", "invalid_address", "window_closed", "template_paused"] = ""
    retry_after: int = 0  # seconds; 0 = by the usual back-off


class Receipt(Struct, frozen=True, kw_only=True, tag="receipt"):
    """What became of one of our messages. `ref` is our own reference when it travelled along, else ""."""

    provider_id: str
    status: Status
    at: int
    ref: str = ""
    fault: Fault | None = None
    recipient: str = ""
    number: str = ""
    detail: dict[str, object] = default(default_factory=dict)


class Preference(Struct, frozen=True, kw_only=True, tag="preference"):
    """A person's stop or resume of a category, told by the provider."""

    sender: Sender
    category: str  # "marketing"
    value: Literal["stop", "resume"]
    at: int
    number: str = ""


class Renumbered(Struct, frozen=True, kw_only=True, tag="renumbered"):
    """The same person under a new number or id."""

    provider_id: str
    old: Sender
    new: Sender
    at: int
    number: str = ""


class Notice(Struct, frozen=True, kw_only=True, tag="notice"):
    """Something about our account, number or templates, for operators.

    `effect` is what the console must remember: template_approved, template_pending, template_rejected, template_paused,
    template_disabled, template_category, account_restricted, account_disabled, account_restored, or "" for nothing.
    """

    field: str  # "account_update", "message_template_status_update", …
    event: str
    at: int
    number: str = ""
    account: str = ""
    effect: str = ""
    quality: str = ""  # of the number: green, yellow, red, unknown; "" says nothing of it
    limit: str = ""  # people that may be written to in 24 hours: digits, or "unlimited"
    restriction: str = ""  # what was forbidden about sending, in the provider's words
    until: int | None = None  # when the restriction ends by itself; None: when the provider lifts it
    detail: dict[str, object] = default(default_factory=dict)


class Ignored(Struct, frozen=True, kw_only=True, tag="ignored"):
    """Understood, and nothing to do."""

    reason: str
    provider_id: str = ""
    number: str = ""


class Dead(Struct, frozen=True, kw_only=True, tag="dead"):
    """Not understood: kept aside with its reason, visible to admins, replayable."""

    reason: str
    provider_id: str = ""
    number: str = ""


Item = Inbound | Receipt | Preference | Renumbered | Notice | Ignored | Dead


# --- what goes out ----------------------------------------------------------------------------------------------------


class To(Struct, frozen=True, kw_only=True):
    """Where a message goes. WhatsApp: `wa_id` as given when known, else `phone`; `user_id` when there is no number."""

    phone: str = ""
    wa_id: str = ""
    user_id: str = ""
    email: str = ""
    name: str = ""


class File(Struct, frozen=True, kw_only=True):
    """An outgoing attachment. Meta takes `provider_id` (uploaded before), Twilio `url`, mail `content`."""

    id: str
    name: str
    type: str
    size: int
    provider_id: str = ""
    url: str = ""
    content: bytes | None = None


class TemplateUse(Struct, frozen=True, kw_only=True):
    """An approved template with its variables filled. `body` is the rendered text, for timeline, SMS and mail."""

    name: str
    language: str
    variables: dict[str, str] = default(default_factory=dict)
    body: str = ""
    provider_id: str = ""  # Twilio's ContentSid (HX…)
    order: tuple[str, ...] = ()  # the variables' names in the order of the provider's parameters


class Outbound(Struct, frozen=True, kw_only=True):
    """One message of ours. `ref` is our id of it and must travel along so that callbacks find it."""

    ref: str
    to: To
    text: str = ""
    template: TemplateUse | None = None
    files: tuple[File, ...] = ()
    quoted: str = ""  # provider id of the message answered
    buttons: tuple[Choice, ...] = ()  # to be tapped, where the channel has that; a list when buttons do not hold them
    menu: str = ""  # the words that open the list
    subject: str = ""
    html: str = ""
    in_reply_to: str = ""  # mail: Message-ID answered, without brackets
    references: tuple[str, ...] = ()
    reply_token: str = ""
    automatic: bool = False  # an acknowledgement or campaign, marked as such in mail
    unsubscribe_url: str = ""
    at: int = 0  # mail: for the Date header; 0 = the time in ref, if it is a UUIDv7


class Permit(Struct, frozen=True, kw_only=True):
    """The gate's leave to hand this one message to a provider. Made by `console.gate` alone, good for one call."""

    ref: str
    decision: str  # id of the stored decision
    until: int  # after this moment the call must not start (deadline after claim)


class HttpCall(Struct, frozen=True, kw_only=True):
    """One request to a provider. `ref` is the message's, and must be the permit's."""

    ref: str
    method: str
    url: str
    headers: dict[str, str] = default(default_factory=dict)
    body: bytes = b""

    def __repr__(self) -> str:
        return f"HttpCall({self.method} …)"  # url, headers and body hold addresses and secrets


class Mail(Struct, frozen=True, kw_only=True):
    """A finished MIME message and its envelope; `message_id` without brackets is its provider id. `ref` as above."""

    ref: str
    envelope_from: str
    envelope_to: tuple[str, ...]
    message: bytes
    message_id: str

    def __repr__(self) -> str:
        return f"Mail({self.message_id})"


Call = HttpCall | Mail


class Answer(Struct, frozen=True, kw_only=True):
    """What the provider's server said to a call. Header names are in lower case.

    For SMTP `status` is the reply code, `body` its text, and the headers name `stage` (connect, login, mail, rcpt,
    data) and `message-id`.
    """

    status: int
    body: bytes = b""
    headers: dict[str, str] = default(default_factory=dict)


class Accepted(Struct, frozen=True, kw_only=True):
    """The provider took the message. `provider_id` is its name for it."""

    provider_id: str
    status: Status = "sent"
    detail: dict[str, object] = default(default_factory=dict)


class Refused(Struct, frozen=True, kw_only=True):
    """A definite no in the provider's own answer: the message was surely not sent."""

    fault: Fault


class Unknown(Struct, frozen=True, kw_only=True):
    """Nobody can say whether the provider took it: never sent again by itself."""

    reason: str


Outcome = Accepted | Refused | Unknown


class Limits(Struct, frozen=True, kw_only=True):
    """What a channel can carry, as `channels.carry` reads it. Where nothing else is said, 0 = no limit of its own."""

    text_chars: int
    files: int  # a message; 0 = none
    subject_chars: int  # 0 = it has no subject
    file_bytes: int = 0
    per_second: int = 0  # messages a number, in and out, by default
    caption_chars: int = 0  # of a text beside a file; 0 = as many as without one
    wordless: tuple[tuple[str, int], ...] = ()  # types of files beside which no text goes, up to how many bytes
    template_chars: int = 0  # of a template with its values and its footer; 0 = as many as of a text
    value_chars: int = 0  # of one value of a template
    buttons: int = 0
    rows: int = 0  # of a list
    window_hours: int = 0  # the service window; 0 = none


class Template(Struct, frozen=True, kw_only=True):
    """A message template as the provider holds it. `variables` are names in the order of parameters; `header` is the
    kind of file that goes above the text (image, video, document), "" when none does.
    """

    name: str
    language: str
    category: str  # utility, marketing, authentication
    state: str  # approved, pending, rejected, paused, disabled
    body: str  # with {{name}} or {{1}}
    variables: tuple[str, ...] = ()
    provider_id: str = ""
    footer: str = ""
    header: str = ""
    buttons: tuple[str, ...] = ()
    examples: dict[str, str] = default(default_factory=dict)
