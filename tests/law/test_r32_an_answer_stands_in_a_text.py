"""第三十二条: 信访处理意见书应当载明…: what is decided, answered or proved stands in a text that lies with the case."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

import pytest
import pytest_asyncio

from contracts.vocabulary import DocumentKind, Role
from services.assignment.commands import COMMANDS as ASSIGNMENT
from services.chassis.commands import Command
from services.chassis.operations import Declared
from services.chassis.references import references
from services.chassis.source import TextAt
from services.chassis.texts import NoSuchText, TextOf, Texts, WrongKindOfText
from services.mediation.commands import COMMANDS as MEDIATION
from tests.harness import CITY, GOVERNMENT, HEAD, UNIT, Servers, System, believing
from tests.rules import refused, refuses
from tests.steps import (
    CLOSED_AT,
    HEARD_AT,
    SERVED_AT,
    act,
    classified,
    decided,
    document,
    heard,
    ok,
    open_county,
    opinion,
    registered,
    served,
    with_unit,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")
REVIEW_AT = "2025-09-10T09:00:00+08:00"
REVIEWER: dict[str, Any] = {"role": Role.reviewer, "unit": GOVERNMENT, "actor": "reviewer-1"}
HEADS: dict[str, Any] = {"role": Role.unit_head, "actor": HEAD}
POST = {"method": "post", "receipt": "EMS-3"}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def county(servers: Servers):
    async with open_county(servers) as made:
        yield made


async def test_opinion_in_an_invented_document_is_not_issued(county: System):
    """«信访处理意见书应当载明信访人投诉请求、事实和理由、处理意见及其法律法规依据» (第三十二条第一款)."""
    case = await heard(county)
    refused(await act(county, case, "opinion", opinion(str(uuid4())), at=HEARD_AT, **HEADS), 422, NoSuchText)


async def test_service_that_believes_every_id_is_seen(county: System):
    """The mutant of 第三十二条第一款: nobody asks whether there is such a text."""
    case, mediation = await heard(county), county.running["mediation"]
    asking = mediation.texts
    believing(mediation, "opinion")
    try:
        assert (await act(county, case, "opinion", opinion(str(uuid4())), at=HEARD_AT, **HEADS)).status_code == 200
    finally:
        mediation.texts = asking


async def test_opinion_in_a_document_of_another_case_is_not_issued(county: System):
    """第三十二条第一款: 载明信访人投诉请求: of this one's."""
    case, other = await heard(county), await registered(county)
    text = await document(county, other, "opinion")
    refused(await act(county, case, "opinion", opinion(text), at=HEARD_AT, **HEADS), 422, NoSuchText)


async def test_opinion_in_a_document_of_another_kind_is_not_issued(county: System):
    """第三十二条第一款: a record of what was said is no opinion."""
    case = await heard(county)
    problem = refused(
        await act(county, case, "opinion", opinion(await document(county, case)), at=HEARD_AT, **HEADS),
        422,
        WrongKindOfText,
    )
    assert "信访处理意见书" in problem["detail"]


async def test_what_was_not_issued_is_not_served(county: System):
    """第三十二条, 第三十五条: thirty days run from an answer, and there is none."""
    case = await heard(county)
    await act(county, case, "opinion", opinion(str(uuid4())), at=HEARD_AT, **HEADS)
    reply = await act(county, case, "opinion/service", POST, at=SERVED_AT)
    assert (reply.status_code, reply.json()["code"]) == (409, "not_decided")


async def test_claim_is_not_done_by_an_invented_proof(county: System):
    """第三十二条第二款: 督促执行."""
    case = await served(county)
    body = {"executed_on": "2025-09-01", "document": str(uuid4())}
    refused(await act(county, case, "execution", body, at=SERVED_AT), 422, NoSuchText)
    record = body | {"document": await document(county, case)}
    refused(await act(county, case, "execution", record, at=SERVED_AT), 422, WrongKindOfText)
    ok(
        await act(
            county,
            case,
            "execution",
            body | {"document": await document(county, case, "execution_proof")},
            at=SERVED_AT,
        )
    )


