"""Plays stories through the public HTTP API: the demonstration, and the load generator.

Many stories run side by side, the steps of one strictly in order. Nothing waits for anything to
become consistent, but a question for what it asks about; and nothing is tried again unless its
outcome is unknown; then it goes out under the same key. Keys follow from seed, story and step, so
playing twice changes nothing.
"""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID, uuid5

import msgspec

from services.assignment.commands.directory import RelieveOfficer, SucceedUnit
from services.chassis.errors import NotFound
from services.chassis.identity.who import NotYourPost, client_of
from services.intake.commands.cases import NameAccused
from services.intake.commands.recusal import StepAside
from services.intake.questions.files import OFFSETS
from services.intake.questions.sessions import OpenPetitionSession
from services.mediation.commands.inquiry import DeclareRecusal
from services.scenario.accounts import Accounts
from services.scenario.county import HOME, County
from services.scenario.hours import LOCAL
from services.scenario.http import Client, Lost, Reply
from services.scenario.step import Step, Who, filled
from services.scenario.story import Story, stories
from services.scenario.year import scenes, the_end

WATCHING: Final = client_of("accountability")
"""As which account the player asks how far the services are: that is between them."""
TRIES_MAX: Final = 6
FIRST_PAUSE_SECONDS: Final = 0.1
CATCH_UP_SECONDS_MAX: Final = 60
LOOK_AGAIN_SECONDS: Final = 0.2
OPENING: Final = OpenPetitionSession.operation.path
_KEYS: Final = UUID("c6f8a9f2-3d0e-5f7c-8b1a-2e4d6c8f0a13")


@dataclass(frozen=True, slots=True)
class Unexpected:
    """A reply that the story did not expect; the story ended there."""

    story: int
    step: str
    expected: int
    status: int
    """0 where no reply came at all."""
    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class Latency:
    """How long replies to one kind of step took."""

    count: int
    p50_ms: float
    p99_ms: float


@dataclass(slots=True)
class Report:
    """What came of a play."""

    cases: int = 0
    """Stories of cases played as they were written."""
    commands: int = 0
    refusals: int = 0
    """Commands that had to be refused and were."""
    retries: int = 0
    unexpected: list[Unexpected] = field(default_factory=list)
    refused_otherwise: list[Unexpected] = field(default_factory=list)
    """Refused as they must be, but by another rule than the story says. None at the first play; at a later one
    what happened afterwards has its say too: a refusal is not stored, and a closed case is refused as closed. Whoever
    has left a post in the course of a story is refused at once, and the story ends there."""
    seconds: float = 0
    latency: dict[str, Latency] = field(default_factory=dict)


async def play(
    urls: Mapping[str, str],
    *,
    seed: int = 1,
    cases: int = 320,
    rate: float | None = None,
    clients: int = 16,
    accounts: Accounts,
    simulated: bool = True,
    progress: Callable[[int, int], None] | None = None,
) -> Report:
    """Play the stories of a seed against four running services, and the county's year beside them.

    `urls` has the base address of each, `accounts` the token of everybody. `rate` is how many stories
    a second are begun at most (none or 0: as many as it takes), `clients` how many run side by side. At
    the end time passes. Where the services go by the real clock say `simulated=False`: then everything
    happens today, and what needs days to go by is left out, and so is the year.
    """
    county = County.read(HOME)
    told = [*(scenes(county, seed) if simulated else []), *stories(county, seed, cases)]
    async with AsyncExitStack() as stack:
        connect = {name: await stack.enter_async_context(Client(url, clients)) for name, url in urls.items()}
        player = _Player(connect, await stack.enter_async_context(accounts), seed, simulated=simulated)
        started, done = time.perf_counter(), 0

        async def work(queue: Iterator[tuple[int, Story]]) -> None:
            nonlocal done
            for index, story in queue:
                if rate and (early := started + index / rate - time.perf_counter()) > 0:
                    await asyncio.sleep(early)
                await player.play(story)
                done += 1
                if progress:
                    progress(done, len(told))

        shared = enumerate(told)
        async with asyncio.TaskGroup() as tasks:
            for _ in range(clients):
                tasks.create_task(work(shared))
        if simulated:
            await player.catch_up()
            await player.play(the_end(county))
    return player.report(time.perf_counter() - started)


