"""How a text of a case gets into the vault, whoever brings it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID

import msgspec

from contracts.ids import derived
from contracts.vocabulary import DocumentKind
from services.chassis.context import By
from services.chassis.questions import rows
from services.chassis.running import Running
from services.chassis.source import Typed
from services.chassis.store import New
from services.chassis.words import Keeping
from services.chassis.writer import Done
from services.intake.application.answering import Own
from services.intake.application.looking import same_person
from services.intake.application.office import office
from services.intake.domain.texts import Document

_LIES_APART: Final = "SELECT EXISTS (SELECT FROM apart.kept WHERE case_id = answering($1)) AS apart"


async def lies_apart(running: Running, case: UUID) -> bool:
    """Return whether what belongs to a case lies apart: with it, or with the one into which it has gone."""
    [found] = await rows(running.store, _LIES_APART, case)
    apart: bool = found["apart"]
    return apart


async def deposit(
    running: Running, case: UUID, kind: DocumentKind, text: str, by: By, petition: UUID | None = None,
    key: UUID | None = None,
) -> Done:  # fmt: skip
    """Put a text into the vault, under a new key if none is said; what a petitioner brings is erased with theirs."""
    key = key or derived(by.command_id, "document")
    index = await same_person(running, petition) if petition else ()
    apart = await lies_apart(running, case)
    sealed = office(running).vault.seal(case, key, {key: (str(kind), {"text": text})}, index=index, apart=apart)

    def opening() -> New:
        document = Document.blank(key)
        document.deposit(case, kind, sealed.sha256, at=by.at)
        reply = {"case_id": case, "document_id": key, "content_sha256": sealed.sha256}
        return New(document, reply, sealed.statements)

    return await running.store.create(opening, by=by)


def keeping(running: Running) -> Keeping:
    """Return the way in which intake's own commands put into the vault what people type."""

    async def keep(case: UUID, typed: Sequence[Typed], petition: UUID | None, by: By) -> None:
        for one in typed:
            beside = msgspec.structs.replace(by, command_id=one.id, expected_versions=None)
            await deposit(running, case, one.kind, one.text, beside, petition, one.id)

    return keep


async def own_words(running: Running, own: Own, kind: DocumentKind, words: str, by: By) -> UUID:
    """Put into the vault what a petitioner says beside a command of theirs; return its id, which follows from that."""
    beside = msgspec.structs.replace(by, command_id=derived(by.command_id, "words"), expected_versions=None)
    await deposit(running, own.answering, kind, words, beside, own.petition)
    return derived(beside.command_id, "document")
