"""What intake is asked about texts by the services whose decisions and answers refer to them."""

from __future__ import annotations

from uuid import UUID

from pydantic import BaseModel

from contracts.vocabulary import DocumentKind
from services.chassis.context import By
from services.chassis.errors import NotFound
from services.chassis.questions import Answer, Question
from services.chassis.running import Running
from services.chassis.texts import NoSuchText
from services.chassis.views import EVERYONE


class TextKind(BaseModel):
    """What kind of text it is."""

    kind: DocumentKind


class ShowTextKind(
    Question, path="/cases/{case_id}/texts/{text_id}", called="文书种类", sight=EVERYONE, reply=TextKind
):
    """Tell what kind of text lies in the vault for a case under an id; none is decrypted (第三十二条)."""

    case_id: UUID
    text_id: UUID

    async def ask(self, running: Running, by: By | None) -> Answer:  # noqa: ARG002  # the same for everybody
        try:
            return Answer({"kind": await running.texts.kind(self.case_id, self.text_id)})
        except NoSuchText as error:
            raise NotFound(str(self.text_id)) from error
