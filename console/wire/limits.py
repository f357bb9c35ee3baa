"""How much one message holds, the same for everybody: every verb that takes a text or files asks here."""

from __future__ import annotations

TEXT_CHARS = 16_384  # of a message, a note or a draft
FILES_A_MESSAGE = 10
