"""Bad input to every endpoint: no 5xx, no undocumented status, no answer of another shape than the OpenAPI says."""

from __future__ import annotations

import asyncio
import os
import random
import re
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from importlib import import_module
from multiprocessing import get_context
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID, uuid4
from zlib import crc32

import httpx2
import pytest
import schemathesis
import uvicorn
from fastapi import Response
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import from_schema
from schemathesis.engine.events import NonFatalError, ScenarioFinished

from contracts.envelope import SERVICES
from contracts.mediation import OpinionServed
from contracts.vocabulary import DocumentKind, Role
from services.chassis.commands import Reply
from services.chassis.http.app import make_app
from services.chassis.http.description import PROBLEMS, SESSION, with_headers
from services.chassis.identity.who import PLATFORM
from services.chassis.references import references
from services.chassis.texts import TextOf
from tests import steps
from tests.acting import proof, token
from tests.harness import BUREAU, COMMITTEE, GOVERNMENT, OFFICER, POSTS, UNIT, System, free_port, until
from tests.intake.uploads import Sender, petitioner
from tests.registers import entered, in_bulk, only_kept
from tests.sizes import size

FUZZED_PER_OPERATION: Final = size("FUZZED", 8, 30)
"""Beside what is enumerated from the schema (some 200 a command). The quick form; raise it to look harder."""
AGAIN_PER_OPERATION: Final = 200
"""For those where chance has got nothing beyond the door."""
SEED: Final = 1
PARTS: Final = 2
"""Processes that share the operations of a service: a refusal that another service might undo waits for that service."""
WRONG_HEADERS: Final = 8
"""One operation in so many gets headers of all kinds: all have the same ones, and they are read in one place."""
FUZZER: Final = "co-1"
"""Who sends all of it, in every role that there is."""
TOKEN_SECONDS: Final = 3_000
"""As long as it may take."""
CHECKS: Final = (
    "not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance",
    "response_headers_conformance",
)  # fmt: skip


@schemathesis.serializer("application/offset+octet-stream")
def as_it_is(_: Any, value: Any) -> bytes:
    """Send what goes piece by piece as it is."""
    return value if isinstance(value, bytes) else str(value).encode()


PAST: Final = {
    "received_at", "served_at", "held_at", "executed_on", "known_at", "reported_at", "kept_on", "done_on", "docketed_on",
    "effective_on", "filed_on", "decided_on", "follow_up_on", "day", "settled_on", "paid_on", "corrected_on", "found_on",
    "heard_on",
}  # fmt: skip
"""When something happened; without it, it happened now."""

LATER: Final = {"due_on", "held_on", "received_on", "follow_up_due"}
"""Until when something is to happen."""

DIRECTORY: Final = {
    "unit", "lead_unit", "owner", "organ", "arbiter", "village", "holder", "place", "court", "agency", "other_party",
    "against_unit", "parent", "sector_superior",
}  # fmt: skip
"""What must be in the directory."""

PEOPLE: Final = {"leader", "sponsor", "chair", "duty_officer", "second_opener"}
"""Who must be in it."""

CASES: Final = {"other", "into", "pending_case"}
"""What names another case; a made-up one exists nowhere."""

DAYS: Final = {
    "due_on": "2099-12-31", "first_on": "2099-12-30", "last_on": "2099-12-31", "until": "2099-12-31", "visited_on": "2025-08-25",
    "elected_on": "2025-08-25", "returned_on": "2025-09-15", "trained_on": "2025-08-25", "happened_on": "2025-08-25",
}  # fmt: skip
"""Days that must be told."""


JOINED: Final = {"name": "李四", "phone": "13911112222", "address": "某村二组"}
"""Who else has written, and can be told."""

