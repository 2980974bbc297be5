"""An auditor's replay: everything is there, in order, and whatever is planted in the ledger is named."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from contracts.packing import pack, unpack
from contracts.vocabulary import Role
from services.accountability.clocks.keeper import Keeper
from services.chassis.logins import AUDITOR
from tests.cli.console import cli, python
from tests.harness import UNIT, System

KEYS = ["seq", "service", "lane", "lane_seq", "id", "case", "stream", "version", "type", "at", "ledgered_at"]
KEYS += ["body", "metadata", "epoch"]
METADATA = ["actor", "unit", "role", "reason", "article", "at", "clock", "request_id", "command_id", "cause"]
COURSE = ["CaseRegistered", "CaseClassified", "CaseReceived", "CaseForwarded", "HandlingOpened", "AcceptanceNotified"]
TEXT = "DocumentDeposited"
"""What was typed into the receipt of the acceptance: it comes when it comes, before that."""


async def played(system: System) -> dict[str, Any]:
    """A case from its registration to its acceptance, in the ledger."""
    registered = await system.register(at="2026-03-02T09:00:00+08:00")
    case = registered["case_id"]
    for step, day in ((system.classify, 3), (system.forward, 4), (system.notify, 5)):
        reply = await step(case, at=f"2026-03-0{day}T09:00:00+08:00")
        assert reply.status_code == 200, reply.text
    await system.caught_up()
    return registered


@pytest.fixture(scope="module", autouse=True)
def _no_clocks():
    """The entries of clocks come when they come, and these tests know which entry stands where."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Keeper, "noticed", lambda *_: ())
        yield


@pytest.fixture
async def small(huiyin: System) -> AsyncIterator[System]:
    """All four services, and one unit with one officer: what is planted is planted at an entry."""
    async with huiyin.within():
        await huiyin.enter({"code": UNIT, "officers": {"co-1": [Role.case_officer]}})
        await huiyin.caught_up()
        yield huiyin


class TestReplay:
    async def test_json_has_every_key_and_the_metadata_whole(self, county: System):
        registered = await played(county)
        done = await cli(county, "audit", "replay", registered["case_id"], "--json")
        assert done.code == 0, done.err
        entries = [json.loads(line) for line in done.out.splitlines()]
        types = [e["type"].split(".")[1] for e in entries]
        assert sorted(types) == sorted([*COURSE, TEXT])
        assert [kind for kind in types if kind != TEXT] == COURSE
        for entry in entries:
            assert list(entry) == KEYS
            assert list(entry["metadata"]) == METADATA
            assert entry["case"] == registered["case_id"]
        causes = {e["type"].split(".")[1]: e["metadata"]["cause"] for e in entries}
        assert causes["CaseRegistered"] is None
        cause = causes["CaseReceived"]
        classified = entries[1]
        assert cause == {name: classified[name] for name in ("service", "lane", "lane_seq", "id")}
        assert "none before its cause" in done.err

    async def test_database_is_all_that_an_auditor_needs(self, county: System, tmp_path: Path):
        registered = await played(county)
        done = await python(
            "-m", "services.cli", "audit", "replay", registered["case_id"], "--json",
            HUIYIN_DATABASE_URL=county.database_of(AUDITOR), HUIYIN_DATA_DIR=str(tmp_path),
        )  # fmt: skip
        assert (done.code, len(done.out.splitlines())) == (0, len(COURSE) + 1), done.err

    async def test_case_is_found_by_number_and_by_beginning(self, county: System):
        registered = await played(county)
        by_id = await cli(county, "audit", "replay", registered["case_id"], "--json")
        for name in (registered["registration_no"], registered["registration_no"].lower(), registered["case_id"][:6]):
            assert (await cli(county, "audit", "replay", name, "--json")).out == by_id.out
        again = await county.send(
            "intake",
            f"/cases/{registered['case_id']}/petitions",
            {
                "channel": "letter",
                "category": "unpaid_wages",
                "place": "P-1",
                "content": {"claim": "再问", "facts": "无"},
            },
            role="intake_clerk",
        )
        await county.caught_up()
        repeated = await cli(county, "audit", "replay", again.json()["registration_no"], "--json")
        assert repeated.out.startswith(by_id.out)

    async def test_page_shows_people_what_happened(self, county: System):
        registered = await played(county)
        done = await cli(county, "audit", "replay", registered["case_id"])
        assert done.code == 0, done.err
        for word in (registered["registration_no"], "受理告知", "接访登记员", "单位RSJ", "2026-03-02", "信访事项登记"):
            assert word in done.out
        assert "('" not in done.out  # several of something, as people write it
        assert done.out.rstrip().endswith("7 entries in 4 streams, no gap, none before its cause.")

    async def test_whole_ledger_comes_in_order_and_can_be_resumed(self, county: System):
        for _ in range(3):
            await played(county)
        stored = [row["seq"] for row in await county.ledger()]
        whole = await cli(county, "audit", "replay", "--all", "--json")
        assert [json.loads(line)["seq"] for line in whole.out.splitlines()] == stored
        rest = await cli(county, "audit", "replay", "--all", "--json", "--after", "5")
        assert rest.out.splitlines() == whole.out.splitlines()[5:]
        assert rest.code == 0, rest.err
        roll = await cli(county, "audit", "replay", "--all")
        assert len(roll.out.splitlines()) == 1 + len(stored) + 1


