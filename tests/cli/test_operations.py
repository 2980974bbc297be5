"""What operators repair while everything runs: parked events, views, topics; and a command line that teaches."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from services.chassis import inbox
from services.cli.main import app
from tests.cli.console import cli, python
from tests.harness import System, check_ledger, until


def commands(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], bool]]:
    """Every command and group, and whether it is a command."""
    inner = getattr(command, "commands", {})
    yield path, not inner
    for name, child in inner.items():
        yield from commands(child, (*path, name))


HELP_TIMES_MAX = 3
"""How many times as long as `import typer` any help may take; it is 1.8 now, and over 4 with the settings of a service."""
ALL = list(commands(get_command(app)))


async def table(system: System, name: str) -> list[tuple[Any, ...]]:
    async with system.sql() as db:
        return [tuple(row) for row in await db.fetch(f"SELECT * FROM {name} ORDER BY id")]


class TestHelp:
    @pytest.mark.parametrize(("path", "is_command"), ALL, ids=[" ".join(path) or "huiyin" for path, _ in ALL])
    def test_every_command_teaches(self, path: tuple[str, ...], is_command: object):
        done = CliRunner().invoke(app, [*path, "--help"])
        assert done.exit_code == 0
        assert not is_command or "Example: huiyin " in done.output

    async def test_help_is_there_at_once(self):
        """Beside a Python that imports only what a command line is made of; the services' libraries take six times that."""
        least, whole = [], []
        for _ in range(5):
            started = time.perf_counter()
            assert (await python("-c", "import typer")).code == 0
            least.append(time.perf_counter() - started)
            started = time.perf_counter()
            assert (await cli(None, "audit", "replay", "--help")).code == 0
            whole.append(time.perf_counter() - started)
        print(f"help {min(whole):.3f} s, typer alone {min(least):.3f} s")
        assert min(whole) < HELP_TIMES_MAX * min(least)


class TestUserErrors:
    @pytest.mark.parametrize(
        ("arguments", "sentence"),
        [
            ("audit replay --all", "No stack runs here"),
            ("parked list", "No stack runs here"),
            ("views rebuild intake", "No stack runs here"),
            ("topics list", "No stack runs here"),
            ("migrate", "No stack runs here"),
            ("demo", "No stack runs here"),
            ("county load", "No stack runs here"),
            ("run nonsense", "There is no service 'nonsense'"),
            ("run intake --only cake", "There is no part 'cake'"),
            ("run intake", "cannot start without a valid HUIYIN_DATABASE_URL, HUIYIN_KAFKA"),
            ("views rebuild nonsense", "There is no service 'nonsense'"),
            ("parked list --service nonsense", "There is no service 'nonsense'"),
            ("topics rebuild nonsense", "There is no service 'nonsense'"),
        ],
    )
    async def test_sentence_instead_of_a_traceback(self, arguments: str, sentence: str):
        done = await cli(None, *arguments.split())
        assert done.code == 1
        assert done.err.startswith("huiyin: ")
        assert sentence in done.err
        assert len(done.err.strip().splitlines()) == 1

    async def test_servers_that_are_away(self, huiyin: System):
        huiyin.servers = replace(huiyin.servers, kafka="127.0.0.1:1")
        done = await cli(huiyin, "topics", "list")
        assert done.code == 1
        assert "Kafka at 127.0.0.1:1" in done.err.splitlines()[-1]
        assert "Traceback" not in done.err

    async def test_what_is_not_there(self, county: System):
        for arguments, sentence in (
            ("parked replay 1234", "Nothing of a case '1234' is parked"),
            ("parked dismiss nowhere --service intake", "Nothing that may be dismissed is parked at 'nowhere'"),
            ("views rebuild intake nonsense", "intake has no view 'nonsense': choose one of case_view"),
        ):
            done = await cli(county, *arguments.split())
            assert done.code == 1
            assert done.err.splitlines()[-1].startswith(f"huiyin: {sentence}"), done.err


