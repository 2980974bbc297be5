"""What is done about a change that takes two persons (``changes``): it is proposed, agreed to, refused, listed (0053).

The gate proposes instead of doing. Agreeing does the very command that was proposed, as whoever has proposed it, with
the state of the moment, and says in the same transaction that the change is over.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar, cast
from uuid import UUID

import msgspec
from fastapi import Response
from pydantic import ValidationError

from contracts.ids import derived
from contracts.vocabulary import ChangeState, Role
from services.chassis.changes import Outdated, OwnChange, TwoPersons
from services.chassis.commands import Command, OnEntry
from services.chassis.context import Agreement, By
from services.chassis.errors import Stale
from services.chassis.fields import InNoEvent
from services.chassis.operations import permitted
from services.chassis.questions import Answer, Listing, rows
from services.chassis.store import New
from services.chassis.views import Row, Sight, Statement
from services.chassis.writer import Done

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from services.chassis.running import Running

C = TypeVar("C", bound=TwoPersons)
R = TypeVar("R", bound="Pending")
MAY_AGREE: Final = (Role.platform_admin,)
"""Who is asked to agree: they keep the directory, hold no post in it, and so gain by nothing that they agree to."""
IF_PENDING: Final = Sight("state = 'pending'")
_BESIDE: Final = "SELECT id, sent FROM change_beside WHERE id = ANY($1::uuid[])"


async def propose(running: Running, command: Command[Any], by: By) -> Done:
    """Take down a command for another person, if it would be done at this moment. Raises ``DomainError``."""
    await command.try_out(running, by)
    kind = running.service.changes
    assert kind is not None, f"{running.service.name} does not say what is made of its changes"
    private = {name for name, field in type(command).model_fields.items() if any(map(_in_no_event, field.metadata))}
    kept = command.model_dump(mode="json", exclude_unset=True)
    beside = {name: kept.pop(name) for name in private & kept.keys()}
    directory = await running.store.directories.at_hand()

    def opening() -> New:
        change = kind.blank(derived(by.command_id, "change"))
        sent = json.dumps(kept, ensure_ascii=False, sort_keys=True)
        change.propose(command.operation.name, sent, directory, by=by)
        return New(change, {"change_id": change.id}, change.beside(beside))

    return await running.store.create(opening, by=by)


def _in_no_event(said: object) -> bool:
    return isinstance(said, InNoEvent)


class Approve(OnEntry[C], Generic[C]):
    """The command by which another person agrees."""

    async def run(self, running: Running, by: By) -> Done:
        """Do what was proposed. Raises what that raises, and then the change is pending as before.

        Where it was agreed to already, whatever is done beside it is done once more: somebody was interrupted.
        """
        change = await running.store.known(cast("type[C]", self.aggregate), self.stream(by))
        command = await _again(running, change, by)
        permitted(by, command.operation)
        if by.actor in command.those_concerned():
            raise OwnChange
        pending = change.state is ChangeState.pending
        if pending and by.expected_versions is not None and change.version not in by.expected_versions:
            raise Stale(f"当前版本为 {change.version}")
        await running.store.directories.at_hand()  # whoever was relieved a moment ago has no post any more
        agreement = Agreement(kind=type(change), change=change.id, by=by)
        proposer = msgspec.structs.replace(
            by, actor=change.proposed_by, unit=change.unit, role=change.role, expected_versions=change.versions,
            reason=change.reason, agreed_by=by.actor, agreement=agreement,
        )  # fmt: skip
        if pending:
            await running.store.directories.must_still_be(proposer)
        return await command.run(running, proposer)


async def _again(running: Running, change: TwoPersons, by: By) -> Command[Any]:
    """Return the command that was proposed. Raises ``Outdated`` for what is none any more, though it is pending."""
    commands = {cls.operation.name: cls for cls in running.service.operations if cls.operation.by_two}
    sent = json.loads(change.sent) | (await _beside(running, [change.id])).get(change.id, {})
    try:
        return cast("Command[Any]", commands[change.operation].model_validate(sent))
    except (KeyError, ValidationError):
        change.agree(running.store.directories.current, by=by)
        raise Outdated from None


async def _beside(running: Running, changes: Iterable[UUID]) -> Mapping[UUID, dict[str, Any]]:
    """Return what of some changes stands in no event."""
    return {row["id"]: json.loads(row["sent"]) for row in await rows(running.store, _BESIDE, list(changes))}


class Refuse(OnEntry[C], Generic[C]):
    """The command by which another person says no, or whoever has proposed it takes it back."""

    def act(self, change: C, by: By, /) -> None:
        """Let it come to nothing."""
        change.refuse(by=by)

    def statements(self) -> Sequence[Statement]:
        """Keep nothing of it that stands in no event."""
        return [self.aggregate.blank(self.change_id).over]  # type: ignore[attr-defined]  # of the class with a path


class Pending(Row):
    """A change that waits for another person to agree: what was sent for which operation, by whom, and until when."""

    operation: str
    sent: str
    proposed_by: str
    unit: str
    role: Role
    proposed_at: datetime
    lapses_at: datetime


class ListPending(Listing[R], Generic[R]):
    """The question which changes are pending."""

    async def ask(self, running: Running, by: By | None) -> Answer | Response:
        """Show them with what stands in no event, without those for which it is too late."""
        assert by is not None
        answer = await super().ask(running, by)
        assert isinstance(answer, Answer)
        listed = [item for item in answer.value["items"] if by.at < item["lapses_at"]]
        beside = await _beside(running, [item["id"] for item in listed])
        for item in listed:
            whole = json.loads(item["sent"]) | beside.get(item["id"], {})
            item["sent"] = json.dumps(whole, ensure_ascii=False, sort_keys=True)
        return Answer(answer.value | {"items": listed})
