"""Asking another service: for events that are missed, late or needed this instant, and for what only it can do."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextvars import ContextVar
from functools import cached_property
from http import HTTPStatus
from typing import Any, Final, NamedTuple, TypeVar
from uuid import UUID

import aiohttp
import msgspec
import structlog

from contracts.chain import Run
from contracts.periods.calendar import Published
from contracts.vocabulary import ActReason, ClockKind, DocumentKind
from services.chassis.account import Account
from services.chassis.context import By
from services.chassis.database import COMMAND_SECONDS_MAX
from services.chassis.directory import Edition
from services.chassis.errors import DomainError, Erased, KeyReused, NotFound, Refused, SourceAway
from services.chassis.history import Fact, Happened, facts
from services.chassis.settings import Settings

log = structlog.get_logger()

T = TypeVar("T")
JSON: Final = {"Content-Type": "application/json"}
NOTHING: Final[Mapping[str, str]] = {}

TextAt = tuple[UUID, UUID]
"""A case, and a text that is said to lie with it."""


class Typed(NamedTuple):
    """What somebody has typed into a field, and under which id it lies in the vault."""

    id: UUID
    kind: DocumentKind
    text: str


FETCH_MAX: Final = 1_000
"""Events that one answer holds at most."""
SECONDS_MAX: Final = COMMAND_SECONDS_MAX
AWAY_PAUSE_SECONDS: Final = 0.2
"""How long whoever waits for a service that is away does so until it is asked again."""
PATIENCE_SECONDS: Final = COMMAND_SECONDS_MAX - 1.5
"""How long a command waits for another service; it can do without some of them, and has to have the time for that."""
ONCE_SECONDS_MIN: Final = 1.0
"""How long whoever can do without an answer waits for it at least, also where all patience is used up."""
CONNECTIONS_MAX: Final = 16
"""Connections to each other service; who finds them busy waits, and for no other service."""


_UNTIL: Final = ContextVar("until", default=0.0)
"""Until when whoever can do without an answer may wait for it."""
_AGAIN: Final = ContextVar("again", default=False)
"""Whether what is asked is asked again until then."""


def be_brief(spent_seconds: float = 0.0) -> None:
    """Let all that can be done without be waited for from here on while there is time for that."""
    _UNTIL.set(asyncio.get_running_loop().time() + PATIENCE_SECONDS - spent_seconds)


def be_patient(spent_seconds: float = 0.0) -> None:
    """Let all that is asked from here on be asked again while a service starts anew, for a while."""
    be_brief(spent_seconds)
    _AGAIN.set(True)


def patience() -> float:
    """Return for how many seconds what is asked here is asked again: none or less, but in a command."""
    return _left() if _AGAIN.get() else 0.0


async def once(ask: Callable[[], Awaitable[T]], seconds_min: float = ONCE_SECONDS_MIN) -> T:
    """Ask once what one can do without, and give up while there is time for that. Raises ``SourceAway``."""
    before = _AGAIN.set(False)
    try:
        async with asyncio.timeout(max(_left(), seconds_min)):
            return await ask()
    except TimeoutError as error:
        raise SourceAway from error
    finally:
        _AGAIN.reset(before)


def _left() -> float:
    return _UNTIL.get() - asyncio.get_running_loop().time()


async def patiently(ask: Callable[[], Awaitable[T]], seconds: float) -> T:
    """Ask again while a service is away, as it is when it starts anew. Raises ``SourceAway`` in the end."""
    loop = asyncio.get_running_loop()
    until = loop.time() + seconds
    while True:
        try:
            return await ask()
        except SourceAway:
            if loop.time() >= until:
                raise
        await asyncio.sleep(AWAY_PAUSE_SECONDS)


class Problem(msgspec.Struct):
    """What another service has refused, and why."""

    code: str
    title: str
    status: int
    detail: str
    article: str | None = None


class _Kinds(msgspec.Struct):
    kinds: list[str | None]


class Passed(Refused):
    """Another service, to which the command was passed on, refuses it; `errors` has that service and its own code."""

    code = "refused_elsewhere"
    title = "相关服务不予办理"

    def __init__(self, service: str, problem: Problem) -> None:
        """Say what that service said."""
        super().__init__(problem.detail)
        self.title, self.article = problem.title, problem.article  # type: ignore[misc]
        self.status = problem.status
        self.of = {"service": service, "code": problem.code}


class Sources:
    """The other services, by name."""

    def __init__(self, settings: Settings, account: Account) -> None:
        self.settings = settings
        self.account = account

    @cached_property
    def _client(self) -> aiohttp.ClientSession:
        """Connections that stay open, made when the first is needed: a service that asks nobody has none."""
        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, limit_per_host=CONNECTIONS_MAX),
            timeout=aiohttp.ClientTimeout(total=SECONDS_MAX),
            cookie_jar=aiohttp.DummyCookieJar(),
        )

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def lane(self, source: str, lane: int, *, after: int, upto: int | None = None) -> Run:
        """Return the next sealed events of a lane, at most ``FETCH_MAX``; up to `upto` where it is named."""
        params = {"after": after, "limit": FETCH_MAX} | ({} if upto is None else {"upto": upto})
        return await self._get(source, f"/lanes/{lane}/events", params, Run)

    async def heads(self, source: str) -> dict[int, int]:
        """Return the newest number of each lane."""
        return await self._get(source, "/lanes", {}, dict[int, int])

    async def settled(self, source: str, key: UUID) -> int:
        """Let the source number everything of one case or unit, and return the newest number of its lane."""
        return await self._get(source, f"/lanes/of/{key}", {}, int)

    async def take_in(self, taker: str, source: str, key: UUID) -> None:
        """Let another service take in at once what a source has of a case."""
        await self._get(taker, f"/lanes/taken/{source}/of/{key}", {}, int)

    async def years(self, source: str) -> list[Published]:
        """Return the calendar years that a service has published."""
        return await self._get(source, "/calendar", {}, list[Published])

    async def directory(self, source: str, known: int | None) -> Edition:
        """Return the directory that a service keeps, unless it is still the edition that is known."""
        params = {} if known is None else {"known": known}
        return await self._get(source, "/directory", params, Edition)

    async def case(self, source: str, case: UUID) -> dict[str, Any] | None:
        """Return what a service shows of a case; None for one that it does not know."""
        reply = await self._told(source, "GET", f"/cases/{case}", absent=b"null", params={})
        told: dict[str, Any] | None = _read(source, reply, dict[str, Any] | None)
        return told

    async def texts(self, wanted: Sequence[TextAt]) -> dict[TextAt, str | None]:
        """Return what kind of text lies in the vault for a case under an id; None where none does."""
        asked = {"texts": [{"case_id": case, "text_id": text} for case, text in wanted]}
        told = await self._told("intake", "POST", "/texts", data=msgspec.json.encode(asked), headers=JSON)
        return dict(zip(wanted, _read("intake", told, _Kinds).kinds, strict=True))

    async def keep(self, case: UUID, typed: Sequence[Typed], petition: UUID | None, by: By) -> None:
        """Have what somebody has typed put into the vault, with a case.

        Raises ``NotFound``, ``KeyReused``, ``Erased``, and ``SourceAway``.
        """
        for one in typed:
            headers = {"Idempotency-Key": str(one.id), "X-Request-Id": by.request_id} | JSON | _moment(by)
            body = {"kind": one.kind, "text": one.text, "petition_id": petition}
            path, data = f"/cases/{case}/words/{one.id}", msgspec.json.encode(body)
            status, reply = await self._exchange("intake", "POST", path, data=data, headers=headers)
            if status < HTTPStatus.BAD_REQUEST:
                continue
            why = _read("intake", reply, Problem).code
            about: dict[type[DomainError], UUID] = {NotFound: case, KeyReused: by.command_id, Erased: petition or case}
            raise next((kind(str(of)) for kind, of in about.items() if kind.code == why), SourceAway("intake"))

    async def history(self, source: str, stream: UUID) -> list[Fact]:
        """Return what has happened in a stream of a service."""
        return facts(stream, await self._get(source, f"/streams/{stream}/events", {}, list[Happened]))

    async def ask(self, source: str, path: str, shape: type[T]) -> T:
        """Return what a service answers to a question, as far as `shape` has it. Raises ``SourceAway``."""
        return await self._get(source, path, {}, shape)

    async def pass_on(self, service: str, path: str, body: dict[str, Any], by: By) -> bytes:
        """Let another service do what a petitioner has sent here, on their behalf; return its reply.

        Raises ``Passed`` with what that service refuses, and ``SourceAway``.
        """
        headers = {
            "Idempotency-Key": str(by.command_id), "Huiyin-Post": f"{by.unit}/{by.role}", "X-Request-Id": by.request_id,
        } | JSON  # fmt: skip
        if by.reason:
            headers["Huiyin-Reason"] = next(reason for reason in ActReason if reason.title == by.reason)
        headers |= _moment(by)
        status, reply = await self._exchange(service, "POST", path, data=msgspec.json.encode(body), headers=headers)
        if status >= HTTPStatus.BAD_REQUEST:
            raise Passed(service, _read(service, reply, Problem))
        return reply

    async def _get(self, source: str, path: str, params: dict[str, int], shape: type[T]) -> T:
        told: T = _read(source, await self._told(source, "GET", path, params=params), shape)
        return told

    async def _told(
        self, source: str, method: str, path: str, *, absent: bytes | None = None, **sent: Any  # noqa: ANN401
    ) -> bytes:  # fmt: skip
        status, reply = await self._exchange(source, method, path, **sent)
        if absent is not None and status == HTTPStatus.NOT_FOUND:
            return absent
        if status >= HTTPStatus.BAD_REQUEST:
            raise _away(source)
        return reply

    async def _exchange(
        self, service: str, method: str, path: str, headers: Mapping[str, str] = NOTHING, **sent: Any  # noqa: ANN401
    ) -> tuple[int, bytes]:  # fmt: skip
        """Return status and body of a reply. Raises ``SourceAway`` for none, or one that says the service is ill."""
        return await patiently(lambda: self._exchange_once(service, method, path, headers, **sent), patience())

    async def _exchange_once(
        self, service: str, method: str, path: str, headers: Mapping[str, str], **sent: Any  # noqa: ANN401
    ) -> tuple[int, bytes]:  # fmt: skip
        token = await self.account.bearer()
        said = {**headers, "Authorization": f"Bearer {token}"}
        try:
            async with self._client.request(method, self.settings.peer(service) + path, headers=said, **sent) as reply:
                status, body = reply.status, await reply.read()
        except (aiohttp.ClientError, TimeoutError) as error:
            raise _away(service) from error
        if status == HTTPStatus.UNAUTHORIZED:
            self.account.refused(token)
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.UNAUTHORIZED:
            raise _away(service)
        return status, body


def _read(service: str, reply: bytes, shape: Any) -> Any:  # noqa: ANN401  # what it is the shape of
    """Read what a service has said. Raises ``SourceAway`` where somebody else has answered in its place."""
    try:
        return msgspec.json.decode(reply, type=shape)
    except msgspec.MsgspecError as error:
        log.error("answer_unreadable", of=service, error=type(error).__name__)  # noqa: TRY400  # it says it all
        raise _away(service) from error


def _away(service: str) -> SourceAway:
    return SourceAway(f"{service} 暂时无法访问")


def _moment(by: By) -> dict[str, str]:
    """Return the header that says when it happens, where that is not now."""
    return {"Huiyin-Time": by.at.isoformat()} if by.clock is ClockKind.simulated else {}
