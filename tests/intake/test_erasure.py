"""Promise 16, 个人信息保护法 第四十七条: what one petitioner wrote is only kept, and then destroyed by two, for ever.

Nothing of theirs opens any more, not by their code, after a restart or after the newest backup was restored; what others
wrote in the same case does, and what happened stays on record.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID, uuid4

import asyncpg
import httpx2
import pytest
import pytest_asyncio

from contracts.intake import DataShredded, NotAcceptedNotified
from contracts.periods.calendar import day
from contracts.vocabulary import DocumentKind, Role, RootKey
from services.chassis import clock
from services.chassis.errors import Erased, NotFound
from services.chassis.identity.tokens import NotAuthenticated
from services.intake.application import erasing
from services.intake.application.erasing import destroy_again, destroyed, keys_of
from services.intake.application.rotating import rotate
from services.intake.commands import erasure
from services.intake.commands.papers import OnPaper
from services.intake.domain.erasure import (
    CaseStillRuns,
    DataRestricted,
    ErasureOver,
    ErasurePending,
    KeptForNow,
    OwnErasure,
)
from services.intake.vault import KeyDamaged
from tests.harness import BUREAU, PLACE, UNIT, Servers, System, until
from tests.intake.test_key_rotation import has_forgotten, operator
from tests.intake.uploads import Sender, pdf, petitioner
from tests.rules import refused
from tests.steps import PAPER, SYSTEM, act, attached, closed, document, ok, open_county, paper

pytestmark = pytest.mark.asyncio(loop_scope="module")
OTHER: Final = {"name": "李建国", "phone": "13911111111", "address": "某县某镇"}
ENDED: Final = datetime(2025, 6, 1, tzinfo=UTC)
LATER: Final = "2036-06-01T09:00:00+08:00"
KEEPER: Final = {"unit": BUREAU, "role": Role.bureau_officer}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def county(servers: Servers) -> AsyncIterator[System]:
    async with open_county(servers) as made:
        await made.enter(
            {"code": BUREAU, "name": "县信访局", "kind": "petition_bureau", "competent": False}, {"code": "STRANGE"}
        )
        yield made


@pytest.fixture
def over(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every case is over, and was so for a while."""

    async def ended(*_: object) -> datetime:
        return ENDED

    monkeypatch.setattr(erasure, "over", ended)


class Two:
    """Two who petition in one case, what they wrote, and what was written for the first of them."""

    county: System
    case: str
    codes: list[str]
    petitions: list[str]
    texts: list[str]
    """What both wrote."""
    paper: str
    """What was written for the first one."""
    record: str
    """What an officer wrote, which names nobody."""

    @classmethod
    async def come(cls, county: System) -> Two:
        self = cls()
        self.county, first = county, await county.register()
        self.case = first["case_id"]
        second = await attached(county, self.case, petitioner=OTHER)
        self.codes = [one["query_code"] for one in (first, second)]
        self.petitions = [one["petition_id"] for one in (first, second)]
        self.paper, self.record = await paper(county, self.case, PAPER), await document(county, self.case)
        async with county.sql() as db:
            found = "SELECT id FROM intake.vault_item WHERE key_id = $1 AND kind = 'petition'"
            self.texts = [str(await db.fetchval(found, UUID(one))) for one in self.petitions]
        return self

    async def look(
        self, text: str, purpose: str = "handling", unit: str = BUREAU, role: Role = Role.bureau_officer
    ) -> httpx2.Response:
        who = {"Huiyin-Actor": "reader-1", "Huiyin-Unit": unit, "Huiyin-Role": str(role)}
        url = f"{self.county.url('intake')}/cases/{self.case}/contents/{text}"
        return await self.county.client.get(url, params={"purpose": purpose}, headers=who)

    async def ask(self, petition: int = 0, actor: str = "keeper-1") -> str:
        """Let what one of them wrote only be kept."""
        body = {"petition_id": self.petitions[petition], "ground": "purpose_achieved"}
        reply = await self.county.send("intake", f"/cases/{self.case}/erasures", body, actor=actor, **KEEPER)
        return str(ok(reply, 201)["erasure_id"])

    async def do(
        self, erasure: str, what: str, at: str = LATER, actor: str = "keeper-2", **body: Any
    ) -> httpx2.Response:
        return await self.county.send("intake", f"/erasures/{erasure}/{what}", body, actor=actor, at=at, **KEEPER)

    async def shredded(self, petition: int = 0) -> str:
        """Let two destroy what one of them wrote."""
        asked = await self.ask(petition)
        ok(await self.do(asked, "approval"))
        return asked

    async def check_first_is_gone(self) -> None:
        """Nothing of the first one opens; of the second one everything does."""
        for text in (self.texts[0], self.paper):
            refused(await self.look(text), 410, Erased)
        for text in (self.texts[1], self.record):
            ok(await self.look(text))
        reply = await self.county.log_in(self.codes[0])
        assert reply.status_code == 404, reply.text
        ok(await self.county.by_code(self.codes[1]))


