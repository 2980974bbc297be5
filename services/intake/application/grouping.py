"""Visits of many, duplicates, merging and splitting: one method a command."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from contracts.ids import derived
from contracts.vocabulary import ContentCategory, DocumentKind, DuplicateReason, Role
from services.chassis.context import By
from services.chassis.database import AWAY
from services.chassis.errors import NotFound, Unavailable
from services.chassis.store import Store
from services.chassis.views import Statement
from services.chassis.writer import Done
from services.intake.application.intake import registration_no, same_person
from services.intake.domain.registration import Registration
from services.intake.vault import Vault

CLERKS: Final = (Role.intake_clerk, Role.bureau_officer, Role.unit_receiver)
SUGGESTIONS_MAX: Final = 20
"""How many cases a clerk is shown to compare; more would not be read."""


class Representative(msgspec.Struct, frozen=True):
    """Who speaks for others: who it is goes into the vault."""

    person: Mapping[str, str | None]
    consents: bool


class Part(msgspec.Struct, frozen=True):
    """One claim of a letter that holds several."""

    category: ContentCategory
    place: str
    content: Mapping[str, str | None]


class Suggestion(msgspec.Struct, frozen=True):
    """A case that may be about the same matter, and why; nothing of what it says."""

    case_id: UUID
    registration_no: str
    state: str
    received_at: datetime
    reasons: tuple[DuplicateReason, ...]


class Grouping:
    """What can be done about who came together and what belongs together."""

    def __init__(self, store: Store, vault: Vault) -> None:
        self.store = store
        self.vault = vault

    async def name_representatives(
        self, case: UUID, petition: UUID, people: Sequence[Representative], roster: str | None, *, by: By
    ) -> Done:
        """Put on file who speaks for a collective visit; each has a key of their own in the vault (第二十条第三款)."""
        by.must_be(*CLERKS)
        numbers = [derived(by.command_id, f"representative/{n}") for n in range(len(people))]
        sealed = [
            self.vault.seal(case, number, {number: ("representative", one.person)}, person=same_person(one.person))
            for number, one in zip(numbers, people, strict=True)
        ]
        statements = [statement for each in sealed for statement in each.statements]
        listed = None if roster is None else derived(by.command_id, "roster")
        if listed is not None:
            statements += self.vault.seal(case, listed, {listed: ("roster", {"text": roster})}).statements

        def act(registration: Registration) -> dict[str, Any]:
            registration.name_representatives(
                petition,
                numbers,
                [each.sha256 for each in sealed],
                listed,
                all_consent=all(one.consents for one in people),
                at=by.at,
            )
            return {"case_id": case, "representatives": numbers}

        return await self.store.change(Registration, case, act, by=by, statements=statements)

    async def suggestions(self, case: UUID, *, by: By) -> list[Suggestion]:
        """Return cases that may be about the same matter; persons are compared blind and nothing is decrypted."""
        by.must_be(*CLERKS)
        try:
            registration = await self.store.load(Registration, case)
            if not registration.exists:
                raise NotFound(str(case))
            if registration.confidential:
                return []
            keys = [
                *registration.every_petition,
                *(r for group in registration.representatives.values() for r in group),
            ]
            async with self.store.database.connection() as connection:
                found = await connection.fetch(
                    _CANDIDATES, keys, registration.category, registration.place, case, list(registration.compared),
                    SUGGESTIONS_MAX,
                )  # fmt: skip
        except AWAY as error:
            raise Unavailable from error
        return [
            Suggestion(
                row["id"],
                row["registration_no"],
                row["state"],
                row["received_at"],
                tuple(reason for reason in DuplicateReason if row.get(reason.value)),
            )
            for row in found
        ]

    async def confirm_duplicate(self, case: UUID, other: UUID, reasons: Sequence[DuplicateReason], *, by: By) -> Done:
        """Link two cases about the same matter (第二十二条)."""
        by.must_be(*CLERKS)

        def act(both: Sequence[Registration]) -> dict[str, Any]:
            both[0].confirm_duplicate(both[1], reasons, at=by.at)
            return {"case_id": case, "other": other}

        return await self.store.change_all(Registration, (case, other), act, by=by)

    async def dismiss_duplicate(self, case: UUID, other: UUID, *, by: By) -> Done:
        """Say that two cases are not about the same matter."""
        by.must_be(*CLERKS)

        def act(both: Sequence[Registration]) -> dict[str, Any]:
            both[0].dismiss_duplicate(both[1], at=by.at)
            return {"case_id": case, "other": other}

        return await self.store.change_all(Registration, (case, other), act, by=by)

    async def merge(self, case: UUID, into: UUID, *, by: By) -> Done:
        """Let a case go into another one, both at once (第二十二条)."""
        by.must_be(Role.bureau_officer)

        def act(both: Sequence[Registration]) -> dict[str, Any]:
            both[0].merge_into(both[1], at=by.at)
            return {"case_id": case, "into": into}

        return await self.store.change_all(Registration, (case, into), act, by=by)

    async def split(self, case: UUID, parts: Sequence[Part], *, by: By) -> tuple[list[str], Done]:
        """Give each claim a case of its own, all at once; returns their query codes and the outcome (第二十四条)."""
        by.must_be(Role.bureau_officer)
        parent = await self._load(case)
        received_at = parent.received_at or by.at
        index = await self._person(next(iter(parent.petitions), None))
        children, codes = [], []
        statements: list[Statement] = []
        for n, part in enumerate(parts):
            command = derived(by.command_id, f"part/{n}")
            child, petition, content = (derived(command, name) for name in ("case", "petition", "content"))
            sealed = self.vault.seal(child, petition, {content: (DocumentKind.petition, part.content)}, index=index)
            code, with_code = self.vault.query_code(child, petition)
            statements += [*sealed.statements, with_code]
            codes.append(code)
            facts = {
                "registration_no": registration_no(command, received_at),
                "petition": petition,
                "category": part.category,
                "place": part.place,
                "content": content,
                "content_sha256": sealed.sha256,
            }
            children.append((child, facts))

        def act(family: Sequence[Registration]) -> dict[str, Any]:
            own = [facts for _, facts in children]
            family[0].split_into(list(zip(family[1:], own, strict=True)), at=by.at)
            told = [{"case_id": child, "registration_no": facts["registration_no"]} for child, facts in children]
            return {"case_id": case, "children": told}

        streams = (case, *(child for child, _ in children))
        return codes, await self.store.change_all(Registration, streams, act, by=by, statements=statements)

    async def _load(self, case: UUID) -> Registration:
        try:
            return await self.store.load(Registration, case)
        except AWAY as error:
            raise Unavailable from error

    async def _person(self, petition: UUID | None) -> bytes | None:
        """Return the blind index of who petitioned, so that what is split off is found and erased with the rest."""
        try:
            return await self.vault.person(self.store.database, petition)
        except AWAY as error:
            raise Unavailable from error


_CANDIDATES: Final = """
WITH same AS (
    SELECT DISTINCT k.case_id AS id FROM vault_key k JOIN vault_key mine ON mine.person = k.person
    WHERE mine.id = ANY($1::uuid[]) AND k.case_id <> $4 LIMIT $6
), near AS (
    SELECT id FROM case_view WHERE category = $2 AND place = $3 AND id <> $4 ORDER BY received_at DESC LIMIT $6
)
SELECT v.id, v.registration_no, v.state, v.received_at, v.id IN (SELECT id FROM same) AS same_person,
       v.category = $2 AS same_category, v.place = $3 AS same_place
FROM case_view v
WHERE v.id IN (SELECT id FROM same UNION SELECT id FROM near) AND v.id <> ALL($5::uuid[])
  AND NOT v.confidential AND v.state NOT IN ('merged', 'split')
ORDER BY same_person DESC, v.received_at DESC, v.id LIMIT $6
"""
