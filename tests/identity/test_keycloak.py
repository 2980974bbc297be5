"""Promises 37 and 38 at the real Keycloak: who proves what, and when what was proved is believed no more."""

from __future__ import annotations

import asyncio
import os
import re
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final
from uuid import uuid4

import httpx2
import pytest

from contracts.vocabulary import Level, Role
from services.chassis.account import Account
from services.chassis.directory import Directory, Entry, Post
from services.chassis.errors import SourceAway
from services.chassis.identity import tokens
from services.chassis.identity.tokens import LIFE_SECONDS_MAX, SKEW_SECONDS_MAX, NotAuthenticated, Tokens
from services.chassis.identity.who import PLATFORM, Identity, NotYourPost, Who
from services.chassis.settings import Settings
from services.cli.clients import CLIENT as PEOPLE
from services.cli.embedded.keycloak import ADMIN, EmbeddedKeycloak
from services.cli.realm import CLAIM, CLIENTS, FAILURES_MAX, OURS, REALM, department, realm_of, site
from services.scenario import accounts as everybody
from services.scenario.accounts import PLAYER, TOTP_SECONDS, Accounts, Secrets, one_time
from services.scenario.county import Officer
from tests.cli.console import python
from tests.harness import ROOT, Servers, System, until
from tests.identity.browser import Browser

pytestmark = [pytest.mark.timeout(600), pytest.mark.servers]
SECRET: Final = "only-in-tests"
TODAY: Final = date(2026, 3, 2)
ENDED_SECONDS_MAX: Final = 60
"""How long somebody may still act who has been let go (promise 38)."""


def officer(code: str, *roles: Role) -> Officer:
    return Officer(code, "RSJ", "干部", roles, "某某")


OFFICERS: Final = (
    officer("CO-1", Role.case_officer),
    officer("CO-2", Role.case_officer),
    officer("CO-3", Role.case_officer),
    officer("ROOT", Role.platform_admin),
    officer("ROOT-2", Role.platform_admin),
    officer("JW-1", Role.discipline_officer),
    officer("JW-2", Role.discipline_officer),
)


@dataclass
class Provider:
    """The node, the realm in it, and what its operator can do."""

    node: EmbeddedKeycloak
    known: Secrets

    @property
    def issuer(self) -> str:
        return f"{self.node.url}/realms/{REALM}"

    def operate(self, method: str, path: str, body: Any = None) -> Any:
        """Do something as the operator, who has an hour's worth of tokens and takes a new one each time."""
        form = {
            "grant_type": "client_credentials", "client_id": ADMIN, "client_secret": self.node._known()["operator"],
        }  # fmt: skip
        with httpx2.Client(trust_env=False, timeout=30) as http:
            master = f"{self.node.url}/realms/master/protocol/openid-connect/token"
            token = http.post(master, data=form).json()["access_token"]
            reply = http.request(
                method, f"{self.node.url}/admin/realms{path}", json=body, headers={"Authorization": f"Bearer {token}"}
            )
        assert reply.is_success, reply.text
        return reply.json() if reply.content else None

    def change(self, code: str, **what: Any) -> None:
        """Change the account of somebody."""
        (user,) = self.operate("GET", f"/{REALM}/users?exact=true&username={code.lower()}")
        self.operate("PUT", f"/{REALM}/users/{user['id']}", user | what)

    def asked(self, form: dict[str, str], realm: str = REALM) -> httpx2.Response:
        with httpx2.Client(trust_env=False, timeout=30) as http:
            return http.post(f"{self.node.url}/realms/{realm}/protocol/openid-connect/token", data=form)

    def by_password(self, code: str, **more: str) -> httpx2.Response:
        form = {
            "grant_type": "password", "client_id": PLAYER, "client_secret": SECRET, "username": code.lower(),
            "password": self.known.password,
        }  # fmt: skip
        return self.asked(form | more)

    def token(self, code: str) -> str:
        told = self.by_password(code)
        assert told.status_code == 200, told.text
        return str(told.json()["access_token"])

    def browser(self) -> Browser:
        return Browser(self.issuer, PEOPLE)

    def settings(self, **more: Any) -> Settings:
        return Settings(
            **{"database_url": "postgresql://nowhere", "kafka": "nowhere:1", "oidc_issuer": self.issuer}
            | {"oidc_secret": SECRET, "oidc_claim": CLAIM, **more}
        )

    @property
    def reading(self) -> Tokens:
        return Tokens(self.settings())


