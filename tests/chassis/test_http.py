"""The edge, the same for all four services: who asks, under which key, at what time, and how a refusal looks."""

from __future__ import annotations

import asyncio
import base64
import re
from enum import Enum
from importlib import import_module
from typing import Any, get_args
from urllib.parse import quote
from uuid import UUID, uuid4

import httpx2
import msgspec
import pytest
import pytest_asyncio
import structlog
from joserfc.jwk import ECKey

from contracts.envelope import SERVICES, Metadata
from contracts.packing import unpack
from contracts.vocabulary import ActReason, ClockKind, Role
from services.chassis.errors import Conflict, Invalid, KeyReused, NotFound, Stale, Unavailable
from services.chassis.http import acting
from services.chassis.http.acting import VERSION_MAX, command_of
from services.chassis.http.answers import BadHeader, TooLarge
from services.chassis.identity.tokens import NotAuthenticated
from services.chassis.identity.who import NotYourPost, PostNotChosen
from services.chassis.operations import BODY_BYTES_MAX
from services.chassis.questions import Listing
from tests.acting import issuer, proof
from tests.harness import BUREAU, UNIT, Servers, System, petition, system
from tests.rules import refused
from tests.steps import KEEPER, classified, ok, open_county, registered

LISTS = {
    name: [cls for cls in import_module(f"services.{name}.main").SERVICE.operations if issubclass(cls, Listing)]
    for name in SERVICES
}
FORGED = [
    None, "", "\0", "x", 1, -1, 1e300, True, [], {}, "0001-01-01", "9999-12-31", "2026-11-28T00:00:00",
    "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "a" * 100,
]  # fmt: skip
"""What may stand in a cursor that somebody made up."""

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def commands(county: System, service: str) -> list[tuple[str, str, list[str]]]:
    """Return method, path and the parameters of it that are ids, of every route that says that it is a command."""
    described = ok(await county.client.get(county.url(service) + "/openapi.json"))
    common = described["components"]["parameters"]
    found = []
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            told = [common[p["$ref"].rpartition("/")[2]] if "$ref" in p else p for p in operation.get("parameters", [])]
            if not any(p["name"] == "Idempotency-Key" and p.get("required") for p in told):
                continue
            ids = [p["name"] for p in told if p["in"] == "path" and p["schema"].get("format") == "uuid"]
            found.append((method.upper(), path, ids))
    return found


def filled(path: str, ids: list[str], key: str) -> str:
    """Return the path with ids, and with something that may stand for the rest."""
    other = {"year": "2026", "power": "housing", "n": "1", "number": "1", "item": "1"}
    return re.sub(r"\{(\w+)\}", lambda m: key if m[1] in ids else other.get(m[1], "RSJ"), path)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def county(servers: Servers):
    async with open_county(servers) as made:
        yield made


def headers(
    role: Role = Role.intake_clerk, *, actor: str = "clerk-1", unit: str = BUREAU, **changes: Any
) -> dict[str, Any]:
    """Return the headers of a command; a change to None leaves one out."""
    plain = {"Idempotency-Key": str(uuid4())} | proof(actor, unit, role)
    merged = plain | {name.replace("_", "-"): value for name, value in changes.items()}
    return {name: value for name, value in merged.items() if value is not None}


async def send(county: System, body: Any = None, path: str = "/petitions", **changes: Any):
    url = county.url("intake") + path
    sent = petition() if body is None else body
    return await county.client.post(url, json=sent, headers=headers(**changes), auth=None)


def refused_alike(reply: httpx2.Response) -> dict[str, Any]:
    """Check that nobody is told what was wrong with their proof; return the problem but for the request's id."""
    problem = refused(reply, 401, NotAuthenticated)
    assert reply.headers["www-authenticate"] == "Bearer"
    return {name: told for name, told in problem.items() if name != "request_id"}


