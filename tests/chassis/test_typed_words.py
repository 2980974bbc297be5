"""What people type beside a case lies in the vault, with the case; events, replies and commands have its id alone."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest
import pytest_asyncio

from contracts.event import Event, decode
from contracts.packing import unpack
from contracts.periods.calendar import day
from contracts.vocabulary import Role
from services.accountability.domain.recommendations import ServedLater
from services.chassis import clock, commands
from services.chassis.commands import NotTheUnitOfTheEntry
from services.chassis.directory import Directory, NoSuchBody
from services.chassis.errors import KeyReused, NotFound, SourceAway
from services.chassis.source import Sources
from services.intake.domain.paper import MissingField
from tests.harness import BUREAU, UNIT, Servers, System
from tests.rules import refused
from tests.steps import (
    GOVERNMENT,
    PAPER,
    SYSTEM,
    accepted,
    act,
    attached,
    classified,
    document,
    ok,
    open_county,
    paper,
    registered,
    typed,
    with_unit,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")

NOW = "2025-09-01T10:00:00+08:00"
TYPED = "EMS 1234567890123，李四嫂代收，0791-86661234"
OTHER = "回证编号 77，李四嫂拒签"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def county(servers: Servers):
    async with open_county(servers) as made:
        yield made


@pytest_asyncio.fixture(loop_scope="module")
async def case(county: System):
    return await with_unit(county)


async def recommend(county: System, case: str, words: str = TYPED, **more: Any):
    said = {"kind": "improve_work", "addressee": UNIT, "receipt": words, **more.pop("said", {})}
    said.setdefault("document", await document(county, case))
    path = f"/cases/{case}/recommendations"
    return await county.send("accountability", path, said, **{"role": Role.supervisor, "at": NOW} | more)


async def deposited(county: System, case: str) -> list[UUID]:
    async with county.sql() as db:
        query = "SELECT id FROM intake.vault_item WHERE case_id = $1 AND kind IN ('receipt', 'words')"
        return [row["id"] for row in await db.fetch(query, UUID(case))]


async def said(county: System, service: str, stream: str) -> Event:
    """Return the last event of a stream, once it is made sure that nothing typed is in the store of its service."""
    async with county.sql() as db:
        rows = await db.fetch(f"SELECT * FROM {service}.event ORDER BY stream_id, version")
        replies = await db.fetch(f"SELECT result FROM {service}.command")
    stored = b"".join([*(part for row in rows for part in unpack(row["packed"])), *(row["result"] for row in replies)])
    assert not any(words.encode() in stored for words in (TYPED, OTHER))
    row = [row for row in rows if row["stream_id"] == UUID(stream)][-1]
    return decode(row["type"], row["stream_id"], row["version"], row["at"], unpack(row["packed"])[1])


class TestTyped:
    async def test_in_another_service_it_lies_with_the_case(self, county: System, case: str):
        reply = ok(await recommend(county, case), 201)
        event: Any = await said(county, "accountability", reply["recommendation_id"])
        assert isinstance(event.receipt, UUID)
        assert await deposited(county, case) == [event.receipt]
        assert await typed(county, case, event.receipt) == TYPED

    async def test_in_intake_it_lies_with_the_case(self, county: System, case: str):
        printed = await paper(county, case, PAPER)
        body, path = {"receipt": TYPED}, f"/cases/{case}/papers/{printed}/refusal"
        ok(await county.send("intake", path, body, role=Role.bureau_officer, unit=UNIT))
        event: Any = await said(county, "intake", printed)
        assert await deposited(county, case) == [event.receipt]
        assert await typed(county, case, event.receipt) == TYPED

    async def test_sent_again_it_is_there_once(self, county: System, case: str):
        key, text = uuid4(), {"document": await document(county, case)}
        first = ok(await recommend(county, case, key=key, said=text), 201)
        assert ok(await recommend(county, case, key=key, said=text), 201) == first
        assert len(await deposited(county, case)) == 1
        refused(await recommend(county, case, OTHER, key=key, said=text), 422, KeyReused)

    async def test_where_the_first_try_did_not_end_well_it_is_found(
        self, county: System, case: str, monkeypatch: pytest.MonkeyPatch
    ):
        """The words are there and the event is not: sent again they are the same, and others are not taken for them."""
        key, text = uuid4(), {"document": await document(county, case)}
        keep = Sources.keep

        async def lost(*told: Any) -> None:
            await keep(*told)
            raise SourceAway("intake")

        with monkeypatch.context() as patch:
            patch.setattr(county.running["accountability"], "keeping", lambda *told: lost(sources, *told))
            sources = county.running["accountability"].sources
            refused(await recommend(county, case, key=key, said=text), 503, SourceAway)
        [lying] = await deposited(county, case)
        refused(await recommend(county, case, OTHER, key=key, said=text), 422, KeyReused)
        reply = ok(await recommend(county, case, key=key, said=text), 201)
        event: Any = await said(county, "accountability", reply["recommendation_id"])
        assert event.receipt == lying

    async def test_where_the_first_try_did_not_end_well_what_else_is_said_is_free(
        self, county: System, case: str, monkeypatch: pytest.MonkeyPatch
    ):
        """A refusal uses up no key: the same words are the same, whatever stands beside them."""
        printed, intake = await paper(county, case, PAPER), county.running["intake"]
        path, key, keep = f"/cases/{case}/papers/{printed}/refusal", uuid4(), intake.keeping

        async def refuse() -> Any:
            body = {"receipt": TYPED, "refused_at": clock.now().isoformat()}
            return await county.send("intake", path, body, role=Role.bureau_officer, unit=UNIT, key=key)

        async def lost(*told: Any) -> None:
            await keep(*told)
            raise SourceAway("intake")

        with monkeypatch.context() as patch:
            patch.setattr(intake, "keeping", lost)
            refused(await refuse(), 503, SourceAway)
        [lying] = await deposited(county, case)
        ok(await refuse())
        event: Any = await said(county, "intake", printed)
        assert event.receipt == lying

    async def test_key_is_that_of_one_command_in_each_service(self, county: System, case: str):
        """The same person, the same key: once in the one service, once in the other."""
        key, printed = uuid4(), await paper(county, case, PAPER)
        ok(await recommend(county, case, key=key), 201)
        body, path = {"receipt": OTHER}, f"/cases/{case}/papers/{printed}/refusal"
        ok(await county.send("intake", path, body, role=Role.bureau_officer, unit=UNIT, key=key))
        assert len(await deposited(county, case)) == 2

    async def test_what_no_event_refers_to_is_not_kept(self, county: System, case: str):
        """A number that is linked already, and a receipt where nothing was told in writing."""
        body = {"system": "national", "external_no": f"GX-{case[:8]}"}
        for _ in range(2):
            path = f"/cases/{case}/references"
            reply = await county.send("intake", path, body, role=Role.bureau_officer)
            ok(reply, 201)
        assert len(await deposited(county, case)) == 1
        case = await classified(county)
        body = {"mode": "forward", "unit": UNIT, "method": "post", "receipt": TYPED}
        path = f"/cases/{case}/assignment"
        ok(await county.send("assignment", path, body, role=Role.bureau_officer))
        assert await deposited(county, case) == []

    async def test_what_comes_back_from_a_further_petitioner_goes_with_theirs(self, county: System):
        """The carrier's note, and a number that is put right, are about who was served and nobody else."""
        case = await accepted(county)
        other = await attached(
            county, case, petitioner={"name": "李建国", "phone": "13911111111", "address": "某县某镇"}
        )
        await county.caught_up()
        told, path = {"method": "post", "receipt": "EMS-3"}, f"petitioners/{other['petition_id']}/notice"
        version = ok(await act(county, case, path, told))["version"]
        entry = f"receipts/{version}"
        slip = {"receipt": TYPED, "document": await document(county, case)}
        ok(await act(county, case, f"{entry}/correction", slip))
        note = {"returned_on": str(day(clock.now())), "receipt": TYPED, "reason": "moved"}
        ok(await act(county, case, f"{entry}/return", note))
        ok(await act(county, case, f"{entry}/service", {"method": "left_at_address", "receipt": OTHER}))
        async with county.sql() as db:
            persons = "SELECT persons FROM intake.vault_key WHERE id = $1"
            theirs = await db.fetchval(persons, UUID(other["petition_id"]))
            found = [await db.fetchval(persons, one) for one in await deposited(county, case)]
        assert found.count(theirs) == 4
        assert found.count(None) == 1  # of the notice to the first

    async def test_what_the_rules_refuse_is_not_kept(self, county: System, case: str):
        refused(await recommend(county, case, said={"served_at": "2025-09-02T10:00:00+08:00"}), 422, ServedLater)
        assert await deposited(county, case) == []

    async def test_what_somebody_types_who_may_not_is_not_kept(self, county: System, case: str):
        printed = await paper(county, case, PAPER)
        body, path = {"receipt": TYPED}, f"/cases/{case}/papers/{printed}/refusal"
        stranger = {"role": Role.bureau_officer, "unit": "U-STRANGE"}
        refused(await county.send("intake", path, body, **stranger), 403, NotTheUnitOfTheEntry)
        assert await deposited(county, case) == []

    async def test_what_is_tried_out_takes_no_number(self, county: System, case: str):
        first, second = [ok(await recommend(county, case), 201)["recommendation_no"] for _ in range(2)]
        number = int(first.partition("〕")[2].removesuffix("号"))
        assert second == first.replace(f"〕{number}号", f"〕{number + 1}号")

    async def test_nobody_is_served_while_the_vault_is_away(
        self, county: System, case: str, monkeypatch: pytest.MonkeyPatch
    ):
        text = {"document": await document(county, case)}
        exchange = Sources._exchange

        async def away(sources: Sources, service: str, method: str, path: str, **told: Any):
            if "/words/" in path:
                raise SourceAway(service)
            return await exchange(sources, service, method, path, **told)

        key = uuid4()
        done = ok(await recommend(county, case, key=key, said=text), 201)
        with monkeypatch.context() as patch:
            patch.setattr(Sources, "_exchange", away)
            refused(await recommend(county, case, said=text), 503, SourceAway)
            assert ok(await recommend(county, case, key=key, said=text), 201) == done  # it is only told once more
        assert len(await deposited(county, case)) == 1

    async def test_nobody_is_told_what_a_service_is_refused(
        self, county: System, case: str, monkeypatch: pytest.MonkeyPatch
    ):
        """Whose token ran out, or who has asked too much, is the service: whoever has typed sends it again."""
        text, exchange = {"document": await document(county, case)}, Sources._exchange

        async def refusing(sources: Sources, service: str, method: str, path: str, **told: Any):
            if "/words/" not in path:
                return await exchange(sources, service, method, path, **told)
            return 429, msgspec.json.encode({"code": "too_many", "title": "", "status": 429, "detail": ""})

        with monkeypatch.context() as patch:
            patch.setattr(Sources, "_exchange", refusing)
            refused(await recommend(county, case, said=text), 503, SourceAway)

    async def test_gate_that_leaves_the_words_where_they_are_is_seen(
        self, county: System, case: str, monkeypatch: pytest.MonkeyPatch
    ):
        """The mutant: what is typed stays in the field, and no event takes it."""
        with monkeypatch.context() as patch:
            patch.setattr(commands, "sealed_off", lambda *_: [])
            assert (await recommend(county, case)).status_code == 500