MOVED_UP = """
DELETE FROM ledger_entry WHERE seq = 9;
UPDATE ledger_entry SET seq = -seq WHERE seq > 9;
UPDATE ledger_entry SET seq = -seq - 1 WHERE seq < 0;
UPDATE ledger_head SET seq = 12;
"""
SWAPPED = """
UPDATE ledger_entry SET seq = -seq WHERE seq IN (8, 9);
UPDATE ledger_entry SET seq = 17 + seq WHERE seq < 0;
"""
PLANTED = {
    "DELETE FROM ledger_entry WHERE seq = 9": "entry 10 follows on entry 8: 9 is missing",
    "DELETE FROM ledger_entry WHERE seq = 13": "the ledger's head is 13, but its last entry is 12",
    MOVED_UP: "is nowhere in the ledger",
    SWAPPED: "entry 8 stands before its cause, which is entry 9",
    "UPDATE ledger_entry SET packed = 'x' WHERE seq = 2": "the metadata of entry 2 cannot be read",
    "UPDATE ledger_entry SET packed = '' WHERE seq = 2": "the metadata of entry 2 cannot be read",
    "UPDATE ledger_entry SET packed = '\\x1f' || packed WHERE seq = 2": "the metadata of entry 2 cannot be read",
    "UPDATE ledger_entry SET packed = substring(packed FOR 60) WHERE seq = 2": "the metadata of entry 2 cannot be read",
}
"""What somebody who can write to the database does, and the sentence that finds it."""
EDITED = {
    (b'"id":"[0-9a-f]{8}', b'"id":"00000000'): "entry 9 names event 00000000-",
    (b'"lane_seq":[0-9]+', b'"lane_seq":999'): "entry 9 names a cause that is not",
}
"""What somebody edits in the metadata of entry 9 who can unpack it."""


async def _edit(db: asyncpg.Connection, what: bytes, into: bytes) -> None:
    metadata, body = unpack(await db.fetchval("SELECT packed FROM ledger_entry WHERE seq = 9"))
    edited = pack(re.sub(what, into, metadata), body)
    await db.execute("UPDATE ledger_entry SET packed = $1 WHERE seq = 9", edited)


