"""The embedded Keycloak: one real node on loopback, whose store lies in the embedded PostgreSQL.

Who somebody is, is proved to it and to nobody else here: no password, no login page and no token of our own. It comes
as its makers publish it; what their build step makes of that is kept beside it, once per user.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
import urllib.error
import urllib.parse
import urllib.request
import zipfile
from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

from services.cli.embedded import jars
from services.cli.embedded.java import find_java
from services.cli.embedded.postgres import EmbeddedPostgres
from services.cli.embedded.server import Server
from services.cli.errors import StackError
from services.cli.processes import LOOPBACK, Daemon, locked, remembered_port, tail, wait_until, write_secret

DIST: Final = jars.LIST.parents[1] / "keycloak" / "dist.sha256"
START_SECONDS_MAX: Final = 120
BUILD_SECONDS_MAX: Final = 300
STOP_SECONDS_MAX: Final = 20
ANSWER_SECONDS_MAX: Final = 60
ADMIN: Final = "huiyin-operator"
"""The client by which the realm is made; its secret never leaves this machine."""
WAYS_OUT: Final = "; fix that, or set HUIYIN_OIDC_ISSUER to a provider that runs."

BUILD: Final = (
    "build",
    "--db=postgres",
    "--cache=local",
    "--health-enabled=true",
    "--features-disabled=persistent-user-sessions",
)
JVM_OPTIONS: Final = (
    "-Xms64m",
    "-Xmx384m",
    "-XX:MaxMetaspaceSize=256m",
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "-XX:+ExitOnOutOfMemoryError",
    "-XX:-UsePerfData",
    "-Djava.awt.headless=true",
    "-Djava.net.preferIPv4Stack=true",
    "-Dfile.encoding=UTF-8",
    (
        "-Djava.util.concurrent.ForkJoinPool.common.threadFactory="
        "io.quarkus.bootstrap.forkjoin.QuarkusForkJoinWorkerThreadFactory"
    ),
    "--add-opens=java.base/java.util=ALL-UNNAMED",
    "--add-opens=java.base/java.util.concurrent=ALL-UNNAMED",
    "--add-opens=java.base/java.security=ALL-UNNAMED",
    "--add-opens=java.base/java.lang=ALL-UNNAMED",
    "--enable-native-access=ALL-UNNAMED",
)
ENTRY: Final = "io.quarkus.bootstrap.runner.QuarkusEntryPoint"


class EmbeddedKeycloak(Server):
    """One node under `data_dir` that outlives its starter and keeps its port, its realm and whoever is in it."""

    def __init__(self, data_dir: Path, postgres: EmbeddedPostgres, *, maven_repository: str | None = None) -> None:
        self.directory = data_dir.resolve()
        self.log = self.directory / "keycloak.log"
        self._postgres = postgres
        self._repository = maven_repository or os.environ.get("HUIYIN_MAVEN_REPOSITORY")
        self._port = self.directory / "port"
        self._management = self.directory / "management-port"
        self._secrets = self.directory / "secrets.json"

    def fetch(self) -> Path:
        """Its programs, downloaded, unpacked and built if this user has not got them. May raise StackError."""
        (archive,) = jars.fetch(self._repository, jars=DIST, called="Keycloak", instead="HUIYIN_OIDC_ISSUER")
        home = archive.with_suffix("")
        built = home / "built-as"
        wanted = "\n".join(BUILD)
        with locked(archive.with_suffix(".lock")):
            if not built.exists() or built.read_text() != wanted:
                shutil.rmtree(home, ignore_errors=True)
                with zipfile.ZipFile(archive) as packed:
                    packed.extractall(archive.parent / "unpacked")
                (inside,) = (archive.parent / "unpacked").iterdir()
                inside.rename(home)
                inside.parent.rmdir()
                self._build(home)
                built.write_text(wanted)
        return home

    def start(self, realm: Mapping[str, Any]) -> str:
        """Starts the node if it does not run, with a realm in it; returns its address. StackError if it cannot."""
        self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        with locked(self.directory / "lock"):
            if not self.is_running():
                home = self.fetch()
                known = self._known()
                self._postgres.make_database("keycloak", known["database"])
                environment = self._environment(known)
                Daemon.spawn([*_java(home), "start", "--optimized"], log=self.log, env=environment).save(self._pid)
            self._wait()
            self._make(realm)
        return self.url

    def add(self, realm: str, client: Mapping[str, Any]) -> None:
        """Enters a client into a realm of the node, which runs. StackError where it is there, or cannot be."""
        self._admit(f"/{realm}/clients", client)

    def stop(self) -> None:
        """Stops the node."""
        if daemon := self._daemon():
            daemon.stop(STOP_SECONDS_MAX)

    @property
    def url(self) -> str:
        """The node's address; known once it was started."""
        return f"http://{LOOPBACK}:{int(self._port.read_text())}"

    # -- steps of a start

    def _build(self, home: Path) -> None:
        with self.directory.joinpath("build.log").open("ab") as log:
            done = subprocess.run(
                [*_java(home), *BUILD], stdout=log, stderr=subprocess.STDOUT, env=_plain(), timeout=BUILD_SECONDS_MAX,
                check=False,
            )  # fmt: skip
        if done.returncode:
            shutil.rmtree(home, ignore_errors=True)
            raise self._failure("could not be built", self.directory / "build.log")

    def _known(self) -> dict[str, str]:
        """The secrets of this node, made when it is started for the first time."""
        if not self._secrets.exists():
            made = {name: secrets.token_urlsafe(24) for name in ("database", "operator")}
            write_secret(self._secrets, json.dumps(made))
        return dict(json.loads(self._secrets.read_text()))

    def _environment(self, known: Mapping[str, str]) -> dict[str, str]:
        port, management = remembered_port(self._port), remembered_port(self._management)
        return _plain() | {
            "KC_DB_URL": f"jdbc:postgresql://{LOOPBACK}:{self._postgres.port}/keycloak",
            "KC_DB_USERNAME": "keycloak",
            "KC_DB_PASSWORD": known["database"],
            "KC_DB_POOL_INITIAL_SIZE": "1",
            "KC_DB_POOL_MAX_SIZE": "10",
            "KC_HTTP_ENABLED": "true",
            "KC_HTTP_HOST": LOOPBACK,
            "KC_HTTP_PORT": str(port),
            "KC_HTTP_MANAGEMENT_PORT": str(management),
            "KC_HTTP_MANAGEMENT_HOST": LOOPBACK,
            "KC_HOSTNAME": f"http://{LOOPBACK}:{port}",
            "KC_LOG_LEVEL": "WARN",
            "KC_BOOTSTRAP_ADMIN_CLIENT_ID": ADMIN,
            "KC_BOOTSTRAP_ADMIN_CLIENT_SECRET": known["operator"],
        }

    def _wait(self) -> None:
        ready = f"http://{LOOPBACK}:{int(self._management.read_text())}/health/ready"
        if wait_until(lambda: _answers(ready) or not self.is_running(), START_SECONDS_MAX):
            if self.is_running():
                return
            raise self._failure("ended while it started", self.log)
        self.stop()
        raise self._failure(f"did not answer within {START_SECONDS_MAX} seconds", self.log)

    def _make(self, realm: Mapping[str, Any]) -> None:
        """Puts the realm in, unless it is there: what people have changed in it since then stays."""
        name = realm["realm"]
        if _answers(f"{self.url}/realms/{name}/.well-known/openid-configuration"):
            return
        self._admit("", realm)

    def _admit(self, where: str, what: Mapping[str, Any]) -> None:
        """Puts something in as the operator."""
        grant = {"grant_type": "client_credentials", "client_id": ADMIN, "client_secret": self._known()["operator"]}
        told = _post(f"{self.url}/realms/master/protocol/openid-connect/token", urllib.parse.urlencode(grant).encode())
        authorization = {"Authorization": f"Bearer {json.loads(told)['access_token']}"}
        _post(f"{self.url}/admin/realms{where}", json.dumps(what).encode(), authorization, "application/json")

    def _failure(self, what: str, log: Path) -> StackError:
        lines = [line for line in tail(log, 80).splitlines() if not line.startswith(("\t", "    "))]
        return StackError(f"The embedded Keycloak {what} ({lines[-1] if lines else 'nothing in its log'}){WAYS_OUT}")


