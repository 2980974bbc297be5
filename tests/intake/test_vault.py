"""The vault's keys: a text, a key or a root key that is not what was stored is told as what it is, and never as absence.

No service starts on a key that is missing, another one, or open to others, where something lies under the right one.
"""

from __future__ import annotations

import base64
import os
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

import asyncpg
import httpx2
import pytest
import pytest_asyncio
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from contracts.vocabulary import Role
from services.chassis import keepers
from services.chassis.apart import RecordDamaged
from services.chassis.errors import Damaged, NotFound
from services.chassis.http import acting
from services.chassis.http.problems import catalogue
from services.chassis.keepers import KeyAmiss
from services.chassis.keyring import KeyAway, Keyring
from services.chassis.running import Running
from services.cli.processes import write_secret
from services.cli.stack import _is_needed
from services.intake.main import SERVICE as INTAKE
from services.intake.vault import KeyDamaged, KeyGone, SealGone, TextDamaged
from tests.harness import BUREAU, UNIT, Servers, System, petition, system
from tests.rules import refused, refuses
from tests.steps import ok

OTHER: Final = {"name": "李建国", "phone": "13911111111"}


pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(loop_scope="module")
async def made(servers: Servers) -> AsyncIterator[System]:
    async with system(servers) as made:
        yield made


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def county(servers: Servers) -> AsyncIterator[System]:
    async with system(servers) as made, made.within():
        await made.establish()
        await made.enter({"code": "JW", "kind": "discipline_organ"})
        yield made


async def text_of(county: System, case: str) -> UUID:
    async with county.sql() as db:
        found = "SELECT id FROM intake.vault_item WHERE case_id = $1 AND kind = 'petition'"
        text: UUID = await db.fetchval(found, UUID(case))
    return text


async def read(county: System, case: str, text: object, role: Role = Role.bureau_officer) -> httpx2.Response:
    headers = {"Huiyin-Actor": "reader-1", "Huiyin-Unit": BUREAU, "Huiyin-Role": str(role)}
    return await county.client.get(
        f"{county.url('intake')}/cases/{case}/contents/{text}?purpose=handling", headers=headers
    )


# ------------------------------------------------------------------------------------------ what is damaged

FLIPPED: Final = "set_byte({0}, 20, get_byte({0}, 20) # 1)"
DAMAGES: Final = {
    TextDamaged: f"UPDATE intake.vault_item SET ciphertext = {FLIPPED.format('ciphertext')} WHERE case_id = $1",
    KeyDamaged: f"UPDATE intake.vault_key SET wrapped = {FLIPPED.format('wrapped')} WHERE case_id = $1",
    KeyGone: "DELETE FROM intake.vault_key WHERE case_id = $1",
}


async def damage(county: System, case: str, how: str) -> None:
    async with county.sql() as db:
        await db.execute(how, UUID(case))


@pytest.mark.parametrize(("error", "how"), DAMAGES.items(), ids=lambda one: getattr(one, "__name__", ""))
async def test_what_is_damaged_is_told_as_what_it_is(county: System, error: type[Damaged], how: str):
    case = (await county.register())["case_id"]
    text = await text_of(county, case)
    ok(await read(county, case, text))
    await damage(county, case, how)
    with capture_logs() as logs:
        refused(await read(county, case, text), 500, error)
    assert [(one["log_level"], one["event"]) for one in logs if one["event"] == error.code] == [("error", error.code)]
    counted = {"service": "vault", "what": error.code}
    assert REGISTRY.get_sample_value("huiyin_vault_alarms_total", counted)


async def test_text_that_was_moved_is_told_as_moved(county: System):
    """To another case, or under the key of another text of the same case."""
    one, other = [(await county.register())["case_id"] for _ in range(2)]
    text = await text_of(county, one)
    async with county.sql() as db:
        await db.execute("UPDATE intake.vault_item SET case_id = $2 WHERE id = $1", text, UUID(other))
    refused(await read(county, other, text), 500, TextDamaged)
    refused(await read(county, one, text), 404, NotFound)
    async with county.sql() as db:
        await db.execute("UPDATE intake.vault_key SET id = $2 WHERE case_id = $1", UUID(one), uuid4())
        await db.execute("UPDATE intake.vault_item SET case_id = $2 WHERE id = $1", text, UUID(one))
    refused(await read(county, one, text), 500, KeyGone)


async def test_key_of_another_text_opens_nothing(county: System):
    one, other = [(await county.register())["case_id"] for _ in range(2)]
    async with county.sql() as db:
        await db.execute(
            "UPDATE intake.vault_key k SET wrapped = o.wrapped FROM intake.vault_key o "
            "WHERE k.case_id = $1 AND o.case_id = $2", UUID(one), UUID(other),
        )  # fmt: skip
    refused(await read(county, one, await text_of(county, one)), 500, KeyDamaged)


