"""What may follow on a registration: the sealed track, no acceptance, an alarm, a withdrawal, a rating."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from contracts.vocabulary import InformantNotice, NotAcceptedGround, Role, Satisfaction, ServiceMethod, UrgentStage
from services.chassis.context import By, document_no
from services.chassis.database import AWAY
from services.chassis.errors import NotFound, Unavailable
from services.chassis.store import Store
from services.chassis.writer import Done
from services.intake.domain.registration import Registration
from services.intake.vault import Vault

PETITIONERS: Final = (Role.petitioner, Role.intake_clerk, Role.bureau_officer)
"""Who may bring the petitioner's own words about a withdrawal."""
ALARMED: Final = (Role.intake_clerk, Role.bureau_officer, Role.unit_receiver, Role.unit_head)


class Following:
    """What can be done about a case that is on file."""

    def __init__(self, store: Store, vault: Vault) -> None:
        self.store = store
        self.vault = vault

    async def open_track(self, case: UUID, organ: str, *, by: By) -> Done:
        """Hand a report about an official to the discipline organ, sealed (第三十条)."""
        by.must_be(Role.bureau_officer)
        number = document_no("密", by)
        return await self._act(case, by, lambda r: r.open_track(organ, number, at=by.at), receipt_no=number)

    async def notify_informant(
        self,
        case: UUID,
        notice: InformantNotice,
        method: ServiceMethod,
        served_at: datetime | None,
        receipt: str,
        *,
        by: By,
    ) -> Done:
        """Tell whoever reported under their own name (第二十三条第四款)."""
        by.must_be(Role.discipline_officer)
        return await self._act(
            case, by, lambda r: r.notify_informant(notice, method, served_at or by.at, receipt, at=by.at)
        )

    async def not_accept(
        self,
        case: UUID,
        ground: NotAcceptedGround,
        competent_body: str,
        pending: UUID | None,
        method: ServiceMethod,
        served_at: datetime | None,
        receipt: str,
        *,
        by: By,
    ) -> Done:
        """Tell the petitioner in writing why the case is not accepted, and who is competent (第二十三条)."""
        by.must_be(Role.intake_clerk, Role.bureau_officer, Role.unit_receiver)
        number = document_no("不受", by)

        def act(them: Sequence[Registration]) -> dict[str, Any]:
            them[0].not_accept(
                ground,
                pending=them[1] if len(them) > 1 else None,
                at=by.at,
                unit=by.unit,
                competent_body=competent_body,
                notice_no=number,
                method=method,
                served_at=served_at or by.at,
                receipt=receipt,
            )
            return {"case_id": case, "state": them[0].state, "notice_no": number}

        streams = (case,) if pending in (None, case) else (case, pending)
        return await self.store.change_all(Registration, streams, act, by=by)

    async def no_longer_accept(
        self,
        case: UUID,
        petition: UUID,
        method: ServiceMethod,
        served_at: datetime | None,
        receipt: str,
        *,
        new_facts: bool,
        by: By,
    ) -> Done:
        """Tell who repeats what a recheck has settled that it is not accepted any more (第三十六条第三款)."""
        by.must_be(Role.bureau_officer)
        number = document_no("不再", by)
        return await self._act(
            case,
            by,
            lambda r: r.no_longer_accept(
                petition,
                new_facts=new_facts,
                at=by.at,
                notice_no=number,
                method=method,
                served_at=served_at or by.at,
                receipt=receipt,
            ),
            notice_no=number,
        )

    async def note_urgency(self, case: UUID, known_at: datetime | None, *, by: By) -> Done:
        """Put on record since when a matter is known that may affect the public (第二十五条)."""
        by.must_be(*ALARMED)
        return await self._act(case, by, lambda r: r.note_urgency(known_at or by.at, at=by.at))

    async def report_urgency(
        self,
        case: UUID,
        stage: UrgentStage,
        reported_at: datetime | None,
        recipients: Sequence[str],
        document: UUID,
        *,
        by: By,
    ) -> Done:
        """Put on record that those above know (第二十五条)."""
        by.must_be(*ALARMED)
        return await self._act(
            case, by, lambda r: r.report_urgency(stage, reported_at or by.at, recipients, document, at=by.at)
        )

    async def request_withdrawal(self, case: UUID, document: UUID, *, by: By) -> Done:
        """Put the petitioner's wish to withdraw on file, in their own words."""
        by.must_be(*PETITIONERS)
        return await self._act(case, by, lambda r: r.request_withdrawal(document, at=by.at))

    async def revoke_withdrawal(self, case: UUID, document: UUID | None, *, by: By) -> Done:
        """Let the case go on, because the petitioner has thought again."""
        by.must_be(*PETITIONERS)
        return await self._act(case, by, lambda r: r.revoke_withdrawal(document, at=by.at))

    async def confirm_withdrawal(self, case: UUID, document: UUID, *, by: By) -> Done:
        """Withdraw the case after the petitioner was asked; never by anybody of the handling unit."""
        by.must_be(Role.intake_clerk, Role.bureau_officer)
        return await self._act(case, by, lambda r: r.confirm_withdrawal(by.unit, document, at=by.at))

    async def rate(self, query_code: str, bureau: Satisfaction, handler: Satisfaction, *, by: By) -> Done:
        """Record what the petitioner thinks; only who holds the query code can say it (第二十一条第二款)."""
        by.must_be(Role.petitioner)
        try:
            async with self.store.database.connection() as connection:
                found = await connection.fetchrow(_ANSWERING, self.vault.code_digest(query_code))
        except AWAY as error:
            raise Unavailable from error
        if found is None:
            raise NotFound("查询码不存在")
        return await self._act(found["id"], by, lambda r: r.rate(found["petition_id"], bureau, handler, at=by.at))

    async def _act(self, case: UUID, by: By, act: Callable[[Registration], None], **reply: Any) -> Done:  # noqa: ANN401
        def decide(registration: Registration) -> dict[str, Any]:
            act(registration)
            return {"case_id": case, "state": registration.state, **reply}

        return await self.store.change(Registration, case, decide, by=by)


_ANSWERING: Final = """
WITH RECURSIVE way AS (
    SELECT v.id, v.merged_into, q.petition_id FROM query_code q JOIN case_view v ON v.id = q.case_id WHERE q.digest = $1
    UNION ALL
    SELECT v.id, v.merged_into, way.petition_id FROM way JOIN case_view v ON v.id = way.merged_into
)
SELECT id, petition_id FROM way WHERE merged_into IS NULL
"""
"""From a query code to its petition and the case that answers for it now."""
