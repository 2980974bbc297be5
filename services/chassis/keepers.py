"""Who keeps the key that wraps root keys: a file of its own, or a key service by its address (0056)."""

from __future__ import annotations

import base64
import binascii
import hmac
import os
import secrets
import stat
from pathlib import Path
from typing import Final, Protocol
from urllib.parse import quote, urlsplit

import aiohttp
import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pydantic import SecretStr

from services.chassis.durable import settle
from services.chassis.settings import Settings

KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12
ID_CHARS: Final = 16
ANSWER_SECONDS_MAX: Final = 3.0
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO
_HERE: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_NOT_THERE: Final = (400, 404)
"""What a key service answers for what it does not know, or what is not its own."""


class KeyAmiss(RuntimeError):
    """A root key is missing, another one, damaged, or open to others: nothing is done with it."""

    def __init__(self, name: str, what: str) -> None:
        """Say which key it is, by how it is named to a service, and `what` is amiss."""
        super().__init__(f"HUIYIN_{name.upper()}_KEY_FILE or HUIYIN_{name.upper()}_KEY_URL {what}")


class KeeperAway(RuntimeError):
    """Who keeps a key does not answer; it may be starting."""


class Keeper(Protocol):
    """Wraps root keys and opens them again; what it wraps them by is its own."""

    async def check(self) -> None:
        """Say now what is amiss. Raises ``KeyAmiss``."""

    def keeps(self, kek: str) -> bool:
        """Return whether a key is one of its kind, by its name."""

    async def wrap(self, key: bytes, bound: bytes) -> tuple[str, bytes]:
        """Return the name of the newest key, and what it has wrapped."""

    async def unwrap(self, kek: str, wrapped: bytes, bound: bytes) -> bytes:
        """Open what a key has wrapped. Raises ``KeyAmiss`` and ``KeeperAway``."""

    async def renew(self, kek: str) -> None:
        """Have a newer key than that of a name, where there is none yet. Raises ``KeyAmiss``."""

    def root(self) -> bytes:
        """Return what was the root key itself until 0210. Raises ``KeyAmiss``."""


class FileKeeper:
    """Keys in a file: 32 random bytes in base64 each, one a line, the newest first."""

    def __init__(self, name: str, file: Path) -> None:
        self.name = name
        self.file = file

    async def check(self) -> None:
        """Read the file."""
        self._keys()

    def keeps(self, kek: str) -> bool:
        """Return whether a key stood in a file."""
        return kek.startswith("file:")

    async def wrap(self, key: bytes, bound: bytes) -> tuple[str, bytes]:
        """Wrap by the first key of the file."""
        kek, newest = next(iter(self._keys().items()))
        nonce = secrets.token_bytes(NONCE_BYTES)
        return kek, nonce + AESGCM(newest).encrypt(nonce, key, bound)

    async def unwrap(self, kek: str, wrapped: bytes, bound: bytes) -> bytes:
        """Open by whichever key of the file it is."""
        keys = self._keys()
        if kek not in keys:
            raise KeyAmiss(self.name, f"is not the one under which everything lies: {self.file} has no key {kek}")
        try:
            return AESGCM(keys[kek]).decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], bound)
        except InvalidTag:
            raise KeyAmiss(self.name, f"is right, and what it has wrapped in the database is damaged ({kek})") from None

    async def renew(self, kek: str) -> None:
        """Put a new key before the others, unless somebody has; where a secret store writes the file, they must."""
        if next(iter(self._keys())) != kek:
            return
        fresh = self.file.with_name(f"{self.file.name}.new")
        try:
            text = f"{base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()}\n{self.file.read_text()}"
            fresh.unlink(missing_ok=True)  # whoever left it there, or put it there to be written to
            descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w") as handle:
                handle.write(text)
            settle(fresh)
            fresh.replace(self.file)
            settle(self.file.parent)  # before anything is wrapped by it
        except OSError as error:
            what = f"cannot be written ({error.strerror}): put a new key into its first line yourself"
            raise KeyAmiss(self.name, what) from None

    def root(self) -> bytes:
        """Return the first key of the file."""
        return next(iter(self._keys().values()))

    def _keys(self) -> dict[str, bytes]:
        """Return the keys of the file by their names; nothing but they can be learnt from a name."""
        try:
            self._must_be_ours()
            words = self.file.read_text("ascii").split()
            keys = [base64.b64decode(one, validate=True) for one in words]
        except FileNotFoundError:
            raise KeyAmiss(self.name, f"names no file: there is no {self.file}") from None
        except OSError as error:
            raise KeyAmiss(self.name, f"cannot be read: {self.file} ({error.strerror})") from None
        except (binascii.Error, ValueError):
            raise KeyAmiss(self.name, f"has no base64 in it: {self.file}") from None
        if not keys or any(len(one) != KEY_BYTES for one in keys):
            raise KeyAmiss(self.name, f"must hold {KEY_BYTES} bytes in base64 a line: {self.file}")
        return {f"file:{hmac.digest(one, b'huiyin key', 'sha256').hex()[:ID_CHARS]}": one for one in keys}

    def _must_be_ours(self) -> None:
        """Let nobody else read the key, but where a secret store has mounted it: there nobody can write either."""
        if self.file.stat().st_mode & _OTHERS and not os.statvfs(self.file).f_flag & os.ST_RDONLY:
            raise KeyAmiss(self.name, f"can be read by others: chmod 600 {self.file}")