class TestCommands:
    async def test_there_are_commands_in_every_service(self, county: System):
        for service in SERVICES:
            assert len(await commands(county, service)) > 10

    @pytest.mark.parametrize(
        "change",
        [
            {"Idempotency_Key": None},
            {"Idempotency_Key": "not-a-uuid"},
            {"Huiyin_Actor": "clerk-1"},
            {"Huiyin_Unit": BUREAU},
            {"Huiyin_Role": "intake_clerk"},
            {"If_Match": "soon"},
        ],
        ids=lambda change: "{}={}".format(*next(iter(change.items()))),
    )
    async def test_command_without_a_key_or_with_who_in_its_headers_is_a_bad_request(self, county: System, change):
        for service in SERVICES:
            for method, path, ids in await commands(county, service):
                url = county.url(service) + filled(path, ids, str(uuid4()))
                reply = await county.client.request(method, url, json={}, headers=headers(**change), auth=None)
                refused(reply, 400, BadHeader)

    async def test_command_without_a_token_is_nobodys(self, county: System):
        said = []
        for service in SERVICES:
            for method, path, ids in await commands(county, service):
                url = county.url(service) + filled(path, ids, str(uuid4()))
                reply = await county.client.request(
                    method, url, json={}, headers=headers(Authorization=None), auth=None
                )
                said.append(refused_alike(reply))
        assert said.count(said[0]) == len(said)

    async def test_id_that_is_no_uuid_is_invalid(self, county: System):
        for service in SERVICES:
            declared = [cls.operation for cls in import_module(f"services.{service}.main").SERVICE.operations]
            may = {(one.method, one.path): one.by[0] for one in declared if one.by and not one.by_session}
            for method, path, ids in await commands(county, service):
                if ids and (method, path) in may:
                    url, who = county.url(service) + filled(path, ids, "not-a-uuid"), headers(may[method, path])
                    refused(await county.client.request(method, url, json={}, headers=who), 422, Invalid)


