"""How a text of a case gets into the vault, whoever brings it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Final
from uuid import UUID

import msgspec

from contracts.ids import derived
from contracts.vocabulary import DocumentKind
from services.chassis.context import By
from services.chassis.errors import Erased
from services.chassis.questions import rows
from services.chassis.running import Running
from services.chassis.source import Typed
from services.chassis.store import New
from services.chassis.words import Keeping
from services.chassis.writer import Done
from services.intake.application.answering import Own, answering
from services.intake.application.looking import same_person
from services.intake.application.office import office
from services.intake.domain.registration import Registration
from services.intake.domain.texts import Document

_LIES_APART: Final = "SELECT EXISTS (SELECT FROM apart.kept WHERE case_id = answering($1)) AS apart"


_GOES_WITH_ONE: Final = """
SELECT k.id IS NULL AND d.id IS NOT NULL AS gone, k.restricted
FROM unnest(ARRAY[$1::uuid]) AS one (id)
LEFT JOIN vault_key k ON k.id = one.id LEFT JOIN destroyed_key d ON d.id = one.id
"""
_GOES_WITH_ALL: Final = """
WITH RECURSIVE whole AS (
    SELECT $1::uuid AS id UNION SELECT v.id FROM whole w JOIN case_view v ON v.merged_into = w.id
), named AS (
    SELECT coalesce(k.persons::text, k.id::text) AS who, k.restricted FROM whole w JOIN vault_key k ON k.case_id = w.id
    WHERE k.persons IS NOT NULL OR EXISTS (SELECT FROM query_code q WHERE q.petition_id = k.id)
)
SELECT count(*) = 0 AND EXISTS (SELECT FROM destroyed_key WHERE id = ANY($2::uuid[])) AS gone,
       count(DISTINCT who) = 1 AND bool_and(restricted) AS restricted
FROM named
"""
"""With the last petitioner of a case goes what names nobody."""


async def lies_apart(running: Running, case: UUID) -> bool:
    """Return whether what belongs to a case lies apart: with it, or with the one into which it has gone."""
    [found] = await rows(running.store, _LIES_APART, case)
    apart: bool = found["apart"]
    return apart


async def _only_kept(running: Running, case: UUID, beside: UUID | None) -> bool:
    """Return whether that is only kept with which a text would be erased: a petition, or the last one of the case.

    Raises ``Erased`` where it is destroyed already, so that nothing would be left with which the text goes.
    """
    if beside is not None:
        [found] = await rows(running.store, _GOES_WITH_ONE, beside)
    else:
        about = await running.store.known(Registration, await answering(running, case))
        [found] = await rows(running.store, _GOES_WITH_ALL, about.id, about.every_petition)
    if found["gone"]:
        raise Erased(str(beside or case))
    return bool(found["restricted"])


async def deposit(
    running: Running, case: UUID, kind: DocumentKind, text: str, by: By, beside: UUID | None = None,
    key: UUID | None = None,
) -> Done:  # fmt: skip
    """Put a text into the vault, under a new key if none is said.

    It is erased with the petition, or the paper, `beside` which it is put, if there is one. Raises ``Erased``.
    """
    key = key or derived(by.command_id, "document")
    index = await same_person(running, beside) if beside else ()
    apart, restricted = await lies_apart(running, case), await _only_kept(running, case, beside)
    sealed = office(running).vault.seal(
        case, key, {key: (str(kind), {"text": text})}, index=index, apart=apart, restricted=restricted
    )

    def opening() -> New:
        document = Document.blank(key)
        document.deposit(case, kind, sealed.sha256, at=by.at)
        reply = {"case_id": case, "document_id": key, "content_sha256": sealed.sha256}
        return New(document, reply, sealed.statements)

    return await running.store.create(opening, by=by)


def keeping(running: Running) -> Keeping:
    """Return the way in which intake's own commands put into the vault what people type."""

    async def keep(case: UUID, typed: Sequence[Typed], beside: UUID | None, by: By) -> None:
        for one in typed:
            said = msgspec.json.encode((case, one.kind, one.text, beside))
            fingerprint = hashlib.blake2b(said, digest_size=16, key=running.fingerprints, person=b"words").digest()
            own = msgspec.structs.replace(by, command_id=one.id, fingerprint=fingerprint, expected_versions=None)
            await deposit(running, case, one.kind, one.text, own, beside, one.id)

    return keep


async def own_words(running: Running, own: Own, kind: DocumentKind, words: str, by: By) -> UUID:
    """Put into the vault what a petitioner says beside a command of theirs; return its id, which follows from that."""
    beside = msgspec.structs.replace(by, command_id=derived(by.command_id, "words"), expected_versions=None)
    await deposit(running, own.answering, kind, words, beside, own.petition)
    return derived(beside.command_id, "document")
