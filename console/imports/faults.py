"""What may be wrong with a row: a stable code, its arguments, and the sentence they make in English.

Screens say the code in the reader's language (`cell.{code}`; `unread.{code}` of a file as a whole); the sentence stands
in reports and for those who read the API. What a verb refuses has the code `refused` and that verb's own sentence.
"""

from __future__ import annotations

from msgspec import Struct, field

from console.errors import Invalid

REFUSED = "refused"
SENTENCES = {
    "cells": "the row has {cells} cells and the header {columns}: a separator inside a text needs quotes",
    "encoding": "the file was written in the wrong encoding: save it as UTF-8 from its source",
    "same_key": "line {line} has the same key: keep one of the two, or give this one its own key",
    "filler_document": "{value} stands for no document: the row came in without one; leave the cell empty",
    "empty_debtor_id": "the cell is empty: your own key of the debtor",
    "empty_charge_id": "the cell is empty: give your own key of the charge, or debt_id and number",
    "empty_amount": "the cell is empty: what the charge is, before fine and interest",
    "empty_due": "the cell is empty: the day it fell due, {date} or yyyy-mm-dd",
    "empty_payment_id": "the cell is empty: without your own key of the payment a second run would book it again",
    "empty_paid": "the cell is empty: what was paid",
    "empty_paid_at": "the cell is empty: when it was paid, {date} or yyyy-mm-dd",
    "empty_contact_id": "the cell is empty: without your own key of the contact a second run would count it again",
    "empty_by": "the cell is empty: who made it, as you call them",
    "empty_channel": "the cell is empty: one of {known}",
    "empty_at": "the cell is empty: when it was made, {date} 14:03",
    "empty_outcome": "the cell is empty: one of {known}",
    "no_amount": "this is no amount: write it like {like}, without a sign before it",
    "no_decimals": "{currency} has {places} decimals: write it like {like}",
    "two_decimals": "this amount has two kinds of decimals: write it like {like}",
    "thousands": "the thousands of this amount are not in threes: write it like {like}",
    "no_rate": "a rate has its unit: write it like 2%, 2,5% or 200bp (interest: for 30 days), 0 for none; a "
               "spreadsheet keeps a percentage as 0,02: make the column text",
    "rate_most": "a rate is at most {most}: an amount of money is no rate",
    "rate_law": "the law of {country} allows at most {most}: lower it",
    "no_date": "this is no date: write it {date} or yyyy-mm-dd",
    "no_day": "there is no such day: write it {date} or yyyy-mm-dd",
    "no_moment": "this is no time: write it like 2026-11-22T14:03:07Z",
    "no_time": "there is no such time: write it {date} 14:03",
    "no_kind": "the kind is person or company",
    "empty_holder": "the cell is empty: who has the holder's name, proof or address, one of {known}",
    "empty_holder_name": "the cell is empty: the name of whoever is not the debtor",
    "empty_holder_address": "the holder has no address: give holder_whatsapp, holder_sms or holder_email",
    "no_holder": "the holder is one of {known}",
    "holder_own": "this is the debtor's own address in the same row: keep it in one of the two columns",
    "unproven_holder": "nothing says where the role is known from: the row came in, and nobody writes to this person "
                       "unasked",
    "no_method": "the method is one of {known}",
    "no_reason": "the reason is one of {known}",
    "no_channel": "the channel is one of {known}",
    "no_outcome": "the outcome is one of {known}",
    "number_alone": "a number alone names no charge: give debt_id with it, or charge_id",
    "unknown_debtor": "nobody has this key in the portfolio",
    "paid_over": "more was paid than the charge is: give the principal in amount, and the rest as a payment",
    "paid_unknown": "more was paid than is known here: bring the difference with acordo import payments",
    "paid_stays": "the charge is paid and stays as it is: bring what is owed anew as a charge of its own",
    "plan_stands": "a plan stands for this charge: cancel the plan first, or leave the charge as it is",
    "taken_back": "you took this charge back: bring what is owed anew under a key of its own",
    "recalled_early": "you took this charge back before it came: it is kept as taken back, and nobody asks for it",
    "not_brl": "boletos and Pix are paid in reais, and this charge is in {currency}: leave the cell empty",
    "boleto_digits": "a boleto's line has 47 digits, that of a utility or tax 48; this has {count} characters: make "
                     "the column text, since a spreadsheet rounds long numbers",
    "boleto_bar_code": "these are the 44 digits of the bar code: give the line, of 47 or 48 digits",
    "boleto_kind": "this is no line of a boleto in reais: its fourth digit is 9, or of 48 digits the first is 8",
    "boleto_block": "the check digit of block {block} is wrong: {stands} stands, {right} would be right",
    "boleto_whole": "the line's own check digit is wrong: {stands} stands, {right} would be right",
    "boleto_amount": "the boleto asks for {says}, and {owed} is owed of the charge: give the one issued for it",
    "boleto_expired": "the boleto's last day was {due}: the row came in, and this line is not sent",
    "pix_check": "the code's check digits are wrong: {stands} stands, {right} would be right; copy it whole",
    "pix_unread": "this is no Pix code to copy ({detail})",
    "pix_amount": "the Pix code asks for {says}, and {owed} is owed of the charge: give the one issued for it",
    "url_form": "a link begins with https:// and a host's name, has no blanks, and at most {most} characters",
    "url_domain": "no message may hold a link to {host}: the row came in; name the domain among the portfolio's, or "
                  "the gate refuses it",
    "other_payment": "this key names another payment, of another amount or day: reverse that one first, or give this "
                     "one its own key",
    "paper_name": "{file}: a document is called KEY.boleto.pdf or KEY.invoice.pdf, by your own key of the charge, "
                  "with %2F for a slash in it",
    "paper_charge": "{file}: nobody's charge has the key {charge} in this portfolio",
    "paper_taken_back": "{file}: you took this charge back, and nothing more is kept of it",
    "paper_type": "{file}: this is no PDF, and no picture of one (PNG, JPEG)",
    "paper_size": "{file}: it is longer than {most}",
    "paper_twice": "{file}: another file is of the same charge and kind",
    "paper_unread": "{file}: it cannot be read ({detail})",
}  # fmt: skip
CODES = (REFUSED, *SENTENCES)
WARNINGS = ("filler_document", "boleto_expired", "url_domain", "recalled_early", "unproven_holder")
"""Said of rows that came in all the same."""
FILES = {
    "empty": "the file is empty",
    "rows": "it has {rows} rows, and a file is read up to {most}: take parts of it",
    "not_its_encoding": "it says that it is {encoding} and is not, at byte {at}: save it as CSV (UTF-8)",
    "quote": "line {line} cannot be read ({detail}): a quote is open or stands alone; write it twice",
    "lacks": "the header line lacks {columns}: docs/operating.md names the columns",
    "twice": "two columns mean {columns}: keep one of each",
    "workbook": "the workbook cannot be read ({detail}): save it anew as .xlsx, or as CSV (UTF-8)",
    "old_workbook": "this is an old workbook (.xls): save it as .xlsx, or as CSV (UTF-8)",
    "no_workbook": "this is no workbook (.xlsx): save it as one, or as CSV (UTF-8)",
    "damaged": "the workbook is damaged or locked ({detail}): save it anew without a password",
    "no_sheet": "the workbook has no sheet with anything in it",
    "too_big": "the workbook unpacks to more than is read ({rows} rows of {columns} columns): take parts of it, and "
               "remove what lies outside the table",
    "files": "there are {files} files in it, and {most} are read at once: take parts of it",
    "no_archive": "this is no zip of documents ({detail}): pack the PDF files into one",
    "archive_damaged": "{file} cannot be read ({detail}): pack the zip anew, without a password",
    "broken_off": "It broke off several times: see the server's log. What was booked stays; then import the file "
                  "again.",
}  # fmt: skip
"""Why nothing, or nothing more, of a file can be read."""


class Unreadable(Invalid):
    """A file in which no row can be read: its code and what the sentence is filled with."""

    def __init__(self, why: str, **args: str) -> None:
        super().__init__(FILES[why].format(**args), field="file")
        self.why, self.args_ = why, args


class Fault(Struct, frozen=True):
    """`line` counts from 1 with the header; `column` is the contract's name, "" for none; `says` what is wrong and how
    to mend it; `args` what the code's sentence is filled with.
    """

    line: int
    column: str
    says: str
    code: str = REFUSED
    args: dict[str, str] = field(default_factory=dict)


class Mistake(ValueError):
    """A cell that cannot be read."""

    def __init__(self, code: str, **args: str) -> None:
        super().__init__(SENTENCES[code].format(**args))
        self.code, self.args_ = code, args

    def at(self, line: int, column: str) -> Fault:
        return Fault(line, column, str(self), self.code, self.args_)
