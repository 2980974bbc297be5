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
from typing import Any, Final

from contracts.envelope import SERVICES
from contracts.vocabulary import Role
from services.chassis.identity.who import SCRAPER, WINDOW, client_of
from services.cli.clients import CLIENT as PEOPLE
from services.scenario.accounts import PLAYER, WITH_SECOND_FACTOR, Secrets
from services.scenario.county import FROM_ABOVE, HELPING_OUT, Officer

REALM: Final = "huiyin"
AUDIENCE: Final = "huiyin"
"""What an access token is for: this system, whichever of its services."""
CLAIM: Final = "officer"
"""The claim of a token that has the code by which the directory knows somebody: Keycloak writes user names small."""
TOKEN_SECONDS: Final = 30
"""How long a token is good: with as long again for clocks that are apart, who was let go is out after a minute."""
OWN_SECONDS: Final = 300
"""How long one of our own services' is, and one of the demonstration's: nobody is let go there."""
FAILURES_MAX: Final = 5
"""Wrong passwords until somebody has to wait."""
ITERATIONS: Final = 27_500
"""Rounds of the hash of a password that is handed to Keycloak; it hashes it its own way when it is first used."""
_PROFILE: Final = "org.keycloak.userprofile.UserProfileProvider"
_PROFILE_CONFIG: Final = "kc.user.profile.config"


_PASSWORDS: Final = (
    "length(12)",
    "notUsername(undefined)",
    "hashAlgorithm(pbkdf2-sha256)",
    f"hashIterations({ITERATIONS})",
)
_NEWCOMERS: Final = (
    Officer(FROM_ABOVE, "", "市信访局工作人员", (), "孟怀远"),
    Officer(HELPING_OUT, "", "借调人员", (), "陶静宁"),
)
_OWN: Final = {"access.token.lifespan": str(OWN_SECONDS)}
OURS: Final = (*map(client_of, (*SERVICES, SCRAPER)), WINDOW)
"""Which of our own have a secret of their own at the provider, wherever Huiyin is."""
CLIENTS: Final = (*OURS, PLAYER)
"""Who has a secret of its own at the provider."""


def realm_of(officers: Iterable[Officer], known: Secrets) -> dict[str, Any]:
    """Return the realm of the demonstration, as Keycloak takes it in (its RealmRepresentation)."""
    return _realm(
        [*_clients(known.clients), _player(known)], [_account(one, known) for one in (*officers, *_NEWCOMERS)]
    )


def site(clients: Mapping[str, str], operator: str, password: str) -> dict[str, Any]:
    """Return the realm of a place where people work: no demonstration, and one account, of who enters the others.

    At the first login the operator chooses another password and a second factor.
    """
    first = {"type": "password", "value": password, "temporary": True}
    account = {
        "username": operator.lower(),
        "enabled": True,
        "attributes": {CLAIM: [operator]},
        "credentials": [first],
        "requiredActions": ["UPDATE_PASSWORD", "CONFIGURE_TOTP"],
        "clientRoles": {AUDIENCE: [Role.platform_admin.value]},
    }
    return _realm(_clients(clients), [account])


def _realm(clients: list[dict[str, Any]], users: list[dict[str, Any]]) -> dict[str, Any]:
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
        "passwordPolicy": " and ".join(_PASSWORDS),
        "components": {
            _PROFILE: [{"providerId": "declarative-user-profile", "config": {_PROFILE_CONFIG: [_profile()]}}]
        },
        "clients": clients,
        "roles": {"client": {AUDIENCE: [{"name": Role.platform_admin.value, "description": "平台管理员"}]}},
        "users": users,
    }


def _clients(secret: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return who is there wherever Huiyin is."""
    services = [_service(client_of(name), f"回音 {name}", secret) for name in (*SERVICES, SCRAPER)]
    return [_system(), _people(), _service(WINDOW, "回音网上信访窗口", secret), *services]


def _client(name: str, title: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401  # Keycloak's own
    config = {"included.custom.audience": AUDIENCE, "access.token.claim": "true", "id.token.claim": "false"}
    mapper = {"protocol": "openid-connect", "protocolMapper": "oidc-audience-mapper", "config": config}
    code = {
        "user.attribute": CLAIM, "claim.name": CLAIM, "jsonType.label": "String", "access.token.claim": "true",
        "id.token.claim": "true",
    }  # fmt: skip
    named = {"protocol": "openid-connect", "protocolMapper": "oidc-usermodel-attribute-mapper", "config": code}
    said = {"standardFlowEnabled": False, "directAccessGrantsEnabled": False, "fullScopeAllowed": True}
    return {
        "clientId": name,
        "name": title,
        "enabled": True,
        "protocolMappers": [{"name": "audience", **mapper}, {"name": CLAIM, **named}],
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
    return _client(PLAYER, "回音演示", directAccessGrantsEnabled=True, secret=known.clients[PLAYER], attributes=_OWN)


def _service(client: str, title: str, secret: Mapping[str, str]) -> dict[str, Any]:
    return _client(
        client, title, serviceAccountsEnabled=True, fullScopeAllowed=False, secret=secret[client], attributes=_OWN
    )


def department(client: str, title: str, officer: str, secret: str) -> dict[str, Any]:
    """Return the account of a department's system, which the directory knows by a code, as it knows an officer.

    It gets tokens by its own secret, holds no role of the provider's, and can be logged in to by nobody: what it may do
    is what its posts may.
    """
    code = {"claim.name": CLAIM, "claim.value": officer, "jsonType.label": "String", "access.token.claim": "true"}
    named = {"protocol": "openid-connect", "protocolMapper": "oidc-hardcoded-claim-mapper", "config": code}
    made = _client(client, title, serviceAccountsEnabled=True, fullScopeAllowed=False, secret=secret)
    audience, _ = made["protocolMappers"]
    return made | {"protocolMappers": [audience, {"name": CLAIM, **named}]}


def _profile() -> str:
    """Return what is kept of somebody: what Keycloak wants, and the code of the directory, which they do not change."""
    required = {"required": {"roles": ["user"]}, "permissions": {"view": ["admin", "user"], "edit": ["admin"]}}
    names = [{"name": name, **required} for name in ("username", "email", "firstName", "lastName")]
    code = {"name": CLAIM, "permissions": {"view": ["admin", "user"], "edit": ["admin"]}}
    return json.dumps({"attributes": [*names, code]})


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
        "attributes": {CLAIM: [officer.officer]},
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
