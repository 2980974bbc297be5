"""Every way to say no has a name that stays, words for people, its article, and a test that provokes it."""

from __future__ import annotations

import pkgutil
import re
from collections.abc import Sequence
from importlib import import_module

import pytest

import services
from contracts.envelope import SERVICES
from services.assignment.domain.assigning import AcceptedHere
from services.chassis.errors import Damaged, DomainError, Refused, Unavailable
from services.chassis.http.answers import HttpError
from services.chassis.rights.asker import Strange
from services.chassis.source import Passed
from tests.rules import provoked

ARTICLES_MAX = 50
"""信访工作条例 has fifty articles."""
ERRORS_MIN = 260
"""There were 268 when this was counted; a walk that looks into the wrong rooms finds a dozen."""


def errors() -> list[type[DomainError]]:
    """Return every error that a service can answer with; what the framework or another service refuses has a code of theirs."""
    for module in pkgutil.walk_packages(services.__path__, "services."):
        if not module.name.endswith(".__main__"):  # importing that one runs it
            import_module(module.name)
    found, left = set(), [DomainError]
    while left:
        new = left.pop().__subclasses__()
        found |= set(new)
        left += new
    return sorted(
        (c for c in found if c.__module__.startswith("services.") and c not in {HttpError, Passed, Strange}),
        key=lambda c: (c.__module__, c.__name__),
    )


def test_every_service_is_looked_through():
    assert len(errors()) >= ERRORS_MIN
    assert {e.__module__.split(".")[1] for e in errors()} >= {
        "chassis", "intake", "assignment", "mediation", "accountability",
    }  # fmt: skip


def test_every_error_has_a_code_of_its_own():
    codes: dict[str, list[str]] = {}
    for error in errors():
        assert re.fullmatch(r"[a-z]+(_[a-z]+)*", vars(error).get("code", "")), f"{error} states no code"
        codes.setdefault(error.code, []).append(f"{error.__module__}.{error.__name__}")
    assert {code: names for code, names in codes.items() if len(names) > 1} == {}


def test_every_error_has_a_chinese_title():
    for error in errors():
        assert re.search(r"[一-鿿]", error.title), error


def test_every_rule_names_its_article():
    for error in errors():
        if issubclass(error, Refused) and error is not Refused:
            assert error.article, error
        of_ours = "".join(part for part in (error.article or "").split("；") if part.startswith("信访工作条例"))
        for number in re.findall("第([一二三四五六七八九十]+)条", of_ours):
            assert 1 <= _number(number) <= ARTICLES_MAX, (error, number)


def test_every_error_is_provoked_by_a_test():
    """``Unavailable`` and what is under it is provoked where a server is away: see the flow tests."""
    missing = {e for e in errors() if e not in {Refused, Damaged} and not issubclass(e, Unavailable)} - provoked()
    assert not missing, sorted(error.__name__ for error in missing)


def _number(chinese: str) -> int:
    tens, _, ones = chinese.rpartition("十")
    digits = {c: n for n, c in enumerate("零一二三四五六七八九")}
    return (digits.get(tens, 1) if "十" in chinese else 0) * 10 + digits.get(ones, 0)


def astray(errors: Sequence[type[DomainError]]) -> dict[str, str]:
    """Return the errors that name a service as the one that could make them void, and to which theirs does not listen.

    That one's events are taken in before such a refusal is told: who knows none of them parks them, and the case with
    them.
    """
    listens = {name: import_module(f"services.{name}.main").SERVICE.listens_to for name in SERVICES}
    service = {error: error.__module__.split(".")[1] for error in errors}
    return {
        error.__name__: error.decided_by for error, name in service.items()
        if error.decided_by is not None and error.decided_by not in listens[name]
    }  # fmt: skip


def test_what_another_service_could_make_void_is_heard_of_from_there():
    assert astray(errors()) == {}


def test_mutant_that_asks_a_service_to_which_nobody_listens_is_seen(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(AcceptedHere, "decided_by", "mediation")
    assert astray([AcceptedHere]) == {"AcceptedHere": "mediation"}
