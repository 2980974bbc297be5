"""Topics are made by command alone: a service says what is wrong with its own, goes on beside it, and heals with it."""

from __future__ import annotations

import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from contracts.envelope import LANES
from services.chassis import accounts, topics
from services.chassis.kafka import connection
from services.chassis.logins import OPERATOR
from tests.cli.console import cli
from tests.flow.checks import is_published
from tests.harness import Servers, System, system, until
from tests.steps import ok

NARROW = 3


async def make_narrow(made: System) -> None:
    admin = AIOKafkaAdminClient(**connection(made.settings()))
    await admin.start()
    try:
        await accounts.admit(admin, made.settings())
        await admin.create_topics([NewTopic(made.settings().topic("intake"), NARROW, 1)])
    finally:
        await admin.close()


async def troubles(made: System) -> dict[str, str]:
    return dict(ok(await made.client.get(made.url("intake") + "/health/ready"))["troubles"])


async def test_a_narrow_topic_is_refused_told_and_made_anew(servers: Servers):
    """It has fewer partitions than there are lanes; commands go on, and in the end all is published."""
    async with system(servers, ("intake",), make=False) as made:
        await make_narrow(made)
        with pytest.raises(topics.Misshapen, match=rf"{NARROW} partitions where {LANES} .* topics rebuild intake"):
            await topics.create(made.settings(), ("intake",))
        async with made.within("intake"):
            await made.register()
            await until(lambda: troubles(made), "the trouble is told")
            assert f"{NARROW} partitions" in (await troubles(made))["publish"]
            async with made.opened("intake", login=OPERATOR) as running:
                await topics.rebuild(made.settings(), running.store, by="test")
            await until(lambda: is_published(made, ["intake"]), "the relay has published", 60)
            assert await troubles(made) == {}


async def test_command_makes_no_topic_beside_a_narrow_one_and_says_what_to_do(servers: Servers):
    async with system(servers, ("intake", "assignment"), make=False) as made:
        await make_narrow(made)
        for command in ("topics", "topics create"):
            done = await cli(made, *command.split())
            assert done.code == 1, done.out
            said = done.err.splitlines()[-1]
            assert said.startswith("huiyin: Kafka was left as it is: "), said
            assert said.endswith("let `huiyin topics rebuild intake` make it anew from the store."), said
        assert await topics.create(made.settings(), ("assignment",)) == [made.settings().topic("assignment")]
        assert (await cli(made, "topics", "rebuild", "intake")).code == 0
        assert (await cli(made, "topics")).code == 0


async def test_a_missing_topic_is_told_and_made(servers: Servers):
    async with system(servers, ("intake",), make=False) as made, made.within("intake"):
        await made.register()
        assert "Topic" in (await until(lambda: troubles(made), "the trouble is told"))["publish"]
        assert await topics.create(made.settings(), ("intake",)) == [made.settings().topic("intake")]
        await until(lambda: is_published(made, ["intake"]), "the relay has published", 60)
        assert await topics.create(made.settings(), ("intake",)) == []
