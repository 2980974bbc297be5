"""What every service answers beside its own operations: lanes (others fetch there), problems, health and numbers."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any, Final
from uuid import UUID

import msgspec
from fastapi import FastAPI, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import AwareDatetime, BaseModel, Field, RootModel

from contracts.envelope import LANE_SEQ_MAX, LANES, lane_of
from contracts.vocabulary import Role
from services.chassis.errors import NotFound, Unavailable
from services.chassis.fields import Code, Moment
from services.chassis.history import published
from services.chassis.http.answers import shown
from services.chassis.http.problems import Explained, explained
from services.chassis.inbox import all_cursors
from services.chassis.lives import lives
from services.chassis.questions import PAGE_MAX, Answer, Question, rows
from services.chassis.relating import parties_of
from services.chassis.retention import kept
from services.chassis.source import FETCH_MAX
from services.chassis.views import EVERYONE, Sight, unless_kept

if TYPE_CHECKING:
    from services.chassis.context import By
    from services.chassis.running import Running

OF_WHOM_ONE_AUDITS: Final = Sight(
    "true", unless_kept("about"),
    "(unit = ANY ({organs}) OR unit = ANY ({within}::text[]) OR unit <> ALL ({without}::text[]))",
)  # fmt: skip
"""Shows what those have done for whom somebody has a mandate."""
PEERS: Final = (Role.system,)
"""What is said between services, whole: nobody else reads it but by the table of rights."""
LaneSeq = Annotated[int, Field(ge=0, le=LANE_SEQ_MAX)]


class Heads(RootModel[dict[int, int]]):
    """The newest number of each lane."""


class Taken(RootModel[dict[str, dict[int, int]]]):
    """By source: the newest number of each lane that was taken in."""


class LaneHead(RootModel[int]):
    """The newest number of a lane."""


class SealedRecord(BaseModel):
    """An event with its place, as it travels."""

    service: str
    lane: int
    lane_seq: int
    id: UUID
    stream: UUID
    version: int
    case: UUID | None
    type: str
    at: AwareDatetime
    metadata: dict[str, Any]
    body: dict[str, Any]
    epoch: int


class SealOnIt(BaseModel):
    """By what the last of some events is known to be this store's: base64 (Ed25519)."""

    store: UUID
    signature: str


class SealedRecords(BaseModel):
    """Events of a lane in order, the link before them (base64), and the seal on the last one."""

    before: str
    records: list[SealedRecord]
    seal: SealOnIt | None


class ShowHeads(Question, path="/lanes", called="泳道最新编号", sight=EVERYONE, reply=Heads, by=PEERS):
    """Return the newest number of each lane, once everything settled has one."""

    async def ask(self, running: Running, by: By | None) -> Answer:  # noqa: ARG002  # the same for everybody
        """Number what is settled first."""
        await running.relay.seal()
        found = await rows(running.store, "SELECT lane, last FROM lane_head ORDER BY lane")
        return Answer({row["lane"]: row["last"] for row in found})


class LifeOfStore(BaseModel):
    """A life of a store: its number, the store's id in it, and from which number of each lane on events are of it."""

    number: int
    store: UUID
    firsts: list[int]


class Lives(RootModel[list[LifeOfStore]]):
    """The lives of a store, from the first on."""


class ShowLives(Question, path="/lives", called="数据库历次启用", sight=EVERYONE, reply=Lives, by=PEERS):
    """Return the lives of this service's store: each restoring begins another one."""

    async def ask(self, running: Running, by: By | None) -> Response:  # noqa: ARG002  # the same for everybody
        """Look them up."""
        async with running.database.connection() as connection:
            return Response(msgspec.json.encode(await lives(connection)), media_type="application/json")


class ShowTaken(Question, path="/lanes/taken", called="已接收编号", sight=EVERYONE, reply=Taken, by=PEERS):
    """Return how far this service has taken in the lanes of each source that it listens to."""

    async def ask(self, running: Running, by: By | None) -> Answer:  # noqa: ARG002  # the same for everybody
        """Read the cursors."""
        async with running.database.connection() as connection:
            cursors = await all_cursors(connection)
        listens_to = running.service.listens_to
        return Answer(
            {s: {lane: last for (name, lane), last in sorted(cursors.items()) if name == s} for s in listens_to}
        )


class SettleKey(Question, path="/lanes/of/{key}", called="事项最新编号", sight=EVERYONE, reply=LaneHead, by=PEERS):
    """Number everything of a case or unit that is committed, and return the newest number of its lane."""

    key: UUID

    async def ask(self, running: Running, by: By | None) -> Answer:  # noqa: ARG002  # the same for everybody
        """Number what is committed first."""
        await running.relay.settle(self.key)
        found = await rows(running.store, "SELECT last FROM lane_head WHERE lane = $1", lane_of(self.key))
        return Answer(found[0]["last"])