async def test_review_stands_in_a_review_opinion(county: System):
    """第三十五条: 提出复查意见，并予以书面答复."""
    case = await served(county, "explain")
    ask = {"document": await document(county, case, "review_application")}
    ok(await act(county, case, "review", ask, at=REVIEW_AT, **REVIEWER))
    body = POST | {"result": "uphold", "recheck_body": CITY}
    for text, refusal in ((str(uuid4()), NoSuchText), (await document(county, case, "opinion"), WrongKindOfText)):
        reply = await act(county, case, "review/opinion", body | {"document": text}, at=CLOSED_AT, **REVIEWER)
        refused(reply, 422, refusal)


async def test_withdrawal_stands_in_the_petitioners_own_words(county: System):
    """第十七条: withdrawal on a document that nobody has written is none."""
    case = await registered(county)
    reply = await county.send("intake", f"/cases/{case}/withdrawal", {"document": str(uuid4())}, role=Role.intake_clerk)
    refused(reply, 422, NoSuchText)


async def test_recommendation_stands_in_a_text(county: System):
    """第四十条: 提出建议."""
    case = await with_unit(county)
    await county.caught_up()
    body = {"kind": "improve_work", "addressee": "RSJ", "document": str(uuid4()), "receipt": "R-1"}
    reply = await county.send("accountability", f"/cases/{case}/recommendations", body, role=Role.supervisor)
    refused(reply, 422, NoSuchText)


async def test_text_of_a_case_that_was_merged_into_it_counts(county: System):
    """第三十二条: what lay with the one lies with the other from then on."""
    case, other = await registered(county), await registered(county)
    text = await document(county, other)
    for one in (case, other):
        ok(await county.classify(one))
    merge = await county.send("intake", f"/cases/{other}/merger", {"into": case}, role=Role.bureau_officer)
    assert merge.status_code in {200, 201}, merge.text
    running = county.running["intake"]
    assert await running.texts.kind(UUID(case), UUID(text)) == DocumentKind.record


async def test_other_rules_come_first(county: System):
    """第三十一条第六项: who may not decide yet is told that, whatever the document is."""
    case = await decided(county)
    reply = await act(county, case, "opinion", opinion(str(uuid4())), at=HEARD_AT, **HEADS)
    assert (reply.status_code, reply.json()["code"]) != (422, "no_such_text")


async def test_intake_is_asked_once_for_each_text():
    """A text never changes its kind or case, so the ordinary way of a case asks as rarely as it can."""
    asked: list[UUID] = []

    async def ask(wanted: Sequence[TextAt]) -> dict[TextAt, str | None]:
        asked.extend(text for _, text in wanted)
        return dict.fromkeys(wanted, "record" if len(asked) == 1 else None)

    texts, case, text = Texts(ask), uuid4(), uuid4()
    assert [await texts.kind(case, text) for _ in range(3)] == ["record"] * 3
    assert asked == [text]
    with refuses(NoSuchText):
        await texts.kind(case, uuid4())


@pytest.mark.parametrize("commands", [MEDIATION, ASSIGNMENT], ids=["mediation", "assignment"])
async def test_every_text_of_a_case_is_looked_up(commands: Sequence[type[Declared]]):
    """第三十二条: one rule for the kind; what a unit says at a conference is about all that is on the agenda."""
    free = {
        (command.__name__, name)
        for command in commands
        if issubclass(command, Command)
        and command.__name__ != "ConsultUnit"
        and ("{case_id}" in command.operation.path or command.of_case is not Command.of_case)
        for name in ("document", "reasons", "proof", "confirmation")
        if name in command.model_fields
        and not any(field == name and isinstance(one, TextOf) for field, one in references(command))
    }
    assert free == set()


