"""个人信息保护法 第十三条第一款第四项、第五十一条、第五十四条: an emergency opens one case to one officer, seldom and loudly (promise 39).

Two of different units agree, for an hour at most; of whom the case complains nobody has a part in it; who had none
looks at why within three working days.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

import httpx2
import pytest
import pytest_asyncio

from contracts.vocabulary import Role
from services.accountability.alarm import Alarm
from services.chassis import relating
from services.chassis.directory import Directory
from services.chassis.errors import Invalid, NotFound
from services.chassis.recusal import OthersKeepOut
from services.chassis.rights.admission import admissions
from services.intake.domain.emergency import (
    MINUTES_MAX,
    HadPartInIt,
    NobodyReviews,
    NotOpen,
    NotPending,
    NotTheReviewer,
    NotToReview,
    TwoUnitsMustAgree,
)
from tests.harness import BUREAU, GOVERNMENT, HEAD, UNIT, Servers, System, until
from tests.rules import refused
from tests.steps import KEEPER, REGISTERED_AT, accepted, clocks, document, ok, open_county

pytestmark = pytest.mark.asyncio(loop_scope="module")

ALARM_SECONDS_MAX: Final = 10.0
"""How soon everybody hears of it whom it concerns."""
NOON: Final = datetime.fromisoformat("2026-09-18T12:00:00+08:00")
"""A Friday: of the next three working days one is a Sunday that is worked."""
REVIEWED_BY: Final = "2026-09-22"
UNITS: Final[tuple[dict[str, Any], ...]] = (
    {
        "code": BUREAU, "parent": GOVERNMENT, "kind": "petition_bureau", "competent": False,
        "officers": {"bureau-head": [Role.unit_head], "both-1": [Role.supervisor]},
    },
    {"code": "ZWDT", "parent": GOVERNMENT, "kind": "department", "officers": {"duty-1": [Role.case_officer]}},
    {"code": "SJJ", "parent": GOVERNMENT, "kind": "department", "competent": False,
     "officers": {"audit-1": [Role.auditor]}},
    {"code": "JYJ", "parent": GOVERNMENT, "kind": "department", "officers": {"other-1": [Role.unit_head]}},
)  # fmt: skip


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def county(servers: Servers):
    async with open_county(servers) as made:
        await made.enter(*UNITS)
        await made.appoint(UNIT, "both-1", [Role.supervisor])
        yield made


def moment(minutes: float) -> str:
    return (NOON + timedelta(minutes=minutes)).isoformat()


@dataclass
class Glass:
    """A case, and an officer elsewhere who is to read it."""

    county: System
    case: str
    text: str
    access: str = ""

    async def ask(self, *, actor: str = HEAD, unit: str = UNIT, minutes: float = 0, **said: Any) -> httpx2.Response:
        body = {"officer": "duty-1", "ground": "danger_to_life"} | said
        reply = await self.county.send(
            "intake", f"/cases/{self.case}/emergency-accesses", body, role=Role.unit_head, unit=unit, actor=actor,
            at=moment(minutes),
        )  # fmt: skip
        self.access = reply.json().get("emergency_access_id", self.access)
        return reply

    async def do(
        self, what: str, *, actor: str = "bureau-head", unit: str = BUREAU, role: Role = Role.unit_head,
        minutes: float = 1, **said: Any,
    ) -> httpx2.Response:  # fmt: skip
        path = f"/emergency-accesses/{self.access}/{what}"
        return await self.county.send("intake", path, said, role=role, unit=unit, actor=actor, at=moment(minutes))

    async def opened(self) -> Glass:
        """Let two of different units agree."""
        ok(await self.ask(), 201)
        ok(await self.do("approval"))
        return self

    async def read(self, minutes: float, officer: str = "duty-1", unit: str = "ZWDT") -> list[int]:
        """Return what the officer is answered who asks every service for the case, and for a text of it."""
        who = {"Huiyin-Actor": officer, "Huiyin-Unit": unit, "Huiyin-Role": "case_officer",
               "Huiyin-Time": moment(minutes)}  # fmt: skip
        paths = [
            *((service, f"/cases/{self.case}") for service in ("intake", "assignment", "mediation", "accountability")),
            ("intake", f"/cases/{self.case}/contents/{self.text}?purpose=emergency"),
            ("accountability", f"/cases/{self.case}/timeline"),
        ]
        asked = (self.county.client.get(self.county.url(service) + path, headers=who) for service, path in paths)
        return [200 if _shows(reply) else 404 for reply in await asyncio.gather(*asked)]

    async def rows(
        self, unit: str, role: Role, actor: str, path: str = "/emergency-accesses"
    ) -> list[dict[str, Any]]:  # fmt: skip
        """Return what somebody is shown of who was let in."""
        who = {"Huiyin-Actor": actor, "Huiyin-Unit": unit, "Huiyin-Role": str(role)}
        url, params = self.county.url("intake") + path, {} if self.case in path else {"case_id": self.case}
        reply = await self.county.client.get(url, params=params, headers=who)
        found: list[dict[str, Any]] = ok(reply)["items"]
        return found


def _shows(reply: httpx2.Response) -> bool:
    """Return whether there is anything: an empty list is what is told of a case that there is not."""
    if reply.status_code == 200:
        return reply.json().get("items") != []
    refused(reply, 404, NotFound)
    return False


async def glass(county: System) -> Glass:
    case = await accepted(county)
    return Glass(county, case, await document(county, case))


NOTHING: Final = [404] * 6
ALL: Final = [200] * 6


async def check_opens_and_shuts(county: System) -> None:
    one = await glass(county)
    assert await one.read(0) == NOTHING
    ok(await one.ask(), 201)
    assert await one.read(0.5) == NOTHING, "one alone opens nothing"
    ok(await one.do("approval"))
    assert await one.read(2) == ALL
    assert await one.read(1 + MINUTES_MAX) == NOTHING, "an hour is an hour"


async def test_two_of_different_units_open_one_case_to_one_officer_for_an_hour(county: System):
    await check_opens_and_shuts(county)


async def test_it_opens_nothing_else(county: System):
    """Neither another case, nor a list, nor to a colleague, and nothing is done by it."""
    one, other = await glass(county), await glass(county)
    await one.opened()
    other.access = one.access
    assert await other.read(2) == NOTHING
    assert await one.read(2, officer="other-1", unit="JYJ") == NOTHING
    who = {"Huiyin-Actor": "duty-1", "Huiyin-Unit": "ZWDT", "Huiyin-Role": "case_officer", "Huiyin-Time": moment(2)}
    lists = {"intake": "cases", "assignment": "cases", "mediation": "cases", "accountability": "clocks"}
    for service, what in lists.items():
        listed = ok(await county.client.get(f"{county.url(service)}/{what}?limit=200", headers=who))["items"]
        assert one.case not in str(listed)
    said = {"kind": "record", "text": "记录"}
    done = await county.send(
        "intake", f"/cases/{one.case}/documents", said, role=Role.case_officer, unit="ZWDT", actor="duty-1",
        at=moment(2),
    )  # fmt: skip
    refused(done, 404, NotFound)


async def test_look_is_on_record_and_the_petitioner_learns_of_it(county: System):
    """第四十四条: that it was opened, why and until when, and who read what."""
    receipt = await county.register(at=REGISTERED_AT)
    case = receipt["case_id"]
    async with county.sql() as db:
        found = "SELECT id FROM intake.vault_item WHERE key_id = $1 AND kind = 'petition'"
        one = Glass(county, case, str(await db.fetchval(found, UUID(receipt["petition_id"]))))
    ok(await one.ask(actor="bureau-head", unit=BUREAU), 201)
    refused(await one.do("approval", unit=UNIT, actor=HEAD), 404, NotFound)  # who has nothing to do with it
    ok(await one.do("approval", unit=GOVERNMENT, actor="leader-1"))
    assert (await one.read(2))[4] == 200
    code = receipt["query_code"]
    await county.caught_up()
    steps = ok(await county.by_code(code))["steps"]
    [told] = [step for step in steps if step["event"] == "intake.EmergencyAccessGranted.v1"]
    assert told["details"]["ground_title"] == "危及人身安全"
    looks = ok(await county.by_code(code, "/looks"))["items"]
    assert [(look["unit"], look["purpose"]) for look in looks] == [("ZWDT", "emergency")]


async def check_nobody_opens_alone(county: System) -> None:
    one = await glass(county)
    refused(await one.ask(officer=HEAD), 403, TwoUnitsMustAgree)
    ok(await one.ask(), 201)
    refused(await one.do("approval", actor=HEAD, unit=UNIT), 403, TwoUnitsMustAgree)
    refused(await one.do("approval", actor=HEAD), 403, TwoUnitsMustAgree)
    refused(await one.do("approval", actor="duty-1"), 403, TwoUnitsMustAgree)
    refused(await one.do("approval", actor="co-1", unit=UNIT), 403, TwoUnitsMustAgree)
    refused(await one.do("approval", actor="both-1", role=Role.supervisor), 403, TwoUnitsMustAgree)
    assert await one.read(2) == NOTHING


async def test_nobody_opens_alone(county: System):
    """Nor for themselves, nor with a colleague, nor with somebody who is one under another post."""
    await check_nobody_opens_alone(county)


async def test_who_has_nothing_to_do_with_the_case_neither_asks_nor_agrees(county: System):
    one = await glass(county)
    refused(await one.ask(actor="other-1", unit="JYJ"), 404, NotFound)
    ok(await one.ask(), 201)
    refused(await one.do("approval", actor="other-1", unit="JYJ"), 404, NotFound)


async def accuse(county: System, case: str, **whom: list[str]) -> None:
    body = {"units": [], "persons": []} | whom
    ok(await county.send("intake", f"/cases/{case}/accused", body, role=Role.bureau_officer))


async def check_accused_has_no_part(county: System) -> None:
    """Neither reads, asks nor agrees, whenever it comes to complain of them."""
    one = await glass(county)
    ok(await one.ask(), 201)
    await accuse(county, one.case, units=["ZWDT"])
    refused(await one.do("approval"), 403, OthersKeepOut)
    refused(await one.ask(), 403, OthersKeepOut)
    assert await one.read(2) == NOTHING

    one = await (await glass(county)).opened()
    assert await one.read(2) == ALL
    await accuse(county, one.case, persons=["duty-1"])
    assert await one.read(2) == NOTHING

    one = await glass(county)
    ok(await one.ask(), 201)
    await accuse(county, one.case, persons=["bureau-head"])
    refused(await one.do("approval"), 404, NotFound)

    one = await glass(county)
    ok(await one.ask(), 201)
    await accuse(county, one.case, persons=[HEAD])
    refused(await one.do("approval"), 409, NotPending)  # whose unit has lost the case by that


async def test_accused_has_no_part_in_it(county: System):
    await check_accused_has_no_part(county)


async def test_report_is_opened_by_nobody(county: System):
    """第三十条第三款: that there is one nobody learns so."""
    case = (await county.register(report=True, category="official_conduct"))["case_id"]
    asked = await Glass(county, case, str(uuid4())).ask(actor="bureau-head", unit=BUREAU)
    refused(asked, 404, NotFound)


async def check_it_is_loud(county: System) -> None:
    one = await glass(county)
    before = await counted(county)
    await one.opened()

    async def heard() -> bool:
        owed = [clock for clock in await clocks(county, one.case) if clock["code"] == "D61"]
        rows = await one.rows("SJJ", Role.auditor, "audit-1")
        return bool(owed and rows) and await counted(county) > before

    await until(heard, "everybody hears of it", ALARM_SECONDS_MAX)
    [owed] = [clock for clock in await clocks(county, one.case) if clock["code"] == "D61"]
    assert (owed["holder"], owed["due_on"]) == ("SJJ", REVIEWED_BY)
    [row] = await one.rows(UNIT, Role.case_officer, "co-1", f"/cases/{one.case}/emergency-accesses")
    assert (row["officer"], row["state"], row["reviewer"]) == ("duty-1", "granted", "SJJ")
    assert await one.rows("JYJ", Role.unit_head, "other-1", f"/cases/{one.case}/emergency-accesses") == []


async def counted(county: System) -> float:
    text = (await county.client.get(f"{county.url('accountability')}/metrics", headers=KEEPER)).text
    [line] = [line for line in text.splitlines() if line.startswith("huiyin_emergency_accesses_total{")] or [" 0"]
    return float(line.rsplit(" ", 1)[1])


async def test_everybody_hears_of_it_within_ten_seconds(county: System):
    """Who has to do with the case, the auditors who look at it, and whoever watches the platform."""
    await check_it_is_loud(county)


async def test_who_had_no_part_looks_at_it_when_it_is_over(county: System):
    one = await (await glass(county)).opened()
    auditor = {"actor": "audit-1", "unit": "SJJ", "role": Role.auditor, "justified": True}
    refused(await one.do("review", minutes=5, **auditor), 409, NotToReview)
    refused(await one.do("review", minutes=90, justified=True), 403, NotTheReviewer)
    ok(await one.do("review", minutes=90, **auditor))
    refused(await one.do("review", minutes=95, **auditor), 409, NotToReview)
    [owed] = [clock for clock in await clocks(county, one.case) if clock["code"] == "D61"]
    assert (owed["state"], owed["breached"]) == ("stopped", False)


async def check_who_had_a_part_looks_at_nothing(county: System) -> None:
    """Whatever they are by then: a unit of auditors that one of them has come to, or whose powers theirs carries on."""
    one = await (await glass(county)).opened()
    for officer in ("duty-1", HEAD, "bureau-head"):
        await county.appoint("SJJ", officer, [Role.auditor])
        done = await one.do("review", minutes=90, actor=officer, unit="SJJ", role=Role.auditor, justified=True)
        await county.relieve("SJJ", officer)
        refused(done, 403, HadPartInIt)


async def test_who_had_a_part_looks_at_nothing(county: System):
    await check_who_had_a_part_looks_at_nothing(county)


async def test_who_asks_has_charge_until_another_agrees(county: System):
    one = await glass(county)
    await county.appoint(UNIT, "head-2", [Role.unit_head])
    await county.enter()
    ok(await one.ask(actor="head-2"), 201)
    await county.relieve(UNIT, "head-2")
    refused(await one.do("approval"), 409, NotPending)


async def test_who_let_somebody_in_is_accused_later(county: System):
    """第二十八条第三款: what they have opened is shut."""
    one = await (await glass(county)).opened()
    await accuse(county, one.case, persons=["bureau-head"])
    assert await one.read(2) == NOTHING


async def test_each_access_is_taken_back_by_itself(county: System):
    one = await (await glass(county)).opened()
    first = one.access
    ok(await one.ask(minutes=2), 201)
    assert one.access != first
    ok(await one.do("end", minutes=3))
    assert await one.read(4) == ALL


async def test_that_nobody_has_looked_at_it_goes_on_record(county: System):
    """After three working days, without anybody asking."""
    one = await (await glass(county)).opened()
    await county.caught_up()
    late = "2026-09-23T00:01:00+08:00"
    ok(await county.send("accountability", "/time", {}, role=Role.platform_admin, at=late))

    async def on_record() -> bool:
        return any(clock["code"] == "D61" and clock["breached"] for clock in await clocks(county, one.case))

    await until(on_record, "the breach is on record")


async def test_it_is_taken_back_by_one(county: System):
    one = await (await glass(county)).opened()
    assert await one.read(2) == ALL
    ok(await one.do("end", actor=HEAD, unit=UNIT, minutes=3))
    assert await one.read(4) == NOTHING, "at once, in every service"
    refused(await one.do("end", minutes=5), 409, NotOpen)
    refused(await one.do("approval", minutes=5), 409, NotPending)


async def test_what_was_asked_for_lapses(county: System):
    one = await glass(county)
    ok(await one.ask(), 201)
    refused(await one.do("approval", minutes=MINUTES_MAX), 409, NotPending)
    ok(await one.ask(minutes=90), 201)
    ok(await one.do("approval", minutes=91))
    refused(await one.do("approval", minutes=92), 409, NotPending)


async def test_longer_than_an_hour_is_nothing(county: System):
    one = await glass(county)
    for minutes in (0, MINUTES_MAX + 1):
        reply = await county.send(
            "intake", f"/cases/{one.case}/emergency-accesses",
            {"officer": "duty-1", "ground": "danger_to_life", "minutes": minutes}, role=Role.unit_head, unit=UNIT,
            actor=HEAD, at=moment(0),
        )  # fmt: skip
        refused(reply, 422, Invalid)


async def test_what_nobody_could_look_at_afterwards_is_not_opened(county: System, monkeypatch: pytest.MonkeyPatch):
    one = await glass(county)
    ok(await one.ask(), 201)
    monkeypatch.setattr(Directory, "auditor_of", lambda *_: None)
    refused(await one.do("approval"), 409, NobodyReviews)


def always(parties: Any, officer: str, _: Any) -> list[Any]:
    return admissions(parties, officer, NOON)


async def nothing_rings(self: Alarm, *_: Any) -> Any:
    async def silent(_: Any) -> None:
        """Ring for nobody."""

    return silent


MUTANTS: Final[dict[str, tuple[Callable[[pytest.MonkeyPatch], None], Callable[[System], Any]]]] = {
    "it never ends": (lambda patch: patch.setattr(relating, "admissions", always), check_opens_and_shuts),
    "one unit is enough": (lambda patch: patch.setattr(Directory, "organs", lambda *_: set()), check_nobody_opens_alone),
    "nobody looks at who keeps out by now": (
        lambda patch: patch.setattr(Directory, "is_kept_from", lambda *_: False), check_accused_has_no_part,
    ),
    "nobody hears of it": (lambda patch: patch.setattr(Alarm, "read", nothing_rings), check_it_is_loud),
    "who had a part looks at it": (
        lambda patch: patch.setattr(Directory, "organs", lambda *_: set()), check_who_had_a_part_looks_at_nothing,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", MUTANTS)
async def test_mutant_is_seen(county: System, name: str, monkeypatch: pytest.MonkeyPatch):
    plant, check = MUTANTS[name]
    plant(monkeypatch)
    with pytest.raises(AssertionError):
        await check(county)
