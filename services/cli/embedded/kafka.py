"""The embedded Apache Kafka: one real KRaft node, broker and controller, on loopback only.

Why the real thing: relay, reactions and the ledger stand on Kafka's own guarantees, and a mock that
is kinder than the broker would let us ship what breaks. Topics are never created by accident here, and
nobody is let in who has not proved who they are, nor does more than is allowed to their account.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
import shutil
import socket
import struct
import subprocess
import uuid
from contextlib import suppress
from pathlib import Path
from typing import Any

from contracts.envelope import SERVICES
from services.cli.embedded import jars
from services.cli.embedded.java import find_java
from services.cli.embedded.server import Server
from services.cli.errors import StackError
from services.cli.processes import LOOPBACK, Daemon, locked, remembered_port, tail, wait_until, write_secret

START_SECONDS_MAX = 60
STOP_SECONDS_MAX = 20
FORMAT_SECONDS_MAX = 60
LOG_CONFIGURATION = jars.LIST.parent / "log4j2.properties"
MECHANISM = "SCRAM-SHA-512"
ADMIN = "admin"
"""As whom topics are made and deleted, and accounts are let in to them."""
NODE = "node"
"""As whom the node talks to itself: with its controller before any account of SCRAM is known there."""
SUPER = (ADMIN, NODE)
ANSWER = ">iih"  # length, our number, error code
WAYS_OUT = "; fix that, or set HUIYIN_KAFKA to a Kafka that runs."

JVM_OPTIONS = (
    "-Xms64m",
    "-Xmx512m",
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",  # the quick compiler only: half the start, a third of the memory
    "-XX:+ExitOnOutOfMemoryError",
    "-XX:-UsePerfData",  # counters that nobody reads, twenty times a second
    "-Xshare:auto",
    "-Djava.awt.headless=true",
    "-Djava.net.preferIPv4Stack=true",
    f"-Dlog4j2.configurationFile={LOG_CONFIGURATION}",
)

BROKER = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@{host}:{controller}
listeners=CLIENT://{host}:{port},CONTROLLER://{host}:{controller}
advertised.listeners=CLIENT://{host}:{port}
listener.security.protocol.map=CLIENT:SASL_PLAINTEXT,CONTROLLER:SASL_PLAINTEXT
controller.listener.names=CONTROLLER
inter.broker.listener.name=CLIENT
sasl.mechanism.inter.broker.protocol={mechanism}
sasl.mechanism.controller.protocol=PLAIN
listener.name.client.sasl.enabled.mechanisms={mechanism}
listener.name.client.scram-sha-512.sasl.jaas.config={scram} required username="{node}" password="{password}";
listener.name.controller.sasl.enabled.mechanisms=PLAIN
listener.name.controller.plain.sasl.jaas.config={plain} required username="{node}" password="{password}" \
    user_{node}="{password}";
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users={super_users}
log.dirs={logs}
auto.create.topics.enable=false
group.initial.rebalance.delay.ms=0
default.replication.factor=1
min.insync.replicas=1
offsets.topic.num.partitions=4
offsets.topic.replication.factor=1
transaction.state.log.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.num.partitions=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
broker.session.timeout.ms=6000
broker.heartbeat.interval.ms=2000
metadata.max.idle.interval.ms=0
num.network.threads=2
num.io.threads=4
log.cleaner.dedupe.buffer.size=16777216
"""


