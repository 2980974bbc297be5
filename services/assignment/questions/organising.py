"""What is organised around cases: sponsors, ledgers, conferences, receptions, instructions, batches, votes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Final
from uuid import UUID

from pydantic import BaseModel

from contracts.periods.calendar import day
from contracts.vocabulary import ConferenceState, ReceptionState
from services.assignment.domain.campaign import Campaign
from services.assignment.domain.conferences import Conference
from services.assignment.views import (
    OF_CASE,
    CampaignRow,
    CaseRow,
    ConferenceRow,
    HallCallRow,
    InstructionRow,
    LeaderAreaRow,
    LedgerItemRow,
    ProposalRow,
    ReceptionRow,
    SectorBatchRow,
)
from services.chassis.context import By
from services.chassis.errors import NotFound
from services.chassis.fields import Code, Day
from services.chassis.figures import Counting, cells, told
from services.chassis.questions import Answer, Listing, One, Question, rows
from services.chassis.running import Running
from services.chassis.views import EVERYONE

_ABOUT: Final = "place = t.code OR place IN (SELECT v.code FROM unit_view v WHERE v.parent = t.code)"
_HELD: Final = "unit = t.code AND state IN ('with_unit', 'objected')"
_SUMMED: Final = ("cases_about", "cases_held", "ledger_items_open", "ledger_items_overdue")
_TOWNSHIPS: Final = f"""
SELECT t.code AS township, u.name, cases.*, items.*
FROM leader_area_view l, unnest(l.townships) AS t (code) LEFT JOIN unit_view u ON u.code = t.code
CROSS JOIN LATERAL (
    SELECT {cells(cases_about="about", cases_held="held")}
    FROM (SELECT {_ABOUT} AS about, {_HELD} AS held, {{sees_case}} AS sees FROM case_view
          WHERE ({_ABOUT} OR {_HELD}) AND {{counts_case}}) AS counted
) AS cases
CROSS JOIN LATERAL (
    SELECT {cells(ledger_items_open="true", ledger_items_overdue="due_on < $2")}
    FROM (SELECT due_on, {{sees_item}} AS sees FROM ledger_item_view
          WHERE unit = t.code AND state = 'open' AND {{counts_item}}) AS counted
) AS items
WHERE l.leader = $1 ORDER BY t.code
"""  # noqa: S608  # conditions of ours
_SPONSORED: Final = f"""
SELECT {cells(sponsored="true")}
FROM (SELECT {{sees}} AS sees FROM campaign_view WHERE sponsor = $1 AND {{counts}}) AS counted
"""  # noqa: S608  # conditions of ours
_RECEPTIONS: Final = """
SELECT count(*) FILTER (WHERE state IN ('held', 'followed_up')) AS receptions_held,
    count(*) FILTER (WHERE state = 'missed') AS receptions_missed
FROM reception_view WHERE leader = $1
"""
ROTA_MAX: Final = 400
"""A year of days, and some for leaders that receive on the same day."""


class ShowSponsorship(One[CampaignRow], path="/cases/{case_id}/sponsorship", called="包案情况"):
    """Show who leads the work on a case, and how far it is."""

    case_id: UUID

    def row_id(self) -> UUID:
        return Campaign.stream(self.case_id)


class ListSponsorships(
    Listing[CampaignRow], path="/sponsorships", called="包案清单",
    where=("state", "sponsor"), sort=("id", "next_due_on", "sponsor"),
):  # fmt: skip
    """List who leads the work on which case."""


class ListLeaders(Listing[LeaderAreaRow], path="/leaders", called="领导联系点", where=("state",)):
    """List leaders with their townships."""


class TownshipFigures(BaseModel):
    """How it stands with a township; nothing is said where that would tell of few that whoever asks does not see."""

    township: str
    name: str | None
    cases_about: int | None
    """Cases about a place in it, whoever has them."""
    cases_held: int | None
    ledger_items_open: int | None
    ledger_items_overdue: int | None


class LeaderFigures(BaseModel):
    """What a leader answers for: their townships' figures, the cases that they sponsor, their reception days."""

    leader: str
    items: list[TownshipFigures]
    cases_about: int | None
    cases_held: int | None
    ledger_items_open: int | None
    ledger_items_overdue: int | None
    sponsored: int | None
    receptions_held: int
    receptions_missed: int


class ShowLeaderFigures(
    Counting, path="/leaders/{officer}/figures", called="包联情况", sight=CaseRow.view.sight, reply=LeaderFigures
):
    """Roll up the figures of a leader's townships (第五条第三项、第十八条第二款)."""

    officer: Code

    async def ask(self, running: Running, by: By | None) -> Answer:
        store = running.store
        counts_case, sees_case, of_cases = await self.counted(running, by, 2)
        counts_item, sees_item, of_items = await self.counted(running, by, 2 + len(of_cases), LedgerItemRow.view.sight)
        townships = _TOWNSHIPS.format(
            counts_case=counts_case, sees_case=sees_case, counts_item=counts_item, sees_item=sees_item
        )
        today = day(datetime.now(UTC))
        items = [told(row) for row in await rows(store, townships, self.officer, today, *of_cases, *of_items)]
        counts, sees, of_own = await self.counted(running, by, 1, CampaignRow.view.sight)
        own = told((await rows(store, _SPONSORED.format(counts=counts, sees=sees), self.officer, *of_own))[0])
        receptions = (await rows(store, _RECEPTIONS, self.officer))[0]
        totals = {name: _sum(item[name] for item in items) for name in _SUMMED}
        return Answer({"leader": self.officer, "items": items, **totals, **own, **receptions})


