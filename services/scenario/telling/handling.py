"""At the unit: it accepts, hears, verifies, decides and serves."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final, Self

from contracts.periods import period
from contracts.vocabulary import (
    DocumentKind,
    RecordKind,
    Result,
    ReturnReason,
    Role,
    Route,
    ServiceMethod,
    SimplifiedGround,
)
from services.intake.commands.cases import RecordNoticeReturn, TellAgain
from services.intake.commands.petitioner import AskRecusal
from services.mediation.commands.acceptance import (
    AcceptCase,
    ChooseSimplified,
    ConvertSimplified,
    ExtendHandling,
    NameOfficer,
    NotifyAcceptance,
    NotifyPetitioner,
)
from services.mediation.commands.answers import DetermineRoute
from services.mediation.commands.ending import SubmitReport
from services.mediation.commands.inquiry import CloseHearing, DecideRecusal, DeclareRecusal, OpenHearing, PutOnRecord
from services.mediation.commands.opinion import (
    CorrectReceiptNumber,
    GivePart,
    IssueOpinion,
    RecordDeliveryReturn,
    ServeNoticeAgain,
    ServeOpinion,
    ServePetitioner,
    TakeBackOpinion,
)
from services.scenario.county import Unit
from services.scenario.step import From, Step, Who
from services.scenario.telling.door import Door

_RESULTS: Final = {Result.support: 34, Result.explain: 40, Result.not_support: 26}
LONGER_DAYS: Final = (15, 20, 30)


class Handling(Door):
    """What the unit does until the petitioner has an opinion."""

    def notify(
        self, *, late: bool = False, told_at: datetime | None = None, method: ServiceMethod | None = None
    ) -> Self:
        """The unit tells the petitioner that it has the case; the sixty days begin. What it enters may be past."""
        body: dict[str, Any] = self.delivery(method) | {"case_officer": self.handler.actor}
        if told_at:
            body["served_at"] = told_at
        self.noticed_at = told_at or self.now
        reason = "late" if late else "notify"
        return self._do("notify", NotifyAcceptance, body, self.receiver, {"event_version": "version"}, reason=reason)

    def correct_receipt(self) -> Self:
        """Whoever told the petitioner typed the number of the receipt wrong, and puts it right (第二十八条第一款)."""
        body = self._right_receipt(self.receiver, ServiceMethod.post)
        return self._do("correct_receipt", CorrectReceiptNumber, body, self.receiver)

    def _right_receipt(self, who: Who, method: ServiceMethod) -> dict[str, Any]:
        return {"receipt": self._receipt(method), "document": self._paper("slip", who)}

    def notify_neighbour(self) -> Self:
        """Whoever else has petitioned about the matter is told as well (第二十三条)."""
        body = self.delivery() | {"petition_id": From("neighbours_id")}
        return self._do("notify_neighbour", NotifyPetitioner, body, self.receiver)

    def serve_neighbour(self) -> Self:
        """Whoever else has petitioned gets the opinion too, with thirty days of their own (第三十五条)."""
        body = self.delivery() | {"petition_id": From("neighbours_id")}
        self.served_at = self.now
        return self._do("serve_neighbour", ServePetitioner, body, self.handler)

    def accept(self) -> Self:
        """The unit accepts a case of which it can tell nobody (第二十三条第二款)."""
        body = {"case_officer": self.handler.actor}
        self.noticed_at = self.now
        return self._do("accept", AcceptCase, body, self.receiver)

    def simplify(self, ground: SimplifiedGround = SimplifiedGround.clear_facts) -> Self:
        """The unit handles a simple case simply."""
        return self._do("simplify", ChooseSimplified, {"ground": ground}, self.handler)

    def convert(self) -> Self:
        """The case is not simple after all."""
        body = {"document": self._paper("conversion", self.handler)}
        return self._do("convert", ConvertSimplified, body, self.handler)

    def extend(self, *, told_at: datetime | None = None) -> Self:
        """The head of the unit takes longer, once, and tells the petitioner why before the time is over."""
        body = self.delivery() | {
            "days": self.rng.choice(LONGER_DAYS),
            "reasons": self._paper("extension", self.head),
        }
        if told_at:
            body["served_at"] = told_at
        return self._do("extend", ExtendHandling, body, self.head)

    # -------------------------------------------------------------------------------- inquiry

    def hear(self) -> Self:
        """The petitioner is heard."""
        return self._record(RecordKind.statement_heard, "statement")

    def verify(self) -> Self:
        """The facts are verified, sometimes on the spot first."""
        if self.chance(0.4):
            self.visit().after(0, 2)
        return self._record(RecordKind.facts_verified, "facts")

    def visit(self) -> Self:
        """Officers go and see for themselves."""
        return self._record(RecordKind.site_visit, "visit")

    def _record(self, kind: RecordKind, template: str) -> Self:
        document = self._deposit(DocumentKind.record, self.handler, template)
        body = {"kind": kind, "document": document}
        return self._do("record", PutOnRecord, body, self.handler)

    def open_hearing(self) -> Self:
        """A hearing is held, over which somebody presides who does not handle the case."""
        body = {"presider": self.anybody(Role.hearing_presider).actor, "public": self.chance(0.7)}
        return self._do("open_hearing", OpenHearing, body, self.handler)

    def close_hearing(self) -> Self:
        """The hearing ends with its report."""
        report = {"document": self._paper("hearing", self.handler, DocumentKind.hearing_report)}
        return self._do("close_hearing", CloseHearing, report, self.handler)

    def recuse(self) -> Self:
        """The petitioner asks that the officer keep out, the head agrees, and somebody else goes on."""
        self._by_code("ask_recusal", AskRecusal, officer=self.handler.actor, words=self._says("recusal"))
        self.after(0, 2)
        return self._let_somebody_else_go_on()

    def step_aside(self) -> Self:
        """The officer has an interest and says so, and the head agrees."""
        self._do("step_aside", DeclareRecusal, {}, self.handler)
        self.after(0, 1)
        return self._let_somebody_else_go_on()

    def _let_somebody_else_go_on(self) -> Self:
        before, other = self.handler, self._other_than(self.handler, Role.case_officer)
        self.handler = Who(other.officer, before.unit, Role.case_officer) if other else self.head
        body = {"officer": before.actor, "granted": True, "successor": self.handler.actor}
        return self._do("recuse", DecideRecusal, body, self.head)

    def name_officer(self) -> Self:
        """Whoever handled the case is no more of the unit, and its head lets somebody else go on (第二十八条第一款)."""
        self.handler = self.somebody(self.holder.code, Role.case_officer)
        return self._do("name_officer", NameOfficer, {"case_officer": self.handler.actor}, self.head)

    def give_part(self, unit: Unit) -> Self:
        """A unit that helps gives its part of the answer."""
        who = self.somebody(unit.code, Role.case_officer)
        body = {"document": self._paper("part", who, DocumentKind.opinion)}
        return self._do("give_part", GivePart, body, who)

    # -------------------------------------------------------------------------------- decision

    def issue(self, result: Result | None = None, *, late: bool = False, code: str | None = None) -> Self:
        """The unit decides, and says who above it may review that (第三十二条, 第三十五条)."""
        self.result = result or self._pick(_RESULTS)
        body = {
            "result": self.result,
            "further_results": [Result.not_support] if self.also else [],
            "legal_basis": self.matter.legal_basis,
            "document": self._deposit(DocumentKind.opinion, self.handler, "opinion", remedy=period("C8").length),
            "drafted_by": self._drafter(),
            "review_body": self.holder.parent,
        }
        reason = "late" if late else "issue"
        return self._do("issue", IssueOpinion, body, self.head, code=code, reason=reason)

    def take_back(self) -> Self:
        """A head of the unit sees that the opinion is wrong, before anybody has it (第二十八条第一款)."""
        return self._do("take_back", TakeBackOpinion, {"document": self._paper("taking_back", self.head)}, self.head)

    def determine_route(self, route: Route) -> Self:
        """The unit finds that another procedure is the one for it, whatever was said at the door (第三十一条)."""
        body = {"route": route, "reasons": self._paper("told_apart", self.handler)}
        return self._do("determine_route", DetermineRoute, body, self.handler)

    def _drafter(self) -> str:
        """Return somebody of the unit who is not the head that issues what is drafted."""
        others = (o.officer for o in self.county.officers if o.unit == self.holder.code)
        able = (self.handler.actor, self.receiver.actor, *others)
        return next(officer for officer in able if officer != self.head.actor)

    def serve(self, method: ServiceMethod | None = None) -> Self:
        """The petitioner gets the opinion; the time to ask for review begins, and who waits for a report gets it."""
        body = self.delivery(method)
        if body["method"] is ServiceMethod.post:  # the office learns of it when the receipt comes back
            self.after(3, 5)
            body["served_at"] = self.now - timedelta(1, minutes=self.rng.randint(0, 90))
        self.served_at, self.remedy = self.now, "C8"
        return self._do("serve", ServeOpinion, body, self.handler, {"event_version": "version"}).report_where_owed()

    def come_back(self, reason: ReturnReason) -> Self:
        """What was sent last is back, and whoever has sent it says so: nobody has had it (第三十五条 收到)."""
        sent = self._sent_last()
        command = RecordDeliveryReturn if sent.service == "mediation" else RecordNoticeReturn
        body = {"returned_on": self.in_days(0), "receipt": self._receipt(sent.sent["method"]), "reason": reason}
        return self._do("come_back", command, body, sent.who)

    def tell_again(self) -> Self:
        """Whoever has sent what came back, and is no opinion, hands it over (第二十三条)."""
        sent = self._sent_last()
        command = ServeNoticeAgain if sent.service == "mediation" else TellAgain
        return self._do("tell_again", command, self.delivery(ServiceMethod.in_person), sent.who)

    def _sent_last(self) -> Step:
        return next(step for step in reversed(self.steps) if "event_version" in step.captures)

    def report(self) -> Self:
        """The unit reports the result to whoever assigned the case."""
        self.owes_report = False
        body = {"document": self._paper("closure_report", self.handler, DocumentKind.closure_report)}
        return self._do("report", SubmitReport, body, self.handler)

    def report_where_owed(self) -> Self:
        """The unit reports soon, where somebody waits for it."""
        return self.after(0, 2).report() if self.owes_report else self

    def remedy_over(self) -> Self:
        """Let the time for a review, or after it for a recheck, go by."""
        return self.past_period(self.remedy, self.served_at)
