"""What a petitioner does about their own: rate, withdraw, add, ask for review and recheck, consent, report retaliation.

By their query code they have a session. What another service decides is passed on to it, on behalf of whoever has one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, ClassVar, Final
from uuid import UUID

import msgspec
from pydantic import Field

from contracts.ids import derived
from contracts.vocabulary import (
    Channel,
    ContentCategory,
    DocumentKind,
    Kind,
    RegistrationState,
    Role,
    Route,
    Satisfaction,
    Side,
)
from services.chassis.commands import Command, Reply
from services.chassis.context import By, receipt_no
from services.chassis.errors import Refused
from services.chassis.fields import Text
from services.chassis.questions import rows
from services.chassis.references import BlamedOfficer
from services.chassis.running import Running
from services.chassis.source import Passed
from services.chassis.store import New
from services.chassis.writer import Done
from services.intake.application.answering import Own, answering, own_of, parts_of
from services.intake.application.depositing import deposit, lies_apart, own_words
from services.intake.application.disclosing import handlers, handling_unit
from services.intake.application.looking import same_person, whose
from services.intake.application.office import office
from services.intake.application.registering import LETTER_BYTES_MAX, Content, Petition, receipt, received
from services.intake.application.telling import let_know
from services.intake.commands.cases import ACCUSED_MAX, Deposited, Registered
from services.intake.domain import classification, filing, grouping, rating, recusal, track, withdrawal
from services.intake.domain.guards import must_be_open
from services.intake.domain.registration import Registration

PETITIONER: Final = (Role.petitioner,)


class How(Reply):
    """How far the case is now."""

    state: RegistrationState


class PassedOn(Reply):
    """How far the case is now, in the words of the service that has decided."""

    state: str


async def must_take_part(running: Running, own: Own) -> None:
    """Let nobody act in a case as its petitioner who has withdrawn their petition. Raises ``HasWithdrawn``."""
    for case in dict.fromkeys((own.case, own.answering)):
        withdrawal.must_not_have_withdrawn(await running.store.known(Registration, case), own.petition)


class ByCode(Command[Registration], reply=How):
    """A command of whoever has proved by a query code that a petition is theirs, on the case that answers to them."""

    by_session = True

    async def run(self, running: Running, by: By) -> Done:
        await self.look_up(running, by)
        own = await own_of(running, by)
        await must_take_part(running, own)
        document = await self.says(running, own, by)

        def act(registration: Registration) -> dict[str, Any]:
            withdrawal.must_not_have_withdrawn(registration, own.petition)
            self.do(registration, own, document, by)
            return {"state": registration.state}

        return await running.store.change(Registration, own.answering, act, by=by)

    async def says(self, running: Running, own: Own, by: By) -> UUID | None:  # noqa: ARG002  # most say nothing
        """Put into the vault what is said beside it."""
        return None

    def do(self, r: Registration, own: Own, document: UUID | None, by: By) -> None:
        """Call the rule."""
        raise NotImplementedError


class Rate(ByCode, path="/progress/rating", by=PETITIONER, called="满意度评价"):
    """Rate the bureau and the handling unit; only the petitioner can (第二十一条第二款)."""

    bureau: Satisfaction
    handler: Satisfaction

    def do(self, r: Registration, own: Own, document: UUID | None, by: By) -> None:  # noqa: ARG002  # nothing is said
        rating.rate(r, own.petition, self.bureau, self.handler, at=by.at)


class Withdraw(ByCode, path="/progress/withdrawal", by=PETITIONER, called="本人申请撤回"):
    """Ask for withdrawal in one's own words; fifteen days to think again (第十七条)."""

    words: Text

    async def says(self, running: Running, own: Own, by: By) -> UUID:
        must_be_open(await running.store.known(Registration, own.answering))
        return await own_words(running, own, DocumentKind.record, self.words, by)

    def do(self, r: Registration, own: Own, document: UUID | None, by: By) -> None:
        assert document is not None
        withdrawal.request_withdrawal(r, document, self.directory, at=by.at, petition=own.petition)