class TestHeaders:
    @pytest.mark.parametrize(
        "value",
        ["", "%20", "x" * 201, "%00", "%0d%0aSet-Cookie:%20a", "%ff", "%E7%8E", quote("王秀兰"), "wang-xiulan", "DUTY"],
    )
    async def test_words_of_ones_own_are_refused(self, county: System, value: str):
        refused(await send(county, Huiyin_Reason=value), 400, BadHeader)
        refused(await send(county, Huiyin_Post=value), 422, PostNotChosen)

    @pytest.mark.parametrize("reason", ActReason)
    async def test_reason_is_one_of_the_words_for_it(self, county: System, reason: ActReason):
        case = ok(await send(county, Huiyin_Reason=str(reason)), 201)["case_id"]
        about = await _metadata(county, case)
        assert (about.reason, about.actor, about.unit, about.role) == (
            reason.title, "clerk-1", BUREAU, Role.intake_clerk,
        )  # fmt: skip

    async def test_reason_is_the_events_title_where_none_is_given(self, county: System):
        case = ok(await send(county), 201)["case_id"]
        about = await _metadata(county, case)
        assert (about.reason, about.article) == ("信访事项登记", "信访工作条例 第二十二条、第二十三条")

    @pytest.mark.parametrize("value", ["req-42", "wang-xiulan", "", b"\xe9", "00000000-0000-4000-8000-013812345678"])
    async def test_request_gets_an_id_whatever_it_brings(self, county: System, value):
        """Promise 8: it stands in events, in logs, and beside what was denied."""
        reply = await send(county, X_Request_Id=value)
        assert reply.status_code == 201
        assert str(UUID(made := reply.headers["x-request-id"])) != value
        assert (await _metadata(county, reply.json()["case_id"])).request_id == made
        assert (told := await send(county, {"name": "x"}, X_Request_Id=value)).json()["request_id"] != value
        assert told.headers["x-request-id"] == told.json()["request_id"]

    @pytest.mark.parametrize(
        "value", [*map(str, (UUID(int=7), UUID("5f0acfc5-fa62-4f8c-a1e4-7096491392cd"))), "wang-xiulan", ""]
    )
    async def test_service_hands_on_the_id_of_the_request_for_which_it_asks(self, county: System, value: str):
        who = {"X-Request-Id": value} | proof("intake", BUREAU, Role.system)
        reply = await county.client.get(county.url("mediation") + f"/cases/{uuid4()}", headers=who, auth=None)
        assert reply.status_code == 404
        is_id = len(value) == len(str(UUID(int=7)))
        assert (reply.headers["x-request-id"] == value) is is_id
        assert reply.json()["request_id"] == reply.headers["x-request-id"]

    async def test_digits_of_a_key_stand_nowhere(self, county: System):
        """Promise 8: a client may write what it likes into a UUID; one key is one command all the same."""
        key, sent = "13812345-6780-4110-8105-194912310021", petition()
        once, again = [ok(await send(county, sent, Idempotency_Key=key), 201) for _ in range(2)]
        assert once == again
        about = await _metadata(county, once["case_id"])
        assert about.command_id == command_of(UUID(key)) != UUID(key)
        async with county.sql() as db:
            assert not await db.fetchval("SELECT count(*) FROM intake.command WHERE command_id = $1", UUID(key))

    @pytest.mark.parametrize(("typed", "said"), [("13812345678", None), (str(UUID(int=7)), str(UUID(int=7)))])
    async def test_what_is_typed_into_a_path_stands_in_no_log(
        self, county: System, monkeypatch: pytest.MonkeyPatch, typed: str, said: str | None
    ):
        """Promise 8: each line has the case of its request, where that is one."""
        lines = []

        async def asked(*_: object) -> None:
            lines.append(structlog.contextvars.get_contextvars())
            raise NotAuthenticated

        monkeypatch.setattr(acting, "asking", asked)
        url = f"{county.url('intake')}/cases/{typed}/classification"
        assert (await county.client.post(url, json={}, headers=headers())).status_code == 401
        assert [line.get("case_id") for line in lines] == [said]

    async def test_tag_that_is_no_version_matches_none(self, county: System):
        """Promise 8: what somebody has seen of a unit stands in events, as versions and as nothing else."""
        for tags, seen in {
            '"3", "110105194912310021"': {3}, '"13812345678"': set(), '"0"': set(), f'"{VERSION_MAX}"': {VERSION_MAX},
            f'"{VERSION_MAX + 1}", W/"4"': set(), '"a3"': set(),
        }.items():  # fmt: skip
            assert acting._versions(tags) == seen
        who = headers(Role.platform_admin, actor="admin-1", If_Match='"13812345678"')
        told = {"name": "县林业局", "level": "county", "competent": True}
        reply = await county.client.put(county.url("assignment") + "/units/LYJ", json=told, headers=who, auth=None)
        refused(reply, 412, Stale)

    @pytest.mark.parametrize(
        ("name", "value", "status"),
        [
            ("Idempotency-Key", str(UUID(int=1)), 400), ("Authorization", "Bearer x.y.z", 400),
            ("Authorization", "Basic x", 400), ("Huiyin-Post", "RSJ/unit_head", 400), ("Huiyin-Post", "", 400),
            ("Content-Type", "application/json", 415), ("X-Request-Id", "second", 201),
        ],
    )  # fmt: skip
    async def test_who_is_told_twice_is_nobody(self, county: System, name: str, value: str, status: int):
        twice = [*headers(X_Request_Id="first", Content_Type="application/json").items(), (name, value)]
        reply = await county.client.post(county.url("intake") + "/petitions", json=petition(), headers=twice, auth=None)
        assert reply.status_code == status, reply.text

    @pytest.mark.parametrize(
        "name",
        [
            "王秀兰",
            "%E7%8E%8B%E7%A7%80%E5%85%B0",
            "a b",
            "a,b",
            "x" * 41,
            "13812345678",
            "11010519491231002X",
            "xm@qq.com",
        ],
    )
    async def test_who_acts_is_a_code_as_described(self, county: System, name: str):
        """It stands in events, where nobody's name stands."""
        for role in (Role.intake_clerk, Role.platform_admin):
            refused_alike(await send(county, actor=name, role=role))


