"""The commands about who came together and what belongs together: visits of many, duplicates, merging, splitting."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, ClassVar, Final
from uuid import UUID

from pydantic import BaseModel, Field

from contracts.event import Event
from contracts.ids import derived
from contracts.vocabulary import ContentCategory, DocumentKind, DuplicateReason, LookPurpose, Role
from services.chassis.context import By
from services.chassis.errors import NotFound
from services.chassis.fields import LINE_CHARS_MAX, TEXT_CHARS_MAX, Body, Text
from services.chassis.references import KnownPlace, NamedCase
from services.chassis.running import Running
from services.chassis.texts import CaseText
from services.chassis.views import Statement
from services.chassis.writer import Done
from services.intake.application.answering import answering, parts_of
from services.intake.application.depositing import lies_apart
from services.intake.application.disclosing import is_settled
from services.intake.application.looking import has_withdrawn, look, same_person
from services.intake.application.office import CLERKS, office
from services.intake.application.persons import keys, says_who
from services.intake.application.registering import (
    LETTER_BYTES_MAX,
    Content,
    Petitioner,
    ShownContent,
    laid,
    receipt,
    registration_no,
)
from services.intake.application.telling import let_know
from services.intake.commands.cases import AtTheDoor, OfCase, OnCase, having
from services.intake.domain import classification, collective, detaching, grouping, personnel, recusal, track
from services.intake.domain.registration import Registration
from services.intake.vault import Sealed

NAMED_MAX: Final = 20
PARTS_MAX: Final = 20


async def handled(running: Running, case: UUID) -> list[Event]:
    """Return what has happened to a case where it is handled."""
    return [fact.event for fact in await running.sources.history("mediation", case)]


class NamedRepresentative(Petitioner):
    """Somebody who speaks for others, and whether they agree to."""

    consents: bool


class Named(OfCase):
    """Under which ids the vault keeps who speaks for the others."""

    representatives: list[UUID]


class NameRepresentatives(
    AtTheDoor, path="/cases/{case_id}/representatives", by=CLERKS, called="推选代表", reply=Named
):
    """Put on file who speaks for a collective visit, five at most (第二十条第三款).

    Each has a key of their own in the vault; the roster says who else came, and goes into the vault too.
    """

    bytes_max: ClassVar[int] = LETTER_BYTES_MAX

    petition_id: UUID
    representatives: Annotated[list[NamedRepresentative], Field(min_length=1, max_length=NAMED_MAX)]
    roster: Text | None = None

    async def run(self, running: Running, by: By) -> Done:
        await self.look_up(running, by)
        vault, case = office(running).vault, self.case_id
        numbers = [derived(by.command_id, f"representative/{n}") for n in range(len(self.representatives))]
        who = [one.model_dump(exclude={"consents"}) for one in self.representatives]
        apart = await lies_apart(running, case)
        sealed = [
            vault.seal(
                case, number, laid(number, "representative", one, LINE_CHARS_MAX), persons=keys(**one), apart=apart
            )
            for number, one in zip(numbers, who, strict=True)
        ]
        statements = [statement for each in sealed for statement in each.statements]
        listed = None if self.roster is None else derived(by.command_id, "roster")
        if listed is not None:
            roster = {listed: ("roster", {"text": self.roster})}
            statements += vault.seal(case, listed, roster, apart=apart).statements

        def act(registration: Registration) -> dict[str, Any]:
            self.must_be_here(registration, by)
            collective.name_representatives(
                registration,
                self.petition_id,
                numbers,
                [each.sha256 for each in sealed],
                listed,
                all_consent=all(one.consents for one in self.representatives),
                named=any(says_who(one.name) for one in self.representatives),
                clear=any(says_who(one.name) and says_who(one.address) for one in self.representatives),
                at=by.at,
            )
            return {"case_id": case, "representatives": numbers}

        return await running.store.change(Registration, case, act, by=by, statements=statements)


class Compared(OfCase):
    """Which two cases were compared."""

    other: UUID


class Compare(AtTheDoor, reply=Compared):
    """What somebody who has compared two cases says of them."""

    other: NamedCase

    def judge(self, one: Registration, other: Registration, by: By) -> None:
        """Call the rule."""
        raise NotImplementedError

    async def run(self, running: Running, by: By) -> Done:
        await self.look_up(running, by)

        def act(both: Sequence[Registration]) -> dict[str, Any]:
            self.must_be_here(both[0], by)
            track.must_take_part(both[1], by, self.directory)
            self.judge(both[0], both[1], by)
            return {"case_id": self.case_id, "other": self.other}

        return await running.store.change_all(Registration, (self.case_id, self.other), act, by=by)


class ConfirmDuplicate(Compare, path="/cases/{case_id}/duplicates", by=CLERKS, called="确认重复"):
    """Link another case about the same matter; neither is dropped (第二十二条)."""

    reasons: Annotated[list[DuplicateReason], Field(min_length=1, max_length=len(DuplicateReason))]

    def judge(self, one: Registration, other: Registration, by: By) -> None:
        grouping.confirm_duplicate(one, other, self.reasons, at=by.at)


class DismissDuplicate(Compare, path="/cases/{case_id}/duplicates/dismissal", by=CLERKS, called="排除重复"):
    """Say that another case is about something else; it is not suggested again."""

    def judge(self, one: Registration, other: Registration, by: By) -> None:
        grouping.dismiss_duplicate(one, other, at=by.at)


class Merged(OfCase):
    """Into which case it has gone."""

    into: UUID


class MergeCase(OnCase, path="/cases/{case_id}/merger", by=(Role.bureau_officer,), called="并案", reply=Merged):
    """Let the case go into another one; every petition keeps its receipt and query code (第二十二条)."""

    into: Annotated[NamedCase, Field(description="The case that answers for both from now on")]

    async def run(self, running: Running, by: By) -> Done:
        one, other = [await running.store.known(Registration, case) for case in (self.case_id, self.into)]
        first = await same_person(running, *tuple(one.petitions)[:1])
        same = not {*first}.isdisjoint(await same_person(running, *other.every_petition))
        same = same and not await has_withdrawn(running, other, first)
        settled = one.claims > other.claims and await is_settled(running, self.into)
        with_whom = [await having(running, case, by) for case in (one, other)]
        asked = recusal.still_asked(one, await handled(running, self.case_id))

        def act(both: Sequence[Registration]) -> dict[str, Any]:
            for one, whose in zip(both[:2], with_whom, strict=True):
                track.must_take_part(one, by, running.store.directories.current)
                track.must_be_at_the_door(one, by.unit, running.store.directories.current, whose)
            grouping.merge_into(both[0], both[1], at=by.at, same_petitioner=same, settled=settled, asked=asked)
            grouping.accuse_parts(both[1], (both[0], *both[2:]), at=by.at)
            classification.relieve(both[1], running.store.directories.current, at=by.at)
            personnel.owe(both[1], at=by.at)
            return {"case_id": self.case_id, "into": self.into}

        streams = (self.case_id, self.into, *await parts_of(running, self.case_id, self.into))
        done = await running.store.change_all(Registration, streams, act, by=by)
        await let_know(running, self.into)
        return done


class Detached(OfCase):
    """The case that the petition has of its own; its number and its query code are what they were."""

    registration_no: str


class DetachPetition(
    OnCase, path="/cases/{case_id}/petitions/{petition_id}/detachment", by=CLERKS, called="更正并入", status=201,
    reply=Detached, location="/cases/{case_id}",
):  # fmt: skip
    """Give a petition a case of its own that had joined the wrong one, with its own day of receipt (第二十二条).

    It is done by the unit to which it came, or by a bureau over who has to do with it, also where its whole case had
    gone into the wrong one.
    """

    petition_id: UUID
    reasons: CaseText

    async def run(self, running: Running, by: By) -> Done:
        await self.look_up(running, by)
        store, database, vault = running.store, running.store.database, office(running).vault
        case, child = await answering(running, self.case_id), derived(by.command_id, "case")
        came_with = await vault.case_of(database, self.petition_id)
        if came_with is None:
            raise NotFound(str(self.petition_id))
        r, origin = [await store.known(Registration, one) for one in (case, came_with)]
        claims, waits_since, sealed = 1, None, Sealed([], "")
        if await store.stored(by) is None:  # what was detached by this command lies elsewhere already
            track.must_take_part(r, by, self.directory)
            detaching.must_be_detachable(r, origin, self.petition_id)
            if by.role is Role.bureau_officer:
                track.must_be_at_the_door(r, by.unit, self.directory, await having(running, r, by))
            else:
                detaching.must_be_theirs(origin, self.petition_id, by.unit, self.directory)
            waits_since = await self._waits_since(running, r, origin)
            item = origin.petitions[self.petition_id].content
            claims = ShownContent(**(await look(running, origin.id, item, LookPurpose.detach, by) or {})).count
            sealed = await vault.moved(database, self.petition_id, item, [case, origin.id], child)

        def act(them: Sequence[Registration]) -> dict[str, Any]:
            own, new, of = them[0], them[1], them[-1] if origin.id != case else them[0]
            track.must_take_part(own, by, self.directory)
            detaching.detach(
                own, of, new, self.petition_id, self.reasons, self.directory, at=by.at, claims=claims,
                content_sha256=sealed.sha256, waits_since=waits_since,
            )  # fmt: skip
            for error in self.amiss:
                raise error
            return {"case_id": child, "registration_no": new.registration_no}

        streams = dict.fromkeys((case, child, origin.id))
        done = await store.change_all(Registration, [*streams], act, by=by, statements=sealed.statements)
        await let_know(running, case)
        return done

    async def _waits_since(self, running: Running, r: Registration, origin: Registration) -> datetime | None:
        """Return from when at the latest its answer was due where it was handled, which those know who did."""
        both = {r.id: r, origin.id: origin}.values()
        since = [detaching.waits_since(one, self.petition_id, await handled(running, one.id)) for one in both]
        return min((one for one in since if one is not None), default=None)


class ClaimPart(Body):
    """One of several claims."""

    category: ContentCategory
    place: Annotated[KnownPlace | None, Field(description="As the case has it, where none is named")] = None
    content: Content


class Child(BaseModel):
    """A case that was split off."""

    case_id: UUID
    registration_no: str


class Split(OfCase):
    """The cases that were split off, and the query code of each; the codes are shown to nobody else."""

    children: list[Child]
    query_codes: list[str]


class SplitCase(
    OnCase, path="/cases/{case_id}/split", by=(Role.bureau_officer,), called="分案", status=201, reply=Split
):
    """Give each of several claims a case of its own, with the same day of receipt (第二十二条、第二十四条)."""

    bytes_max: ClassVar[int] = LETTER_BYTES_MAX

    parts: Annotated[list[ClaimPart], Field(min_length=2, max_length=PARTS_MAX)]

    async def run(self, running: Running, by: By) -> Done:
        vault, parent = office(running).vault, await running.store.known(Registration, self.case_id)
        track.must_take_part(parent, by, running.store.directories.current)
        whose = await having(running, parent, by)
        track.must_be_at_the_door(parent, by.unit, running.store.directories.current, whose)
        await running.store.directories.knowing(*(part.place for part in self.parts if part.place))
        again = await running.store.stored(by) is not None  # of what this command has divided the codes are told again
        if not again:
            grouping.must_be_dividable(parent)
        asked = recusal.still_asked(parent, await handled(running, self.case_id))
        wrote = [one for one in parent.every_petition if one not in parent.others]
        index, who = await same_person(running, *wrote), None if again else await self._who(running, wrote, by)
        received_at = parent.received_at or by.at
        children: list[tuple[UUID, dict[str, Any]]] = []
        statements: list[Statement] = []
        codes: list[str] = []
        for n, part in enumerate(self.parts):
            command = derived(by.command_id, f"part/{n}")
            child, petition, content = (derived(command, name) for name in ("case", "petition", "content"))
            items = laid(content, DocumentKind.petition, vars(part.content), TEXT_CHARS_MAX)
            if who is not None:
                items[petition] = ("petitioner", who)
            sealed = vault.seal(child, petition, items, index=index)
            code, with_code = vault.query_code(child, petition)
            statements += [*sealed.statements, with_code]
            codes.append(code)
            facts = {
                "registration_no": registration_no(command, received_at),
                "petition": petition,
                "category": part.category,
                "place": part.place or parent.place,
                "content": content,
                "content_sha256": sealed.sha256,
                "claims": part.content.count,
            }
            children.append((child, facts))

        def act(family: Sequence[Registration]) -> dict[str, Any]:
            track.must_take_part(family[0], by, running.store.directories.current)
            own = [facts for _, facts in children]
            grouping.split_into(family[0], list(zip(family[1:], own, strict=True)), at=by.at, asked=asked)
            told = [{"case_id": child, "registration_no": facts["registration_no"]} for child, facts in children]
            return {"case_id": self.case_id, "children": told}

        streams = (self.case_id, *(child for child, _ in children))
        done = await running.store.change_all(Registration, streams, act, by=by, statements=statements)
        return receipt(done, query_codes=codes)

    async def _who(self, running: Running, wrote: Sequence[UUID], by: By) -> Any | None:  # noqa: ANN401  # what was sealed
        """Return who wrote the letter: each part is theirs, and is answered to them; the look is on record."""
        for petition in wrote:
            if (who := await look(running, self.case_id, petition, LookPurpose.divide, by)) is not None:
                return who
        return None
