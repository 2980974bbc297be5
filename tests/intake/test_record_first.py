"""Promise 9: no text leaves the vault without a record of the look, written first (个人信息保护法 第五十一条、第五十四条).

The store of looks is full, guarded, slow, cut off and silent under many reads: whoever cannot be put on record is told
503 and reads nothing. Then everything that is declared and reads a text does so, also sent again under the same key.
"""

from __future__ import annotations

import ast
import asyncio
import inspect
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any, Final
from uuid import UUID, uuid4

import httpx2
import pytest
import pytest_asyncio
import structlog
from structlog.testing import capture_logs

from contracts.vocabulary import Role
from services.chassis.writer import Done
from services.intake import vault as of_vault
from services.intake.application import looking
from services.intake.application.quarantine import look_through
from services.intake.vault import Vault
from tests.chassis.test_ground import full_disk, read_only
from tests.harness import BUREAU, UNIT, Servers, System, petition, system, unpacked
from tests.intake.uploads import Sender
from tests.law.test_r34_any_order_api import PARTS
from tests.proxy import Fate, Proxy
from tests.sizes import size
from tests.steps import PAPER, attached, document, ok, open_county, paper, unseal

READS: Final = size("READS", 120, 1_000)
CLIENTS: Final = 64
TEXTS: Final = 24
"""Of which every third one lies apart, and every third one is a file."""
FACTS: Final = "拖欠三个月"
OTHER: Final = {"name": "李建国", "phone": "13911111111", "address": "某县某镇"}
_SLOW: Final = """
CREATE FUNCTION {0}.slow() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN PERFORM pg_sleep(CASE WHEN random() < 0.5 THEN 0.2 ELSE 8 END); RETURN NULL; END $$;
CREATE TRIGGER slow BEFORE INSERT ON {0}.event FOR EACH STATEMENT EXECUTE FUNCTION {0}.slow();
"""
_FAST: Final = "DROP TRIGGER slow ON {0}.event; DROP FUNCTION {0}.slow()"


@dataclass
class History:
    """What each read was told, and what the vault has opened for it."""

    told: dict[str, httpx2.Response] = field(default_factory=dict)
    opened: list[tuple[str, bool]] = field(default_factory=list)
    """For which request, and whether as many looks at the text were on record before as it was opened with this."""
    _times: Counter[UUID] = field(default_factory=Counter)

    @contextmanager
    def watching(self, county: System) -> Iterator[None]:
        """Count at the one place that decrypts for somebody; what it does stays what it is."""
        plain = Vault.open

        async def opening(vault: Vault, database: Any, case: UUID, item: UUID, **decided: Any) -> Any:
            self._times[item] += 1
            times = self._times[item]
            async with county.sql() as db:
                known = await db.fetchval("SELECT count(*) FROM intake.look_view WHERE content = $1", item)
            text = await plain(vault, database, case, item, **decided)
            self.opened.append((structlog.contextvars.get_contextvars()["request_id"], known >= times))
            return text

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Vault, "open", opening)
            yield

    @property
    def texts(self) -> set[str]:
        """Which reads were answered with what they asked for."""
        return {request for request, reply in self.told.items() if reply.status_code == 200}


async def on_record(county: System) -> Counter[str]:
    """Return for which requests looks are on record, in both stores."""
    apart = county.running["intake"].store.apart
    assert apart is not None
    async with county.sql() as db:
        found = [(row["type"], row["packed"]) for row in await db.fetch("SELECT type, packed FROM intake.event")]
        beside = "SELECT stream_id, version, '', uuid_send(case_id) || packed, at FROM apart.event"
        found += [(one.type, one.packed) for one in map(apart.opened, await db.fetch(beside))]
    looks = [packed for name, packed in found if "ContentDisclosed" in name]
    return Counter(unpacked({"packed": packed}).metadata["request_id"] for packed in looks)


# ------------------------------------------------------------------------------- the store of looks gives way


@dataclass
class Read:
    """A text or a file, and who reads it."""

    path: str
    who: dict[str, str]


