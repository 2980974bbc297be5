"""The parts of a service work together as processes of their own, so that each can be scaled alone."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from functools import partial

import httpx2

from contracts.envelope import SERVICES
from contracts.vocabulary import Role
from tests.flow.checks import PLAYED, check_everything, is_published, play
from tests.harness import ROOT, System, free_port, petition, until
from tests.steps import KEEPER, ok


async def test_the_parts_of_every_service_work_together_as_processes(huiyin: System):
    """Assignment as three processes, the others as one each: cases go through all services into the ledger."""
    ports = {"relay": free_port(), "reactions": free_port()}
    huiyin.spawn("assignment", only="api")
    for part, port in ports.items():
        huiyin.spawn("assignment", key=f"assignment-{part}", port=port, only=part)
    async with huiyin.processes("intake", "mediation", "accountability"):
        await huiyin.healthy("assignment")
        await huiyin.establish()
        await huiyin.caught_up()
        entered = sum(entry["service"] == "assignment" for entry in await huiyin.ledger())
        await play(huiyin, 20, clients=4)
        await huiyin.caught_up()
        await check_everything(huiyin)
        done = [e for e in await huiyin.ledger() if not e["type"].startswith("accountability.Clock")]
        assert len(done) == entered + 20 * PLAYED

        await until(partial(is_published, huiyin, ["assignment"]), "the relay has published")
        url = f"http://127.0.0.1:{ports['relay']}"
        assert (await huiyin.client.get(f"{url}/health/live")).json() == {"service": "assignment"}
        assert (await huiyin.client.get(f"{url}/cases")).status_code == 404, "a relay takes no commands"
        assert (await huiyin.client.get(f"{url}/metrics", headers=KEEPER)).text.count(
            "huiyin_relay_published_total{"
        ) == 1


async def test_each_part_does_its_own_work_alone(huiyin: System):
    """Without its relay a service answers and publishes nothing; without its reactions it takes nothing in by itself."""
    huiyin.spawn("intake", only="api")
    await huiyin.healthy("intake")
    await huiyin.heard("intake")
    petitioner = {"role": Role.petitioner}  # who has no post: the directory of this store has nobody
    ok(await huiyin.send("intake", "/petitions", petition(), **petitioner), 201)
    async with huiyin.sql() as db:
        assert await db.fetchval("SELECT seq FROM intake.published") == 0
        huiyin.spawn("intake", key="intake-relay", port=free_port(), only="relay")

        async def published() -> bool:
            return bool(await db.fetchval("SELECT seq FROM intake.published"))

        await until(published, "the relay has published what the other process stored", 60)
        assert await db.fetchval("SELECT count(*) FROM assignment.cursor") == 0
        huiyin.spawn("assignment", key="assignment-reactions", port=free_port(), only="reactions")

        async def taken() -> bool:
            return bool(await db.fetchval("SELECT count(*) FROM assignment.cursor"))

        await until(taken, "the reactions have taken it in", 60)


def test_unknown_part_is_one_clear_sentence():
    """Asking for a part that does not exist ends at once and says which there are."""
    run = [sys.executable, "-m", "services.cli", "run", SERVICES[0], "--only", "api,views"]
    done = subprocess.run(run, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode not in {0, None}
    said = " ".join((done.stdout + done.stderr).split())
    assert "views" in said
    assert "api, relay, reactions" in said
    assert "Traceback" not in said


async def test_the_part_in_the_way_of_another_says_so(huiyin: System):
    """Two processes on one port: the second ends instead of running half."""
    huiyin.spawn("intake", only="api")
    await huiyin.healthy("intake")
    second = huiyin.spawn("intake", key="second", only="relay")

    async def ended() -> bool:
        with contextlib.suppress(httpx2.HTTPError):
            return second.poll() is not None
        return False

    await until(ended, "the second process has ended", 60)
    assert second.returncode != 0
