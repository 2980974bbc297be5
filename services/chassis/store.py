"""How a command becomes history: load, decide, append; once, whatever happens to the reply.

Events, the command's id with its result, and the rows of views go in with one statement (``writer``). A connection lost
around COMMIT leaves the outcome unknown, so the command is looked up by its id and tried again under the same id, which
collides with itself if it was there.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator, Sequence
from contextlib import aclosing
from functools import partial
from itertools import groupby
from operator import itemgetter
from time import monotonic
from typing import Any, Final, NamedTuple, TypeVar
from uuid import UUID

import asyncpg
import msgspec
import structlog
from eventsourcing.persistence import IntegrityError
from msgspec.structs import replace

from contracts.envelope import Cause, Metadata, lane_of, write_metadata
from contracts.event import Event
from contracts.ids import derived
from contracts.packing import pack
from contracts.periods.calendar import day
from services.chassis.aggregate import Aggregate
from services.chassis.apart import Apart
from services.chassis.changes import TwoPersons
from services.chassis.context import By
from services.chassis.database import AWAY, COMMAND_SECONDS_MAX, Connection, Database
from services.chassis.errors import Conflict, DomainError, Invalid, KeyReused, NotFound, Stale, Unavailable
from services.chassis.recorder import CommandRow, Recorder, Replayed, WrongStore
from services.chassis.recusal import FOR_NO_UNIT
from services.chassis.rights.asker import Asker, Strange
from services.chassis.series import series_of
from services.chassis.stored import Row
from services.chassis.streams import Stream, Streams, folded
from services.chassis.units import Directories
from services.chassis.views import Statement, View
from services.chassis.writer import UNKNOWN_SECONDS_MAX, Done, Making, Work, Writer

A = TypeVar("A", bound=Aggregate)

BODY_BYTES_MAX: Final = 65_536
"""The longest body of an event: it must fit a Kafka batch many times over."""
RACES_MAX: Final = 5
"""How often a command that named no version decides again after somebody was faster."""
UNKNOWN_PAUSE_SECONDS: Final = 0.05

CATCH_UP_SECONDS_MAX: Final = COMMAND_SECONDS_MAX - 0.5
"""How long a command waits for the newest events of its case from another service."""

log = structlog.get_logger()


CatchingUp = Callable[[str, UUID], AsyncGenerator[None]]
"""From a service and a case: steps, each of which does more to have the newest events of that case here."""


_to_json = msgspec.json.Encoder().encode


class TriedOut(Exception):
    """A command that is only tried out would be done: what it has worked out is not stored."""

    def __init__(self, work: Work) -> None:
        """Keep what would have been stored."""
        super().__init__()
        self.work = work


class New(NamedTuple):
    """What a command opens: an aggregate, what the reply shows beside its version, rows of other tables.

    What happens to another aggregate for it is stored with it, or neither is.
    """

    aggregate: Aggregate
    reply: dict[str, Any] | None = None
    statements: Sequence[Statement] = ()
    beside: Sequence[Aggregate] = ()


class Store:
    """The aggregates of one service."""

    def __init__(
        self, database: Database, service: str, views: Iterable[View], apart: Apart | None = None
    ) -> None:  # fmt: skip
        self.database = database
        self.service = service
        self.apart = apart
        """What lies apart, where this service has such a store."""
        self.recorder = Recorder(database, service, apart)
        self.streams = Streams(self.recorder)
        self.writer = Writer(database, self.recorder)
        self.views = tuple(views)
        self._views_of: dict[type[Aggregate], list[View]] = defaultdict(list)
        for view in self.views:
            self._views_of[view.of].append(view)
        self.appended = self.writer.appended
        """Set after every append of this process; the relay waits on it."""
        self.catching_up: CatchingUp | None = None
        """Brings the newest events of a case here from another service; set by whoever has an inbox."""
        self.directories: Directories
        """The directory; set by whoever can ask for it."""

    def start(self) -> None:
        """Begin to take commands."""
        self.writer.start()

    async def stop(self) -> None:
        """Finish what is queued and stop."""
        await self.writer.stop()

    # ---------------------------------------------------------------- reading

    async def load(self, kind: type[A], stream: UUID, *, version: int | None = None) -> A:
        """Return an aggregate, blank where nothing has happened; at an earlier `version` where one is named."""
        if version is None:
            return (await self.streams.of(stream)).of(kind)
        return folded(kind, stream, await self.recorder.stream(stream, lte=version))

    async def load_many(self, connection: Connection, wanted: dict[UUID, type[A]]) -> dict[UUID, A]:
        """Return several aggregates with one query."""
        rows = await self.recorder.streams(connection, list(wanted))
        return {stream: folded(kind, stream, rows[stream]) for stream, kind in wanted.items()}

    def fold_many(self, kind: type[A], rows: Iterable[asyncpg.Record]) -> Iterator[A]:
        """Return the aggregates of one kind whose rows stand one after the other, each by version."""
        for stream, some in groupby(rows, itemgetter("stream_id")):
            yield folded(kind, stream, list(some))

    async def known(self, kind: type[A], stream: UUID) -> A:
        """Return an aggregate, also where the event that opens it is still on its way from another service.

        Raises ``NotFound`` where it is nowhere, and ``Unavailable`` where nobody can tell.
        """
        found = await self._load(kind, stream)
        if not found.exists and kind.decided_from is not None and self.catching_up is not None:
            async with aclosing(self.catching_up(kind.decided_from, stream)) as measures:
                while not found.exists and await _next(measures, kind.decided_from):
                    found = await self._load(kind, stream)
        if not found.exists:
            raise NotFound(str(stream))
        return found

    def as_rows_have(self, names: Sequence[str]) -> Sequence[str]:
        """Return names, and what stands for them in the rows of cases that lie apart."""
        return names if self.apart is None else [*names, *map(self.apart.veil, names)]

    def knows_apart(self, case: UUID) -> bool:
        """Return whether this process takes a case for one that lies apart; what it stores lies there or is refused."""
        return self.apart is not None and case in self.apart.cases

    async def lies_apart(self, case: UUID) -> bool:
        """Return whether a case lies apart, so that no other service may hear of it. Raises ``Unavailable``."""
        if self.apart is None:
            return False
        try:
            async with self.database.connection() as connection:
                return await self.apart.has(connection, case)
        except AWAY as error:
            raise Unavailable from error

    async def as_named_in(self, entry: UUID, case: UUID) -> UUID:
        """Return how an entry that lies with no case names one: what lies apart by a number that leads to nothing."""
        return self.apart.elsewhere(case, entry) if self.apart and await self.lies_apart(case) else case

    # --------------------------------------------------------------- commands

    def number(self, kind: str, by: By) -> str:
        """Return the next number of the unit that acts and of a kind, in that year, for what is being worked out."""
        mark = self.directories.current.mark(by.unit)
        return self.writer.numbers.next(series_of(mark, kind, day(by.at).year))

    async def create(self, opening: Callable[[], New], *, by: By) -> Done:
        """Store a new aggregate whose id is derived from the command's, so that a retry finds the first try.

        `opening` makes it, and the same again where it is asked again. It is refused by no directory of before.
        """
        assert by.agreement is None, "two persons change what is there"
        try:
            while True:
                used = self.directories.current
                try:
                    return await self._commit(lambda: self._opened(by, opening()), by)
                except DomainError as refusal:
                    if not (refusal.by_directory and await self.directories.renew(used)):
                        raise
        except IntegrityError as error:
            raise Conflict(str(by.command_id)) from error

    async def change(
        self,
        kind: type[A],
        stream: UUID,
        act: Callable[[A], dict[str, Any] | None],
        *,
        by: By,
        statements: Sequence[Statement] = (),
        may_open: bool = False,
    ) -> Done:
        """Load an aggregate, let `act` decide on it, and store what happened.

        `act` returns what the reply shows beside the version. A refusal that another service could have made void, or
        a stream that is not here yet, is answered only after the newest events of the case have come from there.
        """
        return await self.change_all(
            kind, (stream,), lambda only: act(only[0]), by=by, statements=statements, may_open=may_open
        )

    async def change_all(
        self,
        kind: type[A],
        streams: Sequence[UUID],
        act: Callable[[Sequence[A]], dict[str, Any] | None],
        *,
        by: By,
        statements: Sequence[Statement] = (),
        may_open: bool = False,
    ) -> Done:
        """Change several aggregates of a kind at once, all or nothing; the command is about the first.

        The others may be blank: whether they have to exist is for `act` to say.
        """
        measures: AsyncGenerator[None] | None = None
        races = 0
        try:
            while races < RACES_MAX:
                loaded, used = [await self._stream(stream) for stream in streams], self.directories.current
                agreed_to = await self._stream(by.agreement.change) if by.agreement else None
                try:
                    return await self._commit(
                        partial(self._decided, kind, loaded, act, by, statements, agreed_to, may_open=may_open), by
                    )
                except DomainError as refusal:
                    # A command that was done before is told so at once, unless what it is about is not even here; and
                    # as it may have been sent twice, and the other one been done while this one waited, it is looked
                    # for again before the refusal is told.
                    source, there = _decided_by(refusal, kind), loaded[0].version > 0
                    if measures is None and there and (stored := await self.stored(by)) is not None:
                        return stored
                    if refusal.by_directory and await self.directories.renew(used):
                        continue
                    if source is not None and self.catching_up is not None:
                        measures = measures or self.catching_up(source, streams[0])
                        if await _next(measures, source):
                            continue
                    if measures is not None and (stored := await self.stored(by)) is not None:
                        return stored
                    raise
                except IntegrityError:
                    races = RACES_MAX if by.expected_versions is not None else races + 1
            raise Conflict(f"{kind.__name__} {streams[0]}")
        finally:
            if measures is not None:
                await measures.aclose()

    async def _load(self, kind: type[A], stream: UUID) -> A:
        return (await self._stream(stream)).of(kind)

    async def _stream(self, stream: UUID) -> Stream:
        try:
            return await self.streams.of(stream)
        except AWAY as error:
            raise Unavailable from error

    def _decided(
        self,
        kind: type[A],
        loaded: Sequence[Stream],
        act: Callable[[Sequence[A]], dict[str, Any] | None],
        by: By,
        statements: Sequence[Statement],
        agreed_to: Stream | None,
        *,
        may_open: bool,
    ) -> Work:
        agreed = None if agreed_to is None else self._agreed(agreed_to, by)
        aggregates = [stream.of(kind) for stream in loaded]
        for aggregate in aggregates:
            self._must_have_to_do(aggregate, by)
        reply = _decide(aggregates, act, by, may_open=may_open)
        work = self._work(by, aggregates, reply, statements)
        return (
            work if agreed is None else Work(agreed.rows + work.rows, agreed.statements + work.statements, work.command)
        )

    def _agreed(self, stream: Stream, by: By) -> Work:
        """Work out what becomes of a change to which somebody agrees, as the person who does."""
        agreement = by.agreement
        assert agreement is not None
        change: TwoPersons = stream.of(agreement.kind)
        change.agree(self.directories.current, by=agreement.by)
        return Work(self.rows(change, agreement.by), [change.over, *self.view_statements(change)])

    def keeps(self, kind: type[Aggregate]) -> bool:
        """Return whether these are this service's cases, of which it knows who has to do with each."""
        return any(view.parties is not None for view in self._views_of[kind])

    async def kept_then(self, kind: type[A], stream: UUID, version: int, asker: Asker) -> bool:
        """Return whether somebody kept out of a case when it was at a version already."""
        then = await self.load(kind, stream, version=version)
        for view in self._views_of[kind]:
            if view.kept_from is not None:
                received = view.received_by is not None and view.received_by(then) == asker.unit
                names = asker.named_to_receiver if received else asker.named
                return not {*names}.isdisjoint(view.kept_from(then) or ())
        return False

    def _must_have_to_do(self, aggregate: Aggregate, by: By) -> None:
        """Let nobody act in a case of which this service does not know that they have to do with it, or it is said.

        Raises ``Strange``. Who acts in no case, opens one or answers for a service is asked nothing.
        """
        if by.has_to_do or by.role in FOR_NO_UNIT or not aggregate.exists:
            return
        for view in self._views_of[type(aggregate)]:
            if view.parties is not None and not Asker.of(by, self.directories.current).sees(view.parties(aggregate)):
                raise Strange(str(aggregate.id))

    def _opened(self, by: By, new: New) -> Work:
        return self._work(by, (new.aggregate, *new.beside), new.reply, new.statements)

    def _work(
        self,
        by: By,
        aggregates: Sequence[Aggregate],
        reply: dict[str, Any] | None,
        statements: Sequence[Statement],
    ) -> Work:
        first = aggregates[0]
        answer = _to_json((reply or {}) | {"version": first.version})
        command = CommandRow(by.command_id, by.fingerprint, first.version, answer)
        rows = [row for aggregate in aggregates for row in self.rows(aggregate, by)]
        views = [statement for aggregate in aggregates for statement in self.view_statements(aggregate)]
        return Work(rows, [*statements, *views], command)

    def rows(self, aggregate: Aggregate, by: By) -> list[Row]:
        """Return the aggregate's new events as rows, with who and why beside each."""
        case, cause = aggregate.case, aggregate.cause
        if self.apart is None:
            return [self._row(event, case, by, cause) for event in aggregate.taken()]
        return [row for event in aggregate.taken() for row in self._rows_of(aggregate, event, by, self.apart)]

    def _rows_of(self, aggregate: Aggregate, event: Event, by: By, apart: Apart) -> Iterator[Row]:
        """Yield the row of an event; of one that lies apart, and what others are told of it, which leads to nothing."""
        case = aggregate.case
        lies_apart = aggregate.lies_apart(event.originator_version)
        if not (case in apart.cases if lies_apart is None else lies_apart):
            yield self._row(event, case, by, aggregate.cause)
            return
        yield replace(self._row(event, case, by, aggregate.cause), apart=True)
        if lies_apart and event.told_outside(aggregate.id) is not None:
            alias = apart.alias(aggregate.id)
            told = event.told_outside(alias, aggregate.told_as(event.originator_version))
            assert told is not None
            command = apart.alias(by.command_id)
            unlike = replace(by, command_id=command, request_id=str(command), reason=None)
            yield self._row(told, alias, unlike, None)

    def _row(self, event: Event, case: UUID | None, by: By, cause: Cause | None) -> Row:
        return Row(
            event.originator_id,
            event.originator_version,
            case,
            lane_of(case or event.originator_id),
            id_of(by, self.service, event.originator_id, event.originator_version),
            event.wire_name,
            pack(write_metadata(by.metadata(event, cause)), _body(event)),
            event.timestamp,
        )

    def view_statements(self, aggregate: Aggregate) -> list[Statement]:
        """Return what brings the views of an aggregate up to date, and says whether its case lies apart."""
        veil = self.apart.veil if self.apart else None
        views = [view.statement(aggregate, veil) for view in self._views_of[type(aggregate)]]
        if self.apart is None or aggregate.apart is None:
            return views
        return [*views, self.apart.place(aggregate.id, apart=aggregate.apart)]

    async def stored(self, by: By) -> Done | None:
        """Return the outcome of this command if it was done before. Raises ``KeyReused`` if it was another one."""
        try:
            async with self.database.connection() as connection:
                row = await connection.fetchrow(
                    "SELECT fingerprint, version, result FROM command WHERE command_id = $1", by.command_id
                )
        except AWAY as error:
            raise Unavailable from error
        if row is None:
            return None
        if row["fingerprint"] != by.fingerprint:
            raise KeyReused(str(by.command_id))
        return Done(row["version"], row["result"], again=True)

    async def _commit(self, make: Making, by: By) -> Done:
        """Store the work once. Raises ``IntegrityError`` for a lost race and ``Unavailable`` where nobody knows.

        What is only tried out is worked out and forgotten, with the numbers that it took. Raises ``TriedOut``.
        """
        if by.trying:
            try:
                work = make()
            finally:
                self.writer.numbers.take_back()
            raise TriedOut(work)
        begun = monotonic()
        try:
            try:
                return await self.writer.append(make)
            except AWAY:
                return await self._append_again(make, by, begun)
            except WrongStore:
                return await self._append_elsewhere(make)
        except Replayed:
            if (stored := await self.stored(by)) is None:
                raise Unavailable from None
            return stored
        except IntegrityError:
            # The version may be taken by this very command, whose reply got lost on its way.
            if (stored := await self.stored(by)) is not None:
                return stored
            raise

    async def _append_elsewhere(self, make: Making) -> Done:
        """Store a work once this process has heard which cases lie apart by now."""
        assert self.apart is not None
        try:
            async with self.database.connection() as connection:
                await self.apart.learn(connection)
            return await self.writer.append(make)
        except AWAY as error:
            raise Unavailable from error

    async def _append_again(self, make: Making, by: By, begun: float) -> Done:
        """Store a work whose outcome is unknown: whatever is there already is met as ``Replayed``."""
        try:
            async with asyncio.timeout(begun + UNKNOWN_SECONDS_MAX - monotonic()):
                while True:
                    log.warning("commit_outcome_unknown", command_id=str(by.command_id))
                    await asyncio.sleep(UNKNOWN_PAUSE_SECONDS)
                    with contextlib.suppress(*AWAY):
                        return await self.writer.append(make)
        except TimeoutError:
            raise Unavailable from None


