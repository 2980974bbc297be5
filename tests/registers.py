"""One entry in every register, for tests that look at all views and all routes."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID, uuid4

from contracts.vocabulary import Role
from tests.harness import BUREAU, GOVERNMENT, UNIT, System
from tests.steps import NOTIFIED_AT, document, ok

PAPER: Final = str(uuid4())
ELECTION: Final = {
    "member_count": 5, "chair": "C-1", "has_woman": True, "elected_on": "2025-08-25", "document": PAPER
}  # fmt: skip

Entry = tuple[str, str, dict[str, Any], Role]
"""A service, a path, a body, and who sends it."""

ENTRIES: Final[tuple[Entry, ...]] = (
    (
        "intake", "/desks",
        {"unit": UNIT, "desk_no": "1", "weekdays": [1, 2, 3, 4, 5, 6, 7], "opens": "00:00", "closes": "23:59"},
        Role.bureau_officer,
    ),
    ("intake", "/cases/{visit}/sessions", {"petition": "{petition}"}, Role.bureau_officer),
    (
        "intake", "/field-visits",
        {"place": "P-1", "category": "housing", "visited_on": "2025-08-25", "follow_up_on": "2025-09-20"},
        Role.case_officer,
    ),
    ("intake", "/diary", {"document": PAPER}, Role.case_officer),
    (
        "intake", "/field-days",
        {"place": "P-1", "day": "2025-08-25", "found_count": 1, "solved_count": 1}, Role.case_officer,
    ),
    ("intake", "/boxes", {"box_no": "B-0", "place": "P-1"}, Role.bureau_officer),
    (
        "intake", "/cases/{case}/step-forms",
        {"level": "township", "holder": UNIT, "until": "2099-12-31"}, Role.intake_clerk,
    ),
    (
        "intake", "/cases/{case}/contact-cards",
        {"unit": UNIT, "duty_officer": "co-1"}, Role.case_officer,
    ),
    (
        "intake", "/notices", {"kind": "rights", "medium": "hall", "text": "信访人可以查询办理进展。"},
        Role.bureau_officer,
    ),
    (
        "intake", "/cases/{case}/references", {"system": "national", "external_no": "GX-2025-0001"},
        Role.intake_clerk,
    ),
    ("intake", "/contact-points", {"officer": "co-1", "place": "P-1"}, Role.case_officer),
    (
        "intake", "/cases/{case}/help-plans",
        {"officer": "co-1", "due_on": "2099-12-31", "document": "{paper}"}, Role.case_officer,
    ),
    (
        "intake", "/dialogues",
        {"place": "P-1", "people": "elderly", "invited_count": 3, "attended_count": 2, "declined_count": 1},
        Role.case_officer,
    ),
    (
        "intake", "/cases/{case}/emergency-accesses", {"officer": "co-1", "ground": "danger_to_life"}, Role.unit_head,
    ),
    ("intake", "/cases/{case}/contacts", {"outcome": "talked"}, Role.case_officer),
    ("intake", "/cases/{visit}/skip-level-visits", {"level": "city", "cause": "distrust"}, Role.intake_clerk),
    (
        "intake", "/door-counts",
        {"unit": "T-1", "day": "2025-08-25", "visits": 1, "letters": 0, "calls": 0}, Role.bureau_officer,
    ),
    (
        "intake", "/cases/{visit}/conduct-incidents",
        {"conduct": "staying", "happened_on": "2025-08-25", "evidence": "{visit_paper}"}, Role.bureau_officer,
    ),
    (
        "intake", "/load-plans",
        {
            "occasion": "year_end", "first_on": "2099-12-01", "last_on": "2099-12-31", "expected_visits": 30, "desks": 4,
        },
        Role.bureau_officer,
    ),
    ("mediation", "/committees", ELECTION | {"unit": "V-1", "setting": "village"}, Role.unit_head),
    (
        "mediation", "/committees/{committee_id}/mediators",
        {"mediator": "M-1", "certificate_no": "TJ-1"}, Role.unit_head,
    ),
    (
        "mediation", "/disputes",
        {"place": "P-1", "dispute_class": "legacy", "category": "housing", "document": PAPER}, Role.case_officer,
    ),
    ("mediation", "/sweeps", {"units": [UNIT], "due_on": "2099-12-31"}, Role.unit_head),
    (
        "mediation", "/cases/{case}/funds",
        {"hardship": "illness", "document": "{paper}", "amount_fen": 1, "tied_to_withdrawal": False}, Role.case_officer,
    ),
    ("mediation", "/self-corrections", {"reason_code": "other", "document": PAPER}, Role.unit_head),
    ("accountability", "/projects", {"project_no": "G-0", "unit": UNIT}, Role.supervisor),
    (
        "accountability", "/cases/{case}/recommendations",
        {"kind": "improve_work", "addressee": UNIT, "document": "{paper}", "receipt": "R-1"}, Role.supervisor,
    ),
)  # fmt: skip


async def entered(county: System, case: str) -> dict[str, str]:
    """Make an entry in every register; `case` is one that the unit handles. Returns the id of each entry by name."""
    await county.enter({"code": "T-1", "level": "township"}, {"code": "V-1", "level": "village", "parent": GOVERNMENT})
    visit = await county.register()
    known = {"case": case, "visit": visit["case_id"], "petition": visit["petition_id"]}
    known |= {name: await document(county, known[of]) for name, of in (("paper", "case"), ("visit_paper", "visit"))}
    for service, path, told, role in ENTRIES:
        body = {name: value.format(**known) if isinstance(value, str) else value for name, value in told.items()}
        unit = BUREAU if service == "accountability" or "{visit}" in path else UNIT
        reply = ok(await county.send(service, path.format(**known), body, role=role, unit=unit, at=NOTIFIED_AT), 201)
        known |= {name: value for name, value in reply.items() if name.endswith("_id")}
    return known


async def only_kept(county: System, case: str) -> str:
    """Let what was written in a case that is over only be kept; return the id of that."""
    async with county.sql() as db:
        of = await db.fetchval("SELECT petition_id FROM intake.query_code WHERE case_id = $1", UUID(case))
    body = {"petition_id": str(of), "ground": "purpose_achieved"}
    told = {"unit": BUREAU, "role": Role.bureau_officer}
    return str(ok(await county.send("intake", f"/cases/{case}/erasures", body, **told), 201)["erasure_id"])


async def in_bulk(county: System) -> str:
    """Let somebody ask to read more than one person reads alone; return the id of that."""
    body = {"purpose": "handling", "count": 2}
    reply = await county.send("intake", "/bulk-looks", body, unit=UNIT, role=Role.case_officer)
    return str(ok(reply, 201)["bulk_look_id"])
