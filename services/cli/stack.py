"""The supervisor of a one-machine stack: PostgreSQL, Kafka, Keycloak, four services, up and down again.

It starts real daemons and remembers them in `stack.json`; it is no daemon itself and nothing hangs
on its life. It never touches a process or a server that it did not start. A service is started anew
only if it is dead or if what it was told (addresses, keys, clock) no longer holds.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import os
import secrets
import sys
import time
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

from contracts.envelope import SERVICES
from services.chassis.administration import operator
from services.chassis.logins import LOGINS, OPERATOR, made, url_of
from services.cli.errors import StackError
from services.cli.processes import (
    LOOPBACK,
    Daemon,
    choose_port,
    locked,
    tail,
    wait_until,
    write_secret,
)

if TYPE_CHECKING:
    from services.chassis.settings import Settings
    from services.cli.embedded.kafka import EmbeddedKafka
    from services.cli.embedded.keycloak import EmbeddedKeycloak
    from services.cli.embedded.postgres import EmbeddedPostgres
    from services.scenario.accounts import Secrets

FIRST_PORT = 8701
READY_SECONDS_MAX = 60
STOP_SECONDS_MAX = 30
MIGRATION = "HUIYIN_MIGRATION_URL"
PASSWORD = "HUIYIN_DATABASE_PASSWORD_"  # noqa: S105  # where one is found
KAFKA_PASSWORD = "HUIYIN_KAFKA_PASSWORD_"  # noqa: S105
OF_OTHERS = (MIGRATION, PASSWORD, KAFKA_PASSWORD)
"""What no service is told, because others log in with it."""
KEEPER = "intake"
"""The service that keeps the vault."""
KEYS = ("vault", "sealed")
"""Its root keys."""
DEFAULT_DIRECTORY = Path(__file__).resolve().parents[2] / ".huiyin"

AT_ANY_SPEED: Final = {f"HUIYIN_{whose}_UNITS": "1000000" for whose in ("STRANGER", "PETITIONER", "ACCOUNT")}
"""On a machine of one's own the demonstration plays years within minutes, all of it from one address."""
Tell = Callable[[str], None]
T = TypeVar("T")


@dataclass(frozen=True)
class Servers:
    """The three servers that everything stands on, the operator's own or ours."""

    migration_url: str
    """The database, with the login that migrates it and owns its tables."""
    kafka: str
    issuer: str
    """The provider of access tokens."""


@dataclass(frozen=True)
class Service:
    """One running service as the supervisor knows it."""

    port: int
    pid: int = 0
    identity: str = ""
    told: str = ""
    """Digest of the settings that it was started with."""

    @property
    def url(self) -> str:
        """Its base address."""
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def daemon(self) -> Daemon:
        """Its process."""
        return Daemon(self.pid, self.identity)

    @property
    def ready(self) -> bool:
        """Whether it is alive and says that it can serve."""
        return self.daemon.alive and _answers(f"{self.url}/health/ready")