class ThinkAgain(ByCode, path="/progress/withdrawal/revocation", by=PETITIONER, called="本人撤销撤回申请"):
    """Let the case go on as it was, and each of its parts where it was divided meanwhile (第十七条)."""

    async def run(self, running: Running, by: By) -> Done:
        own = await own_of(running, by)
        divided = await running.store.known(Registration, own.answering)
        if not divided.parts:
            return await super().run(running, by)
        await must_take_part(running, own)
        whose = [await self._own(running, own, divided, part) for part in divided.parts]
        answer = dict(zip([await answering(running, part) for part in divided.parts], whose, strict=True))

        def act(parts: Sequence[Registration]) -> dict[str, Any]:
            pending = [part for part in parts if withdrawal.is_pending(part, answer[part.id])]
            for part in pending or parts[:1]:
                withdrawal.revoke_withdrawal(part, None, at=by.at, petition=answer[part.id])
            return {"state": divided.state}

        return await running.store.change_all(Registration, [*answer], act, by=by)

    async def _own(self, running: Running, own: Own, divided: Registration, part: UUID) -> UUID:
        """Return which petition in a part is theirs."""
        if own.petition in divided.others:
            return own.petition
        return next(iter((await running.store.known(Registration, part)).petitions))

    def do(self, r: Registration, own: Own, document: UUID | None, by: By) -> None:
        withdrawal.revoke_withdrawal(r, document, at=by.at, petition=own.petition)


class Added(Deposited):
    """Where the text lies; with a receipt of its own where the case had its end already."""

    registration_no: str | None = None
    query_code: str | None = None


class AddFacts(ByCode, path="/progress/documents", by=PETITIONER, called="补充材料", status=201, reply=Added):
    """Add facts, reasons or evidence (第十九条); what comes after the end is a petition of its own (第二十二条).

    It is registered as a repeat, and whoever received the first one owes an answer to it.
    """

    bytes_max: ClassVar[int] = LETTER_BYTES_MAX

    words: Text

    async def run(self, running: Running, by: By) -> Done:
        own = await own_of(running, by)
        await must_take_part(running, own)
        about = await running.store.known(Registration, own.answering)
        if about.open:
            done = await deposit(running, about.id, DocumentKind.petition, self.words, by, own.petition)
        else:
            done = await self._come_again(running, about, own, by)
        if "registration_no" not in msgspec.json.decode(done.reply):
            return done
        code, _ = office(running).vault.query_code(about.id, derived(by.command_id, "petition"))
        return receipt(done, query_code=code)

    async def _come_again(self, running: Running, about: Registration, own: Own, by: By) -> Done:
        """Register what is said as a petition of the same person."""
        letter = Petition(channel=Channel.online, category=about.category, place=about.place,
                          content=Content(facts=self.words))  # fmt: skip
        index = await same_person(running, own.petition)
        apart = await lies_apart(running, about.id)
        directory = await running.store.directories.at_hand()
        petition = received(office(running).vault, directory, about.id, letter, by, index, apart=apart)
        facts = petition.facts | {
            "receiving_unit": about.receiving_unit, "anonymous": about.anonymous, "unclear": about.unclear,
            "unreachable": about.unreachable,
        }  # fmt: skip

        def act(registration: Registration) -> dict[str, Any]:
            filing.attach(registration, at=by.at, same_petitioner=True, **facts)
            return {
                "case_id": about.id, "document_id": facts["content"], "content_sha256": facts["content_sha256"],
                "registration_no": facts["registration_no"],
            }  # fmt: skip

        return await running.store.change(Registration, about.id, act, by=by, statements=petition.statements)


class AnsweredInParts(Refused):
    """What was divided is answered in its parts, each of which has a query code of its own."""

    code = "answered_in_parts"
    title = "该信访件已经分案，请以各分案的查询码办理"
    article = "信访工作条例 第二十一条第二款、第二十二条"