def _sum(told: Iterable[int | None]) -> int | None:
    """Return the sum of what was told, where all was."""
    known = [*told]
    return None if None in known else sum(one for one in known if one is not None)


class ShowLedgerItem(One[LedgerItemRow], path="/ledger-items/{item_id}", called="台账条目"):
    """Show a row of a ledger."""


class ListLedgerItems(
    Listing[LedgerItemRow], path="/ledger-items", called="台账",
    where=("state", "unit", "kind"), sort=("id", "due_on", "unit", "item_no"),
):  # fmt: skip
    """List rows of all ledgers."""


class ConferenceItem(BaseModel):
    """An item of an agenda, and what became of it."""

    item: int
    matter: UUID | None
    owner: str | None
    due_on: date | None
    done: bool


class ConferenceShown(BaseModel):
    """A conference with its agenda."""

    conference_no: str
    held_on: date
    state: ConferenceState
    summoned: list[str]
    next_due_on: date | None
    items: list[ConferenceItem]


class ShowConference(
    Question, path="/conferences/{conference_id}", called="联席会议", sight=OF_CASE, reply=ConferenceShown
):
    """Show a conference with its agenda and what became of each item; of which case it is shows to who may know."""

    conference_id: UUID

    async def ask(self, running: Running, by: By | None) -> Answer:
        found = await running.store.load(Conference, self.conference_id)
        if not found.exists:
            raise NotFound(str(self.conference_id))
        seen, values = await self.seen(running, by, 1)
        sql = f"SELECT case_id FROM unnest($1::uuid[]) AS agenda (case_id) WHERE {seen}"  # noqa: S608  # a condition of ours
        known = {row["case_id"] for row in await rows(running.store, sql, list(found.agenda), *values)}
        facts = {name: getattr(found, name) for name in ConferenceShown.model_fields if name != "items"}
        items = [
            {
                "item": item,
                "matter": matter if matter in known else None,
                "owner": found.owners.get(item),
                "due_on": found.due.get(item),
                "done": item in found.done,
            }
            for item, matter in enumerate(found.agenda, 1)
        ]
        return Answer(facts | {"items": items}, found.version)


class ListConferences(
    Listing[ConferenceRow], path="/conferences", called="联席会议清单",
    where=("state",), sort=("id", "held_on", "next_due_on", "conference_no"),
):  # fmt: skip
    """List conferences."""


class RotaDay(BaseModel):
    """Who receives where on a day."""

    leader: str
    place: str
    received_on: date
    state: ReceptionState


class Rota(BaseModel):
    """Who receives where, by day."""

    items: list[RotaDay]


class ShowRota(Question, path="/receptions/rota", called="接访安排", sight=EVERYONE, reply=Rota):
    """Show the public who receives where on which day (第十八条第一款)."""

    since: Day
    until: Day

    async def ask(self, running: Running, by: By | None) -> Answer:  # noqa: ARG002  # the same for everybody
        sql = (
            f"SELECT {', '.join(RotaDay.model_fields)} FROM reception_view "  # noqa: S608  # names of ours
            "WHERE received_on BETWEEN $1 AND $2 ORDER BY received_on, place, leader LIMIT $3"
        )
        return Answer({"items": await rows(running.store, sql, self.since, self.until, ROTA_MAX)})


class ShowReception(One[ReceptionRow], path="/receptions/{reception_id}", called="接访日"):
    """Show a reception day."""


class ListReceptions(
    Listing[ReceptionRow], path="/receptions", called="接访清单",
    where=("state", "leader"), sort=("id", "received_on", "follow_up_due"),
):  # fmt: skip
    """List reception days."""


class ShowInstruction(One[InstructionRow], path="/instructions/{instruction_id}", called="批示"):
    """Show an instruction."""


class ListInstructions(
    Listing[InstructionRow], path="/instructions", called="批示清单",
    where=("state", "unit"), sort=("id", "due_on", "unit"),
):  # fmt: skip
    """List instructions."""


class ListInstructionsOfCase(Listing[InstructionRow], path="/cases/{case_id}/instructions", called="事项批示"):
    """List what leaders wrote on the letters of a case (第十八条第二款)."""


class ShowBatch(One[SectorBatchRow], path="/batches/{batch_id}", called="批次"):
    """Show a batch."""


class ListBatches(Listing[SectorBatchRow], path="/batches", called="批次清单", where=("state", "unit")):
    """List batches; one that is open was interrupted."""


class ListProposals(Listing[ProposalRow], path="/proposals", called="表决清单", where=("state", "village")):
    """List villages' votes."""


class ListHallCalls(
    Listing[HallCallRow], path="/hall-calls", called="大厅调度清单",
    where=("state", "unit", "case_id"), sort=("id", "due_on"),
):  # fmt: skip
    """List which units the hall has called until when (第十八条第三款)."""