async def test_seal_is_no_matter_of_a_view(county: System):
    """第三十条第三款: whoever has stolen intake's login and clears the seal in its rows has nobody read a report by that."""
    case, into = [(await county.register())["case_id"] for _ in range(2)]
    text = await text_of(county, case)
    bureau = {"role": Role.bureau_officer}
    ok(await county.send("intake", f"/cases/{case}/merger", {"into": into}, **bureau))
    report = {"kind": "report_accusation", "route": "discipline_supervision", "category": "official_conduct"}
    ok(await county.send("intake", f"/cases/{into}/classification", report, **bureau))
    assert (await read(county, case, text)).status_code in {403, 404}
    stolen = await asyncpg.connect(county.database_of("intake"))
    try:
        await stolen.execute(
            "UPDATE intake.case_view SET merged_into = NULL, confidential = false WHERE id = $1", UUID(case)
        )
    finally:
        await stolen.close()
    with capture_logs() as logs:
        refused(await read(county, case, text), 500, SealGone)
    assert [one["log_level"] for one in logs if one["event"] == SealGone.code] == ["error"]


async def test_what_was_never_there_is_not_found(county: System):
    case = (await county.register())["case_id"]
    refused(await read(county, case, uuid4()), 404, NotFound)


async def test_record_that_lies_apart_and_was_changed_is_told_as_changed(county: System):
    with capture_logs() as logs, refuses(RecordDamaged):
        apart = county.running["intake"].store.apart
        assert apart is not None
        apart.opened((uuid4(), 1, "", secrets.token_bytes(80), None))  # type: ignore[arg-type]
    assert [one["event"] for one in logs] == [RecordDamaged.code]


async def absent(_: object, database: Any, case: UUID, item: UUID) -> tuple[UUID, bool] | None:
    """MUTANT: what cannot be opened is not there."""
    async with database.connection() as connection:
        found = await connection.fetchrow(
            "SELECT i.case_id, false FROM vault_item i JOIN vault_key k ON k.id = i.key_id WHERE i.id = $2 AND i.case_id = $1",
            case,
            item,
        )
    return found and tuple(found)