class TestWho:
    """Who acts is proved by a token; as what they act, the directory says."""

    async def test_whatever_is_wrong_with_a_token_is_answered_alike(self, county: System):
        good = headers()["Authorization"]
        wrong = [
            None, "", "Bearer", "Bearer x", "Bearer x.y.z", "Basic Y2xlcms6MQ==", good.removeprefix("Bearer "), good[:-9],
            "Bearer " + "x" * 9_000,
            *(f"Bearer {issuer().token('clerk-1', **claims)}" for claims in (
                {"iss": "https://elsewhere.example"}, {"aud": "another"}, {"exp": 1}, {"nbf": 4e9}, {"typ": "ID"},
            )),
            f"Bearer {issuer().token('clerk-1', key=ECKey.generate_key('P-256', auto_kid=True))}",
        ]  # fmt: skip
        said = [refused_alike(await send(county, Authorization=value)) for value in wrong]
        assert said.count(said[0]) == len(wrong)
        ok(await send(county, Authorization=good), 201)

    async def test_nobody_chooses_for_whom_they_act(self, servers: Servers):
        """The directory is asked: each acts as what they are there, and says which where they are several things."""
        posts = {"clerk-1": [Role.intake_clerk], "clerk-2": [Role.intake_clerk, Role.bureau_officer]}
        async with system(servers) as made, made.within("intake", "assignment", strict=True):
            await made.enter({"code": BUREAU, "competent": False, "officers": posts}, {"code": UNIT})
            ok(await send(made), 201)
            ok(await send(made, Huiyin_Post=None), 201)
            ok(await send(made, actor="clerk-2"), 201)
            refused(await send(made, actor="clerk-2", Huiyin_Post=None), 422, PostNotChosen)
            for post in (f"{UNIT}/intake_clerk", f"{BUREAU}/unit_head", f"{BUREAU}/system", "nowhere/intake_clerk"):
                refused(await send(made, Huiyin_Post=post), 403, NotYourPost)
            for post in (BUREAU, f"{BUREAU}/emperor", "/", "intake_clerk"):
                refused(await send(made, Huiyin_Post=post), 422, PostNotChosen)
            refused(await send(made, actor="stranger"), 403, NotYourPost)

    async def test_question_needs_a_token_and_an_open_one_none(self, county: System):
        for service in SERVICES:
            asked = import_module(f"services.{service}.main").SERVICE.operations
            for operation in (cls.operation for cls in asked if cls.operation.method == "GET"):
                url = county.url(service) + filled(operation.path, [], str(uuid4()))
                reply = await county.client.get(url, auth=None)
                assert (reply.status_code == 401) is not operation.open, (operation.path, reply.text)
                if not operation.open:
                    refused_alike(reply)


class TestStoreAway:
    """No question answers 500 because the database is away: whoever asks shall ask again."""

    @pytest.mark.parametrize(
        ("service", "path"),
        [
            ("assignment", "/units/RSJ"), ("intake", "/lanes"), ("intake", "/lanes/0/events"),
            ("intake", f"/lanes/of/{UUID(int=1)}"), ("mediation", "/lanes/taken"),
            ("accountability", f"/cases/{UUID(int=1)}"),
        ],
    )  # fmt: skip
    async def test_question_is_unavailable(self, servers: Servers, service: str, path: str):
        async with system(servers) as huiyin, huiyin.within(service, parts=frozenset({"api"})):
            huiyin.running[service].database.pool.terminate()
            refused(await huiyin.client.get(huiyin.url(service) + path), 503, Unavailable)


class TestClock:
    @pytest.mark.parametrize(
        "value",
        ["soon", "2025-09-01T09:00:00", "2025-09-01", "1989-12-31T00:00:00Z", "2101-01-01T00:00:00Z",
         "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2025-09-01T09:00:00+25:00", ""],
    )  # fmt: skip
    async def test_time_that_is_no_moment_is_refused(self, county: System, value: str):
        refused(await send(county, Huiyin_Time=value), 400, BadHeader)

    async def test_simulated_time_is_kept_as_such(self, county: System):
        case = ok(await send(county, Huiyin_Time="2025-09-01T09:00:00+08:00"), 201)["case_id"]
        about = await _metadata(county, case)
        assert about.clock is ClockKind.simulated
        assert about.at.isoformat() == "2025-09-01T01:00:00+00:00"

    async def test_command_without_time_happens_now(self, county: System):
        assert (await _metadata(county, ok(await send(county), 201)["case_id"])).clock is ClockKind.real

    async def test_nobody_chooses_the_time_where_the_clock_is_real(self, servers: Servers):
        async with system(servers, ("intake",)) as made:
            real = System.settings
            made.settings = lambda *names, **more: real(made, *names, **more).model_copy(
                update={"clock": ClockKind.real}
            )
            async with made.within("intake"):
                problem = refused(await send(made, Huiyin_Time="2025-09-01T09:00:00+08:00"), 400, BadHeader)
                assert "真实时钟" in problem["detail"]
                ok(await send(made), 201)


