"""What is organised around cases: sponsors, ledgers, conferences, receptions, instructions, batches, votes."""

from __future__ import annotations

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
from services.chassis.questions import Answer, Listing, One, Question, rows
from services.chassis.running import Running
from services.chassis.views import EVERYONE

_SUMMED: Final = ("cases_about", "cases_held", "ledger_items_open", "ledger_items_overdue")
_TOWNSHIPS: Final = """
SELECT t.code AS township, u.name,
    (SELECT count(*) FROM case_view c WHERE c.place = t.code
        OR c.place IN (SELECT v.code FROM unit_view v WHERE v.parent = t.code)) AS cases_about,
    (SELECT count(*) FROM case_view c WHERE c.unit = t.code AND c.state IN ('with_unit', 'objected')) AS cases_held,
    (SELECT count(*) FROM ledger_item_view i WHERE i.unit = t.code AND i.state = 'open') AS ledger_items_open,
    (SELECT count(*) FROM ledger_item_view i WHERE i.unit = t.code AND i.state = 'open' AND i.due_on < $2)
        AS ledger_items_overdue
FROM leader_area_view l, unnest(l.townships) AS t (code) LEFT JOIN unit_view u ON u.code = t.code
WHERE l.leader = $1 ORDER BY t.code
"""
_OWN: Final = """
SELECT (SELECT count(*) FROM campaign_view WHERE sponsor = $1) AS sponsored,
    (SELECT count(*) FROM reception_view WHERE leader = $1 AND state IN ('held', 'followed_up')) AS receptions_held,
    (SELECT count(*) FROM reception_view WHERE leader = $1 AND state = 'missed') AS receptions_missed
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
    """How it stands with a township."""

    township: str
    name: str | None
    cases_about: int
    """Cases about a place in it, whoever has them."""
    cases_held: int
    ledger_items_open: int
    ledger_items_overdue: int


class LeaderFigures(BaseModel):
    """What a leader answers for: their townships' figures, the cases that they sponsor, their reception days."""

    leader: str
    items: list[TownshipFigures]
    cases_about: int
    cases_held: int
    ledger_items_open: int
    ledger_items_overdue: int
    sponsored: int
    receptions_held: int
    receptions_missed: int


class ShowLeaderFigures(
    Question, path="/leaders/{officer}/figures", called="包联情况", sight=EVERYONE, reply=LeaderFigures
):
    """Roll up the figures of a leader's townships (第五条第三项、第十八条第二款)."""

    officer: Code

    async def ask(self, running: Running, by: By | None) -> Answer:  # noqa: ARG002  # the same for everybody
        items = await rows(running.store, _TOWNSHIPS, self.officer, day(datetime.now(UTC)))
        own = (await rows(running.store, _OWN, self.officer))[0]
        totals = {name: sum(item[name] for item in items) for name in _SUMMED}
        return Answer({"leader": self.officer, "items": items, **totals, **own})


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
