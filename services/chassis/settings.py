"""One frozen settings object, read from ``HUIYIN_*`` in the main of a service and handed on from there."""

from __future__ import annotations

from ipaddress import ip_address
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from contracts.envelope import SERVICES
from contracts.periods.book import NATIONAL
from contracts.vocabulary import ClockKind


class Settings(BaseSettings):
    """Everything that differs between a laptop, a test and a cluster."""

    model_config = SettingsConfigDict(env_prefix="HUIYIN_", frozen=True, extra="ignore", secrets_dir=None)

    database_url: SecretStr
    """PostgreSQL; the login must be a member of the role of each service that it runs."""
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
    font_dir: Path | None = None
    """Fonts for papers that the office has a licence for (仿宋, 小标宋); without them those of the font package."""
    log_level: str = "INFO"

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
