"""Releasing the contracts: what is generated, what is frozen, and what holds a release back.

``LOCK`` names every schema and every sample ever released, with its SHA-256. What it names is not
edited and not removed: history holds such events. A schema that it does not name yet is free, so
whoever still works on a new version deletes its two lines from ``LOCK`` and generates again.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Final

import msgspec

from contracts import asyncapi, samples
from contracts.event import UPCASTS
from contracts.gate import violations
from contracts.schema import METADATA, Schema, declared, digest, schemas

HOME: Final = Path("contracts", "schemas")
DOCUMENT: Final = Path("contracts", "asyncapi.json")
_SAMPLE: Final = "samples/"

Lock = dict[str, str]
"""SHA-256 by name: ``intake.CaseRegistered.v1`` a schema, ``samples/`` before it its sample."""


class Incompatible(ValueError):
    """The contracts differ from what is released in a way that no reader is prepared for."""


def generate(root: Path) -> list[str]:
    """Write all that is generated and return the files that changed, relative to the root.

    Raises ``Incompatible`` and writes nothing where that would alter what is released.
    """
    home = root / HOME
    lock = _locked(home)
    if broken := list(_broken(home, lock)):
        raise Incompatible("\n".join(broken))
    changed = _outdated(root, lock)
    for path, text in changed.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(text)
    return [path.as_posix() for path in changed]


def check(root: Path) -> list[str]:
    """Return a sentence for everything that is wrong with what is released; empty if nothing is."""
    home = root / HOME
    lock = _locked(home)
    if broken := list(_broken(home, lock)):
        return broken
    if outdated := _outdated(root, lock):
        advice = "run `huiyin contracts generate` and review what changes"
        return [f"{path.as_posix()} is not what the contracts make: {advice}" for path in outdated]
    return list(_stray(home, lock))


def _locked(home: Path) -> Lock:
    path = home / "LOCK"
    lines = path.read_text().splitlines() if path.exists() else []
    return {name: digest for digest, _, name in (line.partition("  ") for line in lines)}


def _broken(home: Path, lock: Lock) -> Iterator[str]:
    """Yield how files and contracts contradict what the lock says was released."""
    current = schemas()
    for name, locked in lock.items():
        path = home / f"{name}.json"
        if not path.exists():
            yield f"{name}: released, and its file is gone: restore it"
        elif name.startswith(_SAMPLE):
            if sha256(path.read_bytes()).hexdigest() != locked:
                yield f"{name}: the sample was edited: restore it"
        elif digest(released := _read(path)) != locked:
            yield f"{name}: the released schema was edited: restore it and change the class"
        elif name in current:
            advice = "raise the version and add an upcast (never released? take it out of LOCK)"
            yield from (f"{name}: {it}; {advice}" for it in violations(released, current[name]))
        elif name not in UPCASTS:
            yield f"{name}: the version was removed: keep its class, or add an upcast from it"
        if not name.startswith((_SAMPLE, METADATA)) and _SAMPLE + name not in lock:
            yield f"{name}: released, and its sample is not in LOCK: restore it"


def _outdated(root: Path, lock: Lock) -> dict[Path, bytes]:
    """Return the files that must be written, by path relative to the root."""
    home = root / HOME
    current = schemas()
    retired = {name: _read(home / f"{name}.json") for name in lock if name in UPCASTS}
    kept = {name: samples.read((home / f"{name}.json").read_bytes()) for name in lock if name.startswith(_SAMPLE)}
    made = {_SAMPLE + name: samples.make(c) for name, c in declared().items() if _SAMPLE + name not in lock}
    texts = {name: samples.write(sample) for name, sample in made.items()}
    hashes = {name: sha256(text).hexdigest() for name, text in texts.items()}
    locked = lock | {name: digest(schema) for name, schema in current.items()} | hashes
    texts |= {name: _text(schema) for name, schema in current.items()}
    examples = {name.removeprefix(_SAMPLE): sample for name, sample in (kept | made).items()}
    wanted = {HOME / f"{name}.json": text for name, text in texts.items()} | {
        HOME / "LOCK": "".join(f"{locked[name]}  {name}\n" for name in sorted(locked)).encode(),
        DOCUMENT: _text(asyncapi.document(retired | current, examples)),
    }
    return {
        path: text for path, text in wanted.items() if not (root / path).exists() or (root / path).read_bytes() != text
    }


def _stray(home: Path, lock: Lock) -> Iterator[str]:
    """Yield the files that stand among the released ones and were not released."""
    for path in sorted(home.rglob("*.json")):
        name = path.relative_to(home).as_posix()
        if name.removesuffix(".json") not in lock:
            yield f"{(HOME / name).as_posix()} is of no released version: delete it"


def _read(path: Path) -> Schema:
    return msgspec.json.decode(path.read_bytes(), type=Schema)


def _text(schema: Schema) -> bytes:
    return msgspec.json.format(msgspec.json.encode(schema), indent=2) + b"\n"
