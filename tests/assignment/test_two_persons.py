"""个人信息保护法 第五十一条: what everybody's rights follow from is entered by one person and agreed to by another."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from importlib import import_module
from random import Random
from typing import Annotated, Any
from uuid import UUID, uuid4

import httpx2
import pytest
import pytest_asyncio
from msgspec.structs import replace
from pydantic import TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from contracts.assignment import ChangeAgreed, ChangeProposed, DeputyNamed, OfficerAppointed, UnitEstablished
from contracts.envelope import SERVICES
from contracts.vocabulary import Role
from services.assignment.commands import directory
from services.assignment.domain.changes import Change
from services.assignment.domain.directory import (
    DelegatedByAnother,
    MarkTaken,
    NotOfTheUnit,
    NotTheirPower,
    NotTheirUnit,
    SucceedsItself,
    Unit,
)
from services.chassis import retention
from services.chassis.changes import (
    PENDING_DAYS_MAX,
    ChangeIsOver,
    ChangeLapsed,
    ChangeOfSomebodyElse,
    Outdated,
    OwnChange,
    ProposerRelieved,
    TwoPersons,
)
from services.chassis.directory import Directory
from services.chassis.errors import Forbidden, KeyReused, NotFound, Stale, Unavailable
from services.chassis.fields import InNoEvent
from services.chassis.http import gate
from services.chassis.http.acting import command_of
from services.chassis.retention import kept
from services.chassis.store import New, Store
from services.chassis.writer import Work
from tests.harness import OFFICER, SECOND, Servers, System, unpacked
from tests.rules import at, check_replay, refused
from tests.sizes import size
from tests.steps import ok, open_county

pytestmark = pytest.mark.asyncio(loop_scope="module")

ADMIN = {"role": Role.platform_admin}
HEAD = {"role": Role.unit_head, "unit": "SWJ", "actor": "h-1"}
ENTRY = {"name": "县教育局", "level": "county", "competent": True}
DAYS = {"deputy": "c-2", "first_on": "2020-01-01", "last_on": "2099-12-31"}
PLATE = {"post": "科员", "roles": ["case_officer"], "name": "钱小满", "phone": "13911112222"}
ROUNDS = size("CHANGES", 24, 400)
"""How many changes are proposed by several persons at once, in the random test."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def county(servers: Servers):
    async with open_county(servers) as made:
        roles = {"h-1": [Role.unit_head], "c-1": [Role.case_officer], "c-2": [Role.case_officer]}
        await made.enter(
            {"code": "SWJ", "powers": ["transport"], "officers": roles}, {"code": "SWS", "parent": "SWJ", "officers": roles},
            {"code": "QTJ", "officers": {"h-9": [Role.unit_head]}},
        )  # fmt: skip
        yield made


async def propose(county: System, path: str, body: Any, **more: Any) -> httpx2.Response:
    return await county.send("assignment", path, body, **{"method": "PUT", "alone": True} | ADMIN | more)


async def proposed(county: System, path: str, body: Any, **more: Any) -> str:
    return str(ok(await propose(county, path, body, **more), 202)["change_id"])


async def decide(county: System, change: str, what: str = "approval", **more: Any) -> httpx2.Response:
    return await county.send("assignment", f"/changes/{change}/{what}", {}, **{"actor": SECOND} | ADMIN | more)


async def pending(county: System, at: str | None = None, **more: str) -> dict[str, dict[str, Any]]:
    headers = {"Huiyin-Actor": SECOND, "Huiyin-Unit": "platform", "Huiyin-Role": "platform_admin"}
    if at:
        headers["Huiyin-Time"] = at
    url = f"{county.url('assignment')}/changes"
    listed = ok(await county.client.get(url, params={"limit": 200} | more, headers=headers))["items"]
    return {change["id"]: change for change in listed}


async def shown(county: System, unit: str) -> httpx2.Response:
    return await county.client.get(f"{county.url('assignment')}/units/{unit}")


async def beside(county: System, change: str) -> Any:
    async with county.sql() as db:
        return await db.fetchval("SELECT sent FROM assignment.change_beside WHERE id = $1", UUID(change))


