"""Whoever logs in by the provider's own page, as a browser shows it: forms are filled in and sent.

What is for secure connections alone goes to loopback too, as with browsers.
"""

from __future__ import annotations

import base64
import hashlib
import html
import re
from typing import Final, Self
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx2

VERIFIER: Final = "v" * 43
"""What only who began a login knows (RFC 7636)."""
BACK: Final = "http://127.0.0.1/back"
"""Where a login leads; nothing listens there."""
_FORM: Final = re.compile(r'<form\b[^>]*\baction="([^"]+)"')


class Browser:
    """One person's, with its cookies."""

    def __init__(self, issuer: str, client: str) -> None:
        self.issuer, self.client = issuer, client
        self._http = httpx2.Client(follow_redirects=False, trust_env=False, timeout=30)
        self._cookies: dict[str, str] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def page(self) -> httpx2.Response:
        """Return the page at which people log in for the client."""
        digest = hashlib.sha256(VERIFIER.encode()).digest()
        asked = {
            "client_id": self.client, "redirect_uri": BACK, "response_type": "code", "scope": "openid",
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(), "code_challenge_method": "S256",
        }  # fmt: skip
        return self.opened(f"{self.issuer}/protocol/openid-connect/auth?{urlencode(asked)}")

    def opened(self, address: str) -> httpx2.Response:
        """Open an address, wherever it leads."""
        return self._followed("GET", address)

    def sent(self, page: httpx2.Response, **fields: str) -> httpx2.Response:
        """Fill in the form of a page and send it."""
        form = _FORM.search(page.text)
        assert form, page.text
        return self._followed("POST", page.url.join(html.unescape(form[1])), fields)

    def log_in(self, user: str, password: str) -> dict[str, str]:
        """Log somebody in; return the tokens."""
        back = self.sent(self.page(), username=user, password=password)
        location = back.headers.get("location", "")
        assert location.startswith(BACK), back.text
        (code,) = parse_qs(urlsplit(location).query)["code"]
        asked = {
            "grant_type": "authorization_code", "client_id": self.client, "redirect_uri": BACK, "code": code,
            "code_verifier": VERIFIER,
        }  # fmt: skip
        reply = self.asked("token", asked)
        assert reply.status_code == 200, reply.text
        return dict(reply.json())

    def asked(self, what: str, form: dict[str, str]) -> httpx2.Response:
        """Ask the provider for something, as the client."""
        return self._http.post(f"{self.issuer}/protocol/openid-connect/{what}", data={"client_id": self.client, **form})

    def _followed(self, method: str, address: httpx2.URL | str, form: dict[str, str] | None = None) -> httpx2.Response:
        reply = self._exchanged(method, address, form)
        while reply.is_redirect and not reply.headers["location"].startswith(BACK):
            reply = self._exchanged("GET", reply.url.join(reply.headers["location"]))
        return reply

    def _exchanged(self, method: str, address: httpx2.URL | str, form: dict[str, str] | None = None) -> httpx2.Response:
        shown = {"Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())}
        reply = self._http.request(method, address, data=form, headers=shown)
        self._http.cookies.clear()
        for cookie in reply.headers.get_list("set-cookie"):
            name, _, value = cookie.partition(";")[0].partition("=")
            self._cookies[name] = value
        return reply
