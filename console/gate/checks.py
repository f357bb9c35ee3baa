"""Every rule that does not depend on the hour, in the order in which they are asked. Each answers None when it allows.

The order and the codes are the domain's (`CHECKS` below): the house, the address, the person, the debt, consent,
identity, the platform, the words.
"""

from __future__ import annotations

from collections.abc import Callable

from console.gate import content
from console.gate.itemised import asks_for, bare
from console.gate.judged import ANSWERS, Judged, Verdict
from console.gate.tone import findings
from console.gate.types import Approver, PointState, Span, Stop

Rule = Callable[[Judged], Verdict | None]

POINT_CODES: dict[PointState, str] = {
    "active": "",
    "wrong_number": "WRONG_NUMBER",
    "invalid": "POINT_INVALID",
    "reverify": "POINT_REVERIFY",
}
STOP_CODES: dict[Stop, str] = {
    "deceased": "DECEASED",
    "minor": "MINOR",
    "fraud": "FRAUD_HOLD",
    "cease_contact": "CEASE_CONTACT",
    "insolvency": "INSOLVENCY",
    "represented": "REPRESENTED",
}


def sender(j: Judged) -> Verdict | None:
    return None if j.facts.sender_active and j.facts.inbox_connected else Verdict("SENDER_DISABLED")


def channel_health(j: Judged) -> Verdict | None:
    """No machine goes on writing from a number in trouble; a person may, and what was asked for is answered."""
    answers_a_wish = j.confirms_opt_out or j.message.kind == "acknowledgement"
    if not j.message.automated or answers_a_wish or not j.facts.channel_trouble:
        return None
    return Verdict("NUMBER_RED" if j.facts.channel_trouble == "quality_red" else "CHANNEL_RESTRICTED")


def profile(j: Judged) -> Verdict | None:
    """A draft sends only where somebody answerable lifted it for the portfolio, in this very version."""
    lifted = j.facts.profile_approvals
    for one in j.law.profiles:
        approved = (one.code, one.version) in lifted or (one.parent, one.parent_version) in lifted
        if one.status == "retired" or not (approved or one.status == "counsel_approved"):
            return Verdict("PROFILE_NOT_APPROVED")
    if not j.law.unknown and j.law.profiles:
        return None
    unknown = ", ".join(dict.fromkeys(j.law.unknown))
    return Verdict("PROFILE_NOT_APPROVED", source=f"There is no profile of {unknown}: nobody is written to there")


def kill_switch(j: Judged) -> Verdict | None:
    return Verdict("KILL_SWITCH") if j.facts.kill_switches else None


def contact_point(j: Judged) -> Verdict | None:
    """To an address that may have changed hands nothing is said of a debt: a neutral word may ask who is there."""
    code = POINT_CODES[j.facts.point_state]
    if j.facts.point_state == "reverify":
        return _discloses(j, code)
    return Verdict(code) if code else None


def person_stop(j: Judged) -> Verdict | None:
    """What stops word to the debtor is no stop for who stands for them in that very matter."""
    standing = (stop for stop in STOP_CODES if stop in j.facts.stops)
    return next((Verdict(STOP_CODES[stop]) for stop in standing if not j.stands_for_debtor(stop)), None)


def opt_out(j: Judged) -> Verdict | None:
    outs = j.facts.opt_outs
    if not outs or j.confirms_opt_out:
        return None
    if "all" in outs:
        return Verdict("OPT_OUT_ALL")
    if "channel" in outs:
        return Verdict("OPT_OUT_CHANNEL")
    return Verdict("WA_MARKETING_STOPPED") if _is_offer(j) else None


