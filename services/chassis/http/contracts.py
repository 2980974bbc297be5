"""The contracts, for strangers: the AsyncAPI document, and each released schema under the path of its id."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from fastapi import FastAPI, Response
from starlette.responses import FileResponse

import contracts
from contracts import release
from services.chassis.errors import NotFound

_HOME: Final = Path(contracts.__file__).parents[1]


class NoSuchSchema(NotFound):
    """No schema of this name was ever released."""

    code = "no_such_schema"
    title = "没有这个事件格式"


def add_contract_routes(app: FastAPI) -> None:
    """Add what is released, byte for byte; a service has the schemas of all four, so any of them resolves every id."""
    released = {path.name: path for path in (_HOME / release.HOME).glob("*.json")}

    @app.get("/asyncapi.json", include_in_schema=False)
    async def asyncapi() -> Response:
        return FileResponse(_HOME / release.DOCUMENT, media_type="application/vnd.aai.asyncapi+json;version=3.0.0")

    @app.get("/schemas/{name}", include_in_schema=False)
    async def schema(name: str) -> Response:
        if name not in released:
            raise NoSuchSchema
        return FileResponse(released[name], media_type="application/schema+json")
