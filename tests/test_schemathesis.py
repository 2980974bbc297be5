"""Bad input to every endpoint: no 5xx, no undocumented status, no answer of another shape than the OpenAPI says."""

from __future__ import annotations

import asyncio
import random
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any, Final
from uuid import UUID, uuid4

import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import from_schema
from schemathesis.engine.events import NonFatalError, ScenarioFinished

from contracts.envelope import SERVICES
from contracts.vocabulary import Role
from tests import steps
from tests.harness import UNIT, System

FUZZED_PER_OPERATION: Final = 60
"""The quick form; raise it to look harder."""
SEED: Final = 1

CONFIG: Final = {
    "seed": SEED,
    "continue-on-failure": True,
    "generation": {"max-examples": FUZZED_PER_OPERATION, "no-shrink": True, "database": "none"},
    "phases": {"stateful": {"enabled": False}},
    "checks": {"enabled": False}
    | {
        name: {"enabled": True}
        for name in (
            "not_a_server_error",
            "status_code_conformance",
            "content_type_conformance",
            "response_schema_conformance",
        )
    },
}

ROLES: Final = {
    "classification": Role.bureau_officer,
    "assignment": Role.bureau_officer,
    "decision": Role.bureau_officer,
    "units": Role.platform_admin,
    "supervisions": Role.supervisor,
    "reply": Role.unit_receiver,
    "closing": Role.supervisor,
    "petitions": Role.intake_clerk,
}
"""Who may do what stands last of these words in a path; everything else is done by a case officer."""


async def grounds(huiyin: System) -> dict[str, list[str]]:
    """Seed cases of every state, a document, and a card, so that what is sent gets beyond «not found»."""
    await huiyin.establish()
    states = (
        steps.registered, steps.classified, steps.with_unit, steps.accepted, steps.heard, steps.decided, steps.served,
        steps.closed,
    )  # fmt: skip
    cases = [await state(huiyin) for state in states for _ in range(3)]
    contents = [await steps.document(huiyin, cases[0])]
    card = {"unit": UNIT, "reason_code": "other", "due_on": "2100-01-01"}
    reply = await huiyin.send("accountability", f"/cases/{cases[0]}/supervisions", card, role=Role.supervisor)
    return {
        "case_id": cases,
        "key": cases,
        "content_id": contents,
        "supervision_id": [steps.ok(reply, 201)["supervision_id"]],
        "code": [UNIT],
        "officer": ["co-1"],
        "query_code": [(await huiyin.register())["query_code"]],
    }


def steer(known: dict[str, list[str]], dice: random.Random):
    """Return a hook that lets most well-formed requests meet something real; malformed ones stay as they are."""

    def before_call(_context: Any, case: Any, _kwargs: Any) -> None:
        path, headers = case.path_parameters or {}, case.headers or {}
        for name, value in path.items():
            if name in known and _well_formed(name, value) and dice.random() < 0.8:
                path[name] = dice.choice(known[name])
        if headers.get("Huiyin-Role") in list(Role) and dice.random() < 0.9:
            words = [word for word in case.operation.path.split("/") if word in ROLES]
            headers["Huiyin-Role"] = str(ROLES[words[-1]] if words else Role.case_officer)
        if headers.get("Huiyin-Unit", "").isascii() and dice.random() < 0.9 and "Huiyin-Unit" in headers:
            headers["Huiyin-Unit"] = UNIT
        if _is_uuid(headers.get("Idempotency-Key")) and dice.random() < 0.9:
            headers["Idempotency-Key"] = str(uuid4())

    return before_call


def _is_uuid(value: Any) -> bool:
    try:
        return bool(UUID(str(value)))
    except ValueError:
        return False


def _well_formed(name: str, value: Any) -> bool:
    return _is_uuid(value) if name.endswith("_id") or name == "key" else str(value).isascii()


def fuzz(url: str, known: dict[str, list[str]]) -> tuple[int, set[str], dict[str, str]]:
    """Test a service; return how many requests were sent, to which operations, and what was wrong."""
    schemathesis.hook(steer(known, random.Random(SEED)))
    schema = schemathesis.openapi.from_url(f"{url}/openapi.json", config=SchemathesisConfig.from_dict(CONFIG))
    sent, operations, wrong = 0, set(), {}
    import time
    for event in from_schema(schema).execute():
        if isinstance(event, NonFatalError):
            wrong[f"{event.label}: {event.info.title}"] = str(event.value)
        if isinstance(event, ScenarioFinished):
            print(event.phase, event.label, len(event.recorder.interactions), round(event.elapsed_time,2), round(time.process_time(),1), flush=True)
            sent += len(event.recorder.interactions)
            operations.add(event.label)
            for check in (check for checks in event.recorder.checks.values() for check in checks):
                if check.failure_info is not None:
                    failure = check.failure_info.failure
                    what = f"{event.label}: {check.name}: {failure.title}"
                    wrong[what] = f"{failure.message}\n{check.failure_info.code_sample}"
    return sent, operations, wrong


async def test_no_input_brings_a_service_down_or_an_answer_that_is_not_documented(huiyin: System):
    async with huiyin.processes():
        known = await grounds(huiyin)
        loop = asyncio.get_running_loop()
        with ProcessPoolExecutor(2, get_context("spawn")) as pool:  # generating costs more than answering
            runs = [loop.run_in_executor(pool, fuzz, huiyin.url(name), known) for name in SERVICES]
            results = dict(zip(SERVICES, await asyncio.gather(*runs), strict=True))
    for name, (sent, operations, wrong) in results.items():
        print(name, sent, len(operations))
        assert not wrong, "\n\n".join(f"{name} {what}\n{how}" for what, how in wrong.items())