class TestVerdict:
    async def test_whatever_is_planted_is_named(self, small: System):
        """Each planted fault is a mutant: a verdict that does not find it would be worth nothing."""
        case = (await played(small))["case_id"]
        types = [row["type"].split(".")[1] for row in await small.ledger()]
        entered = ["UnitEstablished", "OfficerAppointed", *(["ChangeProposed", "ChangeAgreed"] * 2)]
        assert (sorted(types[:6]), [kind for kind in types[6:] if kind != TEXT]) == (sorted(entered), COURSE)
        async with small.sql() as db:
            await db.execute("SET search_path = accountability; ALTER TABLE ledger_entry DISABLE TRIGGER append_only")
            await db.execute("CREATE TABLE sound AS SELECT * FROM ledger_entry; CREATE TABLE head AS TABLE ledger_head")
            assert (await cli(small, "audit", "replay", "--all", "--json")).code == 0
            for planted, sentence in (PLANTED | EDITED).items():
                await (db.execute(planted) if isinstance(planted, str) else _edit(db, *planted))
                whole = await cli(small, "audit", "replay", "--all", "--json")
                assert whole.code == 2, planted
                assert sentence in whole.err, (planted, whole.err)
                assert len(whole.err.strip().splitlines()) == 1
                await db.execute("TRUNCATE ledger_entry; INSERT INTO ledger_entry SELECT * FROM sound")
                await db.execute("UPDATE ledger_head SET seq = head.seq FROM head")
            await db.execute(SWAPPED)
            one = await cli(small, "audit", "replay", case)
            assert one.code == 2
            assert "entry 8 stands before its cause" in one.err

    async def test_missing_event_of_a_case_is_named(self, county: System):
        case = (await played(county))["case_id"]
        async with county.sql() as db:
            await db.execute("SET search_path = accountability; ALTER TABLE ledger_entry DISABLE TRIGGER append_only")
            await db.execute("DELETE FROM ledger_entry WHERE type = 'assignment.CaseReceived.v1'")
        done = await cli(county, "audit", "replay", case)
        assert done.code == 2
        assert "is version 2 of assignment's stream" in done.err

    async def test_parked_event_explains_the_gap(self, county: System):
        case = (await played(county))["case_id"]
        async with county.sql() as db:
            await db.execute("SET search_path = accountability; ALTER TABLE ledger_entry DISABLE TRIGGER append_only")
            await db.execute(
                "INSERT INTO parked (place, key, source, lane, lane_seq, type, reason, attempts) SELECT 'x', case_id, "
                "service, lane, lane_seq, type, 'held', 1 FROM ledger_entry WHERE type = 'mediation.HandlingOpened.v1'"
            )
            await db.execute("DELETE FROM ledger_entry WHERE type = 'mediation.HandlingOpened.v1'")
        done = await cli(county, "audit", "replay", case, "--json")
        assert done.code == 2


class TestUserErrors:
    async def test_sentence_instead_of_a_traceback(self, county: System):
        await played(county)
        for arguments, sentence in (
            (["00000000-0000-0000-0000-000000000000"], "The ledger has no case"),
            (["XF20260302-ZZZZZZ"], "The ledger has no case"),
            (["nonsense"], "The ledger has no case"),
            ([], "Name one case, or say --all"),
            (["abcd", "--all"], "Name one case, or say --all"),
        ):
            done = await cli(county, "audit", "replay", *arguments)
            assert done.code == 1
            assert done.out == ""
            assert done.err.startswith(f"huiyin: {sentence}"), done.err
            assert len(done.err.strip().splitlines()) == 1

    async def test_ambiguous_beginning_is_refused(self, huiyin: System):
        system = huiyin
        async with system.sql() as db:
            for number in (1, 2):
                await db.execute(
                    "INSERT INTO accountability.ledger_entry (seq, service, lane, lane_seq, id, stream_id, version, "
                    "case_id, type, at, registration_no, packed) VALUES ($1, 'intake', 1, $1, gen_random_uuid(), "
                    "gen_random_uuid(), 1, $2::text::uuid, 'x', now(), '', '')",
                    number,
                    f"abcd0000-0000-0000-0000-00000000000{number}",
                )
        done = await cli(system, "audit", "replay", "abcd")
        assert done.code == 1
        assert "Several cases begin with 'abcd'" in done.err

    @pytest.mark.parametrize(
        ("url", "sentence"),
        [
            ("postgresql://postgres@127.0.0.1:1/huiyin", "PostgreSQL cannot be used"),
            ("{server}/{empty}", "The database is not Huiyin's or not prepared yet"),
        ],
    )
    async def test_database_away_or_empty(self, huiyin: System, url: str, sentence: str):
        server, _, name = huiyin.database_url.rpartition("/")
        empty = f"{name}_empty"
        async with huiyin.sql() as admin:
            await admin.execute(f"CREATE DATABASE {empty}")
            huiyin.database_url = url.format(server=server, empty=empty)
            done = await cli(huiyin, "audit", "replay", "--all")
            await admin.execute(f"DROP DATABASE {empty}")
        assert done.code == 1
        assert sentence in done.err
        assert "Traceback" not in done.err
