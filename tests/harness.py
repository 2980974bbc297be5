"""A whole Huiyin for one test: its own database, its own topics, random ports, on the real servers of the run.

Services run in this process (fast; `within`) or as processes of their own (to be killed; `processes`).
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import os
import random
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property, partial
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID, uuid4

import asyncpg
import httpx2
import uvicorn

from contracts.chain import Signer
from contracts.envelope import SERVICES
from contracts.event import typed_before
from contracts.ids import derived
from contracts.packing import Unpackable, expanded, unpack
from contracts.vocabulary import ClockKind, Level, Role, Route, ServiceMethod, UnitKind
from services.chassis import logins, migrate, topics
from services.chassis.commands import ACCEPTED
from services.chassis.context import By
from services.chassis.directory import Directory, Entry, Post
from services.chassis.http.common import COMMON, PEERS
from services.chassis.http.protocol import Protocol
from services.chassis.logins import OPERATOR
from services.chassis.questions import Question
from services.chassis.rights.table import READERS
from services.chassis.running import Running
from services.chassis.service import PARTS, Server, application
from services.chassis.settings import Settings
from services.chassis.source import TextAt, Typed
from services.chassis.store import Store
from services.chassis.texts import Texts
from services.chassis.units import written
from services.cli.embedded.kafka import ADMIN
from services.cli.processes import write_secret
from services.intake.application.office import office
from services.intake.vault import Vault
from services.mediation.domain import acceptance, receiving
from services.mediation.domain.handling import Handling
from tests.acting import ANYBODY, SECRET, Proving, Trusting, issuer

ROOT = Path(__file__).parents[1]
BUREAU = "XFJ"
UNIT = "RSJ"
HEAD = "head-1"
OFFICER = "officer-1"
"""Who acts where a test does not say who."""
SECOND = "keeper-2"
"""Who agrees to what takes two persons."""
POSTS = [role for role in Role if role not in {Role.petitioner, Role.platform_admin, Role.system}]
"""In which roles somebody acts by the directory."""
GOVERNMENT = "XZF"
CITY = "SZF"
COMMITTEE = "CWH"
PLACE = "P-1"
"""The village that petitions are about."""
LEADERS = ("leader-1", "leader-2")
ESTABLISHED = 36
"""How many events a unit comes to with its people and with whom stands above it, where nobody else must be entered:
each was proposed and agreed to."""
SEALED = " + ".join(f"(SELECT count(*) FROM {service}.event)" for service in SERVICES)


PASSWORDS = {login: f"password-of-{login}" for login in (*logins.LOGINS, "tally")}
"""The same in all processes of a run, which may share a server."""
TESTING = "accountability"
"""As whose account a test asks that does not say who asks, and is shown what services and officials are shown."""
READ_BY_TESTS = {
    name: tuple(
        cls for cls in (*COMMON, *import_module(f"services.{name}.main").SERVICE.operations)
        if issubclass(cls, Question) and ({*READERS} <= {*cls.operation.by} or cls.operation.by == PEERS)
    )
    for name in SERVICES
}  # fmt: skip


UNLIMITED = dict.fromkeys(("stranger_units", "petitioner_units", "account_units", "service_units"), 10**9)
"""Tests ask more in a minute than anybody may, but for those of that."""
STAFFED = Directory.of(
    [
        Entry(GOVERNMENT, "县人民政府", Level.county, kind=UnitKind.government),
        Entry(
            UNIT, "人社局", Level.county, parent=GOVERNMENT,
            officers={"co-1": Post((Role.case_officer,)), HEAD: Post((Role.unit_head,))},
        ),
    ]
)  # fmt: skip
"""The unit as rules know it that are called without a service."""


@dataclass(frozen=True)
class Servers:
    """The real PostgreSQL and Kafka of this run."""

    database_url: str
    kafka: str
    postgres: Any = None
    broker: Any = None

    def account(self, name: str) -> dict[str, str]:
        """What a client with an account of this Kafka is told; nothing of one that was named to us, which may ask nobody."""
        return self.broker.options(name) if self.broker else {}


async def until(holds: Callable[[], Awaitable[Any]], what: str, seconds: float = 30) -> Any:
    """Wait for a condition, with a limit; return what it returned. Never a sleep of a guessed length."""
    end = asyncio.get_running_loop().time() + seconds
    while True:
        if value := await holds():
            return value
        if asyncio.get_running_loop().time() > end:
            raise AssertionError(f"not within {seconds} s: {what}")
        await asyncio.sleep(0.02)


async def template(admin: asyncpg.Connection, url: str) -> str:
    """Return a migrated database of this server, to be copied: to migrate anew takes five times as long."""
    if url not in _templates:
        name = f"t_{secrets.token_hex(6)}"
        await admin.execute(f"CREATE DATABASE {name}")
        await migrate.prepare(_of(url, name), PASSWORDS)
        _templates[url] = name
    return _templates[url]


async def drop_template(servers: Servers) -> None:
    """Leave nothing behind on a server that others use."""
    if name := _templates.pop(servers.database_url, None):
        admin = await asyncpg.connect(servers.database_url)
        await admin.execute(f"DROP DATABASE {name}")
        await admin.close()


_templates: dict[str, str] = {}
"""By server."""


def _of(url: str, database: str) -> str:
    return f"{url.rpartition('/')[0]}/{database}"


_given: set[int] = set()


def free_port() -> int:
    """A port below the range from which clients get theirs: one that knocks at a dead service must not meet itself.

    (It may be given the very port that it knocks at, and so connect to itself and hold the port for ever.) None is given
    twice in a run.
    """
    for _ in range(1_000):
        port = 20_000 + secrets.randbelow(12_000)
        with socket.socket() as s, contextlib.suppress(OSError):
            s.bind(("127.0.0.1", port))
            if port not in _given:
                _given.add(port)
                return port
    raise AssertionError("no free port")


def believing(running: Running, kind: str = "record") -> None:
    """Let a service take each id for a text of whatever case, where something else is tested."""

    async def asked(wanted: Sequence[TextAt]) -> dict[TextAt, str | None]:
        return dict.fromkeys(wanted, kind)

    running.texts = Texts(asked)


def keeping_nothing(running: Running) -> None:
    """Let a service that runs without intake hand on to nobody what people type."""

    async def keep(case: UUID, typed: Sequence[Typed], petition: UUID | None, by: By) -> None:
        """Keep nothing."""

    running.keeping = keep


@dataclass
class System:
    """One Huiyin."""

    servers: Servers
    database_url: str
    prefix: str
    ports: dict[str, int]
    key_file: Path
    client: httpx2.AsyncClient
    looking: asyncpg.Pool
    running: dict[str, Running] = field(default_factory=dict)
    procs: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    overrides: dict[str, Any] = field(default_factory=dict)
    sessions: dict[str, str] = field(default_factory=dict)
    """The tokens of petitioners, by the query code that they have shown."""

    @property
    def sealed_key_file(self) -> Path:
        return self.key_file.with_name("sealed.key")

    def signing_key_file(self, service: str) -> Path:
        """By which a service signs; made when it is asked for first."""
        file = self.key_file.with_name(f"{service}.signing.key")
        if not file.exists():
            file.write_text(base64.b64encode(secrets.token_bytes(32)).decode())
        return file

    @cached_property
    def signers(self) -> dict[str, list[str]]:
        """By which key each service is known."""
        seeds = {name: base64.b64decode(self.signing_key_file(name).read_text()) for name in SERVICES}
        return {name: [Signer(seed).public] for name, seed in seeds.items()}

    def receipt(self, case: str) -> str:
        """The number under which the others know of a case that lies apart."""
        apart = self.running["intake"].store.apart
        assert apart is not None
        return str(apart.alias(UUID(case)))

    @property
    def vault(self) -> Vault:
        """That of intake, which runs in this process."""
        return office(self.running["intake"]).vault

    def url(self, service: str) -> str:
        return f"http://127.0.0.1:{self.ports[service]}"

    def database_of(self, login: str) -> str:
        """Where a login finds the database."""
        return logins.url_of(self.database_url, login, PASSWORDS[login])

    def settings(self, service: str | None = None, *, login: str | None = None, **more: Any) -> Settings:
        """What a service is told; or whoever else has a login, or administers Kafka."""
        return Settings(
            database_url=more.pop("database_url", None) or self.database_of(login or service or OPERATOR),
            kafka=self.servers.kafka,
            **self.servers.account(service or ADMIN),
            topic_prefix=self.prefix,
            peers={name: self.url(name) for name in SERVICES},
            port=self.ports[service] if service else 0,
            clock=ClockKind.simulated,
            signing_key_file=self.signing_key_file(service) if service else None,
            signers=self.signers,
            heads_dir=self.key_file.parent / "heads",
            log_level="CRITICAL",
            **(
                {"oidc_issuer": issuer().url, "oidc_secret": SECRET}
                | {"vault_key_file": self.key_file, "sealed_key_file": self.sealed_key_file}
                | UNLIMITED
                | self.overrides
                | more
            ),
        )

    # ------------------------------------------------------------------ services in this process

    @asynccontextmanager
    async def within(
        self, *names: str, parts: frozenset[str] = PARTS, strict: bool = False, **more: Any
    ) -> AsyncIterator[System]:
        """Run services inside the test's event loop until the block ends; `strict` ones ask the directory for posts."""
        served = {name: self._server(name, parts, strict=strict, **more) for name in names or SERVICES}
        # `serve` would take the signals of the run.
        tasks = {name: asyncio.create_task(server._serve()) for name, server in served.items()}

        async def started(name: str) -> bool:
            if tasks[name].done():
                tasks[name].result()
                raise AssertionError(f"{name} did not start")
            return served[name].started

        try:
            for name, server in served.items():
                await until(partial(started, name), f"{name} started")
                self.running[name] = running = server.config.app.state.running
                if "intake" not in {*served, *self.running, *self.procs}:
                    keeping_nothing(running)
                if not strict:
                    identity = running.identity
                    running.identity = Trusting(identity.tokens, identity.directories, identity.sessions)
            yield self
        finally:
            for server in served.values():
                server.leave()
            await asyncio.wait_for(asyncio.gather(*tasks.values()), 30)
            for name in served:
                self.running.pop(name, None)

    def _server(self, name: str, parts: frozenset[str], *, strict: bool, **more: Any) -> Server:
        service = import_module(f"services.{name}.main").SERVICE
        if not strict:
            read = {*service.peers.get(TESTING, ()), *READ_BY_TESTS[name]}
            service = replace(service, peers=service.peers | {TESTING: tuple(read)})
        return Server(
            uvicorn.Config(
                application(service, self.settings(name, **more), parts),
                host="127.0.0.1",
                port=self.ports[name],
                http=Protocol,
                log_config=None,
                timeout_graceful_shutdown=2,
            )
        )

    # ------------------------------------------------------------------ services as processes

    def spawn(
        self, name: str, *, key: str | None = None, port: int | None = None, only: str | None = None,
        module: str = "services.cli",
    ) -> subprocess.Popen[bytes]:  # fmt: skip
        """Start a service as a process of its own; `key` names a second one of the same service."""
        environment = os.environ | {
            "HUIYIN_DATABASE_URL": self.database_of(name),
            "HUIYIN_KAFKA": self.servers.kafka,
            **{f"HUIYIN_{option}".upper(): value for option, value in self.servers.account(name).items()},
            "HUIYIN_TOPIC_PREFIX": self.prefix,
            "HUIYIN_PEERS": str({n: self.url(n) for n in SERVICES}).replace("'", '"'),
            "HUIYIN_PORT": str(port or self.ports[name]),
            "HUIYIN_CLOCK": "simulated",
            "HUIYIN_VAULT_KEY_FILE": str(self.key_file),
            "HUIYIN_SEALED_KEY_FILE": str(self.sealed_key_file),
            "HUIYIN_SIGNING_KEY_FILE": str(self.signing_key_file(name)),
            "HUIYIN_SIGNERS": json.dumps(self.signers),
            "HUIYIN_HEADS_DIR": str(self.key_file.parent / "heads"),
            "HUIYIN_OIDC_ISSUER": issuer().url,
            "HUIYIN_OIDC_SECRET": SECRET,
            "HUIYIN_LOG_LEVEL": os.environ.get("HUIYIN_LOG_LEVEL", "ERROR"),
            **{f"HUIYIN_{name.upper()}": str(self.overrides.get(name, units)) for name, units in UNLIMITED.items()},
        }
        argv = [sys.executable, "-m", module, "run", name, *(("--only", only) if only else ())]
        proc = subprocess.Popen(argv, env=environment, cwd=ROOT)
        self.procs[key or name] = proc
        return proc

    async def healthy(self, *names: str, seconds: float = 60) -> None:
        for name in names or SERVICES:

            async def ready(url: str = self.url(name)) -> bool:
                with contextlib.suppress(httpx2.HTTPError):
                    return (await self.client.get(f"{url}/health/ready")).status_code == 200
                return False

            await until(ready, f"{name} ready", seconds)

    @asynccontextmanager
    async def processes(self, *names: str) -> AsyncIterator[System]:
        """Run services as processes until the block ends."""
        for name in names or SERVICES:
            self.spawn(name)
        try:
            await self.healthy(*names)
            yield self
        finally:
            self.stop_all()

    def kill(self, key: str, sig: int = signal.SIGKILL) -> None:
        proc = self.procs.pop(key)
        proc.send_signal(sig)
        proc.wait(40)

    def stop_all(self) -> None:
        for proc in self.procs.values():
            with contextlib.suppress(ProcessLookupError):
                proc.send_signal(signal.SIGCONT)
                proc.terminate()
        for proc in self.procs.values():
            try:
                proc.wait(40)
            except subprocess.TimeoutExpired:
                proc.kill()
                proc.wait(5)
        self.procs.clear()

    # ------------------------------------------------------------------ acting

    @property
    def strict(self) -> bool:
        """Whether the directory is asked here which posts somebody holds, so that whoever acts must be entered."""
        return bool(self.procs) or not all(isinstance(r.identity, Trusting) for r in self.running.values())

    async def send(
        self,
        service: str,
        path: str,
        body: Any = None,
        *,
        role: Role,
        unit: str = BUREAU,
        at: str | None = None,
        method: str = "POST",
        key: UUID | None = None,
        version: int | None = None,
        actor: str = OFFICER,
        alone: bool = False,
    ) -> httpx2.Response:
        """Send one command and return whatever came back.

        Where it takes two persons, another one agrees, unless who acts is `alone`.
        """
        key = key or uuid4()
        headers = {
            "Idempotency-Key": str(key),
            "Huiyin-Actor": actor,
            "Huiyin-Unit": unit,
            "Huiyin-Role": str(role),
        }
        if at:
            headers["Huiyin-Time"] = at
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        reply = await self.client.request(method, self.url(service) + path, json=body, headers=headers)
        if reply.status_code != ACCEPTED or alone:
            return reply
        path, agreed = f"/changes/{reply.json()['change_id']}/approval", derived(key, "approval")
        return await self.send(service, path, {}, role=Role.platform_admin, at=at, key=agreed, actor=SECOND)

    async def log_in(self, code: str, **headers: str) -> httpx2.Response:
        """Show a query code, and return whatever came back."""
        url = f"{self.url('intake')}/petition-sessions"
        return await self.client.post(url, json={"query_code": code}, headers=headers, auth=None)

    async def by_code(
        self, code: str, what: str = "", body: Any = None, *, at: str | None = None, key: UUID | None = None
    ) -> httpx2.Response:
        """Let whoever holds a query code do or ask something; they log in with it the first time.

        Return whatever came back, of logging in where that has failed.
        """
        if code not in self.sessions:
            reply = await self.log_in(code)
            if reply.status_code != 201:
                return reply
            self.sessions[code] = reply.json()["token"]
        return await self.with_session(self.sessions[code], f"/progress{what}", body, at=at, key=key)

    async def with_session(
        self,
        token: str,
        path: str,
        body: Any = None,
        *,
        service: str = "intake",
        method: str = "POST",
        at: str | None = None,
        key: UUID | None = None,
        **headers: str,
    ) -> httpx2.Response:
        """Send something as a petitioner, by the token of a session."""
        headers |= {"Authorization": f"Bearer {token}", "Idempotency-Key": str(key or uuid4())}
        if at:
            headers["Huiyin-Time"] = at
        return await self.client.request(method, self.url(service) + path, json=body, headers=headers)

    async def establish(self, code: str = UNIT, *, competent: bool = True) -> None:
        """Enter a unit with its people, the governments above it, which look again at its opinions, leaders, a
        village, and mediators.

        Where the directory is asked who holds which post, the bureau and the auditors are entered, too.
        """
        asker, office, role = ANYBODY
        offices = (
            {"code": BUREAU, "kind": "petition_bureau", "competent": False},
            {"code": office, "competent": False, "officers": {asker: [role]}},
        )
        await self.enter(
            *(offices if self.strict else ()),
            {"code": CITY, "level": "city", "kind": "government", "competent": False},
            {
                "code": GOVERNMENT, "parent": CITY, "kind": "government", "competent": False,
                "officers": {leader: [Role.sponsor_leader] for leader in LEADERS},
            },
            {
                "code": PLACE, "level": "village", "kind": "village_committee", "parent": GOVERNMENT, "competent": False,
            },
            {
                "code": code, "name": f"单位{code}", "parent": GOVERNMENT, "competent": competent,
                "officers": {"co-1": [Role.case_officer], "co-2": [Role.case_officer], HEAD: [Role.unit_head]},
            },
            {
                "code": COMMITTEE, "level": "village", "kind": "village_committee", "competent": False,
                "officers": {"mediator-1": [Role.mediator], "presider-1": [Role.hearing_presider]},
            },
        )  # fmt: skip

    async def enter(self, *units: dict[str, Any]) -> None:
        """Enter units, or what has changed about them, and let every service of this process know them at once.

        A unit is what its command takes; its `officers` are roles by code, its `successors` are entered last. Where the
        directory is asked who holds which post, whoever acts where a test does not say who holds all of them.
        """
        everybody = {OFFICER: POSTS} if self.strict else {}
        for unit in units:
            facts = {"name": unit["code"], "level": "county", "competent": True} | unit
            code, officers, _ = facts.pop("code"), everybody | facts.pop("officers", {}), facts.pop("successors", None)
            await self._enter(f"/units/{code}", facts)
            for officer, roles in officers.items():
                await self.appoint(code, officer, roles)
        for unit in units:
            if "successors" in unit:
                await self._enter(f"/units/{unit['code']}/successors", {"successors": unit["successors"]})
        if "assignment" in self.running:
            for running in self.running.values():
                await running.store.directories.renew()

    async def appoint(self, unit: str, officer: str, roles: Iterable[Role]) -> None:
        """Let somebody act for a unit in these roles and no others."""
        told = {"post": "干部", "roles": list(map(str, roles)), "name": "某某"}
        await self._enter(f"/units/{unit}/officers/{officer}", told)

    async def relieve(self, unit: str, officer: str) -> None:
        """Let somebody act for a unit no longer, which every service of this process knows at once."""
        path = f"/units/{unit}/officers/{officer}"
        reply = await self.send("assignment", path, role=Role.platform_admin, method="DELETE")
        assert reply.status_code == 200, reply.text
        await self.enter()

    async def heard(self, service: str, code: str = BUREAU) -> None:
        """Let a service that runs alone know a unit, as if it had heard of it from who keeps the directory."""
        entry = written(Entry(code, code, Level.county))
        async with self.sql() as db:
            await db.execute(f"INSERT INTO {service}.directory_unit VALUES ($1, 1, $2)", uuid4(), entry)

    async def _enter(self, path: str, body: dict[str, Any]) -> None:
        reply = await self.send("assignment", path, body, role=Role.platform_admin, method="PUT")
        assert reply.status_code == 200, reply.text

    async def register(self, *, at: str | None = None, key: UUID | None = None, **more: Any) -> dict[str, Any]:
        reply = await self.send("intake", "/petitions", petition(**more), role=Role.intake_clerk, at=at, key=key)
        assert reply.status_code == 201, reply.text
        return dict(reply.json())

    async def classify(self, case: str, *, at: str | None = None) -> httpx2.Response:
        body = {"kind": "appeal_for_resolution", "route": "petition_procedure", "category": "unpaid_wages"}
        return await self.send("intake", f"/cases/{case}/classification", body, role=Role.bureau_officer, at=at)

    async def forward(self, case: str, unit: str = UNIT, *, at: str | None = None) -> httpx2.Response:
        body = {"mode": "forward", "unit": unit}
        return await self.send("assignment", f"/cases/{case}/assignment", body, role=Role.bureau_officer, at=at)

    async def notify(self, case: str, unit: str = UNIT, *, at: str | None = None) -> httpx2.Response:
        body = {"method": "post", "receipt": "EMS-1", "case_officer": "co-1"}
        return await self.send(
            "mediation", f"/cases/{case}/acceptance-notice", body, role=Role.unit_receiver, unit=unit, at=at
        )

    # ------------------------------------------------------------------ looking

    @asynccontextmanager
    async def sql(self) -> AsyncIterator[asyncpg.Connection]:
        """Lend a connection as the administrator, for checkers that read the final stores."""
        async with self.looking.acquire() as connection:
            yield connection

    async def sealed(self) -> int:
        """How many events all four stores hold."""
        async with self.sql() as db:
            return int(await db.fetchval(f"SELECT {SEALED}"))

    async def ledger(self) -> list[asyncpg.Record]:
        async with self.sql() as db:
            return list(await db.fetch("SELECT * FROM accountability.ledger_entry ORDER BY seq"))

    async def caught_up(self, seconds: float = 60) -> list[asyncpg.Record]:
        """Wait until the ledger holds every event of every store; return it."""

        async def all_in() -> bool:
            async with self.sql() as db:
                head, sealed = await db.fetchrow(f"SELECT seq, {SEALED} FROM accountability.ledger_head")
            return head > 0 and head == sealed

        await until(all_in, "the ledger has every event", seconds)
        return await self.ledger()

    # ------------------------------------------------------------------ a store alone, and chance

    @asynccontextmanager
    async def opened(self, name: str, **more: Any) -> AsyncIterator[Running]:
        """A service's store, relay and inbox, wired and connected; nothing runs but the group commit."""
        running = Running(import_module(f"services.{name}.main").SERVICE, self.settings(name, **more))
        async with running.opened():
            yield running

    def dice(self) -> random.Random:
        """Chance that can be repeated: the seed is printed, and taken from HUIYIN_TEST_SEED where that is set."""
        seed = int(os.environ.get("HUIYIN_TEST_SEED") or secrets.randbelow(2**32))
        print(f"seed {seed} (HUIYIN_TEST_SEED)")
        return random.Random(seed)

    def by(self, *, version: int | None = None, key: UUID | None = None, unit: str = UNIT) -> By:
        """A case officer of the unit, for commands that are given to a store without HTTP."""
        key = key or uuid4()
        return By(
            actor="co-1",
            unit=unit,
            role=Role.case_officer,
            at=datetime.now(UTC),
            clock=ClockKind.real,
            request_id=str(key),
            command_id=key,
            expected_versions=None if version is None else frozenset({version}),
        )

    async def with_unit(self, store: Store, *, notified: bool = True) -> UUID:
        """A case that the unit has received (and told the petitioner of), put straight into mediation's store."""
        by = self.by()

        def act(handling: Handling) -> None:
            facts = {"unit": UNIT, "unit_name": "人社局", "registration_no": "XF-1", "route": Route.petition_procedure}
            receiving.receive(handling, at=by.at, **facts)
            if notified:
                acceptance.notify_acceptance(
                    handling, UNIT, "受-1", ServiceMethod.post, by.at, typed_before("EMS-1"), "co-1", STAFFED, at=by.at
                )

        case = uuid4()
        await store.change(Handling, case, act, by=by, may_open=True)
        return case