@pytest.fixture(scope="module")
def provider(servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    """The node; its store lies in the PostgreSQL of the run, if that is an embedded one."""
    servers.postgres.start()
    node = EmbeddedKeycloak(tmp_path_factory.mktemp("provider"), servers.postgres)
    made = Secrets.made(())
    known = Secrets(made.password, made.totp, dict.fromkeys(CLIENTS, SECRET))
    try:
        node.start(realm_of(OFFICERS, known))
        yield Provider(node, known)
    finally:
        node.stop()


@pytest.fixture(scope="module")
async def root(provider: Provider) -> str:
    """The token of whoever keeps the platform running."""
    async with Accounts(provider.issuer, provider.known, {"ROOT"}) as accounts:
        return await accounts.token("ROOT")


@pytest.fixture(scope="module")
async def second(provider: Provider) -> str:
    """The token of another person who does."""
    async with Accounts(provider.issuer, provider.known, {"ROOT-2"}) as accounts:
        return await accounts.token("ROOT-2")


class Known:
    """A directory that stays as it is."""

    def __init__(self, directory: Directory) -> None:
        self.current = directory

    async def in_force(self) -> Directory:
        return self.current

    async def renew(self, used: Directory, *, patience_seconds: float) -> bool:
        return self.current is not used


def identity(provider: Provider, **officers: Post) -> Identity:
    units = [Entry("RSJ", "人社局", Level.county, officers=officers), Entry("JYJ", "教育局", Level.county)]
    return Identity(provider.reading, Known(Directory.of(units)))  # type: ignore[arg-type]  # what of it is asked here


async def refused(reading: Tokens, token: str) -> None:
    with pytest.raises(NotAuthenticated):
        await reading.read(token)


class TestWho:
    async def test_the_token_says_by_which_code_the_directory_knows_somebody(self, provider: Provider):
        """Keycloak writes names of users small, and the directory does not."""
        with provider.browser() as browser:
            told = browser.log_in("co-1", provider.known.password)
        claims = await provider.reading.read(told["access_token"])
        assert (claims.name, claims.azp, claims.roles) == ("CO-1", PEOPLE, frozenset())
        for other in ("id_token", "refresh_token"):
            await refused(provider.reading, told[other])

    async def test_people_log_in_in_chinese(self, provider: Provider):
        with provider.browser() as browser:
            page = browser.page().text
            assert 'lang="zh-CN"' in page
            assert "登录" in page
            wrong = browser.sent(browser.page(), username="co-1", password="not-the-password").text
        assert "无效的用户名或密码" in wrong

    async def test_discipline_officers_and_administrators_need_a_second_factor(self, provider: Provider, root: str):
        assert provider.by_password("JW-1").status_code == 400
        async with Accounts(provider.issuer, provider.known, {"JW-1"}) as accounts:
            assert (await provider.reading.read(await accounts.token("JW-1"))).name == "JW-1"
        claims = await provider.reading.read(root)
        assert (claims.name, claims.roles) == ("ROOT", {Role.platform_admin})
        with provider.browser() as browser:
            asked = browser.sent(browser.page(), username="jw-1", password=provider.known.password)
            assert 'name="otp"' in asked.text

    async def test_a_one_time_password_proves_nothing_twice(self, provider: Provider, monkeypatch: pytest.MonkeyPatch):
        """Who has just shown one waits for the next: here in a world where that is at hand."""
        begun = time.monotonic()
        last = (time.time() // TOTP_SECONDS + 1) * TOTP_SECONDS - 1
        clock = SimpleNamespace(time=lambda: last + time.monotonic() - begun, monotonic=time.monotonic)
        once = one_time(provider.known.totp, last)
        assert provider.by_password("JW-2", totp=once).is_success
        monkeypatch.setattr(everybody, "time", clock)
        async with Accounts(provider.issuer, provider.known, {"JW-2"}) as accounts:
            assert (await provider.reading.read(await accounts.token("JW-2"))).name == "JW-2"
        assert provider.by_password("JW-2", totp=once).status_code == 400

    async def test_who_guesses_passwords_must_wait_and_so_must_who_knows_it(self, provider: Provider):
        for _ in range(FAILURES_MAX):
            assert provider.by_password("CO-3", password="a-wrong-password").status_code == 400
        assert provider.by_password("CO-3").status_code == 400
        assert provider.by_password("CO-2").status_code == 200


class TestCommandLine:
    async def test_who_logs_in_has_a_token_until_they_log_out(self, provider: Provider, tmp_path: Path):
        """`huiyin login` names a page; whoever confirms the code there is logged in at the terminal."""
        told = {"HUIYIN_OIDC_ISSUER": provider.issuer, "HUIYIN_DATA_DIR": str(tmp_path)}
        waiting = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "services.cli", "login", cwd=ROOT, env=os.environ | {"PYTHONUTF8": "1"} | told,
            stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        assert waiting.stdout is not None
        named = re.search(r"http://\S+", (await waiting.stdout.readline()).decode())
        assert named
        code = (await waiting.stdout.readline()).decode().split()[-1]
        with provider.browser() as browser:
            asked = browser.sent(browser.opened(named[0]), username="co-2", password=provider.known.password)
            assert code in named[0]
            hidden = re.search(r'name="code" value="([^"]+)"', asked.text)
            assert hidden, asked.text
            assert "设备登录成功" in browser.sent(asked, accept="Yes", code=hidden[1]).text
        said, _ = await waiting.communicate()
        assert (waiting.returncode, said.decode()) == (0, "已登录。\n")
        assert (tmp_path / "session.json").stat().st_mode & 0o077 == 0, "nobody else reads what renews a token"

        shown = await python("-m", "services.cli", "token", **told)
        assert (await provider.reading.read(shown.out.strip())).name == "CO-2"
        assert (await python("-m", "services.cli", "logout", **told)).code == 0
        over = await python("-m", "services.cli", "token", **told)
        assert (over.code, over.out) == (1, "")
        assert "huiyin login" in over.err

    async def test_a_site_begins_with_one_account_that_chooses_its_own_password(self, provider: Provider):
        provider.operate(
            "POST", "", site(dict.fromkeys(OURS, SECRET), "OP-1", "for-the-first-time") | {"realm": "site"}
        )
        with Browser(f"{provider.node.url}/realms/site", PEOPLE) as browser:
            assert (
                'id="kc-totp-settings-form"'
                in browser.sent(browser.page(), username="op-1", password="for-the-first-time").text
            )
        form = {
            "grant_type": "password", "client_id": PLAYER, "client_secret": SECRET, "username": "op-1",
            "password": "for-the-first-time",
        }  # fmt: skip
        assert provider.asked(form, "site").json()["error"] == "invalid_client", "nobody is played there"


class TestSystems:
    async def test_a_service_is_a_system_by_its_own_secret(self, provider: Provider):
        bearer = await Account(provider.settings(), "huiyin-mediation").bearer()
        who = await identity(provider).who(bearer, None, TODAY)
        assert who == Who("system:mediation", PLATFORM, Role.system)
        with pytest.raises(SourceAway):
            await Account(provider.settings(oidc_secret="a-guess"), "huiyin-mediation").bearer()

    async def test_a_departments_system_is_what_the_directory_says_of_its_code(self, provider: Provider):
        provider.node.add(REALM, department("rsj-wages", "劳动监察系统", "SYS-1", "its-own"))
        form = {"grant_type": "client_credentials", "client_id": "rsj-wages", "client_secret": "its-own"}
        token = provider.asked(form).json()["access_token"]
        receiver = identity(provider, **{"SYS-1": Post((Role.unit_receiver,))})
        assert await receiver.who(token, None, TODAY) == Who("SYS-1", "RSJ", Role.unit_receiver)
        for foreign in ("RSJ/case_officer", "JYJ/unit_receiver", "platform/system", "RSJ/petitioner"):
            with pytest.raises(NotYourPost):
                await receiver.who(token, foreign, TODAY)
        with pytest.raises(NotYourPost):
            await identity(provider).who(token, None, TODAY)

    async def test_a_token_of_another_realm_is_refused(self, provider: Provider):
        """By the same node, for the same audience, in the same name."""
        ours = realm_of((), provider.known)
        (door,) = (client for client in ours["clients"] if client["clientId"] == "huiyin-intake")
        provider.operate("POST", "", {"realm": "another", "enabled": True, "clients": [door]})
        form = {"grant_type": "client_credentials", "client_id": "huiyin-intake", "client_secret": SECRET}
        for realm, said in ((REALM, True), ("another", False)):
            token = provider.asked(form, realm).json()["access_token"]
            if said:
                assert (await provider.reading.read(token)).azp == "huiyin-intake"
            else:
                await refused(provider.reading, token)


class TestEnd:
    async def test_who_is_let_go_renews_nothing_and_is_out_within_a_minute(self, provider: Provider):
        with provider.browser() as browser:
            told = browser.log_in("co-1", provider.known.password)
            renewing = {"grant_type": "refresh_token", "refresh_token": told["refresh_token"]}
            renewed = browser.asked("token", renewing)
            assert renewed.status_code == 200, renewed.text
            reused = browser.asked("token", renewing)
            assert reused.status_code == 400, "what renews a token does so once"
        with provider.browser() as browser:
            told = browser.log_in("co-1", provider.known.password)
            reading = provider.reading
            claims = await reading.read(told["access_token"])
            provider.change("CO-1", enabled=False)
            try:
                gone = browser.asked("token", renewing | {"refresh_token": told["refresh_token"]})
                assert gone.status_code == 400
                assert provider.by_password("CO-1").status_code == 400
                assert "登录" in browser.page().text
            finally:
                provider.change("CO-1", enabled=True)
        assert claims.exp + SKEW_SECONDS_MAX - time.time() <= ENDED_SECONDS_MAX < LIFE_SECONDS_MAX
        reading.now = lambda: claims.exp + SKEW_SECONDS_MAX
        await refused(reading, told["access_token"])

    async def test_who_logs_out_renews_nothing(self, provider: Provider):
        with provider.browser() as browser:
            told = browser.log_in("co-2", provider.known.password)
            assert browser.asked("logout", {"refresh_token": told["refresh_token"]}).status_code == 204
            again = browser.asked("token", {"grant_type": "refresh_token", "refresh_token": told["refresh_token"]})
            assert again.status_code == 400
            assert 'name="password"' in browser.page().text, "the page knows nobody any more"

    async def test_who_changes_their_post_acts_as_what_they_are_now(
        self, provider: Provider, root: str, second: str, huiyin: System
    ):
        """With the very same token, and without another login; at every service."""
        told = {"oidc_issuer": provider.issuer, "oidc_secret": SECRET, "oidc_claim": CLAIM}
        officer = {"Authorization": f"Bearer {provider.token('CO-2')}"}

        async def tell(method: str, path: str, body: Any = None, keeper: str = root) -> None:
            headers = {"Authorization": f"Bearer {keeper}", "Idempotency-Key": str(uuid4())}
            reply = await huiyin.client.request(method, huiyin.url("assignment") + path, json=body, headers=headers)
            if reply.status_code == 202:
                await tell("POST", f"/changes/{reply.json()['change_id']}/approval", {}, second)
            else:
                assert reply.status_code == 200, reply.text

        async def asked(service: str, post: str) -> tuple[int, str | None]:
            reply = await huiyin.client.get(f"{huiyin.url(service)}/cases", headers=officer | {"Huiyin-Post": post})
            return reply.status_code, reply.json().get("code")

        async with huiyin.within("assignment", "intake", strict=True, **told):
            posts = {"JYJ": Role.case_officer, "RSJ": Role.unit_receiver}
            for code, role in posts.items():
                await tell("PUT", f"/units/{code}", {"name": code, "level": "county", "competent": True})
                assert await asked("assignment", f"{code}/{role}") == (403, "not_your_post")
                post = {"post": "干部", "roles": [role], "name": "某某"}
                await tell("PUT", f"/units/{code}/officers/CO-2", post)
                for service in ("assignment", "intake"):
                    assert await asked(service, f"{code}/{role}") == (200, None), "a new post is asked for at once"
            await tell("DELETE", "/units/JYJ/officers/CO-2")

            async def out() -> bool:
                said = [await asked(service, "JYJ/case_officer") for service in ("assignment", "intake")]
                return said == [(403, "not_your_post")] * 2

            await until(out, "every service has heard of it", ENDED_SECONDS_MAX)
            assert await asked("intake", "RSJ/unit_receiver") == (200, None)

    async def test_a_key_that_is_gone_is_believed_no_more(self, provider: Provider, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(tokens, "ASKED_SECONDS_MIN", 0.0)
        reading, old = provider.reading, provider.token("CO-2")
        await reading.read(old)
        keys = f"/{REALM}/components"
        former = provider.operate("GET", f"{keys}?type=org.keycloak.keys.KeyProvider")
        (signing,) = (key for key in former if key["providerId"] == "rsa-generated")
        config = {name: [value] for name, value in {"priority": "200", "enabled": "true", "active": "true"}.items()}
        new = signing | {"id": None, "name": f"new-{uuid4()}", "config": config}
        provider.operate("POST", keys, {name: value for name, value in new.items() if value is not None})
        fresh = provider.token("CO-2")
        assert (await reading.read(fresh)).name == "CO-2", "a new key is asked for at once"
        assert (await reading.read(old)).name == "CO-2", "the former one is still there"
        provider.operate("DELETE", f"{keys}/{signing['id']}")
        reading.now = lambda: time.time() + tokens.OLD_SECONDS_MAX
        await refused(reading, old)
        assert (await reading.read(provider.token("CO-2"))).name == "CO-2"