@dataclass
class World:
    """Intake behind a proxy, and texts in its vault."""

    county: System
    proxy: Proxy
    dice: Random
    reads: list[Read]

    async def read(self, history: History) -> None:
        one = self.dice.choice(self.reads)
        url = f"{self.county.url('intake')}{one.path}?purpose=handling"
        # A connection that is kept may end just when it is used again, and then nobody knows what was answered.
        reply = await self.county.client.get(url, headers=one.who | {"Connection": "close"})
        history.told[reply.headers["X-Request-Id"]] = reply

    async def many(self, history: History, number: int) -> None:
        here = asyncio.Semaphore(CLIENTS)

        async def alone() -> None:
            async with here:
                await self.read(history)

        await asyncio.gather(*(alone() for _ in range(number)))


@asynccontextmanager
async def world(servers: Servers) -> AsyncIterator[World]:
    api = frozenset({"api"})
    async with (
        system(servers, looks_an_hour_max=100_000) as made,
        Proxy(made.database_url) as proxy,
        made.within("assignment", "accountability", parts=api),
        replace(made, database_url=proxy.url).within("intake", parts=api),
    ):
        await made.establish()
        await made.enter({"code": "JW", "kind": "discipline_organ"})
        reads = [await (of_report, of_case, of_file)[n % 3](made) for n in range(TEXTS)]
        yield World(made, proxy, made.dice(), reads)


async def of_case(county: System) -> Read:
    case = (await county.register())["case_id"]
    who = {"Huiyin-Actor": "reader-1", "Huiyin-Unit": BUREAU, "Huiyin-Role": str(Role.bureau_officer)}
    return Read(await content(county, case), who)


async def of_file(county: System) -> Read:
    case = (await county.register())["case_id"]
    file = await Sender(county, case, actor=f"clerk-{uuid4().hex[:8]}").hand_in("text", FACTS.encode())
    await look_through(county.running["intake"], UUID(file))
    who = {"Huiyin-Actor": "reader-1", "Huiyin-Unit": BUREAU, "Huiyin-Role": str(Role.bureau_officer)}
    return Read(f"/cases/{case}/files/{file}", who)


async def of_report(county: System) -> Read:
    told = petition(report=True)
    case = ok(await county.send("intake", "/petitions", told, role=Role.intake_clerk), 201)["case_id"]
    track = f"/cases/{case}/confidential-track"
    ok(await county.send("intake", track, {"organ": "JW"}, role=Role.bureau_officer))
    await unseal(county, case)
    who = {"Huiyin-Actor": "c-1", "Huiyin-Unit": "JW", "Huiyin-Role": str(Role.discipline_officer)}
    return Read(await content(county, case), who)


async def content(county: System, case: str) -> str:
    async with county.sql() as db:
        found = "SELECT id FROM intake.vault_item WHERE case_id = $1 AND kind = 'petition'"
        return f"/cases/{case}/contents/{await db.fetchval(found, UUID(case))}"


@asynccontextmanager
async def firm(_: World) -> AsyncIterator[None]:
    """Nothing is amiss."""
    yield


@asynccontextmanager
async def full(world: World) -> AsyncIterator[None]:
    """No more looks fit on the disk, in neither store."""
    async with full_disk(world.county, "intake"), full_disk(world.county, "apart"):
        yield


@asynccontextmanager
async def guarded(world: World) -> AsyncIterator[None]:
    """The database is read, and takes no writes."""
    async with read_only(world.county, "intake"):
        yield


@asynccontextmanager
async def slow(world: World) -> AsyncIterator[None]:
    """Every other look is stored at once, and the others when nobody waits for it any more."""
    async with world.county.sql() as db:
        for schema in ("intake", "apart"):
            await db.execute(_SLOW.format(schema))
    try:
        yield
    finally:
        async with world.county.sql() as db:
            for schema in ("intake", "apart"):
                await db.execute(_FAST.format(schema))


@asynccontextmanager
async def unsteady(world: World) -> AsyncIterator[None]:
    """Looks are stored and nobody is told, or told too late, or they are not stored."""

    def fate() -> Fate:
        return world.dice.choices([*Fate], [40, 25, 25, 10])[0]

    world.proxy.fate = fate
    try:
        yield
    finally:
        world.proxy.fate = lambda: Fate.PASS


@asynccontextmanager
async def away(world: World) -> AsyncIterator[None]:
    """The store takes every word and says none."""
    world.proxy.silent = True
    try:
        yield
    finally:
        world.proxy.silent = False
        await world.proxy.cut()


