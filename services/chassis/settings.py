"""One frozen settings object, read from ``HUIYIN_*`` in the main of a service and handed on from there."""

from __future__ import annotations

from pathlib import Path

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
    peers: dict[str, str] = Field(default_factory=dict)
    """Base address of each service, for the fetch of gaps: ``{"intake": "http://127.0.0.1:8701", …}``."""

    oidc_issuer: str | None = None
    """The OpenID provider whose access tokens are believed."""
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
    font_dir: Path | None = None
    """Fonts for papers that the office has a licence for (仿宋, 小标宋); without them those of the font package."""
    log_level: str = "INFO"

    def topic(self, service: str) -> str:
        """Return the topic of a service."""
        return f"{self.topic_prefix}{service}.events"

    def group(self, service: str) -> str:
        """Return the consumer group of a service."""
        return f"{self.topic_prefix}{service}"

    def peer(self, service: str) -> str:
        """Return the base address of a service. Raises ``KeyError`` with the missing setting's name."""
        try:
            return self.peers[service]
        except KeyError:
            known = ", ".join(SERVICES)
            raise KeyError(f"HUIYIN_PEERS names no address for {service} (it must for: {known})") from None
