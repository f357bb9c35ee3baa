"""What the gate reads and what it answers: plain, frozen values.

Times are `Ms` (milliseconds since the epoch, UTC). `Facts` has no defaults for what the law turns on: whoever gathers
them says every one, and names in `unread` what could not be read, which blocks.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

from msgspec import Struct

from channels.types import ChannelName
from console.ledger.itemise import Items
from console.wire.moment import Ms

Purpose = Literal["reply", "requested_information", "payment_confirmation", "care", "proactive"]
Outcome = Literal["allow", "defer", "needs_approval", "block"]
Kind = Literal["", "greeting", "away", "acknowledgement", "optout_confirmation", "validation_notice"]
PointState = Literal["active", "wrong_number", "invalid", "reverify"]
Stop = Literal["deceased", "minor", "fraud", "cease_contact", "insolvency", "represented"]
OptOut = Literal["all", "channel", "marketing"]
Recipient = Literal["debtor", "co_debtor", "guarantor", "representative", "attorney", "executor", "third_party"]
Hold = Literal["", "hardship", "distress"]
Billing = Literal["first_party", "agency", "third_party"]
Approver = Literal["supervisor", "compliance", "writer"]  # writer: whoever writes says why
Day = Literal["MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"]
DAYS: tuple[Day, ...] = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")

Way = Literal["call", "letter", "visit", "other"]  # contacts that are made elsewhere
Span = tuple[int, int]  # offsets into the text in Unicode NFC, half-open


class TemplateFacts(Struct, frozen=True, kw_only=True):
    """A template as the provider holds it now. `body` is the rendered text, variables filled: its content is judged.

    `category` and `state` are the words of `channels.types.Template`; `level` is the disclosure level it needs (0-2).
    """

    name: str
    language: str
    category: str
    state: str
    level: int
    body: str = ""


class Message(Struct, frozen=True, kw_only=True):
    """What is about to leave. Without `text` and `template` (a preview of a channel) content is not judged.

    purpose      what the sender claims; the gate checks it
    kind         which automatic or formal message this is; "" for everything else; `validation_notice`: it carries one
    sender       id of the user or machine that writes: bubbles of one sender within two minutes are one contact
    charges      ids of the charges it speaks of, when known; empty when it is about the account as a whole
    attachments  how many files; `attachments_level` the disclosure level they need (2 for a document of a debt);
                 `attachments_unsound` how many of them were refused or not examined yet
    repeats      word for word a receipt that the house wrote by itself, and that did not arrive
    shown_minor  the balance the text gives as the debtor's, in minor units, when a machine or a template put it there
    """

    channel: ChannelName | Way
    purpose: Purpose
    text: str | None = None
    subject: str = ""
    template: TemplateFacts | None = None
    automated: bool = False
    attachments: int = 0
    attachments_level: int = 0
    attachments_unsound: int = 0
    repeats: bool = False
    shown_minor: int | None = None
    kind: Kind = ""
    sender: str = ""
    charges: frozenset[str] = frozenset()

    @property
    def body(self) -> str:
        """The words the debtor would read, "" when there are none yet."""
        return self.text if self.text is not None else self.template.body if self.template else ""


class Place(Struct, frozen=True, kw_only=True):
    """Where the debtor may be: ISO 3166-1 country, what follows the dash of ISO 3166-2, an IANA zone when known."""

    country: str
    subdivision: str = ""
    tz: str | None = None


class Contact(Struct, frozen=True, kw_only=True):
    """One attempt towards the debtor that a provider accepted, or that is reserved, or that was made elsewhere.

    `channel` is a ChannelName, or call, letter, visit, other. `counts` is false for answers and exempt purposes
    (`Decision.counts` of the message that made it).
    """

    at: Ms
    channel: str
    counts: bool
    purpose: str
    sender: str = ""


class Consent(Struct, frozen=True, kw_only=True):
    """The debtor's recorded yes or no for a channel; purpose `collection`, or `offer` for discounts and marketing."""

    channel: ChannelName
    purpose: Literal["collection", "offer"]
    granted: bool


class Window(Struct, frozen=True, kw_only=True):
    """Hours of the debtor's own local day, half-open: `opens`, `closes` in minutes since local midnight (0 to 1440)."""

    days: tuple[Day, ...]
    opens: int
    closes: int
    channels: frozenset[str] = frozenset()  # empty = every channel