class TakeIn(
    Question, path="/lanes/taken/{source}/of/{key}", called="即时接收", sight=EVERYONE, reply=LaneHead, by=PEERS
):
    """Take in at once what a source has of a case, and return the newest number that was taken in of its lane."""

    source: Annotated[str, Field(max_length=20, pattern="^[a-z]+$")]
    key: UUID

    async def ask(self, running: Running, by: By | None) -> Answer:  # noqa: ARG002  # the same for everybody
        """Pull. Raises ``NotFound`` for a source that this service does not listen to, and ``Unavailable``."""
        if self.source not in running.service.listens_to:
            raise NotFound(self.source)
        await running.inbox.pull_case(self.source, self.key)
        async with running.database.connection() as connection:
            cursors = await all_cursors(connection)
        return Answer(cursors.get((self.source, lane_of(self.key)), 0))


class ListSealed(
    Question, path="/lanes/{lane}/events", called="泳道事件", sight=EVERYONE, reply=SealedRecords, by=PEERS
):
    """Return sealed events of a lane in order: ``after`` excluded, ``upto`` included."""

    lane: Annotated[int, Field(ge=0, lt=LANES)]
    after: LaneSeq = 0
    upto: LaneSeq = LANE_SEQ_MAX
    limit: Annotated[int, Field(ge=1, le=FETCH_MAX)] = FETCH_MAX

    async def ask(self, running: Running, by: By | None) -> Response:  # noqa: ARG002  # the same for everybody
        """Read them."""
        await running.relay.must_know()
        run = await running.relay.chain.run(self.lane, after=self.after, upto=self.upto, limit=self.limit)
        return Response(msgspec.json.encode(run), media_type="application/json")


class HappenedEvent(BaseModel):
    """An event of a stream: what it is, when it was, who did it, and its body."""

    type: str
    version: int
    at: AwareDatetime
    metadata: dict[str, Any]
    body: dict[str, Any]


class Happenings(RootModel[list[HappenedEvent]]):
    """What has happened in a stream, in order."""


class ShowStream(
    Question, path="/streams/{stream}/events", called="事件流", sight=EVERYONE, reply=Happenings, by=PEERS
):
    """Return what has happened in a stream, also what has no number in its lane yet; nothing of what lies apart."""

    stream: UUID

    async def ask(self, running: Running, by: By | None) -> Response:  # noqa: ARG002  # the same for everybody
        """Read it."""
        happened = await published(running.store.recorder, self.stream)
        return Response(msgspec.json.encode(happened), media_type="application/json")


class Parties(BaseModel):
    """Who is what to a case: ``handles/RSJ``, ``sponsors/@leader-1``."""

    items: list[str]


class ShowParties(
    Question, path="/cases/{case_id}/parties", called="事项相关方", sight=EVERYONE, reply=Parties, by=PEERS
):
    """Show who is what to a case as far as this service knows, `fresh` with the newest of what it listens to."""

    case_id: UUID
    fresh: bool = False

    async def ask(self, running: Running, by: By | None) -> Answer:  # noqa: ARG002  # the same for every service
        """Look it up."""
        if await running.store.lies_apart(self.case_id):
            return Answer({"items": []})
        return Answer({"items": await parties_of(running, self.case_id, fresh=self.fresh)})


class Denied(BaseModel):
    """What somebody has tried, as it was denied to them; `about` is what stands in the path, where that is an id."""

    id: UUID
    at: AwareDatetime
    actor: str
    unit: str
    role: str
    operation: str
    about: UUID | None
    code: str
    request_id: str


class AllDenied(BaseModel):
    """What was denied, the newest first; `next` is what to ask before, and null at the end."""

    items: list[Denied]
    next: AwareDatetime | None


class ListDenied(
    Question, path="/denied", called="被拒绝的访问记录", sight=OF_WHOM_ONE_AUDITS, reply=AllDenied, by=(Role.auditor,)
):
    """Show auditors what those whom they audit have tried and was denied (个人信息保护法 第五十四条)."""

    before: Moment | None = None
    actor: Code | None = None
    about: UUID | None = None
    limit: Annotated[int, Field(ge=1, le=PAGE_MAX)] = 50

    async def ask(self, running: Running, by: By | None) -> Answer:
        """Look it up."""
        seen, values = await self.seen(running, by, 4)
        found = await rows(
            running.store, _DENIED.format(seen=seen), self.before, self.actor, self.about, self.limit, *values
        )
        return Answer({"items": found, "next": found[-1]["at"] if len(found) == self.limit else None})


