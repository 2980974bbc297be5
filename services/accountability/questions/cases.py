"""What auditors ask: the Case as it stands, stood, or was known to stand, and the ledger entry by entry."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from msgspec.structs import asdict
from pydantic import BaseModel, Field

from contracts.envelope import LANE_SEQ_MAX, VERSION_MAX
from services.accountability.application.accounting import ENTRIES_MAX, entries, folded
from services.accountability.case import Case
from services.audit.entry import Entry
from services.chassis.context import By
from services.chassis.fields import Moment
from services.chassis.questions import Answer, Question, rows
from services.chassis.running import Running
from services.chassis.shapes import shape
from services.chassis.views import EVERYONE

After = Annotated[int, Field(ge=0, le=LANE_SEQ_MAX)]


class Entries(BaseModel):
    """Entries of the ledger in their order."""

    items: list[shape(Entry)]  # type: ignore[valid-type]  # a model made of the struct


class LedgerHead(BaseModel):
    """How long the ledger is."""

    seq: int


class ShowCase(Question, path="/cases/{case_id}", called="信访事项全貌", sight=EVERYONE, reply=shape(Case)):
    """Show the Case: now, after so many entries, as it stood `at`, or as it was known at `known_at`."""

    case_id: UUID
    version: Annotated[int | None, Field(ge=1, le=VERSION_MAX)] = None
    at: Moment | None = None
    known_at: Moment | None = None

    async def ask(self, running: Running, by: By | None) -> Answer:  # noqa: ARG002  # the same for everybody
        found = await folded(running.store, self.case_id, version=self.version, at=self.at, known_at=self.known_at)
        return Answer(asdict(found), found.version)


class ShowTimeline(Question, path="/cases/{case_id}/timeline", called="办理时间线", sight=EVERYONE, reply=Entries):
    """Show every entry of a case in order."""

    case_id: UUID
    after: After = 0

    async def ask(self, running: Running, by: By | None) -> Answer:  # noqa: ARG002  # the same for everybody
        return Answer({"items": await entries(running.store, "case_id = $2 AND seq > $3", self.case_id, self.after)})


class ListLedger(Question, path="/ledger", called="总账", sight=EVERYONE, reply=Entries):
    """Show entries of the whole ledger in order."""

    after: After = 0
    limit: Annotated[int, Field(ge=1, le=ENTRIES_MAX)] = 100

    async def ask(self, running: Running, by: By | None) -> Answer:  # noqa: ARG002  # the same for everybody
        return Answer({"items": await entries(running.store, "seq > $2", self.after, limit=self.limit)})


class ShowLedgerHead(Question, path="/ledger/head", called="总账长度", sight=EVERYONE, reply=LedgerHead):
    """Show how long the ledger is."""

    async def ask(self, running: Running, by: By | None) -> Answer:  # noqa: ARG002  # the same for everybody
        return Answer((await rows(running.store, "SELECT seq FROM ledger_head"))[0])
