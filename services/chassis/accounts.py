"""The accounts of Kafka, and what each may do there.

A service has an account of its own name. It writes its own topic, so that each topic has one writer; it reads the
topics of those that it listens to, as one group, and may nothing else. Who makes and deletes topics is no service.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import for_code
from aiokafka.protocol.admin import CreateAclsRequest, CreateAclsResponse_v1

from contracts.envelope import SERVICES
from services.chassis.settings import Settings

LISTENS_TO: Final = {
    "intake": ("mediation",),
    "assignment": ("intake",),
    "mediation": ("assignment",),
    "accountability": SERVICES,
}
"""Whose topics each service reads."""

_TOPIC: Final = 2
_GROUP: Final = 3
_READ: Final = 3
_WRITE: Final = 4
_LITERAL: Final = 3
_ALLOW: Final = 3
_EVERYWHERE: Final = "*"


class Right(NamedTuple):
    """What an account may do, in Kafka's own numbers; who may read or write may also look at what it is."""

    kind: int
    name: str
    operation: int


def rights(settings: Settings, service: str, topics_of: Sequence[str] = SERVICES) -> Iterator[Right]:
    """Return what the account of a service may do with the topics of some services."""
    if service in topics_of:
        yield Right(_TOPIC, settings.topic(service), _WRITE)
    for source in sorted({service, *LISTENS_TO[service]}):  # what it has published tells it whether it was restored
        if source in topics_of:
            yield Right(_TOPIC, settings.topic(source), _READ)
    yield Right(_GROUP, settings.group(service), _READ)


async def admit(admin: AIOKafkaAdminClient, settings: Settings, topics_of: Sequence[str] = SERVICES) -> None:
    """Let the services in to the topics of some of them; nothing is done where the cluster asks nobody who they are."""
    if settings.kafka_sasl_mechanism is None:
        return
    given = [
        (kind, name, _LITERAL, f"User:{service}", _EVERYWHERE, operation, _ALLOW)
        for service in LISTENS_TO
        for kind, name, operation in rights(settings, service, topics_of)
    ]
    reply = await admin._send_to_controller(_Allow(given))  # noqa: SLF001  # it has no public way to a rule
    for code, _ in reply.creation_responses:
        if code:
            raise for_code(code)


class _Allow(CreateAclsRequest):  # type: ignore[misc]  # the library has no types
    """Several rules at once; the library's own request holds one."""

    def __init__(self, given: Sequence[tuple[Any, ...]]) -> None:
        self._given = given

    def build(self, request_struct_class: Any) -> Any:  # noqa: ANN401  # one of the library's versions
        assert request_struct_class.RESPONSE_TYPE is CreateAclsResponse_v1
        return request_struct_class(list(self._given))
