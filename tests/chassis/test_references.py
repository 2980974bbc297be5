"""What a field refers to is looked up before the rule is called, and only that."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Annotated
from uuid import UUID, uuid4

import pytest

from services.chassis.commands import Command
from services.chassis.errors import NotFound
from services.chassis.fields import Code
from services.chassis.references import Refers
from services.mediation.domain.committees import Committee
from services.mediation.domain.handling import Handling


async def unit(store, code):
    return await store.known("unit", code)


KnownUnit = Annotated[Code, Refers(Committee, unit)]


class Visiting(Command[Handling]):
    case_id: Annotated[UUID, Refers(Handling)]
    times: int = 1


class Visit(Visiting):
    lead: KnownUnit
    others: list[KnownUnit] = []
    mediator: Annotated[UUID | None, Refers(Committee)] = None
    note: str = ""


class Store:
    """Knows everything but what is missing, and in which order it was asked."""

    def __init__(self, *missing):
        self.missing, self.asked, self.directories = missing, [], None

    async def known(self, kind, key):
        self.asked.append((kind, key))
        if key in self.missing:
            raise NotFound(str(key))
        return f"known {key}"


CASE = uuid4()


async def looked_up(store, **fields):
    command = Visit(case_id=CASE, lead="U-1", **fields)
    await command.look_up(SimpleNamespace(store=store), None)
    return command


async def test_own_fields_are_looked_up_in_order_and_then_those_of_the_base():
    store = Store()
    await looked_up(store, others=["U-2", "U-3"])
    assert store.asked == [("unit", "U-1"), ("unit", "U-2"), ("unit", "U-3"), (Handling, CASE)]


async def test_what_was_found_is_kept_by_the_name_of_the_field():
    command = await looked_up(Store(), others=["U-2"])
    assert command.referred["lead"] == "known U-1"
    assert command.referred["others"] == ["known U-2"]
    assert command.referred["mediator"] is None


async def test_nothing_more_is_looked_up_behind_what_is_missing():
    store = Store("U-2")
    with pytest.raises(NotFound, match="U-2"):
        await looked_up(store, others=["U-2", "U-3"])
    assert store.asked[-1] == ("unit", "U-2")


async def test_command_that_refers_to_nothing_asks_nothing():
    store = Store()
    await Command[Handling].look_up(Command[Handling](), SimpleNamespace(store=store), None)
    assert store.asked == []
