"""The commands of mediation in the narrow sense: from the offer to what has become of the agreement."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from uuid import UUID

from contracts.periods.calendar import day
from contracts.vocabulary import Side
from services.chassis.context import By, document_no
from services.chassis.writer import Done
from services.mediation.application.acting import DECIDERS, MEDIATORS, Commands
from services.mediation.domain import mediating


class Mediating(Commands):
    """What a mediator and the handling unit can do."""

    async def offer_mediation(
        self, case: UUID, mediator: str, mediator_unit: str, other_party: str | None, *, by: By
    ) -> Done:
        """Ask both sides (第三十三条)."""
        by.must_be(*DECIDERS)
        return await self._act(
            case, by, lambda h: mediating.offer_mediation(h, by.unit, mediator, mediator_unit, other_party, at=by.at)
        )

    async def consent_to_mediation(self, case: UUID, side: Side, *, by: By) -> Done:
        """Put on file that a side is willing (第三十三条)."""
        by.must_be(*MEDIATORS)
        return await self._act(case, by, lambda h: mediating.consent_to_mediation(h, by.unit, side, at=by.at))

    async def refuse_mediation(self, case: UUID, side: Side, *, by: By) -> Done:
        """Put on file that a side does not want it, or not any more (人民调解法 第十七条, 第二十三条)."""
        by.must_be(*MEDIATORS)
        return await self._act(case, by, lambda h: mediating.refuse_mediation(h, by.unit, side, at=by.at))

    async def sign_agreement(
        self, case: UUID, effective_on: date | None, document: UUID, performance_due: tuple[date, ...], *, by: By
    ) -> Done:
        """Put on file what both sides have signed (第三十三条)."""
        by.must_be(*MEDIATORS)
        number = document_no("调", by)
        return await self._act(
            case,
            by,
            lambda h: mediating.sign_agreement(
                h, by.unit, number, effective_on or day(by.at), document, performance_due, at=by.at
            ),
            agreement_no=number,
        )

    async def fail_mediation(self, case: UUID, document: UUID | None, *, by: By) -> Done:
        """End a mediation without agreement (人民调解法 第二十六条)."""
        by.must_be(*MEDIATORS)
        return await self._act(case, by, lambda h: mediating.fail_mediation(h, by.unit, document, at=by.at))

    async def perform_item(self, case: UUID, item: int, done_on: date | None, document: UUID, *, by: By) -> Done:
        """Show that one item of the agreement is done (人民调解法 第三十一条)."""
        by.must_be(*DECIDERS)
        return await self._act(
            case, by, lambda h: mediating.perform_item(h, by.unit, item, done_on or day(by.at), document, at=by.at)
        )

    async def perform_agreement(self, case: UUID, document: UUID, *, by: By) -> Done:
        """Show that everything that was agreed is done (人民调解法 第三十一条)."""
        by.must_be(*DECIDERS)
        return await self._act(case, by, lambda h: mediating.perform_agreement(h, by.unit, document, at=by.at))

    async def report_breach(self, case: UUID, document: UUID, *, by: By) -> Done:
        """Go on handling, because what was agreed was not done (人民调解法 第三十一条)."""
        by.must_be(*DECIDERS)
        return await self._act(case, by, lambda h: mediating.report_breach(h, by.unit, document, at=by.at))

    async def file_confirmation(
        self, case: UUID, court: str, filed_on: date | None, sides: Collection[Side], *, by: By
    ) -> Done:
        """Ask the court to confirm the agreement (人民调解法 第三十三条)."""
        by.must_be(*DECIDERS)
        return await self._act(
            case, by, lambda h: mediating.file_confirmation(h, by.unit, court, filed_on or day(by.at), sides, at=by.at)
        )

    async def record_ruling(
        self, case: UUID, ruling_no: str, decided_on: date | None, *, confirmed: bool, by: By
    ) -> Done:
        """Put on file what the court has said (民事诉讼法 第二百零六条)."""
        by.must_be(*DECIDERS)
        return await self._act(
            case,
            by,
            lambda h: mediating.record_ruling(
                h, by.unit, ruling_no, decided_on or day(by.at), confirmed=confirmed, at=by.at
            ),
        )