class Facts(Struct, frozen=True, kw_only=True):
    """Everything the decision reads, as it stands in the transaction that decides."""

    # the house
    sender_active: bool
    inbox_connected: bool
    channel_trouble: Literal["", "quality_red", "restricted"]  # what the provider said of our number or account
    kill_switches: frozenset[str]  # those that concern this message; any blocks
    profile_approvals: frozenset[tuple[str, str]]  # (code, version); a country's covers its overlays
    billing: Billing  # who collects: the creditor, an agency in the creditor's name, or somebody of their own
    whatsapp_attested: bool  # somebody answerable wrote down that WhatsApp's policy allows this portfolio's use
    wa_limit_reached: bool  # as many people were written to outside the service window as the provider allows in a day
    creditor_names: frozenset[str]  # folded: one of them names the creditor in a text
    link_domains: frozenset[str]  # where links may lead: the installation's own and the creditor's
    # the address
    point_state: PointState
    opt_outs: frozenset[OptOut]
    optout_confirmed: bool  # the one confirmation has left already
    recipient: Recipient  # whose the address is; third_party: anybody whose role nothing proves
    shared: bool  # more than one person uses the address: nothing above level 0 is said there
    consents: tuple[Consent, ...]
    disclosure: int  # level reached here: 0, 1 or 2
    amounts_at_level_1: bool  # the portfolio allows amounts at level 1 in WhatsApp and mail bodies
    # the person and the debt
    stops: frozenset[Stop]
    hold: Hold
    paid: bool
    balance_minor: int | None  # what is owed now, in minor units; None = no debt known
    disputed_all: bool
    disputed_charges: frozenset[str]
    prescribed: bool  # everything that is owed
    legal: bool
    proceedings_started: bool
    days_past_due: int | None  # of the oldest charge, in the debtor's zone; None = no debt known
    # where
    places: tuple[Place, ...]
    location_ambiguous: bool
    extra_holidays: frozenset[date]  # municipal days the installation added for these places
    # the conversation
    window_closes_at: Ms | None  # WhatsApp's service window of this link
    last_inbound_at: Ms | None  # of the case, on any channel
    point_last_inbound_at: Ms | None  # on this contact point
    unanswered: bool  # the debtor's last message has no answer yet
    information_requested_at: Ms | None  # when the debtor last asked for what is being sent
    payment_confirmed: bool  # a payment to this portfolio was written down lately, which a message may confirm
    contacts: tuple[Contact, ...]  # of the debtor, on every channel, at least the last 15 days
    # stricter wishes, and what was signed off
    debtor_windows: tuple[Window, ...] = ()  # convenient hours the debtor declared
    policy_windows: tuple[Window, ...] = ()  # the portfolio's own, stricter hours
    pay_links: frozenset[str] = frozenset()  # addresses in the text at which this debtor can pay what is owed
    claimed_until: Ms | None = None  # a receipt that was shown and not judged pauses what collects
    quoted: tuple[Span, ...] = ()  # lines of the body that stand in a message which came in on the case
    first_contact_at: Ms | None = None  # the portfolio's first word to the debtor; read where a notice is owed …
    noticed_at: Ms | None = None  # … and when the validation notice left, by message or by post
    barred_charges: frozenset[str] = frozenset()  # those of the debt that are prescribed …
    barred: tuple[Items, ...] = ()  # … and the sums that ask for them
    itemised: tuple[Items, ...] = ()  # sums that are owed with something added; only where the law wants it named
    creditor_numbers: frozenset[str] = frozenset()  # digits of our own ids, phones and accounts: not personal data
    reason_given: bool = False  # the writer said why, where that is enough
    proven_lately: bool = False  # who writes from the address passed the checks within 90 days
    approved: frozenset[str] = frozenset()  # codes somebody with authority approved for this very message …
    approved_by: str = ""  # … who, by their id
    approval: str = ""  # … and the approval's own
    unread: tuple[str, ...] = ()  # facts that could not be read


class Check(Struct, frozen=True):
    """One rule that was looked at, for the evidence."""

    name: str
    outcome: Outcome


class Mend(Struct, frozen=True):
    """What makes a message right: `text` to be added to it, in the debtor's language, and the `document` to be attached
    by its kind, "" for none.
    """

    text: str
    document: str = ""


class Decision(Struct, frozen=True, kw_only=True):
    """The gate's answer to one message at one moment.

    code         `ALLOW`, or the reason code of the first check that did not allow
    rule         the name of the rule; `source` the law, article or policy behind it
    allowed_at   earliest moment at which the clock, the calendar and the counts allow it; None when time does not help
    approver     the role that may approve, for needs_approval; `writer` where a reason of whoever writes is enough
    checks       what was evaluated, in order
    purpose      the purpose it was judged by: a claim that does not hold is judged as proactive
    counts       whether the message, once a provider accepts it, is a contact in the caps
    valid_until  for allow: when this answer stops holding by itself (exclusive); None = no such edge
    profile      the rule packs applied, code@version joined by "+"
    spans        the fragments of the text that offend, for CARE_CONTENT, PII_IN_BODY, DISCLOSURE_TOO_HIGH, BANNED,
                 TONE, MISSING_ELEMENT:itemisation
    warnings     TONE:kind, words to think about, at `spans`; LOCATION_AMBIGUOUS; WA_WINDOW_CLOSES_FIRST when the
                 service window shuts before `allowed_at`; NOTICE_DUE while a validation notice is owed and not overdue
    mend         what would make it right, where something is missing that we know; see `guard.weigh`
    """

    outcome: Outcome
    code: str
    rule: str
    source: str
    checks: tuple[Check, ...]
    purpose: Purpose
    allowed_at: Ms | None = None
    approver: Approver | None = None
    counts: bool = False
    valid_until: Ms | None = None
    profile: str = ""
    spans: tuple[Span, ...] = ()
    warnings: tuple[str, ...] = ()
    mend: Mend | None = None