_DENIED: Final = """
SELECT id, at, actor, unit, role, operation, about, code, request_id FROM denied
WHERE ($1::timestamptz IS NULL OR at < $1) AND ($2::text IS NULL OR actor = $2) AND ($3::uuid IS NULL OR about = $3)
  AND {seen}
ORDER BY at DESC, id LIMIT $4
"""


class Administered(BaseModel):
    """What an operator has done to a store: by which login, in whose account of the machine, and to what."""

    id: UUID
    at: AwareDatetime
    login: str
    operator: str
    what: str
    about: str


class AllAdministered(BaseModel):
    """What was done, the newest first; `next` is what to ask before, and null at the end."""

    items: list[Administered]
    next: AwareDatetime | None


class ListAdministered(
    Question, path="/administration", called="运维操作记录", sight=EVERYONE, reply=AllAdministered, by=(Role.auditor,)
):
    """Show auditors what operators have done to the store with their tools; no petitioner stands in it."""

    before: Moment | None = None
    limit: Annotated[int, Field(ge=1, le=PAGE_MAX)] = 50

    async def ask(self, running: Running, by: By | None) -> Answer:  # noqa: ARG002  # the same for every auditor
        """Look it up."""
        found = await rows(running.store, _ADMINISTERED, self.before, self.limit)
        return Answer({"items": found, "next": found[-1]["at"] if len(found) == self.limit else None})


_ADMINISTERED: Final = """
SELECT id, at, login, operator, what, about FROM administration
WHERE $1::timestamptz IS NULL OR at < $1 ORDER BY at DESC, id LIMIT $2
"""


class KeptFor(BaseModel):
    """What is kept how long: after so many `days` it is taken away, and where that is null it goes with something."""

    title: str
    tables: list[str]
    until: str
    days: float | None
    article: str | None


class AllKept(BaseModel):
    """All that this service keeps."""

    items: list[KeptFor]


class ListKept(
    Question, path="/retention", called="保存期限", sight=EVERYONE, reply=AllKept,
    by=(Role.auditor, Role.platform_admin),
):  # fmt: skip
    """Show what is kept how long, and under which article (个人信息保护法 第十九条、第四十七条)."""

    async def ask(self, running: Running, by: By | None) -> Answer:  # noqa: ARG002  # the same for everybody
        """Read the list."""
        items = [
            {
                "title": one.title, "tables": one.tables, "until": one.until, "article": one.article,
                "days": None if one.time is None else one.time / timedelta(days=1),
            }
            for one in kept(running.service)
        ]  # fmt: skip
        return Answer({"items": items})


class ExplainProblem(Question, path="/problems/{code}", called="问题说明", sight=EVERYONE, reply=Explained, open=True):
    """Explain a code: what it means, its article, and what to do."""

    code: Annotated[str, Field(max_length=60, pattern="^[a-z0-9_]+$")]

    async def ask(self, running: Running, by: By | None) -> Answer:  # noqa: ARG002  # the same for everybody
        """Look it up. Raises ``NotFound``."""
        return Answer(explained(running.service.name, self.code).model_dump())


class ShowNumbers(
    Question, path="/metrics", called="运行指标", sight=EVERYONE, reply="text/plain", by=(Role.platform_admin,)
):
    """Show what this process has counted, to whoever keeps the platform running."""

    async def ask(self, running: Running, by: By | None) -> Response:  # noqa: ARG002  # the same for all of them
        """Write it down as Prometheus reads it."""
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


LISTENING: Final = (ShowHeads, ShowLives, SettleKey, ListSealed)
"""What whoever listens to a service asks of it."""
COMMON: Final = (
    ShowHeads, ShowLives, ShowTaken, SettleKey, TakeIn, ListSealed, ShowStream, ShowParties, ListDenied,
    ListAdministered, ListKept, ExplainProblem, ShowNumbers,
)  # fmt: skip


def add_health(app: FastAPI, running: Running) -> None:
    """Add what machines ask: whether the process lives, and whether it can work."""

    async def live() -> Response:
        return shown({"service": running.service.name})

    async def ready() -> Response:
        if not await running.ready():
            raise Unavailable
        return shown({"service": running.service.name, "troubles": running.relay.troubles})

    for path, answer in (("/health/live", live), ("/health/ready", ready)):
        app.add_api_route(path, answer, methods=["GET", "HEAD"], include_in_schema=False)
