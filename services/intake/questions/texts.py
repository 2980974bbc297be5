"""What intake is asked about texts by the services whose decisions and answers refer to them."""

from __future__ import annotations

from uuid import UUID

from pydantic import BaseModel, Field

from contracts.vocabulary import DocumentKind, Role
from services.chassis.context import By
from services.chassis.fields import Body
from services.chassis.questions import Answer, Question
from services.chassis.running import Running
from services.chassis.together import KEYS_MAX
from services.intake.application.texts import kinds_for_others
from services.intake.views import NOT_UNDER_SEAL


class TextOfCase(Body):
    """A text that is said to lie with a case."""

    case_id: UUID
    text_id: UUID


class TextKinds(BaseModel):
    """What kind of text each is, in the order asked; null where the case has no such text."""

    kinds: list[DocumentKind | None]


class ShowTextKinds(
    Question, method="POST", path="/texts", called="文书种类", sight=NOT_UNDER_SEAL, reply=TextKinds, by=(Role.system,)
):
    """Tell what kinds of texts lie in the vault for cases under some ids; none is decrypted (第三十二条)."""

    texts: list[TextOfCase] = Field(min_length=1, max_length=KEYS_MAX)

    async def ask(self, running: Running, by: By | None) -> Answer:  # noqa: ARG002  # the same for everybody
        return Answer({"kinds": await kinds_for_others(running, [(one.case_id, one.text_id) for one in self.texts])})
