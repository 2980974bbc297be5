"""Sessions of petitioners: a query code is shown once, opens one petition for an hour, and is guessed by nobody."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from typing import Any
from uuid import UUID, uuid4

import httpx2
import msgspec
import pytest
import pytest_asyncio

from contracts.envelope import SERVICES
from contracts.vocabulary import ClockKind, Role
from services.chassis.context import WHENCE, By
from services.chassis.errors import Forbidden, Invalid, KeyReused, NotFound, TooOften
from services.chassis.http import acting
from services.chassis.identity.tokens import NotAuthenticated
from services.chassis.identity.who import OF_A_SESSION, NotYourPost
from services.chassis.operations import NoSession, OwnPetitionOnly, permitted
from services.intake.application import sessions
from services.intake.main import SERVICE
from tests.harness import BUREAU, Servers, System, petition, unpacked, until
from tests.rules import refused
from tests.steps import PAPER, attached, document, ok, open_county, paper, registered

pytestmark = pytest.mark.asyncio(loop_scope="module")

OTHER = {"name": "李四", "phone": "13911112222", "address": "某村二组"}
LATER = sessions.WRONG_TIME + timedelta(seconds=1)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def county(servers: Servers):
    async with open_county(servers, proxies_trusted=1) as made:
        yield made


def source() -> str:
    """Return an address from which nobody has come yet."""
    return f"2001:db8:{uuid4().hex[:4]}:{uuid4().hex[:4]}::1"


async def shows(county: System, code: str, whence: str) -> httpx2.Response:
    return await county.log_in(code, **{"X-Forwarded-For": whence})


async def logged_in(county: System, code: str) -> str:
    reply = await shows(county, code, source())
    return ok(reply, 201)["token"]


def wrong() -> str:
    """Return a code that nobody has."""
    return uuid4().hex[:12].upper()


async def passes(county: System, table: str, column: str, time: timedelta) -> None:
    """Let time go by for what a table holds, which goes by the clock of the database."""
    async with county.sql() as db:
        await db.execute(f"UPDATE intake.{table} SET {column} = {column} - $1::interval", time)


class TestOpening:
    async def test_code_is_exchanged_for_a_token_of_an_hour(self, county: System):
        """第二十一条第二款."""
        code = (await county.register())["query_code"]
        begun = datetime.now(UTC)
        reply = await shows(county, code, source())
        told = ok(reply, 201)
        assert told.keys() == {"token", "expires_at"}
        assert told["token"].startswith(OF_A_SESSION)
        assert len(told["token"]) == len(OF_A_SESSION) + 43, "256 bits"
        assert reply.headers["cache-control"] == "no-store"
        left = datetime.fromisoformat(told["expires_at"]) - begun
        assert abs(left - sessions.SESSION_TIME) < timedelta(seconds=30)
        assert told["token"] != await logged_in(county, code)

    async def test_only_the_digest_of_a_token_is_kept(self, county: System):
        token = await logged_in(county, (await county.register())["query_code"])
        async with county.sql() as db:
            kept = [bytes(one["digest"]) for one in await db.fetch("SELECT digest FROM intake.petition_session")]
            whole = str(await db.fetch("SELECT * FROM intake.petition_session"))
        assert sessions._digest(token) in kept
        assert token.removeprefix(OF_A_SESSION) not in whole

    @pytest.mark.parametrize("code", ["0000-0000-0000", "-", " ", "x" * 40, "查询码", "\x00"])
    async def test_whatever_is_wrong_the_answer_is_one(self, county: System, code: str):
        """Promise 40: what nobody has, what no code can be, and what was replaced."""
        receipt = await county.register()
        proof = {"document": await document(county, receipt["case_id"])}
        path = f"/cases/{receipt['case_id']}/petitions/{receipt['petition_id']}/query-code"
        ok(await county.send("intake", path, proof, role=Role.intake_clerk))
        replies = [await shows(county, one, source()) for one in (code, receipt["query_code"])]
        for reply in replies:
            refused(reply, 404, NotFound)
        said = [reply.json() | {"request_id": ""} for reply in replies]
        assert said[0] == said[1]
        headers = [{*reply.headers} for reply in replies]
        assert headers[0] == headers[1]

    async def test_what_is_longer_than_any_code_is_invalid(self, county: System):
        refused(await shows(county, "x" * (sessions.CODE_CHARS_MAX + 1), source()), 422, Invalid)

    async def test_petition_has_so_many_sessions_at_a_time_and_the_oldest_end(self, county: System):
        code = (await county.register())["query_code"]
        tokens = [await logged_in(county, code) for _ in range(sessions.SESSIONS_MAX + 2)]
        seen = [(await county.with_session(token, "/progress")).status_code for token in tokens]
        assert seen == [401, 401] + [200] * sessions.SESSIONS_MAX


class TestWhatItOpens:
    async def test_own_petition_and_no_other(self, county: System):
        mine, theirs = await county.register(), await county.register(petitioner=OTHER)
        issued = await paper(county, theirs["case_id"], PAPER)
        token = await logged_in(county, mine["query_code"])
        told = ok(await county.with_session(token, "/progress"))
        assert told["registration_no"] == mine["registration_no"]
        assert ok(await county.with_session(token, "/progress/papers"))["items"] == []
        asked = {"document_id": issued}
        refused(await county.with_session(token, "/progress/papers/pdf", asked), 404, NotFound)
        printed = await county.with_session(
            await logged_in(county, theirs["query_code"]), "/progress/papers/pdf", asked
        )
        assert printed.content[:4] == b"%PDF"
        ok(await county.with_session(token, "/progress/documents", {"words": "补充"}), 201)
        async with county.sql() as db:
            laid = await db.fetch(
                "SELECT case_id, count(*) FROM intake.vault_item WHERE kind = 'petition' GROUP BY case_id"
            )
        counts = {str(case): count for case, count in laid}
        assert (counts[mine["case_id"]], counts[theirs["case_id"]]) == (2, 1)

    async def test_nothing_else_in_intake(self, county: System):
        receipt = await county.register()
        token, case = await logged_in(county, receipt["query_code"]), receipt["case_id"]
        refused(await county.with_session(token, "/petitions", petition()), 403, OwnPetitionOnly)
        for path in ("/cases", f"/cases/{case}", f"/cases/{case}/papers", "/lanes", f"/streams/{case}/events"):
            reply = await county.with_session(token, path, method="GET")
            assert (reply.status_code, case in reply.text) == (403, False), path
        withdrawn = {"document": str(uuid4())}
        refused(await county.with_session(token, f"/cases/{case}/withdrawal", withdrawn), 403, Forbidden)

    async def test_no_operation_but_those_that_say_so(self, county: System):
        """Every declared operation: a petitioner's token opens what is theirs, and nobody else's token opens that."""
        own, theirs = by(petition=uuid4()), by()
        for operation in (cls.operation for cls in SERVICE.operations):
            if operation.open:
                continue
            opened = not said(permitted, own, operation)
            assert opened == operation.by_session, operation.name
            if operation.by_session:
                assert said(permitted, theirs, operation) is NoSession, operation.name

    async def test_no_other_service(self, county: System):
        receipt = await county.register()
        token = await logged_in(county, receipt["query_code"])
        for service in SERVICES:
            path = f"/cases/{receipt['case_id']}"
            reply = await county.with_session(token, path, service=service, method="GET")
            assert reply.status_code == (403 if service == "intake" else 401), service
        forged = {"side": "petitioner"}
        path = f"/cases/{receipt['case_id']}/mediation/consent"
        refused(await county.with_session(token, path, forged, service="mediation"), 401, NotAuthenticated)

    async def test_petitioner_chooses_no_post_and_no_unit(self, county: System):
        token = await logged_in(county, (await county.register())["query_code"])
        post = {"Huiyin-Post": "RSJ/petitioner"}
        refused(await county.with_session(token, "/progress", **post), 403, NotYourPost)

    async def test_it_is_done_at_the_door_where_the_matter_came_in(self, county: System):
        receipt = await county.register()
        ok(await county.by_code(receipt["query_code"], "/withdrawal", {"words": "不办了"}))
        [done] = [
            row for row in await county.caught_up()
            if row["type"].startswith("intake.WithdrawalRequested") and str(row["case_id"]) == receipt["case_id"]
        ]  # fmt: skip
        by = unpacked(done).metadata
        assert (by["actor"], by["unit"], by["role"]) == ("petitioner", BUREAU, "petitioner")

    @pytest.mark.parametrize(
        "spoilt",
        [lambda t: t[:-1], lambda t: t + "A", lambda t: OF_A_SESSION, lambda t: t.swapcase().replace("HP_", "hp_")],
        ids=["short", "long", "bare", "other letters"],
    )  # fmt: skip
    async def test_what_is_no_token_opens_nothing(self, county: System, spoilt: Callable[[str], str]):
        token = await logged_in(county, (await county.register())["query_code"])
        refused(await county.with_session(spoilt(token), "/progress"), 401, NotAuthenticated)

    async def test_without_a_session_nothing_is_told(self, county: System):
        url = f"{county.url('intake')}/progress"
        refused(await county.client.post(url, json={}, auth=None), 401, NotAuthenticated)
        refused(await county.send("intake", "/progress", {}, role=Role.petitioner), 403, NoSession)
        code = (await county.register())["query_code"]
        reply = await county.with_session(await logged_in(county, code), "/progress", {"query_code": code})
        assert reply.status_code == 422, "a code stands in one body alone"

    async def test_key_of_one_petitioner_is_no_other_ones(self, county: System):
        """The reply to a command is for whoever sent it: all petitioners are one actor."""
        mine, theirs = await county.register(), await county.register(petitioner=OTHER)
        key, body = uuid4(), {"words": "补充材料"}
        first = ok(await county.by_code(mine["query_code"], "/documents", body, key=key), 201)
        assert ok(await county.by_code(mine["query_code"], "/documents", body, key=key), 201) == first
        reply = await county.by_code(theirs["query_code"], "/documents", body, key=key)
        refused(reply, 422, KeyReused)
        assert first["document_id"] not in reply.text

    async def test_checker_sees_replies_to_somebody_else(self, county: System, monkeypatch: pytest.MonkeyPatch):
        """MUTANT: a command is told apart by who sends it alone."""
        of = acting._fingerprint

        def alike(scope: Any, who: By, body: bytes, key: bytes) -> bytes:
            return of(scope, msgspec.structs.replace(who, petition=None), body, key)

        monkeypatch.setattr(acting, "_fingerprint", alike)
        with pytest.raises(AssertionError):
            await self.test_key_of_one_petitioner_is_no_other_ones(county)


class TestEnding:
    async def test_it_ends_after_its_hour(self, county: System):
        token = await logged_in(county, (await county.register())["query_code"])
        ok(await county.with_session(token, "/progress"))
        await passes(county, "petition_session", "expires_at", sessions.SESSION_TIME)
        refused(await county.with_session(token, "/progress"), 401, NotAuthenticated)

    async def test_time_of_a_command_makes_it_no_longer(self, county: System):
        """The demonstration's clock is no way in: a token that is over is over on every day that somebody names."""
        token = await logged_in(county, (await county.register())["query_code"])
        await passes(county, "petition_session", "expires_at", sessions.SESSION_TIME)
        reply = await county.with_session(token, "/progress", at="2020-01-01T09:00:00+08:00")
        refused(reply, 401, NotAuthenticated)

    async def test_checker_sees_tokens_that_never_end(self, county: System, monkeypatch: pytest.MonkeyPatch):
        """MUTANT: nobody looks until when a token is good."""
        monkeypatch.setattr(sessions, "_KNOWN", sessions._KNOWN.replace("AND s.expires_at > now()", ""))
        with pytest.raises(AssertionError):
            await self.test_it_ends_after_its_hour(county)

    async def test_whoever_has_it_ends_it_and_no_other_one(self, county: System):
        code = (await county.register())["query_code"]
        one, other = await logged_in(county, code), await logged_in(county, code)
        assert ok(await county.with_session(one, "/petition-sessions/current", method="DELETE")) == {"ended": True}
        refused(await county.with_session(one, "/progress"), 401, NotAuthenticated)
        again = await county.with_session(one, "/petition-sessions/current", method="DELETE")
        refused(again, 401, NotAuthenticated)
        ok(await county.with_session(other, "/progress"))

    async def test_it_ends_with_the_code_that_was_lost(self, county: System):
        receipt = await county.register()
        beside = await logged_in(county, (await attached(county, receipt["case_id"], petitioner=OTHER))["query_code"])
        token = await logged_in(county, receipt["query_code"])
        proof = {"document": await document(county, receipt["case_id"])}
        path = f"/cases/{receipt['case_id']}/petitions/{receipt['petition_id']}/query-code"
        fresh = ok(await county.send("intake", path, proof, role=Role.intake_clerk))["query_code"]
        refused(await county.with_session(token, "/progress"), 401, NotAuthenticated)
        ok(await county.with_session(await logged_in(county, fresh), "/progress"))
        ok(await county.with_session(beside, "/progress"))

    @pytest.mark.parametrize("how", ["merger", "split"])
    async def test_it_goes_where_the_petition_goes(self, county: System, how: str):
        receipt = await county.register()
        token = await logged_in(county, receipt["query_code"])
        if how == "merger":
            body: dict[str, Any] = {"into": await registered(county)}
        else:
            part = {"category": "unpaid_wages", "place": "P-1", "content": {"claim": "支付工资"}}
            body = {"parts": [part, part]}
        reply = await county.send("intake", f"/cases/{receipt['case_id']}/{how}", body, role=Role.bureau_officer)
        assert reply.status_code in {200, 201}, reply.text
        told = ok(await county.with_session(token, "/progress"))
        assert told["registration_no"] == receipt["registration_no"]
        assert "merged_into" in told if how == "merger" else len(told["parts"]) == 2

    async def test_those_that_are_over_are_removed_as_new_ones_come(self, county: System):
        code = (await county.register())["query_code"]
        old = await logged_in(county, code)
        await passes(county, "petition_session", "expires_at", sessions.SESSION_TIME)
        await logged_in(county, code)
        async with county.sql() as db:
            kept = [bytes(one["digest"]) for one in await db.fetch("SELECT digest FROM intake.petition_session")]
        assert sessions._digest(old) not in kept


