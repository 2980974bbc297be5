"""One command of a story: to whom, what, by whom, when, and what must come back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from typing import Any, NamedTuple

from contracts.vocabulary import Role


class From(NamedTuple):
    """A value that an earlier reply of the same story brought."""

    name: str


class Who(NamedTuple):
    """Who acts, for which unit, in which role."""

    actor: str
    unit: str
    role: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One command; refused ones are steps like any other, with the status that they must get."""

    name: str
    service: str
    path: str
    """With names of captured values in braces."""
    body: Mapping[str, Any]
    """With ``From`` where a captured value goes, in lists too; moments and days as such."""
    who: Who
    at: datetime
    expect: int = HTTPStatus.OK
    code: str | None = None
    """Which rule must refuse it, where it must be refused."""
    captures: Mapping[str, str] = field(default_factory=dict)
    """From the name in this story to the name in the reply, with a dot before what lies deeper."""
    reason: str | None = None
    needs_days: bool = False
    """Whether the reply depends on days having gone by, in fact or in simulation."""
    method: str = "POST"
