"""Who stands how to a case: a county in which a test says it, and whoever does there what an operation does."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from types import MappingProxyType
from typing import Any, Final
from uuid import uuid4

import httpx2
import pytest

from contracts.envelope import SERVICES
from contracts.vocabulary import Role
from services.chassis import inbox
from services.chassis.operations import Declared
from services.chassis.references import NamesCase, references
from tests.harness import GOVERNMENT, Servers, System
from tests.steps import open_county

OWN, UNDER, BESIDE, BUREAU_BESIDE = "OWN", "UNDER", "BESIDE", "XFJB"
ACTOR: Final = "m-1"


@asynccontextmanager
async def standing_county(servers: Servers) -> AsyncIterator[System]:
    """Start a county in which a test says who has to do with every case."""
    async with open_county(servers) as made:
        await made.enter(
            {"code": OWN, "parent": GOVERNMENT, "kind": "department"},
            {"code": UNDER, "parent": OWN, "kind": "inner_office", "competent": False},
            {"code": BESIDE, "parent": GOVERNMENT, "kind": "department"},
            {"code": BUREAU_BESIDE, "parent": GOVERNMENT, "kind": "petition_bureau", "competent": False},
        )  # fmt: skip
        async with made.sql() as db:
            await db.execute("CREATE TABLE public.stands (parties text[])")
            await db.execute("INSERT INTO public.stands VALUES ('{}')")
            await db.execute(
                "CREATE FUNCTION public.stand() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                "NEW.parties := (SELECT parties FROM public.stands); RETURN NEW; END $$"
            )
            await db.execute("GRANT USAGE ON SCHEMA public TO PUBLIC; GRANT ALL ON public.stands TO PUBLIC")
            for service in SERVICES:
                await db.execute(
                    f"CREATE TRIGGER stand BEFORE INSERT OR UPDATE ON {service}.case_view "
                    "FOR EACH ROW EXECUTE FUNCTION public.stand()"
                )
        yield made


@contextmanager
def at_once() -> Iterator[None]:
    """Whoever finds nothing has waited for what might be on its way, as for a case that there is not: not here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(inbox, "ARRIVAL_SECONDS_MAX", 0.0)
        yield


async def stand(county: System, *parties: str) -> None:
    """Let these alone have to do with every case."""
    async with county.sql() as db:
        await db.execute("UPDATE public.stands SET parties = $1", parties)
        for service in SERVICES:
            await db.execute(f"UPDATE {service}.case_view SET parties = NULL")


async def described(county: System) -> dict[str, Any]:
    """Return what the descriptions of the services show as bodies, by operation."""
    found = {}
    for service in SERVICES:
        described = (await county.client.get(f"{county.url(service)}/openapi.json")).json()
        for path, methods in described["paths"].items():
            for method, told in methods.items():
                content = told.get("requestBody", {}).get("content", {}).get("application/json", {})
                found[f"{service} {method.upper()} {path}"] = content.get("example")
    return found


def cases_in(cls: type[Declared]) -> list[str]:
    """Return the fields that name a case which does not stand in the path."""
    fields = [name for name, one in references(cls) if isinstance(one, NamesCase)]
    return [name for name in fields if name not in cls.operation.in_path]


def several(cls: type[Declared], name: str, one: str) -> str | list[str]:
    """Return what a field takes where it is to name one: that, or a list of it."""
    return [one] if "list" in str(cls.model_fields[name].annotation) else one


async def sent(
    county: System,
    examples: dict[str, Any],
    service: str,
    cls: type[Declared],
    case: str,
    role: Role,
    unit: str,
    more: Mapping[str, Any] = MappingProxyType({}),
    *,
    actor: str = ACTOR,
    **ids: str,
) -> httpx2.Response:
    """Do what an operation does, as somebody, as well-formed as its description shows; it names no other case."""
    operation = cls.operation
    in_path = {name: str(uuid4()) for name in operation.in_path} | {"case_id": case, "event_version": "1"} | ids
    headers = {
        "Huiyin-Actor": actor, "Huiyin-Unit": unit, "Huiyin-Role": str(role), "Idempotency-Key": str(uuid4()),
    }  # fmt: skip
    body = examples[f"{service} {operation.method} {operation.path}"]
    named = {name: several(cls, name, case) for name in cases_in(cls)}
    if said := {**named, **more}:
        body = {**body, **said}
    params = {"readContent": {"purpose": "handling"}, "explainRights": {"actor": ACTOR}}.get(operation.name)
    path = operation.path.format(**in_path)
    return await county.client.request(
        operation.method, county.url(service) + path, headers=headers, json=body, params=params
    )
