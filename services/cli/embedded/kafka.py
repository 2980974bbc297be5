"""The embedded Apache Kafka: one real KRaft node, broker and controller, on loopback only.

Why the real thing: relay, reactions and the ledger stand on Kafka's own guarantees, and a mock that
is kinder than the broker would let us ship what breaks. Topics are never created by accident here.
"""

from __future__ import annotations

import base64
import os
import socket
import struct
import subprocess
import uuid
from contextlib import suppress
from pathlib import Path

from services.cli.embedded import jars
from services.cli.embedded.java import find_java
from services.cli.embedded.server import Server
from services.cli.errors import StackError
from services.cli.processes import LOOPBACK, Daemon, locked, remembered_port, tail, wait_until

START_SECONDS_MAX = 60
STOP_SECONDS_MAX = 20
FORMAT_SECONDS_MAX = 60
LOG_CONFIGURATION = jars.LIST.parent / "log4j2.properties"
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
listeners=PLAINTEXT://{host}:{port},CONTROLLER://{host}:{controller}
advertised.listeners=PLAINTEXT://{host}:{port}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
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
        self._configuration = self.directory / "server.properties"
        self._port = self.directory / "port"

    def start(self) -> str:
        """Starts the broker if it does not run; returns its address. StackError if it cannot."""
        self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        with locked(self.directory / "lock"):
            if not self.is_running():
                java, classpath = find_java(), jars.fetch(self._repository)
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

    def _configure(self) -> None:
        text = BROKER.format(
            host=LOOPBACK,
            port=remembered_port(self._port),
            controller=remembered_port(self.directory / "controller-port"),
            logs=self.logs,
        )
        self._configuration.write_text(text)

    def _format(self, run: list[str]) -> None:
        """Gives the empty log directory its cluster id, as every KRaft node must have."""
        cluster = "H" + base64.urlsafe_b64encode(uuid.uuid4().bytes).decode()[1:22]
        command = [*run, "kafka.tools.StorageTool", "format", "--cluster-id", cluster]
        with self.log.open("ab") as log:
            done = subprocess.run(
                [*command, "--config", str(self._configuration), "--ignore-formatted"],
                stdout=log,
                stderr=subprocess.STDOUT,
                env=_environment(),
                timeout=FORMAT_SECONDS_MAX,
                check=False,
            )
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
