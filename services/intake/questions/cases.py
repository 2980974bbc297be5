"""What intake is asked about cases: by officers, and by whoever holds a query code."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from fastapi import Response
from pydantic import BaseModel, RootModel

from contracts.vocabulary import DuplicateReason, LookPurpose, RegistrationState, Role
from services.chassis.context import By
from services.chassis.errors import NotFound
from services.chassis.questions import Answer, Listing, One, Question, rows
from services.chassis.running import Running
from services.intake.application.looking import look, under_seal
from services.intake.application.office import CLERKS, READERS
from services.intake.application.registering import PLACE_UNKNOWN, RegistrationNo, ShownContent, ShownPetitioner
from services.intake.application.seeing import must_know, must_see
from services.intake.domain.files import File
from services.intake.domain.registration import Registration
from services.intake.domain.texts import must_be_of_duty
from services.intake.domain.track import reads
from services.intake.views import CASES, NOT_UNDER_SEAL, CaseRow

SUGGESTIONS_MAX: Final = 20
"""How many cases a clerk is shown to compare; more would not be read."""


class SealedRow(BaseModel):
    """What is shown of a report about an official."""

    id: UUID
    version: int
    registration_no: str
    state: RegistrationState
    receipt: UUID | None = None
    """Under which number it is known elsewhere who has to do something about it, and until when."""


class ReportRow(CaseRow):
    """A report about an official as the discipline organ sees it that has it."""

    receipt: UUID


class ShownCase(RootModel[ReportRow | CaseRow | SealedRow]):
    """A case, or as much of it as anybody may see."""


class ShowRegistration(One[CaseRow], path="/cases/{case_id}", called="信访事项", reply=ShownCase):
    """Show a case; of a report about an official that it exists, and that to who may know of it (第三十条第三款)."""

    case_id: UUID

    async def ask(self, running: Running, by: By | None) -> Answer | Response:
        assert by is not None
        family = await must_know(running, self.case_id, by)
        case = next(one for one in family if one.id == self.case_id)
        if case.set_apart:
            return Answer(_apart(running, case, by), case.version)
        try:
            return await super().ask(running, by)
        except NotFound:
            if not any(one.confidential for one in family):
                raise
            [found] = await rows(running.store, _EXISTS, self.case_id)
            return Answer(found, found["version"])


class ListRegistrations(
    Listing[CaseRow], path="/cases", called="信访事项列表",
    where=("state", "channel", "category", "place", "kind", "route"), sort=("id", "registration_no"),
):  # fmt: skip
    """List cases; a report about an official to discipline officers of the organ that has it (第三十条第三款)."""

    registration_no: RegistrationNo | None = None

    async def ask(self, running: Running, by: By | None) -> Answer | Response:
        """Show the page; of what lies apart the table says nothing, so who has it is shown what it amounts to."""
        if by is None or by.role is not Role.discipline_officer:
            return await super().ask(running, by)
        wanted = {name: value for name in _APART if (value := getattr(self, name)) is not None}
        page = await super(ListRegistrations, self.model_copy(update=dict.fromkeys(wanted))).ask(running, by)
        assert isinstance(page, Answer)
        items = [await self._whole(running, row, by) for row in page.value["items"]]
        found = [row for row in items if all(row[name] == value for name, value in wanted.items())]
        return Answer(page.value | {"items": found})

    @staticmethod
    async def _whole(running: Running, row: dict[str, Any], by: By) -> dict[str, Any]:
        case = await running.store.load(Registration, row["id"])
        return row | _apart(running, case, by) if case.set_apart else row


_APART: Final = ("channel", "category", "place", "kind", "route")
"""By what a list may be narrowed that no table has of what lies apart."""


def _apart(running: Running, case: Registration, by: By) -> dict[str, Any]:
    """Return what is shown of a case that lies apart: all of it to the organ that has it, else that it is there."""
    assert running.store.apart is not None
    row = CaseRow.view.whole(case) | {"receipt": running.store.apart.alias(case.id)}
    organs = by.role is Role.discipline_officer and reads(case, by.unit, running.store.directories.current)
    shown = {*CaseRow.view.shown, "receipt"} if organs else SealedRow.model_fields.keys()
    return {name: value for name, value in row.items() if name in shown}


class Words(BaseModel):
    """A text that was put into the vault."""

    text: str


class Printed(BaseModel):
    """What a paper is set from."""

    number: str
    title: str
    organ: str
    addressee: str
    items: list[dict[str, str]]


class Disclosed(RootModel[ShownContent | ShownPetitioner | Words | Printed]):
    """What lies in the vault: what was petitioned, who did, a text of the case, or what a paper says."""


class ReadContent(
    Question, path="/cases/{case_id}/contents/{content_id}", by=READERS, called="查阅材料", sight=NOT_UNDER_SEAL,
    reply=Disclosed,
):  # fmt: skip
    """Read a text of the case; the look is recorded first and the petitioner can see it (个人信息保护法第五十一条)."""

    case_id: UUID
    content_id: UUID
    purpose: LookPurpose

    async def ask(self, running: Running, by: By | None) -> Answer:
        assert by is not None
        await must_see(running, self.case_id, by)
        must_be_of_duty(self.purpose, by.role)
        if (await running.store.load(File, self.content_id)).exists:  # it is given in its own way, if at all
            raise NotFound(str(self.content_id))
        found = await look(running, self.case_id, self.content_id, self.purpose, by)
        if found is None:
            raise NotFound(str(self.content_id))
        return Answer(found)


class Suggestion(BaseModel):
    """A case that may be about the same matter, and why; nothing of what it says."""

    case_id: UUID
    registration_no: str
    state: RegistrationState
    received_at: datetime
    reasons: list[DuplicateReason]


class Suggestions(BaseModel):
    """Cases to compare; a person decides, and nothing happens by itself."""

    items: list[Suggestion]


class DuplicateSuggestions(
    Question, path="/cases/{case_id}/duplicate-suggestions", by=CLERKS, called="疑似重复", sight=CASES,
    reply=Suggestions,
):  # fmt: skip
    """Show which cases may be about the same matter, and why; persons are compared blind (第二十二条).

    Of what is only kept nobody is compared (个人信息保护法 第四十七条).
    They are those with which whoever asks has to do.
    """

    case_id: UUID

    async def ask(self, running: Running, by: By | None) -> Answer:
        assert by is not None
        await must_see(running, self.case_id, by)
        if await under_seal(running, self.case_id):
            return Answer({"items": []})
        case = await running.store.known(Registration, self.case_id)
        representatives = [one for group in case.representatives.values() for one in group]
        place = None if case.place == PLACE_UNKNOWN else case.place
        asked = [
            [*case.every_petition, *representatives], case.category, place, case.id, list(case.compared),
            SUGGESTIONS_MAX,
        ]  # fmt: skip
        seen, values = await self.seen(running, by, len(asked), CASES)
        found = await rows(running.store, _CANDIDATES.format(seen=seen), *asked, *values)
        return Answer({"items": [_suggested(row) for row in found]})


def _suggested(row: dict[str, Any]) -> dict[str, Any]:
    shown = {name: row[name] for name in ("registration_no", "state", "received_at")}
    return {"case_id": row["id"], **shown, "reasons": [one for one in DuplicateReason if row.get(one.value)]}


_EXISTS: Final = "SELECT id, version, registration_no, state FROM case_view WHERE id = $1"
_CANDIDATES: Final = """
WITH person AS MATERIALIZED (
    SELECT DISTINCT k.case_id AS id FROM vault_key k JOIN vault_key mine ON mine.persons && k.persons
    WHERE mine.id = ANY($1::uuid[]) AND NOT mine.restricted AND NOT k.restricted
), same AS (
    SELECT v.* FROM person CROSS JOIN LATERAL (
        SELECT id, registration_no, state, received_at, category, place FROM case_view
        WHERE id = person.id AND id <> $4 AND id <> ALL($5::uuid[]) AND state NOT IN ('merged', 'split') AND {seen}
        LIMIT 1
    ) v ORDER BY v.received_at DESC LIMIT $6
), near AS (
    SELECT id, registration_no, state, received_at, category, place FROM case_view
    WHERE category = $2 AND place = $3 AND id <> $4 AND id <> ALL($5::uuid[]) AND state NOT IN ('merged', 'split')
      AND {seen}
    ORDER BY received_at DESC LIMIT $6
)
SELECT id, registration_no, state, received_at, id IN (SELECT id FROM same) AS same_person,
       category = $2 AS same_category, place = $3 AS same_place
FROM (SELECT * FROM same UNION SELECT * FROM near) found
ORDER BY same_person DESC, received_at DESC, id LIMIT $6
"""