class TestParked:
    async def test_parked_events_are_taken_in_again(self, county: System, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(inbox, "FIRST_PAUSE_SECONDS", 0.01)
        table = county.running["mediation"].inbox.effect.reactions.table

        def broken(*_: Any) -> None:
            raise ZeroDivisionError("a bug")

        for name, some in table.items():
            monkeypatch.setitem(table, name, [replace(one, act=broken) for one in some])
        case = (await county.register())["case_id"]
        for step in (county.classify, county.forward):
            assert (await step(case)).status_code == 200

        async def is_parked() -> bool:
            async with county.sql() as db:
                return bool(await db.fetchval("SELECT count(*) FROM mediation.parked"))

        await until(is_parked, "the event is parked")
        listed = await cli(county, "parked", "list", "--service", "mediation")
        assert "assignment.CaseForwarded.v1" in listed.out
        assert "ZeroDivisionError: a bug" in listed.out
        assert (await county.notify(case)).status_code == 503  # nobody knows the answer yet

        monkeypatch.undo()
        done = await cli(county, "parked", "replay", case[:8])
        assert (done.code, done.out) == (0, "1 event taken in.\n"), done.err
        assert '"event": "parked_replayed"' in done.err
        assert (await county.notify(case)).status_code == 200
        assert (await cli(county, "parked", "list")).out == "Nothing is parked.\n"
        check_ledger(await county.caught_up())

    async def test_all_that_is_parked_for_a_reason_is_taken_in_again(
        self, county: System, monkeypatch: pytest.MonkeyPatch
    ):
        monkeypatch.setattr(inbox, "FIRST_PAUSE_SECONDS", 0.01)
        table = county.running["mediation"].inbox.effect.reactions.table

        def broken(*_: Any) -> None:
            raise ZeroDivisionError("a bug")

        for name, some in table.items():
            monkeypatch.setitem(table, name, [replace(one, act=broken) for one in some])
        for _ in range(2):
            case = (await county.register())["case_id"]
            for step in (county.classify, county.forward):
                assert (await step(case)).status_code == 200

        async def are_parked() -> bool:
            async with county.sql() as db:
                return await db.fetchval("SELECT count(*) FROM mediation.parked") == 2

        await until(are_parked, "the events are parked")
        monkeypatch.undo()
        for arguments in ((), ("--reason", "ZeroDivisionError"), (case, "--all")):
            assert (await cli(county, "parked", "replay", *arguments)).code == 1
        for reason, taken in (("DiskFullError", "0 events"), ("ZeroDivisionError", "2 events")):
            done = await cli(county, "parked", "replay", "--all", "--reason", reason)
            assert (done.code, done.out) == (0, f"{taken} taken in.\n"), done.err
        check_ledger(await county.caught_up())

    async def test_replay_says_what_is_still_wrong(self, huiyin: System):
        async with huiyin.sql() as db:
            await db.execute(
                "INSERT INTO mediation.parked (place, key, source, lane, lane_seq, type, reason, attempts) VALUES "
                "('assignment/3/1', '00000000-0000-0000-0000-000000000003', 'assignment', 3, 1, 'x', 'y', 5)"
            )
        done = await cli(huiyin, "parked", "replay", "00000000")
        assert done.code == 1
        assert "huiyin: mediation could not take in assignment/3/1 (SourceAway" in done.err
        assert "Traceback" not in done.err
        assert "assignment/3/1" in (await cli(huiyin, "parked", "list")).out
        everything = await cli(huiyin, "parked", "replay", "--all")
        assert (everything.code, everything.out) == (1, "0 events taken in.\n")
        assert "huiyin: Not taken in (1 case):\nmediation could not take in assignment/3/1" in everything.err

    async def test_only_what_is_no_event_is_dismissed(self, huiyin: System):
        async with huiyin.sql() as db:
            await db.execute(
                "INSERT INTO mediation.parked (place, source, lane, lane_seq, type, reason, attempts) VALUES "
                "('assignment.events:3:7', 'assignment', 3, NULL, '', 'Malformed', 1), "
                "('assignment/3/1', 'assignment', 3, 1, 'x', 'y', 5)"
            )
        assert (await cli(huiyin, "parked", "dismiss", "assignment.events:3:7", "--service", "mediation")).code == 0
        refused = await cli(huiyin, "parked", "dismiss", "assignment/3/1", "--service", "mediation")
        assert refused.code == 1
        assert "can only be replayed" in refused.err


class TestViews:
    async def test_rebuilt_views_equal_the_live_ones(self, county: System):
        for _ in range(3):
            case = (await county.register())["case_id"]
            for step in (county.classify, county.forward, county.notify):
                assert (await step(case)).status_code == 200
        await county.caught_up()
        for service, views in (("assignment", ["case_view", "unit_view"]), ("accountability", ["case_view"])):
            live = {view: await table(county, f"{service}.{view}") for view in views}
            async with county.sql() as db:
                for view in views:
                    await db.execute(
                        f"DELETE FROM {service}.{view} WHERE id = (SELECT min(id::text)::uuid FROM {service}.{view})"
                    )
                await db.execute(f"UPDATE {service}.case_view SET state = 'nonsense'")
            done = await cli(county, "views", "rebuild", service)
            assert done.code == 0, done.err
            assert f"{service}.case_view: 3 rows rebuilt" in done.out
            for view in views:
                assert await table(county, f"{service}.{view}") == live[view]


class TestTopics:
    async def test_rebuilt_topic_changes_nothing_but_the_topic(self, county: System):
        for _ in range(3):
            await county.register()
        before = await county.caught_up()
        done = await cli(county, "topics", "rebuild", "intake")
        assert done.code == 0, done.err

        async def published() -> bool:
            listed = (await cli(county, "topics", "list")).out
            (row,) = [line for line in listed.splitlines() if "intake.events" in line]
            there, stored, published = (cell.strip() for cell in row.split("│")[2:5])
            return (there, stored, published) == ("yes", "3", "3")

        await until(published, "all is published again")
        await county.register()
        after = await county.caught_up()
        assert after[: len(before)] == before
        assert [e["service"] for e in after[len(before) :]] in (
            ["intake"],
            ["intake", "accountability"],
        )  # and its clock

    async def test_bare_command_creates_what_is_missing(self, county: System):
        assert (await cli(county, "topics")).out == "All topics are there.\n"
        assert (await cli(county, "topics", "create")).out == "All topics are there.\n"
