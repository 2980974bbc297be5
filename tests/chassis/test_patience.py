"""A command waits for a service that starts anew, in bounded time: nobody else does, and nothing that can do without."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from contextvars import copy_context
from datetime import UTC, datetime
from functools import partial
from types import SimpleNamespace
from typing import Any, Final, NamedTuple
from uuid import UUID, uuid4

import aiohttp
import httpx2
import pytest
import pytest_asyncio
from pydantic import SecretStr

from contracts.intake import AccusedNamed
from contracts.vocabulary import ClockKind, Role
from services.accountability import ledger
from services.chassis import account, relating, telling, texts, together
from services.chassis.account import Account
from services.chassis.context import By
from services.chassis.errors import SourceAway, Unavailable
from services.chassis.http import gate
from services.chassis.http.protocol import Protocol
from services.chassis.identity.who import client_of
from services.chassis.settings import Settings
from services.chassis.source import CONNECTIONS_MAX, Sources, be_patient
from services.chassis.texts import Texts
from services.intake.application import disclosing
from services.intake.commands import cases
from tests.acting import SECRET, issuer, proof
from tests.harness import PLACE, UNIT, Servers, System, petition, system, until
from tests.rules import refused
from tests.steps import SYSTEM, accepted, document, ok

pytestmark = pytest.mark.asyncio(loop_scope="module")

NOWHERE: Final = SecretStr("postgresql://nowhere")
NOW: Final = "2025-09-01T10:00:00+08:00"
KIND: Final = b'HTTP/1.1 200 OK\r\ncontent-length: 20\r\n\r\n{"kinds":["record"]}'
ILL: Final = b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 2\r\n\r\n{}"
PAGE: Final = b"HTTP/1.1 %d X\r\ncontent-length: 7\r\n\r\n<html/>"
HALF: Final = b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n["


class Other:
    """Another service, which gives one answer after the other, the last of them again and again; none after no answer."""

    def __init__(self, *answers: bytes) -> None:
        self.answers = list(answers)
        self.asked = 0
        self.connections = 0
        self._open = set[asyncio.StreamWriter]()

    async def was_asked(self) -> bool:
        return self.asked > 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._open.add(writer)
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while head := await reader.readuntil(b"\r\n\r\n"):
                _, _, length = head.lower().partition(b"content-length: ")
                await reader.readexactly(int(length.split(b"\r\n")[0] or 0))
                self.asked += 1
                answer = self.answers[min(self.asked, len(self.answers)) - 1] if self.answers else b""
                writer.write(answer)
                if answer is HALF:
                    break
        writer.close()

    @asynccontextmanager
    async def at(self, port: int = 0) -> AsyncIterator[int]:
        """Listen until the block ends, and with it all connections."""
        async with await asyncio.start_server(self.serve, "127.0.0.1", port) as server:
            try:
                yield server.sockets[0].getsockname()[1]
            finally:
                for writer in self._open:
                    writer.transport.abort()


class _Bearer:
    """An account that has a token."""

    async def bearer(self) -> str:
        return "token"


@asynccontextmanager
async def asking(**ports: int) -> AsyncIterator[Sources]:
    """Ask others as a service does that has an account."""
    peers = {name: f"http://127.0.0.1:{port}" for name, port in ports.items()}
    sources = Sources(Settings(database_url=NOWHERE, kafka="nowhere:1", peers=peers), _Bearer())
    try:
        yield sources
    finally:
        await sources.close()


def commanded(ask: Callable[[], Awaitable[Any]], patience: Callable[[], None] = be_patient) -> asyncio.Task[Any]:
    """Ask within a command; a request is a task."""

    async def command() -> Any:
        patience()
        return await ask()

    return asyncio.create_task(command())


# ------------------------------------------------------------------------------------- what is asked again


async def test_who_says_nothing_keeps_nobody_from_the_others():
    """However many wait for one service, another one is asked at once."""
    silent, well = Other(), Other(KIND)
    async with silent.at() as a, well.at() as b, asking(assignment=a, intake=b) as sources:
        waiting = [commanded(partial(sources.ask, "assignment", "/x", list)) for _ in range(2 * CONNECTIONS_MAX)]

        async def taken() -> bool:
            return silent.connections == CONNECTIONS_MAX

        await until(taken, "all connections are waiting")
        async with asyncio.timeout(2):
            assert await sources.texts([(uuid4(), uuid4())])
        assert silent.connections == CONNECTIONS_MAX
        for one in waiting:
            one.cancel()


async def test_connections_that_all_services_share_are_found_out(monkeypatch: pytest.MonkeyPatch):
    """Mutant: whoever is asked, so many connections there are."""
    connector = aiohttp.TCPConnector
    monkeypatch.setattr(aiohttp, "TCPConnector", lambda *, limit, limit_per_host: connector(limit=limit_per_host))
    with pytest.raises(TimeoutError):
        await test_who_says_nothing_keeps_nobody_from_the_others()


async def test_who_shares_an_asking_has_patience_of_their_own(monkeypatch: pytest.MonkeyPatch):
    """What several want of intake goes with one request: who has waited for long is told, and the others wait on."""
    monkeypatch.setattr(together, "QUERIES_MAX", 1)
    async with Other(ILL, ILL, KIND).at() as port, asking(intake=port) as sources:
        asked = Texts(sources.texts)
        first = commanded(lambda: asked.kind(uuid4(), uuid4()), lambda: None)
        second = commanded(lambda: asked.kind(uuid4(), uuid4()))
        with pytest.raises(SourceAway):
            await first
        assert await second == "record"


async def test_mutant_that_has_patience_of_whoever_came_first_is_seen(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(together, "Context", copy_context)
    monkeypatch.setattr(texts, "patiently", lambda ask, _: ask())
    with pytest.raises(SourceAway):
        await test_who_shares_an_asking_has_patience_of_their_own(monkeypatch)


async def test_who_asks_beside_a_command_is_told_at_once(monkeypatch: pytest.MonkeyPatch):
    """A question that goes with what a command wants waits for nobody."""
    monkeypatch.setattr(together, "QUERIES_MAX", 1)
    other = Other(ILL)
    async with other.at() as port, asking(intake=port) as sources:
        asked = Texts(sources.texts)
        command = commanded(lambda: asked.kind(uuid4(), uuid4()))
        await until(other.was_asked, "the command asks")
        with pytest.raises(SourceAway):
            await asked.kind(uuid4(), uuid4())
        waits = not command.done()
        command.cancel()
        await asyncio.gather(command, return_exceptions=True)
        assert waits


async def test_mutant_that_lets_a_question_wait_with_a_command_is_seen(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(together, "Context", copy_context)
    with pytest.raises(AssertionError):
        await test_who_asks_beside_a_command_is_told_at_once(monkeypatch)


@pytest.mark.parametrize("answer", [PAGE % 404, PAGE % 429, PAGE % 200], ids=["refused", "too often", "a page"])
async def test_what_is_refused_is_not_asked_again(answer: bytes):
    """Nor is what somebody else has answered in the place of a service, which is no answer."""
    other = Other(answer)
    async with other.at() as port, asking(intake=port) as sources:
        with pytest.raises(SourceAway):
            await commanded(partial(sources.texts, [(uuid4(), uuid4())]))
    assert other.asked == 1


@pytest.mark.parametrize("answer", [ILL, HALF, PAGE % 502], ids=["ill", "half", "bad gateway"])
async def test_what_says_that_it_is_ill_is_asked_again(monkeypatch: pytest.MonkeyPatch, answer: bytes):
    monkeypatch.setattr("services.chassis.source.AWAY_PAUSE_SECONDS", 0.0)
    async with Other(answer, answer, KIND).at() as port, asking(intake=port) as sources:
        assert await commanded(partial(sources.texts, [(uuid4(), uuid4())]))


async def test_a_page_is_no_reason_for_a_refusal():
    """What a proxy says in place of a service is nothing that could be handed on to whoever has asked."""
    by = By(
        actor="li", unit=UNIT, role=Role.petitioner, at=datetime.now(UTC), clock=ClockKind.real, request_id="",
        command_id=uuid4(),
    )  # fmt: skip
    async with Other(PAGE % 404).at() as port, asking(mediation=port) as sources:
        with pytest.raises(SourceAway):
            await sources.pass_on("mediation", "/x", {}, by)


async def test_a_provider_that_starts_is_asked_by_one_for_all():
    """However many wait for a token of the service's own, one asks, and again after a pause."""
    provider = Other(ILL)
    async with provider.at() as port:
        settings = Settings(database_url=NOWHERE, kafka="nowhere:1", oidc_issuer=f"http://127.0.0.1:{port}")
        own = Account(settings, "x")
        told = await asyncio.gather(*(own.bearer() for _ in range(100)), return_exceptions=True)
    assert {type(one) for one in told} == {SourceAway}
    assert provider.asked == 1