async def events(county: System, *kinds: type[Any]) -> list[tuple[str, dict[str, Any], dict[str, Any]]]:
    """Return events of some kinds in their order: the wire name, the metadata, the body."""
    async with county.sql() as db:
        found = await db.fetch("SELECT type, packed FROM assignment.event ORDER BY pos")
    names = {kind.wire_name for kind in kinds}
    return [(row["type"], *unpacked(row)) for row in found if row["type"] in names]


async def rejected(county: System, change: str) -> None:
    """Leave nothing pending behind."""
    ok(await decide(county, change, "refusal"))


class TestProposing:
    async def test_nothing_happens_until_another_person_agrees(self, county: System):
        change = await proposed(county, "/units/XJYJ", ENTRY)
        refused(await shown(county, "XJYJ"), 404, NotFound)
        waits = (await pending(county))[change]
        assert (waits["operation"], waits["proposed_by"], waits["role"]) == ("establishUnit", OFFICER, "platform_admin")
        assert json.loads(waits["sent"]) == ENTRY | {"code": "XJYJ"}
        assert ok(await decide(county, change)) == {"code": "XJYJ", "version": 1}
        assert ok(await shown(county, "XJYJ"))["name"] == "县教育局"
        assert change not in await pending(county)

    async def test_both_persons_stand_on_record(self, county: System):
        key = uuid4()
        ok(await decide(county, await proposed(county, "/units/BOTH", ENTRY), key=key))
        found = await events(county, ChangeProposed, ChangeAgreed, UnitEstablished)
        (_, first, _), (_, second, agreed), (_, done, _) = found[-3:]
        assert (first["actor"], second["actor"], agreed["proposed_by"]) == (OFFICER, SECOND, OFFICER)
        assert (done["actor"], done["agreed_by"]) == (OFFICER, SECOND)
        assert second["command_id"] == done["command_id"] == str(command_of(key))
        assert "agreed_by" not in first | second

    async def test_each_persons_reason_stands_beside_what_they_did(self, county: System):
        send, url = county.client.request, county.url("assignment")

        async def sent(method: str, path: str, body: Any, actor: str, reason: str) -> Any:
            who = {"Huiyin-Actor": actor, "Huiyin-Unit": "platform", "Huiyin-Role": "platform_admin"}
            headers = who | {"Huiyin-Reason": reason, "Idempotency-Key": str(uuid4())}
            return (await send(method, url + path, json=body, headers=headers)).json()

        change = (await sent("PUT", "/units/WHY", ENTRY, OFFICER, "organisation_change"))["change_id"]
        await sent("POST", f"/changes/{change}/approval", {}, SECOND, "settled")
        found = await events(county, ChangeProposed, ChangeAgreed, UnitEstablished)
        assert [about["reason"] for _, about, _ in found[-3:]] == ["机构调整", "事实已查清", "机构调整"]

    async def test_what_would_be_refused_is_refused_at_once(self, county: System):
        before = await pending(county)
        refused(await propose(county, "/units/SWJ/successors", {"successors": ["SWJ"]}), 422, SucceedsItself)
        refused(await propose(county, "/units/NOWHERE/officers/x", PLATE), 404, NotFound)
        refused(await propose(county, "/units/SWJ", ENTRY, version=99), 412, Stale)
        deputy = "/units/SWJ/officers/c-1/deputy"
        refused(await propose(county, deputy, DAYS | {"deputy": "stranger"}, **HEAD), 409, NotOfTheUnit)
        assert await pending(county) == before

    async def test_taking_a_right_away_takes_one_person(self, county: System):
        ok(await county.send("assignment", "/units/SWJ/officers/c-1/deputy", DAYS, method="PUT", **HEAD))
        ok(await county.send("assignment", "/units/QTJ/delegations/transport", {}, method="PUT", **HEAD))
        for path in ("/units/SWJ/officers/c-1/deputy", "/units/QTJ/delegations/transport"):
            ok(await county.send("assignment", path, method="DELETE", alone=True, **HEAD))
        assert ok(await shown(county, "SWJ"))["deputies"] == ok(await shown(county, "QTJ"))["delegated"] == {}

    async def test_relieving_takes_two_persons(self, county: System):
        """第三十条第三款: what is kept from a unit because of somebody is shown there when they are gone."""
        ok(await county.send("assignment", "/units/SWJ/officers/gone-1", PLATE, method="PUT", **ADMIN))

        async def acts() -> bool:
            return "gone-1" in {one["officer"] for one in ok(await shown(county, "SWJ"))["officers"]}

        change = await proposed(county, "/units/SWJ/officers/gone-1", None, method="DELETE")
        assert await acts()
        ok(await decide(county, change))
        assert not await acts()

    async def test_head_takes_back_what_their_own_unit_has_given_and_gives_nothing_over_it(self, county: System):
        path, other = "/units/QTJ/delegations/transport", HEAD | {"unit": "SWX", "actor": "h-8"}
        await county.enter({"code": "SWX", "powers": ["transport"], "officers": {"h-8": [Role.unit_head]}})
        ok(await county.send("assignment", path, {}, method="PUT", **HEAD))
        refused(await county.send("assignment", path, method="DELETE", **other), 403, NotTheirPower)
        refused(await propose(county, path, {}, **other), 409, DelegatedByAnother)
        assert ok(await shown(county, "QTJ"))["delegated"] == {"transport": "SWJ"}
        ok(await county.send("assignment", path, method="DELETE", **ADMIN))
        ok(await county.send("assignment", path, {}, method="PUT", **other))
        ok(await county.send("assignment", path, method="DELETE", **other))

    async def test_same_key_is_the_same_change_and_another_body_is_none(self, county: System):
        key = uuid4()
        change = await proposed(county, "/units/KEY", ENTRY, key=key)
        assert await proposed(county, "/units/KEY", ENTRY, key=key) == change
        refused(await propose(county, "/units/KEY", ENTRY | {"name": "别的"}, key=key), 422, KeyReused)
        other = await proposed(county, "/units/KEY", ENTRY | {"name": "别的"})
        assert other != change
        assert json.loads((await pending(county))[change]["sent"])["name"] == "县教育局"
        for one in (change, other):
            await rejected(county, one)

    async def test_names_lie_beside_it_as_long_as_it_is_pending_and_in_no_event(self, county: System):
        """个人信息保护法 第四十七条."""
        first, second = [await proposed(county, f"/units/SWJ/officers/n-{n}", PLATE) for n in (1, 2)]
        told = json.loads((await pending(county))[first]["sent"])
        assert (told["name"], told["phone"], told["roles"]) == ("钱小满", "13911112222", ["case_officer"])
        plate = {"post": "科员", "name": "钱小满", "phone": "13911112222"}
        assert json.loads(await beside(county, first)) == plate
        ok(await decide(county, first))
        await rejected(county, second)
        assert [await beside(county, one) for one in (first, second)] == [None, None]
        doors = {one["officer"]: one["name"] for one in ok(await shown(county, "SWJ"))["officers"]}
        assert doors["n-1"] == "钱小满" and "n-2" not in doors
        said = await events(county, ChangeProposed, OfficerAppointed)
        assert said and not any(word in str(one) for one in said for word in plate.values())

    async def test_when_it_has_lapsed_nothing_lies_beside_it(self, county: System):
        """个人信息保护法 第四十七条: though nobody proposes, agrees or refuses anything after that."""
        change = await proposed(county, "/units/SWJ/officers/n-3", PLATE)
        running = county.running["assignment"]
        [lying] = [one for one in kept(running.service) if "change_beside" in one.tables]

        async def passes(time: timedelta) -> None:
            async with county.sql() as db:
                await db.execute("UPDATE assignment.change_beside SET recorded_at = recorded_at - $1::interval", time)
            await retention.forget(running, lying)

        await passes(timedelta(PENDING_DAYS_MAX, seconds=-60))
        assert await beside(county, change) is not None, "it is pending"
        await passes(timedelta(seconds=60))
        assert await beside(county, change) is None
        refused(await decide(county, change, at=later()), 409, ChangeLapsed)
        await rejected(county, change)

    async def test_head_says_who_acts_in_their_own_line_and_gives_what_is_their_own(self, county: System):
        for unit in ("SWJ", "SWS"):
            change = await proposed(county, f"/units/{unit}/officers/c-1/deputy", DAYS, **HEAD)
            await rejected(county, change)
        stranger = HEAD | {"unit": "QTJ", "actor": "h-9"}
        for who, unit in ((stranger, "SWJ"), (HEAD | {"unit": "SWS"}, "SWJ")):
            deputy = f"/units/{unit}/officers/c-1/deputy"
            refused(await propose(county, deputy, DAYS, **who), 403, NotTheirUnit)
            refused(await county.send("assignment", deputy, method="DELETE", **who), 403, NotTheirUnit)
        for unit, power, who in (("QTJ", "housing", HEAD), ("SWJ", "transport", stranger)):
            path = f"/units/{unit}/delegations/{power}"
            refused(await propose(county, path, {}, **who), 403, NotTheirPower)
            refused(await county.send("assignment", path, method="DELETE", **who), 403, NotTheirPower)

    async def test_what_a_head_gives_away_is_given_by_the_head(self, county: System):
        ok(await county.send("assignment", "/units/QTJ/delegations/transport", {}, method="PUT", **HEAD))
        assert ok(await shown(county, "QTJ"))["delegated"] == {"transport": "SWJ"}


