"""The command line as people run it: a process of its own, told by HUIYIN_* alone where the system is."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

from contracts.envelope import SERVICES
from services.chassis.logins import OPERATOR
from services.cli.embedded.kafka import ADMIN
from services.cli.stack import PASSWORD
from tests.acting import SECRET, issuer
from tests.harness import PASSWORDS, ROOT, System


@dataclass(frozen=True)
class Done:
    """How a command ended and what it said."""

    code: int
    out: str
    err: str


KEPT = {"HUIYIN_MAVEN_REPOSITORY"}
"""What says nothing of where the system is."""


async def cli(
    system: System | None,
    *arguments: str,
    data_dir: Path | None = None,
    encoding: str = "utf-8",
    token: str = "",
    login: str = OPERATOR,
) -> Done:
    """Run `huiyin …` against a system, or against none; in a directory that stays, or in an empty one."""
    told = {"PYTHONIOENCODING": encoding, "HUIYIN_TOKEN": token}
    if system is not None:
        told |= {
            "HUIYIN_MIGRATION_URL": system.database_url,
            "HUIYIN_DATABASE_URL": system.database_of(login),
            **{f"{PASSWORD}{name.removeprefix('huiyin_').upper()}": word for name, word in PASSWORDS.items()},
            "HUIYIN_KAFKA": system.servers.kafka,
            **{f"HUIYIN_{option}".upper(): value for option, value in system.servers.account(ADMIN).items()},
            "HUIYIN_TOPIC_PREFIX": system.prefix,
            "HUIYIN_PEERS": json.dumps({name: system.url(name) for name in SERVICES}),
            "HUIYIN_SIGNERS": json.dumps(system.signers),
            "HUIYIN_OIDC_ISSUER": issuer().url,
            "HUIYIN_OIDC_SECRET": SECRET,
        }
    with nullcontext(data_dir) if data_dir else tempfile.TemporaryDirectory() as folder:
        return await python("-m", "services.cli", *arguments, HUIYIN_DATA_DIR=str(folder), **told)


async def python(*arguments: str, **told: str) -> Done:
    """Run the Python of this run, told nothing of any Huiyin but what is said here."""
    environment = {k: v for k, v in os.environ.items() if k in KEPT or not k.startswith("HUIYIN_")}
    environment.pop("COLUMNS", None)  # output that is read by no terminal is as wide as it needs
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *arguments,
        cwd=ROOT,
        env=environment | {"PYTHONUTF8": "1"} | told,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate()
    encoding = told.get("PYTHONIOENCODING", "utf-8")
    return Done(process.returncode or 0, out.decode(encoding), err.decode(encoding))
