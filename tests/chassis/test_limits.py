"""How much somebody may ask: a flood meets its limit, and whoever it is that floods, nobody else does.

Promise 48. What is counted here are answers, and never time: the window lasts for hours.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from typing import Any
from uuid import uuid4

import httpx2
import pytest
import pytest_asyncio

from contracts.vocabulary import Role
from services.chassis.database import Database
from services.chassis.http import edge, gate, rates
from services.chassis.http.answers import TooLarge
from services.chassis.http.rates import Budget, Rates, TooMany
from services.chassis.identity.tokens import NotAuthenticated, Tokens, _part
from services.chassis.identity.who import PostNotChosen
from services.chassis.operations import BODY_BYTES_MAX
from services.intake.commands.cases import RegisterPetition
from services.intake.questions.sessions import OpenPetitionSession
from tests.acting import WINDOW, issuer, token
from tests.harness import BUREAU, OFFICER, System, petition
from tests.rules import refused
from tests.steps import ok

STRANGER, PETITIONER, ACCOUNT = 8, 40, 60
FLOOD = 100 * STRANGER
HALL, ELSEWHERE = "192.0.2.1", "198.51.100.7"
Request = Callable[[], Awaitable[httpx2.Response]]


@pytest.fixture(autouse=True)
def time_stands_still(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(rates, "WINDOW_SECONDS", 1_000_000)
    monkeypatch.setattr(edge, "PAUSE_SECONDS", 0)


@pytest_asyncio.fixture
async def door(huiyin: System) -> AsyncIterator[System]:
    """Intake alone, behind a proxy that says whence somebody comes."""
    units = {"stranger_units": STRANGER, "petitioner_units": PETITIONER, "account_units": ACCOUNT}
    async with huiyin.within("intake", parts=frozenset({"api"}), proxies_trusted=1, **units):
        yield huiyin


async def asks(door: System, path: str = "/problems/invalid", whence: str = HALL, **how: Any) -> httpx2.Response:
    headers = {"X-Forwarded-For": whence} | how.pop("headers", {})
    return await door.client.request(
        how.pop("method", "GET"), door.url("intake") + path, headers=headers, auth=None, **how
    )


def bearer(shown: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {shown}"}


async def registers(door: System, actor: str, whence: str = HALL, shown: str | None = None) -> httpx2.Response:
    headers = bearer(shown or token(actor, Role.intake_clerk)) | {
        "Huiyin-Post": f"{BUREAU}/intake_clerk", "Idempotency-Key": str(uuid4()),
    }  # fmt: skip
    return await asks(door, "/petitions", whence, method="POST", json=petition(), headers=headers)


async def logs_in(door: System, code: str, whence: str = HALL) -> httpx2.Response:
    return await asks(door, "/petition-sessions", whence, method="POST", json={"query_code": code})


async def seen(request: Request, times: int = FLOOD) -> Counter[int]:
    """Return how often which status came, at most sixteen at a time."""
    statuses: Counter[int] = Counter()

    async def some() -> None:
        for _ in range(times // 16):
            statuses[(await request()).status_code] += 1

    await asyncio.gather(*(some() for _ in range(16)))
    return statuses


def forged(name: str) -> str:
    """Return a token of somebody that nobody has signed."""
    return issuer().token(name, sub=str(uuid4())) + "A"


def called(tokens: Tokens, token: str) -> str:
    """Return what somebody is called, which everybody knows."""
    return str(_part(token, 1).get(tokens.claim))


FLOODS: dict[str, Callable[[System], Request]] = {
    "open": lambda door: lambda: asks(door),
    "no token": lambda door: lambda: asks(door, "/cases"),
    "no route": lambda door: lambda: asks(door, "/nothing"),
    "document": lambda door: lambda: asks(door, "/openapi.json"),
    "codes": lambda door: lambda: logs_in(door, uuid4().hex[:12]),
    "forged tokens": lambda door: lambda: asks(door, "/cases", headers=bearer(forged("clerk-9"))),
    "rubbish": lambda door: lambda: asks(door, "/cases", headers=bearer("e30.e30.e30")),
    "forged sessions": lambda door: lambda: asks(door, "/progress", method="POST", headers=bearer(f"hp_{uuid4()}")),
    "commands": lambda door: lambda: asks(door, "/petitions", method="POST", json=petition()),
}


class TestFlood:
    @pytest.mark.parametrize("kind", FLOODS)
    async def test_of_a_source_meets_its_limit_and_nobody_else_does(self, door: System, kind: str):
        """Ninety-nine in a hundred are told to wait; officers at that very address, and strangers elsewhere, are not."""
        receipt = ok(await registers(door, "clerk-1"), 201)
        session = ok(await logs_in(door, receipt["query_code"], ELSEWHERE), 201)["token"]
        ok(await asks(door, "/progress", method="POST", headers=bearer(session)))
        statuses = await seen(FLOODS[kind](door))
        assert statuses[429] >= 0.99 * FLOOD, statuses
        ok(await registers(door, "clerk-1", shown=issuer().token("clerk-1")), 201)
        ok(await registers(door, "clerk-1", ELSEWHERE), 201)
        ok(await asks(door, whence=ELSEWHERE))
        ok(await logs_in(door, receipt["query_code"], ELSEWHERE), 201)
        ok(await asks(door, "/progress", method="POST", headers=bearer(session)))
        ok(await asks(door, "/health/ready"))

    async def test_is_told_when_to_come_again(self, door: System):
        told = ok_headers(await asks(door))
        assert told["ratelimit-policy"] == f'"stranger";q={STRANGER};w={rates.WINDOW_SECONDS}'
        assert told["ratelimit"].startswith(f'"stranger";r={STRANGER - 1};t=')
        await seen(FLOODS["open"](door))
        reply = await asks(door)
        refused(reply, 429, TooMany)
        assert reply.headers["ratelimit"].startswith('"stranger";r=0;t=')
        assert reply.headers["ratelimit-policy"] == told["ratelimit-policy"]
        assert 0 < int(reply.headers["retry-after"]) <= 2 * rates.WINDOW_SECONDS

    @pytest.mark.parametrize("kind", ["commands", "forged tokens", "forged sessions", "codes"])
    async def test_is_refused_before_anything_is_looked_at(
        self, door: System, kind: str, monkeypatch: pytest.MonkeyPatch
    ):
        """Neither a token is checked, nor a body read, nor a connection had."""
        await seen(FLOODS[kind](door))
        done: list[str] = []

        def noted(of: Any, name: str) -> None:
            was = getattr(of, name)
            monkeypatch.setattr(of, name, lambda *a, **k: done.append(name) or was(*a, **k))

        noted(Tokens, "_checked")
        noted(gate, "received")
        noted(Database, "connection")
        assert (await seen(FLOODS[kind](door), 32)) == {429: 32}
        assert done == []

    async def test_who_claims_to_be_somebody_elses_account_uses_up_nothing_of_it(self, door: System):
        """Neither from afar, nor at the same address as who has proved who they are there before."""
        ok(await registers(door, "clerk-1"), 201)
        for whence in (ELSEWHERE, HALL):
            for name in ("clerk-2", "clerk-1"):
                await seen(lambda at=whence, name=name: asks(door, "/cases", at, headers=bearer(forged(name))))  # type: ignore[misc]
                ok(await registers(door, "clerk-1", shown=issuer().token("clerk-1", jti=str(uuid4()))), 201)

    async def test_mutant_that_keeps_apart_by_a_name_is_seen(self, door: System, monkeypatch: pytest.MonkeyPatch):
        """MUTANT: whoever sits at the same address and knows what somebody is called locks them out."""
        monkeypatch.setattr(Tokens, "claimed", called)
        with pytest.raises(AssertionError, match=TooMany.code):
            await self.test_who_claims_to_be_somebody_elses_account_uses_up_nothing_of_it(door)

    async def test_mutant_that_counts_by_whom_somebody_claims_to_be_is_seen(
        self, door: System, monkeypatch: pytest.MonkeyPatch
    ):
        """MUTANT: an account is locked, wherever wrong tokens of it come from."""
        monkeypatch.setattr(Tokens, "claimed", called)
        monkeypatch.setattr(Rates, "_whose", lambda _, __, claimed: claimed)
        await seen(lambda: asks(door, "/cases", ELSEWHERE, headers=bearer(forged("clerk-3"))))
        refused(await registers(door, "clerk-3"), 429, TooMany)

    async def test_mutant_that_forgets_who_is_usually_there_is_seen(
        self, door: System, monkeypatch: pytest.MonkeyPatch
    ):
        monkeypatch.setattr(Rates, "proved", lambda *_: None)
        with pytest.raises(AssertionError):
            await self.test_who_claims_to_be_somebody_elses_account_uses_up_nothing_of_it(door)

    async def test_mutant_that_lets_through_what_drips_is_seen(self, door: System, monkeypatch: pytest.MonkeyPatch):
        """MUTANT: what is refused counts nothing, so that of a flood there passes as much as of whoever keeps to it."""
        take = Budget.take

        def lenient(budget: Budget, whose: Any, units: int = 1) -> Any:
            before = budget._full_at.get(whose)
            left, wait = take(budget, whose, units)
            if wait and before is not None:
                budget._full_at[whose] = before
            return left, wait

        assert passed() <= 0.01 * FLOOD
        monkeypatch.setattr(Budget, "take", lenient)
        assert passed() > 0.01 * FLOOD


def ok_headers(reply: httpx2.Response) -> httpx2.Headers:
    ok(reply)
    return reply.headers


def passed() -> int:
    """Return how much passes of fifty requests a second, while the budget is refilled."""
    now = 0.0
    budget = Budget("stranger", STRANGER, lambda: now)
    heard = 0
    for _ in range(FLOOD):
        now += rates.WINDOW_SECONDS / 3_000
        heard += not budget.take(HALL)[1]
    return heard


class TestBudgets:
    async def test_an_account_has_its_own_wherever_it_asks_from(self, door: System):
        """What costs much takes much of it; and others at the same address have theirs."""
        times = ACCOUNT // RegisterPetition.takes
        for n in range(times):
            reply = await registers(door, "clerk-1", ELSEWHERE if n % 2 else HALL)
            ok(reply, 201)
            left = ACCOUNT - (n + 1) * RegisterPetition.takes
            assert reply.headers["ratelimit"].startswith(f'"account";r={left};')
        refused(await registers(door, "clerk-1"), 429, TooMany)
        refused(await registers(door, "clerk-1", "203.0.113.1"), 429, TooMany)
        ok(await registers(door, "clerk-2"), 201)

    async def test_a_hall_of_clerks_behind_one_address_meets_no_limit(self, door: System):
        for n in range(30):
            ok(await registers(door, f"clerk-{n}"), 201)

    async def test_mutant_that_counts_accounts_by_address_is_seen(self, door: System, monkeypatch: pytest.MonkeyPatch):
        def by_address(one: Rates, _: Any, source: str, units: int) -> Any:
            return one._taken(one.accounts, source, units)

        monkeypatch.setattr(Rates, "account", by_address)
        with pytest.raises(AssertionError):
            await self.test_a_hall_of_clerks_behind_one_address_meets_no_limit(door)

    async def test_a_petitioner_has_their_own_and_logging_in_is_a_strangers(self, door: System):
        code = ok(await registers(door, "clerk-1"), 201)["query_code"]
        tokens = [ok(await logs_in(door, code), 201)["token"] for _ in range(STRANGER // OpenPetitionSession.takes)]
        refused(await logs_in(door, code), 429, TooMany)
        ok(await logs_in(door, code, ELSEWHERE), 201)
        asked = [await asks(door, "/progress", method="POST", headers=bearer(tokens[0])) for _ in range(PETITIONER + 1)]
        assert [reply.status_code for reply in asked] == [200] * PETITIONER + [429]
        ok(await asks(door, "/progress", method="POST", headers=bearer(tokens[1])))

    async def test_the_window_is_counted_by_whom_it_asks_for(self, door: System):
        def brought(whence: str) -> Awaitable[httpx2.Response]:
            post = {"Huiyin-Post": f"{BUREAU}/petitioner", "Idempotency-Key": str(uuid4())}
            shown = bearer(token(WINDOW, Role.petitioner)) | post
            return asks(door, "/petitions", whence, method="POST", json=petition(channel="online"), headers=shown)

        for _ in range(PETITIONER // RegisterPetition.takes):
            assert (await brought(HALL)).status_code != 429
        refused(await brought(HALL), 429, TooMany)
        assert (await brought(ELSEWHERE)).status_code != 429

    async def test_services_have_their_own(self, door: System):
        shown = bearer(token("anybody", Role.system))
        replies = [await asks(door, "/lanes", headers=shown) for _ in range(2 * ACCOUNT)]
        assert {reply.status_code for reply in replies} == {200}
        assert replies[0].headers["ratelimit"].startswith('"service";')

    async def test_who_acts_as_what_they_are_not_is_counted_too(self, door: System):
        shown = bearer(token(OFFICER, Role.intake_clerk)) | {"Huiyin-Post": "nobody"}
        for _ in range(ACCOUNT // 2):
            refused(await asks(door, "/cases", headers=shown), 422, PostNotChosen)
        refused(await asks(door, "/cases", headers=shown), 429, TooMany)

    async def test_who_proves_nothing_is_told_so_until_then(self, door: System):
        for _ in range(STRANGER):
            refused(await asks(door, "/cases"), 401, NotAuthenticated)
        refused(await asks(door, "/cases"), 429, TooMany)


class TestBody:
    async def test_that_says_it_is_too_long_is_refused_before_any_of_it_comes(self, door: System):
        """Who has proved who they are is told so; who has not, is told that and nothing of lengths."""
        path = f"/cases/{uuid4()}/classification"
        shown = (
            f"Authorization: Bearer {token('clerk-1', Role.bureau_officer)}\r\nHuiyin-Post: {BUREAU}/bureau_officer\r\n"
        )
        for proof, status in ((shown, 413), ("", 401)):
            reader, writer = await asyncio.open_connection("127.0.0.1", door.ports["intake"])
            head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {BODY_BYTES_MAX + 1}\r\n{proof}"
            writer.write(f"{head}Idempotency-Key: {uuid4()}\r\n\r\n".encode())
            assert (await asyncio.wait_for(reader.readline(), 5)).startswith(f"HTTP/1.1 {status}".encode())
            writer.transport.abort()

    async def test_that_is_longer_than_it_says_nothing_of_is_not_read_to_its_end(self, door: System):
        sent = 0

        async def endless() -> AsyncIterator[bytes]:
            nonlocal sent
            while sent < 100 * BODY_BYTES_MAX:
                sent += 65_536
                yield b"x" * 65_536

        shown = bearer(token("clerk-1", Role.bureau_officer)) | {
            "Huiyin-Post": f"{BUREAU}/bureau_officer", "Idempotency-Key": str(uuid4()),
        }  # fmt: skip
        url = f"/cases/{uuid4()}/classification"
        with suppress(httpx2.TransportError):
            refused(await asks(door, url, method="POST", content=endless(), headers=shown), 413, TooLarge)
        assert sent < 100 * BODY_BYTES_MAX


class TestBrowsers:
    @pytest.mark.parametrize("path", ["/openapi.json", "/health/live", "/problems/invalid", "/cases", "/nothing"])
    async def test_run_show_and_keep_nothing_of_an_answer(self, door: System, path: str):
        said = (await asks(door, path)).headers
        assert said["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
        assert said["x-content-type-options"] == "nosniff"
        assert said["referrer-policy"] == "no-referrer"
        assert said["cross-origin-resource-policy"] == "same-origin"
        assert said["cache-control"] == "no-store"
        assert "strict-transport-security" not in said

    async def test_keep_no_receipt(self, door: System):
        """It has a query code on it."""
        reply = await registers(door, "clerk-1")
        assert ok(reply, 201)["query_code"]
        assert reply.headers["cache-control"] == "no-store"

    async def test_come_by_tls_alone_where_that_is_said(self, huiyin: System):
        async with huiyin.within("intake", parts=frozenset({"api"}), tls=True):
            assert (await asks(huiyin)).headers["strict-transport-security"] == "max-age=31536000"


class TestBudget:
    def test_all_of_it_is_there_again_after_its_window(self, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(rates, "WINDOW_SECONDS", 60)
        now = 1_000.0
        budget = Budget("account", 60, lambda: now)
        for n in range(60):
            left, wait = budget.take("a")
            assert (left.units, left.seconds, wait) == (59 - n, n + 1, 0)
        assert budget.spent("a")
        assert not budget.spent("b")
        assert budget.take("a")[1] == 2
        now += 2
        assert budget.take("a")[1] == 0
        now += 60
        assert budget.take("a", 60) == (rates.Left("account", 60, 0, 60), 0)

    def test_who_goes_on_is_heard_again_a_window_after_they_stop(self, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(rates, "WINDOW_SECONDS", 60)
        now = 1_000.0
        budget = Budget("account", 60, lambda: now)
        waits = [budget.take("a")[1] for _ in range(10_000)]
        assert max(waits) == 61
        now += waits[-1]
        assert budget.take("a")[1] == 0

    def test_no_more_of_them_are_remembered_than_there_is_room_for(self, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(rates, "KNOWN_MAX", 100)
        now = 1_000.0
        budget = Budget("stranger", 1, lambda: now)
        for n in range(1_000):
            budget.take(n)
            assert len(budget._full_at) <= 100
        assert budget.take(999)[1] > 0, "the last ones are remembered"