Storm = Callable[[World], AbstractAsyncContextManager[None]]
STORMS: Final[dict[Storm, bool | None]] = {
    firm: True, full: False, slow: None, unsteady: None, guarded: False, away: False,
}  # fmt: skip
"""Whether whoever reads meanwhile is answered; None where some are."""


async def storm(world: World, history: History, trouble: Storm, number: int) -> None:
    """Let many read through a trouble: each is answered, or told to come again."""
    before = history.texts
    async with trouble(world):
        await world.many(history, number)
    answered = history.texts - before
    told = Counter(reply.status_code for reply in history.told.values())
    assert {*told} <= {200, 503}, told
    if (wanted := STORMS[trouble]) is not None:
        assert len(answered) == (number if wanted else 0), f"{trouble.__name__}: {len(answered)} texts without a record"


async def check(county: System, history: History) -> str:
    """Each text that somebody was given has its record, and had it before the vault was opened for it."""
    records, opened = await on_record(county), Counter(request for request, _ in history.opened)
    assert all(first for _, first in history.opened), "a text was opened before the look was on record"
    assert not opened - records, f"{len(opened - records)} texts without a record"
    answered = Counter({request: records[request] for request in history.texts})
    assert opened == answered, "looks that were answered are not those for which the vault was opened"
    for request in history.texts:
        said = history.told[request]
        assert said.text == FACTS or said.json()["facts"] == FACTS
    asked = {request: records[request] for request in history.told}
    return (
        f"{len(history.told)} reads: {opened.total()} decrypted, {answered.total()} looks that were answered, "
        f"difference 0; {sum(asked.values()) - opened.total()} on record without a text"
    )


@pytest.mark.timeout(max(300, READS))
async def test_promise_9_no_text_without_its_record_first(servers: Servers):
    with capture_logs():
        async with world(servers) as made:
            history, each = History(), READS // len(STORMS)
            with history.watching(made.county):
                for trouble in STORMS:
                    await storm(made, history, trouble, each)
                await made.many(history, READS - len(history.told))
            print(await check(made.county, history))


async def _after(create: Any, opening: Any, *, by: Any) -> Done:
    """MUTANT: the record is written after the reply."""
    _late.append(asyncio.create_task(create(opening, by=by)))
    return Done(1, b"{}")


async def _swallowed(create: Any, opening: Any, *, by: Any) -> Done:
    """MUTANT: an error of the store is swallowed."""
    try:
        return await create(opening, by=by)
    except Exception:  # that is the fault
        return Done(1, b"{}")


_late: list[asyncio.Task[Any]] = []


@pytest.mark.parametrize(
    ("mutant", "trouble"), [(_after, full), (_after, firm), (_swallowed, full), (_swallowed, guarded)]
)
async def test_checker_sees_texts_without_a_record(servers: Servers, mutant: Any, trouble: Storm):
    with capture_logs():
        async with world(servers) as made:
            history, store = History(), made.county.running["intake"].store
            create = store.create
            store.create = lambda opening, *, by: mutant(create, opening, by=by)
            seen = pytest.raises(AssertionError, match=r"texts? .*(without|before).* record")
            with history.watching(made.county), seen:
                await storm(made, history, trouble, 8)
                await check(made.county, history)
            await asyncio.gather(*_late, return_exceptions=True)
            _late.clear()


# --------------------------------------------------------------------------------------- every way to a text


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def county(servers: Servers):
    async with open_county(servers) as made:
        await made.enter({"code": BUREAU, "kind": "petition_bureau", "competent": False})
        yield made


Way = Callable[[], Awaitable[httpx2.Response]]


async def reading(county: System) -> Way:
    one = await of_case(county)
    url = f"{county.url('intake')}{one.path}?purpose=handling"
    return lambda: county.client.get(url, headers=one.who)


async def printing(county: System) -> Way:
    case = (await county.register())["case_id"]
    url = f"{county.url('intake')}/cases/{case}/papers/{await paper(county, case, PAPER)}.pdf"
    who = {"Huiyin-Actor": "reader-1", "Huiyin-Unit": BUREAU, "Huiyin-Role": str(Role.bureau_officer)}
    return lambda: county.client.get(url, headers=who)


async def printing_own(county: System) -> Way:
    receipt = await county.register()
    issued = await paper(county, receipt["case_id"], PAPER)
    ok(await county.by_code(receipt["query_code"]))
    return lambda: county.by_code(receipt["query_code"], "/papers/pdf", {"document_id": issued})


