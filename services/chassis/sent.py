"""What is sent to a petitioner, as far as it matters where it comes back."""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

from contracts.vocabulary import ReturnedPaper


class Sent(NamedTuple):
    """What a paper is, and whose, where it is a further petitioner's or that of one petition."""

    paper: ReturnedPaper
    petition: UUID | None
