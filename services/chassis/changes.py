"""Changes that take two persons: one enters what everybody's rights or days follow from, another one agrees (0053).

What was entered is an event, so that nobody changes it before the other one looks at it. What of it stands in no event,
a name or a telephone number, lies beside it for as long as the change is pending, and no longer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final, NamedTuple
from uuid import UUID

from contracts.event import Event
from contracts.periods.calendar import day
from contracts.vocabulary import ChangeState, Role
from services.chassis.aggregate import BEFORE_ALL, Aggregate
from services.chassis.context import By
from services.chassis.directory import NO_POSTS, Directory
from services.chassis.errors import Forbidden, Refused
from services.chassis.views import Statement, insertion

PENDING_DAYS_MAX: Final = 7
"""How long a change waits for somebody who agrees: what it was entered for may be another thing by then."""
ARTICLE: Final = "个人信息保护法 第五十一条"
BESIDE: Final = insertion("change_beside", "id", "sent")
_FORGOTTEN: Final = (
    "DELETE FROM change_beside b USING json_populate_recordset(NULL::change_beside, {rows}) gone WHERE b.id = gone.id"
)


class OwnChange(Forbidden):
    """Whoever has entered a change does not agree to it, as whatever they act, nor does whom it is about."""

    code = "own_change"
    title = "不得同意本人提请的或者涉及本人的变更"
    article = ARTICLE


class ChangeOfSomebodyElse(Forbidden):
    """Who does not keep the platform running takes back what they have entered themselves, and nothing else."""

    code = "change_of_somebody_else"
    title = "只可撤回本人提请的变更"
    article = ARTICLE


class ChangeIsOver(Refused):
    """Somebody has agreed to the change, or it was refused."""

    code = "change_is_over"
    title = "该项变更已经办结"
    article = ARTICLE


class ChangeLapsed(Refused):
    """Nobody has agreed to the change in time."""

    code = "change_lapsed"
    title = f"该项变更逾{PENDING_DAYS_MAX}日未获同意，已失效"
    article = ARTICLE


class ProposerRelieved(Refused):
    """Whoever has entered the change is no more what they did it as, or has become it anew."""

    by_directory = True
    code = "proposer_relieved"
    title = "提请人已不在提请时的岗位，该项变更作废"
    article = ARTICLE


class Outdated(Refused):
    """What was entered is no command any more."""

    code = "outdated_change"
    title = "所提请的内容已不合现行格式，须重新提请"
    article = ARTICLE


class Told(NamedTuple):
    """What a service records of its changes."""

    proposed: type[Event]
    agreed: type[Event]
    refused: type[Event]


class TwoPersons(Aggregate):
    """A change that one person has entered. A service has a kind of its own, which says as what it is `told`."""

    told: ClassVar[Told]

    def __init_subclass__(cls, **kwargs: Any) -> None:  # noqa: ANN401  # the library's own
        """Know what the events of the kind mean."""
        super().__init_subclass__(**kwargs)
        cls.applies = {
            cls.told.proposed: TwoPersons._entered,
            cls.told.agreed: TwoPersons._agreed,
            cls.told.refused: TwoPersons._refused,
        }

    def start(self) -> None:
        """Nobody has entered anything yet."""
        self.operation = self.sent = self.proposed_by = self.unit = ""
        self.role = Role.system
        self.since = 0
        self.versions: frozenset[int] | None = None
        self.reason: str | None = None
        self.proposed_at = BEFORE_ALL
        self.state = ChangeState.pending

    @property
    def case(self) -> UUID | None:
        """It belongs to no case."""
        return None

    @property
    def lapses_at(self) -> datetime:
        """From when on nobody can agree any more."""
        return self.proposed_at + timedelta(PENDING_DAYS_MAX)

    @property
    def over(self) -> Statement:
        """What takes away what lies beside it."""
        return _FORGOTTEN, {"id": str(self.id)}

    def beside(self, sent: Mapping[str, Any]) -> list[Statement]:
        """Return what keeps beside it what stands in no event."""
        return [(BESIDE, {"id": str(self.id), "sent": sent})] if sent else []

    def propose(self, operation: str, sent: str, directory: Directory, *, by: By) -> None:
        """Enter it; what somebody has seen of what it changes (``If-Match``) must be so still when it takes effect."""
        self.record(
            self.told.proposed, at=by.at, operation=operation, sent=sent, proposed_by=by.actor, unit=by.unit,
            role=by.role, since=max(directory.since(by.actor, (by.unit, by.role), day(by.at)), default=0),
            versions=_listed(by.expected_versions), reason=by.reason,
        )  # fmt: skip

    def agree(self, directory: Directory, *, by: By) -> None:
        """Let it take effect: as another person, in time, while whoever has entered it is what they were.

        Raises ``OwnChange``, ``ChangeIsOver``, ``ChangeLapsed`` and ``ProposerRelieved``.
        """
        if by.actor == self.proposed_by:
            raise OwnChange
        self._must_be_pending()
        if by.at >= self.lapses_at:
            raise ChangeLapsed
        if self.role not in NO_POSTS:
            now = directory.since(self.proposed_by, (self.unit, self.role), day(by.at))
            if not any(since <= self.since for since in now):
                raise ProposerRelieved
        self.record(self.told.agreed, at=by.at, proposed_by=self.proposed_by)

    def refuse(self, *, by: By) -> None:
        """Let it come to nothing: as who keeps the platform running, or who has entered it and takes it back.

        Raises ``ChangeOfSomebodyElse`` and ``ChangeIsOver``.
        """
        if by.role is not Role.platform_admin and by.actor != self.proposed_by:
            raise ChangeOfSomebodyElse
        self._must_be_pending()
        self.record(self.told.refused, at=by.at, proposed_by=self.proposed_by)

    def _must_be_pending(self) -> None:
        if self.state is not ChangeState.pending:
            raise ChangeIsOver

    def _entered(self, event: Any) -> None:  # noqa: ANN401  # of the service's own class, as below
        self.operation, self.sent = event.operation, event.sent
        self.proposed_by, self.unit, self.role = event.proposed_by, event.unit, event.role
        self.since = event.since
        self.versions = None if event.versions is None else frozenset(event.versions)
        self.reason, self.proposed_at = event.reason, event.timestamp

    def _agreed(self, event: Any) -> None:  # noqa: ANN401, ARG002
        self.state = ChangeState.agreed

    def _refused(self, event: Any) -> None:  # noqa: ANN401, ARG002
        self.state = ChangeState.refused


def _listed(versions: Iterable[int] | None) -> tuple[int, ...] | None:
    return None if versions is None else tuple(sorted(versions))