def _java(home: Path) -> list[str]:
    return [
        str(find_java()),
        *JVM_OPTIONS,
        f"-Dkc.home.dir={home}",
        "-cp",
        str(home / "lib" / "quarkus-run.jar"),
        ENTRY,
    ]


def _plain() -> dict[str, str]:
    """Our environment without what a shell would tell this Java, or another Keycloak."""
    unwanted = {"JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS", "JDK_JAVA_OPTIONS", "CLASSPATH"}
    return {k: v for k, v in os.environ.items() if k not in unwanted and not k.startswith(("KC_", "QUARKUS_"))}


_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def _answers(url: str) -> bool:
    try:
        with _direct.open(url, timeout=2) as reply:
            return bool(reply.status == HTTPStatus.OK)
    except OSError:
        return False


def _post(
    url: str, body: bytes, headers: Mapping[str, str] | None = None, kind: str = "application/x-www-form-urlencoded"
) -> bytes:
    request = urllib.request.Request(url, body, {"Content-Type": kind, **(headers or {})})  # noqa: S310  # ours
    try:
        with _direct.open(request, timeout=ANSWER_SECONDS_MAX) as reply:
            told: bytes = reply.read()
    except urllib.error.HTTPError as problem:
        raise StackError(
            f"The embedded Keycloak refused {problem.url} ({problem.code}): {problem.read()[:300]!r}"
        ) from None
    return told
