"""The one gate: who acts, what was sent, may they, decide, store; and the same way for questions.

What is done with a request is here, because the framework's own way to find a route and to read a body costs as much as
everything else that a command does. The API is FastAPI's nevertheless: it describes the routes (``description``).
"""

from __future__ import annotations

import asyncio
import re
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING, Any, Final, TypeVar

import msgspec
import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.routing import BaseRoute, Match, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from contracts.vocabulary import Role
from services.chassis.commands import Command
from services.chassis.context import WHENCE, By
from services.chassis.database import COMMAND_SECONDS_MAX
from services.chassis.denied import on_record
from services.chassis.errors import Conflict, DomainError, KeyReused, NotFound, Unavailable
from services.chassis.http.acting import acting, asking, sent
from services.chassis.http.answers import changed, shown
from services.chassis.http.bodies import JSON, parsed, received
from services.chassis.http.transfers import Carried, Transfer
from services.chassis.identity.who import service_of
from services.chassis.operations import Declared, NotOpenToServices, Operation, permitted
from services.chassis.questions import Answer, Question
from services.chassis.recorder import WrongStore
from services.chassis.recusal import FOR_NO_UNIT, MustKeepOut
from services.chassis.references import given_officers, given_units, named_cases
from services.chassis.relating import has_to_do, is_kept, may_name_all, must_have_to_do, must_keep_from, search_in_vain
from services.chassis.rights.asker import Asker, Strange
from services.chassis.source import be_brief, be_patient
from services.chassis.store import RACES_MAX
from services.chassis.two_persons import propose
from services.chassis.units import UnitIsNoMore
from services.chassis.writer import Done

if TYPE_CHECKING:
    from services.chassis.running import Running

D = TypeVar("D", bound=Declared)
Q = TypeVar("Q", bound=Question)
T = TypeVar("T")
Handler = Callable[[Request], Awaitable[Response]]
_ANY: Final = "{}"
HEALTH: Final = "/health/"
"""Under which machines ask whether a process is well: nothing is counted there, lest a flood make it look ill."""
log = structlog.get_logger()


class Gate(Route):
    """The route of an operation, whose handler reads the request itself."""

    def __init__(self, cls: type[Declared], handler: Handler, of: str) -> None:
        operation = cls.operation
        super().__init__(operation.path, handler, methods=[operation.method], name=operation.name)
        self.cls = cls
        self.operation_id = operation.name + of
        self.methods = {operation.method}  # and no HEAD
        self.path_regex = re.compile(self.path_regex.pattern.removesuffix("$") + r"\Z")  # no line feed behind it
        self.app = self._answer

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await self.endpoint(Request(scope, receive, send))
        await response(scope, receive, send)


class Gates:
    """Leads each request to its gate, and what is for none of them to the framework's own router.

    That asks one route after the other, which takes as long as a tenth of a command.
    """

    def __init__(self, routes: Iterable[BaseRoute], others: ASGIApp) -> None:
        self._others = others
        self._by_shape: dict[tuple[str, int, str], list[Gate]] = defaultdict(list)
        """By method, the number of words in the path, and the last word (or that it is a parameter)."""
        for gate in routes:
            if isinstance(gate, Gate):
                words = gate.path.split("/")
                last = _ANY if "{" in words[-1] else words[-1]
                for method in gate.methods or ():
                    self._by_shape[method, len(words), last].append(gate)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "http":
            words = scope["path"].split("/")
            for last in (words[-1], _ANY):
                for gate in self._by_shape.get((scope["method"], len(words), last), ()):
                    match, found = gate.matches(scope)
                    if match is Match.FULL:
                        scope["route"] = gate
                        scope["path_params"] = found["path_params"]
                        await gate.app(scope, receive, send)
                        return
            if not scope["path"].startswith(HEALTH):
                scope["state"]["left"] = scope["app"].state.rates.stranger(WHENCE.get())
        await self._others(scope, receive, send)


def add_operations(app: FastAPI, running: Running, operations: Iterable[type[Declared]], of: str = "") -> None:
    """Add a route for each operation; what every service has is told apart by whom it is `of`."""
    for cls in operations:
        handler = _commanded(cls, running) if issubclass(cls, Command) else _asked(cls, running)
        app.router.routes.append(Gate(cls, handler, of))


