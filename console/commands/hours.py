"""Business hours as they are written on the command line: MON-FRI=09:00-18:00."""

from __future__ import annotations

import argparse
import re

DAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
_FORM = re.compile(r"([A-Z]{3})(?:-([A-Z]{3}))?=([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)")


def hours(text: str) -> dict[str, tuple[str, str]]:
    """One argument as opening times by day."""
    match = _FORM.fullmatch(text.upper())
    if match is None or match[1] not in DAYS or (match[2] or "MON") not in DAYS:
        raise argparse.ArgumentTypeError("hours are written like MON-FRI=09:00-18:00 or SAT=09:00-13:00")
    first, last = DAYS.index(match[1]), DAYS.index(match[2] or match[1])
    opens, closes = f"{match[3]}:{match[4]}", f"{match[5]}:{match[6]}"
    if first > last or opens >= closes or closes > "24:00":
        raise argparse.ArgumentTypeError("a span of days or hours ends after it begins, and by 24:00")
    return {day: (opens, closes) for day in DAYS[first : last + 1]}
