"""The commands of intake: one method each, and nothing that the law would not let a clerk do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import msgspec

from contracts.ids import NUMBER_CHARS, derived, spelled
from contracts.periods.calendar import LEGAL_TIME
from contracts.vocabulary import Channel, ContentCategory, DocumentKind, Kind, Level, Role, Route
from services.chassis.context import By
from services.chassis.database import AWAY
from services.chassis.errors import Forbidden, Invalid, NotFound, Unavailable
from services.chassis.store import New, Store
from services.chassis.views import Statement
from services.chassis.writer import Done
from services.intake.domain.registration import Disclosure, Document, Registration
from services.intake.domain.track import ContentIsConfidential
from services.intake.vault import Vault

SKEW: Final = timedelta(seconds=60)
"""How far ahead of ours the clock of a scanner or a gateway may be."""
RECEIVERS: Final = (Role.intake_clerk, Role.unit_receiver, Role.bureau_officer, Role.petitioner)
OFFICERS: Final = tuple(role for role in Role if role not in {Role.petitioner, Role.platform_admin, Role.system})
READERS: Final = (Role.intake_clerk, Role.bureau_officer, Role.case_officer, Role.unit_head, Role.supervisor)
_ANSWERING: Final = """
WITH RECURSIVE way AS (
    SELECT id, merged_into FROM case_view WHERE id = $1
    UNION ALL
    SELECT v.id, v.merged_into FROM way JOIN case_view v ON v.id = way.merged_into
)
SELECT id FROM way WHERE merged_into IS NULL
"""
_CONFIDENTIAL: Final = """
WITH RECURSIVE reach AS (
    SELECT id, confidential, merged_into FROM case_view WHERE id = $1
    UNION
    SELECT v.id, v.confidential, v.merged_into
    FROM reach r JOIN case_view v ON v.id = r.merged_into OR v.split_from = r.id
)
SELECT bool_or(confidential) FROM reach
"""
"""What went into a report, or was split into one and others, says what the report says."""


class ReceivedInFuture(Invalid):
    """A petition cannot have been received at a time that has not come."""

    code = "received_in_future"
    title = "收到时间不得晚于当前时间"


class Petition(msgspec.Struct, frozen=True, kw_only=True):
    """A petition as it came in, before anything of it is encrypted."""

    channel: Channel
    category: ContentCategory
    place: str
    received_at: datetime | None
    person_count: int
    secrecy_requested: bool
    petitioner: Mapping[str, str | None] | None
    content: Mapping[str, str | None]
    came_from: Level | None = None


class Intake:
    """What can be done at the door."""

    def __init__(self, store: Store, vault: Vault) -> None:
        self.store = store
        self.vault = vault

    async def register(self, petition: Petition, *, by: By) -> tuple[str, Done]:
        """Register a first petition; returns its query code and the outcome. Nothing can refuse it (第二十二条)."""
        by.must_be(*RECEIVERS)
        case, code = derived(by.command_id, "case"), ""

        def opening() -> New:
            nonlocal code
            number, code, statements, facts = self._received(case, petition, by)
            registration = Registration.blank(case)
            direct = by.role is Role.unit_receiver
            registration.register(at=by.at, direct=direct, came_from=petition.came_from, **facts)
            reply = {"case_id": case, "petition_id": number, "registration_no": facts["registration_no"]}
            return New(registration, reply, statements)

        done = await self.store.create(opening, by=by)
        return code, done

    async def attach(self, case: UUID, petition: Petition, *, by: By) -> tuple[str, Done]:
        """Attach a repeat petition to its case, or to the one into which that has gone.

        It is registered like any other and has its own query code.
        """
        by.must_be(*RECEIVERS)
        case = await self._answering(case)
        number, code, statements, facts = self._received(case, petition, by)
        reply = {"case_id": case, "petition_id": number, "registration_no": facts["registration_no"]}

        def act(registration: Registration) -> dict[str, Any]:
            registration.attach(at=by.at, **facts)
            return reply

        return code, await self.store.change(Registration, case, act, by=by, statements=statements)

    async def classify(
        self,
        case: UUID,
        kind: Kind,
        route: Route,
        category: ContentCategory,
        accused_units: Sequence[str] = (),
        *,
        by: By,
    ) -> Done:
        """Tell a case apart (第二十八条 to 第三十一条)."""
        by.must_be(Role.bureau_officer, Role.unit_receiver)
        as_receiver = by.role is Role.unit_receiver

        def act(registration: Registration) -> dict[str, Any]:
            registration.classify(
                kind, route, category, at=by.at, unit=by.unit, as_receiver=as_receiver, accused_units=accused_units
            )
            return {"case_id": case}

        return await self.store.change(Registration, case, act, by=by)

    async def deposit(self, case: UUID, kind: DocumentKind, text: str, *, by: By) -> Done:
        """Put a text of the case into the vault; other services refer to it by the id returned."""
        by.must_be(*OFFICERS)
        await self._must_exist(case)
        number = derived(by.command_id, "document")

        def opening() -> New:
            sealed = self.vault.seal(case, number, {number: (kind, {"text": text})})
            document = Document.blank(number)
            document.deposit(case, kind, sealed.sha256, at=by.at)
            reply = {"case_id": case, "document_id": number, "content_sha256": sealed.sha256}
            return New(document, reply, sealed.statements)

        return await self.store.create(opening, by=by)

    async def read(self, case: UUID, content: UUID, purpose: str, *, by: By) -> Any:  # noqa: ANN401  # what was sealed
        """Return a text of the case to somebody who works on it; the look is stored before anything is decrypted."""
        if by.role not in READERS and by.role is not Role.discipline_officer:
            raise Forbidden("无权查阅该事项内容")
        try:
            await self.must_be_readable(case, by)
            if not await self.vault.holds(self.store.database, case, content):
                raise NotFound(str(content))
            disclosure = Disclosure.blank(by.command_id)
            disclosure.disclose(case, content, purpose, at=by.at)
            await self.store.create(lambda: New(disclosure), by=by)
            return await self.vault.open(self.store.database, case, content)
        except AWAY as error:
            raise Unavailable from error

    async def _answering(self, case: UUID) -> UUID:
        """Return the case that answers for this one: itself, unless it has gone into another."""
        try:
            async with self.store.database.connection() as connection:
                found: UUID | None = await connection.fetchval(_ANSWERING, case)
        except AWAY as error:
            raise Unavailable from error
        return found or case

    async def must_be_readable(self, case: UUID, by: By) -> None:
        """Keep the sealed track to the discipline organ, and the discipline organ to the sealed track."""
        async with self.store.database.connection() as connection:
            confidential = await connection.fetchval(_CONFIDENTIAL, case)
        if confidential and by.role is not Role.discipline_officer:
            raise ContentIsConfidential
        if not confidential and by.role is Role.discipline_officer:
            raise Forbidden("纪检监察机关仅查阅检举控告密件")

    async def _must_exist(self, case: UUID) -> None:
        try:
            async with self.store.database.connection() as connection:
                found = await connection.fetchval("SELECT 1 FROM event WHERE stream_id = $1 AND version = 1", case)
        except AWAY as error:
            raise Unavailable from error
        if not found:
            raise NotFound(str(case))

    def _received(self, case: UUID, petition: Petition, by: By) -> tuple[UUID, str, list[Statement], dict[str, Any]]:
        """Return a petition's number and query code, what puts its text into the vault, and what its event says."""
        received_at = petition.received_at or by.at
        if received_at > by.at + SKEW:
            raise ReceivedInFuture
        number, content = derived(by.command_id, "petition"), derived(by.command_id, "content")
        items: dict[UUID, tuple[str, Any]] = {content: (DocumentKind.petition, petition.content)}
        if petition.petitioner is not None:
            items[number] = ("petitioner", petition.petitioner)
        person = same_person(petition.petitioner)
        sealed = self.vault.seal(case, number, items, person=person)
        code, with_code = self.vault.query_code(case, number)
        return (
            number,
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
                "anonymous": petition.petitioner is None,
                "secrecy_requested": petition.secrecy_requested,
                "content": content,
                "content_sha256": sealed.sha256,
            },
        )


def registration_no(command: UUID, received_at: datetime) -> str:
    """Return the number on the receipt: the day, and letters that follow from the command."""
    on = received_at.astimezone(LEGAL_TIME)
    return f"XF{on.year}{on.month:02}{on.day:02}-{spelled(derived(command, 'number').int, NUMBER_CHARS)}"


def same_person(petitioner: Mapping[str, str | None] | None) -> str | None:
    """Return what the same person always comes to: the identity number, else name and phone together."""
    if petitioner is None:
        return None
    if petitioner.get("id_no"):
        return f"id:{str(petitioner['id_no']).upper()}"
    return f"name:{petitioner.get('name')}|phone:{petitioner['phone']}" if petitioner.get("phone") else None