def _commanded(cls: type[Declared], running: Running) -> Handler:
    operation = cls.operation
    assert issubclass(cls, Command)

    async def handle(request: Request) -> Response:
        in_time = _InTime()
        by = await in_time(acting(request, running.identity, cls.takes))
        body = await received(request, cls.bytes_max)
        be_patient(in_time.spent)
        done = await in_time(acted(request, body, sent(request.scope, by, body, running.fingerprints)))
        return changed(done, operation.status, location=_location(operation, done.reply))

    async def acted(request: Request, body: bytes, by: By) -> Done:
        path = request.scope["path_params"]
        async with on_record(running, by, operation, path):
            _may(by, cls, running)
            command = read(cls, path, body, _kind(request))
            await command.seal_off(running, by)
            return await _done(command, running, by)

    return handle


def _may(by: By, cls: type[Declared], running: Running) -> None:
    """Raise ``Forbidden`` unless whoever acts may do that: a service what it is said to ask here, others by role."""
    if by.role is not Role.system:
        permitted(by, cls.operation)
    elif cls not in running.service.peers.get(service_of(by.actor), ()):
        raise NotOpenToServices


async def _done(command: Command[Any], running: Running, by: By) -> Done:
    """Do a command; one that was done before is answered as it was then, whatever would refuse it now but one thing.

    Who has nothing to do with the case is told what would be told if there were none, whatever else would refuse them,
    and so is who keeps out of it, also where they ask once more for the answer to what they did before.
    """
    try:
        await running.store.directories.must_still_be(by)
        by = await _entitled(command, running, by)
        await may_name_all(running, named_cases(command), by)
        await _must_give_to_none_that_keeps_out(command, running, by)
        done = await _run(command, running, by)
    except (KeyReused, Unavailable):
        raise
    except DomainError as refusal:
        if (stored := await running.store.stored(by)) is None:
            if isinstance(refusal, UnitIsNoMore):  # whatever the case, if there is one
                raise
            if isinstance(refusal, MustKeepOut | Strange) or await _strange(command, running, by):
                raise await _in_vain(command, running, by, refusal) from None
            raise
        done = stored
    if done.again and await _keeps_out_since(command, running, by, done):
        raise await _in_vain(command, running, by, MustKeepOut())
    return done


async def _run(command: Command[Any], running: Running, by: By) -> Done:
    """Do a command; from the beginning where its case was set apart, or brought back, meanwhile.

    Raises ``Conflict`` where that happens again and again.
    """
    for _ in range(RACES_MAX):
        with suppress(WrongStore):
            return await _run_once(command, running, by)
    raise Conflict(str(by.command_id))


async def _run_once(command: Command[Any], running: Running, by: By) -> Done:
    """Do a command; where this service does not know that whoever acts has to do with the case, others are asked.

    What takes two persons is taken down for another one.
    """
    if command.operation.by_two:
        return await propose(running, command, by)
    try:
        return await _with_its_words(command, running, by)
    except Strange:
        if (case := await command.case_at_hand(running, by)) is None:
            raise
        await must_have_to_do(running, case, by)
        return await _with_its_words(command, running, msgspec.structs.replace(by, has_to_do=True))


async def _with_its_words(command: Command[Any], running: Running, by: By) -> Done:
    """Do a command once what was typed lies in the vault.

    Nothing gets there of what the rules refuse, nor of what no event would refer to, nor of what was done before.
    """
    if command.typed:
        tried = await running.store.stored(by) or await command.try_out(running, by)
        if isinstance(tried, Done):
            return tried
        case = await command.of_case(running, by)
        assert case is not None, f"{command.operation.name} is about no case with which words could lie"
        referred = [one for one in command.typed if tried.refers_to(one.id)]
        await running.keeping(case, referred, command.words_go_with(by), by)
    return await command.run(running, by)


async def _keeps_out_since(command: Command[Any], running: Running, by: By, done: Done) -> bool:
    """Return whether somebody keeps out of a case by now who did not when they were answered, nor by what they did."""
    if by.role in FOR_NO_UNIT:
        return False
    kind = command.aggregate
    own = running.store.keeps(kind)
    case = command.stream(by) if own else await command.case_at_hand(running, by)
    if case is None or not await is_kept(running, case, by):
        return False
    asker = Asker.of(by, await running.store.directories.at_hand())
    return not (own and await running.store.kept_then(kind, case, done.version, asker))


