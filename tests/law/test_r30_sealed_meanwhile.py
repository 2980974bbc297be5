"""第三十条第三款: a text that is put into the vault in the very moment of the sealing lies under no key of the vault either.

Whoever comes second, of who deposits and who sets the case apart, is told so by the database and begins anew.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final
from uuid import UUID, uuid4

import asyncpg
import httpx2
import pytest
import pytest_asyncio

from contracts.vocabulary import Role
from services.chassis.database import Database
from services.chassis.errors import Conflict
from services.intake.application import depositing, looking
from services.intake.commands import cases, grouping
from services.intake.domain.track import ContentIsConfidential
from services.intake.vault import Vault
from tests.harness import BUREAU, Servers, System, petition, until
from tests.law.test_r28_accused import REPORT
from tests.rules import refused
from tests.steps import document, ok, open_county

pytestmark = pytest.mark.asyncio(loop_scope="module")

APPEAL: Final = {"kind": "appeal_for_resolution", "route": "petition_procedure", "category": "unpaid_wages"}
ROUNDS: Final = 8
_ASIDE: Final = "ALTER TABLE intake.vault_key {0} TRIGGER lies_apart; ALTER TABLE apart.kept {0} TRIGGER keys_go_along"
_WAITS: Final = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def county(servers: Servers):
    async with open_county(servers) as made:
        await made.enter({"code": BUREAU, "kind": "petition_bureau", "competent": False})
        yield made


class Gate:
    """Holds up whoever has looked, before they act on it, until they may go on."""

    def __init__(self) -> None:
        self.reached, self.open = asyncio.Event(), asyncio.Event()

    def behind(self, looked: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def looking(*args: Any, **more: Any) -> Any:
            seen = await looked(*args, **more)
            if not self.reached.is_set():  # whoever begins anew is not held up
                self.reached.set()
                await self.open.wait()
            return seen

        return looking


async def sealing(county: System, case: str) -> httpx2.Response:
    return await county.send("intake", f"/cases/{case}/classification", REPORT, role=Role.bureau_officer)


async def depositing_one(county: System, case: str) -> httpx2.Response:
    said = {"kind": "record", "text": "听取陈述笔录"}
    return await county.send("intake", f"/cases/{case}/documents", said, role=Role.bureau_officer)


async def attaching(county: System, case: str) -> httpx2.Response:
    told = petition(petitioner={"name": "李建国", "phone": "13911111111"})
    return await county.send("intake", f"/cases/{case}/petitions", told, role=Role.bureau_officer)


async def naming(county: System, case: str) -> httpx2.Response:
    [first] = await numbers(county, case)
    body = {"petition_id": first, "representatives": [{"name": "李建国", "phone": "1391", "consents": True}]}
    return await county.send("intake", f"/cases/{case}/representatives", body, role=Role.bureau_officer)


async def numbers(county: System, case: str) -> list[str]:
    async with county.sql() as db:
        return [
            str(row["id"]) for row in await db.fetch("SELECT id FROM intake.vault_key WHERE case_id = $1", UUID(case))
        ]


async def keys_apart(county: System, case: str) -> list[bool]:
    async with county.sql() as db:
        found = await db.fetch("SELECT apart FROM intake.vault_key WHERE case_id = $1", UUID(case))
    return [row["apart"] for row in found]


async def by_many(county: System) -> str:
    return str((await county.register(person_count=6))["case_id"])


Putting = Callable[[System, str], Awaitable[httpx2.Response]]
WAYS: Final = [depositing_one, attaching, naming]


@pytest.mark.parametrize("putting", WAYS)
async def test_text_that_was_sealed_for_the_vault_is_sealed_anew(
    county: System, putting: Putting, monkeypatch: pytest.MonkeyPatch
):
    """The case was set apart after it was looked where the text is to lie."""
    case, gate = await by_many(county), Gate()
    behind = gate.behind(depositing.lies_apart)
    for place in (depositing, cases, grouping):
        monkeypatch.setattr(place, "lies_apart", behind)
    put = asyncio.create_task(putting(county, case))
    await asyncio.wait_for(gate.reached.wait(), 10)
    ok(await sealing(county, case))
    gate.open.set()
    assert (await put).status_code < 500
    assert all(await keys_apart(county, case)), "a text of a report lies under the vault's key"


@pytest.mark.parametrize("putting", WAYS)
async def test_sealing_takes_along_what_came_in_meanwhile(
    county: System, putting: Putting, monkeypatch: pytest.MonkeyPatch
):
    """A text was put there after it was looked which keys have to go along."""
    case, gate = await by_many(county), Gate()
    monkeypatch.setattr(Vault, "rewrapped", gate.behind(Vault.rewrapped))
    sealed = asyncio.create_task(sealing(county, case))
    await asyncio.wait_for(gate.reached.wait(), 10)
    assert (await putting(county, case)).is_success
    gate.open.set()
    ok(await sealed)
    found = await keys_apart(county, case)
    assert len(found) > 1
    assert all(found), "a text of a report lies under the vault's key"


async def test_they_race(county: System):
    """Many deposit, come again and set the case apart at once: whoever is first, nothing lies where it must not."""
    for _ in range(ROUNDS):
        case = await by_many(county)
        answers = await asyncio.gather(
            *(depositing_one(county, case) for _ in range(6)), sealing(county, case), *(attaching(county, case) for _ in range(2))
        )  # fmt: skip
        assert not [reply.text for reply in answers if reply.status_code >= 500]
        ok(await sealing(county, case)) if answers[6].status_code == 409 else ok(answers[6])
        assert all(await keys_apart(county, case)), "a text of a report lies under the vault's key"


async def test_what_comes_back_lies_with_the_vault_again(county: System, monkeypatch: pytest.MonkeyPatch):
    case, gate = await by_many(county), Gate()
    ok(await sealing(county, case))
    reasons = await document(county, case)
    monkeypatch.setattr(Vault, "rewrapped", gate.behind(Vault.rewrapped))
    path, body = f"/cases/{case}/classification/correction", APPEAL | {"reasons": reasons}
    back = asyncio.create_task(county.send("intake", path, body, role=Role.bureau_officer))
    await asyncio.wait_for(gate.reached.wait(), 10)
    ok(await depositing_one(county, case), 201)
    gate.open.set()
    ok(await back)
    assert not any(await keys_apart(county, case))


async def test_text_of_a_case_that_has_gone_into_a_report_lies_with_that(county: System):
    case, into = await by_many(county), await by_many(county)
    ok(await county.send("intake", f"/cases/{case}/merger", {"into": into}, role=Role.bureau_officer))
    ok(await sealing(county, into))
    assert all(await keys_apart(county, case))
    assert (await depositing_one(county, case)).status_code < 500
    assert all(await keys_apart(county, case)), "a text of a report lies under the vault's key"


@pytest.mark.parametrize("first", ["key", "kept"])
async def test_neither_overlooks_the_other_while_both_are_under_way(county: System, first: str):
    """Two transactions, neither of which sees what the other has not committed: the second one waits, and is refused."""
    case = UUID(await by_many(county))
    put = {
        "key": ("INSERT INTO intake.vault_key (id, case_id, wrapped) VALUES ($1, $2, '')", uuid4(), case),
        "kept": ("WITH k AS (UPDATE intake.vault_key SET apart = true WHERE case_id = $1) INSERT INTO apart.kept VALUES ($1)", case),
    }  # fmt: skip
    [second] = put.keys() - {first}
    async with county.sql() as one, county.sql() as other, county.sql() as third:
        for connection in (one, other):
            await connection.execute("SET search_path = intake")
        begun = one.transaction()
        await begun.start()
        await one.execute(*put[first])
        waiting = asyncio.create_task(other.execute(*put[second]))

        async def waits() -> bool:
            return bool(await third.fetchval(_WAITS))

        await until(waits, "the second one waits")
        await begun.commit()
        with pytest.raises(asyncpg.CheckViolationError):
            await waiting


async def reading(county: System, case: str) -> httpx2.Response:
    async with county.sql() as db:
        text = await db.fetchval(
            "SELECT id FROM intake.vault_item WHERE case_id = $1 AND kind = 'petition'", UUID(case)
        )  # fmt: skip
    who = {"Huiyin-Actor": "reader-1", "Huiyin-Unit": BUREAU, "Huiyin-Role": str(Role.bureau_officer)}
    url = f"{county.url('intake')}/cases/{case}/contents/{text}?purpose=handling"
    return await county.client.get(url, headers=who)


@pytest.mark.parametrize("meanwhile", ["before the look is on record", "before the text is opened"])
async def test_text_is_not_handed_out_after_its_case_was_sealed(
    county: System, meanwhile: str, monkeypatch: pytest.MonkeyPatch
):
    """第三十条第三款: whoever may read an appeal may not read the report that it turned out to be since they asked.

    Nor does it stand with the report for which unit somebody looked.
    """
    case, gate, store = await by_many(county), Gate(), county.running["intake"].store
    if meanwhile == "before the look is on record":
        monkeypatch.setattr(looking, "under_seal", gate.behind(looking.under_seal))
    else:
        monkeypatch.setattr(store, "create", gate.behind(store.create))
    read = asyncio.create_task(reading(county, case))
    await asyncio.wait_for(gate.reached.wait(), 10)
    ok(await sealing(county, case))
    gate.open.set()
    reply = await read
    assert reply.status_code == 403, "a text was handed out after its case was sealed"
    refused(reply, 403, ContentIsConfidential)
    async with county.sql() as db:
        looks = await db.fetch("SELECT unit, role FROM intake.look_view WHERE case_id = $1", UUID(case))
        apart = await db.fetchval("SELECT count(*) FROM apart.event WHERE case_id = $1 AND stream_id <> $1", UUID(case))
    assert len(looks) == 1
    if meanwhile == "before the look is on record":
        assert apart
        assert {*looks[0].values()} == {None}, "it stands with the report for which unit somebody looked"


async def test_look_that_never_finds_a_text_where_it_was_is_told_to_come_again(
    county: System, monkeypatch: pytest.MonkeyPatch
):
    case = await by_many(county)
    ok(await sealing(county, case))

    async def outdated(*_: Any) -> bool:
        return False

    monkeypatch.setattr(looking, "under_seal", outdated)
    refused(await reading(county, case), 409, Conflict)


@pytest.mark.parametrize("meanwhile", ["before the look is on record", "before the text is opened"])
async def test_checker_sees_a_text_of_a_sealed_case(county: System, meanwhile: str, monkeypatch: pytest.MonkeyPatch):
    """MUTANT: the vault opens for whoever was let in before."""
    plain = Vault.open

    async def opening(vault: Vault, database: Database, case: UUID, item: UUID, *, of: UUID, **_: Any) -> Any:
        async with database.connection() as connection:
            now = [row["id"] for row in await connection.fetch("SELECT reports_of($1) AS id", of)]
        return await plain(vault, database, case, item, of=of, reports=now)

    monkeypatch.setattr(Vault, "open", opening)
    with pytest.raises(AssertionError, match="handed out after its case was sealed"):
        await test_text_is_not_handed_out_after_its_case_was_sealed(county, meanwhile, monkeypatch)


async def test_who_is_overtaken_again_and_again_is_told_to_come_again(county: System, monkeypatch: pytest.MonkeyPatch):
    case = await by_many(county)
    ok(await sealing(county, case))

    async def outdated(*_: Any) -> bool:
        return False

    monkeypatch.setattr(depositing, "lies_apart", outdated)
    refused(await depositing_one(county, case), 409, Conflict)


@pytest.mark.parametrize(
    "seen", [test_text_that_was_sealed_for_the_vault_is_sealed_anew, test_sealing_takes_along_what_came_in_meanwhile]
)
async def test_checker_sees_who_does_not_wait(county: System, seen: Any, monkeypatch: pytest.MonkeyPatch):
    """MUTANT: nobody asks where a key lies."""
    async with county.sql() as db:
        await db.execute(_ASIDE.format("DISABLE"))
    try:
        with pytest.raises(AssertionError, match="under the vault's key"):
            await seen(county, attaching, monkeypatch)
    finally:
        async with county.sql() as db:
            await db.execute(_ASIDE.format("ENABLE"))