async def stopped(*_: Any, **__: Any) -> None:
    """Where the process stops that was to move cases."""
    raise Unavailable


def later(days: int = PENDING_DAYS_MAX, seconds: int = 1) -> str:
    return (datetime.now(UTC) + timedelta(days, seconds)).isoformat()


class TestAgreeing:
    async def test_nobody_agrees_to_what_they_have_entered_themselves(self, county: System):
        change = await proposed(county, "/units/OWN", ENTRY)
        refused(await decide(county, change, actor=OFFICER), 403, OwnChange)
        refused(await shown(county, "OWN"), 404, NotFound)
        await rejected(county, change)

    async def test_nobody_agrees_to_what_is_about_themselves(self, county: System):
        """As officer or as deputy; they may say no."""
        for path, body in (
            (f"/units/SWJ/officers/{SECOND}", PLATE), ("/units/SWJ/officers/c-1/deputy", DAYS | {"deputy": SECOND}),
            (f"/units/SWJ/officers/{SECOND}/deputy", DAYS), (f"/units/SWJ/officers/{SECOND}", None),
        ):  # fmt: skip
            change = await proposed(county, path, body, method="PUT" if body else "DELETE")
            refused(await decide(county, change), 403, OwnChange)
            if body is PLATE:
                ok(await decide(county, change, actor="keeper-3"))
            else:
                await rejected(county, change)
        ok(
            await decide(
                county, await proposed(county, f"/units/SWJ/officers/{SECOND}", None, method="DELETE"), actor="k"
            )
        )

    async def test_nor_as_another_of_their_posts(self, county: System):
        change = await proposed(county, "/units/SWJ/officers/c-1/deputy", DAYS, **HEAD)
        refused(await decide(county, change, actor="h-1"), 403, OwnChange)
        await rejected(county, change)

    async def test_who_does_not_keep_the_platform_running_agrees_to_nothing(self, county: System):
        change = await proposed(county, "/units/SWJ/officers/c-1/deputy", DAYS, **HEAD)
        for role in (Role.unit_head, Role.bureau_officer, Role.auditor):
            refused(await decide(county, change, role=role, unit="SWJ", actor="h-2"), 403, Forbidden)
        listing = {"Huiyin-Actor": "h-2", "Huiyin-Unit": "SWJ", "Huiyin-Role": "unit_head"}
        refused(await county.client.get(f"{county.url('assignment')}/changes", headers=listing), 403, Forbidden)
        await rejected(county, change)

    @pytest.mark.parametrize("version", [None, 1])
    async def test_who_was_interrupted_sends_it_again_and_the_cases_go_on(
        self, county: System, version: int | None, monkeypatch: pytest.MonkeyPatch
    ):
        """第二十四条第二款: whatever was seen of the change, which is over by then."""
        old, new = f"OLD-{version}", f"NEW-{version}"
        await county.enter({"code": old}, {"code": new})
        case = (await county.register())["case_id"]
        ok(await county.classify(case))
        ok(await county.forward(case, old))
        change, key = await proposed(county, f"/units/{old}/successors", {"successors": [new]}), uuid4()

        async def holder() -> str:
            return str(ok(await county.client.get(f"{county.url('assignment')}/cases/{case}"))["unit"])

        with monkeypatch.context() as patch:
            patch.setattr(directory, "move_cases", stopped)
            assert (await decide(county, change, key=key, version=version)).status_code == 503
        assert await holder() == old
        ok(await decide(county, change, key=key, version=version))
        assert await holder() == new

    async def test_what_was_never_proposed_is_not_found(self, county: System):
        for what in ("approval", "refusal"):
            refused(await decide(county, str(uuid4()), what), 404, NotFound)
            refused(await decide(county, str(Unit.stream("SWJ")), what), 404, NotFound)

    async def test_what_is_over_is_over(self, county: System):
        agreed, refused_ = [await proposed(county, f"/units/SWJ/officers/o-{n}", PLATE) for n in (1, 2)]
        key = uuid4()
        first = await decide(county, agreed, key=key)
        assert (await decide(county, agreed, key=key)).content == first.content
        await rejected(county, refused_)
        for change in (agreed, refused_):
            for what in ("approval", "refusal"):
                refused(await decide(county, change, what), 409, ChangeIsOver)
        refused(await decide(county, agreed, actor=OFFICER), 403, OwnChange)

    async def test_of_several_who_agree_or_refuse_at_once_one_does(self, county: System):
        for n in range(4):
            change = await proposed(county, "/units/SWJ/officers/c-1/deputy", DAYS, actor=f"keeper-{n}", **ADMIN)
            before = len(await events(county, DeputyNamed))
            replies = await asyncio.gather(
                *(decide(county, change, actor=f"second-{one}") for one in range(5)),
                *(decide(county, change, "refusal", actor=f"third-{one}") for one in range(3)),
            )
            said = Counter(reply.status_code for reply in replies)
            assert said == {200: 1, 409: 7}
            agreed = any(reply.status_code == 200 for reply in replies[:5])
            assert len(await events(county, DeputyNamed)) == before + agreed

    async def test_what_has_changed_meanwhile_counts(self, county: System):
        """What refuses it now leaves it pending: nothing was done, and what stands in its way may go."""
        first, second = [await proposed(county, f"/units/M-{n}", ENTRY | {"mark": "青教"}) for n in (1, 2)]
        ok(await decide(county, first))
        refused(await decide(county, second), 409, MarkTaken)
        assert second in await pending(county)
        ok(await county.send("assignment", "/units/M-1", ENTRY | {"mark": "青文"}, method="PUT", **ADMIN))
        ok(await decide(county, second))

    async def test_who_has_seen_a_version_changes_no_other(self, county: System):
        ok(await county.send("assignment", "/units/SEEN", ENTRY, method="PUT", **ADMIN))
        change = await proposed(county, "/units/SEEN", ENTRY | {"name": "新名"}, version=1)
        refused(await decide(county, change, version=2), 412, Stale)
        ok(await county.send("assignment", "/units/SEEN", ENTRY | {"name": "别名"}, method="PUT", **ADMIN))
        refused(await decide(county, change, version=1), 412, Stale)
        await rejected(county, change)
        other = await proposed(county, "/units/SEEN", ENTRY | {"name": "新名"}, version=2)
        assert ok(await decide(county, other, version=1))["version"] == 3

    async def test_nobody_agrees_after_the_last_day(self, county: System):
        change = await proposed(county, "/units/LATE-1", ENTRY)
        assert change in await pending(county)
        assert change not in await pending(county, at=later())
        refused(await decide(county, change, at=later()), 409, ChangeLapsed)
        ok(await decide(county, change, at=later(seconds=-60)))

    async def test_what_somebody_entered_who_was_relieved_since_is_void(self, county: System):
        appoint = {"post": "局长", "roles": ["unit_head"], "name": "某某"}
        ok(await county.send("assignment", "/units/SWJ/officers/h-2", appoint, method="PUT", **ADMIN))
        change = await proposed(county, "/units/SWJ/officers/c-1/deputy", DAYS, **HEAD | {"actor": "h-2"})
        await county.relieve("SWJ", "h-2")
        refused(await decide(county, change), 409, ProposerRelieved)
        await rejected(county, change)

    async def test_what_somebody_entered_who_was_appointed_anew_since_is_void(self, county: System):
        appoint = {"post": "局长", "roles": ["unit_head"], "name": "某某"}
        again = "/units/SWJ/officers/h-4"
        ok(await county.send("assignment", again, appoint, method="PUT", **ADMIN))
        change = await proposed(county, "/units/SWJ/officers/c-1/deputy", DAYS, **HEAD | {"actor": "h-4"})
        for roles in ([Role.unit_head, Role.reviewer], [Role.unit_head]):
            await county.appoint("SWJ", "h-4", roles)  # who has it all the time
        other = await proposed(county, "/units/SWJ/officers/c-1/deputy", DAYS, **HEAD | {"actor": "h-4"})
        ok(await decide(county, change))
        await county.relieve("SWJ", "h-4")
        ok(await county.send("assignment", again, appoint, method="PUT", **ADMIN))
        refused(await decide(county, other), 409, ProposerRelieved)
        await rejected(county, other)

    async def test_what_a_deputy_entered_who_was_named_anew_since_is_void(self, county: System):
        deputy, days = "/units/SWJ/officers/h-1/deputy", DAYS | {"deputy": "c-1"}
        ok(await county.send("assignment", deputy, days, method="PUT", **ADMIN))
        acting = HEAD | {"actor": "c-1"}
        first, other = [await proposed(county, "/units/SWJ/officers/c-2/deputy", days, **acting) for _ in range(2)]
        ok(await decide(county, first))
        ok(await county.send("assignment", deputy, method="DELETE", **ADMIN))
        ok(await county.send("assignment", deputy, days, method="PUT", **ADMIN))
        refused(await decide(county, other), 409, ProposerRelieved)
        await rejected(county, other)
        ok(await county.send("assignment", deputy, method="DELETE", **ADMIN))

    async def test_who_has_other_roles_by_now_is_no_more_what_they_were(self, county: System):
        appoint = {"post": "局长", "roles": ["unit_head"], "name": "某某"}
        ok(await county.send("assignment", "/units/SWJ/officers/h-3", appoint, method="PUT", **ADMIN))
        change = await proposed(county, "/units/SWJ/officers/c-1/deputy", DAYS, **HEAD | {"actor": "h-3"})
        less = appoint | {"roles": ["case_officer"]}
        ok(await county.send("assignment", "/units/SWJ/officers/h-3", less, method="PUT", **ADMIN))
        refused(await decide(county, change), 409, ProposerRelieved)
        await rejected(county, change)

    async def test_what_is_no_command_any_more_is_entered_anew(self, county: System):
        store, admin = county.running["assignment"].store, county.by()
        for operation, sent in (("gone", "{}"), ("endDeputy", "{}"), ("establishUnit", '{"code": "X"}')):
            change = Change.blank(uuid4())
            change.propose(operation, sent, Directory(), by=replace(admin, actor=OFFICER, role=Role.platform_admin))
            await store.create(lambda change=change: New(change), by=county.by())
            refused(await decide(county, str(change.id)), 409, Outdated)
            await rejected(county, str(change.id))


