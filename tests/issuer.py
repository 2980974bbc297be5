"""An OpenID provider for tests: keys, tokens for whoever is asked for, and the three addresses that services look at."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs
from uuid import uuid4

from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OctKey, RSAKey

from services.scenario.accounts import TOTP_SECONDS, one_time

Key = ECKey | OctKey | RSAKey
CONFIGURATION = "/.well-known/openid-configuration"


@dataclass(frozen=True)
class Account:
    """Somebody who logs in, by the name that they act under."""

    name: str
    password: str
    roles: tuple[str, ...] = ()
    """Those that are no post of the directory."""
    seed: str | None = None
    """Of the second factor, where somebody needs one."""


class Issuer:
    """A provider on loopback; `up` says whether it answers."""

    def __init__(self) -> None:
        self.keys = [ECKey.generate_key("P-256", {"kid": str(uuid4()), "use": "sig"}, auto_kid=True)]
        self.up = True
        self.asked = 0
        self.clients: dict[str, str] = {}
        """Secrets by client."""
        self.accounts: dict[str, Account] = {}
        """By the name under which somebody logs in."""
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, name="issuer", daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def rotate(self) -> None:
        """Sign by a new key from now on; the old one is gone."""
        self.keys = [ECKey.generate_key("P-256", {"kid": str(uuid4()), "use": "sig"}, auto_kid=True)]

    def claims(self, name: str, **more: Any) -> dict[str, Any]:
        """Return what a token of somebody says; what is None is left out."""
        now = int(time.time())
        said = {
            "iss": self.url, "aud": "huiyin", "sub": f"sub-{name}", "preferred_username": name, "azp": "huiyin",
            "iat": now, "exp": now + 300, "typ": "Bearer",
        } | more  # fmt: skip
        return {key: value for key, value in said.items() if value is not None}

    def token(
        self, name: str, *roles: str, key: Key | None = None, head: Mapping[str, Any] | None = None, **more: Any
    ) -> str:
        """Return a token of somebody, with roles that are no post of the directory."""
        key = key or self.keys[0]
        access = {"resource_access": {"huiyin": {"roles": list(roles)}}} if roles else {}
        header = {"alg": "ES256", "kid": key.kid, "typ": "JWT"} | dict(head or {})
        header = {name: value for name, value in header.items() if value is not None}
        return jwt.encode(header, self.claims(name, **access, **more), key, algorithms=[header["alg"]])

    def logged_in(self, sent: Mapping[str, list[str]]) -> Account | None:
        """Return whose name, password and second factor were sent, or None where they are not together."""
        account = self.accounts.get(sent["username"][0])
        if account is None or sent["password"] != [account.password]:
            return None
        now = time.time()
        known = {one_time(account.seed, at) for at in (now, now - TOTP_SECONDS)} if account.seed else {""}
        return account if sent.get("totp", [""])[0] in known else None

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        issuer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                issuer.asked += 1
                if not issuer.up:
                    self.send_error(503)
                elif self.path == CONFIGURATION:
                    self._tell(
                        {
                            "issuer": issuer.url,
                            "jwks_uri": f"{issuer.url}/keys",
                            "token_endpoint": f"{issuer.url}/token",
                        }
                    )
                elif self.path == "/keys":
                    self._tell(KeySet(issuer.keys).as_dict(private=False))
                else:
                    self.send_error(404)

            def do_POST(self) -> None:
                sent = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
                client, secret = sent["client_id"][0], sent["client_secret"][0]
                if not issuer.up:
                    self.send_error(503)
                elif issuer.clients.get(client) != secret:
                    self.send_error(401)
                elif sent["grant_type"] == ["client_credentials"]:
                    self._grant(issuer.token(client, azp=client, preferred_username=f"service-account-{client}"))
                elif (account := issuer.logged_in(sent)) is None:
                    self.send_error(401)
                else:
                    self._grant(issuer.token(account.name, *account.roles, azp=client))

            def _grant(self, token: str) -> None:
                self._tell({"access_token": token, "token_type": "Bearer", "expires_in": 300})

            def _tell(self, what: Any) -> None:
                body = json.dumps(what).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None: ...

        return Handler
