"""The README's ten minutes as a clerk, with packages that openapi-python-client made of the documents."""

import json
import sys
from typing import TypedDict, TypeVar
from uuid import UUID, uuid4

import assignment
import assignment.models
import intake
import mediation
import mediation.models
from assignment.api.cases import assign_case
from assignment.models import AssignCase, Assigned
from intake.api.cases import classify_case, register_petition
from intake.api.progress import progress
from intake.models import (
    Channel,
    ClassifyCase,
    Content,
    ContentCategory,
    Kind,
    OfCase,
    Petitioner,
    Progress,
    Registered,
    RegisterPetition,
    Role,
    Route,
    Told,
)
from mediation.api.acceptance import notify_acceptance
from mediation.api.opinion import issue_opinion
from mediation.models import IssueOpinion, Noticed, NotifyAcceptance, Problem, Result, ServiceMethod

BUREAU = "980726000116"
HUMAN_RESOURCES = "980726000308"
T = TypeVar("T")


class By(TypedDict):
    """Who acts, for which unit; each command has a key of its own."""

    huiyin_actor: str
    huiyin_unit: str
    idempotency_key: str


def by(actor: str, unit: str) -> By:
    return {"huiyin_actor": actor, "huiyin_unit": unit, "idempotency_key": str(uuid4())}


def answered(kind: type[T], parsed: object) -> T:
    """Return what was answered, which must be of this kind."""
    assert isinstance(parsed, kind), parsed
    return parsed


intake_url, assignment_url, mediation_url = sys.argv[1:]
at_intake = intake.Client(base_url=intake_url)
at_assignment = assignment.Client(base_url=assignment_url)
at_mediation = mediation.Client(base_url=mediation_url)

clerk = by("QL66295", BUREAU)
petition = RegisterPetition(
    channel=Channel.VISIT,
    category=ContentCategory.UNPAID_WAGES,
    place="980726101201",
    petitioner=Petitioner(name="周安平", phone="139 0000 0000"),
    content=Content(claim="要求支付拖欠的工资", facts="三月至五月的工资一直没有发"),
)
first, again = (
    register_petition.sync_detailed(client=at_intake, body=petition, huiyin_role=Role.INTAKE_CLERK, **clerk)
    for _ in range(2)
)
registered = answered(Registered, first.parsed)
classified = classify_case.sync(
    registered.case_id,
    client=at_intake,
    body=ClassifyCase(
        kind=Kind.APPEAL_FOR_RESOLUTION, route=Route.PETITION_PROCEDURE, category=ContentCategory.UNPAID_WAGES
    ),
    huiyin_role=Role.BUREAU_OFFICER,
    if_match=first.headers["ETag"],
    **by("QL19597", BUREAU),
)
assigned = assign_case.sync(
    registered.case_id,
    client=at_assignment,
    body=AssignCase(mode=assignment.models.Forwarding.FORWARD, unit=HUMAN_RESOURCES),
    huiyin_role=assignment.models.Role.BUREAU_OFFICER,
    **by("QL19597", BUREAU),
)
accepted = notify_acceptance.sync(
    registered.case_id,
    client=at_mediation,
    body=NotifyAcceptance(method=ServiceMethod.POST, receipt="EMS-1180", case_officer="QL24568"),
    huiyin_role=mediation.models.Role.UNIT_RECEIVER,
    **by("QL27527", HUMAN_RESOURCES),
)
refused = issue_opinion.sync(
    registered.case_id,
    client=at_mediation,
    body=IssueOpinion(
        result=Result.SUPPORT,
        legal_basis=["保障农民工工资支付条例 第三条"],
        document=UUID("00000000-0000-4000-8000-000000000000"),
        drafted_by="QL24568",
        review_body="980726000103",
    ),
    huiyin_role=mediation.models.Role.UNIT_HEAD,
    **by("QL49308", HUMAN_RESOURCES),
)
told = progress.sync(body=Progress(query_code=registered.query_code), client=at_intake)

print(
    json.dumps(
        {
            "registerPetition": registered.to_dict(),
            "again": answered(Registered, again.parsed).to_dict(),
            "etag": first.headers["ETag"],
            "location": first.headers["Location"],
            "classifyCase": answered(OfCase, classified).to_dict(),
            "assignCase": answered(Assigned, assigned).to_dict(),
            "notifyAcceptance": answered(Noticed, accepted).to_dict(),
            "issueOpinion": answered(Problem, refused).to_dict(),
            "progress": answered(Told, told).to_dict(),
        }
    )
)