class TestDoorForServices:
    async def deposit(self, county: System, case: str, **more: Any):
        told = {"kind": "receipt", "text": TYPED}
        url = f"{county.url('intake')}/cases/{case}/words/{uuid4()}"
        return await county.client.post(url, json=told | more, headers=SYSTEM | {"Idempotency-Key": str(uuid4())})

    async def test_takes_words_with_a_case(self, county: System, case: str):
        ok(await self.deposit(county, case), 201)
        assert len(await deposited(county, case)) == 1

    async def test_takes_none_with_a_case_that_there_is_not(self, county: System):
        refused(await self.deposit(county, str(uuid4())), 404, NotFound)

    async def test_takes_none_with_a_report(self, county: System):
        """第三十条第三款: nobody behind the door hears of it, under its own id neither."""
        report = {"kind": "report_accusation", "route": "discipline_supervision", "category": "official_conduct"}
        case = await registered(county)
        ok(await county.send("intake", f"/cases/{case}/classification", report, role=Role.bureau_officer))
        refused(await self.deposit(county, case), 404, NotFound)
        assert await deposited(county, case) == []

    async def test_is_open_to_no_officer(self, county: System, case: str):
        told, path = {"kind": "receipt", "text": TYPED}, f"/cases/{case}/words/{uuid4()}"
        assert (await county.send("intake", path, told, role=Role.bureau_officer)).status_code == 403

    async def test_what_is_named_with_a_petition_goes_with_it(self, county: System):
        receipt = await county.register(at=NOW)
        ok(await self.deposit(county, receipt["case_id"], petition_id=receipt["petition_id"]), 201)
        [lying] = await deposited(county, receipt["case_id"])
        async with county.sql() as db:
            persons = "SELECT persons FROM intake.vault_key WHERE id = $1"
            one, other = [await db.fetchval(persons, of) for of in (lying, UUID(receipt["petition_id"]))]
        assert one == other
        assert one