def petition(**more: Any) -> dict[str, Any]:
    return {
        "channel": "visit",
        "category": "unpaid_wages",
        "place": PLACE,
        "petitioner": {"name": "王秀兰", "phone": "13800000000", "address": "某县某镇某村"},
        "content": {"claim": "要求支付工资", "facts": "拖欠三个月"},
    } | more


@asynccontextmanager
async def system(
    servers: Servers, services: Iterable[str] = SERVICES, *, make: bool = True, **overrides: Any
) -> AsyncIterator[System]:
    """Make a database, topics (unless that is for the test to do) and a vault key that nobody else has; drop them."""
    name = f"t_{secrets.token_hex(6)}"
    admin = await asyncpg.connect(servers.database_url)
    await admin.execute(f"CREATE DATABASE {name} TEMPLATE {await template(admin, servers.database_url)}")
    await admin.execute(logins.closed(name))
    with tempfile.TemporaryDirectory() as folder:
        key_file = Path(folder) / "vault.key"
        for file in (key_file, key_file.with_name("sealed.key")):
            write_secret(file, base64.b64encode(secrets.token_bytes(32)).decode())
        async with httpx2.AsyncClient(timeout=30, trust_env=False, verify=False, auth=Proving()) as client:
            url, ports = _of(servers.database_url, name), {s: free_port() for s in SERVICES}
            looking = await asyncpg.create_pool(url, min_size=0, statement_cache_size=0)
            made = System(servers, url, f"{name}.", ports, key_file, client, looking, overrides=overrides)
            if make:
                await topics.create(made.settings(), tuple(services))
            try:
                yield made
            finally:
                made.stop_all()
                looking.terminate()
                settings = made.settings()
                await asyncio.gather(*(topics.delete(settings, s) for s in services), return_exceptions=True)
                await admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
                await admin.close()


