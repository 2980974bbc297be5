"""Keys at the command line: who keeps the platform running makes them anew, and destroys again what was destroyed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import pytest

from contracts.intake import RootKeyRenewed
from contracts.vocabulary import Role
from tests.acting import token
from tests.cli.console import Done, cli
from tests.harness import SECOND, Servers, System
from tests.steps import open_county


@pytest.fixture
async def county(servers: Servers) -> AsyncIterator[System]:
    async with open_county(servers) as made:
        yield made


async def vault(county: System, *words: str, who: str = SECOND, role: Role = Role.platform_admin) -> Done:
    """Run `huiyin vault …` where the keys lie."""
    return await cli(county, "vault", *words, data_dir=county.key_file.parent, token=token(who, role))


async def test_keys_are_made_anew_by_who_keeps_the_platform_running_and_on_record(county: System):
    await county.register()
    refused = await cli(county, "vault", "rotate", data_dir=county.key_file.parent, token="nobody's")
    assert refused.code == 1 and "It is not known who does it" in refused.err
    keyless = await cli(county, "vault", "rotate", token=token(SECOND, Role.platform_admin))
    assert keyless.code == 1 and "HUIYIN_VAULT_KEY_FILE or HUIYIN_VAULT_KEY_URL names no key" in keyless.err
    done = await vault(county, "rotate")
    assert done.code == 0, done.err
    newest, former = county.key_file.read_text().split()
    assert newest != former and "Everything lies under file:" in done.out
    async with county.sql() as db:
        packed = await db.fetchval("SELECT packed FROM intake.event WHERE type = $1", RootKeyRenewed.wire_name)
    assert packed is not None
    assert county.key_file.stat().st_mode & 0o077 == 0


async def test_what_was_destroyed_is_listed_and_destroyed_again(county: System, tmp_path: Path):
    receipt = await county.register()
    key = UUID(receipt["petition_id"])
    async with county.sql() as db:
        await db.execute("INSERT INTO intake.destroyed_key VALUES ($1, $2, now())", key, UUID(receipt["case_id"]))
    listed = await vault(county, "shredded")
    assert listed.out.split() == [str(key)]
    async with county.sql() as db:
        await db.execute("DELETE FROM intake.destroyed_key")  # a backup from before is restored
    file = tmp_path / "shredded.txt"
    file.write_text(listed.out)
    assert (await vault(county, "shred-again", str(file))).out == "1 key destroyed once more.\n"
    async with county.sql() as db:
        assert await db.fetchval("SELECT count(*) FROM intake.vault_key WHERE id = $1", key) == 0
    file.write_text("not a key")
    wrong = await vault(county, "shred-again", str(file))
    assert wrong.code == 1 and "nothing was destroyed" in wrong.err
