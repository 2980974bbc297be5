"""The gate: a class is all that is said of an operation, and whatever is sent comes through one place."""

from __future__ import annotations

import sys
from contextlib import asynccontextmanager
from datetime import date
from types import SimpleNamespace
from typing import Annotated, Any, Literal
from uuid import UUID, uuid4

import httpx2
import pytest
from fastapi import Response
from pydantic import Field

from contracts.vocabulary import Role
from services.chassis.commands import Command, Reply
from services.chassis.context import By
from services.chassis.fields import Code, Day
from services.chassis.http.app import make_app
from services.chassis.http.gate import add_operations
from services.chassis.identity.tokens import Tokens
from services.chassis.operations import declared
from services.chassis.questions import Answer, Question
from services.chassis.settings import Settings
from services.chassis.units import Directories
from services.chassis.views import EVERYONE, Row
from services.chassis.writer import Done
from services.mediation.domain.handling import Handling
from tests.acting import Proving, Trusting, issuer, proof
from tests.harness import TESTING


class Lent(Reply):
    """To whom it was lent."""

    loan_id: str


class LendSeal(
    Command[Handling], path="/seals/{seal_id}/loans/{keeper}", by=(Role.unit_head,), called="借用印章", status=201,
    reply=Lent, location="/loans/{loan_id}",
):  # fmt: skip
    """Lend a seal (第三十一条第六项)."""

    seal_id: UUID
    keeper: Code
    due_on: Day
    times: int = 1
    marks: dict[str, Annotated[str, Field(min_length=1)]] = Field(default_factory=dict)

    async def run(self, running: Any, by: By) -> Done:
        return Done(1, b'{"loan_id":"L-%d","version":1}' % self.times)


class SealsLent(Question, path="/seals", called="印章", sight=EVERYONE, reply=Reply):
    """List what is lent (人民调解法 第十七条)."""

    state: Literal["lent", "back"] | None = None
    limit: int = 50

    async def ask(self, running: Any, by: By | None) -> Answer:
        return Answer({"version": self.limit}, 7)


class Keepers(Question, path="/keepers", called="保管人", sight=EVERYONE, reply=Reply, open=True):
    """Show who keeps seals."""

    async def ask(self, running: Any, by: By | None) -> Answer:
        return Answer({"version": 1}) if by is None else Answer({"version": 2})


class SealPrint(Question, path="/seals/{seal_id}.png", called="印模", sight=EVERYONE, reply="image/png"):
    """Show the print of a seal."""

    seal_id: UUID

    async def ask(self, running: Any, by: By | None) -> Response:
        return Response(b"\x89PNG", media_type="image/png")


OPERATIONS = declared(sys.modules[__name__])
PATH = f"/seals/{uuid4()}/loans/K-1"

UNKNOWING = Directories(None, None, "mediation", None)  # type: ignore[arg-type]
"""A process that knows no unit: none is carried on by others."""


@asynccontextmanager
async def away():
    """Lend no connection: what is denied is told all the same."""
    raise OSError
    yield


@pytest.fixture
async def client():
    settings = Settings(database_url="unused", kafka="unused", oidc_issuer=issuer().url)
    running = SimpleNamespace(
        store=SimpleNamespace(directories=UNKNOWING, keeps=lambda _: True),
        service=SimpleNamespace(name="mediation", peers={TESTING: OPERATIONS}),
        database=SimpleNamespace(connection=away),
        identity=Trusting(Tokens(settings), UNKNOWING),
        fingerprints=b"",
    )
    app = make_app("mediation", "gate", settings)
    add_operations(app, running, OPERATIONS)  # type: ignore[arg-type]  # these operations need no more of a store
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://localhost", auth=Proving()) as made:
        yield made


async def lend(client: httpx2.AsyncClient, body: Any, path: str = PATH, role: Role = Role.unit_head, **more: Any):
    headers = {"Idempotency-Key": str(uuid4()), "Huiyin-Actor": "h-1", "Huiyin-Unit": "U", "Huiyin-Role": str(role)}
    sent = {"content": body} if isinstance(body, bytes) else {"json": body}
    return await client.post(path, headers={"Content-Type": "application/json"} | headers | more, **sent)


