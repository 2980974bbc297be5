"""The command line as people run it: a process of its own, told by HUIYIN_* alone where the system is."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
from dataclasses import dataclass

from contracts.envelope import SERVICES
from tests.harness import ROOT, System


@dataclass(frozen=True)
class Done:
    """How a command ended and what it said."""

    code: int
    out: str
    err: str


async def cli(system: System | None, *arguments: str) -> Done:
    """Run `huiyin …` against a system, or against none."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("HUIYIN_")} | {"PYTHONUTF8": "1"}
    if system is not None:
        environment |= {
            "HUIYIN_DATABASE_URL": system.database_url,
            "HUIYIN_KAFKA": system.servers.kafka,
            "HUIYIN_TOPIC_PREFIX": system.prefix,
            "HUIYIN_PEERS": json.dumps({name: system.url(name) for name in SERVICES}),
        }
    with tempfile.TemporaryDirectory() as folder:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "services.cli",
            *arguments,
            cwd=ROOT,
            env=environment | {"HUIYIN_DATA_DIR": folder},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, err = await process.communicate()
    return Done(process.returncode or 0, out.decode(), err.decode())
