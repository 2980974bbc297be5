"""What intake is asked about texts by the services whose decisions and answers refer to them."""

from __future__ import annotations

from uuid import UUID

from pydantic import BaseModel

from contracts.vocabulary import DocumentKind
from services.chassis.context import By
from services.chassis.errors import NotFound
from services.chassis.questions import Answer, Question
from services.chassis.running import Running
from services.intake.application.texts import kind_for_others
from services.intake.views import NOT_UNDER_SEAL


class TextKind(BaseModel):
    """What kind of text it is."""

    kind: DocumentKind


class ShowTextKind(
    Question, path="/cases/{case_id}/texts/{text_id}", called="文书种类", sight=NOT_UNDER_SEAL, reply=TextKind
):
    """Tell what kind of text lies in the vault for a case under an id; none is decrypted (第三十二条)."""

    case_id: UUID
    text_id: UUID

    async def ask(self, running: Running, by: By | None) -> Answer:  # noqa: ARG002  # the same for everybody
        if (kind := await kind_for_others(running, self.case_id, self.text_id)) is None:
            raise NotFound(str(self.text_id))
        return Answer({"kind": kind})
