"""What a bounce says (RFC 3464): `Action` and `Status` decide, never the words for people."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message

from portal.delivery.models import Bounce
from portal.inbound.verdicts.reading import parts, words_of

_STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
# qmail sends no report that machines can read, but always begins with these words and puts the code in brackets.
_QMAIL = re.compile(r"\A\s*Hi\. This is the ")
_QMAIL_CODE = re.compile(r"\(#([245]\.\d{1,3}\.\d{1,3})\)")
_BEGINNING = 20_000


@dataclass(frozen=True)
class Report:
    """What a mail server tells: `action` failed or delayed, its enhanced code ("" when it gives none)."""

    action: str
    code: str


def read_report(message: Message) -> Report | None:
    """What it says of the mail; None when it is no report. Of several recipients the worst counts: a mail of ours has one."""
    found = [report for part in parts(message) if _is_status(part) for report in _fields(part)]
    if not found and (code := _qmail(message)):
        found = [Report("failed", code)]
    return max(found, key=_weight, default=None)


def bounce_of(report: Report) -> Bounce | None:
    """What follows. None: nothing yet, the mail server still tries, or it has arrived after all.

    No such address or host (5.1.x) is for good. Refused for what we are or what we said (5.7.x) is no fault of the person. A full
    box (5.2.2), trouble that did not end (4.x) and everything without a reason may be over next time.
    """
    if report.action != "failed":
        return None
    if report.code.startswith("5.1."):
        return Bounce.HARD
    return Bounce.POLICY if report.code.startswith("5.7.") else Bounce.SOFT


def _weight(report: Report) -> tuple[bool, bool, bool]:
    return report.action == "failed", report.code.startswith("5.1."), bool(report.code)


def _is_status(part: Message) -> bool:
    return part.get_content_type() in {"message/delivery-status", "message/global-delivery-status"}


def _fields(part: Message) -> Iterator[Report]:
    """The groups of fields: Python's parser makes messages of them, unless they came encoded."""
    groups = part.get_payload()
    if not isinstance(groups, list):
        return
    for group in groups:
        if not isinstance(group, Message):
            continue
        action = str(group.get("Action", "")).strip().lower()
        if not action:
            continue
        said = _STATUS.search(str(group.get("Status", "")))
        yield Report(action.split()[0], said[0] if said else "")


def _qmail(message: Message) -> str:
    if message.get_content_type() != "text/plain":
        return ""
    words = words_of(message)[:_BEGINNING]
    code = _QMAIL_CODE.search(words) if _QMAIL.match(words) else None
    return code[1] if code else ""
