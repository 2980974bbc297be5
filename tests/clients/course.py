"""The README's "Ten minutes as a clerk", as programs in other languages play it with clients made of our documents.

A program gets the addresses of intake, assignment and mediation, in this order, and in `HUIYIN_TOKENS` the token of
whoever acts, by their name. It sends what the README sends, each command under a new key of its own. It ends with one line of JSON: by operation, what it was answered, which for
`issueOpinion` is the problem that it is refused with. Beside them stand `etag` and `location`, headers of the answer to
the registration (of which the first is sent as If-Match of the classification), and `again`, what is answered to the
registration when it is sent once more under its key.
"""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any, Final

from contracts.vocabulary import Role
from tests.acting import token
from tests.clients.tools import run
from tests.harness import System, unpacked

BUREAU: Final = "980726000116"
HUMAN_RESOURCES: Final = "980726000308"
GOVERNMENT: Final = "980726000103"
SERVICES: Final = ("intake", "assignment", "mediation")
STEPS: Final = {
    "registerPetition": ("intake.CaseRegistered.v1", "QL66295", BUREAU, Role.intake_clerk),
    "classifyCase": ("intake.CaseClassified.v1", "QL19597", BUREAU, Role.bureau_officer),
    "assignCase": ("assignment.CaseForwarded.v1", "QL19597", BUREAU, Role.bureau_officer),
    "notifyAcceptance": ("mediation.AcceptanceNotified.v2", "QL27527", HUMAN_RESOURCES, Role.unit_receiver),
}
"""What is done, and by whom. The opinion that is refused is QL24568's, a case officer of the human resources."""
ACTING: Final = (*((actor, role) for _, actor, _, role in STEPS.values()), ("QL49308", Role.unit_head))
"""Who acts, in which role; the last one is refused."""


async def played(county: System, *argv: str | Path, cwd: Path) -> None:
    """Let a program play the course, and see that it was told what is so, and has done what the README does."""
    tokens = json.dumps({actor: token(actor, role) for actor, role in ACTING})
    said = await asyncio.to_thread(run, *argv, *map(county.url, SERVICES), cwd=cwd, HUIYIN_TOKENS=tokens)
    told: dict[str, Any] = json.loads(said.splitlines()[-1])
    receipt = told["registerPetition"]
    case = receipt["case_id"]
    assert told["again"] == receipt
    assert (told["etag"], told["location"]) == ('"1"', f"/cases/{case}")
    assert [(told[step]["case_id"], told[step]["version"]) for step in STEPS] == [(case, n) for n in (1, 2, 2, 2)]
    assert told["notifyAcceptance"]["state"] == "accepted"
    problem = {name: told["issueOpinion"][name] for name in ("code", "status", "article")}
    assert problem == {"code": "not_heard", "status": 409, "article": "信访工作条例 第三十一条第六项"}
    assert told["progress"]["registration_no"] == receipt["registration_no"]
    assert told["progress"]["state"] == "classified"
    assert await _done(county, case) == list(STEPS.values())


async def _done(county: System, case: str) -> list[tuple[str, ...]]:
    """Return what people have done in a case, in its order."""
    entries = [entry for entry in await county.caught_up() if str(entry["case_id"]) == case]
    told = [(entry["type"], unpacked(entry).metadata) for entry in entries]
    return [(kind, by["actor"], by["unit"], by["role"]) for kind, by in told if by["role"] != Role.system]