def id_of(by: By | Metadata, service: str, stream: UUID, version: int) -> UUID:
    """Return the id of an event, which follows from what made it: it is known before it is stored."""
    return derived(by.command_id, f"{service}/{stream}/{version}")


def _decide(
    aggregates: Sequence[A], act: Callable[[Sequence[A]], dict[str, Any] | None], by: By, *, may_open: bool
) -> dict[str, Any] | None:
    """Let the command decide, if there is what it is about and it has seen the newest version."""
    first = aggregates[0]
    if not (first.exists or may_open):
        raise NotFound(str(first.id))
    if by.expected_versions is not None and first.version not in by.expected_versions:
        raise Stale(f"当前版本为 {first.version}")
    return act(aggregates)


def _body(event: Event) -> bytes:
    body = event.encoded()
    if len(body) > BODY_BYTES_MAX:
        raise Invalid(f"单个事件不得超过 {BODY_BYTES_MAX} 字节")
    return body


async def _next(measures: AsyncGenerator[None], source: str) -> bool:
    """Take the next measure to catch up, in bounded time; return False where there is none left."""
    try:
        async with asyncio.timeout(CATCH_UP_SECONDS_MAX):
            await anext(measures)
    except StopAsyncIteration:
        return False
    except TimeoutError:
        raise Unavailable(f"{source} 的最新事件暂时无法取得") from None
    return True


def _decided_by(refusal: DomainError, kind: type[Aggregate]) -> str | None:
    """Return the service whose newer events could turn this refusal into a yes. Raises one that is none."""
    if isinstance(refusal, Unavailable):
        raise refusal
    return kind.decided_from if isinstance(refusal, NotFound) else refusal.decided_by