async def test_mutant_that_lets_each_ask_for_a_token_is_seen(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(account, "VAIN_SECONDS", 0.0)
    with pytest.raises(AssertionError):
        await test_a_provider_that_starts_is_asked_by_one_for_all()


async def test_a_token_that_nobody_believes_is_replaced(monkeypatch: pytest.MonkeyPatch):
    """Its key is gone at the provider: the service shows another one, though not one after the other."""
    monkeypatch.setattr("services.chassis.source.AWAY_PAUSE_SECONDS", 0.0)
    provider, seconds, other = issuer(), 0.0, Other(KIND, PAGE % 401, KIND, PAGE % 401)
    shown = list[str]()
    async with other.at() as port, asking(intake=port) as sources:
        settings = Settings(database_url=NOWHERE, kafka="nowhere:1", oidc_issuer=provider.url, oidc_secret=SECRET)
        sources.account = Account(settings, client_of("mediation"), lambda: seconds)
        for seconds in (0.0, 20.0):
            await commanded(partial(sources.texts, [(uuid4(), uuid4())]))
            shown.append(await sources.account.bearer())
        with pytest.raises(SourceAway):
            await sources.texts([(uuid4(), uuid4())])
        shown.append(await sources.account.bearer())
    assert shown[0] != shown[1] == shown[2]


# ------------------------------------------------------------------------------------- within a command


class County(NamedTuple):
    """A system, and a case in it that its unit has accepted."""

    huiyin: System
    case: str
    document: str


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def county(servers: Servers) -> AsyncIterator[County]:
    """No service runs: each test says which do."""
    async with system(servers) as made:
        async with made.within():
            await made.establish()
            case = await accepted(made)
            there = County(made, case, await document(made, case))
            await made.caught_up()
        yield there


PATIENT: Final = {"refuses": 60.0, "says nothing": 0.5}
"""For how long a command asks again where nobody would answer within its time, and where it can be waited for."""


@asynccontextmanager
async def away(huiyin: System, service: str, how: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    """Let nobody listen where a service was, or somebody who says nothing.

    Where it refuses, a command that asks it again does so for longer than it may take; where it says nothing, nobody
    waits for long.
    """
    monkeypatch.setattr("services.chassis.source.PATIENCE_SECONDS", PATIENT[how])
    monkeypatch.setattr("services.chassis.source.ONCE_SECONDS_MIN", 0.2)
    if how == "refuses":
        yield
    else:
        async with Other().at(huiyin.ports[service]):
            yield


AWAY: Final = pytest.mark.parametrize("how", PATIENT)


async def recommend(county: County, key: UUID | None = None) -> httpx2.Response:
    """Let a supervisor recommend something, which refers to a text and says how it was served."""
    said = {"kind": "improve_work", "addressee": UNIT, "receipt": "EMS 1", "document": county.document}
    path = f"/cases/{county.case}/recommendations"
    return await county.huiyin.send("accountability", path, said, role=Role.supervisor, at=NOW, key=key)


@AWAY
async def test_what_is_done_is_answered_although_somebody_is_away_who_is_told(
    county: County, monkeypatch: pytest.MonkeyPatch, how: str
):
    """Whoever must know at once whom a case complains of learns it from Kafka where they are away; nobody waits."""
    huiyin = county.huiyin
    async with huiyin.within("intake", "assignment", "mediation"), away(huiyin, "accountability", how, monkeypatch):
        path = f"/cases/{(await huiyin.register())['case_id']}/accused"
        ok(await huiyin.send("intake", path, {"units": [PLACE]}, role=Role.bureau_officer))


async def test_mutant_that_waits_for_who_is_told_is_seen(county: County, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(telling, "once", lambda ask: ask())
    with pytest.raises(AssertionError):
        await test_what_is_done_is_answered_although_somebody_is_away_who_is_told(county, monkeypatch, "refuses")


async def test_all_parts_of_a_case_are_told_of_at_once(county: County, monkeypatch: pytest.MonkeyPatch):
    """However many cases have gone into one, whoever names whom it complains of is answered in time."""
    huiyin = county.huiyin
    async with huiyin.within("intake", "assignment", "mediation"):
        into, *others = [(await huiyin.register())["case_id"] for _ in range(4)]
        for case in (into, *others):
            ok(await huiyin.classify(case))
        for case in others:
            path = f"/cases/{case}/merger"
            ok(await huiyin.send("intake", path, {"into": into}, role=Role.bureau_officer))
        async with away(huiyin, "accountability", "says nothing", monkeypatch):
            monkeypatch.setattr(gate, "COMMAND_SECONDS_MAX", 2.0)
            monkeypatch.setattr("services.chassis.source.ONCE_SECONDS_MIN", 0.8)
            path = f"/cases/{into}/accused"
            ok(await huiyin.send("intake", path, {"units": [PLACE]}, role=Role.bureau_officer))


async def test_mutant_that_tells_of_one_part_after_the_other_is_seen(county: County, monkeypatch: pytest.MonkeyPatch):
    async def one_by_one(*telling: Coroutine[None, None, None]) -> None:
        waiting = list(telling)
        try:
            while waiting:
                await waiting.pop(0)
        finally:
            for one in waiting:
                one.close()

    monkeypatch.setattr(cases, "asyncio", SimpleNamespace(gather=one_by_one))
    with pytest.raises(AssertionError):
        await test_all_parts_of_a_case_are_told_of_at_once(county, monkeypatch)


async def test_the_ledger_has_what_a_case_complains_of_although_the_keeper_says_nothing(
    county: County, monkeypatch: pytest.MonkeyPatch
):
    """Whose duties pass on to whom stands in a directory that is asked for then; what is known will do."""
    huiyin = county.huiyin
    async with huiyin.within("intake", "accountability"), away(huiyin, "assignment", "says nothing", monkeypatch):
        case = (await huiyin.register())["case_id"]
        ok(await huiyin.send("intake", f"/cases/{case}/accused", {"units": [PLACE]}, role=Role.bureau_officer))

        async def entered() -> bool:
            async with huiyin.sql() as db:
                found = "SELECT EXISTS (SELECT FROM accountability.ledger_entry WHERE case_id = $1 AND type = $2)"
                return bool(await db.fetchval(found, UUID(case), AccusedNamed.wire_name))

        await until(entered, "the accusation is in the ledger", 3)


async def test_mutant_that_waits_for_the_directory_is_seen(county: County, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(ledger, "once", lambda ask: ask())
    with pytest.raises(AssertionError):
        await test_the_ledger_has_what_a_case_complains_of_although_the_keeper_says_nothing(county, monkeypatch)


@AWAY
async def test_who_has_to_do_with_a_case_acts_although_somebody_is_away(
    county: County, monkeypatch: pytest.MonkeyPatch, how: str
):
    """Intake asks the others who has a case, and mediation knows."""
    huiyin, said = county.huiyin, {"kind": "record", "text": "笔录"}
    async with huiyin.within("intake", "mediation"), away(huiyin, "assignment", how, monkeypatch):
        path = f"/cases/{county.case}/documents"
        ok(await huiyin.send("intake", path, said, role=Role.case_officer, unit=UNIT, actor="co-1"), 201)


async def test_mutant_that_waits_for_the_first_of_those_who_know_is_seen(
    county: County, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(relating, "once", lambda ask, _: ask())
    with pytest.raises(AssertionError):
        await test_who_has_to_do_with_a_case_acts_although_somebody_is_away(county, monkeypatch, "refuses")


async def test_who_comes_again_is_registered_although_mediation_says_nothing(
    county: County, monkeypatch: pytest.MonkeyPatch
):
    """Whether it is about an answer, mediation knows: nobody is refused because they are away (第二十二条)."""
    huiyin, path = county.huiyin, f"/cases/{county.case}/petitions"
    async with huiyin.within("intake", "assignment"), away(huiyin, "mediation", "says nothing", monkeypatch):
        ok(await huiyin.send("intake", path, petition(), role=Role.intake_clerk), 201)


async def test_mutant_that_waits_for_as_long_as_it_may_take_is_seen(county: County, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(cases, "once", lambda ask: ask())
    with pytest.raises(AssertionError):
        await test_who_comes_again_is_registered_although_mediation_says_nothing(county, monkeypatch)


async def test_a_petitioner_is_told_what_intake_knows_although_others_say_nothing(
    county: County, monkeypatch: pytest.MonkeyPatch
):
    """How far the case is, intake knows; who has it, and until when, is told as soon as the others can be asked."""
    huiyin = county.huiyin
    async with huiyin.within("intake"), away(huiyin, "accountability", "says nothing", monkeypatch):
        code = (await huiyin.register())["query_code"]
        assert ok(await huiyin.by_code(code))["complete"] is False
        ok(await huiyin.by_code(code, "/papers"))


async def test_mutant_that_waits_for_all_that_could_be_told_is_seen(county: County, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(disclosing, "once", lambda ask: ask())
    with pytest.raises(AssertionError):
        await test_a_petitioner_is_told_what_intake_knows_although_others_say_nothing(county, monkeypatch)


@pytest.mark.parametrize(
    "answers",
    [(), (ILL,), (HALF,), (PAGE % 502,), (PAGE % 200,)],
    ids=["nothing", "ill", "half", "bad gateway", "a page"],
)
async def test_a_command_that_needs_another_service_is_told_when_to_come_again(
    county: County, monkeypatch: pytest.MonkeyPatch, answers: tuple[bytes, ...]
):
    """Whatever comes from where that service was; with the same key it is done as soon as that is back."""
    monkeypatch.setattr(gate, "COMMAND_SECONDS_MAX", 1.0)
    monkeypatch.setattr("services.chassis.source.PATIENCE_SECONDS", 0.5)
    huiyin, key = county.huiyin, uuid4()
    async with huiyin.within("accountability"):
        async with Other(*answers).at(huiyin.ports["intake"]):
            begun = time.monotonic()
            told = await recommend(county, key)
            assert time.monotonic() - begun < 2
        refused(told, 503, SourceAway if answers else Unavailable)
        assert told.headers["retry-after"] == "1"
        monkeypatch.undo()
        async with huiyin.within("intake"):
            ok(await recommend(county, key), 201)


async def test_what_was_done_and_not_heard_of_is_done_once(county: County, monkeypatch: pytest.MonkeyPatch):
    """The reply to what is put into the vault is lost, and it is asked for again: it lies there once."""
    exchange, kept = Sources._exchange_once, list[Any]()

    async def lost(sources: Sources, service: str, method: str, path: str, headers: Any, **sent: Any):
        reply = await exchange(sources, service, method, path, headers, **sent)
        if "/words/" in path:
            kept.append(reply)
            if len(kept) == 1:
                raise SourceAway(service)
        return reply

    monkeypatch.setattr(Sources, "_exchange_once", lost)
    async with county.huiyin.within("intake", "accountability"):
        ok(await recommend(county), 201)
    assert len(kept) == 2
    assert kept[0] == kept[1]


async def test_proving_who_acts_and_acting_share_the_time(county: County, monkeypatch: pytest.MonkeyPatch):
    """Who has waited to be known waits less for others; and in all nobody takes longer than a command may."""
    monkeypatch.setattr(gate, "COMMAND_SECONDS_MAX", 2.0)
    monkeypatch.setattr("services.chassis.source.PATIENCE_SECONDS", 1.7)
    huiyin = county.huiyin
    async with huiyin.within("accountability"):
        identity = huiyin.running["accountability"].identity
        monkeypatch.setattr(identity, "who", partial(_late, identity.who))
        refused(await recommend(county), 503, SourceAway)  # and not because a command may take no longer
        async with Other().at(huiyin.ports["intake"]):
            begun = time.monotonic()
            refused(await recommend(county), 503, Unavailable)
    assert time.monotonic() - begun < 2.8


async def _late(known: Callable[..., Awaitable[Any]], *said: Any) -> Any:
    with suppress(TimeoutError):
        async with asyncio.timeout(1.0):
            await asyncio.Event().wait()
    return await known(*said)


async def test_mutant_that_begins_anew_once_it_is_known_who_acts_is_seen(
    county: County, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(gate._InTime, "spent", property(lambda _: 0.0, lambda *_: None), raising=False)
    with pytest.raises(AssertionError):
        await test_proving_who_acts_and_acting_share_the_time(county, monkeypatch)


async def test_a_question_in_line_behind_a_command_waits_for_nobody(county: County, monkeypatch: pytest.MonkeyPatch):
    """Who asks on before they are answered begins with nothing of what the request before them has left."""
    monkeypatch.setattr("services.chassis.source.PATIENCE_SECONDS", 60.0)
    huiyin = county.huiyin
    async with huiyin.within("mediation"):
        reader, writer = await asyncio.open_connection("127.0.0.1", huiyin.ports["mediation"])
        writer.write(said(huiyin, "POST", f"/cases/{uuid4()}/records") + said(huiyin, "GET", f"/cases/{uuid4()}"))
        told = b"".join([await reader.readuntil(b'"request_id"') for _ in range(2)])
        writer.close()
    assert told.count(b"/problems/invalid") == 1
    assert told.count(b"/problems/source_away") == 1


def said(huiyin: System, method: str, path: str) -> bytes:
    """Return a request as it goes over the wire."""
    fields = proof("co-1", UNIT, Role.case_officer) | {
        "Host": f"127.0.0.1:{huiyin.ports['mediation']}", "Idempotency-Key": str(uuid4()),
        "Content-Type": "application/json", "Content-Length": "2",
    }  # fmt: skip
    head = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in fields.items())]
    return "\r\n".join([*head, "", "{}"]).encode()


async def test_mutant_that_hands_on_what_a_request_has_left_is_seen(county: County, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delattr(Protocol, "_start_asgi_task")
    with pytest.raises(AssertionError):
        await test_a_question_in_line_behind_a_command_waits_for_nobody(county, monkeypatch)


async def test_who_waits_holds_nothing_that_others_need(county: County, monkeypatch: pytest.MonkeyPatch):
    """Many commands wait for a service that starts; of the store they have no connection while they do."""
    monkeypatch.setattr("services.chassis.source.PATIENCE_SECONDS", 60.0)
    monkeypatch.setattr(gate, "COMMAND_SECONDS_MAX", 60.0)
    huiyin, starting = county.huiyin, Other(ILL)
    async with huiyin.within("accountability", database_connections_max=3):
        async with starting.at(huiyin.ports["intake"]):
            waiting = [asyncio.create_task(recommend(county)) for _ in range(30)]
            await until(starting.was_asked, "they wait")
            for _ in range(10):
                answer = huiyin.client.get(f"{huiyin.url('accountability')}/cases/{county.case}", headers=SYSTEM)
                ok(await asyncio.wait_for(answer, 2))
            assert not any(one.done() for one in waiting)
        async with huiyin.within("intake"):
            for told in await asyncio.gather(*waiting):
                ok(told, 201)


async def test_mutant_that_waits_with_a_connection_is_seen(county: County, monkeypatch: pytest.MonkeyPatch):
    kind = Texts.kind

    async def holding(known: Texts, case: UUID, text: UUID) -> str:
        async with county.huiyin.running["accountability"].database.connection():
            return await kind(known, case, text)

    monkeypatch.setattr(Texts, "kind", holding)
    with pytest.raises((AssertionError, TimeoutError)):
        await test_who_waits_holds_nothing_that_others_need(county, monkeypatch)


async def test_a_service_leaves_although_commands_wait(county: County, monkeypatch: pytest.MonkeyPatch):
    """They are told so within its time, and with the same key are done by the next process."""
    monkeypatch.setattr("services.chassis.source.PATIENCE_SECONDS", 60.0)
    monkeypatch.setattr(gate, "COMMAND_SECONDS_MAX", 60.0)
    huiyin, kind, keys, begun = county.huiyin, Texts.kind, [uuid4() for _ in range(5)], list[UUID]()

    async def noted(known: Texts, case: UUID, text: UUID) -> str:
        begun.append(text)
        return await kind(known, case, text)

    async def all_wait() -> bool:
        return len(begun) == len(keys)

    monkeypatch.setattr(Texts, "kind", noted)
    async with huiyin.within("accountability"), Other(ILL).at(huiyin.ports["intake"]):
        waiting = [asyncio.create_task(recommend(county, key)) for key in keys]
        await until(all_wait, "they wait")
    for told in await asyncio.gather(*waiting):
        refused(told, 503, Unavailable)
    async with huiyin.within("accountability", "intake"):
        for key in keys:
            ok(await recommend(county, key), 201)
