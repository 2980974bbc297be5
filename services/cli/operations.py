"""`huiyin operations`: everything that can be done and asked, as it is declared."""

from __future__ import annotations

import json
from importlib import import_module
from typing import Annotated, Any

import typer

from services.cli.terminal import console, hand_out


def operations(
    as_json: Annotated[bool, typer.Option("--json", help="One array for programs, with nothing left out.")] = False,
) -> None:
    """List the operations of all services: who may do what, where, under which article.

    Example: huiyin operations --json
    """
    found = [{"service": service, **told} for service, told in declared()]
    if as_json:
        hand_out([json.dumps(found, ensure_ascii=False).encode()])
        return
    from rich.table import Table

    table = Table("service", "operation", "path", "title", "who", "article")
    for told in found:
        who = " ".join(told["roles"])
        path = f"{told['method']} {told['path']}"
        table.add_row(told["service"], told["id"], path, told["title"], who, told["article"] or "")
    console().print(table)


def declared() -> list[tuple[str, dict[str, Any]]]:
    """What all services declare, each with the service's name."""
    from contracts.envelope import SERVICES

    known = {name: import_module(f"services.{name}.main").SERVICE.operations for name in SERVICES}
    return [(name, cls.operation.told()) for name, classes in known.items() for cls in classes]
