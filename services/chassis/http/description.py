"""The OpenAPI document: what FastAPI writes of the routes, completed by what holds for all of them.

Headers stand once, as parameters that operations refer to; so do the problems, with every code that the service has.
"""

from __future__ import annotations

from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import TypeAdapter

from contracts.vocabulary import Role
from services.chassis.http.acting import HEADER_CHARS_MAX
from services.chassis.http.answers import Problem
from services.chassis.http.problems import catalogue
from services.chassis.operations import CHANGING

ACTS: Final = {"x-acts": True}
"""``openapi_extra`` of every route that reads the headers of who acts."""

_WORD: Final = {"type": "string", "minLength": 1, "maxLength": HEADER_CHARS_MAX, "pattern": "^[A-Za-z0-9:_.-]+$"}
_KEY: Final = {
    "type": "string",
    "pattern": '^("[0-9a-fA-F-]{36}"|[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12})$',
    "example": "5b0c1d1e-0c6e-4d0e-9b63-6f2f7c1a0002",
}
_REFERRED: Final = "#/components/{}/{}"


def _header(name: str, schema: dict[str, Any], description: str, *, required: bool) -> dict[str, Any]:
    return {"name": name, "in": "header", "required": required, "description": description, "schema": schema}


HEADERS: Final = {
    "IdempotencyKey": _header(
        "Idempotency-Key", _KEY, "The command's id, a UUID: the same key again is the same command", required=True
    ),
    "Actor": _header("Huiyin-Actor", _WORD, "The code of whoever acts", required=True),
    "Unit": _header("Huiyin-Unit", _WORD, "The unit for which they act", required=True),
    "Role": _header(
        "Huiyin-Role", {"$ref": _REFERRED.format("schemas", "Role")}, "The role in which they act", required=True
    ),
    "Reason": _header(
        "Huiyin-Reason",
        _WORD | {"pattern": "^[A-Za-z0-9:_.%-]+$"},
        "Why, percent-encoded; it stands in events and so names no person",
        required=False,
    ),
    "IfMatch": _header(
        "If-Match",
        {"type": "string", "pattern": '^"[0-9]{1,9}"$'},
        "The version that the command has seen, as its ETag",
        required=False,
    ),
}
"""The headers of every command; of questions whose asking is recorded, those of who acts."""
ASKING: Final = ("Actor", "Unit", "Role")


def described(app: FastAPI) -> dict[str, Any]:
    """Return the document, which is made once."""
    if app.openapi_schema is None:
        schema = get_openapi(title=app.title, version=app.version, routes=app.routes)
        components = schema.setdefault("components", {})
        schemas = components.setdefault("schemas", {})
        for name in ("HTTPValidationError", "ValidationError"):
            schemas.pop(name, None)
        schemas["Problem"] = Problem.model_json_schema()
        codes = list(catalogue(app.state.service))
        schemas["ProblemCode"] = {"type": "string", "enum": codes, "description": "Explained at /problems/{code}"}
        schemas["Problem"]["properties"]["code"] = {"$ref": _REFERRED.format("schemas", "ProblemCode")}
        schemas["Role"] = TypeAdapter(Role).json_schema()
        components["parameters"] = HEADERS
        for path in schema["paths"].values():
            for method, operation in path.items():
                if operation.pop("x-acts", False):
                    names = HEADERS if method.upper() in CHANGING else ASKING
                    referred = [{"$ref": _REFERRED.format("parameters", name)} for name in names]
                    operation.setdefault("parameters", []).extend(referred)
        app.openapi_schema = schema
    return app.openapi_schema