class TestWhatIsSent:
    async def test_what_stands_in_path_and_body_makes_one_command(self, client):
        reply = await lend(client, {"due_on": "2026-12-01", "times": 3})
        assert (reply.status_code, reply.json()) == (201, {"loan_id": "L-3", "version": 1})
        assert (reply.headers["ETag"], reply.headers["Location"]) == ('"1"', "/loans/L-3")

    async def test_body_may_say_again_what_the_path_says(self, client):
        reply = await lend(client, {"due_on": "2026-12-01", "keeper": "K-1"})
        assert reply.status_code == 201

    @pytest.mark.parametrize(
        ("body", "at", "kind"),
        [
            ({}, "body.due_on", "missing"),
            (b"", "body.due_on", "missing"),
            (b"{", "body", "json_invalid"),
            (b"[1]", "body", "dict_type"),
            ({"due_on": "2026-13-01"}, "body.due_on", "date_from_datetime_parsing"),
            ({"due_on": "2026-12-01", "times": "x"}, "body.times", "int_parsing"),
            ({"due_on": "2026-12-01", "name": "王秀兰"}, "body", "extra_forbidden"),
            ({"due_on": "2026-12-01", "keeper": "K-2"}, "body", "extra_forbidden"),
            ({"due_on": "2026-12-01", "marks": {"王秀兰": ""}}, "body.marks", "string_too_short"),
        ],
    )
    async def test_malformed_body_is_told_by_its_place(self, client, body: Any, at: str, kind: str):
        reply = await lend(client, body)
        assert (reply.status_code, reply.json()["errors"]) == (422, [{"at": at, "kind": kind}])
        assert "王秀兰" not in reply.text

    async def test_command_whose_body_has_not_come_whole_is_not_done(self, client, monkeypatch):
        done: list[LendSeal] = []
        monkeypatch.setattr(LendSeal, "run", lambda command, *_: done.append(command))
        pieces = iter([{"type": "http.request", "body": b'{"due_on":"2026-12-01"}', "more_body": True}])
        answers: list[Any] = []

        async def receive() -> Any:
            return next(pieces, {"type": "http.disconnect"})

        async def send(message: Any) -> None:
            answers.append(message)

        headers = {"Idempotency-Key": str(uuid4())} | proof("h-1", "U", Role.unit_head)
        scope = {
            "type": "http", "method": "POST", "path": PATH, "query_string": b"", "state": {},
            "headers": [(b"host", b"localhost"), *((n.lower().encode(), v.encode()) for n, v in headers.items())],
        }  # fmt: skip
        await client._transport.app(scope, receive, send)
        assert (done, answers) == ([], [])

    async def test_malformed_path_is_told_by_its_place(self, client):
        reply = await lend(client, {"due_on": "2026-12-01"}, "/seals/one/loans/K-1")
        assert (reply.status_code, reply.json()["errors"]) == (422, [{"at": "path.seal_id", "kind": "uuid_parsing"}])

    async def test_role_that_may_not_is_refused(self, client):
        reply = await lend(client, {"due_on": "2026-12-01"}, role=Role.petitioner)
        assert (reply.status_code, reply.json()["code"]) == (403, "forbidden")

    async def test_who_acts_is_looked_at_before_what_is_sent(self, client):
        reply = await lend(client, {}, **{"Idempotency-Key": "seven"})
        assert (reply.status_code, reply.json()["code"]) == (400, "bad_header")

    async def test_who_shows_no_token_does_nothing(self, client):
        key = {"Idempotency-Key": str(uuid4())}
        reply = await client.post(PATH, json={"due_on": "2026-12-01"}, headers=key, auth=None)
        assert (reply.status_code, reply.json()["code"]) == (401, "not_authenticated")
        assert reply.headers["WWW-Authenticate"] == "Bearer"