@asynccontextmanager
async def own_postgres(servers: Servers) -> AsyncIterator[System]:
    """A system on a PostgreSQL of its own, which may be killed without harm to other tests."""
    from services.cli.embedded.postgres import EmbeddedPostgres

    folder = Path(tempfile.mkdtemp(prefix="huiyin-kill-"))
    postgres = EmbeddedPostgres(folder / "postgres")
    try:
        made = system(Servers(await asyncio.to_thread(postgres.start), servers.kafka, postgres, servers.broker), ())
        huiyin = await made.__aenter__()
        try:
            yield huiyin
        finally:
            huiyin.stop_all()
            # Its administrator's connection died with the server; the database goes with the folder.
            with contextlib.suppress(asyncpg.InterfaceError, asyncpg.PostgresConnectionError, OSError):
                await made.__aexit__(None, None, None)
    finally:
        await asyncio.to_thread(postgres.stop)
        shutil.rmtree(folder, ignore_errors=True)


class Stored(NamedTuple):
    """What a stored event says."""

    metadata: dict[str, Any]
    body: dict[str, Any]


def unpacked(row: Mapping[str, Any]) -> Stored:
    """Read what is packed in a row of ``event`` or ``ledger_entry``: in its bytes as they lie there no text is found."""
    return Stored(*map(json.loads, unpack(row["packed"])))