class _Player:
    """Plays stories one step after the other and keeps the score."""

    def __init__(self, clients: Mapping[str, Client], accounts: Accounts, seed: int, *, simulated: bool) -> None:
        self._clients = clients
        self._accounts = accounts
        self._seed = seed
        self._simulated = simulated
        self._score = Report()
        self._seconds: dict[str, list[float]] = defaultdict(list)
        self._sessions: dict[str, str] = {}
        """The tokens of petitioners, by the query code that they have shown."""

    async def play(self, story: Story) -> None:
        """Play a story to its end, or to the first reply that it did not expect."""
        values: dict[str, str] = {}
        for number, step in enumerate(story.steps):
            if step.needs_days and not self._simulated:
                continue
            started = time.perf_counter()
            send = self._send if step.operation.changes else self._look
            reply = await send(story, number, step, values)
            self._seconds[step.name].append(time.perf_counter() - started)
            self._score.commands += 1
            if reply.status != step.expect:
                wrong = _unexpected(story, step, reply)
                later = story.steps[number:]
                left = (wrong.code == NotYourPost.code and _leaves(step.who, later)) or (
                    wrong.code == NotFound.code and any(map(_keeps_somebody_out, later))
                )
                (self._score.refused_otherwise if left else self._score.unexpected).append(wrong)
                return
            if step.expect >= HTTPStatus.BAD_REQUEST:
                self._score.refusals += 1
                if msgspec.json.decode(reply.body)["code"] != step.code:
                    self._score.refused_otherwise.append(_unexpected(story, step, reply))
            if step.captures:
                answer = msgspec.json.decode(reply.body)
                values.update({name: _found(answer, there) for name, there in step.captures.items()})
        self._score.cases += story.number >= 0

    async def catch_up(self) -> None:
        """Wait, not forever, until nothing is under way: clocks start in the ledger, and only then can run out.

        What a service does about an event is stored with the cursor that moves behind it. So where every cursor had
        reached what is numbered only afterwards, nothing is to come.
        """
        async with asyncio.timeout(CATCH_UP_SECONDS_MAX):
            while await self._under_way():
                await asyncio.sleep(LOOK_AGAIN_SECONDS)

    async def _under_way(self) -> bool:
        taken = [await self._ask(service, "/lanes/taken") for service in self._clients]
        heads = {service: await self._ask(service, "/lanes") for service in self._clients}
        return any(
            cursors.get(lane, 0) < last
            for sources in taken
            for source, cursors in sources.items()
            for lane, last in heads[source].items()
        )

    async def _ask(self, service: str, path: str) -> dict[str, Any]:
        shown = f"Bearer {await self._accounts.token(WATCHING)}"
        reply = await self._clients[service].request("GET", path, [("authorization", shown)])
        answer: dict[str, Any] = msgspec.json.decode(reply.body)
        return answer

    def report(self, seconds: float) -> Report:
        """Return the score."""
        self._score.seconds = seconds
        self._score.latency = {name: _latency(s) for name, s in sorted(self._seconds.items())}
        return self._score

    async def _look(self, story: Story, number: int, step: Step, values: Mapping[str, str]) -> Reply:
        """Ask, not forever, until the answer has what the story goes on with."""
        async with asyncio.timeout(CATCH_UP_SECONDS_MAX):
            while not _shows(reply := await self._send(story, number, step, values), step):
                await asyncio.sleep(LOOK_AGAIN_SECONDS)
        return reply

    async def _send(self, story: Story, number: int, step: Step, values: Mapping[str, str]) -> Reply:
        """Send a step until its outcome is known; a petitioner logs in before the first one."""
        code = step.by_code and values[step.by_code.name]
        if code and code not in self._sessions:
            shown = msgspec.json.encode({"query_code": code})
            reply = await self._until_known(step.service, "POST", OPENING, [], shown)
            if reply.status != HTTPStatus.CREATED:
                return reply
            self._sessions[code] = msgspec.json.decode(reply.body)["token"]
        headers = await self._headers(story, number, step, self._sessions.get(code or ""))
        path = step.path.format_map(values)
        if step.content:
            return await self._upload(step, path, headers)
        return await self._until_known(step.service, step.operation.method, path, headers, self._body(step, values))

    async def _upload(self, step: Step, path: str, headers: Sequence[tuple[str, str]]) -> Reply:
        """Send what is not there yet of a file; of one that is whole there is nothing to send."""
        there = await self._until_known(step.service, "HEAD", path, headers, b"")
        if there.offset is None:
            return there
        if there.offset == len(step.content):
            return Reply(step.expect, b"")
        rest, offset = step.content[there.offset :], ("upload-offset", str(there.offset))
        return await self._until_known(step.service, step.operation.method, path, [*headers, offset], rest, OFFSETS)

    async def _until_known(
        self, service: str, method: str, path: str, headers: Sequence[tuple[str, str]], body: bytes,
        kind: str = "application/json",
    ) -> Reply:  # fmt: skip
        """Send a request until its outcome is known."""
        pause = FIRST_PAUSE_SECONDS
        for tries_left in reversed(range(TRIES_MAX)):
            try:
                reply = await self._clients[service].request(method, path, headers, body, kind)
            except Lost as error:
                reply = Reply(0, str(error).encode())
            if reply.status not in {0, HTTPStatus.SERVICE_UNAVAILABLE} or not tries_left:
                break
            self._score.retries += 1
            await asyncio.sleep(pause)
            pause *= 2
        return reply

    async def _headers(self, story: Story, number: int, step: Step, session: str | None) -> list[tuple[str, str]]:
        key = ("idempotency-key", str(uuid5(_KEYS, f"{self._seed}/{story.number}/{number}")))
        proof = [("authorization", f"Bearer {session}")] if session else await self._accounts.proof(step.who)
        headers = [key, *proof]
        if step.reason:
            headers.append(("huiyin-reason", step.reason))
        if self._simulated:
            headers.append(("huiyin-time", step.at.isoformat()))
        return headers

    def _body(self, step: Step, values: Mapping[str, str]) -> bytes:
        if not step.operation.changes:
            return b""
        body = {name: filled(value, values) for name, value in step.body.items()}
        return msgspec.json.encode(body if self._simulated else _today(body, step.at))


