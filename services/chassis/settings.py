"""One frozen settings object, read from ``HUIYIN_*`` in the main of a service and handed on from there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from ipaddress import ip_address
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import msgspec
from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from contracts.envelope import SERVICES
from contracts.periods.book import NATIONAL
from contracts.vocabulary import ClockKind


class Settings(BaseSettings):
    """Everything that differs between a laptop, a test and a cluster."""

    model_config = SettingsConfigDict(env_prefix="HUIYIN_", frozen=True, extra="ignore", secrets_dir=None)

    database_url: SecretStr
    """PostgreSQL, with the login of the service, which bears its name."""
    database_connections_max: int = Field(default=12, ge=3, le=100)

    kafka: str
    """Bootstrap servers, ``host:port[,host:port]``."""
    kafka_security_protocol: str = "PLAINTEXT"
    kafka_ca_file: Path | None = None
    kafka_sasl_mechanism: str | None = None
    kafka_username: str | None = None
    kafka_password: SecretStr | None = None
    kafka_replication: int = Field(default=1, ge=1)
    topic_prefix: str = ""
    """Put before every topic and group, so that several systems can share a cluster."""

    host: str = "127.0.0.1"
    port: int = Field(default=0, ge=0, le=65_535)
    hosts: str = ""
    """By which names clients know the service (``Host``), ``name[,name]``, beside those of loopback, of what it binds
    to, and of its address among its peers: nothing is answered to somebody else's name for this machine."""
    proxies_trusted: int = Field(default=0, ge=0, le=9)
    """How many proxies stand before the service, each of which adds whom it was asked by (``X-Forwarded-For``)."""
    stranger_units: int = Field(default=60, ge=1)
    """How much may be asked in a minute from one address by whoever proves nothing; most of what one asks is a unit."""
    petitioner_units: int = Field(default=120, ge=1)
    """How much a petitioner may who has logged in with a query code; and those at one address, by the window."""
    account_units: int = Field(default=1_200, ge=1)
    """How much an officer may, or a department's system."""
    service_units: int = Field(default=120_000, ge=1)
    """How much one of the other services may, or whoever reads the numbers."""
    tls: bool = False
    """Whether clients come by TLS, which a proxy before the service ends: browsers are told to come by no other way."""
    peers: dict[str, str] = Field(default_factory=dict)
    """Base address of each service, for the fetch of gaps: ``{"intake": "http://127.0.0.1:8701", …}``."""

    oidc_issuer: str = ""
    """The OpenID provider whose access tokens are believed; a service does not start without."""
    oidc_secret: SecretStr | None = None
    """By which the service gets a token of its own, as the client ``huiyin-`` and its name."""
    oidc_audience: str = "huiyin"
    """What an access token must be meant for."""
    oidc_claim: str = "preferred_username"
    """Which claim is the code by which the directory knows somebody."""

    heads_dir: Path | None = None
    """Where it is noted how far each lane is numbered: where no restore of the database reaches."""
    signing_key_file: Path | None = None
    """By which the service signs what it publishes: 32 random bytes, base64 (the seed of an Ed25519 key). No service
    starts without."""
    signers: dict[str, list[str]] = Field(default_factory=dict)
    """By which key each service is known, base64; two of them while a new one takes the place of an old one."""
    signers_file: Path | None = None
    """Where the same stands as JSON, if it does not here."""

    profile: str = NATIONAL
    """The place by whose periods of law is counted: ``national``, or a stricter one of ``contracts/periods/profiles``.
    All services of a system are told the same."""
    clock: ClockKind = ClockKind.real
    """With ``simulated`` a command may say what time it is; for demonstrations and tests only."""
    vault_key_file: Path | None = None
    """What wraps the root keys of texts: 32 random bytes in base64 a line, the newest first."""
    sealed_key_file: Path | None = None
    """The same of what lies apart: reports about officials, which lie in a store of their own."""
    vault_key_url: str | None = None
    sealed_key_url: str | None = None
    """Keys of a key service instead (OpenBao, HashiCorp Vault): ``https://HOST/v1/transit/keys/NAME``."""
    kms_token: SecretStr | None = None
    kms_token_file: Path | None = None
    """What is shown to the key service; a file is read each time, so that it may be renewed there."""
    retention_years: int = Field(default=10, ge=1, le=100)
    """For how long after the end of a case what petitioners wrote is kept at least: what the archive's table says."""
    looks_an_hour_max: int = Field(default=200, ge=1, le=100_000)
    """How many texts one person reads within an hour before another one has to agree."""
    files_url: str = ""
    """Where files that are handed in lie, encrypted: a folder, or ``s3://bucket/prefix`` and the like (with its
    credentials in ``AWS_*``); if nothing is said, a folder beside the key of the vault."""
    clamd: str = ""
    """The scanner that looks through them, ``host:port`` or the path of its socket; without one they are 未查毒."""
    font_dir: Path | None = None
    """Fonts for papers that the office has a licence for (仿宋, 小标宋); without them those of the font package."""
    visits_dir: Path | None = None
    """Where the log of who was here is kept, a file a day and service, for half a year; none without."""
    log_level: str = "INFO"

    def keys_of_signers(self) -> Mapping[str, Sequence[str]]:
        """Return by which keys each service is known. Raises ``OSError`` and ``ValueError`` for a file that is none."""
        if self.signers or self.signers_file is None:
            return self.signers
        return msgspec.json.decode(self.signers_file.read_bytes(), type=dict[str, list[str]])

    def topic(self, service: str) -> str:
        """Return the topic of a service."""
        return f"{self.topic_prefix}{service}.events"

    def group(self, service: str) -> str:
        """Return the consumer group of a service."""
        return f"{self.topic_prefix}{service}"

    def names(self, service: str) -> frozenset[str]:
        """Return the names that the host of a service has, as they stand in ``Host`` without the port."""
        peer = urlsplit(self.peers.get(service, "")).hostname
        told = {"localhost", "127.0.0.1", "::1", self.host, peer or "", *self.hosts.split(",")}
        return frozenset(_spelled(name.strip().lower()) for name in told) - _NO_NAMES

    def peer(self, service: str) -> str:
        """Return the base address of a service. Raises ``KeyError`` with the missing setting's name."""
        try:
            return self.peers[service]
        except KeyError:
            known = ", ".join(SERVICES)
            raise KeyError(f"HUIYIN_PEERS names no address for {service} (it must for: {known})") from None


_NO_NAMES: Final = frozenset({"", "0.0.0.0", "[::]"})  # noqa: S104  # where everybody is listened to nobody lives


def _spelled(host: str) -> str:
    """Return a host as it stands in an address: IPv6 in brackets."""
    bare = host.strip("[]")
    try:
        return f"[{bare}]" if ip_address(bare).version == 6 else bare  # noqa: PLR2004  # of the protocol
    except ValueError:
        return host
