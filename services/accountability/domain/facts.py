"""补录: what was entered late by the unit whose duty it was counts once somebody outside that unit has borne it out."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from contracts.accountability import FactConfirmed
from contracts.ids import fact_of
from contracts.vocabulary import Confirmation
from services.chassis.aggregate import Aggregate, when
from services.chassis.context import By
from services.chassis.directory import Directory
from services.chassis.errors import Forbidden, Invalid, Refused

_ARTICLE: Final = "信访工作条例 第二十一条第二款、第四十三条至第四十五条"
BY_SOMEBODY: Final = frozenset({Confirmation.petitioner, Confirmation.carrier, Confirmation.verified})
"""What somebody can bear a fact out by; the rest the ledger sees by itself."""


class OwnFact(Forbidden):
    """No unit moves its own clock, nor that of one above it."""

    code = "own_fact"
    title = "录入单位及其下级单位不得自行确认补录事实"
    article = _ARTICLE
    by_directory = True


class NotTheirsToConfirm(Forbidden):
    """A fact is borne out by who has to do with its case, or organises for these or for who has entered it."""

    code = "not_theirs_to_confirm"
    title = "本单位与该事项的办理无关，不得确认补录事实"
    article = "信访工作条例 第十四条、第二十二条、第四十条第一款"
    by_directory = True


class OwnProof(Forbidden):
    """What a unit has put into the vault itself is its own word once more."""

    code = "own_proof"
    title = "录入单位及其下级单位存档的文书不得作为确认其补录事实的凭证"
    article = _ARTICLE
    by_directory = True


class ProofUsed(Refused):
    """A carrier hands over one letter with one receipt."""

    code = "proof_used"
    title = "该送达凭证已用于确认另一事实"
    article = _ARTICLE


class AlreadyConfirmed(Refused):
    """A fact is borne out once."""

    code = "already_confirmed"
    title = "该事实已经确认"
    article = _ARTICLE


class NotAConfirmation(Invalid):
    """The ledger sees by itself whether an entry was in time."""

    code = "not_a_confirmation"
    title = "确认方式须为信访人确认、送达凭证或者信访工作机构核实"
    article = _ARTICLE


def must_have_to_do_with(entered_by: str, of: Collection[str], by: By, directory: Directory) -> None:
    """Let nobody bear out what was entered in a case with which they have nothing to do."""
    if directory.acting_as(by.unit, *of) not in of and not any(
        directory.organises(by.unit, one) for one in {entered_by, *of}
    ):
        raise NotTheirsToConfirm(by.unit)


class Proof(NamedTuple):
    """A text of the case that shows that something has happened, and where it comes from."""

    document: UUID
    deposited_by: str | None = None
    """Which unit has put it into the vault; nobody's where the petitioner has."""
    used: bool = False
    """Whether something else was borne out by it."""


class Fact(Aggregate):
    """What an event says has happened, as far as somebody has looked whether it did."""

    def start(self) -> None:
        """Nobody has looked yet."""
        self.of: UUID | None = None
        self.confirmation: Confirmation | None = None

    @staticmethod
    def stream_of(event: UUID) -> UUID:
        """Return the stream about an event."""
        return fact_of(event)

    @property
    def case(self) -> UUID | None:
        """The case within which it happened."""
        return self.of

    def confirm(
        self, case: UUID, event: UUID, entered_by: str, by: str, under: Collection[str], confirmation: Confirmation,
        proof: Proof, *, at: datetime,
    ) -> None:  # fmt: skip
        """Bear out, as somebody outside the unit that entered it, that it happened when that unit says."""
        own = {entered_by, *under}
        if by in own:
            raise OwnFact(entered_by)
        if confirmation not in BY_SOMEBODY:
            raise NotAConfirmation
        if self.exists:
            raise AlreadyConfirmed
        if proof.deposited_by in own:
            raise OwnProof(entered_by)
        if proof.used and confirmation is Confirmation.carrier:
            raise ProofUsed
        self.record(
            FactConfirmed, at=at, case=case, fact=event, entered_by=entered_by, confirmation=confirmation,
            proof=proof.document,
        )  # fmt: skip

    @when
    def _(self, event: FactConfirmed) -> None:
        self.of, self.confirmation = event.case, event.confirmation
