"""Logging in by query code: a petitioner proves once that a petition is theirs, and acts by a token from then on."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from pydantic import BaseModel

from contracts.vocabulary import Role
from services.chassis.context import By
from services.chassis.questions import Answer, Question
from services.chassis.running import Running
from services.chassis.views import EVERYONE
from services.intake.application.sessions import QueryCode, ended, opened


class PetitionSession(BaseModel):
    """The token by which whoever has shown a query code acts about that petition, and until when it is good."""

    token: str
    expires_at: datetime


class OpenPetitionSession(
    Question, path="/petition-sessions", method="POST", called="凭查询码登录", sight=EVERYONE, reply=PetitionSession,
    status=201, open=True,
):  # fmt: skip
    """Log in with the query code of a petition, which is told to nobody from then on (第二十一条第二款)."""

    takes: ClassVar[int] = 2
    query_code: QueryCode

    async def ask(self, running: Running, by: By | None) -> Answer:  # noqa: ARG002  # nobody yet
        return Answer((await opened(running, self.query_code))._asdict())


class PetitionSessionEnded(BaseModel):
    """That the token is good for nothing any more."""

    ended: bool


class EndPetitionSession(
    Question, path="/petition-sessions/current", method="DELETE", by=(Role.petitioner,), called="退出登录",
    sight=EVERYONE, reply=PetitionSessionEnded,
):  # fmt: skip
    """Log out: end the session whose token is shown (第二十一条第二款)."""

    by_session = True

    async def ask(self, running: Running, by: By | None) -> Answer:
        assert by is not None
        await ended(running, by.session)
        return Answer({"ended": True})