MOMENT: Final = "2026-01-05T01:00:00Z"
BODIES: Final[dict[str, dict[str, Any]]] = {
    "/door-counts": {"unit": BUREAU, "day": "2025-08-26", "visits": 1, "letters": 0, "calls": 0},
    "/cases/{case_id}/sharing": {"lead": UNIT, "co_units": [BUREAU]},
    "/cases/{case_id}/officer": {"case_officer": "co-2"},
    "/cases/{case_id}/help-plans": {"officer": "co-1", "contact_point": None},
    "/cases/{case_id}/recommendations": {
        "kind": "improve_work", "addressee": UNIT, "about_unit": None, "persons": [], "consequence": None,
    },
    "/disputes/{dispute_id}/mediation-team": {
        "mediator_unit": COMMITTEE, "mediator": "mediator-1", "leader": "co-1", "due_on": "2099-12-31",
    },
    "/committees/{committee_id}/mediators": {"mediator": "M-1"},
    "/cases/{case_id}/split": {"parts": [{"category": "medical", "content": {"claim": "甲"}}] * 2},
    "/cases/{case_id}/recusal/requests": {"officer": "co-2"},
    "/progress/recusal": {"officer": "co-2"},
    "/proposals": {"village": UNIT, "electorate": "villagers", "entitled": 100, "attended": 60, "in_favour": 31},
    "/cases/{case_id}/status-reports": {"superior": BUREAU},
    "/cases/{case_id}/classification": {
        "kind": "appeal_for_resolution", "route": "petition_procedure", "accused_units": [], "accused_persons": [],
    },
    "/cases/{case_id}/accused": {"units": ["T-1"], "persons": []},  # not who sends all the rest: they would be kept out
    "/units/{code}": {"level": "county", "parent": GOVERNMENT, "sector_superior": None, "kind": None},  # above the bureau nobody judges it
    "/ledger-items": {"unit": UNIT, "officer": "co-1", "due_on": "2099-12-31", "case_id": None},
    "/clocks/what-if": {"code": "C5", "start": MOMENT, "events": [], "fixed": None},
    "/clocks/{clock_id}/what-if": {"events": [{"event": "HandlingExtended", "at": MOMENT, "days": 5}]},
    "/calendar/{year}": {"year": 2031, "days": [{"name": "元旦", "date": "2031-01-01", "isOffDay": True}]},
}  # fmt: skip
"""By the path: what a body must say to be meant."""

JUDGED: Final = {"/ledger-items/{item_id}/closure", "/funds/{fund_id}/payment", "/funds/{fund_id}/audit"}
"""What is said of what a unit has done, and by nobody of it."""

RECEIVED: Final = {
    "/sessions/{session_id}/queue", "/conduct-incidents/{conduct_incident_id}/police-referral", "/cases/{case_id}/erasures",
    "/erasures/{erasure_id}/approval", "/erasures/{erasure_id}/end", "/erasures/{erasure_id}/holds",
    "/erasures/{erasure_id}/holds/end",
}  # fmt: skip
"""What is about a case that no unit has but the bureau that received it."""

Known = dict[str, list[str]]
"""By the name of a path's parameter: values of it that exist."""
Found = tuple[dict[str, set[int]], list[str]]
"""Which statuses each operation gave, and what was wrong."""


def texts_of(service: str) -> dict[str, dict[str, tuple[DocumentKind, ...]]]:
    """Return, by operation, the fields that refer to a text of a case, and of what kinds that may be."""
    told = import_module(f"services.{service}.main").SERVICE.operations
    found = {
        f"{cls.operation.method} {cls.operation.path}": {
            name: refers.kinds for name, refers in references(cls) if isinstance(refers, TextOf)
        }
        for cls in told
    }
    return {label: fields for label, fields in found.items() if fields}


TEXTS: Final = {label: fields for service in SERVICES for label, fields in texts_of(service).items()}
KINDS: Final = sorted(
    {DocumentKind.record} | {kind for fields in TEXTS.values() for kinds in fields.values() for kind in kinds}
)


