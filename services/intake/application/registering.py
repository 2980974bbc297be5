"""A petition as it comes in: what of it goes into the vault, and what its event says."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any, Final
from uuid import UUID

import msgspec
from pydantic import Field, StringConstraints

from contracts.ids import NUMBER_CHARS, derived, spelled
from contracts.periods.calendar import LEGAL_TIME
from contracts.vocabulary import Channel, ContentCategory, DocumentKind, Level
from services.chassis.context import By
from services.chassis.errors import Invalid
from services.chassis.fields import Body, Code, Line, Moment
from services.chassis.views import Statement
from services.chassis.writer import Done
from services.intake.vault import Vault

PERSONS_MAX: Final = 10_000
SKEW: Final = timedelta(seconds=60)
"""How far ahead of ours the clock of a scanner or a gateway may be."""

Text = Annotated[str, StringConstraints(min_length=1, max_length=20_000, pattern=r"^[^\x00]*$")]


class ReceivedInFuture(Invalid):
    """A petition cannot have been received at a time that has not come."""

    code = "received_in_future"
    title = "收到时间不得晚于当前时间"


class Petitioner(Body):
    """Who petitions, as far as told (第十九条); it goes into the vault and nowhere else.

    Nothing is checked but lengths: a mistyped number or a foreign passport must not stop a registration (第二十二条).
    """

    name: Line
    id_no: Line | None = None
    phone: Line | None = None
    address: Line | None = None

    def person(self) -> str | None:
        """Return what the same person always comes to: the identity number, else name and phone together."""
        if self.id_no:
            return f"id:{self.id_no.upper()}"
        return f"name:{self.name}|phone:{self.phone}" if self.phone else None


class Content(Body):
    """Claim, facts and reasons (第十九条); an oral petition is written down faithfully."""

    claim: Text
    facts: Text
    reasons: Text | None = None


class Petition(Body):
    """A letter, visit, call, fax or web form; without petitioner where it is anonymous."""

    channel: Channel
    category: ContentCategory
    place: Code
    received_at: Moment | None = None
    person_count: int = Field(default=1, ge=1, le=PERSONS_MAX)
    secrecy_requested: bool = False
    petitioner: Petitioner | None = None
    content: Content
    came_from: Level | None = None


class Received(msgspec.Struct, frozen=True):
    """What becomes of a petition: its query code, what goes into the vault, what its event says."""

    code: str
    statements: list[Statement]
    facts: dict[str, Any]

    def reply(self, case: UUID) -> dict[str, Any]:
        """Return the receipt as it is stored: without the code."""
        return {
            "case_id": case,
            "petition_id": self.facts["petition"],
            "registration_no": self.facts["registration_no"],
        }


def received(vault: Vault, case: UUID, petition: Petition, by: By) -> Received:
    """Number a petition and encrypt what it says. Raises ``ReceivedInFuture``."""
    received_at = petition.received_at or by.at
    if received_at > by.at + SKEW:
        raise ReceivedInFuture
    number, content = derived(by.command_id, "petition"), derived(by.command_id, "content")
    petitioner = petition.petitioner
    items: dict[UUID, tuple[str, Any]] = {content: (DocumentKind.petition, vars(petition.content))}
    if petitioner is not None:
        items[number] = ("petitioner", vars(petitioner))
    sealed = vault.seal(case, number, items, person=petitioner.person() if petitioner else None)
    code, with_code = vault.query_code(case, number)
    return Received(
        code,
        [*sealed.statements, with_code],
        {
            "registration_no": registration_no(by.command_id, received_at),
            "petition": number,
            "category": petition.category,
            "place": petition.place,
            "channel": petition.channel,
            "received_at": received_at,
            "receiving_unit": by.unit,
            "person_count": petition.person_count,
            "anonymous": petitioner is None,
            "secrecy_requested": petition.secrecy_requested,
            "content": content,
            "content_sha256": sealed.sha256,
        },
    )


def registration_no(command: UUID, received_at: datetime) -> str:
    """Return the number on the receipt: the day, and letters that follow from the command."""
    on = received_at.astimezone(LEGAL_TIME)
    return f"XF{on.year}{on.month:02}{on.day:02}-{spelled(derived(command, 'number').int, NUMBER_CHARS)}"


def receipt(done: Done, **codes: Any) -> Done:  # noqa: ANN401  # one code, or several
    """Put query codes, which are stored nowhere, behind the stored reply."""
    return Done(done.version, done.reply[:-1] + b"," + msgspec.json.encode(codes)[1:])