class TestWhatIsAsked:
    async def test_question_is_answered_with_its_version(self, client):
        reply = await client.get("/seals?state=lent&limit=3")
        assert (reply.status_code, reply.json(), reply.headers["ETag"]) == (200, {"version": 3}, '"7"')

    async def test_question_without_a_token_is_not_answered(self, client):
        for path in ("/seals", f"/seals/{uuid4()}.png"):
            reply = await client.get(path, auth=None)
            assert (reply.status_code, reply.json()["code"]) == (401, "not_authenticated")

    async def test_open_question_is_answered_to_anybody_and_the_same_to_all(self, client):
        for auth in (None, Proving()):
            reply = await client.get("/keepers", auth=auth)
            assert (reply.status_code, reply.json()) == (200, {"version": 1})
        spoilt = await client.get("/keepers", headers={"Authorization": "Bearer x.y.z"}, auth=None)
        assert spoilt.status_code == 200

    async def test_description_says_what_needs_a_token(self, client):
        paths = (await client.get("/openapi.json")).json()
        assert paths["security"] == [{"bearer": []}]
        assert "security" not in paths["paths"]["/seals"]["get"]
        assert paths["paths"]["/keepers"]["get"]["security"] == []

    async def test_file_is_answered_as_it_is_and_described_as_one(self, client):
        reply = await client.get(f"/seals/{uuid4()}.png")
        assert (reply.content, reply.headers["content-type"]) == (b"\x89PNG", "image/png")
        described = (await client.get("/openapi.json")).json()["paths"]["/seals/{seal_id}.png"]["get"]
        assert list(described["responses"]["200"]["content"]) == ["image/png"]
        assert OPERATIONS[-1].operation.told()["reply"] == "image/png"

    @pytest.mark.parametrize("query", ["status=lent", "State=lent", "state=", "state=gone", "limit=3&limit=4", "x"])
    async def test_query_that_is_misspelt_or_told_twice_is_refused(self, client, query: str):
        assert (await client.get(f"/seals?{query}")).status_code == 422

    async def test_name_that_is_told_twice_does_not_come_back(self, client):
        reply = await client.get("/seals?王秀兰=1&王秀兰=2&limit=3&limit=4")
        assert [e["at"] for e in reply.json()["errors"]] == ["query", "query.limit"]
        assert "王秀兰" not in reply.text

    async def test_path_with_a_line_feed_behind_it_is_no_path(self, client):
        assert (await client.get("/seals%0A")).status_code == 404


class TestWhatIsDeclared:
    def test_operation_follows_from_the_class(self):
        lending, listing, *_ = (cls.operation for cls in OPERATIONS)
        assert (lending.name, lending.method, lending.status) == ("lendSeal", "POST", 201)
        assert (lending.title, lending.article) == ("借用印章", "信访工作条例 第三十一条第六项")
        assert (listing.name, listing.method, listing.article) == ("sealsLent", "GET", "人民调解法 第十七条")

    async def test_description_says_the_same(self, client):
        described = (await client.get("/openapi.json")).json()
        operation = described["paths"]["/seals/{seal_id}/loans/{keeper}"]["post"]
        assert (operation["operationId"], operation["x-roles"]) == ("lendSeal", ["unit_head"])
        assert operation["x-title-zh"] == "借用印章"
        assert described["components"]["schemas"]["LendSeal"]["required"] == ["due_on"]
        assert set(described["components"]["schemas"]["LendSeal"]["properties"]) == {"due_on", "times", "marks"}
        shared, parameters = described["components"]["parameters"], described["paths"]["/seals"]["get"]["parameters"]
        told = [shared[p["$ref"].rpartition("/")[2]] if "$ref" in p else p for p in parameters]
        assert [p["name"] for p in told if p["in"] == "query"] == ["state", "limit"]
        assert [p["name"] for p in told if p["in"] == "header"] == ["Huiyin-Post"]

    def test_field_of_the_path_must_be_declared(self):
        with pytest.raises(TypeError, match="no field for"):

            class Lost(Command[Handling], path="/seals/{seal_id}"):
                """Lose a seal."""

    def test_question_must_say_who_may_see_its_answer(self):
        with pytest.raises(TypeError, match="who may see"):

            class Unseen(Question, path="/unseen", reply=Reply):
                """Ask for what nobody is said to see."""

    def test_row_must_say_who_may_see_it(self):
        with pytest.raises(TypeError, match="who may see"):

            class Anything(Row, table="anything", of=Handling):
                on: date
