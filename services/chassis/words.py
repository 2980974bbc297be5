"""What people type and an event only refers to: it lies in intake's vault, with the case, before the event is stored.

A field of a command says so by its type. The gate puts the id into the place of the words as soon as they are read: no
rule, no reply and no other log of the service ever has them (docs/decisions/0060).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated, Any, Final
from uuid import UUID

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema

from contracts.ids import derived
from contracts.vocabulary import DocumentKind
from services.chassis.context import By
from services.chassis.directory import Directory, NoSuchBody
from services.chassis.fields import Line
from services.chassis.numbers import plain
from services.chassis.operations import Declared
from services.chassis.references import Reference, references
from services.chassis.source import Typed

PETITION: Final = "petition_id"
"""The field of a command that names whose the words are, where one does."""


Keeping = Callable[[UUID, Sequence[Typed], UUID | None, By], Awaitable[None]]
"""Puts what was typed into the vault, with a case and, if one is named, with a petition or a paper of it."""


class Sealed(Reference):
    """That a field takes words, one line or several, and holds their id from then on."""

    def __init__(self, kind: DocumentKind, takes: Any = Line) -> None:  # noqa: ANN401  # a type of words
        self.kind = kind
        self.takes = takes

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:  # noqa: ANN401
        """Read it as the words that are sent."""
        return handler.generate_schema(self.takes)


class Called(Sealed):
    """That a field takes the code or the name of a body: of one of the directory it holds the code from then on."""


Receipt = Annotated[UUID, Sealed(DocumentKind.receipt)]
"""What proves how something was served: a carrier's number, a note of who took it, in whatever form."""
Words = Annotated[UUID, Sealed(DocumentKind.words)]
"""What others call something in their own way: the number of a docket, a ruling, an order."""


NamedBody = Annotated[str | UUID, Called(DocumentKind.words)]
"""A body, by its code in the directory, or by what it is called."""


def names_bodies(command: type[Declared]) -> bool:
    """Return whether somebody may call a body by its name there."""
    return any(isinstance(one, Called) for _, one in references(command))


def sealed_off(command: Declared, service: str, by: By, directory: Directory) -> list[Typed]:
    """Put ids into the place of what was typed, and return that; they follow from the command's, as for a retry.

    A key is that of one command in each service. Raises ``NoSuchBody`` for the code of a body that is none of the
    directory.
    """
    typed = []
    for name, one in references(type(command)):
        if isinstance(one, Sealed) and (said := getattr(command, name)) is not None:
            if isinstance(one, Called) and (code := directory.called(said)) is not None:
                setattr(command, name, code)
                continue
            if isinstance(one, Called) and plain(said).isascii():
                raise NoSuchBody(said)
            key = derived(by.command_id, f"{service}/words/{name}")
            typed.append(Typed(key, one.kind, said if isinstance(said, str) else "\n".join(said)))
            setattr(command, name, key)
    return typed