def recipient(j: Judged) -> Verdict | None:
    """Nobody beside the debtor is written to but who owes with them, where the profile allows it, or stands for them.

    Somebody else who wrote is answered by a person, in neutral words alone (`disclosure`): no machine, no template, no
    file, link, date or code, nothing that they did not ask. What they wish of their own address is done and said.
    """
    if j.concerned or j.confirms_opt_out or (j.message.kind == "acknowledgement" and j.wrote_here):
        return None
    message = j.message
    bare = message.template is None and not message.attachments and not message.automated
    if not bare or j.purpose not in ("reply", "care") or not (j.wrote_here and j.facts.unanswered):
        return Verdict("THIRD_PARTY")
    spans = content.not_neutral(j.words)
    return Verdict("THIRD_PARTY", spans=spans) if spans or content.not_neutral(j.subject) else None


def debt_state(j: Judged) -> Verdict | None:
    """Receipts pass, and answers to a person who wrote; a machine's answer only where it says nothing of its own."""
    facts, message = j.facts, j.message
    if j.confirms_opt_out or j.purpose == "payment_confirmation":
        return None
    if j.purpose in ANSWERS and (not message.automated or message.kind):
        return None
    if facts.paid and j.purpose not in ANSWERS:
        return Verdict("DEBT_PAID")
    if facts.disputed_all or _speaks_of_disputed(j):
        return Verdict("DISPUTE_OPEN")
    if j.law.block_when_prescribed and (barred := _time_barred(j)) is not None:
        return barred
    return Verdict("LEGAL_ONLY") if facts.legal else None


def hold(j: Judged) -> Verdict | None:
    """Under hardship or distress a person may always answer, with care; nothing else goes by itself."""
    if not j.facts.hold or j.confirms_opt_out:
        return None
    if j.message.automated:
        return Verdict("HARDSHIP_HOLD")
    if j.purpose == "care":
        return None
    spans = content.not_care(j.words)
    if j.purpose in ANSWERS and not spans and not j.message.attachments and not _unread_template(j):
        return None
    if j.facts.hold == "hardship":
        return Verdict("HARDSHIP_HOLD", "needs_approval", approver="supervisor", spans=spans)
    return Verdict("HARDSHIP_HOLD", spans=spans)


def care_content(j: Judged) -> Verdict | None:
    if j.message.purpose != "care":
        return None
    spans = content.not_care(j.words)
    in_subject = bool(j.subject) and bool(content.not_care(j.subject))
    bad = spans or in_subject or j.message.attachments or _unread_template(j)
    return Verdict("CARE_CONTENT", spans=spans) if bad else None


def consent(j: Judged) -> Verdict | None:
    """An answer to the address that wrote needs no record; everything else needs what the profile asks."""
    message, given = j.message, j.facts.consents
    if _is_offer(j) and "offers" in j.law.consent:
        if not any(c.granted for c in given if c.channel == message.channel and c.purpose == "offer"):
            return Verdict("NO_OFFER_CONSENT")
    spared = j.purpose in ANSWERS or j.purpose == "payment_confirmation"
    if j.confirms_opt_out or (spared and j.wrote_here) or "consent" in j.exempt:
        return None
    said = [c.granted for c in given if c.channel == message.channel and c.purpose == "collection"]
    if False in said or (message.channel in j.law.consent and True not in said):
        no_record = False not in said
        code = "NO_WA_OPTIN" if message.channel == "whatsapp" and no_record else "NO_CONSENT"
        return Verdict(code, source=j.law.consent.get(message.channel, "") if no_record else "")
    return None


def disclosure(j: Judged) -> Verdict | None:
    """Identity before details: level 0 says nothing of a debt, level 1 no amount unless the portfolio allows it."""
    return _discloses(j, "DISCLOSURE_TOO_HIGH")


def platform(j: Judged) -> Verdict | None:
    """The provider's own rules: what may be done with a channel, its templates, its window and its limits."""
    forbidden = _platform_use(j)
    if forbidden is not None:
        return forbidden
    template, on_whatsapp = j.message.template, j.message.channel == "whatsapp"
    if template is not None:
        if template.state == "paused":
            return Verdict("TPL_PAUSED")
        bad = template.state != "approved" if on_whatsapp else template.state in ("rejected", "disabled")
        if bad:
            return Verdict("TPL_NOT_APPROVED")
    closes = j.facts.window_closes_at
    outside = on_whatsapp and (closes is None or j.now >= closes)
    if template is not None:
        return Verdict("WA_LIMIT") if outside and j.facts.wa_limit_reached else None
    return Verdict("WA_WINDOW_CLOSED") if outside else None