async def _in_vain(command: Command[Any], running: Running, by: By, refusal: DomainError) -> NotFound:
    """Return what is told to whoever must not know of a case, after the same searches as for one that there is not."""
    if (case := await command.case_at_hand(running, by)) is not None:
        await search_in_vain(running, case, waiting=True)
    return _hidden(command, by, refusal, command.case_in)


async def _entitled(command: Command[Any], running: Running, by: By) -> By:
    """Return who acts, once they have to do with the case; of a case that is changed itself the store asks.

    Raises ``Strange``, and ``NotFound`` for an entry that is not there.
    """
    if by.role in FOR_NO_UNIT or running.store.keeps(command.aggregate):
        return by
    case = await command.case_at_hand(running, by)
    if case is None or await command.is_theirs(running, by):
        return by
    await must_have_to_do(running, case, by, waiting=True)
    return msgspec.structs.replace(by, has_to_do=True)


async def _must_give_to_none_that_keeps_out(command: Command[Any], running: Running, by: By) -> None:
    """Let nothing of the case come to whom it is kept from, but to who acts. Raises ``OthersKeepOut``."""
    units, officers = given_units(command), given_officers(command)
    if (units or officers) and (case := await command.case_at_hand(running, by)) is not None:
        others = [unit for unit in units if unit != by.unit], [officer for officer in officers if officer != by.actor]
        await must_keep_from(running, case, *others)


async def _strange(command: Command[Any], running: Running, by: By) -> bool:
    """Return whether a command is about a case with which whoever acts has nothing to do, or of which they keep out."""
    if (case := await command.case_at_hand(running, by)) is None:
        return False
    theirs = await command.is_theirs(running, by) or await has_to_do(running, case, by)
    return not theirs or await is_kept(running, case, by)


def _hidden(one: Declared, by: By | None, refusal: DomainError, case_in: str = "") -> NotFound:
    """Return what is told to whoever must not know whether there is what is named; why, the log says alone."""
    if by is not None:
        log.info("hidden", actor=by.actor, unit=by.unit, role=by.role, operation=one.operation.name, why=refusal.code)
    if refusal.detail in map(str, named_cases(one)):
        return NotFound(refusal.detail)
    named = [getattr(one, name) for name in one.operation.in_path]
    return NotFound(str(getattr(one, case_in, None) or next(iter(named), "")))


class _InTime:
    """Returns what somebody has asked for, or raises ``Unavailable`` where all of it waits for too long, whatever for.

    What they take to say it does not count. It does what ``asyncio.timeout`` does for a quarter of its price, which is
    a hundredth of a registration.
    """

    def __init__(self) -> None:
        self.spent = 0.0

    async def __call__(self, work: Awaitable[T]) -> T:
        loop = asyncio.get_running_loop()
        task, late, begun = asyncio.current_task(loop), False, loop.time()
        assert task is not None

        def give_up() -> None:
            nonlocal late
            late = True
            task.cancel()

        timer = loop.call_later(COMMAND_SECONDS_MAX - self.spent, give_up)
        try:
            return await work
        except asyncio.CancelledError:
            if late and not task.uncancel():
                raise Unavailable from None
            raise
        finally:
            timer.cancel()
            self.spent += loop.time() - begun


def _asked(cls: type[Declared], running: Running) -> Handler:
    operation = cls.operation
    assert issubclass(cls, Question)

    async def handle(request: Request) -> Response:
        in_time = _InTime()
        by = await in_time(_asker(cls, request, running))
        if issubclass(cls, Transfer):  # it has times of its own: one for each piece
            return await asked(request, b"", by)
        body = await received(request, cls.bytes_max) if operation.changes else b""
        be_brief(in_time.spent)
        return await in_time(asked(request, body, by))

    async def asked(request: Request, body: bytes, by: By | None) -> Response:
        async with on_record(running, by, operation, request.scope["path_params"]):
            return await answered(request, body, by)

    async def answered(request: Request, body: bytes, by: By | None) -> Response:
        if by is not None:
            _may(by, cls, running)
        question = _question(cls, request, body)
        try:
            answer = await _answer_to(question, running, by, request)
        except (MustKeepOut, NotFound) as refusal:
            await _search(question, running, by)
            if not isinstance(refusal, MustKeepOut | Strange):
                raise
            raise _hidden(question, by, refusal) from None
        if isinstance(answer, Answer) and _shows_nothing(answer.value):
            await _search(question, running, by)
        return answer if isinstance(answer, Response) else shown(answer.value, answer.version, operation.status)

    return handle