def _leaves(who: Who, steps: Iterable[Step]) -> bool:
    """Whether somebody acts as what they are no more at the end of these steps."""
    taken = [step.sent for step in steps if step.command in {RelieveOfficer, SucceedUnit}]
    return any((sent["code"], sent.get("officer", who.actor)) == (who.unit, who.actor) for sent in taken)


def _keeps_somebody_out(step: Step) -> bool:
    """Whether somebody is complained of by it or steps aside, and so is told no more what they did before."""
    accused = (step.sent.get(name) for name in ("accused_units", "accused_persons"))
    return step.command in {NameAccused, StepAside, DeclareRecusal} or any(accused)


def _shows(reply: Reply, step: Step) -> bool:
    try:
        answer = msgspec.json.decode(reply.body)
        found = [_found(answer, there) for there in step.captures.values()]
        return reply.status == step.expect and None not in found
    except LookupError:
        return False


def _found(answer: Any, there: str) -> Any:  # noqa: ANN401  # a field of any reply
    for part in there.split("."):
        if part.startswith("*"):
            answer = {entry["type"].split(".")[1]: entry for entry in answer}[part[1:]]
        else:
            answer = answer[int(part) if part.isdigit() else part]
    return answer


def _today(body: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    """Return a body in which all happens now and is due as many days from now as it was."""
    shift = datetime.now(LOCAL).date() - at.date()
    return {k: _shifted(v, shift) for k, v in body.items() if not isinstance(v, datetime)}


def _shifted(value: Any, shift: timedelta) -> Any:  # noqa: ANN401  # a field of any body
    if isinstance(value, list):
        return [_shifted(each, shift) for each in value]
    return value + shift if isinstance(value, date) else value


def _unexpected(story: Story, step: Step, reply: Reply) -> Unexpected:
    try:
        problem: dict[str, Any] = msgspec.json.decode(reply.body, type=dict)
    except msgspec.MsgspecError:
        problem = {"code": "no_reply" if not reply.status else "no_json"}
        problem["detail"] = reply.body[:300].decode(errors="replace")
    code, detail = problem.get("code", ""), problem.get("detail", "")
    name = f"{story.course}: {step.name}"
    return Unexpected(story.number, name, step.expect, reply.status, str(code), str(detail))


def _latency(seconds: Iterable[float]) -> Latency:
    ordered = sorted(1000 * s for s in seconds)
    last = len(ordered) - 1
    return Latency(len(ordered), ordered[round(last * 0.5)], ordered[round(last * 0.99)])