async def kept(county: System, case: str) -> dict[str, list[dict[str, Any]]]:
    """Return what a backup has of a case."""
    async with county.sql() as db:
        return {
            table: [dict(row) for row in await db.fetch(f"SELECT * FROM intake.{table} WHERE case_id = $1", UUID(case))]
            for table in ("vault_key", "vault_item", "query_code")
        }


async def restore(county: System, backup: dict[str, list[dict[str, Any]]]) -> None:
    """Put back what a backup has."""
    async with county.sql() as db:
        for table, rows in backup.items():
            for row in rows:
                names, marks = ", ".join(row), ", ".join(f"${n}" for n in range(1, len(row) + 1))
                with_text = "DO UPDATE SET ciphertext = excluded.ciphertext" if table == "vault_item" else "DO NOTHING"
                on = "(id)" if table != "query_code" else "(digest)"
                await db.execute(
                    f"INSERT INTO intake.{table} ({names}) VALUES ({marks}) ON CONFLICT {on} {with_text}",
                    *row.values(),
                )
        await db.execute("DELETE FROM intake.destroyed_key")


# ------------------------------------------------------------------------------------------- only kept


async def test_what_is_only_kept_is_read_where_law_looks_into_it(county: System, over: None):
    """第四十七条第二款: by whoever wrote it, in a suit, and where somebody is called to account; else nobody looks."""
    two = await Two.come(county)
    asked = await two.ask()
    for text in (two.texts[0], two.paper):
        refused(await two.look(text), 409, DataRestricted)
    ok(await two.look(two.texts[0], "proceedings"))
    ok(await two.look(two.texts[0], "accountability", role=Role.supervisor))
    assert (await two.county.by_code(two.codes[0], "/papers/pdf", {"document_id": two.paper})).status_code == 200
    ok(await two.look(two.texts[1]))
    ok(await two.do(asked, "end"))
    ok(await two.look(two.texts[0]))
    refused(await two.do(asked, "approval"), 409, ErasureOver)


async def test_who_wrote_what_is_only_kept_is_compared_with_nobody(county: System, over: None):
    """第四十七条第二款: it is stored, and nothing else is done with it; nobody finds it by another petition of theirs."""
    two, whose = await Two.come(county), OTHER | {"phone": "13922222222", "name": "周某某"}
    mine = await county.register(petitioner=whose, place="T-9", category="land_requisition")
    later = await county.register(petitioner=whose)

    async def found(of: str) -> bool:
        url = f"{county.url('intake')}/cases/{of}/duplicate-suggestions"
        who = {"Huiyin-Actor": "clerk-1", "Huiyin-Unit": BUREAU, "Huiyin-Role": str(Role.intake_clerk)}
        reply = await county.client.get(url, headers=who)
        return "same_person" in {reason for one in ok(reply)["items"] for reason in one["reasons"]}

    assert await found(later["case_id"])
    two.case, two.petitions = mine["case_id"], [mine["petition_id"]]
    asked = await two.ask()
    assert not await found(later["case_id"])
    assert not await found(mine["case_id"])
    ok(await two.do(asked, "end"))
    assert await found(later["case_id"])


async def test_case_that_goes_on_holds_by_itself(county: System):
    """What is being dealt with is neither only kept nor destroyed."""
    two = await Two.come(county)
    body = {"petition_id": two.petitions[0], "ground": "consent_withdrawn"}
    refused(await county.send("intake", f"/cases/{two.case}/erasures", body, **KEEPER), 409, CaseStillRuns)
    ok(await two.look(two.texts[0]))