async def grounds(huiyin: System) -> Known:
    """Make cases of every state, a document and a card, so that what is sent gets beyond «not found»."""
    await huiyin.establish()
    await huiyin.establish(BUREAU)
    states = (
        steps.registered, steps.classified, steps.with_unit, steps.accepted, steps.heard, steps.decided, steps.served,
        steps.closed,
    )  # fmt: skip
    cases = [await state(huiyin) for state in states for _ in range(3)]
    card = {"unit": UNIT, "reason_code": "other", "due_on": "2100-01-01"}
    path = f"/cases/{cases[0]}/supervisions"
    cards = [steps.ok(await huiyin.send("accountability", path, card, role=Role.supervisor), 201) for _ in range(3)]
    organised = await steps.organised(huiyin, cases[6:12])
    entries = await entered(huiyin, cases[9])
    helped = await steps.helped(huiyin, BUREAU)
    texts = {
        f"{case}/{kind}": [await steps.document(huiyin, case, kind)]
        for case in (*cases, entries["visit"], helped) for kind in KINDS
    }  # fmt: skip
    mine = await steps.accepted_of_one(huiyin)
    own = await steps.paper(huiyin, mine["case_id"], steps.PAPER | {"petition_id": mine["petition_id"]})
    joined = await steps.attached(huiyin, mine["case_id"], petitioner=JOINED)
    apart = await steps.served(huiyin)  # whatever else is sent would end, seal or erase what it is sent to
    ledger = await huiyin.caught_up()
    served = next(r for r in ledger if r["type"] == OpinionServed.wire_name and str(r["case_id"]) == apart)
    asked = f"{huiyin.url('accountability')}/clocks?state=running&limit=100"
    running = steps.ok(await huiyin.client.get(asked, headers=proof(OFFICER, UNIT, Role.supervisor)))
    for unit in (UNIT, BUREAU):
        await huiyin.appoint(unit, FUZZER, POSTS)
    year = {"year": 2032, "days": [{"name": "元旦", "date": "2032-01-01", "isOffDay": True}]}
    entry = {"name": "新", "level": "county", "competent": True}
    admin: dict[str, Any] = {"role": Role.platform_admin, "method": "PUT", "alone": True}
    wait = [
        steps.ok(await huiyin.send(service, path, body, **admin), 202)["change_id"]
        for service, path, body in (("accountability", "/calendar/2032", year), ("assignment", "/units/NEW", entry))
    ]
    ours = Sender(huiyin, cases[0], actor=FUZZER, unit=UNIT, role=Role.case_officer)
    theirs = await petitioner(huiyin, mine)
    uploads = {
        f"{at}/uploads/{{file_id}}{ends}": [steps.ok(await who.announce("text", 9), 201)["file_id"]]
        for at, who in (("", ours), ("/progress", theirs)) for ends in ("", " that ends")
    }  # fmt: skip
    file = await ours.hand_in("text", b"what stands in it")
    async with huiyin.sql() as db:
        of = "SELECT petition_id FROM intake.query_code WHERE case_id = $1"
        over = [cases[-2], str(await db.fetchval(of, UUID(cases[-2])))]
    end = int(time.time()) + TOKEN_SECONDS
    return {name: [key] for name, key in entries.items()} | {
        "case": cases,
        "desk": [entries["desk_id"]],
        "case_id": cases,
        "key": cases,
        "document_id": [await steps.paper(huiyin, case, steps.PAPER) for case in cases],
        "content_id": [await steps.document(huiyin, case) for case in cases],
        "supervision_id": [card["supervision_id"] for card in cards],
        "code": [UNIT],
        "officer": ["co-2"],  # not who sends all the rest: one who is relieved has no post any more
        "clock_id": [clock["id"] for clock in running["items"] if clock["code"] == "C5"],
        "year": ["2031"],
        "event_version": ["1"],
        "change_id": wait,
        "file": [cases[0], file],
        "over": over,
        "erasure_id": [await only_kept(huiyin, cases[-1])],
        "bulk_look_id": [await in_bulk(huiyin)],
        "query_code": [joined["query_code"]],
        **{name: [await logged_in(huiyin, mine["query_code"])] for name in ("session", "session that ends")},
        "own_paper": [own],
        "helped": [helped],
        "joined": [joined["case_id"], joined["petition_id"]],
        "source": list(SERVICES),
        "fact": [str(served["case_id"]), str(served["id"])],
        "proof": [await steps.document(huiyin, str(served["case_id"]), unit=BUREAU)],
        "supervision_id/case": [cases[0]],
        **{f"{name}/case": [cases[6]] for name in ("hall_call_id", "instruction_id")},
        "conduct_incident_id/case": [entries["visit"]],
        **{
            f"{name}/case": [cases[9]]
            for name in ("help_plan_id", "recommendation_id", "fund_id", "emergency_access_id")
        },
        **{f"token/{role}": [token(FUZZER, role, exp=end)] for role in Role},
        **{f"token/{at}": [token(FUZZER, Role.system, peer, exp=end)] for at, peer in doors(huiyin)},
        **texts,
        **uploads,
        **organised,
    }


def doors(huiyin: System) -> Iterator[tuple[str, str]]:
    """Yield what services ask of each other, by address and operation, and one that does."""
    for service in SERVICES:
        for peer, asked in import_module(f"services.{service}.main").SERVICE.peers.items():
            for cls in asked:
                yield f"{huiyin.url(service)} {cls.operation.method} {cls.operation.path}", peer


async def logged_in(huiyin: System, code: str) -> str:
    """Return the token that a query code is exchanged for."""
    token: str = steps.ok(await huiyin.log_in(code), 201)["token"]
    return token