class TestVersions:
    async def test_version_is_the_etag_and_goes_on(self, county: System):
        case = await registered(county)
        url = f"{county.url('intake')}/cases/{case}"
        reply = await county.client.get(url)
        assert (reply.headers["etag"], reply.json()["version"]) == ('"1"', 1)
        reply = await county.classify(case)
        assert (reply.headers["etag"], reply.json()["version"]) == ('"2"', 2)
        assert (await county.client.get(url)).headers["etag"] == '"2"'

    @pytest.mark.parametrize("seen", ['"1"', '"7", "1"', "*"])
    async def test_command_with_the_current_version_is_done(self, county: System, seen: str):
        case = await registered(county)
        done = ok(await send(county, path=f"/cases/{case}/petitions", If_Match=seen), 201)
        assert done["version"] == 2

    async def test_versions_may_stand_in_two_headers(self, county: System):
        url = f"{county.url('intake')}/cases/{await registered(county)}/petitions"
        seen = [*headers().items(), ("If-Match", '"1"'), ("If-Match", '"7"')]
        ok(await county.client.post(url, json=petition(), headers=seen), 201)

    @pytest.mark.parametrize("seen", ['"1"', 'W/"2"', '"1", W/"2"', '""', '"-2"', f'"{2**31}"'])
    async def test_command_with_no_current_version_is_refused(self, county: System, seen: str):
        case = await classified(county)
        refused(await send(county, path=f"/cases/{case}/petitions", If_Match=seen), 412, Stale)

    @pytest.mark.parametrize("seen", ["", "1", '"1', '"１"', f'"{"9" * 5000}"', '"1" "2"', ","])
    async def test_version_that_is_no_version_is_refused(self, county: System, seen: str):
        reply = await send(county, path=f"/cases/{uuid4()}/petitions", If_Match=seen.encode())
        refused(reply, 400, BadHeader)

    async def test_of_two_at_once_who_saw_the_same_version_one_is_refused(self, county: System, monkeypatch):
        """The other one's event lands after this one has loaded: it is a lost race and not an old version."""
        case = await registered(county)
        store, faster = county.running["intake"].store, []
        read = store.streams.of

        async def slowly(stream):
            loaded = await read(stream)
            faster.append(stream)
            if len(faster) == 3:  # once to see who may know, once who has petitioned, and once to decide
                ok(await send(county, path=f"/cases/{case}/petitions"), 201)
            return loaded

        monkeypatch.setattr(store.streams, "of", slowly)
        refused(await send(county, path=f"/cases/{case}/petitions", If_Match='"1"'), 409, Conflict)

    async def test_who_named_no_version_decides_again(self, county: System):
        case = await registered(county)
        path = f"/cases/{case}/petitions"
        for reply in await asyncio.gather(*(send(county, path=path) for _ in range(5))):
            assert reply.status_code == 201, reply.text
        seen = ok(await county.client.get(f"{county.url('intake')}/cases/{case}"))
        assert (seen["petitions"], seen["version"]) == (6, 6)


