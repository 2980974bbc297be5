"""How a story is told: what an office does next, in the words of the API, in office hours.

A ``Telling`` knows the moment, the case's unit and its people; each of its methods adds the step
that somebody would take then. It says nothing about which step should come next: that is the
course, in ``story.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from http import HTTPStatus
from random import Random
from typing import Any, Final, Self

from contracts.vocabulary import (
    Channel,
    ContentCategory,
    DocumentKind,
    Forwarding,
    Kind,
    Level,
    ObjectionGround,
    RecordKind,
    Result,
    Role,
    Route,
    ServiceMethod,
    SupervisionReason,
)
from services.scenario.county import County, Unit
from services.scenario.hours import some_time, when_open
from services.scenario.step import From, Step, Who
from services.scenario.texts import Matter, texts

REMEDY_DAYS: Final = 30
"""How long a petitioner may ask for review (第三十五条); a case is not closed before."""
OBJECTION_OVER_WORKING_DAYS: Final = 8
"""Safely past the five working days of 第二十三条第三款."""
_CHANNELS: Final = {
    Channel.visit: 36,
    Channel.online: 27,
    Channel.letter: 19,
    Channel.call: 15,
    Channel.fax: 3,
}
_RESULTS: Final = {Result.support: 34, Result.explain: 40, Result.not_support: 26}
_DECIDED_NEAR_BY: Final = frozenset(
    {
        ContentCategory.agriculture,
        ContentCategory.demolition,
        ContentCategory.environment,
        ContentCategory.land_acquisition,
        ContentCategory.village_works,
    }
)
"""What a township is often asked to decide, having the power (属地管理)."""
_ROUTES: Final = {
    ContentCategory.unpaid_wages: (Route.statutory_duty, Route.petition_procedure),
    ContentCategory.environment: (Route.statutory_duty, Route.petition_procedure),
    ContentCategory.demolition: (Route.administrative_procedure, Route.petition_procedure),
    ContentCategory.litigation: (Route.judicial,),
}


class Telling:
    """A story in the making."""

    def __init__(self, county: County, rng: Random, matter: Matter, place: Unit, start: datetime) -> None:
        self.county, self.rng, self.matter, self.place = county, rng, matter, place
        self.steps: list[Step] = []
        self.now = start
        self.noticed_at = self.served_at = start
        self.result: Result | None = None
        self.holder = place
        self.officer = self._somebody(county.bureau, Role.bureau_officer)
        self.supervisor = self._somebody(county.supervisor, Role.supervisor)
        self.documents = 0
        self.petitions = 0

    def chance(self, probability: float) -> bool:
        """Toss a coin."""
        return self.rng.random() < probability

    # -------------------------------------------------------------------------------- time

    def after(self, least: int, most: int | None = None) -> Self:
        """Let days pass, or a few minutes where it is none, and wait for the office to open."""
        days = self.rng.randint(least, least if most is None else most)
        self.now += timedelta(minutes=self.rng.randint(6, 55))
        if days:
            self.now = some_time(self.now.date() + timedelta(days), self.rng)
        self.now = when_open(self.now, self.rng)
        return self

    def past_limit(self, since: datetime, days: int, *, by: tuple[int, int] = (1, 6)) -> Self:
        """Let a limit go by; one whose last day is a holiday ends on the next working day."""
        self.now = max(self.now, when_open(since + timedelta(days), self.rng))
        return self.after(*by)

    def after_working_days(self, count: int) -> Self:
        """Let working days pass."""
        for _ in range(count):
            self.after(1)
        return self

    # ----------------------------------------------------------------------------- at the door

    def register(self, *, anonymous: bool = False, people: int = 1, channel: Channel | None = None) -> Self:
        """Somebody comes, calls or writes, and a case exists."""
        content = self.matter.content if people == 1 else self.matter.jointly(people)
        channel = channel or self._pick(_CHANNELS)
        who = None if anonymous else self._petitioner(channel)
        body = self._petition(channel, who, content) | {"person_count": people}
        if self.matter.kind is Kind.report_accusation:
            body["secrecy_requested"] = True
        captures = {"case_id": "case_id"}
        return self._take("register", "/petitions", body, captures)

    def repeat(self) -> Self:
        """The same person comes again about the same matter."""
        channel = self._pick(_CHANNELS)
        content = self.matter.again(self.rng, self.petitions)
        body = self._petition(channel, self._petitioner(channel), content)
        return self._take("repeat", "/cases/{case_id}/petitions", body)

    def _petition(self, channel: Channel, who: Mapping[str, str] | None, content: Mapping[str, str]) -> dict[str, Any]:
        self.petitions += 1
        if channel is not Channel.online:  # the web is open at night
            self.now = when_open(self.now, self.rng)
        body: dict[str, Any] = {
            "channel": channel,
            "category": self.matter.category,
            "place": self.place.code,
            "petitioner": who,
            "content": content,
        }
        if channel is Channel.letter:
            body["received_at"] = self.now - timedelta(minutes=self.rng.randint(15, 100))
        return body

    def _take(
        self,
        name: str,
        path: str,
        body: Mapping[str, Any],
        captures: Mapping[str, str] | None = None,
    ) -> Self:
        who = self._receiver(body["channel"])
        reason = None if who.role is Role.petitioner else "register"
        return self._do(name, "intake", path, body, who, HTTPStatus.CREATED, captures, reason)

    def _petitioner(self, channel: Channel) -> dict[str, str]:
        who = self.matter.petitioner
        known = {"name": who.name, "phone": who.phone}
        if channel is not Channel.call:
            known |= {"id_no": who.id_no, "address": f"{self.matter.say('{place}{group}')}"}
        return known

    def _receiver(self, channel: Channel) -> Who:
        if channel is Channel.online:
            return Who("petitioner", self.county.bureau, Role.petitioner)
        town = self.town()
        if channel is Channel.visit and town and town.competent and self.chance(0.3):
            return self._somebody(town.code, Role.unit_receiver)
        return self._somebody(self.county.bureau, Role.intake_clerk)

    # ------------------------------------------------------------------------------ the bureau

    def classify(self, *, late: bool = False) -> Self:
        """The bureau tells the case apart."""
        kind, category = self.matter.kind, self.matter.category
        routes: tuple[Route, ...] = (Route.petition_procedure,)
        if kind is Kind.report_accusation:
            routes = (Route.discipline_supervision,)
        elif kind is Kind.appeal_for_resolution:
            routes = _ROUTES.get(category, routes)
        body = {"kind": kind, "route": self.rng.choice(routes), "category": category}
        path, reason = "/cases/{case_id}/classification", "late" if late else "classify"
        return self._do("classify", "intake", path, body, self.officer, reason=reason)

    def hand_over(self, unit: Unit | None = None, *, expect: int = HTTPStatus.OK) -> Self:
        """The bureau forwards the case to a competent unit, or assigns it and wants a report."""
        self.holder = unit or self.competent_unit()
        self.receiver = self._somebody(self.holder.code, Role.unit_receiver)
        self.handler = self._somebody(self.holder.code, Role.case_officer)
        self.head = self._somebody(self.holder.code, Role.unit_head)
        body: dict[str, Any] = {"mode": Forwarding.forward, "unit": self.holder.code}
        if self.chance(0.35):
            due_on = self.now.date() + timedelta(self.rng.choice((45, 60, 75)))
            body |= {"mode": Forwarding.assign, "due_on": due_on}
        path = "/cases/{case_id}/assignment"
        return self._do("assign", "assignment", path, body, self.officer, expect, reason="assign")

    def competent_unit(self) -> Unit:
        """Return a unit that has power in the matter: the township of the place or a department."""
        category, town = self.matter.category, self.town()
        near = town and town.competent and category in town.powers and category in _DECIDED_NEAR_BY
        if near and self.chance(0.45):
            assert town
            return town
        return self.rng.choice(self.county.competent(category) or self._departments())

    def town(self) -> Unit | None:
        """Return the township of the place."""
        return self.county.units.get(self.place.parent or "")

    def mistaken_unit(self) -> Unit:
        """Return a department that a bureau in a hurry would take for the competent one."""
        likely = self.county.competent(self.matter.mistaken_for)
        for units in (likely, self._departments()):
            if wrong := [unit for unit in units if self.matter.category not in unit.powers]:
                return self.rng.choice(wrong)
        return self.holder

    def object(self, ground: ObjectionGround, proposed: Unit | None, *, late: bool = False) -> Self:
        """The unit says that the case is not its own."""
        why = texts()["documents"]["why"][ground]
        reasons = self._deposit(DocumentKind.objection, self.receiver, "objection", why=why)
        body = {
            "ground": ground,
            "reasons": reasons,
            "proposed_unit": proposed.code if proposed else None,
        }
        expect = HTTPStatus.CONFLICT if late else HTTPStatus.OK
        path = "/cases/{case_id}/objection"
        return self._do("object", "assignment", path, body, self.receiver, expect, needs_days=late)

    def decide(self, *, upheld: bool) -> Self:
        """The bureau verifies the objection."""
        path = "/cases/{case_id}/objection/decision"
        return self._do("decide", "assignment", path, {"upheld": upheld}, self.officer)

    # -------------------------------------------------------------------------------- the unit

    def notify(self, *, late: bool = False, publicly: bool = False) -> Self:
        """The unit tells the petitioner that it has the case; the sixty days begin."""
        method = ServiceMethod.by_notice if publicly else self._method()
        body = {
            "method": method,
            "receipt": self._receipt(method),
            "case_officer": self.handler.actor,
        }
        self.noticed_at = self.now
        path, reason = "/cases/{case_id}/acceptance-notice", "late" if late else "notify"
        return self._do("notify", "mediation", path, body, self.receiver, reason=reason)

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
        path, body = "/cases/{case_id}/records", {"kind": kind, "document": document}
        return self._do("record", "mediation", path, body, self.handler)

    def issue(self, result: Result | None = None, *, late: bool = False, expect: int = HTTPStatus.OK) -> Self:
        """The unit decides."""
        self.result = result or self._pick(_RESULTS)
        body = {
            "result": self.result,
            "legal_basis": self.matter.legal_basis,
            "document": self._deposit(DocumentKind.opinion, self.handler, "opinion"),
            "approved_by": self.head.actor,
            "review_body": self.county.review_body,
        }
        who = self.rng.choice((self.handler, self.head))
        path, reason = "/cases/{case_id}/opinion", "late" if late else "issue"
        return self._do("issue", "mediation", path, body, who, expect, reason=reason)

    def serve(self) -> Self:
        """The petitioner gets the opinion; thirty days begin."""
        method = self._method()
        body: dict[str, Any] = {"method": method, "receipt": self._receipt(method)}
        if method is ServiceMethod.post:  # the office learns of it when the receipt comes back
            self.after(3, 5)
            body["served_at"] = self.now - timedelta(1, minutes=self.rng.randint(0, 90))
        self.served_at = self.now
        return self._do("serve", "mediation", "/cases/{case_id}/opinion/service", body, self.handler)

    def execute(self) -> Self:
        """What the opinion granted is done."""
        document = self._deposit(DocumentKind.execution_proof, self.handler, "execution")
        body = {"executed_on": self.now.date(), "document": document}
        return self._do("execute", "mediation", "/cases/{case_id}/execution", body, self.handler)

    def remedy_over(self) -> Self:
        """Let the time for a review go by."""
        return self.past_limit(self.served_at, REMEDY_DAYS)

    def close(self, *, expect: int = HTTPStatus.OK) -> Self:
        """The unit closes the case, or tries to."""
        path = "/cases/{case_id}/closure"
        needs_days = expect == HTTPStatus.OK
        return self._do(
            "close",
            "mediation",
            path,
            {},
            self.handler,
            expect,
            reason="close",
            needs_days=needs_days,
        )

    # --------------------------------------------------------------------------- supervision

    def supervise(self) -> Self:
        """A supervisor writes to the unit that lets the petitioner wait."""
        body = {
            "unit": self.holder.code,
            "reason_code": SupervisionReason.overdue_without_reason,
            "due_on": self.now.date() + timedelta(10),
            "document": self._deposit(DocumentKind.supervision, self.supervisor, "supervision"),
        }
        path, captures = "/cases/{case_id}/supervisions", {"supervision_id": "supervision_id"}
        return self._do(
            "supervise",
            "accountability",
            path,
            body,
            self.supervisor,
            HTTPStatus.CREATED,
            captures,
            "supervise",
        )

    def answer_supervision(self) -> Self:
        """The unit answers the supervisor, who checks it."""
        why = self.rng.choice(texts()["documents"]["why"]["late"])
        document = self._deposit(DocumentKind.supervision, self.head, "reply", why=why)
        path, body = "/supervisions/{supervision_id}/reply", {"document": document}
        self._do("reply", "accountability", path, body, self.head)
        self.after(1, 4)
        path = "/supervisions/{supervision_id}/closing"
        return self._do("end_supervision", "accountability", path, {"satisfied": True}, self.supervisor)

    # ---------------------------------------------------------------------------------- tools

    def _do(
        self,
        name: str,
        service: str,
        path: str,
        body: Mapping[str, Any],
        who: Who,
        expect: int = HTTPStatus.OK,
        captures: Mapping[str, str] | None = None,
        reason: str | None = None,
        *,
        needs_days: bool = False,
    ) -> Self:
        step = Step(
            name=name if expect < HTTPStatus.BAD_REQUEST else f"{name}_refused",
            service=service,
            path=path,
            body=body,
            who=who,
            at=self.now,
            expect=int(expect),
            captures=captures or {},
            reason=self.rng.choice(texts()["reasons"][reason]) if reason else None,
            needs_days=needs_days,
        )
        self.steps.append(step)
        return self

    def _deposit(self, kind: DocumentKind, who: Who, template: str, **slots: str) -> From:
        self.documents += 1
        today = f"{self.now.year}年{self.now.month}月{self.now.day}日"
        slots |= {"unit": self.holder.name, "today": today}
        text = self.matter.document(template, self.result, **slots)
        body = {"kind": kind, "text": text}
        document = From(f"document_{self.documents}")
        path, captures = "/cases/{case_id}/documents", {document.name: "document_id"}
        self._do("deposit", "intake", path, body, who, HTTPStatus.CREATED, captures)
        self.now += timedelta(minutes=self.rng.randint(1, 4))
        return document

    def _departments(self) -> list[Unit]:
        return [u for u in self.county.units.values() if u.competent and u.level is Level.county]

    def _somebody(self, unit: str, role: Role) -> Who:
        return Who(self.rng.choice(self.county.staff(unit, role)), unit, role)

    def _method(self) -> ServiceMethod:
        methods = (ServiceMethod.in_person, ServiceMethod.post, ServiceMethod.electronic)
        return self.rng.choices(methods, (50, 30, 20))[0]

    def _receipt(self, method: ServiceMethod) -> str:
        number = self.rng.randrange(10**6)
        return {
            ServiceMethod.in_person: f"SD{self.now.year}-{number % 4000 + 1:04}",
            ServiceMethod.post: f"XA{number:06}{self.now:%d}QL",
            ServiceMethod.electronic: f"DZ-{self.now:%m%d}-{number:06}",
        }.get(method, f"GG{self.now.year}-{number % 900 + 100}")

    def _pick(self, weights: Mapping[Any, int]) -> Any:  # noqa: ANN401  # a key of the mapping
        return self.rng.choices(list(weights), list(weights.values()))[0]
