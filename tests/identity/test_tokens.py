"""Promise 37: only correct tokens pass, and whoever is refused learns nothing of why."""

from __future__ import annotations

import base64
import hmac
import json
import time
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from joserfc.jwk import ECKey, RSAKey
from pydantic import SecretStr

from services.chassis.errors import Unavailable
from services.chassis.identity import tokens
from services.chassis.identity.tokens import TOKEN_BYTES_MAX, NotAuthenticated, Tokens
from services.chassis.settings import Settings
from tests.issuer import Issuer


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    made = Issuer()
    yield made
    made.close()


@pytest.fixture
def reading(issuer: Issuer) -> Tokens:
    return Tokens(Settings(database_url=SecretStr("postgresql://nowhere"), kafka="nowhere:1", oidc_issuer=issuer.url))


def parts(token: str) -> list[str]:
    return token.split(".")


def packed(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def unsigned(issuer: Issuer, alg: str) -> str:
    return f"{packed({'alg': alg, 'kid': issuer.keys[0].kid})}.{packed(issuer.claims('co-1'))}."


def with_public_key_as_secret(issuer: Issuer) -> str:
    """HS256 by what everybody knows: the bytes of the public key (CVE-2026-48523 and its elders)."""
    signed = f"{packed({'alg': 'HS256', 'kid': issuer.keys[0].kid})}.{packed(issuer.claims('co-1'))}"
    digest = hmac.digest(issuer.keys[0].as_pem(private=False), signed.encode(), "sha256")
    return f"{signed}.{base64.urlsafe_b64encode(digest).rstrip(b'=').decode()}"


def changed(issuer: Issuer) -> str:
    head, _, signature = parts(issuer.token("co-1"))
    return f"{head}.{packed(issuer.claims('h-1'))}.{signature}"


def with_another_head(issuer: Issuer, **more: Any) -> str:
    return issuer.token("co-1", head=more)


def of_a_stranger(issuer: Issuer, kid: str | None = None) -> str:
    return issuer.token("co-1", key=ECKey.generate_key("P-256", {"kid": kid or str(uuid4())}))


def by_a_key_for_something_else(issuer: Issuer, **says: str) -> str:
    """Signed rightly by a key of the provider that says that it is for something else."""
    key = RSAKey.generate_key(2048)
    issuer.keys.append(RSAKey.import_key(key.as_dict(private=True), {"kid": "other", **says}))
    return issuer.token("co-1", key=key, head={"alg": "RS256", "kid": "other"})


Forging = Callable[[Issuer], str]
NOW = time.time()
FORGED: dict[str, Forging] = {
    "nothing": lambda _: "",
    "a word": lambda _: "token",
    "two dots": lambda _: "..",
    "no base64": lambda _: "ü.ü.ü",
    "four parts": lambda i: i.token("co-1") + ".x",
    "head is a list": lambda i: f"{packed([])}.{packed(i.claims('co-1'))}.x",
    "none": lambda i: unsigned(i, "none"),
    "None": lambda i: unsigned(i, "None"),
    "no signature": lambda i: unsigned(i, "ES256"),
    "HS256 by the public key": with_public_key_as_secret,
    "another payload": changed,
    "half a signature": lambda i: i.token("co-1")[:-20],
    "a stranger's key": of_a_stranger,
    "a stranger's key under a known name": lambda i: of_a_stranger(i, i.keys[0].kid),
    "no kid": lambda i: with_another_head(i, kid=None),
    "kid is a number": lambda i: f"{packed({'alg': 'ES256', 'kid': 1})}.{packed(i.claims('co-1'))}.x",
    "crit": lambda i: f"{packed({'alg': 'ES256', 'kid': i.keys[0].kid, 'crit': ['exp']})}.{packed(i.claims('co-1'))}.x",
    "jku": lambda i: with_another_head(i, jku="https://evil.example/keys"),
    "x5u": lambda i: with_another_head(i, x5u="https://evil.example/cert"),
    "jwk": lambda i: with_another_head(i, jwk=i.keys[0].as_dict(private=False)),
    "x5c": lambda i: with_another_head(i, x5c=["MIIB"]),
    "typ of something else": lambda i: with_another_head(i, typ="logout+jwt"),
    "key for encryption": lambda i: by_a_key_for_something_else(i, use="enc"),
    "key bound to another algorithm": lambda i: by_a_key_for_something_else(i, use="sig", alg="PS256"),
    "another audience": lambda i: i.token("co-1", aud="account"),
    "no audience": lambda i: i.token("co-1", aud=None),
    "audiences without us": lambda i: i.token("co-1", aud=["account", "huiyin2"]),
    "another issuer": lambda i: i.token("co-1", iss="https://evil.example"),
    "issuer with a tail": lambda i: i.token("co-1", iss=i.url + "/realms/x"),
    "no issuer": lambda i: i.token("co-1", iss=None),
    "expired": lambda i: i.token("co-1", exp=int(NOW) - 60),
    "no end": lambda i: i.token("co-1", exp=None),
    "end is a word": lambda i: i.token("co-1", exp="tomorrow"),
    "not yet": lambda i: i.token("co-1", nbf=int(NOW) + 3_600),
    "issued tomorrow": lambda i: i.token("co-1", iat=int(NOW) + 86_400, exp=int(NOW) + 90_000),
    "good for days, and old": lambda i: i.token("co-1", iat=int(NOW) - 86_400, exp=int(NOW) + 86_400),
    "ID token": lambda i: i.token("co-1", typ="ID"),
    "ID token by its nonce": lambda i: i.token("co-1", nonce="n-1"),
    "refresh token": lambda i: i.token("co-1", typ="Refresh"),
    "nobody": lambda i: i.token("co-1", sub=None),
    "a number for a name": lambda i: i.token("co-1", preferred_username=7),
    "longer than any": lambda i: i.token("co-1", more="x" * TOKEN_BYTES_MAX),
    "a megabyte": lambda i: i.token("co-1", more="x" * 1_000_000),
}


@pytest.mark.parametrize("forged", FORGED)
async def test_forged_token_is_refused(issuer: Issuer, reading: Tokens, forged: str):
    token = FORGED[forged](issuer)
    with pytest.raises(NotAuthenticated) as refusal:
        await reading.read(token)
    assert refusal.value.detail == NotAuthenticated().detail, "it says why"
    assert (await reading.read(issuer.token("co-1"))).name == "co-1"


@pytest.mark.parametrize("alg", ["RS256", "PS256"])
async def test_token_of_the_provider_is_good(issuer: Issuer, reading: Tokens, alg: str):
    key = RSAKey.generate_key(2048, {"kid": alg, "use": "sig"})
    issuer.keys.append(key)
    claims = await reading.read(issuer.token("co-1", "platform_admin", key=key, head={"alg": alg}, aud=["x", "huiyin"]))
    assert (claims.name, claims.roles) == ("co-1", {"platform_admin"})


async def test_key_that_is_new_is_asked_for_at_once(issuer: Issuer, reading: Tokens, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(tokens, "ASKED_SECONDS_MIN", 0.0)
    old = issuer.token("co-1")
    await reading.read(old)
    issuer.rotate()
    assert (await reading.read(issuer.token("co-2"))).name == "co-2"
    with pytest.raises(NotAuthenticated):
        await reading.read(old)


async def gone(issuer: Issuer, reading: Tokens) -> None:
    """A key is gone, and a minute later nobody is believed by it, whether they have been seen or not."""
    unseen, seen = issuer.token("co-1"), issuer.token("co-2")
    await reading.read(seen)
    issuer.rotate()
    reading.now = lambda: time.time() + tokens.OLD_SECONDS_MAX
    for token in (unseen, seen):
        with pytest.raises(NotAuthenticated):
            await reading.read(token)


async def test_key_that_is_gone_is_believed_for_a_minute_at_most(
    issuer: Issuer, reading: Tokens, monkeypatch: pytest.MonkeyPatch
):
    """Also where nobody shows a token of the new one."""
    monkeypatch.setattr(tokens, "ASKED_SECONDS_MIN", 0.0)
    await gone(issuer, reading)


async def test_checker_sees_keys_that_are_kept(issuer: Issuer, reading: Tokens, monkeypatch: pytest.MonkeyPatch):
    """Mutant: keys are asked for where one is missing, and else never."""
    monkeypatch.setattr(tokens, "ASKED_SECONDS_MIN", 0.0)
    monkeypatch.setattr(tokens, "RENEWED_SECONDS", float("inf"))
    with pytest.raises(pytest.fail.Exception, match="DID NOT RAISE"):
        await gone(issuer, reading)


async def test_keys_are_asked_for_again_while_nobody_waits(
    issuer: Issuer, reading: Tokens, monkeypatch: pytest.MonkeyPatch
):
    """What is remembered stays, as the key is still there; and a provider that is away ends nothing."""
    monkeypatch.setattr(tokens, "ASKED_SECONDS_MIN", 0.0)
    token = issuer.token("co-1")
    claims, asked = await reading.read(token), issuer.asked
    for turn, up in enumerate((True, False), 1):
        issuer.up = up
        reading.now = lambda turn=turn: time.time() + turn * tokens.RENEWED_SECONDS
        assert await reading.read(token) is claims
        assert reading._asking is not None
        await reading._asking
        assert await reading.read(token) is claims
    assert issuer.asked > asked


async def test_strangers_make_nobody_ask_again_and_again(issuer: Issuer, reading: Tokens):
    await reading.read(issuer.token("co-1"))
    asked = issuer.asked
    for _ in range(20):
        with pytest.raises(NotAuthenticated):
            await reading.read(of_a_stranger(issuer))
    assert issuer.asked == asked


async def test_provider_that_is_away_stops_nobody_whose_key_is_known(issuer: Issuer, reading: Tokens):
    issuer.up = False
    with pytest.raises(Unavailable):
        await reading.read(issuer.token("co-1"))
    issuer.up = True
    await reading.read(issuer.token("co-1"))
    issuer.up = False
    assert (await reading.read(issuer.token("co-3"))).name == "co-3"


async def ended(issuer: Issuer, reading: Tokens) -> None:
    """A token was believed, and is no more when it is over."""
    token = issuer.token("co-1")
    await reading.read(token)
    reading.now = lambda: time.time() + 400
    with pytest.raises(NotAuthenticated):
        await reading.read(token)


async def test_token_is_good_no_longer_than_it_says(issuer: Issuer, reading: Tokens):
    await ended(issuer, reading)


async def test_checker_sees_tokens_that_never_end(issuer: Issuer, reading: Tokens, monkeypatch: pytest.MonkeyPatch):
    """Mutant: who was believed once is believed for ever."""
    true = tokens.Claims
    monkeypatch.setattr(tokens, "Claims", lambda **said: true(**said | {"exp": float("inf")}))
    with pytest.raises(pytest.fail.Exception, match="DID NOT RAISE"):
        await ended(issuer, reading)


async def test_as_many_tokens_are_remembered_as_there_is_room_for(
    issuer: Issuer, reading: Tokens, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(tokens, "KNOWN_MAX", 3)
    for n in range(5):
        await reading.read(issuer.token(f"co-{n}"))
    assert len(reading._known) == 3


async def test_whoever_is_not_named_is_not_who_their_client_is_called(issuer: Issuer, reading: Tokens):
    """A department's system is called as the directory knows it; a person at its client without the claim is not."""
    with pytest.raises(NotAuthenticated):
        await reading.read(issuer.token("x", preferred_username=None, azp="DEPT-1"))
    assert (await reading.read(issuer.token("x", preferred_username=None, azp="huiyin-intake"))).name == "huiyin-intake"