def elements(j: Judged) -> Verdict | None:
    """What the law wants to stand in a text: how to opt out, who writes when a channel does not show it, and what a sum
    that is owed is made of. A receipt asks for nothing and names what is left without.
    """
    if not j.message.body or j.confirms_opt_out:
        return None
    for each in j.law.elements:
        if j.message.channel not in each.channels or (each.when == "opening" and not j.opens):
            continue
        if each.kind == "opt_out" and not content.offers_way_out(j.words):
            return Verdict("MISSING_ELEMENT:opt_out", source=each.source)
        if each.kind == "creditor_name" and not any(name in j.words for name in j.facts.creditor_names):
            return Verdict("MISSING_ELEMENT:creditor_name", source=each.source)
        if each.kind == "itemisation" and j.purpose != "payment_confirmation":
            missing, spans = bare(j.words, j.facts.itemised)
            if missing:
                return Verdict("MISSING_ELEMENT:itemisation", spans=spans, source=each.source)
    return None


def validation_notice(j: Judged) -> Verdict | None:
    """Once the notice is overdue nothing that collects leaves without it, answers neither (12 CFR 1006.34(a)(1))."""
    if j.notice_due_at is None or j.now < j.notice_due_at:
        return None
    source = next(each.source for each in j.law.elements if each.kind == "validation_notice")
    return Verdict("MISSING_ELEMENT:validation_notice", source=source)


def balance(j: Judged) -> Verdict | None:
    """An amount that stands in a text as what is owed is what is owed now, to the unit."""
    shown = j.message.shown_minor
    return None if shown is None or shown == j.facts.balance_minor else Verdict("STALE_BALANCE")


def tone(j: Judged) -> Verdict | None:
    """The gravest finding that nobody approved; a block before whatever could be approved."""
    banned, started = frozenset(j.law.banned), j.facts.proceedings_started
    gravest: Verdict | None = None
    for words, is_body in ((j.words, True), (j.subject, False)):
        quoted = j.facts.quoted if is_body else ()
        for found in findings(words, j.message.channel, banned, started, quoted) if words else ():
            spans = found.spans if is_body else ()
            if found.severity == "block":
                return Verdict(found.code, spans=spans, source=_banned_by(j, found.code))
            if gravest is None and found.code not in j.facts.approved and found.severity != "warn":
                if found.severity == "reason" and j.facts.reason_given:
                    continue
                approver: Approver = "supervisor" if found.severity == "approval" else "writer"
                gravest = Verdict(found.code, "needs_approval", approver=approver, spans=spans)
    return gravest


def tone_warnings(j: Judged) -> tuple[tuple[str, tuple[Span, ...]], ...]:
    """What a writer should think about, and may send all the same."""
    facts = j.facts
    found = findings(j.words, j.message.channel, frozenset(j.law.banned), facts.proceedings_started, facts.quoted)
    return tuple((each.code, each.spans) for each in found if each.severity == "warn")


def sensitive_data(j: Judged) -> Verdict | None:
    own = j.facts.creditor_numbers
    spans = content.sensitive_numbers(j.words, own)
    in_subject = bool(j.subject) and bool(content.sensitive_numbers(j.subject, own))
    return Verdict("PII_IN_BODY", spans=spans) if spans or in_subject else None


def links_and_files(j: Judged) -> Verdict | None:
    """Links lead home; files were examined."""
    if j.message.attachments_unsound:
        return Verdict("ATTACHMENT")
    bad = tuple(span for host, span in content.hosts(j.words) if not _may_lead(j, host, j.words[slice(*span)]))
    in_subject = any(not _is_ours(j, host) for host, _ in content.hosts(j.subject)) if j.subject else False
    return Verdict("LINK_POLICY", spans=bad) if bad or in_subject else None


