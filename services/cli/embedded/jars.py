"""Jar files: Apache Kafka's, pinned in `deploy/kafka/jars.sha256`, and others' by lists like it; fetched once per user.

The committed list is the whole truth: a line is one jar and the SHA-256 that we compute ourselves
over what came down. `jgo` knows how a Maven repository is laid out and where the public one is; it
resolves nothing here, except in `lock`, which writes the list anew when Kafka's version changes.
"""

from __future__ import annotations

import hashlib
import os
import sys
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import TYPE_CHECKING

from services.cli.errors import StackError
from services.cli.processes import locked

if TYPE_CHECKING:
    from jgo.maven import MavenContext

KAFKA = "org.apache.kafka:kafka_2.13:4.4.0"
# Kafka logs through SLF4J 1.7; without a binding it would say nothing at all.
BINDING = "org.apache.logging.log4j:log4j-slf4j-impl"
LIST = Path(__file__).resolve().parents[3] / "deploy" / "kafka" / "jars.sha256"
DOWNLOADS_AT_ONCE = 8
DOWNLOAD_SECONDS_MAX = 60
ATTEMPTS_MAX = 3

Jar = tuple[str, str]  # SHA-256 and group:artifact:version


def fetch(
    maven_repository: str | None = None,
    *,
    jars: Path = LIST,
    called: str = "Apache Kafka",
    instead: str = "HUIYIN_KAFKA",
) -> list[Path]:
    """The verified jars, downloaded if this user has none; `instead` names one that runs. May raise StackError."""
    wanted = _listed(jars)
    cache = cache_dir()
    with locked(cache / "lock"):
        missing = [jar for jar in wanted if not _is_sound(_path(cache, jar[1]), jar[0])]
        if missing:
            try:
                _download(_maven(cache, maven_repository), missing, jars, called)
            except StackError as problem:
                raise StackError(f"{problem}, or set {instead} to one that runs.") from problem
    return [_path(cache, coordinate) for _, coordinate in wanted]


def cache_dir() -> Path:
    """Where this user's jars are kept, shared by all checkouts."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base, "huiyin", "maven")


def lock(maven_repository: str | None = None) -> None:
    """Resolves Kafka and its logging anew and rewrites the list with their SHA-256 sums."""
    maven = _maven(cache_dir(), maven_repository)
    inputs, others = maven.resolver.resolve([maven.create_dependency(KAFKA)])
    versions = {f"{d.groupId}:{d.artifactId}": d.version for d in (*inputs, *others)}
    # Not resolved with Kafka: the parent of log4j would impose its own versions of other jars.
    versions[BINDING] = versions["org.apache.logging.log4j:log4j-core"]
    coordinates = sorted(f"{name}:{version}" for name, version in versions.items())
    _write(LIST, coordinates, maven)


def relock(jars: Path, maven_repository: str | None = None) -> None:
    """Writes a list anew, with the sums of the versions that it names: they are changed in it by hand."""
    _write(jars, [coordinate for _, coordinate in _listed(jars)], _maven(cache_dir(), maven_repository))


def _listed(jars: Path) -> list[Jar]:
    return [(line.split()[0], line.split()[1]) for line in jars.read_text().splitlines() if line]


def _write(jars: Path, coordinates: list[str], maven: MavenContext) -> None:
    _get_all(maven, coordinates, jars.name)
    jars.write_text("".join(f"{_sha256(_path(maven.repo_cache, c))}  {c}\n" for c in coordinates))


def _download(maven: MavenContext, wanted: list[Jar], jars: Path, called: str) -> None:
    cache = maven.repo_cache
    for _, coordinate in wanted:
        _path(cache, coordinate).unlink(missing_ok=True)  # a torn or foreign file is not kept
    _get_all(maven, [coordinate for _, coordinate in wanted], called)
    for checksum, coordinate in wanted:
        if not _is_sound(path := _path(cache, coordinate), checksum):
            path.unlink()
            raise StackError(
                f"The download of {coordinate} does not have the SHA-256 that is committed in "
                f"{jars.parent.name}/{jars.name}, so it was thrown away: use a Maven repository "
                f"that you trust (HUIYIN_MAVEN_REPOSITORY)"
            )


def _get_all(maven: MavenContext, coordinates: list[str], called: str) -> None:
    """Downloads the jars a few at a time, with a bar for people to watch."""
    from rich.console import Console
    from rich.progress import track

    with ThreadPoolExecutor(DOWNLOADS_AT_ONCE) as pool:
        running = [pool.submit(_get, maven, coordinate) for coordinate in coordinates]
        try:
            done = as_completed(running)
            for future in track(done, f"Downloading {called}", len(running), console=Console(stderr=True)):
                future.result()
        except Exception as problem:
            pool.shutdown(cancel_futures=True)
            raise StackError(
                f"{called} could not be downloaded ({type(problem).__name__}): connect to the "
                "network or name a Maven repository that you can reach in "
                "HUIYIN_MAVEN_REPOSITORY"
            ) from problem


def _get(maven: MavenContext, coordinate: str) -> None:
    group, artifact, version, kind = _parts(coordinate)
    jar = maven.project(group, artifact).at_version(version).artifact(packaging=kind)
    for attempt in reversed(range(ATTEMPTS_MAX)):
        try:
            jar.resolve()
            return
        except Exception:
            _path(maven.repo_cache, coordinate).unlink(missing_ok=True)  # jgo leaves torn files
            if not attempt:
                raise


def _maven(cache: Path, repository: str | None) -> MavenContext:
    try:
        from jgo.maven import MavenContext
    except ImportError:
        raise StackError(
            "What downloads the embedded servers is not installed: run `make up`, which installs it"
        ) from None
    remotes = {"setting": repository.rstrip("/")} if repository else None
    return MavenContext(repo_cache=cache, remote_repos=remotes, timeout=DOWNLOAD_SECONDS_MAX)


def _path(cache: Path, coordinate: str) -> Path:
    group, artifact, version, kind = _parts(coordinate)
    return cache.joinpath(*group.split("."), artifact, version, f"{artifact}-{version}.{kind}")


def _parts(coordinate: str) -> tuple[str, str, str, str]:
    """Group, artifact, version and kind of file, which is a jar unless it says ``@zip``."""
    whole, _, kind = coordinate.partition("@")
    group, artifact, version = whole.split(":")
    return group, artifact, version, kind or "jar"


def _is_sound(path: Path, checksum: str) -> bool:
    return path.exists() and _sha256(path) == checksum


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


if __name__ == "__main__":
    repository = os.environ.get("HUIYIN_MAVEN_REPOSITORY")
    lock(repository)
    for others in sys.argv[1:]:
        relock(Path(others), repository)