class TestRefusing:
    async def test_whoever_keeps_the_platform_running_refuses(self, county: System):
        change = await proposed(county, "/units/SWJ/officers/c-1/deputy", DAYS, **HEAD)
        assert ok(await decide(county, change, "refusal"))["change_id"] == change
        assert change not in await pending(county)

    async def test_whoever_has_entered_it_takes_it_back_and_no_other_head_does(self, county: System):
        change = await proposed(county, "/units/SWJ/officers/c-1/deputy", DAYS, **HEAD)
        other = HEAD | {"actor": "h-7"}
        refused(await decide(county, change, "refusal", **other), 403, ChangeOfSomebodyElse)
        ok(await decide(county, change, "refusal", **HEAD))
        mine = await proposed(county, "/units/MINE", ENTRY)
        ok(await decide(county, mine, "refusal", actor=OFFICER))


class TestReplay:
    async def test_replay_amounts_to_the_live_state(self, county: System):
        now = at("2025-09-01")
        one = replace(county.by(), actor=OFFICER, role=Role.platform_admin, at=now)
        other = replace(one, actor=SECOND)
        for ends in (
            lambda change: change.agree(county.running["assignment"].store.directories.current, by=other),
            lambda change: change.refuse(by=other),
        ):
            check_replay(
                Change, uuid4(), [lambda change: change.propose("establishUnit", "{}", Directory(), by=one), ends]
            )


