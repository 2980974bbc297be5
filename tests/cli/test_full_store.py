"""A store that is filled for measurements is one that services work on and an auditor finds in order."""

from contracts.envelope import SERVICES
from tests.bench.fill import copy_of, fill
from tests.cli.console import cli
from tests.harness import System, until

COPIES = 3


async def test_store_filled_with_copies_is_whole_and_goes_on(huiyin: System):
    async with huiyin.within():
        await huiyin.establish()
        case = (await huiyin.register())["case_id"]
        for step in (huiyin.classify, huiyin.forward):
            assert (await step(case)).status_code == 200
        await _at_rest(huiyin)
    assert await fill(huiyin, 1 + COPIES) == 1 + COPIES
    copies = [str(copy_of(case, n + 1)) for n in range(COPIES)]
    async with huiyin.within():
        for one in (case, *copies):
            reply = await huiyin.notify(one)
            assert reply.status_code == 200, reply.text
        await _at_rest(huiyin)
        one = await huiyin.client.get(f"{huiyin.url('accountability')}/cases/{copies[0]}")
        assert one.json()["state"] == "accepted"
    for what in ("--all", *copies):
        done = await cli(huiyin, "audit", "replay", what)
        assert done.code == 0, done.err
        assert "none before its cause" in done.out
    async with huiyin.sql() as db:
        parked = [await db.fetchval(f"SELECT count(*) FROM {service}.parked") for service in SERVICES]
    assert parked == [0] * len(SERVICES)


async def _at_rest(huiyin: System) -> None:
    """Wait until every service has taken in what the others have published, clocks included."""

    async def nothing_new() -> bool:
        async with huiyin.sql() as db:
            behind = [
                await db.fetchval(
                    f"SELECT count(*) FROM {reader}.cursor c JOIN {source}.lane_head h USING (lane) "
                    f"WHERE c.source = '{source}' AND c.last <> h.last"
                )
                for reader in SERVICES
                for source in SERVICES
            ]
        return not any(behind)

    await huiyin.caught_up()
    await until(nothing_new, "every service has taken in everything")
