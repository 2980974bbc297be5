"""The realm of the embedded Keycloak: an account for each officer of the county, and one for each system.

It is made once, with the node's first start; afterwards people are entered, changed and let go in Keycloak itself. What
somebody is stands in no account but in the directory of the county, with one exception: who keeps the platform running
(平台管理员) holds no post of the county, and enters its directory.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from contracts.envelope import SERVICES
from contracts.vocabulary import Role
from services.scenario.county import Officer

REALM: Final = "huiyin"
AUDIENCE: Final = "huiyin"
"""What an access token is for: this system, whichever of its services."""
PEOPLE: Final = "huiyin-cli"
"""The client by which people log in at the command line, and at whatever page stands on this machine."""
PLAYER: Final = "huiyin-demo"
"""The client by which the demonstration acts as each of its people; there is none where no demonstration is played."""
TOKEN_SECONDS: Final = 300
FAILURES_MAX: Final = 5
"""Wrong passwords until somebody has to wait."""
ITERATIONS: Final = 27_500
"""Rounds of the hash of a password that is handed to Keycloak; it hashes it its own way when it is first used."""
WITH_SECOND_FACTOR: Final = frozenset({Role.discipline_officer, Role.platform_admin})


@dataclass(frozen=True)
class Secrets:
    """What the accounts of a realm are opened by."""

    password: str
    """Of everybody in the demonstration."""
    totp: str
    """The seed of the second factor of those who need one (RFC 6238)."""
    clients: Mapping[str, str]

    @classmethod
    def made(cls) -> Secrets:
        """Return new ones."""
        names = [*map(client_of, SERVICES), PLAYER]
        return cls(
            secrets.token_urlsafe(12),
            base64.b32encode(secrets.token_bytes(20)).decode(),
            {n: secrets.token_urlsafe(24) for n in names},
        )


def client_of(service: str) -> str:
    """Return the client as which a service asks the others."""
    return f"huiyin-{service}"


def realm_of(officers: Iterable[Officer], known: Secrets) -> dict[str, Any]:
    """Return the realm as Keycloak takes it in (its RealmRepresentation)."""
    return {
        "realm": REALM,
        "displayName": "回音",
        "enabled": True,
        "internationalizationEnabled": True,
        "supportedLocales": ["zh-CN", "en"],
        "defaultLocale": "zh-CN",
        "accessTokenLifespan": TOKEN_SECONDS,
        "ssoSessionIdleTimeout": 1_800,
        "ssoSessionMaxLifespan": 36_000,
        "revokeRefreshToken": True,
        "refreshTokenMaxReuse": 0,
        "bruteForceProtected": True,
        "failureFactor": FAILURES_MAX,
        "waitIncrementSeconds": 60,
        "maxFailureWaitSeconds": 900,
        "passwordPolicy": "length(12) and notUsername(undefined)",
        "clients": [_system(), _people(), _player(known), *(_service(name, known) for name in SERVICES)],
        "roles": {"client": {AUDIENCE: [{"name": Role.platform_admin.value, "description": "平台管理员"}]}},
        "users": [_account(officer, known) for officer in officers],
    }


def _client(name: str, title: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401  # Keycloak's own
    config = {"included.custom.audience": AUDIENCE, "access.token.claim": "true", "id.token.claim": "false"}
    mapper = {"protocol": "openid-connect", "protocolMapper": "oidc-audience-mapper", "config": config}
    said = {"standardFlowEnabled": False, "directAccessGrantsEnabled": False, "fullScopeAllowed": True}
    return {
        "clientId": name,
        "name": title,
        "enabled": True,
        "protocolMappers": [{"name": "audience", **mapper}],
        **said,
        **more,
    }


def _system() -> dict[str, Any]:
    """Return what tokens are for: a client that gets none itself, and holds the roles that are no post."""
    return _client(AUDIENCE, "回音", bearerOnly=True)


def _people() -> dict[str, Any]:
    return _client(
        PEOPLE, "回音命令行", publicClient=True, standardFlowEnabled=True, redirectUris=["http://127.0.0.1/*"],
        attributes={"pkce.code.challenge.method": "S256", "oauth2.device.authorization.grant.enabled": "true"},
    )  # fmt: skip


def _player(known: Secrets) -> dict[str, Any]:
    return _client(PLAYER, "回音演示", directAccessGrantsEnabled=True, secret=known.clients[PLAYER])


def _service(name: str, known: Secrets) -> dict[str, Any]:
    client = client_of(name)
    return _client(client, f"回音 {name}", serviceAccountsEnabled=True, secret=known.clients[client])


def _account(officer: Officer, known: Secrets) -> dict[str, Any]:
    credentials = [_password(known.password)]
    if WITH_SECOND_FACTOR & {*officer.roles}:
        credentials.append(_second_factor(known.totp))
    operator = [Role.platform_admin.value] if Role.platform_admin in officer.roles else []
    return {
        "username": officer.officer.lower(),
        "enabled": True,
        "lastName": officer.name[:1],
        "firstName": officer.name[1:],
        "email": f"{officer.officer.lower()}@huiyin.invalid",
        "emailVerified": True,
        "attributes": {"officer": [officer.officer]},
        "credentials": credentials,
        "clientRoles": {AUDIENCE: operator},
    }


def _password(password: str) -> dict[str, Any]:
    salt = secrets.token_bytes(16)
    value = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, ITERATIONS, 64)
    return {
        "type": "password",
        "secretData": json.dumps({"value": _base64(value), "salt": _base64(salt)}),
        "credentialData": json.dumps({"hashIterations": ITERATIONS, "algorithm": "pbkdf2-sha256"}),
    }


def _second_factor(seed: str) -> dict[str, Any]:
    told = {
        "subType": "totp",
        "digits": 6,
        "counter": 0,
        "period": 30,
        "algorithm": "HmacSHA1",
        "secretEncoding": "BASE32",
    }
    return {
        "type": "otp",
        "userLabel": "回音",
        "secretData": json.dumps({"value": seed}),
        "credentialData": json.dumps(told),
    }


def _base64(value: bytes) -> str:
    return base64.b64encode(value).decode()