class TestOrganised:
    """第十八条第二款、第二十八条第一款: what is organised around a case stands in texts of that case."""

    INVENTED = str(UUID(int=15))
    SECRETARY: dict[str, Any] = {"role": Role.conference_secretary}
    ROW: dict[str, Any] = {"kind": "petition", "unit": UNIT, "officer": "co-1", "due_on": "2099-12-31"}

    async def test_leader_writes_on_a_letter_of_the_case_and_is_answered_from_it(self, county: System):
        case, other = await with_unit(county), await document(county, await registered(county))
        body = {"leader": "leader-1", "unit": UNIT, "due_on": "2099-12-31"}
        path = f"/cases/{case}/instructions"
        for wrong in (self.INVENTED, other):
            refused(
                await county.send("assignment", path, body | {"document": wrong}, **self.SECRETARY), 422, NoSuchText
            )
        text = {"document": await document(county, case)}
        made = ok(await county.send("assignment", path, body | text, **self.SECRETARY), 201)
        path, who = f"/instructions/{made['instruction_id']}/answer", {"role": Role.unit_head, "unit": UNIT}
        refused(await county.send("assignment", path, {"document": other}, **who), 422, NoSuchText)
        ok(await county.send("assignment", path, text, **who))

    async def test_row_of_a_ledger_is_struck_off_with_proof_from_the_case(self, county: System):
        case = await with_unit(county)
        body = self.ROW | {"case_id": case}
        path, text = "/ledger-items", await document(county, case, "execution_proof")
        wrong = await county.send("assignment", path, body | {"document": self.INVENTED}, **self.SECRETARY)
        refused(wrong, 422, NoSuchText)
        made = ok(await county.send("assignment", path, body | {"document": text}, **self.SECRETARY), 201)
        path = f"/ledger-items/{made['item_id']}/closure"
        refused(await county.send("assignment", path, {"proof": self.INVENTED}, **self.SECRETARY), 422, NoSuchText)
        ok(await county.send("assignment", path, {"proof": text}, **self.SECRETARY))

    async def test_row_of_no_case_is_in_nobodys_vault(self, county: System):
        body = self.ROW | {"document": self.INVENTED}
        ok(await county.send("assignment", "/ledger-items", body, **self.SECRETARY), 201)

    async def test_item_of_a_conference_is_decided_in_a_text_of_its_case(self, county: System):
        """第十三条第一款."""
        case, day = await with_unit(county), "2026-03-02"
        more = self.SECRETARY | {"at": f"{day}T09:00:00+08:00"}
        made = ok(await county.send("assignment", "/conferences", {"held_on": day}, **more), 201)
        text, nothing = {"document": await document(county, case)}, {"document": self.INVENTED}
        unit = more | {"role": Role.unit_head, "unit": UNIT}

        async def send(what: str, body: dict[str, Any], who: dict[str, Any] = more) -> Any:
            return await county.send("assignment", f"/conferences/{made['conference_id']}/{what}", body, **who)

        refused(await send("agenda", {"matter": case} | nothing), 422, NoSuchText)
        ok(await send("agenda", {"matter": case} | text))
        ok(await send("summons", {"unit": UNIT}))
        ok(await send("consultations", nothing, unit))
        decision = {"item": 1, "owner": UNIT, "due_on": "2099-12-31"}
        refused(await send("decisions", decision | nothing), 422, NoSuchText)
        ok(await send("decisions", decision | text))
        refused(await send("reports", {"item": 1, "proof": self.INVENTED}, unit), 422, NoSuchText)
        ok(await send("reports", {"item": 1, "proof": text["document"]}, unit))

    async def test_forwarding_asks_nobody(self, county: System):
        """第二十二条: the ordinary way of a case waits for no other service."""
        case, running = await classified(county), county.running["assignment"]
        asking = running.texts
        running.texts = Texts(unasked)
        try:
            ok(await county.forward(case))
        finally:
            running.texts = asking


async def unasked(wanted: Sequence[TextAt]) -> dict[TextAt, str | None]:
    raise AssertionError(f"{wanted} are asked for")
