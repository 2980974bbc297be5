"""What intake is asked about papers."""

from __future__ import annotations

from typing import Annotated, ClassVar
from uuid import UUID

from fastapi import Response
from pydantic import Field

from services.chassis.context import By
from services.chassis.questions import PAGE_MAX, Listing, Question
from services.chassis.running import Running
from services.intake.application.office import OFFICERS
from services.intake.application.papers import printed
from services.intake.views import NOT_UNDER_SEAL, PaperRow


class Papers(Listing[PaperRow], path="/cases/{case_id}/papers", called="文书", sort=("issued_at", "document_no")):
    """List the papers of a case as they were issued, and how far each is (第三十二条)."""

    limit: Annotated[int, Field(ge=1, le=PAGE_MAX)] = PAGE_MAX


class PaperPdf(
    Question, path="/cases/{case_id}/papers/{document_id}.pdf", by=OFFICERS, called="打印文书", sight=NOT_UNDER_SEAL,
    reply="application/pdf",
):  # fmt: skip
    """Set the paper again, byte for byte; the look is recorded first and the petitioner can see it (第三十二条)."""

    takes: ClassVar[int] = 10
    case_id: UUID
    document_id: UUID

    async def ask(self, running: Running, by: By | None) -> Response:
        assert by is not None
        pdf = await printed(running, self.case_id, self.document_id, by)
        return Response(pdf, media_type="application/pdf")