async def test_what_goes_into_the_event_names_no_number_of_a_person():
    """What of a command does stands beside its change: each line that anybody types refuses such a number, or says so."""
    found = {
        (cls.operation.name, name)
        for service in SERVICES
        for cls in import_module(f"services.{service}.main").SERVICE.operations
        if cls.operation.by_two
        for name, field in cls.model_fields.items()
        if not any(isinstance(said, InNoEvent) for said in field.metadata) and _takes(field, "13912345678")
    }
    assert not found


def _takes(field: FieldInfo, words: str) -> bool:
    """Return whether words may stand in a field: as they are, in a list, or in what stands in a list."""
    kind: Any = Annotated[field.annotation, *field.metadata] if field.metadata else field.annotation
    tries = [words, [words], [{"name": words, "date": "2041-01-01", "isOffDay": True}]]
    return any(_is(kind, told) for told in tries)


def _is(kind: Any, told: Any) -> bool:
    try:
        TypeAdapter(kind).validate_python(told)
    except ValidationError:
        return False
    return True


# ------------------------------------------------------------------------------------------ whatever is sent


@dataclass
class History:
    """What was answered."""

    changes: list[str] = field(default_factory=list)
    done: int = 0


async def play(county: System, dice: Random) -> History:
    """Several persons name deputies, agree, refuse, race and send again, each as whoever they are."""
    history, persons = History(), [f"p-{n}" for n in range(4)]

    async def one(n: int) -> None:
        change = await propose(county, "/units/SWJ/officers/c-1/deputy", DAYS, actor=persons[n % 4])
        if (named := ok(change, 202).get("change_id")) is None:  # nobody was waited for
            history.done += 1
            return
        history.changes.append(named)
        keys = {person: uuid4() for person in persons}
        first = persons[n % 4] if dice.random() < 0.5 else dice.choice(persons)
        sent = [(person, "approval" if dice.random() < 0.8 else "refusal") for person in persons for _ in range(2)]
        dice.shuffle(sent)
        replies = [(first, "approval", await decide(county, named, actor=first, key=keys[first]))]
        raced = [
            decide(county, named, what, actor=who, key=keys[who] if what == "approval" else None) for who, what in sent
        ]
        replies += [(*one, reply) for one, reply in zip(sent, await asyncio.gather(*raced), strict=True)]
        history.done += len({who for who, what, reply in replies if reply.status_code == 200 and what == "approval"})

    for first in range(0, ROUNDS, 4):
        await asyncio.gather(*(one(n) for n in range(first, first + 4)))
    return history


