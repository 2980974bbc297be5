"""Every port answers to its own names alone, and to no page of somebody else's; and whence a request comes."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest
import pytest_asyncio

from contracts.envelope import SERVICES
from services.chassis.http import edge
from services.chassis.http.acting import whence
from services.chassis.http.answers import ForeignOrigin, WrongHost
from services.chassis.settings import Settings
from tests.harness import Servers, System
from tests.rules import refused
from tests.steps import open_county

PATHS = ("/health/live", "/health/ready", "/metrics", "/openapi.json", "/cases", "/nothing", "/problems/invalid")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def county(servers: Servers):
    async with open_county(servers) as made:
        yield made


async def asked(county: System, path: str, service: str = "intake", **headers: str) -> httpx2.Response:
    return await county.client.get(county.url(service) + path, headers=headers)


@pytest.mark.asyncio(loop_scope="module")
class TestForWhom:
    async def test_nothing_is_answered_to_a_name_that_is_not_ours(self, county: System):
        """A page whose name leads to this machine by now (DNS rebinding) reads and does nothing here."""
        for service in SERVICES:
            for path in PATHS:
                refused(await asked(county, path, service, Host="evil.example"), 421, WrongHost)
        body = {"query_code": "0000-0000-0000"}
        url = f"{county.url('intake')}/petition-sessions"
        refused(await county.client.post(url, json=body, headers={"Host": "evil.example"}), 421, WrongHost)

    async def test_page_of_somebody_elses_is_answered_nothing(self, county: System):
        for origin in ("https://evil.example", "null", "http://localhost.evil.example", "file://", "localhost"):
            for path in PATHS:
                refused(await asked(county, path, Origin=origin), 403, ForeignOrigin)
        for origin in (county.url("intake"), "http://localhost:3000"):
            assert (await asked(county, "/health/live", Origin=origin)).status_code == 200

    @pytest.mark.parametrize("host", ["localhost", "LOCALHOST:80", "localhost.", "127.0.0.1:9", "[::1]", "[::1]:8701"])
    async def test_loopback_is_ours(self, county: System, host: str):
        assert (await asked(county, "/health/live", Host=host)).status_code == 200

    @pytest.mark.parametrize(
        "host",
        ["", "localhost, evil.example", "x@localhost", "localhost:port", "127.0.0.1.evil.example", "[::2]", "::1"],
    )
    async def test_what_only_looks_like_it_is_not(self, county: System, host: str):
        refused(await asked(county, "/health/live", Host=host), 421, WrongHost)

    async def test_checker_sees_a_port_that_answers_everybody(self, county: System, monkeypatch: pytest.MonkeyPatch):
        """MUTANT: nobody looks for whom a request is."""
        monkeypatch.setattr(edge.Edge, "_must_be_for_us", lambda *_: None)
        for test in (
            self.test_nothing_is_answered_to_a_name_that_is_not_ours,
            self.test_page_of_somebody_elses_is_answered_nothing,
        ):
            with pytest.raises(AssertionError):
                await test(county)


def test_names_are_those_of_loopback_of_what_it_binds_to_and_those_that_it_is_told():
    def names(**told: Any) -> frozenset[str]:
        return Settings(database_url="unused", kafka="unused", **told).names("intake")

    own = {"localhost", "127.0.0.1", "[::1]"}
    assert names() == own
    assert names(host="0.0.0.0") == own
    assert names(host="10.1.2.3") == own | {"10.1.2.3"}
    assert names(host="::") == own
    assert names(hosts="Xinfang.example, fd00::1") == own | {"xinfang.example", "[fd00::1]"}
    peers = {"intake": "http://intake:8701", "mediation": "http://mediation:8703"}
    assert names(peers=peers) == own | {"intake"}


@pytest.mark.parametrize(
    ("there", "told", "proxies", "found"),
    [
        ("192.0.2.1", None, 0, "192.0.2.1"),
        ("192.0.2.1", "198.51.100.7", 0, "192.0.2.1"),
        ("192.0.2.1", "198.51.100.7", 1, "198.51.100.7"),
        ("192.0.2.1", "203.0.113.9, 198.51.100.7", 1, "198.51.100.7"),
        ("192.0.2.1", "203.0.113.9, 198.51.100.7, 192.0.2.2", 2, "198.51.100.7"),
        ("192.0.2.1", "198.51.100.7", 2, "192.0.2.1"),
        ("192.0.2.1", "", 1, "192.0.2.1"),
        ("2001:db8::1:2:3:4", None, 0, "2001:db8::/64"),
        ("::ffff:192.0.2.1", None, 0, "192.0.2.1"),
        ("192.0.2.1", "198.51.100.7:40123", 1, "198.51.100.7"),
        ("192.0.2.1", "[2001:db8::1:2:3:4]:40123", 1, "2001:db8::/64"),
        ("192.0.2.1", "unknown", 1, "unknown"),
        ("192.0.2.1", "x" * 900, 1, "x" * 200),
    ],
)
def test_source_is_the_connection_or_whom_the_last_trusted_proxy_was_asked_by(
    there: str, told: str | None, proxies: int, found: str
):
    headers = {} if told is None else {b"x-forwarded-for": told.encode()}
    assert whence({"client": (there, 1), "state": {"headers": headers}}, proxies) == found