class TestKeys:
    async def test_key_may_be_the_string_of_a_structured_field(self, county: System):
        key = str(uuid4())
        bare, quoted = [await send(county, Idempotency_Key=form) for form in (key, f'"{key}"')]
        assert ok(bare, 201) == ok(quoted, 201)

    async def test_same_command_again_is_the_same_answer(self, county: System):
        key = str(uuid4())
        first, *others = await asyncio.gather(*(send(county, Idempotency_Key=key) for _ in range(4)))
        assert {r.status_code for r in (first, *others)} == {201}
        assert {r.content for r in others} == {first.content}
        assert {r.headers["etag"] for r in others} == {first.headers["etag"]}

    async def test_same_key_for_another_body_is_refused(self, county: System):
        key = str(uuid4())
        ok(await send(county, Idempotency_Key=key), 201)
        refused(await send(county, petition(channel="letter"), Idempotency_Key=key), 422, KeyReused)

    async def test_same_key_for_another_path_is_refused(self, county: System):
        key, case = str(uuid4()), await registered(county)
        ok(await send(county, path=f"/cases/{case}/petitions", Idempotency_Key=key), 201)
        refused(await send(county, Idempotency_Key=key), 422, KeyReused)

    @pytest.mark.parametrize("other", [{"actor": "clerk-2"}, {"unit": "RSJ"}, {"role": Role.petitioner}], ids=str)
    async def test_reply_is_for_nobody_else(self, county: System, other: dict[str, Any]):
        key = str(uuid4())
        code = ok(await send(county, Idempotency_Key=key), 201)["query_code"]
        reply = await send(county, Idempotency_Key=key, **other)
        refused(reply, 422, KeyReused)
        assert code not in reply.text

    async def test_key_used_in_two_services_makes_two_events(self, county: System):
        case, key = await registered(county), uuid4()
        body = {"kind": "appeal_for_resolution", "route": "petition_procedure", "category": "unpaid_wages"}
        more = {"role": Role.bureau_officer, "key": key}
        ok(await county.send("intake", f"/cases/{case}/classification", body, **more))
        ok(await county.send("assignment", f"/cases/{case}/assignment", {"mode": "forward", "unit": UNIT}, **more))
        async with county.sql() as db:
            events = "SELECT id FROM intake.event WHERE case_id = $1 UNION ALL SELECT id FROM assignment.event WHERE case_id = $1"
            ids = [row["id"] for row in await db.fetch(events, UUID(case))]
        assert len(ids) == len(set(ids)) == 4

    async def test_answer_is_the_same_when_the_command_could_not_be_done_any_more(self, county: System):
        case, key = await registered(county), str(uuid4())
        body = {"kind": "suggestion", "route": "petition_procedure", "category": "other"}
        more = {"path": f"/cases/{case}/classification", "role": Role.bureau_officer, "Idempotency_Key": key}
        first, again = await send(county, body, **more), await send(county, body, **more)
        assert (first.status_code, again.status_code) == (200, 200)
        assert first.content == again.content


class TestLists:
    async def test_cursor_that_the_list_did_not_give_is_invalid(self, county: System):
        for service in SERVICES:
            for cls in LISTS[service]:
                sort, table = cls.model_fields.get("sort"), cls.of_row.view.table
                url = county.url(service) + cls.operation.path.format(case_id=uuid4())
                who = KEEPER if {*cls.operation.by} == {Role.platform_admin} else None
                for by in get_args(sort.annotation) if sort else ("id",):
                    query = {"sort": by} if sort else {}
                    for forged in ([table, by, value, str(uuid4())] for value in FORGED):
                        after = base64.urlsafe_b64encode(msgspec.json.encode(forged)).decode()
                        reply = await county.client.get(url, params=query | {"after": after}, headers=who)
                        assert reply.status_code in {200, 422}, (url, forged, reply.text)
                    for of in (["other", by], [table, "other"]):
                        after = base64.urlsafe_b64encode(msgspec.json.encode([*of, None, str(uuid4())])).decode()
                        refused(
                            await county.client.get(url, params=query | {"after": after}, headers=who), 422, Invalid
                        )

    @pytest.mark.parametrize("query", ["status=closed", "State=closed", "state=clozed", "state=", "unit=RSJ", "x"])
    async def test_filter_that_there_is_not_is_refused(self, county: System, query: str):
        """A list that leaves a filter out of account shows everything as if it were what was asked for."""
        refused(await county.client.get(f"{county.url('intake')}/cases?{query}"), 422, Invalid)

    async def test_filter_by_a_term_knows_the_terms(self):
        """What is misspelt is refused and not found nowhere, in every list."""
        closed = {"state", "kind", "channel", "route", "category", "mode", "level", "cause", "occasion", "system"}
        for cls in (cls for service in SERVICES for cls in LISTS[service]):
            for name in closed & cls.model_fields.keys():
                term, *_ = get_args(cls.model_fields[name].annotation) or (cls.model_fields[name].annotation,)
                assert issubclass(term, Enum), (cls, name)

    async def test_reply_is_called_the_same_everywhere(self, county: System):
        for service in SERVICES:
            described = ok(await county.client.get(county.url(service) + "/openapi.json"))
            for cls in LISTS[service]:
                told = cls.operation.told()
                answer = described["paths"][told["path"]]["get"]["responses"]["200"]["content"]["application/json"]
                assert answer["schema"]["$ref"].rpartition("/")[2] == told["reply"]