class Stack:
    """Everything that runs under one data directory."""

    def __init__(self, data_dir: Path | None = None, *, tell: Tell = lambda _: None) -> None:
        self.directory = (data_dir or Path(os.environ.get("HUIYIN_DATA_DIR") or DEFAULT_DIRECTORY)).resolve()
        self._state = self.directory / "stack.json"
        self._tell = tell

    # -- what people ask for

    def start(self) -> dict[str, str]:
        """Brings up what is not; returns the services' addresses. May raise StackError."""
        self.directory.mkdir(parents=True, exist_ok=True)
        with locked(self.directory / "lock"):
            servers = self.servers()
            services = self._with_ports(self.services())
            wanted = {name: self._environment(servers, services, name) for name in SERVICES}
            stale = [n for n in SERVICES if services[n].told != _digest(wanted[n])]
            if any(not services[name].daemon.alive for name in SERVICES) or stale:
                self._stop_services({name: services[name] for name in stale})
                self.prepare(servers)
                self._start_services(servers, services, wanted)
            else:
                self.create_topics(servers)
            self._wait_ready(self.services())
        return self.urls()

    def stop(self) -> None:
        """Stops the services, then what they stand on, each cleanly and only what is ours."""
        if not self.directory.exists():
            return
        with locked(self.directory / "lock"):
            self._stop_services(self.services())
            for name, server in self._embedded().items():
                if server.is_running():
                    self._tell(f"Stopping {name}")
                    server.stop()

    def stop_services(self) -> None:
        """Stop the services alone."""
        with locked(self.directory / "lock"):
            self._stop_services(self.services())

    def servers(self) -> Servers:
        """PostgreSQL, Kafka and Keycloak: those that the environment names, else embedded ones, started."""
        if os.environ.get("HUIYIN_DATABASE_URL") and not os.environ.get(MIGRATION):
            raise StackError(
                f"HUIYIN_DATABASE_URL is for one login; name your server in {MIGRATION}, with a login that may make "
                "the others, or unset HUIYIN_DATABASE_URL to use the embedded one."
            )
        migration_url = os.environ.get(MIGRATION) or self._started("PostgreSQL", self._postgres())
        with ThreadPoolExecutor(1) as beside:
            issuer = os.environ.get("HUIYIN_OIDC_ISSUER")
            proving = None if issuer else beside.submit(self._started_provider)
            kafka = os.environ.get("HUIYIN_KAFKA") or self._started("Kafka", self._kafka())
            return Servers(migration_url, kafka, issuer or (proving.result() if proving else ""))

    def prepare(self, servers: Servers) -> tuple[list[str], list[str]]:
        """Makes logins, schemas and topics that are missing; returns the new ones."""
        return self.migrate(servers.migration_url), self.create_topics(servers)

    def migrate(self, url: str | None = None) -> list[str]:
        """Applies the migrations that are missing; returns their names."""
        import asyncpg

        from services.chassis import migrate
        from services.chassis.logins import MightyLogin

        url = url or self._known(MIGRATION, "migration_url")
        self._tell("Preparing the database")
        try:
            return _run(migrate.prepare(url, self.logins()))
        except (migrate.EditedMigration, MightyLogin) as problem:
            raise StackError(f"The database was left as it is: {problem}.") from problem
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as problem:
            raise StackError(
                f"The database could not be prepared ({_first_line(problem)}): check that "
                f"{MIGRATION} names a PostgreSQL 18 whose login may create roles, or unset it to use the embedded one."
            ) from problem

    def create_topics(self, servers: Servers) -> list[str]:
        """Creates the topics that are missing; returns their names. May raise StackError."""
        from aiokafka.errors import KafkaError

        from services.chassis import topics

        self._tell("Preparing topics")
        try:
            settings = self.settings(servers)
            if created := _run(topics.create(settings)):
                _run(topics.publish_again(settings, created, by=operator()))
            return created
        except topics.Misshapen as problem:
            raise StackError(f"Kafka was left as it is: {problem}.") from problem
        except (OSError, KafkaError, TimeoutError) as problem:
            raise StackError(
                f"Kafka at {servers.kafka} could not be prepared ({_first_line(problem)}): check "
                "HUIYIN_KAFKA and the TLS and SASL settings beside it, or unset it to use the "
                "embedded one."
            ) from problem

    def settings(self, servers: Servers | None = None) -> Settings:
        """Settings of this stack for a tool of operators; those of the environment if it names the servers."""
        from pydantic import SecretStr

        from services.chassis.settings import Settings
        from services.cli.embedded.kafka import ADMIN

        servers = servers or self.known_servers()
        ours = [name for name in KEYS if not os.environ.get(_key_variable(name))]
        files: dict[str, Any] = {f"{name}_key_file": self.directory / f"{name}.key" for name in ours}
        return Settings(
            **{field: file for field, file in files.items() if file.exists()},
            database_url=SecretStr(self.known_database(servers.migration_url)),
            kafka=servers.kafka,
            **({} if os.environ.get("HUIYIN_KAFKA") else self._kafka().options(ADMIN)),
            oidc_issuer=servers.issuer,
            peers=self.urls() or json.loads(os.environ.get("HUIYIN_PEERS", "{}")),
            signers=self.signers(),
            heads_dir=self.heads,
        )

    def known_servers(self) -> Servers:
        """The servers of the environment, else those of this stack. May raise StackError."""
        return Servers(
            os.environ.get(MIGRATION) or self._load().get("servers", {}).get("migration_url", ""),
            self._known("HUIYIN_KAFKA", "kafka"),
            self.known_issuer(),
        )

    def known_issuer(self) -> str:
        """The provider of the environment, else that of this stack: all that whoever logs in needs.

        May raise StackError.
        """
        return self._known("HUIYIN_OIDC_ISSUER", "issuer")

    def known_database(self, migration_url: str = "", login: str = OPERATOR) -> str:
        """The database of the environment, else that of this stack as a login finds it. May raise StackError."""
        if told := os.environ.get("HUIYIN_DATABASE_URL"):
            return told
        return url_of(migration_url or self._known(MIGRATION, "migration_url"), login, self.logins()[login])

    def known_administration(self) -> str:
        """The database as whoever owns its tables finds it. May raise StackError."""
        return self._known(MIGRATION, "migration_url")

    def _known(self, variable: str, kept: str) -> str:
        known: str | None = os.environ.get(variable) or self._load().get("servers", {}).get(kept)
        if not known:
            raise StackError(
                f"No stack runs here: start one with `huiyin up`, or set {variable} to a server that runs."
            )
        return known

    def services(self) -> dict[str, Service]:
        """The services that were started here, running or not."""
        return {name: Service(**kept) for name, kept in self._load().get("services", {}).items()}

    def urls(self) -> dict[str, str]:
        """Base address of each service that was started here."""
        return {name: service.url for name, service in self.services().items()}

    def log(self, name: str) -> Path:
        """The log of a service."""
        return self.directory / "log" / f"{name}.log"

    def _logs(self) -> list[Path]:
        """All logs; each service looks after the length of all of them, as nothing else of ours runs for long."""
        return [*map(self.log, SERVICES), *(server.log for server in self._embedded().values())]

    def server_pids(self) -> dict[str, int | None]:
        """Process ids of the embedded servers, None for one that does not run."""
        return {name: server.pid for name, server in self._embedded().items()}

    # -- how

    def _embedded(self) -> dict[str, EmbeddedKeycloak | EmbeddedPostgres | EmbeddedKafka]:
        """Ours, in the order of stopping: what others stand on leaves last."""
        return {"Keycloak": self._keycloak(), "Kafka": self._kafka(), "PostgreSQL": self._postgres()}

    def _kafka(self) -> EmbeddedKafka:
        from services.cli.embedded.kafka import EmbeddedKafka

        return EmbeddedKafka(self.directory / "kafka")

    def _postgres(self) -> EmbeddedPostgres:
        from services.cli.embedded.postgres import EmbeddedPostgres

        return EmbeddedPostgres(self.directory / "postgres")

    def _keycloak(self) -> EmbeddedKeycloak:
        from services.cli.embedded.keycloak import EmbeddedKeycloak

        return EmbeddedKeycloak(self.directory / "keycloak", self._postgres())

    def _started(self, name: str, server: EmbeddedPostgres | EmbeddedKafka) -> str:
        if not server.is_running():
            self._tell(f"Starting {name}")
        return server.start()

    def _started_provider(self) -> str:
        """The embedded Keycloak, whose store lies in the embedded PostgreSQL whatever others lie in."""
        from services.cli.realm import REALM, realm_of
        from services.scenario.county import HOME, County

        keycloak = self._keycloak()
        if not keycloak.is_running():
            self._postgres().start()
            self._tell("Starting Keycloak")
        realm = realm_of(County.read(HOME).officers, self.accounts())
        return f"{keycloak.start(realm)}/realms/{REALM}"

    def admit(self, client: Mapping[str, Any]) -> None:
        """Gives a client an account at the embedded Keycloak. StackError where that does not run."""
        from services.cli.realm import REALM

        if os.environ.get("HUIYIN_OIDC_ISSUER") or not self._keycloak().is_running():
            raise StackError(
                "No Keycloak of this stack runs here: start it with `huiyin up`, or enter the client at your provider."
            )
        self._keycloak().add(REALM, client)

    def logins(self) -> dict[str, str]:
        """The passwords of the logins of the database: those of the environment, else those of this stack."""
        told = {name: value for name, value in _passwords_told().items() if value}
        if len(told) == len(LOGINS):
            return told
        file = self.directory / "logins.json"
        if not file.exists():
            self.directory.mkdir(parents=True, exist_ok=True)
            write_secret(file, json.dumps(made()))
        return dict(json.loads(file.read_text())) | told

    def accounts(self) -> Secrets:
        """By what the accounts of the embedded Keycloak are opened, made with its first start."""
        from services.cli.realm import CLIENTS
        from services.scenario.accounts import Secrets

        file = self.directory / "keycloak" / "accounts.json"
        if not file.exists():
            file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_secret(file, json.dumps(asdict(Secrets.made(CLIENTS))))
        return Secrets(**json.loads(file.read_text()))

    def _with_ports(self, known: Mapping[str, Service]) -> dict[str, Service]:
        """Every service with its port: a live one's stays, a dead one's does if it is free."""
        services = {}
        for number, name in enumerate(SERVICES):
            service = known.get(name, Service(port=FIRST_PORT + number))
            alive = service.daemon.alive
            services[name] = service if alive else Service(port=choose_port(service.port))
        return services

    def _environment(self, servers: Servers, services: Mapping[str, Service], name: str) -> dict[str, str]:
        """What a service of this stack is told; the simulated clock is for demonstrations alone."""
        return self._own_account(name) | {
            "HUIYIN_DATABASE_URL": url_of(servers.migration_url, name, self.logins()[name]),
            "HUIYIN_KAFKA": servers.kafka,
            **self._kafka_account(name),
            "HUIYIN_OIDC_ISSUER": servers.issuer,
            "HUIYIN_HOST": LOOPBACK,
            "HUIYIN_PORT": str(services[name].port),
            "HUIYIN_PEERS": json.dumps({n: service.url for n, service in services.items()}),
            "HUIYIN_PROFILE": os.environ.get("HUIYIN_PROFILE", "national"),
            "HUIYIN_CLOCK": "simulated",
            **AT_ANY_SPEED,
            "HUIYIN_VISITS_DIR": str(self.directory / "visits"),
            **(self._keys(servers) if name == KEEPER else {}),
            **self._files(name),
            "HUIYIN_SIGNING_KEY_FILE": str(self._signing_keys()[name]),
            "HUIYIN_SIGNERS": json.dumps(self.signers()),
            "HUIYIN_HEADS_DIR": str(self.heads),
            "HUIYIN_LOGS": os.pathsep.join(map(str, self._logs())),
        }

    def _own_account(self, name: str) -> dict[str, str]:
        """What a service is told of its own account; of another provider the environment says it."""
        if os.environ.get("HUIYIN_OIDC_ISSUER"):
            return {}
        from services.chassis.identity.who import client_of
        from services.cli.realm import CLAIM

        return {"HUIYIN_OIDC_CLAIM": CLAIM, "HUIYIN_OIDC_SECRET": self.accounts().clients[client_of(name)]}

    def _kafka_account(self, name: str) -> dict[str, str]:
        """What a service is told of its own account of Kafka; of another Kafka the environment says it."""
        if not os.environ.get("HUIYIN_KAFKA"):
            return {f"HUIYIN_{option}".upper(): value for option, value in self._kafka().options(name).items()}
        if word := os.environ.get(f"{KAFKA_PASSWORD}{name.upper()}"):
            return {"HUIYIN_KAFKA_USERNAME": name, "HUIYIN_KAFKA_PASSWORD": word}
        return {}

    def _keys(self, servers: Servers) -> dict[str, str]:
        """What intake is told of its root keys; a new one is made where there is nothing yet that another one opens."""
        told = {}
        for name in KEYS:
            file = self.directory / f"{name}.key"
            if not file.exists():
                if _run(_is_needed(servers.migration_url, name)):
                    raise StackError(
                        f"The key {file} is gone, and what lies in the database opens with no other: bring it back "
                        "from where it is kept. (To begin anew without what is there, remove the data directory.)"
                    )
                write_secret(file, base64.b64encode(secrets.token_bytes(32)).decode())
            told[_key_variable(name)] = str(file)
        return told

    def _files(self, name: str) -> dict[str, str]:
        """Where what is handed in lies, for the service that takes it in."""
        if name != KEEPER:
            return {}
        return {"HUIYIN_FILES_URL": os.environ.get("HUIYIN_FILES_URL") or str(self.directory / "files")}

    @property
    def heads(self) -> Path:
        """Where services note how far their lanes are numbered: where no restore of the database reaches."""
        return self.directory / "heads"

    def signers(self) -> dict[str, list[str]]:
        """By which key each service is known, which signs what it publishes; of others the environment says it."""
        from contracts.chain import Signer

        if told := os.environ.get("HUIYIN_SIGNERS"):
            return dict(json.loads(told))
        if file := os.environ.get("HUIYIN_SIGNERS_FILE"):
            return dict(json.loads(Path(file).read_text()))
        files = {name: self.directory / f"{name}.signing.key" for name in SERVICES}
        seeds = {name: base64.b64decode(file.read_text()) for name, file in files.items() if file.exists()}
        return {name: [Signer(seed).public] for name, seed in seeds.items()}

    def _signing_keys(self) -> dict[str, Path]:
        """By which each service signs; made with the first start."""
        return {name: self._key(f"{name}.signing") for name in SERVICES}

    def _key(self, name: str) -> Path:
        file = self.directory / f"{name}.key"
        if not file.exists():
            write_secret(file, base64.b64encode(secrets.token_bytes(32)).decode())
        return file

    def _start_services(
        self,
        servers: Servers,
        services: dict[str, Service],
        wanted: Mapping[str, Mapping[str, str]],
    ) -> None:
        self._tell("Starting services")
        for name, environment in wanted.items():
            if services[name].daemon.alive:
                continue
            log = self.log(name)
            log.parent.mkdir(exist_ok=True)
            daemon = Daemon.spawn(
                [sys.executable, "-m", "services.cli", "run", name],
                log=log,
                env={**{k: v for k, v in os.environ.items() if not k.startswith(OF_OTHERS)}, **environment},
            )
            services[name] = replace(services[name], told=_digest(environment), **asdict(daemon))
            self._save(servers, services)

    def _wait_ready(self, services: Mapping[str, Service]) -> None:
        """Until all are ready; else StackError with the end of the log of the first that is not."""
        deadline = time.monotonic() + READY_SECONDS_MAX
        for name, service in services.items():
            left = max(0.0, deadline - time.monotonic())
            wait_until(partial(_settled, service), left)
            if not service.ready:
                how = "is not ready" if service.daemon.alive else "ended while it started"
                log = self.log(name)
                raise StackError(f"The service {name} {how}; the end of {log}:\n{tail(log, 8)}")

    def _stop_services(self, services: Mapping[str, Service]) -> None:
        running = [service.daemon for service in services.values() if service.daemon.alive]
        if running:
            self._tell("Stopping services")
            with ThreadPoolExecutor(len(running)) as pool:
                list(pool.map(lambda daemon: daemon.stop(STOP_SECONDS_MAX), running))

    def _load(self) -> dict[str, dict[str, Any]]:
        return dict(json.loads(self._state.read_text())) if self._state.exists() else {}

    def _save(self, servers: Servers, services: Mapping[str, Service]) -> None:
        """Replaced at once and readable by us alone: the database's address holds its password."""
        state = {
            "servers": asdict(servers),
            "services": {name: asdict(service) for name, service in services.items()},
        }
        fresh = self._state.with_suffix(".new")
        write_secret(fresh, json.dumps(state, indent=2))
        fresh.replace(self._state)