async def test_case_that_was_divided_goes_on_in_its_parts(county: System):
    """What is being dealt with in a part of it is read there, and so neither only kept nor destroyed."""
    receipt = await county.register()
    case = receipt["case_id"]
    parts = [
        {"category": "unpaid_wages", "place": PLACE, "content": {"claim": claim, "facts": "拖欠"}}
        for claim in ("工资", "社保")
    ]
    ok(await county.send("intake", f"/cases/{case}/split", {"parts": parts}, role=Role.bureau_officer), 201)
    await county.caught_up()
    body = {"petition_id": receipt["petition_id"], "ground": "consent_withdrawn"}
    refused(await county.send("intake", f"/cases/{case}/erasures", body, **KEEPER), 409, CaseStillRuns)


async def test_case_that_is_closed_is_over(county: System):
    case = await closed(county)
    await county.caught_up()
    async with county.sql() as db:
        petition = await db.fetchval("SELECT petition_id FROM intake.query_code WHERE case_id = $1", UUID(case))
    assert await erasing.over(county.running["intake"], UUID(case)) is not None
    body = {"petition_id": str(petition), "ground": "retention_over"}
    ok(await county.send("intake", f"/cases/{case}/erasures", body, **KEEPER), 201)


async def test_what_a_hold_or_its_time_keeps_stays(county: System, over: None):
    two = await Two.come(county)
    asked = await two.ask()
    ok(await two.do(asked, "holds", ground="litigation"))
    refused(await two.do(asked, "approval"), 409, KeptForNow)
    ok(await two.do(asked, "holds/end", ground="litigation", actor="keeper-3"))
    refused(await two.do(asked, "approval", at="2035-05-01T09:00:00+08:00"), 409, KeptForNow)
    ok(await two.look(two.texts[0], "proceedings"))
    ok(await two.do(asked, "approval"))
    await two.check_first_is_gone()


async def test_hold_is_not_left_behind_by_who_asks_anew(county: System, over: None):
    """第四十七条第二款: what is held stays so, whoever takes it back and asks again, or asks by another petition."""
    two = await Two.come(county)
    again = await attached(county, two.case)  # the first one writes once more
    asked = await two.ask()
    ok(await two.do(asked, "holds", ground="litigation"))
    for petition in (two.petitions[0], again["petition_id"]):
        body = {"petition_id": petition, "ground": "purpose_achieved"}
        refused(await county.send("intake", f"/cases/{two.case}/erasures", body, **KEEPER), 409, ErasurePending)
    ok(await two.do(asked, "end"))
    anew = await two.ask()
    refused(await two.do(anew, "approval"), 409, KeptForNow)
    ok(await two.look(two.texts[0], "proceedings"))
    ok(await two.do(asked, "holds/end", ground="litigation"))
    refused(await two.do(anew, "approval"), 403, OwnErasure)
    ok(await two.do(anew, "approval", actor="keeper-3"))
    await two.check_first_is_gone()


async def test_nobody_destroys_alone(county: System, over: None):
    """个人信息保护法 第五十一条."""
    two = await Two.come(county)
    asked = await two.ask(actor="keeper-1")
    refused(await two.do(asked, "approval", actor="keeper-1"), 403, OwnErasure)
    ok(await two.look(two.texts[0], "proceedings"))


# ------------------------------------------------------------------------------------------- destroyed