def steered(known: Known, url: str) -> Callable[..., None]:
    """Return a hook that lets most well-formed requests meet something that exists; others go out as they are."""
    of_operation: dict[str, random.Random] = {}

    def before_call(_context: Any, case: Any, _kwargs: Any) -> None:
        said = case.operation.definition.raw
        roles = said.get("x-roles", ())
        if said.get("x-plain"):
            case.headers.update({"Idempotency-Key": str(uuid4())})
        if said.get("security") == [{SESSION: []}]:
            kept = "session that ends" if case.operation.path == "/petition-sessions/current" else "session"
            case.headers["Authorization"] = f"Bearer {known[kept][0]}"
        label = case.operation.label
        dice = of_operation.setdefault(label, random.Random(f"{SEED}/{label}"))
        path, headers = case.path_parameters or {}, case.headers or {}
        for name, value in path.items():
            if name in known and _fits(name, value) and dice.random() < 0.9:
                path[name] = dice.choice(known[name])
        if case.operation.path == "/problems/{code}" and dice.random() < 0.9:
            path["code"] = "invalid"
        for name in {"content_id", "document_id"} & path.keys():
            if path.get("case_id") in known["case_id"]:
                path[name] = known[name][known["case_id"].index(path["case_id"])]
        if "/uploads/" in case.operation.path and known and dice.random() < 0.9:
            ends = " that ends" if case.operation.method.upper() == "DELETE" else ""
            path["file_id"] = known[case.operation.path + ends][0]
            if case.operation.method.upper() == "PATCH" and dice.random() < 0.9:
                headers["Upload-Offset"] = dice.choice("01")
        if case.operation.path == "/cases/{case_id}/files/{file_id}" and known and dice.random() < 0.9:
            path["case_id"], path["file_id"] = known["file"]
        if case.operation.path == "/cases/{case_id}/erasures" and known:
            path["case_id"] = known["over"][0]
        if case.operation.path == "/cases/{case_id}/parts" and path.get("case_id") in known["case_id"]:
            path["case_id"] = known["helped"][0]
        if "text_id" in path:
            path["text_id"] = known.get(f"{path['case_id']}/record", [path["text_id"]])[0]
        if "fact_id" in path:
            path["case_id"], path["fact_id"] = known["fact"]
        if "petition_id" in path and "/petitioners/" in case.operation.path:
            path["case_id"], path["petition_id"] = known["joined"]
        elif "petition_id" in path:
            path["case_id"], path["petition_id"] = known["visit"][0], known["petition"][0]
        if known and said.get("security") not in ([], [{SESSION: []}]) and dice.random() < 0.9:
            role = Role(dice.choice(roles or POSTS))
            unit = BUREAU if "fact_id" in path or case.operation.path in JUDGED | RECEIVED else UNIT
            headers["Authorization"] = f"Bearer {known[f'token/{role}'][0]}"
            headers["Huiyin-Post"] = f"{PLATFORM if role is Role.platform_admin else unit}/{role}"
            if role is Role.system:  # a service says nothing of a post
                headers["Authorization"] = f"Bearer {known[f'token/{url} {label}'][0]}"
                del headers["Huiyin-Post"]
        if _is_uuid(headers.get("Idempotency-Key")) and dice.random() < 0.9:
            headers["Idempotency-Key"] = str(UUID(int=dice.getrandbits(128), version=4))
        if case.operation.path == "/time" and dice.random() < 0.9:
            headers["Huiyin-Time"] = MOMENT
        if "If-Match" in headers and dice.random() < 0.9:
            del headers["If-Match"]
        if isinstance(case.body, dict) and dice.random() < 0.7:  # years are drawn from 1 to 9999
            for name in PAST & case.body.keys():
                del case.body[name]
            case.body |= dict.fromkeys(LATER & case.body.keys(), "2099-12-31")
            case.body |= dict.fromkeys(DIRECTORY & case.body.keys(), UNIT)
            case.body |= dict.fromkeys(PEOPLE & case.body.keys(), "co-1")
            case.body |= {
                name: [UNIT] for name in ("units", "co_units", "successors", "recipients") if name in case.body
            }
            case.body |= {name: ["co-1"] for name in ("officers",) if name in case.body}
            for name in CASES & case.body.keys():
                case.body[name] = dice.choice(known["case_id"])
            if case.operation.path == "/batches":
                case.body["cases"] = [dice.choice(known["case_id"])]
            case.body |= {name: told for name, told in DAYS.items() if name in case.body}
            case.body |= {name: dice.choice(known[name]) for name in ("case", "desk") if name in case.body}
            case.body |= BODIES.get(case.operation.path, {})
            if "fields" in case.body:
                case.body |= steps.PAPER | {"supersedes": None, "petition_id": None}
            about = next((known[f"{name}/case"][0] for name in path if f"{name}/case" in known), path.get("case_id"))
            for name, kinds in TEXTS.get(label, {}).items():
                text = known.get(f"{about}/{dice.choice(kinds or KINDS)}")
                case.body |= {name: text[0]} if text and name in case.body else {}
            if "fact_id" in path:
                case.body |= {"proof": known["proof"][0]}
            case.body |= {name: known[name][0] for name in ("query_code",) if name in case.body}
            if case.operation.path == "/cases/{case_id}/erasures":
                case.body["petition_id"] = known["over"][1]
            if case.operation.path == "/progress/papers/pdf":
                case.body["document_id"] = known["own_paper"][0]
            if "petition" in case.body:
                path["case_id"], case.body["petition"] = known["visit"][0], known["petition"][0]

    return before_call


