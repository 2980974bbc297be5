"""The moment, the people and the papers of a story."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from random import Random
from types import MappingProxyType
from typing import Any, Final, Self

from contracts.periods import period
from contracts.vocabulary import ActReason, DocumentKind, Level, Result, Role, Route, ServiceMethod
from services.accountability.questions.cases import ShowTimeline
from services.chassis.directory import LEADING
from services.chassis.operations import Declared
from services.intake.commands.cases import DepositDocument
from services.scenario.county import County, Officer, Unit
from services.scenario.hours import LOCAL, NOON, OPENS, some_time, when_open
from services.scenario.step import From, Step, Who
from services.scenario.texts import Matter, texts

GOVERNMENT: Final = "980726000103"
JUSTICE: Final = "980726000306"
"""The bureau of justice (司法局), where the mediators are."""


class Base:
    """What everything that is told stands on."""

    def __init__(
        self,
        county: County,
        rng: Random,
        matter: Matter,
        place: Unit,
        start: datetime,
        route: Route = Route.petition_procedure,
    ) -> None:
        self.county, self.rng, self.matter, self.place, self.route = county, rng, matter, place, route
        self.steps: list[Step] = []
        self.secrets = matter.secrets
        self.now = start
        self.noticed_at = self.served_at = start
        self.result: Result | None = None
        self.also: str | None = None
        """What else the petitioner asks for, and does not get."""
        self.remedy = "C8"
        """The period within which the petitioner may ask for more: a review, or after it a recheck."""
        self.holder = place
        self.officer = self.somebody(county.bureau, Role.bureau_officer)
        self.supervisor = self.somebody(county.supervisor, Role.supervisor)
        self.petitioner = Who("petitioner", county.bureau, Role.petitioner)
        self.case = "case_id"
        """The name under which the case was captured that is acted in."""
        self.owes_report = False
        """Whether the bureau has assigned the case and waits for the report of its result."""
        self.unknown = False
        """Whether nobody has said who petitions, so that an answer is put up where all can read it."""
        self.documents = 0
        self.petitions = 0

    def chance(self, probability: float) -> bool:
        """Toss a coin."""
        return self.rng.random() < probability

    def turn_to(self, case: str) -> Self:
        """Go on with another case of the same story."""
        self.case = case
        return self

    # -------------------------------------------------------------------------------- time

    def after(self, least: int, most: int | None = None) -> Self:
        """Let days pass, or a few minutes where it is none, and wait for the office to open."""
        days = self.rng.randint(least, least if most is None else most)
        self.now += timedelta(minutes=self.rng.randint(6, 55))
        if days:
            self.now = some_time(self.now.date() + timedelta(days), self.rng)
        self.now = when_open(self.now, self.rng)
        return self

    def in_days(self, days: int) -> date:
        """Return the day so many days from now."""
        return self.now.date() + timedelta(days)

    def early(self) -> Self:
        """Wait for the beginning of a working day."""
        self.now = when_open(datetime.combine(self.in_days(1), OPENS, LOCAL), self.rng)
        while self.now.time() > NOON:
            self.early()
        return self

    def past(self, last: date, *, by: tuple[int, int] = (1, 6)) -> Self:
        """Let a last day go by."""
        self.now = max(self.now, when_open(datetime.combine(last, self.now.timetz()), self.rng))
        return self.after(*by)

    def past_period(self, code: str, since: datetime, *, by: tuple[int, int] = (1, 6)) -> Self:
        """Let a period of law go by that has begun at a moment."""
        return self.past(period(code).last_day(since), by=by)

    def after_working_days(self, count: int) -> Self:
        """Let working days pass."""
        for _ in range(count):
            self.after(1)
        return self

    # -------------------------------------------------------------------------------- steps

    def _do(
        self,
        name: str,
        command: type[Declared],
        sent: Mapping[str, Any],
        who: Who,
        captures: Mapping[str, str] = MappingProxyType({}),
        *,
        code: str | None = None,
        reason: str | None = None,
        by_code: From | None = None,
        needs_days: bool = False,
        content: bytes = b"",
    ) -> Self:
        """Add a command; one with a code has to be refused by that rule.

        What its path names and `sent` does not is what an earlier reply brought under that name.
        """
        if self.steps and self.now <= self.steps[-1].at:  # nothing takes no time
            self.now = self.steps[-1].at + timedelta(minutes=self.rng.randint(1, 4))
        known = {field: From(self.case if field == "case_id" else field) for field in command.operation.in_path}
        why = ActReason[self.rng.choice(texts()["reasons"][reason])] if reason else None
        step = Step(
            name=f"{name}_refused" if code else name, command=command, sent=known | dict(sent), who=who, at=self.now,
            code=code, captures=captures, reason=why, by_code=by_code, needs_days=needs_days,
            content=content,
        )  # fmt: skip
        self.steps.append(step)
        return self

    def _by_code(
        self, name: str, command: type[Declared], captures: Mapping[str, str] = MappingProxyType({}), **sent: Any  # noqa: ANN401  # the fields of any command
    ) -> Self:  # fmt: skip
        """Let the petitioner act, by the query code that stands on the receipt."""
        return self._do(name, command, sent, self.petitioner, captures, by_code=From("query_code"))

    def _by_neighbours_code(self, name: str, command: type[Declared], **sent: Any) -> Self:  # noqa: ANN401  # as above
        """Let whoever else has petitioned act, by a code of their own."""
        return self._do(name, command, sent, self.petitioner, by_code=From("neighbours_code"))

    def look_for(self, event: str, name: str) -> Self:
        """Look, until it is there, where the ledger has an entry of the case, which is captured by its id."""
        return self._do("look", ShowTimeline, {}, self.officer, {name: f"items.*{event}.id"}, needs_days=True)

    def _says(self, what: str) -> str:
        """Return what the petitioner writes themselves."""
        words: str = texts()["papers"][what]["words"]
        return words

    def _deposit(self, kind: DocumentKind, who: Who, template: str, **slots: str) -> From:
        self.documents += 1
        today = f"{self.now.year}年{self.now.month}月{self.now.day}日"
        slots = {"unit": self.holder.name, "today": today} | slots
        text = self.matter.document(template, self.result, **slots)
        body = {"kind": kind, "text": text}
        document = From(f"document_{self.documents}")
        self._do("deposit", DepositDocument, body, who, {document.name: "document_id"})
        self.now += timedelta(minutes=self.rng.randint(1, 4))
        return document

    def _paper(self, what: str, who: Who, kind: DocumentKind = DocumentKind.record) -> From:
        """Put one of the many short papers of the case on file."""
        unit = self.county.units[who.unit].name
        return self._deposit(kind, who, "paper", unit=unit, **texts()["papers"][what])

    # -------------------------------------------------------------------------------- people

    def somebody(self, unit: str, role: Role) -> Who:
        """Return somebody who acts for a unit in a role."""
        return Who(self.rng.choice(self.county.staff(unit, role)), unit, role)

    def anybody(self, role: Role) -> Who:
        """Return somebody who acts in a role, for whatever unit."""
        officer = self.rng.choice(self.county.all_staff(role))
        return Who(officer.officer, officer.unit, role)

    def _other_than(self, who: Who, role: Role) -> Officer | None:
        """Return somebody of the same unit, if there is anybody."""
        others = [o for o in self.county.all_staff(role) if o.unit == who.unit and o.officer != who.actor]
        return self.rng.choice(others) if others else None

    def _with(self, unit: Unit) -> None:
        """Let a unit have the case from now on, with people of its own."""
        self.holder = unit
        self.receiver = self.somebody(unit.code, Role.unit_receiver)
        self.handler = self.somebody(unit.code, Role.case_officer)
        self.head = self.somebody(unit.code, Role.unit_head)

    def _departments(self) -> list[Unit]:
        units = self.county.units.values()
        return [u for u in units if u.competent and u.level is Level.county and u.kind not in LEADING]

    def town(self) -> Unit | None:
        """Return the township of the place."""
        return self.county.units.get(self.place.parent or "")

    # -------------------------------------------------------------------------------- delivery

    def delivery(self, method: ServiceMethod | None = None) -> dict[str, Any]:
        """Return how a paper reaches the petitioner now."""
        method = method or self._method()
        return {"method": method, "receipt": self._receipt(method)}

    def _method(self) -> ServiceMethod:
        if self.unknown:
            return ServiceMethod.by_notice
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
