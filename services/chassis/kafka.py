"""How this system talks to Kafka; every option is stated, because the defaults lose data.

(aiokafka: acks=1, no idempotence, auto-commit, offset reset to *latest*. FastStream: acknowledges before the work.)
"""

from __future__ import annotations

import ssl
from typing import Any, Final

from aiokafka import AIOKafkaProducer

from services.chassis.settings import Settings

REQUEST_MS_MAX: Final = 5_000
RECORD_BYTES_MAX: Final = 1_048_576


def connection(settings: Settings) -> dict[str, Any]:
    """Return what every client needs to reach the cluster."""
    tls = settings.kafka_security_protocol in {"SSL", "SASL_SSL"}
    return {
        "bootstrap_servers": settings.kafka.split(","),
        "security_protocol": settings.kafka_security_protocol,
        "ssl_context": ssl.create_default_context(cafile=settings.kafka_ca_file) if tls else None,
        "sasl_mechanism": settings.kafka_sasl_mechanism or "PLAIN",
        "sasl_plain_username": settings.kafka_username,
        "sasl_plain_password": settings.kafka_password.get_secret_value() if settings.kafka_password else None,
        "request_timeout_ms": REQUEST_MS_MAX,
    }


async def producer(settings: Settings) -> AIOKafkaProducer:
    """Return a started producer that loses and doubles nothing while it lives."""
    made = AIOKafkaProducer(
        **connection(settings),
        acks="all",
        enable_idempotence=True,
        max_batch_size=262_144,
        max_request_size=RECORD_BYTES_MAX,
        linger_ms=0,
    )
    try:
        await made.start()
    except BaseException:
        await made.stop()
        raise
    return made
