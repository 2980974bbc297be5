"""The commands by which is counted what comes, and put on record what happened at the door; other systems' numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Final, cast
from uuid import UUID

from pydantic import Field

from contracts.periods.calendar import day
from contracts.vocabulary import Channel, ConductAct, DocumentKind, ExternalSystem, Level, LoadOccasion, Role, SkipCause
from services.chassis import fields
from services.chassis.charge import must_have_charge_of
from services.chassis.commands import Entry, OnEntry, Owned
from services.chassis.context import By
from services.chassis.fields import IssuedNo
from services.chassis.questions import rows
from services.chassis.references import KnownUnit
from services.chassis.running import Running
from services.chassis.texts import CaseText
from services.chassis.words import Sealed
from services.intake.application.answering import parts_of
from services.intake.application.elsewhere import known_as
from services.intake.application.office import CLERKS
from services.intake.application.registering import PERSONS_MAX
from services.intake.commands.cases import AboutCaseHere, OnCaseEntry
from services.intake.commands.field import Count
from services.intake.commands.hall import HALL
from services.intake.domain.conduct import ConductIncident
from services.intake.domain.external import ExternalReference
from services.intake.domain.gate import DoorCount, OnFile, OnFileUnknown
from services.intake.domain.registration import Registration, arrival
from services.intake.domain.visits import LoadPlan, SkipLevelVisit

COUNTERS: Final = (Role.supervisor, Role.bureau_officer, Role.unit_head)
RECORDERS: Final = (Role.bureau_officer, Role.intake_clerk, Role.unit_head)
DESKS_MAX: Final = 100
COUNTED: Final = (Channel.visit, Channel.letter, Channel.call)
_ON_FILE: Final = """
SELECT count(*) AS number, count(*) FILTER (WHERE came = $1) AS told FROM case_view, unnest(arrivals) AS came
WHERE arrivals && $2::text[] AND came = ANY ($2::text[])
"""
"""How many are on file, and what stands there in plain: of what lies apart there is a word that says nothing."""
_NOT_YET: Final = """
SELECT EXISTS (
    SELECT FROM case_view v JOIN apart.kept k ON k.case_id = v.id WHERE v.arrivals = '{}' AND v.split_from IS NULL
) AS found
"""
"""Whether there is something of which no row says yet when it came in (migration 0201); of a part none ever does."""


class LinkExternal(
    AboutCaseHere[ExternalReference], path="/cases/{case_id}/references", by=CLERKS, called="关联外部编号"
):
    """Say which number the case has in another system; a number is that of one case (第二十一条第一款)."""

    may_open = True
    system: ExternalSystem
    external_no: Annotated[UUID, Sealed(DocumentKind.words, IssuedNo)]
    if TYPE_CHECKING:
        known_as: UUID  # set without pydantic, as what was typed is

    async def seal_off(self, running: Running, by: By) -> None:
        """Know which number it is before nobody here has it any more. Raises ``KeyAway``."""
        number = cast("str", self.external_no)
        object.__setattr__(self, "known_as", await known_as(running, self.system, number))
        await super().seal_off(running, by)

    def stream(self, _: By) -> UUID:
        return self.known_as

    def act(self, r: ExternalReference, by: By) -> None:
        r.link(self.case_id, self.system, self.external_no, at=by.at)


class RecordSkipLevelVisit(
    AboutCaseHere[SkipLevelVisit], path="/cases/{case_id}/skip-level-visits", by=CLERKS, called="越级走访原因登记"
):
    """Record why a visit went past the levels below; of no weight in any score (第二十条第一款、第四款)."""

    level: Level
    cause: SkipCause
    person_count: Annotated[int, Field(ge=1, le=PERSONS_MAX)] = 1
    visited_on: fields.Day | None = None

    async def look_up(self, running: Running, by: By) -> None:
        await super().look_up(running, by)
        family = [self.case_id, *await parts_of(running, self.case_id)]
        cases = [await running.store.load(Registration, case) for case in family]
        self.referred["visits"] = sum(case.came_by(Channel.visit) for case in cases)

    def act(self, v: SkipLevelVisit, by: By) -> None:
        v.enter(
            self.case_id, self.level, self.cause, self.person_count, self.visited_on or day(by.at),
            came=self.referred["visits"] > 0, at=by.at,
        )  # fmt: skip


class CountAtDoor(Entry[DoorCount], path="/door-counts", by=COUNTERS, called="来访来信来电清点"):
    """Say how many came on a day to a unit of the own line or territory (第二十二条、第四十三条).

    Where fewer are on file, that is on record.
    """

    may_open = True
    unit: KnownUnit
    day: fields.Day
    visits: Count
    letters: Count
    calls: Count

    def stream(self, _: By) -> UUID:
        return DoorCount.stream(self.unit, self.day)

    async def look_up(self, running: Running, by: By) -> None:
        await super().look_up(running, by)
        self.referred["on_file"] = await _on_file(running, self.unit, self.day)

    def act(self, c: DoorCount, by: By) -> None:
        must_have_charge_of(by, [self.unit], self.directory)
        counted = {Channel.visit: self.visits, Channel.letter: self.letters, Channel.call: self.calls}
        c.count(self.unit, self.day, counted, self.referred["on_file"], by.unit, at=by.at)


class LookAtDoorAgain(
    OnEntry[DoorCount], path="/door-counts/{door_count_id}/audit", by=COUNTERS, called="登记缺口复核"
):
    """See whether what was missing has been registered meanwhile (第二十二条)."""

    async def look_up(self, running: Running, by: By) -> None:
        await super().look_up(running, by)
        count = await running.store.known(DoorCount, self.stream(by))
        self.referred["on_file"] = await _on_file(running, count.unit, count.day)

    def act(self, c: DoorCount, by: By) -> None:
        must_have_charge_of(by, [c.unit], self.directory)
        c.look_again(self.referred["on_file"], at=by.at)


async def _on_file(running: Running, unit: str, on: fields.Day) -> Mapping[Channel, OnFile]:
    """Return how many petitions are on file that came in on a day for a unit, by channel. Raises ``OnFileUnknown``."""
    [not_yet] = await rows(running.store, _NOT_YET)
    if not_yet["found"]:
        raise OnFileUnknown
    came = {channel: arrival(on, unit, channel) for channel in COUNTED}
    as_there = running.store.as_rows_have
    return {c: OnFile(**(await rows(running.store, _ON_FILE, came[c], as_there([came[c]])))[0]) for c in COUNTED}


class RecordIncident(
    AboutCaseHere[ConductIncident], path="/cases/{case_id}/conduct-incidents", by=RECORDERS, called="违规行为记录"
):
    """Put one forbidden act of one day on record, with its evidence (第二十六条、第四十七条第一款)."""

    conduct: ConductAct
    happened_on: fields.Day
    evidence: CaseText
    dissuasion: CaseText | None = None

    def act(self, i: ConductIncident, by: By) -> None:
        i.enter(self.case_id, by.unit, self.conduct, self.happened_on, self.evidence, self.dissuasion, at=by.at)


class HearAboutIncident(
    Owned, OnCaseEntry[ConductIncident], path="/conduct-incidents/{conduct_incident_id}/reply",
    by=(Role.petitioner, *RECORDERS), called="信访人陈述说明",
):  # fmt: skip
    """Record what the petitioner says about it (第四十七条)."""

    document: CaseText

    def act(self, i: ConductIncident, by: By) -> None:
        i.hear(self.document, at=by.at)


class ReferToPolice(
    Owned, OnCaseEntry[ConductIncident], path="/conduct-incidents/{conduct_incident_id}/police-referral",
    by=(Role.bureau_officer, Role.unit_head), called="移送公安机关",
):  # fmt: skip
    """Tell the police of the act and its evidence, and of nothing else (第四十七条第二款)."""

    organ: KnownUnit

    def act(self, i: ConductIncident, by: By) -> None:
        i.refer(self.organ, self.referred["organ"].powers, at=by.at)


class PlanLoad(Entry[LoadPlan], path="/load-plans", by=HALL, called="接待力量安排"):
    """Plan more desks for days on which more people come; of nobody in particular (第十八条第三款、第二十条第四款)."""

    occasion: LoadOccasion
    first_on: fields.Day
    last_on: fields.Day
    expected_visits: Count
    desks: Annotated[int, Field(ge=1, le=DESKS_MAX)]

    def act(self, p: LoadPlan, by: By) -> None:
        p.plan(
            unit=by.unit, occasion=self.occasion, first_on=self.first_on, last_on=self.last_on,
            expected_visits=self.expected_visits, desks=self.desks, at=by.at,
        )  # fmt: skip
