"""The README's ten minutes as a clerk, with packages that openapi-python-client made of the documents."""

import json
import os
import sys
from typing import TypedDict, TypeVar
from uuid import UUID, uuid4

import assignment
import assignment.models
import intake
import mediation
from assignment.api.cases import assign_case
from assignment.models import AssignCase, Assigned
from intake.api.cases import classify_case, register_petition
from intake.api.progress import progress
from intake.api.sessions import open_petition_session
from intake.models import (
    Channel,
    ClassifyCase,
    Content,
    ContentCategory,
    Kind,
    OfCase,
    OpenPetitionSession,
    Petitioner,
    PetitionSession,
    Registered,
    RegisterPetition,
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
    """As what somebody acts, for which unit and in which role; each command has a key of its own."""

    huiyin_post: str
    idempotency_key: str


def by(unit: str, role: str) -> By:
    post = f"{unit}/{role}"
    return {"huiyin_post": post, "idempotency_key": str(uuid4())}


def answered(kind: type[T], parsed: object) -> T:
    """Return what was answered, which must be of this kind."""
    assert isinstance(parsed, kind), parsed
    return parsed


intake_url, assignment_url, mediation_url = sys.argv[1:]
tokens = json.loads(os.environ["HUIYIN_TOKENS"])
clerk = intake.AuthenticatedClient(base_url=intake_url, token=tokens["QL66295"])
officer = intake.AuthenticatedClient(base_url=intake_url, token=tokens["QL19597"])
assigner = assignment.AuthenticatedClient(base_url=assignment_url, token=tokens["QL19597"])
receiver = mediation.AuthenticatedClient(base_url=mediation_url, token=tokens["QL27527"])
head = mediation.AuthenticatedClient(base_url=mediation_url, token=tokens["QL49308"])
petitioner = intake.Client(base_url=intake_url)

at_the_window = by(BUREAU, "intake_clerk")
petition = RegisterPetition(
    channel=Channel.VISIT,
    category=ContentCategory.UNPAID_WAGES,
    place="980726101201",
    petitioner=Petitioner(name="周安平", phone="139 0000 0000"),
    content=Content(claim="要求支付拖欠的工资", facts="三月至五月的工资一直没有发"),
)
first, again = (register_petition.sync_detailed(client=clerk, body=petition, **at_the_window) for _ in range(2))
registered = answered(Registered, first.parsed)
classified = classify_case.sync(
    registered.case_id,
    client=officer,
    body=ClassifyCase(
        kind=Kind.APPEAL_FOR_RESOLUTION, route=Route.PETITION_PROCEDURE, category=ContentCategory.UNPAID_WAGES
    ),
    if_match=first.headers["ETag"],
    **by(BUREAU, "bureau_officer"),
)
assigned = assign_case.sync(
    registered.case_id,
    client=assigner,
    body=AssignCase(mode=assignment.models.Forwarding.FORWARD, unit=HUMAN_RESOURCES),
    **by(BUREAU, "bureau_officer"),
)
accepted = notify_acceptance.sync(
    registered.case_id,
    client=receiver,
    body=NotifyAcceptance(method=ServiceMethod.POST, receipt="EMS-1180", case_officer="QL24568"),
    **by(HUMAN_RESOURCES, "unit_receiver"),
)
refused = issue_opinion.sync(
    registered.case_id,
    client=head,
    body=IssueOpinion(
        result=Result.SUPPORT,
        legal_basis=["保障农民工工资支付条例 第三条"],
        document=UUID("00000000-0000-4000-8000-000000000000"),
        drafted_by="QL24568",
        review_body="980726000103",
    ),
    **by(HUMAN_RESOURCES, "unit_head"),
)
shown = OpenPetitionSession(query_code=registered.query_code)
session = answered(PetitionSession, open_petition_session.sync(body=shown, client=petitioner))
told = progress.sync(client=intake.AuthenticatedClient(base_url=intake_url, token=session.token))

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
