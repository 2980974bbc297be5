"""A petition as it comes in: what of it goes into the vault, and what its event says."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any, Final
from uuid import UUID

import msgspec
from pydantic import BaseModel, BeforeValidator, Field, ValidationError, ValidatorFunctionWrapHandler, WrapValidator

from contracts.ids import NUMBER_CHARS, derived, spelled
from contracts.periods.calendar import LEGAL_TIME
from contracts.vocabulary import Channel, ContentCategory, DocumentKind, Level, Role
from services.chassis.context import By
from services.chassis.directory import Directory
from services.chassis.errors import Invalid
from services.chassis.fields import LINE_CHARS_MAX, TEXT_CHARS_MAX, Body, Line, Moment, ToldClaims, ToldLine, ToldText
from services.chassis.numbers import compact, plain
from services.chassis.views import Statement
from services.chassis.writer import Done
from services.intake.application.persons import keys, says_who
from services.intake.vault import Vault

PERSONS_MAX: Final = 1_000_000
SKEW: Final = timedelta(seconds=60)
"""How far ahead of ours the clock of a scanner or a gateway may be."""
LETTER_BYTES_MAX: Final = 33_554_432
"""How long what is sent for a petition may be: ten million bytes of text, however it is written as JSON."""
PLACE_UNKNOWN: Final = "unknown"
_COUNT: Final = re.compile(r"[0-9]{1,9}")
_NUMBER: Final = re.compile(r"XF([0-9]{8})([0-9A-Z]{8})")
_ALIKE: Final = str.maketrans("OIL", "011")
"""Letters that no number has, and what they were read from."""


class ReceivedInFuture(Invalid):
    """A petition cannot have been received at a time that has not come."""

    code = "received_in_future"
    title = "收到时间不得晚于当前时间"


class Petitioner(Body):
    """Who petitions, as far as told (第十九条); it goes into the vault and nowhere else.

    Nothing is checked: a mistyped number, a foreign passport or no name must not stop a registration (第二十二条).
    """

    name: ToldLine = None
    id_no: ToldLine = None
    phone: ToldLine = None
    address: ToldLine = None


class Content(Body):
    """Claim, facts and reasons (第十九条), as far as told; an oral petition is written down faithfully."""

    claim: ToldText = None
    further_claims: ToldClaims = None
    facts: ToldText = None
    reasons: ToldText = None

    @property
    def count(self) -> int:
        """How many claims it holds."""
        return 1 + len(self.further_claims or ())


class Attached(BaseModel):
    """A field that was too long for its place: where the vault keeps it whole, and the digest of the text."""

    field: str
    content_id: UUID
    sha256: str


class ShownPetitioner(Petitioner):
    """Who petitions, and what of that lies beside it."""

    attached: list[Attached] | None = None


class ShownContent(Content):
    """What was petitioned, what of that lies beside it, and what was told beside it that stands in no event.

    That is the place where it has no code, and the day that petitioners have entered themselves.
    """

    attached: list[Attached] | None = None
    place: str | None = None
    received_at: str | None = None


def _of_blank(told: object) -> object:
    """Return what was told, and nothing for a blank."""
    return None if told == {} or (isinstance(told, str) and not told.strip()) else told


def _readable(told: object, read: ValidatorFunctionWrapHandler) -> object:
    """Return what was told, and nothing for a blank or for what cannot be read."""
    try:
        return read(_of_blank(told))
    except ValidationError:
        return None


def _persons(told: object) -> object:
    """Return how many came, also where they are counted in words; nobody comes as less than one."""
    if isinstance(told, str):
        found = _COUNT.search(plain(told))
        told = int(found[0]) if found else None
    if isinstance(told, bool) or not isinstance(told, int | float) or not told >= 1:
        return None
    return int(min(told, PERSONS_MAX))


IfTold: Final = BeforeValidator(_of_blank)
"""A blank in a form is what was not told."""
IfReadable: Final = WrapValidator(_readable)
"""So is a word of a list that the list does not have: whoever tells the case apart says what it is (第二十二条)."""


class Petition(Body):
    """A letter, visit, call, fax or web form; without petitioner where it is anonymous."""

    channel: Annotated[Channel | None, IfReadable]
    category: Annotated[ContentCategory | None, IfReadable] = None
    place: ToldLine = None
    received_at: Moment | None = None
    """Where petitioners enter it themselves, it is kept as said, and no period counts from it."""
    person_count: Annotated[int | None, Field(ge=1, le=PERSONS_MAX), BeforeValidator(_persons)] = None
    secrecy_requested: Annotated[bool | None, IfReadable] = None
    petitioner: Annotated[Petitioner | None, IfTold] = None
    content: Annotated[Content | None, IfTold] = None
    came_from: Annotated[Level | None, IfReadable] = None


class Received(msgspec.Struct, frozen=True):
    """What becomes of a petition: its query code, what goes into the vault, what its event says."""

    code: str
    statements: list[Statement]
    facts: dict[str, Any]
    persons: Sequence[bytes]
    """The blind index of who petitions."""

    def reply(self, case: UUID) -> dict[str, Any]:
        """Return the receipt as it is stored: without the code."""
        return {
            "case_id": case,
            "petition_id": self.facts["petition"],
            "registration_no": self.facts["registration_no"],
        }


def received(
    vault: Vault, directory: Directory, case: UUID, petition: Petition, by: By, index: Sequence[bytes] = (),
    *, apart: bool = False,
) -> Received:  # fmt: skip
    """Number a petition and encrypt what it says. Raises ``ReceivedInFuture``.

    What somebody calls a place stands in no event: only one that the directory has does. `index` is that of whoever
    wrote it, where it says nothing of them because they are known.
    """
    own_entry = by.role is Role.petitioner
    received_at = by.at if own_entry else petition.received_at or by.at
    if received_at > by.at + SKEW:
        raise ReceivedInFuture
    number, content = derived(by.command_id, "petition"), derived(by.command_id, "content")
    who, place, told = petition.petitioner or Petitioner(), petition.place, petition.content or Content()
    said = {field: words for field, words in vars(told).items() if words is not None}
    if place is not None and place != PLACE_UNKNOWN and place not in directory.units:
        said, place = said | {"place": place}, None
    if own_entry and petition.received_at is not None:  # nobody is late by the word of who waits
        said = said | {"received_at": petition.received_at.isoformat()}
    items = laid(content, DocumentKind.petition, said, TEXT_CHARS_MAX)
    if any(vars(who).values()):
        items |= laid(number, "petitioner", vars(who), LINE_CHARS_MAX)
    # who says nothing of themselves is known by their petition, so that what belongs to it is found all the same
    persons = keys(**vars(who)) or ([] if index else [f"petition:{number}"])
    sealed = vault.seal(case, number, items, persons=persons, index=index, apart=apart)
    code, with_code = vault.query_code(case, number)
    return Received(
        code,
        [*sealed.statements, with_code],
        {
            "registration_no": registration_no(by.command_id, received_at),
            "petition": number,
            "category": petition.category or ContentCategory.other,
            "place": place or PLACE_UNKNOWN,
            "channel": petition.channel or (Channel.online if own_entry else Channel.letter),
            "received_at": received_at,
            "receiving_unit": by.unit,
            "person_count": petition.person_count or 1,
            "anonymous": not says_who(who.name),
            "unclear": not (says_who(who.name) and says_who(who.address)),
            "unreachable": says_who(who.name) and not (says_who(who.address) or says_who(who.phone)),
            "secrecy_requested": bool(petition.secrecy_requested),
            "content": content,
            "content_sha256": sealed.sha256,
            "claims": told.count,
        },
        sealed.persons,
    )


def laid(item: UUID, kind: str, said: Mapping[str, Any], chars_max: int) -> dict[UUID, tuple[str, dict[str, Any]]]:
    """Return what was said as an item of the vault, and beside it, whole, what of that is too long for its place."""
    attached: list[dict[str, Any]] = []
    beside: dict[UUID, tuple[str, dict[str, Any]]] = {}

    def fitting(field: str, words: Any) -> Any:  # noqa: ANN401  # what was said
        if isinstance(words, list):
            return [fitting(f"{field}/{n}", one) for n, one in enumerate(words, start=1)]
        if not isinstance(words, str) or len(words) <= chars_max:
            return words
        whole, digest = derived(item, field), hashlib.sha256(words.encode()).hexdigest()
        beside[whole] = ("attached", {"text": words})
        attached.append({"field": field, "content_id": whole, "sha256": digest})
        return words[:chars_max]

    short = {field: fitting(field, words) for field, words in said.items()}
    return {item: (kind, short | ({"attached": attached} if attached else {})), **beside}


def registration_no(command: UUID, received_at: datetime) -> str:
    """Return the number on the receipt: the day, and letters that follow from the command."""
    on = received_at.astimezone(LEGAL_TIME)
    return f"XF{on.year}{on.month:02}{on.day:02}-{spelled(derived(command, 'number').int, NUMBER_CHARS)}"


def _as_registered(typed: object) -> object:
    """Return a registration number in the form in which it was issued, whichever way somebody typed it."""
    found = _NUMBER.search(compact(typed)) if isinstance(typed, str) else None
    return f"XF{found[1]}-{found[2].translate(_ALIKE)}" if found else typed


RegistrationNo = Annotated[Line, BeforeValidator(_as_registered)]
"""The number on a receipt, as people type it: in brackets, without its dash, with 号 behind it."""


def receipt(done: Done, **codes: Any) -> Done:  # noqa: ANN401  # one code, or several
    """Put query codes, which are stored nowhere, behind the stored reply."""
    return msgspec.structs.replace(done, reply=done.reply[:-1] + b"," + msgspec.json.encode(codes)[1:])
