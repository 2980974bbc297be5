"""Cases as they really are: what a petitioner writes, what a clerk sends, what the streams then hold."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4, uuid5

from contracts.event import typed_before
from contracts.vocabulary import (
    Channel,
    ClockKind,
    ContentCategory,
    Kind,
    RecordKind,
    Result,
    Role,
    Route,
    ServiceMethod,
)
from services.chassis.aggregate import Aggregate
from services.chassis.context import By
from services.chassis.database import Database
from services.chassis.directory import Directory
from services.chassis.store import Store
from services.chassis.stored import Row
from services.intake.application.registering import registration_no
from services.intake.domain import classification, filing
from services.intake.domain.registration import Registration
from services.mediation.domain import acceptance, ending, inquiry, opinion, receiving
from services.mediation.domain.handling import Handling
from tests.harness import STAFFED

_NOWHERE: Final = Store(Database("intake"), "intake", ())
"""It makes rows, and has no database to put them in."""
OFFICER: Final = "officer-1"
"""Who acts, as whatever a step wants."""
BUREAU: Final = "XFJ"
UNIT: Final = "RSJ"
DAY_ONE: Final = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)

PETITION: Final[dict[str, Any]] = {
    "channel": "visit",
    "category": "unpaid_wages",
    "place": "P-0107",
    "person_count": 3,
    "petitioner": {
        "name": "王秀兰",
        "id_no": "411023197508124528",
        "phone": "13800000000",
        "address": "青禾县柳河镇石桥村三组",
    },
    "content": {
        "claim": "请求责令施工单位支付拖欠的工资四万三千二百元。",
        "facts": "来访人等三人自去年九月起在县城东区安置房工地做钢筋工，约定日工资二百四十元，按月结清。"
        "前两个月均已支付，自十一月起以工程款未到位为由不再支付，至今年二月停工时共拖欠三个月。"
        "期间多次找项目部协商，项目部负责人先后写下两张欠条，约定的日期均已过去。",
        "reasons": "依照《保障农民工工资支付条例》，施工总承包单位应当先行清偿。",
    },
}


def numbers() -> Iterator[str]:
    """Idempotency keys that nobody has used, cheaper than random ones."""
    first = secrets.randbits(64) << 64
    n = 0
    while True:
        n += 1
        yield f"{first + n:032x}"


def by(role: Role = Role.intake_clerk, unit: str = BUREAU, at: datetime = DAY_ONE) -> By:
    return By(
        actor=OFFICER,
        unit=unit,
        role=role,
        at=at,
        clock=ClockKind.simulated,
        request_id=str(uuid4()),
        command_id=uuid4(),
        fingerprint=b"0123456789abcdef",
    )


def rows(aggregate: Aggregate, who: By) -> list[Row]:
    """The rows that a store makes of an aggregate's new events."""
    return _NOWHERE.rows(aggregate, who)


def registration(*, repeats: int = 0) -> Registration:
    """A case with its classification and so many repeat petitions."""
    made = Registration.blank(uuid4())
    facts = _facts(made.id)
    filing.register(
        made, at=DAY_ONE, category=ContentCategory.unpaid_wages, place="P-0107", secrecy_requested=False, **facts
    )
    classification.classify(
        made,
        Kind.appeal_for_resolution,
        Route.petition_procedure,
        ContentCategory.unpaid_wages,
        Directory(),
        at=DAY_ONE + timedelta(hours=2),
    )
    for n in range(repeats):
        filing.attach(made, at=DAY_ONE + timedelta(days=7 * n), **_facts(made.id))
    filing.conclude(made, at=DAY_ONE + timedelta(days=90))
    return made


def registered() -> Registration:
    """A case whose first petition has just come in."""
    made = Registration.blank(uuid4())
    filing.register(
        made,
        at=DAY_ONE,
        category=ContentCategory.unpaid_wages,
        place="P-0107",
        secrecy_requested=False,
        **_facts(made.id),
    )
    return made


def _facts(case: UUID) -> dict[str, Any]:
    command = uuid4()
    return {
        "registration_no": registration_no(command, DAY_ONE),
        "petition": uuid5(case, "petition"),
        "channel": Channel.visit,
        "received_at": DAY_ONE,
        "receiving_unit": BUREAU,
        "person_count": 3,
        "anonymous": False,
        "content": uuid5(command, "content"),
        "content_sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    }


def handling(*, records: int = 2) -> Handling:
    """A case from its receipt by a unit to its closing."""
    made = Handling.blank(uuid4())
    at = DAY_ONE + timedelta(days=1)
    receiving.receive(
        made, at=at, unit=UNIT, unit_name="县人力资源和社会保障局", registration_no="XF20260302-4K7QXM",
        route=Route.petition_procedure, due_on=None,
    )  # fmt: skip
    acceptance.notify_acceptance(
        made,
        UNIT,
        "受20260304-7H2K9D",
        ServiceMethod.post,
        at,
        typed_before("EMS1180420260304"),
        "co-1",
        STAFFED,
        at=at,
    )
    kinds = [RecordKind.statement_heard, RecordKind.facts_verified, RecordKind.site_visit]
    for n in range(records):
        inquiry.put_on_record(made, UNIT, kinds[n % 3], at, uuid4(), at=at)
    basis = uuid4()
    draft = opinion.Draft((Result.explain,), basis, uuid4(), "co-1", "XZF")
    opinion.issue_opinion(made, UNIT, "意20260401-2M8TQA", draft, "head-1", STAFFED, at=at)
    opinion.serve_opinion(made, UNIT, ServiceMethod.in_person, at, typed_before("HZ-20260401-01"), at=at)
    ending.close(made, UNIT, at=at + timedelta(days=40))
    return made