class TestProblems:
    async def test_every_code_is_explained(self, county: System):
        for service in SERVICES:
            described = ok(await county.client.get(county.url(service) + "/openapi.json"))
            codes = described["components"]["schemas"]["ProblemCode"]["enum"]
            assert {"invalid", "not_found", "stale", "http_415"} < set(codes)
            for code in codes:
                told = ok(await county.client.get(f"{county.url(service)}/problems/{code}"))
                assert told["code"] == code
                assert told["cause"]
                assert told["what_to_do"]

    async def test_code_that_there_is_not_is_not_found(self, county: System):
        refused(await county.client.get(county.url("intake") + "/problems/nonsense"), 404, NotFound)

    @pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "text/json", ""])
    async def test_body_that_is_no_json_is_refused_by_its_type(self, county: System, kind: str):
        url = county.url("intake") + "/petitions"
        reply = await county.client.post(url, content=b"{}", headers=headers() | {"Content-Type": kind})
        assert (reply.status_code, reply.json()["code"]) == (415, "http_415")

    async def test_unknown_path_is_a_problem(self, county: System):
        for service in SERVICES:
            reply = await county.client.get(county.url(service) + "/nothing/here")
            assert (reply.status_code, reply.headers["content-type"]) == (404, "application/problem+json")
            assert reply.json()["code"] == "http_404"

    @pytest.mark.parametrize("path", ["/health/live", "/health/ready"])
    async def test_probe_may_ask_for_the_head_alone(self, county: System, path: str):
        """Balancers probe by HEAD."""
        for service in SERVICES:
            reply = await county.client.head(county.url(service) + path)
            assert (reply.status_code, reply.content) == (200, b"")

    async def test_other_method_says_which_ones_there_are(self, county: System):
        for method in ("PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "GET"):
            reply = await county.client.request(method, county.url("intake") + "/petitions")
            assert (reply.status_code, reply.headers["content-type"]) == (405, "application/problem+json")
            assert reply.headers["allow"] == "POST"

    @pytest.mark.parametrize("path", ["/cases/{}", "/cases/{}/contents/{}?purpose=supervision"])
    async def test_unknown_case_is_not_found(self, county: System, path: str):
        url = county.url("intake") + path.format(uuid4(), uuid4())
        refused(await county.client.get(url, headers=headers(Role.supervisor)), 404, NotFound)

    async def test_body_over_the_limit_is_refused_unread(self, county: System):
        url = county.url("intake") + f"/cases/{uuid4()}/classification"
        json = headers(Role.bureau_officer) | {"Content-Type": "application/json"}
        reply = await county.client.post(url, content=b" " * (BODY_BYTES_MAX + 1), headers=json)
        refused(reply, 413, TooLarge)
        reply = await county.client.post(url, content=b" " * BODY_BYTES_MAX, headers=json)
        assert reply.status_code == 422

    @pytest.mark.parametrize(
        "content",
        [b"", b"null", b"[]", b'"x"', b"{", b"\xff\xfe", b"\x00", b"{}" * 9, b"[" * 50_000, b'{"a":' * 30_000,
         b"9" * 5000, b'{"person_count": %s}' % (b"9" * 5000), b'"\\ud800"', b"NaN"],
        ids=lambda content: repr(content[:12]),
    )  # fmt: skip
    @pytest.mark.parametrize("kind", ["application/json", "application/cloudevents+json; charset=utf-8"])
    async def test_body_that_is_no_petition_is_invalid(self, county: System, content: bytes, kind: str):
        url = county.url("intake") + "/petitions"
        reply = await county.client.post(url, content=content, headers=headers() | {"Content-Type": kind})
        refused(reply, 422, Invalid)

    async def test_refusal_repeats_nothing_of_what_was_sent(self, county: System):
        secret = "赵六不可泄露"
        body = petition(petitioner={"name": secret, "phone": secret * 99, secret: secret}, received_at=secret) | {
            secret: secret
        }
        reply = await send(county, body)
        problem = refused(reply, 422, Invalid)
        assert {e["at"] for e in problem["errors"]} >= {"body.received_at", "body.petitioner"}
        assert secret not in reply.text
        assert "\\u8d75" not in reply.text.lower()


async def _metadata(county: System, case: str) -> Metadata:
    async with county.sql() as db:
        row = await db.fetchval("SELECT packed FROM intake.event WHERE stream_id = $1 AND version = 1", UUID(case))
    return msgspec.json.decode(unpack(row)[0], type=Metadata)