def _fits(name: str, value: Any) -> bool:
    return _is_uuid(value) if name.endswith("_id") or name == "key" else str(value).isascii()


def _is_uuid(value: Any) -> bool:
    try:
        return bool(UUID(str(value)))
    except ValueError:
        return False


def described(url: str) -> dict[str, Any]:
    """Return the OpenAPI of a service; of most operations without the headers that all have."""
    schema: dict[str, Any] = httpx2.get(f"{url}/openapi.json", timeout=60).json()
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            told = operation.get("parameters", [])
            plain = [parameter for parameter in told if "$ref" not in parameter]
            if plain != told and _share(f"{method.upper()} {path}", WRONG_HEADERS):
                operation |= {"parameters": plain, "x-plain": True}
    return schema


def _share(label: str, parts: int) -> int:
    return crc32(label.encode()) % parts


def operations(url: str) -> list[str]:
    """Return the operations of a service by method and path."""
    return [f"{method.upper()} {path}" for path, methods in described(url)["paths"].items() for method in methods]


def fuzz(url: str, known: Known, examples: int, chosen: Sequence[str]) -> Found:
    """Send a service whatever its OpenAPI suggests for some of its operations."""
    os.environ["no_proxy"] = urlsplit(url).hostname or ""  # or each request looks through all that is set
    config = {
        "seed": SEED,
        "base-url": url,
        "continue-on-failure": True,
        "suppress-health-check": ["too_slow"],  # a busy machine has found no fault
        "generation": {"max-examples": examples, "no-shrink": True, "database": "none"},
        "phases": {"stateful": {"enabled": False}},
        "checks": {"enabled": False} | {name: {"enabled": True} for name in CHECKS},
    }
    schemathesis.hooks.unregister_all()
    schemathesis.hook(steered(known, url))
    schema = schemathesis.openapi.from_dict(described(url), config=SchemathesisConfig.from_dict(config))
    schema = schema.include(lambda context: context.operation.label in chosen)
    statuses: dict[str, set[int]] = defaultdict(set)
    wrong: dict[str, str] = {}
    for event in from_schema(schema).execute():
        if isinstance(event, NonFatalError):
            wrong[f"{event.label}: {event.info.title}"] = str(event.value)
        if isinstance(event, ScenarioFinished):
            found = event.recorder.interactions.values()
            statuses[event.label] |= {i.response.status_code for i in found if i.response is not None}
            for check in (check for checks in event.recorder.checks.values() for check in checks):
                if check.failure_info is not None:
                    failure = check.failure_info.failure
                    what = f"{event.label}: {check.name}: {failure.title}"
                    wrong.setdefault(what, f"{failure.message}\n{check.failure_info.code_sample}")
    return dict(statuses), [f"{what}\n{how}" for what, how in wrong.items()]


@pytest.fixture
def pool() -> Iterator[ProcessPoolExecutor]:
    """Processes of their own: making up requests costs more than answering them, and the first ones most of all."""
    context = get_context("forkserver")
    context.set_forkserver_preload([__name__])
    with ProcessPoolExecutor(PARTS * len(SERVICES), context) as made:
        yield made


