"""The OpenAPI document: what FastAPI writes of the routes, completed by what holds for all of them.

Headers stand once, as parameters and headers that operations refer to; so do the problems, with every code that the
service has. Terms have the Chinese title of each value beside it, as in the schemas of events, and examples are made
as golden samples are. Titles that only repeat a field's name are left out: generators would make a class of each.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable
from inspect import Parameter, Signature, getdoc
from typing import Annotated, Any, Final

from fastapi import APIRouter, FastAPI, Path, Query, Response
from fastapi import Body as InBody
from fastapi.openapi.utils import get_openapi
from pydantic import TypeAdapter, create_model
from pydantic.fields import FieldInfo
from starlette.routing import BaseRoute

from contracts import samples
from contracts.gate import shape
from contracts.schema import KEYWORDS, Schema, titled
from contracts.vocabulary import ActReason, Role
from services.chassis.commands import Command
from services.chassis.fields import Body
from services.chassis.http.answers import Problem
from services.chassis.http.gate import Gate
from services.chassis.http.problems import catalogue
from services.chassis.http.transfers import Transfer
from services.chassis.operations import Declared, Operation
from services.chassis.questions import One

ABOUT: Final = """\
Huiyin is a case system for petitions (信访); this is one of its four services. Whoever calls shows an access token of
the provider, and says as which of their posts they act where they hold several; a petitioner has a session instead. A
command has a key: the same key again is the same command and has the same reply. What is refused is a problem
(RFC 9457) whose `code` is explained at `/problems/{code}`. Moments are written in UTC and read with any offset.
"""
LICENCE: Final = {"name": "Apache 2.0", "identifier": "Apache-2.0"}
OURS: Final = KEYWORDS | {
    "x-title-zh": "The Chinese name of an operation, as it stands on a button.",
    "x-article": "The article that an operation rests on.",
    "x-roles": "The roles that may; whoever acts in another one is refused.",
    "x-keywords": "These words.",
}
"""The keywords that the document has beside those of OpenAPI. They annotate; nothing acts on them."""

PARAMETERS: Final = {
    "after": "What the page before calls `next`; without it, the first page",
    "limit": "How many at most",
    "sort": "By what the list is sorted, and then by id; what has no such value stands last",
    "code": "The code of the unit",
    "commitment": "The number of the commitment within its case, from 1",
    "lane": "The number of the lane",
    "upto": "Up to this number, which is included",
    "since": "From this day on",
    "until": "Up to this day, which is included",
    "purpose": "Why it is looked at; this is recorded, and the petitioner can see it",
    "at": "As it stood at this moment",
    "known_at": "As far as it was known at this moment",
    "version": "As it was at this version",
    "key": "The id of the case or the unit whose events share a lane",
    "query_code": "The query code that stands on the petitioner's receipt",
    "year": "The year of the calendar",
}
"""What parameters are that are called the same everywhere; a field that says it itself has its own words."""

_KEY: Final = {
    "type": "string",
    "pattern": '^("[0-9a-fA-F-]{36}"|[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12})$',
    "example": "5b0c1d1e-0c6e-4d0e-9b63-6f2f7c1a0002",
}
_JSON: Final = "application/json"


def _at(kind: str, name: str) -> dict[str, Any]:
    """Return a reference to what stands once for all operations."""
    return {"$ref": f"#/components/{kind}/{name}"}


def with_headers(*names: str) -> dict[str, Any]:
    """Return what an answer says of its headers."""
    return {"headers": {name: _at("headers", name) for name in names}} if names else {}


def _header(name: str, schema: Schema, description: str, *, required: bool) -> dict[str, Any]:
    return {"name": name, "in": "header", "required": required, "description": description, "schema": schema}


HEADERS: Final = {
    "IdempotencyKey": _header(
        "Idempotency-Key", _KEY, "The command's id, a UUID: the same key again is the same command", required=True
    ),
    "Post": _header(
        "Huiyin-Post",
        {"type": "string", "pattern": f"^[A-Za-z0-9_.-]{{1,40}}/({'|'.join(Role)})$", "example": "RSJ/case_officer"},
        "As which of their posts whoever acts does so: unit and role; whoever holds one need not say it",
        required=False,
    ),
    "Reason": _header(
        "Huiyin-Reason",
        {"type": "string", "enum": [*map(str, ActReason)]},
        "Why; who has more to say deposits a text",
        required=False,
    ),
    "IfMatch": _header(
        "If-Match",
        {"type": "string", "pattern": '^"[0-9]{1,9}"$'},
        "The version that the command has seen, as its ETag",
        required=False,
    ),
}
"""The headers of every command; of questions, the post as which somebody asks."""
UPLOADING: Final = {
    "UploadOffset": _header(
        "Upload-Offset",
        {"type": "string", "pattern": "^[0-9]{1,15}$", "example": "0"},
        "From which byte on what is sent goes on (tus 1.0.0)",
        required=True,
    ),
}
"""What stands beside a body that goes by piece by piece."""
ASKING: Final = ("Post",)
BEARER: Final = "bearer"
SESSION: Final = "session"
SCHEMES: Final = {
    BEARER: {
        "type": "http", "scheme": "bearer", "bearerFormat": "JWT",
        "description": "An access token of the provider that the system is told to believe (OpenID Connect)",
    },
    SESSION: {
        "type": "http", "scheme": "bearer",
        "description": "The token that a query code is exchanged for: of one petition, for an hour",
    },
}  # fmt: skip
"""How whoever calls proves who they are."""
ANSWERED: Final = {
    "ETag": {
        "description": "The version of what was changed or shown; If-Match takes it",
        "required": True,
        "schema": {"type": "string", "pattern": '^"[0-9]{1,9}"$'},
        "example": '"2"',
    },
    "Location": {
        "description": "Where what was created can be asked for",
        "required": True,
        "schema": {"type": "string", "format": "uri-reference"},
    },
    "Upload-Offset": {
        "description": "How many bytes of a file are here; the next ones go on from there",
        "required": True,
        "schema": {"type": "string", "pattern": "^[0-9]{1,15}$"},
        "example": "4096",
    },
    "Upload-Length": {
        "description": "How many bytes it has in all",
        "required": True,
        "schema": {"type": "string", "pattern": "^[0-9]{1,15}$"},
        "example": "8192",
    },
    "Retry-After": {
        "description": "After how many seconds to send it again",
        "required": True,
        "schema": {"type": "string", "pattern": "^[0-9]{1,4}$"},
        "example": "1",
    },
}
"""The headers of answers."""
PROBLEMS: Final[dict[int | str, dict[str, Any]]] = {
    status: {"description": words, "content": {"application/problem+json": {"schema": _at("schemas", "Problem")}}}
    for status, words in {
        400: "A header is missing or malformed",
        401: "No token, or none that is good",
        403: "This role or unit may not",
        404: "Not found",
        409: "Refused by a rule, or a lost race",
        412: "If-Match is not the current version",
        413: "Body too large",
        415: "The body is not JSON",
        421: "Host names another one",
        422: "Malformed body, path or query; or a reused Idempotency-Key",
        429: "More was asked than may be in a minute, or tried too often",
        503: "Store or peer away; send again with the same Idempotency-Key",
    }.items()
}
"""What every command may answer beside success."""
PROBLEMS[429] |= with_headers("Retry-After")
PROBLEMS[503] |= with_headers("Retry-After")
UPLOAD_PROBLEMS: Final[dict[int | str, dict[str, Any]]] = {
    507: {"description": "No room; go on from where it ended, later", "content": PROBLEMS[503]["content"]}
    | with_headers("Retry-After")
}
"""What else it may answer where something is stored that is no JSON."""
QUESTION_PROBLEMS: Final[dict[int | str, dict[str, Any]]] = {
    status: PROBLEMS[status] for status in (400, 401, 403, 404, 421, 422, 429, 503)
}


_EVERY_PROBLEM: Final = PROBLEMS | UPLOAD_PROBLEMS


def group(cls: type[Declared]) -> dict[str, str]:
    """Return the group that an operation is of: the file that declares it, and what that says of itself."""
    about = getdoc(sys.modules[cls.__module__]) or ""
    return {"name": cls.__module__.rpartition(".")[2], "description": about.partition("\n\n")[0]}


def meaning(name: str, field: FieldInfo, in_path: tuple[str, ...]) -> str:
    """Return what a parameter is, in words: its own, or what follows from its name."""
    if said := field.description or PARAMETERS.get(name):
        return said
    words = name.replace("_", " ")
    if name not in in_path:
        return f"Only those with this {words}"
    return f"The id of the {words.removesuffix(' id')}" if words.endswith(" id") else f"The {words}"


def described(app: FastAPI) -> dict[str, Any]:
    """Return the document, which is made once, and not before it is wanted: that takes half a second."""
    if app.openapi_schema is None:
        groups: dict[str, dict[str, str]] = {}
        for gate in (route for route in app.routes if isinstance(route, Gate)):
            groups.setdefault((tag := group(gate.cls))["name"], tag)
        document = get_openapi(
            title=app.title, version=app.version, description=ABOUT, license_info=LICENCE, servers=[{"url": "/"}],
            tags=list(groups.values()) or None, routes=_api(app.routes),
        )  # fmt: skip
        document["info"]["x-keywords"] = OURS
        document["security"] = [{BEARER: []}]
        document["components"] = {
            "schemas": _schemas(document, app.state.service), "parameters": HEADERS | UPLOADING, "headers": ANSWERED,
            "securitySchemes": SCHEMES,
            "responses": {f"Problem{status}": told for status, told in _EVERY_PROBLEM.items()},
        }  # fmt: skip
        for path in document["paths"].values():
            for operation in path.values():
                _complete(operation, document["components"]["schemas"])
        _drop_unused(document)
        app.openapi_schema = document
    return app.openapi_schema


def _drop_unused(document: dict[str, Any]) -> None:
    """Leave out what nothing in a service refers to: who knows no petitioners has no sessions."""
    parts = document["components"]
    said = json.dumps(document)
    for kind in ("responses", "schemas", "parameters", "headers"):
        parts[kind] = {name: one for name, one in parts[kind].items() if f'"#/components/{kind}/{name}"' in said}
    proofs = [document, *(operation for path in document["paths"].values() for operation in path.values())]
    asked = {name for one in proofs for scheme in one.get("security", ()) for name in scheme}
    parts["securitySchemes"] = {name: one for name, one in parts["securitySchemes"].items() if name in asked}


def _api(routes: Iterable[BaseRoute]) -> list[BaseRoute]:
    """Return the routes as FastAPI has them; it is told of each gate what follows from the operation."""
    api = APIRouter()
    for route in routes:
        if not isinstance(route, Gate):
            api.routes.append(route)
            continue
        cls, operation = route.cls, route.cls.operation
        acts = _acting(cls)

        def described() -> None:
            """Stand for the handler."""

        described.__signature__ = _signature(cls)  # type: ignore[attr-defined]  # what FastAPI reads
        api.add_api_route(
            operation.path,
            described,
            methods=[operation.method],
            name=operation.name,
            operation_id=route.operation_id,
            tags=[group(cls)["name"]],
            summary=operation.summary,
            description=getdoc(cls),
            status_code=operation.status,
            **_answered(cls, _problems(cls, acts)),
            openapi_extra=_extra(operation) | _carried(cls) | {"x-acts": acts},
        )
    return api.routes


def _acting(cls: type[Declared]) -> tuple[str, ...]:
    """Return the headers of a command or a question; who has no account holds no post."""
    operation = cls.operation
    wanted = tuple(HEADERS) if issubclass(cls, Command) else ASKING
    if issubclass(cls, Transfer) and cls.media:
        wanted += tuple(UPLOADING)
    return tuple(name for name in wanted if not (name in ASKING and (operation.open or operation.by_session)))


def _problems(cls: type[Declared], acts: tuple[str, ...]) -> dict[int | str, dict[str, Any]]:
    """Return what an operation may answer beside success."""
    operation = cls.operation
    problems = PROBLEMS if acts or operation.changes or issubclass(cls, Transfer) else QUESTION_PROBLEMS
    return problems | UPLOAD_PROBLEMS if operation.method == "PATCH" else problems


def _signature(cls: type[Declared]) -> Signature:
    """Return what FastAPI is to describe: the fields of the path, and the others where they are sent."""
    operation = cls.operation
    fields = dict(cls.model_fields)
    given = [_parameter(operation, name, fields[name], Path) for name in operation.in_path]
    others = {name: field for name, field in fields.items() if name not in operation.in_path}
    if others and operation.changes:
        model = create_model(  # type: ignore[call-overload]
            cls.__name__, __base__=Body, __doc__=cls.__doc__, __module__=cls.__module__,
            **{name: (field.annotation, field) for name, field in others.items()},
        )  # fmt: skip
        given.append(Parameter("body", Parameter.KEYWORD_ONLY, annotation=Annotated[model, InBody()]))
    elif others:
        given += [_parameter(operation, name, field, Query) for name, field in others.items()]
    return Signature(given)


def _answered(cls: type[Declared], problems: dict[int | str, Any]) -> dict[str, Any]:
    """Return what FastAPI is to say of the reply: what it is, its shape or that it is a file, and its headers."""
    operation = cls.operation
    if operation.reply == "":
        nothing = {"description": "Nothing but headers.", **with_headers("Upload-Offset", "Upload-Length")}
        return {"response_model": None, "response_class": Response, "responses": problems | {operation.status: nothing}}
    if isinstance(operation.reply, str):
        file = {
            "description": "A file.",
            "content": {
                kind: {"schema": {"type": "string", "format": "binary"}} for kind in operation.reply.split(", ")
            },
        }
        parts = {206: file | {"description": "The stretch of it that `Range` asks for."}}
        shown = {200: file} | (parts if issubclass(cls, Transfer) else {})
        return {"response_model": None, "response_class": Response, "responses": problems | shown}
    tells = {"ETag": issubclass(cls, Command | One), "Location": operation.location is not None}
    return {
        "response_model": operation.reply,
        "response_description": (getdoc(operation.reply) or "").partition("\n")[0],
        "responses": problems | {operation.status: with_headers(*(name for name, told in tells.items() if told))},
    }


def _parameter(operation: Operation, name: str, field: FieldInfo, place: Callable[..., Any]) -> Parameter:
    mark = place(description=meaning(name, field, operation.in_path))
    annotation = Annotated[(field.annotation, *field.metadata, mark)]  # type: ignore[name-defined]  # made here
    default = Parameter.empty if field.is_required() else field.default
    return Parameter(name, Parameter.KEYWORD_ONLY, annotation=annotation, default=default)


def _extra(operation: Operation) -> dict[str, Any]:
    """Return what OpenAPI has no word for."""
    extra: dict[str, Any] = {"x-title-zh": operation.title}
    if operation.open or operation.by_session:
        extra["security"] = [{SESSION: []}] if operation.by_session else []
    if operation.article:
        extra["x-article"] = operation.article
    if operation.by:
        extra["x-roles"] = [str(role) for role in operation.by]
    return extra


def _carried(cls: type[Declared]) -> dict[str, Any]:
    """Return what is said of a body that is no JSON."""
    if not (issubclass(cls, Transfer) and cls.media):
        return {}
    binary = {"schema": {"type": "string", "format": "binary"}}
    return {"requestBody": {"required": True, "content": {cls.media: binary}}}


def _schemas(document: dict[str, Any], service: str) -> dict[str, Schema]:
    """Return every schema that operations refer to, by name."""
    schemas = document.get("components", {}).get("schemas", {})
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    codes = list(catalogue(service))
    schemas["ProblemCode"] = {"type": "string", "enum": codes, "description": "Explained at /problems/{code}"}
    schemas["Problem"] = Problem.model_json_schema()
    schemas["Problem"]["properties"]["code"] = _at("schemas", "ProblemCode")
    schemas["Role"] = TypeAdapter(Role).json_schema()
    for schema in schemas.values():
        for part in schema.get("properties", {}).values():
            part.pop("title", None)
    return {name: titled(name, schema) for name, schema in sorted(schemas.items())}


def _complete(operation: dict[str, Any], schemas: dict[str, Schema]) -> None:
    """Give an operation its headers, its body and replies their examples, and its problems their place."""
    for parameter in operation.get("parameters", ()):
        parameter["schema"].pop("title", None)
    if referred := [_at("parameters", name) for name in operation.pop("x-acts", ())]:
        operation.setdefault("parameters", []).extend(referred)
    replies: dict[str, Any] = operation["responses"]
    problems = {s: _at("responses", f"Problem{s}") for s in replies if int(s) in _EVERY_PROBLEM}
    replies |= problems
    for shown in (operation.get("requestBody", {}), *replies.values()):
        if (told := shown.get("content", {}).get(_JSON)) is not None:
            told["example"] = samples.value("", shape(told["schema"], schemas))