async def test_promise_16_what_one_petitioner_wrote_is_gone_and_the_rest_is_there(county: System, over: None):
    two = await Two.come(county)
    ok(await county.by_code(two.codes[0]))
    session = county.sessions[two.codes[0]]
    asked = await two.shredded()
    await two.check_first_is_gone()
    refused(await county.with_session(session, "/progress"), 401, NotAuthenticated)
    refused(await two.do(asked, "approval"), 409, ErasureOver)

    # whoever has nothing to do with it finds what they would find if it had never been
    stranger = {"unit": "STRANGE", "role": Role.case_officer}
    found = [refused(await two.look(text, **stranger), 404, NotFound) for text in (two.texts[0], str(uuid4()))]
    gone, never = (one | {"request_id": "", "detail": ""} for one in found)
    assert gone == never

    # what happened is on record still, and the ledger has it
    told = await county.caught_up()
    assert [entry for entry in told if entry["type"] == DataShredded.wire_name and str(entry["case_id"]) == two.case]
    async with county.sql() as db:
        left = "SELECT length(ciphertext) FROM intake.vault_item WHERE key_id = ANY($1::uuid[])"
        keys = [
            row["id"]
            for row in await db.fetch("SELECT id FROM intake.destroyed_key WHERE case_id = $1", UUID(two.case))
        ]
        assert {row[0] for row in await db.fetch(left, keys)} == {0}


async def test_promise_16_what_names_nobody_goes_with_the_last_petitioner(county: System, over: None):
    two = await Two.come(county)
    await two.shredded(0)
    ok(await two.look(two.record))
    await two.shredded(1)
    for text in (*two.texts, two.paper, two.record):
        refused(await two.look(text), 410, Erased)


async def test_promise_16_a_restored_backup_brings_nothing_back(county: System, over: None):
    two = await Two.come(county)
    backup = await kept(county, two.case)
    await two.shredded()
    database = county.running["intake"].database
    again = await destroyed(database)
    await restore(county, backup)
    ok(await two.look(two.texts[0], "proceedings"))
    assert await destroy_again(database, again) > 0
    await two.check_first_is_gone()
    assert await destroy_again(database, again) == 0


async def test_promise_16_a_backup_from_before_the_last_rotation_opens_nothing(servers: Servers, over: None):
    """Whoever has forgotten the list: once the former key was destroyed, no aged backup brings anything back."""
    async with open_county(servers) as made:
        await made.enter({"code": BUREAU, "kind": "petition_bureau", "competent": False})
        two = await Two.come(made)
        backup = await kept(made, two.case)
        await two.shredded()
        running = made.running["intake"]
        await rotate(running, RootKey.vault, operator())
        made.key_file.write_text(made.key_file.read_text().split()[0])
        await until(lambda: has_forgotten(running), "the former key is known no more")
        async with made.sql() as db:
            await db.execute("ALTER TABLE intake.vault_key DISABLE TRIGGER has_its_root")
        await restore(made, backup)
        refused(await two.look(two.texts[0]), 500, KeyDamaged)


async def test_promise_16_what_lies_where_a_petition_had_joined_by_mistake_goes_too(county: System, over: None):
    """第二十二条: their files go with them, and what was written for them where they were is destroyed there."""
    two = await Two.come(county)
    other = await petitioner(county, {"case_id": two.case, "query_code": two.codes[1]})
    file, _ = await other.examined("pdf", pdf())
    notice = await paper(county, two.case, PAPER | {"petition_id": two.petitions[1]})
    path = f"/cases/{two.case}/petitions/{two.petitions[1]}/detachment"
    reply = await county.send("intake", path, {"reasons": two.record}, role=Role.bureau_officer)
    child = ok(reply, 201)["case_id"]
    body = {"petition_id": two.petitions[1], "ground": "purpose_achieved"}
    asked = ok(await county.send("intake", f"/cases/{child}/erasures", body, **KEEPER), 201)["erasure_id"]
    refused(await two.look(notice), 409, DataRestricted)
    ok(await two.do(asked, "approval"))
    refused(await two.look(notice), 410, Erased)
    assert (await Sender(county, child).read(file)).status_code == 410
    for text in (two.texts[0], two.paper, two.record):
        ok(await two.look(text))


# ------------------------------------------------------------------------------------ what was typed


async def type_words(county: System, case: str, **more: Any) -> httpx2.Response:
    """Let a service put into the vault what somebody has typed beside a case; the id is in the path."""
    url = f"{county.url('intake')}/cases/{case}/words/{uuid4()}"
    told = {"kind": "receipt", "text": "李四嫂代收", **more}
    return await county.client.post(url, json=told, headers=SYSTEM | {"Idempotency-Key": str(uuid4())})


async def lying(county: System, case: str, **more: Any) -> str:
    return str(ok(await type_words(county, case, **more), 201)["document_id"])


