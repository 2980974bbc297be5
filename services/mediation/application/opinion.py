"""The commands by which a unit answers, and has done what it granted and promised."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from contracts.periods.calendar import day
from contracts.vocabulary import Result, ServiceMethod, SuggestionResult
from services.chassis.context import By, document_no
from services.chassis.writer import Done
from services.mediation.application.acting import DECIDERS, UNIT_STAFF, Commands
from services.mediation.domain import answers, opinion
from services.mediation.domain.delivery import Delivery


class Answering(Commands):
    """Opinions, execution, promises, replies to suggestions, other procedures."""

    async def issue_opinion(
        self, case: UUID, result: Result, legal_basis: Sequence[str], document: UUID, approved_by: str,
        review_body: str, *, by: By,
    ) -> Done:  # fmt: skip
        """Issue the unit's opinion (第三十二条)."""
        by.must_be(*DECIDERS)
        number = document_no("意", by)
        return await self._act(
            case,
            by,
            lambda h: opinion.issue_opinion(
                h,
                by.unit,
                number,
                result,
                legal_basis,
                document,
                approved_by,
                review_body,
                at=by.at,
                decided_by=by.actor,
            ),
            opinion_no=number,
        )

    async def serve_opinion(
        self, case: UUID, method: ServiceMethod, served_at: datetime | None, receipt: str, *, by: By
    ) -> Done:
        """Serve the opinion on the petitioner (第三十五条)."""
        by.must_be(*UNIT_STAFF)
        return await self._act(
            case, by, lambda h: opinion.serve_opinion(h, by.unit, method, served_at or by.at, receipt, at=by.at)
        )

    async def prove_execution(self, case: UUID, executed_on: date | None, document: UUID, *, by: By) -> Done:
        """Show that what was granted has been done (第三十二条第二款)."""
        by.must_be(*DECIDERS)
        return await self._act(
            case, by, lambda h: opinion.prove_execution(h, by.unit, executed_on or day(by.at), document, at=by.at)
        )

    async def give_part(self, case: UUID, document: UUID, *, by: By) -> Done:
        """Give a helping unit's part of the answer (第二十四条)."""
        by.must_be(*DECIDERS)
        return await self._act(case, by, lambda h: opinion.give_part(h, by.unit, document, at=by.at))

    async def order_execution(self, case: UUID, unit: str, due_on: date, document: UUID, *, by: By) -> Done:
        """Urge whoever has to do what was granted (第三十二条第二款)."""
        by.must_be(*DECIDERS)
        return await self._act(
            case, by, lambda h: opinion.order_execution(h, by.unit, unit, due_on, document, at=by.at)
        )

    async def report_refusal(self, case: UUID, unit: str, document: UUID, *, by: By) -> Done:
        """Put on file that what was granted is refused (第四十二条第四项)."""
        by.must_be(*DECIDERS)
        return await self._act(case, by, lambda h: opinion.report_refusal(h, by.unit, unit, document, at=by.at))

    async def make_commitment(self, case: UUID, due_on: date, document: UUID, *, by: By) -> Done:
        """Promise something in a reply, with its day."""
        by.must_be(*DECIDERS)
        return await self._act(case, by, lambda h: opinion.make_commitment(h, by.unit, due_on, document, at=by.at))

    async def keep_commitment(
        self, case: UUID, commitment: int, kept_on: date | None, document: UUID, *, by: By
    ) -> Done:
        """Show that what was promised is done."""
        by.must_be(*DECIDERS)
        return await self._act(
            case,
            by,
            lambda h: opinion.keep_commitment(h, by.unit, commitment, kept_on or day(by.at), document, at=by.at),
        )

    async def reply_to_suggestion(
        self, case: UUID, result: SuggestionResult, document: UUID, delivery: Delivery, *, by: By
    ) -> Done:
        """Answer a suggestion (第二十九条)."""
        by.must_be(*DECIDERS)
        number = document_no("复", by)
        return await self._act(
            case,
            by,
            lambda h: answers.reply_to_suggestion(h, by.unit, number, result, document, delivery, at=by.at),
            reply_no=number,
        )

    async def import_procedure(self, case: UUID, competent_body: str, delivery: Delivery, *, by: By) -> Done:
        """Bring the case into another procedure (第三十一条第二项至第五项)."""
        by.must_be(*DECIDERS)
        number = document_no("导", by)
        return await self._act(
            case,
            by,
            lambda h: answers.import_procedure(h, by.unit, competent_body, number, delivery, at=by.at),
            notice_no=number,
        )

    async def confirm_docketing(self, case: UUID, docket_no: str, docketed_on: date | None, *, by: By) -> Done:
        """Put on file that the other procedure has the case (第三十一条第二项至第五项)."""
        by.must_be(*DECIDERS)
        return await self._act(
            case, by, lambda h: answers.confirm_docketing(h, by.unit, docket_no, docketed_on or day(by.at), at=by.at)
        )