def sent(county: System, case: str, what: str, body: Any, **who: Any) -> Way:
    """Return the way to send a command, each time under the same key."""
    who = {"role": Role.bureau_officer, "key": uuid4()} | who
    return lambda: county.send("intake", f"/cases/{case}/{what}", body, **who)


async def issuing(county: System) -> Way:
    case = (await county.register())["case_id"]
    return sent(county, case, "papers", PAPER | {"approved_by": "head-1"}, unit=UNIT)


async def dividing(county: System) -> Way:
    return sent(county, (await county.register())["case_id"], "split", {"parts": PARTS})


async def detaching(county: System) -> Way:
    case = (await county.register())["case_id"]
    other = (await attached(county, case, petitioner=OTHER))["petition_id"]
    return sent(county, case, f"petitions/{other}/detachment", {"reasons": await document(county, case)})


async def counting(county: System) -> Way:
    """Two letters are read, to find how many claims they hold."""
    case = (await county.register())["case_id"]
    await attached(county, case, petitioner=OTHER)
    listed = {"count": 5, "document": await document(county, case)}
    ok(await county.send("intake", f"/cases/{case}/claims", listed, role=Role.bureau_officer))
    texts = {name: await document(county, case) for name in ("document", "confirmation")}
    return sent(county, case, "claims/correction", {"count": 2} | texts)


WAYS: Final = (reading, printing, printing_own, issuing, dividing, detaching, counting)


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("way", WAYS)
async def test_promise_9_every_way_to_a_text_is_on_record_first(
    county: System, way: Callable[[System], Awaitable[Way]]
):
    """Nothing is opened while nothing can be put on record; then as often as is on record.

    A command that is sent again opens nothing, and a question that is asked again does.
    """
    act, history, before = await way(county), History(), await on_record(county)
    with capture_logs(), history.watching(county):
        async with full_disk(county, "intake"):
            reply = await act()
            assert (reply.status_code, history.opened) == (503, []), "a text without a record"
        first, again = await act(), await act()
        assert (first.is_success, again.is_success) == (True, True), (first.text, again.text)
        assert first.request.method != "POST" or first.content == again.content
        assert history.opened
        opened = Counter(request for request, _ in history.opened)
        assert all(first for _, first in history.opened), "a text was opened before the look was on record"
        looks = (await on_record(county)) - before
        looks.pop(reply.headers["X-Request-Id"], None)  # what was refused may have come on record after all
        assert opened == looks, "texts without a record"


@pytest.mark.asyncio(loop_scope="module")
async def test_checker_sees_a_look_that_counts_once_for_a_key(county: System, monkeypatch: pytest.MonkeyPatch):
    """MUTANT: whoever has looked once for a command looks again without a record."""
    once = uuid4()
    monkeypatch.setattr(looking, "uuid4", lambda: once)
    with pytest.raises(AssertionError, match=r"text.* (without|before).* record"):
        await test_promise_9_every_way_to_a_text_is_on_record_first(county, counting)


@pytest.mark.asyncio(loop_scope="module")
async def test_command_that_is_sent_again_looks_at_nothing(county: System):
    """What was done before is told once more, and nothing happens."""
    for way in (issuing, dividing, detaching, counting):
        act, history = await way(county), History()
        with history.watching(county):
            assert (await act()).is_success
            looks, opened = await on_record(county), len(history.opened)
            assert (await act()).is_success
        assert (await on_record(county), len(history.opened)) == (looks, opened)


def test_promise_9_nothing_else_decrypts():
    """What a text is decrypted for is told, or sealed anew within the vault; whoever calls is known by name."""
    decrypting = {
        function.name
        for function in ast.walk(ast.parse(inspect.getsource(of_vault)))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Name | ast.Attribute)
        and (node.id if isinstance(node, ast.Name) else node.attr) in {"_decrypt", "_unwrapped", "decrypt", "unwrap"}
    }
    assert decrypting == {"open", "moved", "rewrapped", "renewed", "_unwrapped", "_text", "_decrypt"}
    told = {"Sealed", "list[Statement]", "tuple[UUID | None, int, list[UUID]]"}
    for name in ("moved", "rewrapped", "renewed"):
        assert inspect.signature(getattr(Vault, name)).return_annotation in told