class _Data(msgspec.Struct):
    ciphertext: str = ""
    plaintext: str = ""


class _Reply(msgspec.Struct):
    data: _Data


class TransitKeeper:
    """A key that never leaves the transit engine of OpenBao or HashiCorp Vault: ``https://HOST/v1/transit/keys/NAME``."""

    def __init__(self, name: str, url: str, token: SecretStr | None, token_file: Path | None) -> None:
        self.name = name
        self.engine, _, self.key = url.rstrip("/").rpartition("/keys/")
        self._token, self._token_file = token, token_file

    async def check(self) -> None:
        """Ask for nothing yet: the key service may be starting."""
        if not (self.engine and self.key):
            raise KeyAmiss(self.name, "is no address of a key: …/v1/transit/keys/NAME")
        if (parts := urlsplit(self.engine)).scheme != "https" and parts.hostname not in _HERE:
            raise KeyAmiss(self.name, "must begin with https://: root keys go there in clear")

    def keeps(self, kek: str) -> bool:
        """Return whether a key is this one, in whichever of its versions."""
        return kek.rpartition(":")[0] == f"transit:{self.key}"

    async def wrap(self, key: bytes, bound: bytes) -> tuple[str, bytes]:
        """Wrap by the newest version of the key."""
        sealed = (await self._ask("encrypt", plaintext=_text(key), associated_data=_text(bound))).ciphertext
        version = sealed.split(":")[1]
        return f"transit:{self.key}:{version}", sealed.encode()

    async def unwrap(self, kek: str, wrapped: bytes, bound: bytes) -> bytes:  # noqa: ARG002  # the ciphertext says it
        """Open by the version that has wrapped it."""
        opened = await self._ask("decrypt", ciphertext=wrapped.decode(), associated_data=_text(bound))
        return base64.b64decode(opened.plaintext)

    async def renew(self, kek: str) -> None:
        """Have a newer version made, unless there is one that has wrapped nothing yet."""
        newest, _ = await self.wrap(bytes(KEY_BYTES), b"probe")
        if newest == kek:
            await self._post(f"{self.engine}/keys/{quote(self.key, safe='')}/rotate", {})

    def root(self) -> bytes:
        """Say that no root key ever stood there."""
        raise KeyAmiss(self.name, "names no file: start once with the file in which the root key stood until now")

    async def _ask(self, what: str, **sent: str) -> _Data:
        reply = await self._post(f"{self.engine}/{what}/{quote(self.key, safe='')}", sent)
        try:
            return msgspec.json.decode(reply, type=_Reply).data
        except msgspec.MsgspecError as error:
            raise KeeperAway(f"{self.engine} answers something else") from error

    async def _post(self, url: str, sent: dict[str, str]) -> bytes:
        headers, timeout = {"X-Vault-Token": self._shown()}, aiohttp.ClientTimeout(total=ANSWER_SECONDS_MAX)
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout) as http,
                http.post(url, json=sent, headers=headers, allow_redirects=False) as reply,
            ):
                if reply.status in _NOT_THERE:
                    raise KeyAmiss(self.name, f"does not open what is there ({reply.status} of {url})")
                reply.raise_for_status()
                return await reply.read()
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise KeeperAway(f"{self.engine} does not answer: {error!r}") from error

    def _shown(self) -> str:
        """Return the token; one in a file is read each time, for an agent renews it there."""
        if self._token_file is not None:
            return self._token_file.read_text().strip()
        return self._token.get_secret_value() if self._token else ""


def keepers_of(name: str, settings: Settings) -> list[Keeper]:
    """Return who keeps a root key: a key service where its address is told, and beside it a file with former ones."""
    file: Path | None = getattr(settings, f"{name}_key_file")
    url: str | None = getattr(settings, f"{name}_key_url")
    found: list[Keeper] = [TransitKeeper(name, url, settings.kms_token, settings.kms_token_file)] if url else []
    return [*found, FileKeeper(name, file)] if file else found


def _text(plain: bytes) -> str:
    return base64.b64encode(plain).decode()
