"""The OpenAPI document of each service, made without any server."""

from __future__ import annotations

import json
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from contracts.envelope import SERVICES
from services.chassis.service import application
from services.chassis.settings import Settings


@cache
def document(service: str) -> dict[str, Any]:
    """Return what the service serves as /openapi.json."""
    settings = Settings(database_url="unused", kafka="unused")  # type: ignore[arg-type]
    app = application(import_module(f"services.{service}.main").SERVICE, settings)
    made: dict[str, Any] = json.loads(json.dumps(app.openapi()))
    return made


def written(folder: Path) -> list[Path]:
    """Write the documents of all services."""
    files = [folder / f"{service}.json" for service in SERVICES]
    for file in files:
        file.write_text(json.dumps(document(file.stem), ensure_ascii=False, indent=1))
    return files