ELSEWHERE: Final = frozenset({"not_found", "has_stopped"})
"""What mediation says of a case that goes on in its parts: it has never had it, or has it no more."""
_PARTS: Final = "SELECT registration_no FROM case_view WHERE split_from = $1 ORDER BY registration_no"


class PassOn(ByCode, reply=PassedOn):
    """A command that mediation decides, on behalf of whoever has the session."""

    to: ClassVar[str]
    """Where it goes, behind the case."""

    async def run(self, running: Running, by: By) -> Done:
        own = await own_of(running, by)
        await must_take_part(running, own)
        body = await self.body(running, own, by)
        try:
            reply = await running.sources.pass_on("mediation", f"/cases/{own.answering}/{self.to}", body, by)
        except Passed as refused:
            if refused.of["code"] in ELSEWHERE and (parts := await rows(running.store, _PARTS, own.answering)):
                raise AnsweredInParts("、".join(part["registration_no"] for part in parts)) from None
            raise
        told = msgspec.json.decode(reply)
        return Done(told["version"], msgspec.json.encode({"state": told["state"], "version": told["version"]}))

    async def body(self, running: Running, own: Own, by: By) -> dict[str, Any]:
        """Return what is sent."""
        raise NotImplementedError


class AskReview(PassOn, path="/progress/review", by=PETITIONER, called="本人申请复查"):
    """Ask the unit above to look again at the opinion (第三十五条)."""

    to = "review"
    words: Text

    async def body(self, running: Running, own: Own, by: By) -> dict[str, Any]:
        return await _asked(running, own, DocumentKind.review_application, self.words, by)


class AskRecheck(PassOn, path="/progress/recheck", by=PETITIONER, called="本人申请复核"):
    """Ask for the last word on the review opinion (第三十六条)."""

    to = "recheck"
    words: Text

    async def body(self, running: Running, own: Own, by: By) -> dict[str, Any]:
        return await _asked(running, own, DocumentKind.recheck_application, self.words, by)


async def _asked(running: Running, own: Own, kind: DocumentKind, words: str, by: By) -> dict[str, Any]:
    """Return what is asked, and by whose days: each petitioner has their own (第三十五条、第三十六条)."""
    petition = await whose(running, await running.store.known(Registration, own.answering), own.petition)
    return {"document": await own_words(running, own, kind, words, by), "petition_id": petition}


class Consent(PassOn, path="/progress/mediation/consent", by=PETITIONER, called="本人同意调解"):
    """Say that one is willing to be mediated with (第三十三条)."""

    to = "mediation/consent"
    public: Annotated[bool, Field(description="Whether one wants listeners; there are none unless both sides do")] = (
        False
    )

    async def body(self, running: Running, own: Own, by: By) -> dict[str, Any]:  # noqa: ARG002  # nothing else is said
        return {**await _speaks(running, own), "public": self.public}


class Refuse(PassOn, path="/progress/mediation/refusal", by=PETITIONER, called="本人拒绝调解"):
    """Say that one does not want it, or not any more; nobody asks why (人民调解法 第十七条, 第二十三条)."""

    to = "mediation/refusal"

    async def body(self, running: Running, own: Own, by: By) -> dict[str, Any]:  # noqa: ARG002  # nothing is said
        return await _speaks(running, own)


async def _speaks(running: Running, own: Own) -> dict[str, Any]:
    """Return who of several petitioners speaks: each for themselves (第三十三条)."""
    registration = await running.store.known(Registration, own.answering)
    petition = await whose(running, registration, own.petition)
    return {"side": Side.petitioner, "petition_id": petition if petition in registration.others else None}