class EmbeddedKafka(Server):
    """One broker under `data_dir` that outlives its starter and keeps its data and ports."""

    def __init__(self, data_dir: Path, *, maven_repository: str | None = None) -> None:
        self.directory = data_dir.resolve()
        self.logs = self.directory / "data"
        self.log = self.directory / "kafka.log"
        self._repository = maven_repository or os.environ.get("HUIYIN_MAVEN_REPOSITORY")
        self._accounts = self.directory / "accounts.json"
        self._configuration = self.directory / "server.properties"
        self._port = self.directory / "port"

    def start(self) -> str:
        """Starts the broker if it does not run; returns its address. StackError if it cannot."""
        self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        with locked(self.directory / "lock"):
            if not self._accounts.exists():
                self.stop()  # one of before there were accounts knows nobody
            if not self.is_running():
                java, classpath = find_java(), jars.fetch(self._repository)
                self._begin()
                self._configure()
                run = [str(java), *JVM_OPTIONS, "-cp", os.pathsep.join(map(str, classpath))]
                if not self.logs.joinpath("meta.properties").exists():
                    self._format(run)
                Daemon.spawn(
                    [*run, "kafka.Kafka", str(self._configuration)],
                    log=self.log,
                    env=_environment(),
                ).save(self._pid)
            self._wait()
        return self.bootstrap

    def stop(self) -> None:
        """Stops the broker after it has written its logs."""
        if daemon := self._daemon():
            daemon.stop(STOP_SECONDS_MAX)

    @property
    def bootstrap(self) -> str:
        """The broker's address; known once it was started."""
        return f"{LOOPBACK}:{int(self._port.read_text())}"

    def options(self, account: str) -> dict[str, Any]:
        """What a client is told that has an account, as settings are called; known once it was started."""
        return {
            "kafka_security_protocol": "SASL_PLAINTEXT",
            "kafka_sasl_mechanism": MECHANISM,
            "kafka_username": account,
            "kafka_password": self.accounts[account],
        }

    @property
    def accounts(self) -> dict[str, str]:
        """The password of each account; known once it was started."""
        return dict(json.loads(self._accounts.read_text()))

    def _configure(self) -> None:
        text = BROKER.format(
            mechanism=MECHANISM,
            scram="org.apache.kafka.common.security.scram.ScramLoginModule",
            plain="org.apache.kafka.common.security.plain.PlainLoginModule",
            node=NODE,
            password=self.accounts[NODE],
            super_users=";".join(f"User:{account}" for account in SUPER),
            host=LOOPBACK,
            port=remembered_port(self._port),
            controller=remembered_port(self.directory / "controller-port"),
            logs=self.logs,
        )
        write_secret(self._configuration, text)

    def _begin(self) -> None:
        """Makes the accounts, and with them a cluster that knows them: topics are made anew from the stores."""
        if not self._accounts.exists():
            shutil.rmtree(self.logs, ignore_errors=True)
            write_secret(self._accounts, json.dumps({a: secrets.token_urlsafe(24) for a in (*SUPER, *SERVICES)}))

    def _format(self, run: list[str]) -> None:
        """Gives the empty log directory its cluster id, as every KRaft node must have, and its accounts."""
        cluster = "H" + base64.urlsafe_b64encode(uuid.uuid4().bytes).decode()[1:22]
        told = self.directory / "format.arguments"  # a command line can be read by everybody on the machine
        accounts = [f"{MECHANISM}=[name={name},password={word}]" for name, word in self.accounts.items()]
        write_secret(told, "\n".join(word for account in accounts for word in ("--add-scram", account)))
        command = [*run, "kafka.tools.StorageTool", "format", "--cluster-id", cluster, f"@{told}"]
        with self.log.open("ab") as log:
            done = subprocess.run(
                [*command, "--config", str(self._configuration), "--ignore-formatted"],
                stdout=subprocess.DEVNULL,  # it says what it has kept of each password
                stderr=log,
                env=_environment(),
                timeout=FORMAT_SECONDS_MAX,
                check=False,
            )
        told.unlink()
        if done.returncode:
            raise self._failure("could not format its log directory")

    def _wait(self) -> None:
        """Until the broker answers: it does so only when it is registered and may create topics."""
        if wait_until(lambda: answers(self.bootstrap) or not self.is_running(), START_SECONDS_MAX):
            if self.is_running():
                return
            raise self._failure("ended while it started")
        self.stop()
        raise self._failure(f"did not answer within {START_SECONDS_MAX} seconds")

    def _failure(self, what: str) -> StackError:
        return StackError(f"The embedded Kafka {what} ({self._reason()}){WAYS_OUT}")

    def _reason(self) -> str:
        """The last line of the log that is not part of a stack trace."""
        lines = [line for line in tail(self.log, 80).splitlines() if not line.startswith("\t")]
        return lines[-1] if lines else "nothing in its log"


def answers(bootstrap: str) -> bool:
    """Whether a Kafka answers here, asked in its own protocol: ApiVersions v0, without a client."""
    host, _, port = bootstrap.rpartition(":")
    request = struct.pack(">hhih", 18, 0, 7, -1)  # key, version, our number, no client id
    with suppress(OSError), socket.create_connection((host, int(port)), timeout=2) as connection:
        connection.sendall(struct.pack(">i", len(request)) + request)
        head = connection.recv(struct.calcsize(ANSWER), socket.MSG_WAITALL)
        return len(head) == struct.calcsize(ANSWER) and struct.unpack(ANSWER, head)[1:] == (7, 0)
    return False


def _environment() -> dict[str, str]:
    """Ours without the variables by which a shell would change this Java."""
    unwanted = {"JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS", "JDK_JAVA_OPTIONS", "CLASSPATH"}
    return {name: value for name, value in os.environ.items() if name not in unwanted}
