"""The same key is the same command: done once, answered alike, whoever asks again and however often."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
from structlog.testing import capture_logs

from contracts.vocabulary import Role
from services.chassis import store as store_module
from services.chassis.errors import DomainError
from services.chassis.http.acting import command_of
from services.chassis.store import Store
from services.chassis.writer import Done, Work, Writer
from tests.harness import UNIT, System, believing, keeping_nothing, petition, unpacked

AT_ONCE = 20
DOCUMENT = UUID(int=1)


class Desk:
    """Intake's window and a case officer of the unit, with the keys of their commands in the caller's hand."""

    def __init__(self, huiyin: System) -> None:
        self.huiyin = huiyin

    @property
    def mediation(self) -> Store:
        return self.huiyin.running["mediation"].store

    async def register(self, key: UUID, **more: Any) -> httpx2.Response:
        return await self.huiyin.send("intake", "/petitions", petition(**more), role=Role.intake_clerk, key=key)

    async def record(
        self, case: UUID, key: UUID, *, document: UUID = DOCUMENT, version: int | None = None
    ) -> httpx2.Response:
        body = {"kind": "statement_heard", "document": str(document)}
        path = f"/cases/{case}/records"
        return await self.huiyin.send(
            "mediation", path, body, role=Role.case_officer, unit=UNIT, key=key, version=version
        )

    async def effects(self, key: UUID) -> int:
        """How many events came of a key."""
        async with self.huiyin.sql() as db:
            rows = await db.fetch("SELECT packed FROM intake.event UNION ALL SELECT packed FROM mediation.event")
        return sum(unpacked(row).metadata["command_id"] == str(command_of(key)) for row in rows)


@pytest.fixture
def desk(huiyin: System) -> AbstractAsyncContextManager[Desk]:
    @asynccontextmanager
    async def opened() -> AsyncIterator[Desk]:
        async with huiyin.within("intake", "assignment", "mediation", parts=frozenset({"api"})):
            await huiyin.establish()
            believing(huiyin.running["mediation"])
            keeping_nothing(huiyin.running["mediation"])
            yield Desk(huiyin)

    return opened()


def check_same(replies: list[httpx2.Response], status: int) -> None:
    """All replies are the same one: status, version and every byte of the body."""
    assert {reply.status_code for reply in replies} == {status}, " ".join(reply.text for reply in replies)
    told = {(reply.content, reply.headers["etag"], reply.headers["content-type"]) for reply in replies}
    assert len(told) == 1, f"not the same reply: {told}"


def check_problem(reply: httpx2.Response, status: int, code: str) -> None:
    assert reply.headers["content-type"] == "application/problem+json", f"not refused: {reply.text}"
    assert (reply.status_code, reply.json()["code"]) == (status, code), reply.text


async def test_same_key_gets_the_same_bytes(desk):
    async with desk as at:
        key, other = uuid4(), uuid4()
        case = await at.huiyin.with_unit(at.mediation)
        check_same([await at.register(key) for _ in range(3)], 201)
        first = await at.record(case, other)
        await at.record(case, uuid4())  # the case has moved on, and the answer to the first command has not
        check_same([first, await at.record(case, other)], 200)
        assert (await at.effects(key), await at.effects(other)) == (1, 1)


async def test_same_key_for_another_command_is_refused(desk):
    async with desk as at:
        key, other = uuid4(), uuid4()
        case, elsewhere = [await at.huiyin.with_unit(at.mediation) for _ in range(2)]
        await at.register(key)
        check_problem(await at.register(key, channel="letter"), 422, "idempotency_key_reused")
        await at.record(case, other)
        check_problem(await at.record(case, other, document=uuid4()), 422, "idempotency_key_reused")
        check_problem(await at.record(elsewhere, other), 422, "idempotency_key_reused")
        assert (await at.effects(key), await at.effects(other)) == (1, 1)


async def test_stale_version_is_refused(desk):
    async with desk as at:
        case = await at.huiyin.with_unit(at.mediation)
        key = uuid4()
        first = await at.record(case, key, version=2)
        assert (first.status_code, first.headers["etag"]) == (200, '"3"')
        late = uuid4()
        check_problem(await at.record(case, late, version=2), 412, "stale")
        assert await at.effects(late) == 0
        # Its own success made the version stale: that is no reason to refuse the same command now.
        check_same([first, await at.record(case, key, version=2)], 200)
        # Who has looked again may try again, under the same key.
        assert (await at.record(case, late, version=3)).status_code == 200


async def test_refused_command_may_be_sent_again(desk):
    """A refusal is not an effect: the key is free until something has happened under it."""
    async with desk as at:
        case = await at.huiyin.with_unit(at.mediation, notified=False)
        key = uuid4()
        for _ in range(2):
            check_problem(await at.record(case, key), 409, "not_notified")
        assert (await at.huiyin.notify(str(case))).status_code == 200
        again = [await at.record(case, key) for _ in range(2)]
        check_same(again, 200)
        assert await at.effects(key) == 1


async def test_done_command_is_answered_even_where_it_would_be_refused_now(desk):
    async with desk as at:
        case = await at.huiyin.with_unit(at.mediation, notified=False)
        path, key = f"/cases/{case}/acceptance-notice", uuid4()
        body = {"method": "post", "receipt": "EMS-1", "case_officer": "co-1"}

        async def notify(key: UUID) -> httpx2.Response:
            return await at.huiyin.send("mediation", path, body, role=Role.unit_receiver, unit=UNIT, key=key)

        check_same([await notify(key), await notify(key)], 200)
        check_problem(await notify(uuid4()), 409, "already_notified")


async def check_one_effect(at: Desk) -> None:
    """Many at once under one key: one effect, and one answer for all."""
    key, other = uuid4(), uuid4()
    case = await at.huiyin.with_unit(at.mediation)
    registered = await asyncio.gather(*(at.register(key) for _ in range(AT_ONCE)))
    recorded = await asyncio.gather(*(at.record(case, other) for _ in range(AT_ONCE)))
    assert (await at.effects(key), await at.effects(other)) == (1, 1), "it took effect more than once"
    check_same(registered, 201)
    check_same(recorded, 200)


async def test_same_key_many_times_at_once_has_one_effect(desk):
    async with desk as at:
        await check_one_effect(at)


async def test_same_key_many_times_while_the_case_is_on_its_way(huiyin: System):
    """All of them wait for what the step before has made; the first one acts, and nobody is told «already done»."""
    async with huiyin.within(parts=frozenset({"api"})):
        await huiyin.establish()
        for _ in range(5):
            case, key = (await huiyin.register())["case_id"], uuid4()
            for step in (huiyin.classify, huiyin.forward):
                assert (await step(case)).status_code == 200
            body = {"method": "post", "receipt": "EMS-1", "case_officer": "co-1"}
            path, terms = f"/cases/{case}/acceptance-notice", {"role": Role.unit_receiver, "unit": UNIT, "key": key}
            replies = await asyncio.gather(*(huiyin.send("mediation", path, body, **terms) for _ in range(AT_ONCE)))
            check_same(replies, 200)
            assert await Desk(huiyin).effects(key) == 1


_write, _stored = Writer.write, Store.stored


async def _no_ids(self: Writer, connection: object, works: list[Work]) -> None:
    """MUTANT: commands are not kept."""
    await _write(self, connection, [Work(work.rows, work.statements) for work in works])


async def _no_fingerprint(self: Store, by: Any) -> Done | None:
    """MUTANT: whatever comes under a key that is known gets the stored answer."""
    async with self.database.connection() as connection:
        row = await connection.fetchrow("SELECT version, result FROM command WHERE command_id = $1", by.command_id)
    return None if row is None else Done(row["version"], row["result"])


async def _todays_version(self: Store, by: Any) -> Done | None:
    """MUTANT: the answer is made anew from what the case is now."""
    if (stored := await _stored(self, by)) is None:
        return None
    async with self.database.connection() as connection:
        version = await connection.fetchval(
            "SELECT max(version) FROM event WHERE stream_id = "
            "(SELECT stream_id FROM command WHERE command_id = $1)", by.command_id
        )  # fmt: skip
    return Done(version, store_module._to_json(json.loads(stored.reply) | {"version": version}))


async def _refusal_first(self: Store, by: Any) -> Done | None:
    """MUTANT: nobody asks whether the command was done before it is refused."""
    return None


@pytest.mark.parametrize(
    ("method", "mutant", "story", "seen"),
    [
        ("write", _no_ids, test_same_key_many_times_at_once_has_one_effect, "it took effect more than once"),
        ("write", _no_ids, test_same_key_gets_the_same_bytes, '"code":"conflict"'),
        ("stored", _no_fingerprint, test_same_key_for_another_command_is_refused, "not refused"),
        ("stored", _todays_version, test_same_key_gets_the_same_bytes, "not the same reply"),
        ("stored", _refusal_first, test_stale_version_is_refused, '"code":"stale"'),
        (
            "stored", _refusal_first, test_done_command_is_answered_even_where_it_would_be_refused_now,
            r'"code":"(already_notified|unavailable)"',
        ),
    ],
)  # fmt: skip
async def test_stories_see_a_broken_memory(
    desk, monkeypatch: pytest.MonkeyPatch, method: str, mutant: object, story: Callable[..., Any], seen: str
):
    monkeypatch.setattr(Writer if method == "write" else Store, method, mutant)
    with capture_logs(), pytest.raises(AssertionError, match=seen):
        await story(desk)


async def test_story_sees_refusals_that_are_kept(desk, monkeypatch: pytest.MonkeyPatch):
    """MUTANT: a refusal uses its key up."""
    plain, refused = Store.change, {}

    async def change(self: Store, *args: Any, by: Any, **more: Any) -> Done:
        if by.command_id in refused:
            raise refused[by.command_id]
        try:
            return await plain(self, *args, by=by, **more)
        except DomainError as error:
            refused[by.command_id] = error
            raise

    monkeypatch.setattr(Store, "change", change)
    with pytest.raises(AssertionError, match="not_notified"):
        await test_refused_command_may_be_sent_again(desk)


async def test_story_sees_refusal_of_a_twin(huiyin: System, monkeypatch: pytest.MonkeyPatch):
    """MUTANT: who has waited for the case, and is refused, is not asked about: a twin may have done it meanwhile."""
    monkeypatch.setattr(Store, "stored", _refusal_first)  # of the vault's door, too
    with pytest.raises(AssertionError, match=r"already_notified|unavailable|source_away"):
        await test_same_key_many_times_while_the_case_is_on_its_way(huiyin)