class AskRecusal(PassOn, path="/progress/recusal", by=PETITIONER, called="本人申请回避"):
    """Ask that somebody who has an interest in the matter keep out (第二十八条第三款).

    Of who handles, reviews or rechecks the case it is decided there; of everybody else, and before, at the door.
    """

    to = "recusal/requests"
    officer: BlamedOfficer
    words: Text

    async def run(self, running: Running, by: By) -> Done:
        await self.look_up(running, by)
        own = await own_of(running, by)
        await must_take_part(running, own)
        about = await running.store.known(Registration, own.answering)
        having = await handlers(running, own.answering)
        directory = await running.store.directories.at_hand()
        handles = not having.isdisjoint(directory.units_of(self.officer))
        if handles or (having and recusal.seat(about, self.officer, directory) is None):
            return await super().run(running, by)
        must_be_open(about)
        document = await own_words(running, own, DocumentKind.record, self.words, by)

        def act(registration: Registration) -> dict[str, Any]:
            recusal.challenge(registration, self.officer, document, running.store.directories.current, at=by.at)
            return {"state": registration.state}

        return await running.store.change(Registration, own.answering, act, by=by)

    async def body(self, running: Running, own: Own, by: By) -> dict[str, Any]:
        document = await own_words(running, own, DocumentKind.record, self.words, by)
        return {"officer": self.officer, "document": document}


class ReportRetaliation(
    Command[Registration],
    path="/progress/retaliation",
    by=PETITIONER,
    called="反映打击报复",
    status=201,
    reply=Registered,
):
    """Report that somebody is paid back for a petition (第十七条、第四十六条第六项).

    It is a report about an official from the first moment: sealed, and of the unit that has the case, so that neither
    that unit nor anybody in its line learns of it. The discipline organ with authority over them has it at once, and
    nobody has to pass it on. Whom it is about, it may say: the case complains of them from then on, so that none of
    them reads or does anything in it any more, and it comes to somebody else (第二十八条第三款).
    """

    bytes_max: ClassVar[int] = LETTER_BYTES_MAX

    by_session = True

    words: Text
    persons: list[BlamedOfficer] = Field(default_factory=list, max_length=ACCUSED_MAX)

    async def run(self, running: Running, by: By) -> Done:
        await self.look_up(running, by)
        own = await own_of(running, by)
        about = await running.store.known(Registration, own.answering)
        unit = await handling_unit(running, own.answering)
        codes = {}

        def opening() -> New:
            report = Registration.blank(derived(by.command_id, "case"))
            letter = Petition(channel=Channel.online, category=ContentCategory.official_conduct, place=about.place,
                              secrecy_requested=True, content=self.content(about))  # fmt: skip
            petition = received(office(running).vault, self.directory, report.id, letter, by, apart=True)
            codes["query_code"] = petition.code
            track.set_apart(report, at=by.at)
            filing.register(report, at=by.at, **petition.facts)
            classification.classify(
                report, Kind.report_accusation, Route.discipline_supervision, ContentCategory.official_conduct,
                running.store.directories.current, at=by.at, accused_units=[unit] if unit else [],
                accused_persons=self.persons,
            )  # fmt: skip
            organ = self.directory.organ_over(
                unit or about.receiving_unit, report.accused_units, report.accused_persons
            )
            if organ is not None:
                track.open_track(report, organ, receipt_no(by), self.directory, at=by.at)
            return New(report, petition.reply(report.id), petition.statements)

        done = receipt(await running.store.create(opening, by=by), **codes)
        if self.persons:
            await self._keep_from_them(running, own.answering, by)
        return done

    async def _keep_from_them(self, running: Running, case: UUID, by: By) -> None:
        """Let the case complain of whom the report names; of the report itself it says nothing."""

        def act(them: Sequence[Registration]) -> dict[str, Any]:
            directory = running.store.directories.current
            classification.complain_of(them[0], (), self.persons, directory, at=by.at)
            grouping.accuse_parts(them[0], them[1:], at=by.at)
            return {"case_id": case}

        naming = msgspec.structs.replace(by, command_id=derived(by.command_id, "persons"), reason=None)
        await running.store.change_all(Registration, [case, *await parts_of(running, case)], act, by=naming)
        await let_know(running, case)

    def content(self, about: Registration) -> Content:
        """Return what the discipline organ reads."""
        return Content(claim=f"反映因信访事项 {about.registration_no} 受到打击报复", facts=self.words)
