"""信访工作条例 第二十二条: no words about a petitioner or a matter are refused, whatever they are."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from fastapi.exceptions import RequestValidationError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracts.vocabulary import ClockKind, Role
from services.chassis.context import By
from services.chassis.directory import Directory
from services.chassis.fields import Line
from services.chassis.http.bodies import parsed
from services.chassis.http.gate import checked
from services.chassis.keyring import Keyring
from services.intake.application.registering import Petition, Petitioner, received
from services.intake.commands.cases import RegisterPetition
from services.intake.vault import Vault

ANY = st.text(max_size=200)
TOLD = st.none() | ANY | st.integers()


@pytest.fixture(scope="module")
def vault() -> Vault:
    keys = Keyring("vault")
    keys.know({0: bytes(32), 1: bytes(32)})
    return Vault(keys, keys)


PETITIONS = {
    "who": st.none() | st.fixed_dictionaries({}, optional=dict.fromkeys(("name", "id_no", "phone", "address"), TOLD)),
    "said": st.none() | st.fixed_dictionaries({}, optional=dict.fromkeys(("claim", "facts", "reasons"), TOLD)),
    "place": st.none() | ANY,
    "times": st.sampled_from([1, 1, 1, 1_000, 50_000]),
    "charset": st.sampled_from(["utf-8", "utf-16", "utf-16le", "utf-32", "gb18030"]),
    "escaped": st.booleans(),
}
"""Text of all scripts, to ten million characters, in what charset ever."""
often = settings(
    max_examples=300, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    report_multiple_bugs=False,
)  # fmt: skip


def number(vault: Vault, cls: type[Petition], who: Any, said: Any, place: Any, times: int, charset: str, escaped: bool):
    """Register what was sent, without a store, and return its number."""
    if said:
        said = {field: words * times if isinstance(words, str) else words for field, words in said.items()}
    body = json.dumps({"channel": "letter", "petitioner": who, "content": said, "place": place}, ensure_ascii=escaped)
    sent = parsed(body.encode(charset), f"application/json;charset={charset}".encode())
    by = By(actor="c-1", unit="XFJ", role=Role.intake_clerk, at=datetime.now(UTC), clock=ClockKind.real,
            request_id="r", command_id=uuid4())  # fmt: skip
    return received(vault, Directory(), uuid4(), checked(cls, {}, sent, "body"), by).facts["registration_no"]


@often
@given(**PETITIONS)
def test_no_words_are_refused(vault: Vault, **sent: Any):
    """第二十二条: nothing that is said about petitioner or matter is refused, and nothing of it is needed."""
    assert number(vault, RegisterPetition, **sent).startswith("XF")


class Strict(Petitioner):
    """A petitioner who must say who they are, on a line without controls."""

    name: Line


class StrictPetition(Petition):
    """What a door would ask for that refuses."""

    petitioner: Strict | None = None


def test_planted_refusal_is_found(vault: Vault):
    @often
    @given(**PETITIONS)
    def refused(**sent: Any):
        assert number(vault, StrictPetition, **sent).startswith("XF")

    with pytest.raises(RequestValidationError):
        refused()