def _run(work: Awaitable[T]) -> T:
    async def to_the_end() -> T:
        return await work

    return asyncio.run(to_the_end())


def _passwords_told() -> dict[str, str]:
    """The passwords of the environment, by login."""
    names = {login: login.removeprefix("huiyin_").upper() for login in LOGINS}
    return {login: os.environ.get(f"{PASSWORD}{name}", "") for login, name in names.items()}


def _key_variable(name: str) -> str:
    return f"HUIYIN_{name.upper()}_KEY_FILE"


async def _is_needed(database_url: str, name: str) -> bool:
    """Whether anything in a database opens with a key that was made before."""
    import asyncpg

    connection = await asyncpg.connect(database_url, timeout=10)
    try:
        return bool(await connection.fetchval("SELECT EXISTS (SELECT FROM intake.root_key WHERE of = $1)", name))
    except (asyncpg.UndefinedTableError, asyncpg.InvalidSchemaNameError):
        return False
    finally:
        await connection.close()


def _settled(service: Service) -> bool:
    return service.ready or not service.daemon.alive


def _digest(environment: Mapping[str, str]) -> str:
    return hashlib.sha256(json.dumps(environment, sort_keys=True).encode()).hexdigest()


def _answers(url: str) -> bool:
    # No proxy: a shell's proxy settings must not send a question to ourselves into the world.
    import urllib.request

    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(url, timeout=2) as response:
            return bool(response.status == HTTPStatus.OK)
    except OSError:
        return False


def _first_line(problem: BaseException) -> str:
    return (str(problem).splitlines() or [type(problem).__name__])[0]