async def test_promise_16_what_was_typed_beside_what_somebody_had_goes_with_them(county: System, over: None):
    """The note of who took their paper is theirs as the paper is, and is told to them as that is."""
    two = await Two.come(county)
    path = f"/cases/{two.case}/papers/{two.paper}/refusal"
    ok(await county.send("intake", path, {"receipt": "李四嫂拒签"}, role=Role.bureau_officer, unit=UNIT))
    async with county.sql() as db:
        words = "SELECT id FROM intake.vault_item WHERE case_id = $1 AND kind = 'receipt'"
        note = str(await db.fetchval(words, UUID(two.case)))
    ok(await two.look(note))
    seen = [look["text_title"] for look in ok(await county.by_code(two.codes[0], "/looks"))["items"]]
    assert DocumentKind.receipt.title in seen
    await two.shredded()
    refused(await two.look(note), 410, Erased)
    await two.check_first_is_gone()


async def test_promise_16_what_lies_in_what_was_divided_off_goes_too(county: System, over: None):
    """第二十二条: a further petitioner is answered in each part, and petitions in none of them."""
    two = await Two.come(county)
    parts = [
        {"category": "unpaid_wages", "place": PLACE, "content": {"claim": claim, "facts": "拖欠"}}
        for claim in ("工资", "社保")
    ]
    divided = await county.send("intake", f"/cases/{two.case}/split", {"parts": parts}, role=Role.bureau_officer)
    [child, _] = [one["case_id"] for one in ok(divided, 201)["children"]]
    theirs, of_all = await lying(county, child, petition_id=two.petitions[1]), await lying(county, child)
    asked, two.case = await two.ask(1), child
    refused(await two.look(theirs), 409, DataRestricted)
    ok(await two.look(of_all))
    ok(await two.do(asked, "approval"))
    refused(await two.look(theirs), 410, Erased)
    ok(await two.look(of_all))


async def test_looks_at_what_lies_in_what_was_divided_off_are_told_of(county: System):
    """个人信息保护法 第四十五条, promise 47."""
    two = await Two.come(county)
    parts = [{"category": "unpaid_wages", "place": PLACE, "content": {"claim": claim}} for claim in ("工资", "社保")]
    divided = await county.send("intake", f"/cases/{two.case}/split", {"parts": parts}, role=Role.bureau_officer)
    two.case = ok(divided, 201)["children"][0]["case_id"]
    ok(await two.look(await lying(county, two.case, petition_id=two.petitions[1])))
    told = ok(await county.by_code(two.codes[1], "/looks"))["items"]
    assert [one["text_title"] for one in told].count(DocumentKind.receipt.title) == 1


async def test_what_is_typed_beside_what_is_only_kept_is_only_kept(county: System, over: None):
    """第四十七条第二款: what comes late is worked with no more than what was there."""
    two = await Two.come(county)
    asked = await two.ask(0)
    theirs, of_all = await lying(county, two.case, petition_id=two.petitions[0]), await lying(county, two.case)
    refused(await two.look(theirs), 409, DataRestricted)
    ok(await two.look(theirs, "proceedings"))
    ok(await two.look(of_all))
    ok(await two.do(asked, "approval"))
    asked = await two.ask(1)
    late = await lying(county, two.case)
    for text in (of_all, late):
        refused(await two.look(text), 409, DataRestricted)
    ok(await two.do(asked, "end"))
    for text in (of_all, late):
        ok(await two.look(text))


async def test_promise_16_nothing_is_put_where_all_is_destroyed(county: System, over: None):
    """With what would it be erased?"""
    two = await Two.come(county)
    await two.shredded(0)
    refused(await type_words(county, two.case, petition_id=two.petitions[0]), 410, Erased)
    refused(await type_words(county, two.case, petition_id=two.paper), 410, Erased)
    of_all = await lying(county, two.case)
    await two.shredded(1)
    refused(await two.look(of_all), 410, Erased)
    refused(await type_words(county, two.case), 410, Erased)
    said, path = {"kind": "record", "text": "迟到的笔录"}, f"/cases/{two.case}/documents"
    refused(await county.send("intake", path, said, role=Role.bureau_officer), 410, Erased)
    ok(await attached(county, two.case, petitioner=OTHER) and await type_words(county, two.case), 201)