class TestGuessing:
    async def guessed(self, county: System, whence: str, times: int = sessions.WRONG_FROM_ONE_MAX) -> None:
        for _ in range(times):
            refused(await shows(county, wrong(), whence), 404, NotFound)

    async def test_who_has_tried_too_many_waits_and_nobody_else(self, county: System):
        """Promise 40: in a year no source has a million guesses, and no owner is locked out by anybody's."""
        code, here, there = (await county.register())["query_code"], source(), source()
        ok(await shows(county, code, here), 201)
        await self.guessed(county, here)
        for tried in (wrong(), code):
            reply = await shows(county, tried, here)
            refused(reply, 429, TooOften)
            assert 0 < int(reply.headers["retry-after"]) <= sessions.WRONG_TIME.total_seconds()
        ok(await shows(county, code, there), 201)
        a_year = timedelta(days=365) / sessions.WRONG_TIME * sessions.WRONG_FROM_ONE_MAX
        assert a_year < 1_000_000

    async def test_after_a_while_they_may_try_again(self, county: System):
        code, here = (await county.register())["query_code"], source()
        await self.guessed(county, here)
        await passes(county, "wrong_code", "at", LATER)
        ok(await shows(county, code, here), 201)

    async def test_right_codes_count_nothing(self, county: System):
        code, here = (await county.register())["query_code"], source()
        await self.guessed(county, here, sessions.WRONG_FROM_ONE_MAX - 1)
        for _ in range(3):
            ok(await shows(county, code, here), 201)
        refused(await shows(county, wrong(), here), 404, NotFound)
        refused(await shows(county, code, here), 429, TooOften)

    async def test_burst_gets_no_more_answers(self, county: System):
        here, more = source(), 15
        burst = (shows(county, wrong(), here) for _ in range(sessions.WRONG_FROM_ONE_MAX + more))
        seen = sorted(reply.status_code for reply in await asyncio.gather(*burst))
        assert seen == [404] * sessions.WRONG_FROM_ONE_MAX + [429] * more

    async def test_burst_of_one_source_keeps_no_connection_from_others(
        self, county: System, monkeypatch: pytest.MonkeyPatch
    ):
        """Right codes and wrong ones: one try of a source has a connection, the others wait for their turn without."""
        code, here = (await county.register())["query_code"], source()
        trying = most = 0
        go_on, tried = asyncio.Event(), sessions._tried

        async def slowly(*what: Any) -> Any:
            nonlocal trying, most
            trying += 1
            most = max(most, trying)
            if not go_on.is_set():
                await go_on.wait()
            trying -= 1
            return await tried(*what)

        monkeypatch.setattr(sessions, "_tried", slowly)
        burst = [asyncio.create_task(shows(county, one, here)) for one in (code, wrong()) * 10]
        try:

            async def begun() -> bool:
                return bool(trying)

            await until(begun, "the first of them tries")
            await county.register()
            assert most == 1
        finally:
            go_on.set()
            replies = await asyncio.gather(*burst)
        assert {reply.status_code for reply in replies} == {201, 404}

    async def test_checker_sees_a_burst_that_takes_all_connections(
        self, county: System, monkeypatch: pytest.MonkeyPatch
    ):
        """MUTANT: who waits for their turn has a connection already."""
        monkeypatch.setattr(county.running["intake"].own, "tries", EachItsOwn())
        with pytest.raises(AssertionError):
            await self.test_burst_of_one_source_keeps_no_connection_from_others(county, monkeypatch)

    async def test_who_moves_within_a_network_is_one_source(self, county: System):
        await self.guessed(county, "2001:db8:77:1::1")
        refused(await shows(county, wrong(), "2001:db8:77:1:ffff::2"), 429, TooOften)
        refused(await shows(county, wrong(), "2001:db8:77:2::1"), 404, NotFound)

    async def test_what_a_client_says_before_the_proxy_is_not_believed(self, county: System):
        here = source()
        await self.guessed(county, here)
        refused(await shows(county, wrong(), f"{source()}, {here}"), 429, TooOften)

    async def test_same_wrong_code_is_told_so_often_wherever_it_comes_from(self, county: System):
        code = wrong()
        for _ in range(sessions.WRONG_OF_ONE_MAX):
            refused(await shows(county, code, source()), 404, NotFound)
        reply = await shows(county, code, source())
        refused(reply, 429, TooOften)
        assert int(reply.headers["retry-after"]) > 0

    async def test_owner_is_not_locked_out_by_those_who_tried_before_it_was_right(self, county: System):
        code = (await county.register())["query_code"]
        digest = county.running["intake"].own.vault.code_digest(code)
        async with county.sql() as db:
            await db.executemany(
                "INSERT INTO intake.wrong_code (whence, digest) VALUES ($1, $2)",
                [(uuid4().bytes, digest) for _ in range(sessions.WRONG_OF_ONE_MAX * 3)],
            )
        ok(await shows(county, code, source()), 201)

    async def test_another_replica_knows_what_this_one_has_counted(self, county: System):
        here = source()
        await self.guessed(county, here)
        async with county.opened("intake") as replica:
            known = WHENCE.set(network(here))
            try:
                with pytest.raises(TooOften):
                    await sessions.opened(replica, wrong())
            finally:
                WHENCE.reset(known)

    async def test_what_has_had_its_time_is_removed_and_no_address_is_kept(self, county: System):
        here = source()
        await self.guessed(county, here, 2)
        async with county.sql() as db:
            kept = str([bytes(one["whence"]) for one in await db.fetch("SELECT whence FROM intake.wrong_code")])
        assert here not in kept
        await passes(county, "wrong_code", "at", LATER)
        await self.guessed(county, here, 1)
        async with county.sql() as db:
            assert await db.fetchval("SELECT count(*) FROM intake.wrong_code") == 1

    async def test_checker_sees_guesses_without_end(self, county: System, monkeypatch: pytest.MonkeyPatch):
        """MUTANTS: nobody counts where wrong codes come from; tries of one source do not take their turns."""

        async def nobody(*_: Any) -> int:
            return 0

        with monkeypatch.context() as planted:
            planted.setattr(sessions, "_wait", nobody)
            with pytest.raises(AssertionError):
                await self.test_who_has_tried_too_many_waits_and_nobody_else(county)

        async def at_once(*_: Any) -> None: ...

        with monkeypatch.context() as planted:
            planted.setattr(sessions, "alone", at_once)
            planted.setattr(county.running["intake"].own, "tries", EachItsOwn())
            with pytest.raises(AssertionError):
                for _ in range(5):
                    await self.test_burst_gets_no_more_answers(county)

    async def test_checker_sees_owners_who_are_locked_out(self, county: System, monkeypatch: pytest.MonkeyPatch):
        """MUTANT: a code that was tried too often is refused whether it is right or not."""
        monkeypatch.setattr(sessions, "_IS_RIGHT", sessions._IS_RIGHT.replace("digest = $1)",
                            "digest = $1 AND NOT EXISTS (SELECT FROM wrong_code w WHERE w.digest = $1))"))  # fmt: skip
        with pytest.raises(AssertionError):
            await self.test_owner_is_not_locked_out_by_those_who_tried_before_it_was_right(county)


class EachItsOwn(dict[Any, Any]):
    """Lets nobody wait for anybody."""

    def setdefault(self, _: Any, made: Any) -> Any:
        return made


def network(address: str) -> str:
    """Return by what an address is counted."""
    return str(ip_network((address, acting.NETWORK_BITS), strict=False))


def by(petition: UUID | None = None) -> By:
    """Return a petitioner who acts."""
    return By(
        actor=Role.petitioner, unit="XFJ", role=Role.petitioner, at=datetime.now(UTC), clock=ClockKind.real,
        request_id="r", command_id=uuid4(), petition=petition,
    )  # fmt: skip


def said(check: Callable[..., None], *what: Any) -> type[Exception] | None:
    """Return by what something is refused."""
    try:
        check(*what)
    except Forbidden as error:
        return type(error)
    return None