def _may_lead(j: Judged, host: str, words: str) -> bool:
    """Home; and what looks like a payment link must be this debtor's, and still true, whoever's host it names."""
    if content.PAY_LINK.search(words) is None:
        return _is_ours(j, host)
    return words.rstrip(".,;:!?)") in {content.fold(each) for each in j.facts.pay_links}


def _is_ours(j: Judged, host: str) -> bool:
    return any(host == domain or host.endswith(f".{domain}") for domain in j.facts.link_domains)


def _platform_use(j: Judged) -> Verdict | None:
    """Third parties' collection on channels whose carriers forbid it."""
    facts = j.facts
    if facts.billing == "first_party" or j.confirms_opt_out:
        return None
    if j.message.channel == "sms" and facts.billing == "third_party" and not j.law.sms_third_party:
        return Verdict("SMS_PROHIBITED_USE")
    if j.message.channel == "whatsapp" and not facts.whatsapp_attested:
        return Verdict("WA_PROHIBITED_USE")
    return None


def _banned_by(j: Judged, code: str) -> str:
    family, _, kind = code.partition(":")
    return j.law.banned.get(kind, "") if family == "BANNED" else ""


def _is_offer(j: Judged) -> bool:
    return j.message.template is not None and j.message.template.category == "marketing"


def _unread_template(j: Judged) -> bool:
    return j.message.template is not None and not j.message.template.body


def _speaks_of_disputed(j: Judged) -> bool:
    """A machine that does not say which charges it is about may be about a disputed one; a person knows."""
    disputed, about = j.facts.disputed_charges, j.message.charges
    return bool(disputed & about) or bool(disputed and not about and j.message.automated)


def _time_barred(j: Judged) -> Verdict | None:
    """Nothing is left that may be asked for, or the text asks for what may not."""
    facts, message = j.facts, j.message
    spans = asks_for(j.words, facts.barred)
    shown = any(message.shown_minor == each.total for each in facts.barred)
    in_subject = bool(j.subject and asks_for(j.subject, facts.barred))
    asks = spans or shown or in_subject or message.charges & facts.barred_charges
    return Verdict("TIME_BARRED", spans=spans) if facts.prescribed or asks else None


def _discloses(j: Judged, code: str) -> Verdict | None:
    """That the message says more than the address has reached."""
    message = j.message
    needed = max(message.template.level if message.template else 0, message.attachments_level)
    if needed > j.level:
        return Verdict(code)
    spans, in_subject = _too_much(j)
    return Verdict(code, spans=spans) if spans or in_subject else None


def _too_much(j: Judged) -> tuple[tuple[Span, ...], bool]:
    if j.level <= 0:
        return content.debt_words(j.words), bool(j.subject) and bool(content.debt_words(j.subject))
    in_subject = bool(j.subject) and bool(content.amounts(j.subject))
    if j.level == 1:
        may = j.facts.amounts_at_level_1 and j.message.channel != "sms"
    else:
        may = j.message.channel != "sms" or j.purpose != "proactive"
    return () if may else content.amounts(j.words), in_subject


CHECKS: tuple[tuple[str, Rule], ...] = (
    ("sender", sender),
    ("channel_health", channel_health),
    ("profile_approval", profile),
    ("kill_switch", kill_switch),
    ("contact_point", contact_point),
    ("person_stop", person_stop),
    ("opt_out", opt_out),
    ("recipient", recipient),
    ("debt_state", debt_state),
    ("hold", hold),
    ("care_content", care_content),
)
LATER_CHECKS: tuple[tuple[str, Rule], ...] = (
    ("consent", consent),
    ("disclosure", disclosure),
    ("platform", platform),
    ("elements", elements),
    ("validation_notice", validation_notice),
    ("balance", balance),
    ("tone", tone),
    ("sensitive_data", sensitive_data),
)
LAST_CHECKS: tuple[tuple[str, Rule], ...] = (("links_and_files", links_and_files),)