async def test_promise_16_no_service_says_anything_of_what_is_destroyed(county: System, over: None):
    """A notice that comes back after the case was destroyed, as who has sent it is told."""
    two = await Two.come(county)
    ok(await county.classify(two.case))
    ok(await county.forward(two.case))
    told = ok(await county.notify(two.case))
    for one in (0, 1):
        await two.shredded(one)
    note = {"returned_on": str(day(clock.now())), "receipt": "李四嫂已搬走", "reason": "moved"}
    refused(await act(county, two.case, f"receipts/{told['version']}/return", note), 410, Erased)


async def test_whose_words_are_destroyed_where_others_had_joined_is_told_how_far_theirs_is(county: System, over: None):
    """第二十一条第二款: a step of which the words are gone is told without them."""
    two = await Two.come(county)
    told = {"ground": "not_within_power", "competent_body": "邻县仲裁委", "method": "post", "receipt": "EMS-1"}
    ok(await county.send("intake", f"/cases/{two.case}/non-acceptance", told, role=Role.bureau_officer))

    await county.caught_up()

    async def body() -> object:
        steps = ok(await county.by_code(two.codes[0]))["steps"]
        [step] = [one for one in steps if one["event"] == NotAcceptedNotified.wire_name]
        return step["details"].get("competent_body")

    assert await body() == "邻县仲裁委"
    async with county.sql() as db:
        words = "SELECT id FROM intake.vault_item WHERE case_id = $1 AND kind = 'words'"
        keys = [row["id"] for row in await db.fetch(words, UUID(two.case))]
    assert await destroy_again(county.running["intake"].database, keys) == 1
    assert await body() is None


# --------------------------------------------------------------------------------------------- mutants


async def test_mutant_that_destroys_the_letter_alone_is_seen(
    county: System, over: None, monkeypatch: pytest.MonkeyPatch
):
    """MUTANT: what was written for somebody stays."""

    async def own(running: Any, case: UUID, petition: UUID) -> list[tuple[UUID, UUID]]:
        return [one for one in await keys_of(running, case, petition) if one[0] == petition]

    monkeypatch.setattr(erasure, "keys_of", own)
    two = await Two.come(county)
    await two.shredded()
    with pytest.raises(AssertionError):
        await two.check_first_is_gone()


async def test_mutant_that_takes_everybody_in_a_case_for_one_is_seen(
    county: System, over: None, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(
        erasing, "_KEYS", "SELECT id, case_id FROM vault_key WHERE case_id = $1 AND $2 <> ALL ($3::uuid[])"
    )
    two = await Two.come(county)
    await two.shredded()
    with pytest.raises(AssertionError):
        await two.check_first_is_gone()


async def test_mutant_that_leaves_the_key_is_seen(county: System, over: None, monkeypatch: pytest.MonkeyPatch):
    """MUTANT: the text is said to be gone, and the key is there."""
    monkeypatch.setattr(erasing, "_KEY_GONE", "SELECT 1 FROM json_populate_recordset(NULL::vault_key, {rows})")
    two = await Two.come(county)
    await two.shredded()
    with pytest.raises((AssertionError, asyncpg.PostgresError)):
        await two.check_first_is_gone()


async def test_mutant_that_leaves_what_was_typed_about_them_is_seen(
    county: System, over: None, monkeypatch: pytest.MonkeyPatch
):
    """MUTANT: the note of who took a paper goes with the last petitioner."""
    monkeypatch.setattr(OnPaper, "words_go_with", lambda *_: None)
    with pytest.raises(AssertionError):
        await test_promise_16_what_was_typed_beside_what_somebody_had_goes_with_them(county, over)


async def test_mutant_that_leaves_what_was_divided_off_is_seen(
    county: System, over: None, monkeypatch: pytest.MonkeyPatch
):
    """MUTANT: what lies with the case itself is all that is theirs."""
    monkeypatch.setattr(erasing, "_GOES_ON_IN", "SELECT $1::uuid AS id")
    with pytest.raises(AssertionError):
        await test_promise_16_what_lies_in_what_was_divided_off_goes_too(county, over)