async def fuzzed(
    pool: ProcessPoolExecutor,
    known: Known,
    chosen: Mapping[str, Sequence[str]],
    examples: int = FUZZED_PER_OPERATION,
) -> dict[str, Found]:
    """Do it to several services at once."""
    jobs = [(url, some[part::PARTS]) for url, some in chosen.items() for part in range(PARTS) if some[part:]]
    loop = asyncio.get_running_loop()
    parts = [loop.run_in_executor(pool, fuzz, url, known, examples, some) for url, some in jobs]
    found = list(zip((url for url, _ in jobs), await asyncio.gather(*parts), strict=True))
    return {url: _together([part for there, part in found if there == url]) for url in chosen}


def _together(parts: Sequence[Found]) -> Found:
    statuses = {label: seen for part, _ in parts for label, seen in part.items()}
    return statuses, [what for _, wrong in parts for what in wrong]


def shallow(found: Mapping[str, Found]) -> dict[str, list[str]]:
    """Return, by service, the operations of which nothing got beyond the door."""
    closed = {
        url: [label for label, seen in statuses.items() if not seen & {200, 201, 202, 204, 409}]
        for url, (statuses, _) in found.items()
    }
    return {url: labels for url, labels in closed.items() if labels}


@pytest.mark.timeout(1_800)  # a minute on two idle cores, and three on busy ones
async def test_no_input_brings_a_service_down_or_an_answer_that_is_not_documented(
    huiyin: System, pool: ProcessPoolExecutor
):
    async with huiyin.processes():
        known = await grounds(huiyin)
        found = await fuzzed(pool, known, {url: operations(url) for url in map(huiyin.url, SERVICES)})
        again = await fuzzed(pool, known, shallow(found), AGAIN_PER_OPERATION) if shallow(found) else {}
        assert all(proc.poll() is None for proc in huiyin.procs.values())
    wrong = [what for _, faults in (*found.values(), *again.values()) for what in faults]
    assert not wrong, "\n\n".join(wrong)
    assert not shallow(again), f"nothing got beyond the door of {shallow(again)}"


async def test_nothing_but_what_is_open_is_done_without_a_token(huiyin: System):
    """Whatever is sent beside it, and whether or not there is what is asked for."""
    open_to_all = []
    async with huiyin.within(parts=frozenset({"api"})):
        for service in SERVICES:
            schema = steps.ok(await huiyin.client.get(f"{huiyin.url(service)}/openapi.json", auth=None))
            told = [(method, path, said) for path, said in schema["paths"].items() for method in said]
            for method, path, said in told:
                url = huiyin.url(service) + re.sub(r"\{\w+\}", str(uuid4()), path)
                key = {"Idempotency-Key": str(uuid4())}
                reply = await huiyin.client.request(method, url, json={}, headers=key, auth=None)
                assert (reply.status_code == 401) is (said[method].get("security") != []), f"{method} {path}"
                open_to_all += [path] if reply.status_code != 401 else []
    assert 0 < len({*open_to_all}) < 20


async def test_planted_faults_are_found(huiyin: System, pool: ProcessPoolExecutor):
    """The mutants: an answer that is not documented, a crash on some words, a reply of another shape or without a header."""
    app = make_app("intake", "mutant", huiyin.settings("intake"))

    @app.get("/undocumented", responses=PROBLEMS)
    async def undocumented(limit: int = 1) -> Response:
        return Response(b"{}", 418 if limit > 10 else 200, media_type="application/json")

    @app.get("/crash/{number}", responses=PROBLEMS)
    async def crash(number: int) -> int:
        return 1_000 // number

    @app.get("/shape", response_model=Reply, responses=PROBLEMS)
    async def shape() -> Response:
        return Response(b'{"version": "one"}', media_type="application/json")

    @app.get("/header", response_model=Reply, responses=PROBLEMS | {200: with_headers("ETag")})
    async def header() -> Response:
        return Response(b'{"version": 1}', media_type="application/json")

    port = free_port()
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_config=None))
    task = asyncio.create_task(server._serve())

    async def started() -> bool:
        return server.started

    await until(started, "the mutant has started")
    try:
        url = f"http://127.0.0.1:{port}"
        [(_, wrong)] = (await fuzzed(pool, {}, {url: await asyncio.to_thread(operations, url)}, 5)).values()
    finally:
        server.should_exit = True
        await task
    for operation, check in (
        ("GET /undocumented", "status_code_conformance"),
        ("GET /crash/{number}", "not_a_server_error"),
        ("GET /shape", "response_schema_conformance"),
        ("GET /header", "response_headers_conformance"),
    ):
        assert any(what.startswith(f"{operation}: {check}") for what in wrong), (operation, wrong)