async def _search(question: Question, running: Running, by: By | None) -> None:
    """Search for a case of which nothing is shown. Raises ``Unavailable`` where nobody can tell who may know of it."""
    case = getattr(question, "case_id", None)
    if case is None or by is None or by.role in FOR_NO_UNIT:
        return
    try:
        await search_in_vain(running, case)
    except Unavailable:
        if await is_kept(running, case, by) or not await has_to_do(running, case, by, reading=True):
            raise


def _question(cls: type[Q], request: Request, body: bytes) -> Q:
    """Return what is asked: what is sent as JSON, or what stands in the query."""
    path = request.scope["path_params"]
    if cls.operation.changes and not issubclass(cls, Transfer):
        return read(cls, path, body, _kind(request))
    return checked(cls, path, _once(cls, request), "query")


async def _answer_to(question: Question, running: Running, by: By | None, request: Request) -> Answer | Response:
    """Ask; a transfer is handed what else the request carries."""
    if isinstance(question, Transfer):
        assert by is not None, "a transfer is for nobody without an account"
        return await question.carry(running, by, Carried(request))
    return await question.ask(running, by)


def _shows_nothing(value: Any) -> bool:  # noqa: ANN401  # whatever a question shows
    """Return whether it is an empty list, as of a case that there is not."""
    return isinstance(value, dict) and not value.get("items", True)


async def _asker(cls: type[Declared], request: Request, running: Running) -> By | None:
    """Return who asks; nobody, where anybody may. Raises ``TooMany``, too."""
    if not cls.operation.open:
        return await asking(request, running.identity, cls.takes)
    request.scope["state"]["left"] = request.app.state.rates.stranger(WHENCE.get(), cls.takes)
    return None


def _kind(request: Request) -> bytes:
    kind: bytes = request.scope["state"]["headers"].get(b"content-type", b"")
    return kind


def read(cls: type[D], path: Mapping[str, Any], body: bytes, kind: bytes = JSON) -> D:
    """Read what was sent. Raises ``RequestValidationError``, ``Unreadable``, and ``HTTPException`` 415."""
    return checked(cls, path, parsed(body, kind), "body")


def checked(cls: type[D], path: Mapping[str, Any], sent: dict[str, Any], place: str) -> D:
    """Make the operation of what stands in its path and beside it. Raises ``RequestValidationError``."""
    if unlike := [name for name in path if str(sent.get(name, path[name])) != path[name]]:
        # A file says what year it is of, and may be sent as it is; what contradicts the path is no field of the body.
        raise RequestValidationError([{"loc": (place,), "type": "extra_forbidden"} for _ in unlike])
    try:
        return cls.model_validate({**sent, **path})
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False, include_input=False)
        wrong = [{"loc": _where(cls, path, place, e["loc"]), "type": e["type"]} for e in found]
        raise RequestValidationError(wrong) from None


def _where(
    cls: type[Declared], path: Mapping[str, Any], place: str, loc: tuple[int | str, ...]
) -> tuple[int | str, ...]:
    """Return where something is wrong, in words that are declared: other names are what somebody wrote."""
    root = "path" if loc and loc[0] in path else place
    return (root, *(part for part in loc if isinstance(part, int) or part in _names(cls)))


@cache
def _names(cls: type[Declared]) -> frozenset[str]:
    """Return what the fields of an operation are called, and the fields of what stands in these."""
    whole = cls.model_json_schema()
    shapes = (whole, *whole.get("$defs", {}).values())
    return frozenset(name for shape in shapes for name in shape.get("properties", ()))


def _once(cls: type[Declared], request: Request) -> dict[str, str]:
    """Return the query, in which nothing may stand twice. Raises ``RequestValidationError``."""
    items = request.query_params.multi_items()
    found = dict(items)
    if len(found) < len(items):
        names = [name for name, _ in items]
        twice = [name for name in found if names.count(name) > 1]
        raise RequestValidationError([{"loc": _where(cls, {}, "query", (n,)), "type": "repeated"} for n in twice])
    return found


def _location(operation: Operation, reply: bytes) -> str | None:
    return operation.location and operation.location.format_map(msgspec.json.decode(reply))