def legible(value: bytes) -> bytes:
    """Return what stands in the bytes of any column, packed or not."""
    with contextlib.suppress(Unpackable):
        return expanded(value)
    return value


def check_ledger(entries: list[asyncpg.Record]) -> None:
    """The checker of every flow test: no gap, nothing twice, every lane and stream in order, no entry before its cause."""
    import msgspec

    from contracts.envelope import Metadata

    lanes: dict[tuple[str, int], int] = {}
    streams: dict[tuple[str, UUID], int] = {}
    apart: set[tuple[str, UUID]] = set()
    for expected, entry in enumerate(entries, 1):
        assert entry["seq"] == expected, f"gap before {entry['seq']}"
        lane = (entry["service"], entry["lane"])
        assert entry["lane_seq"] == lanes.get(lane, 0) + 1, f"{lane} {entry['lane_seq']}"
        lanes[lane] = entry["lane_seq"]
        stream = entry["stream_id"]
        key = (entry["service"], stream)
        follows = entry["version"] == streams.get(key, 0) + 1
        # how many were counted at a door lies apart, and nothing stands before what is missing there
        counted = key not in streams and (entry["type"], entry["version"]) == ("intake.UnregisteredVisitDetected.v1", 2)
        assert follows or counted or (key in apart and entry["version"] > streams[key]), f"{key} {entry['version']}"
        streams[key] = entry["version"]
        (apart.add if entry["type"] == "intake.CaseSetApart.v1" else apart.discard)(key)
        cause = msgspec.json.decode(unpack(entry["packed"])[0], type=Metadata).cause
        if cause is not None:
            assert lanes.get((cause.service, cause.lane), 0) >= cause.lane_seq, (
                f"{entry['seq']} stands before its cause"
            )
