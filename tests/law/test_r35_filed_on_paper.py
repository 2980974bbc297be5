"""第三十五条、第三十六条: a review is asked of who reviews, so who reviews can file it; and what came of it is told."""

from __future__ import annotations

import pytest

from contracts.event import Event
from contracts.mediation import AgreementBreached, AgreementPerformed, ExecutionOrdered, OpinionExecuted
from contracts.vocabulary import DocumentKind, Role
from services.intake.application.disclosing import TOLD
from services.intake.papers.kinds import KINDS


@pytest.mark.parametrize(
    ("kind", "role"),
    [(DocumentKind.review_application, Role.reviewer), (DocumentKind.recheck_application, Role.recheck_officer)],
)
def test_with_whom_it_is_filed_makes_the_paper(kind: DocumentKind, role: Role):
    assert {role, Role.petitioner, Role.bureau_officer} <= {*KINDS[kind].issuers}


@pytest.mark.parametrize("event", [OpinionExecuted, ExecutionOrdered, AgreementPerformed, AgreementBreached])
def test_petitioner_is_told_what_was_done(event: type[Event]):
    """第二十一条第二款、第三十二条第二款."""
    assert event in TOLD