async def check(county: System, since: int, history: History) -> None:
    """What took effect was agreed to by another person, once each."""
    found = (await events(county, DeputyNamed, ChangeAgreed))[since:]
    named = [about for name, about, _ in found if name == DeputyNamed.wire_name]
    agreed = {about["command_id"]: about["actor"] for name, about, _ in found if name == ChangeAgreed.wire_name}
    for about in named:
        assert about.get("agreed_by") not in {None, about["actor"]}, "one person alone"
        assert agreed.get(about["command_id"]) == about["agreed_by"], "nobody has said so"
    assert len(named) == len(agreed) == history.done <= len(history.changes), "once each"
    assert len(named) > 0


async def played(county: System) -> None:
    before = len(await events(county, DeputyNamed, ChangeAgreed))
    await check(county, before, await play(county, county.dice()))


async def test_whatever_is_sent_everything_took_two_persons_and_happened_once(county: System):
    await played(county)


def as_anybody(patch: pytest.MonkeyPatch) -> None:
    """Nobody looks who agrees."""
    honest = TwoPersons.agree

    def agree(self: TwoPersons, directory: Any, *, by: Any) -> None:
        honest(self, directory, by=replace(by, actor=f"{by.actor}*"))

    patch.setattr(TwoPersons, "agree", agree)


def at_once(patch: pytest.MonkeyPatch) -> None:
    """Nobody is waited for."""
    patch.setattr(gate, "propose", lambda running, command, by: command.run(running, by))


def apart(patch: pytest.MonkeyPatch) -> None:
    """That it is over is not stored with what it does."""
    patch.setattr(Store, "_agreed", lambda self, stream, by: Work([]))


def ever_pending(patch: pytest.MonkeyPatch) -> None:
    """Nobody looks whether it is over."""
    patch.setattr(TwoPersons, "_must_be_pending", lambda self: None)


@pytest.mark.parametrize("mutant", [as_anybody, at_once, apart, ever_pending])
async def test_checker_sees_one_person_alone(
    county: System, mutant: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch
):
    mutant(monkeypatch)
    with pytest.raises(AssertionError, match=r"one person alone|nobody has said so|once each"):
        await played(county)