async def test_checker_sees_damage_that_is_told_as_absence(county: System, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("services.intake.vault.Vault.place", absent)
    with pytest.raises(AssertionError):
        await test_what_is_damaged_is_told_as_what_it_is(county, KeyGone, DAMAGES[KeyGone])


# ------------------------------------------------------------------------------------------ what a dump says


Sending = Callable[[System], Awaitable[httpx2.Response]]


async def registers(county: System) -> httpx2.Response:
    return await county.send("intake", "/petitions", petition(), role=Role.intake_clerk)


async def appoints(county: System) -> httpx2.Response:
    """Enter somebody by name, in a service without root keys."""
    plate = {"post": "科员", "roles": ["case_officer"], "name": "钱小满", "phone": "13911112222"}
    path = f"/units/{UNIT}/officers/c-1"
    return await county.send("assignment", path, plate, role=Role.platform_admin, method="PUT", alone=True)


SENDING: Final[Mapping[str, Sending]] = {"intake": registers, "assignment": appoints}


async def guessed(county: System, service: str, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Send something, and return whether whoever guesses what it was finds it confirmed in the table of commands."""
    sent, plain = [], acting._fingerprint
    with monkeypatch.context() as patch:
        patch.setattr(acting, "_fingerprint", lambda *said: (sent.append(said), plain(*said))[1])
        assert (await SENDING[service](county)).is_success
    [(scope, by, body, _)] = sent
    async with county.sql() as db:
        lying = await db.fetchval(f"SELECT fingerprint FROM {service}.command WHERE command_id = $1", by.command_id)
    return bool(lying == plain(scope, by, body, b""))


@pytest.mark.parametrize("service", SENDING)
async def test_promise_8_nobody_tries_out_from_a_dump_what_was_sent(
    county: System, service: str, monkeypatch: pytest.MonkeyPatch
):
    """What tells a command apart from another one with its key is keyed, and outlives what is erased."""
    assert not await guessed(county, service, monkeypatch)


@pytest.mark.parametrize("service", SENDING)
async def test_mutant_that_tells_commands_apart_without_a_key_is_seen(
    county: System, service: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(Running, "fingerprints", b"")
    assert await guessed(county, service, monkeypatch)


async def test_each_service_tells_commands_apart_by_a_key_of_its_own(county: System):
    keys = {name: running.fingerprints for name, running in county.running.items()}
    assert len({*keys.values()}) == len(keys) >= len(SENDING)
    assert all(keys.values())


# --------------------------------------------------------------------------------------------- starting


async def started(made: System, **more: Any) -> None:
    async with Running(INTAKE, made.settings("intake", **more)).opened() as running:
        assert await running.ready()


def another(file: Path) -> Path:
    write_secret(file, base64.b64encode(secrets.token_bytes(32)).decode())
    return file


def is_missing(file: Path) -> None:
    file.unlink()


def is_another(file: Path) -> None:
    another(file)


def is_open(file: Path) -> None:
    file.chmod(0o644)


def is_short(file: Path) -> None:
    file.write_text(base64.b64encode(bytes(16)).decode())


def is_no_base64(file: Path) -> None:
    file.write_text("钥匙")


def is_a_folder(file: Path) -> None:
    file.unlink()
    file.mkdir(mode=0o700)


AMISS: Final[dict[Callable[[Path], None], str]] = {
    is_missing: "names no file",
    is_another: "is not the one under which everything lies",
    is_open: "can be read by others: chmod 600",
    is_short: "must hold 32 bytes",
    is_no_base64: "has no base64 in it",
    is_a_folder: "cannot be read",
}


@pytest.mark.parametrize("name", ["vault", "sealed"])
@pytest.mark.parametrize(("how", "told"), AMISS.items())
async def test_no_service_starts_with_a_key_that_is_amiss(
    made: System, name: str, how: Callable[[Path], None], told: str
):
    """It says which key it is, and what is amiss with it."""
    await started(made)
    file = made.key_file.with_name(f"{name}.key")
    how(file)
    with pytest.raises(KeyAmiss, match=f"HUIYIN_{name.upper()}_KEY_FILE.*{told}"):
        await started(made)
    assert await _is_needed(made.database_url, name), "`huiyin up` would make a new key"


async def test_root_key_that_is_damaged_in_the_database_is_no_wrong_key(made: System):
    await started(made)
    async with made.sql() as db:
        await db.execute(f"UPDATE intake.root_key SET wrapped = {FLIPPED.format('wrapped')} WHERE of = 'vault'")
    with pytest.raises(KeyAmiss, match="is right, and what it has wrapped in the database is damaged"):
        await started(made)


async def test_key_that_a_secret_store_mounts_may_be_readable_where_nobody_can_write(
    made: System, monkeypatch: pytest.MonkeyPatch
):
    """A secret of Kubernetes or Docker lies on a mount of its own that is read-only."""
    made.key_file.chmod(0o440)
    found = os.statvfs(made.key_file)
    read_only = os.statvfs_result([*found[:8], found.f_flag | os.ST_RDONLY, *found[9:]])
    monkeypatch.setattr(keepers.os, "statvfs", lambda _: read_only)
    await started(made)


async def test_new_store_needs_no_key_yet(made: System):
    """Nothing lies there, so whichever key there is will do, and `huiyin up` may make it."""
    assert not await _is_needed(made.database_url, "vault")
    another(made.key_file)
    await started(made)
    assert await _is_needed(made.database_url, "vault")


async def test_what_stood_in_the_file_until_now_opens_what_lay_under_it(made: System):
    """Texts from before root keys lay in the database: the first start takes over what stands in the file."""
    root = base64.b64decode(made.key_file.read_text())
    async with made.sql() as db:
        await db.execute("INSERT INTO intake.root_key (of, number) VALUES ('vault', 0), ('vault', 1)")
    for _ in range(2):
        async with Running(INTAKE, made.settings("intake")).opened() as running:
            assert running.keys["vault"].lasting == root
            assert running.keys["vault"].newest == (1, root)


async def test_who_has_no_key_is_told_to_come_again(county: System):
    with refuses(KeyAway):
        _ = Keyring("vault").lasting
    keys = county.running["intake"].keys["vault"]
    known, keys._known = keys._known, {}
    keys._database, kept = None, keys._database
    try:
        refused(await county.send("intake", "/petitions", {"channel": "letter"}, role=Role.intake_clerk), 503, KeyAway)
    finally:
        keys._known, keys._database = known, kept


async def test_checker_sees_a_wrong_key_that_nobody_notices(made: System, monkeypatch: pytest.MonkeyPatch):
    async def believed(keyring: Keyring, *_: Any, **__: Any) -> None:
        """MUTANT: whatever the file says is the root key."""
        root = base64.b64decode(keyring.keepers[-1].file.read_text())  # type: ignore[attr-defined]
        keyring.know({0: root, 1: root})

    await started(made)
    monkeypatch.setattr(Keyring, "open", believed)
    with pytest.raises(pytest.fail.Exception):
        await test_no_service_starts_with_a_key_that_is_amiss(made, "vault", is_another, "is not the one")


async def test_each_problem_is_in_the_catalogue():
    told = catalogue("intake")
    assert {told[one.code].status for one in (TextDamaged, KeyDamaged, KeyGone, SealGone, RecordDamaged)} == {500}