class TestBodies:
    """Whoever is sent to a body is told it by its name; an event has its code, or refers to what it is called."""

    async def turned_away(self, county: System, body: str) -> Any:
        case = await registered(county)
        told = {"ground": "not_within_power", "competent_body": body, "method": "post", "receipt": TYPED}
        path = f"/cases/{case}/non-acceptance"
        return case, await county.send("intake", path, told, role=Role.bureau_officer)

    @pytest.mark.parametrize("body", [GOVERNMENT, f" {GOVERNMENT.lower()} "])
    async def test_one_of_the_directory_stands_there_by_its_code(self, county: System, body: str):
        case, reply = await self.turned_away(county, body)
        ok(reply)
        event: Any = await said(county, "intake", case)
        assert (event.competent_body, event.body_words) == (GOVERNMENT, None)

    async def test_any_other_is_called_what_it_is_called_in_the_vault(self, county: System):
        case, reply = await self.turned_away(county, OTHER)
        ok(reply)
        event: Any = await said(county, "intake", case)
        assert event.competent_body is None
        assert {event.body_words, event.receipt} == {*await deposited(county, case)}
        assert await typed(county, case, event.body_words) == OTHER

    async def test_nobody_looks_for_a_paper_that_is_refused(self, county: System):
        """个人信息保护法 第六条: what a paper would print is read when it may be issued."""
        await county.enter({"code": BUREAU, "kind": "petition_bureau", "competent": False})
        case, reply = await self.turned_away(county, OTHER)
        ok(reply)
        draft = {"kind": "non_acceptance_notice", "fields": {}, "approved_by": "nobody-1"}
        path = f"/cases/{case}/papers"
        refused(await county.send("intake", path, draft, role=Role.bureau_officer), 422, MissingField)
        async with county.sql() as db:
            looks = "SELECT count(*) FROM intake.look_view WHERE content = ANY($1::uuid[])"
            assert await db.fetchval(looks, await deposited(county, case)) == 0

    @pytest.mark.parametrize("code", ["wang-xiulan", "13812345678", "\uff28\uff28"])
    async def test_what_looks_like_a_code_is_one(self, county: System, code: str):
        case, reply = await self.turned_away(county, code)
        refused(reply, 422, NoSuchBody)
        assert await deposited(county, case) == []

    async def test_name_that_stays_where_it_is_is_seen(self, county: System, monkeypatch: pytest.MonkeyPatch):
        """Mutant: what is in no directory is taken for a code."""
        with monkeypatch.context() as patch:
            patch.setattr(Directory, "called", lambda _, words: words)
            _, reply = await self.turned_away(county, OTHER)
        assert not reply.is_success
