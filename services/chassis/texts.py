"""Texts of a case, which lie in intake's vault: what a command refers to as a text is one of that very case.

Intake is asked at the time of the command, once for each text: what lies in the vault never changes its kind or case.
Commands that arrive together ask together, and each asks again for as long as it has patience itself.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, Final
from uuid import UUID

from contracts.vocabulary import DocumentKind
from services.chassis.errors import Invalid
from services.chassis.references import About, Place, Reference
from services.chassis.source import TextAt, patience, patiently
from services.chassis.together import Together

if TYPE_CHECKING:
    from services.chassis.context import By

REMEMBERED_MAX: Final = 10_000
"""Texts of which a process remembers what they are."""

Asking = Callable[[Sequence[TextAt]], Awaitable[Mapping[TextAt, str | None]]]
"""Of cases and texts: what kind of text each is, None where the case has no such text."""


class NoSuchText(Invalid):
    """What is decided, answered or proved stands in a text, and that lies in the vault, with the case."""

    code = "no_such_text"
    title = "所附文书不是本信访事项的存档文书"
    article = "信访工作条例 第三十二条"


class WrongKindOfText(Invalid):
    """An opinion stands in an opinion, and a proof in a proof."""

    code = "wrong_kind_of_text"
    title = "所附文书种类不符"
    article = "信访工作条例 第三十二条"


class Texts:
    """What kind the texts of cases are, as intake says; what it has said is remembered."""

    def __init__(self, ask: Asking) -> None:
        self._asking = Together(ask)
        self._known: OrderedDict[TextAt, str] = OrderedDict()

    async def kind(self, case: UUID, text: UUID) -> str:
        """Return what kind of text of a case it is. Raises ``NoSuchText`` and ``Unavailable``."""
        ask = partial(self._asking.of, (case, text))
        kind = self._known.get((case, text)) or await patiently(ask, patience())
        if kind is None:
            raise NoSuchText(str(text))
        self._known[case, text] = kind
        if len(self._known) > REMEMBERED_MAX:
            self._known.popitem(last=False)
        return kind


class TextOf(Reference):
    """That a field refers to a text of the case that the command is about, of one of these kinds if any are named.

    What is about no case lies with none, and is taken as it is.
    """

    after_the_rules = True

    def __init__(self, *kinds: DocumentKind) -> None:
        self.kinds = kinds

    async def look_up(self, running: Place, command: About, by: By, value: Any) -> Any:  # noqa: ANN401  # what the field takes
        """Return what kind of text it is. Raises ``NoSuchText``, ``WrongKindOfText`` and ``Unavailable``."""
        if value is None or (case := await command.of_case(running, by)) is None:
            return None
        kind = await running.texts.kind(case, value)
        if self.kinds and kind not in self.kinds:
            raise WrongKindOfText(f"须为{'或者'.join(kind.title for kind in self.kinds)}")
        return kind


CaseText = Annotated[UUID, TextOf()]
"""A text of the case, of whatever kind."""
Proof = Annotated[UUID, TextOf(DocumentKind.execution_proof)]
"""A text that proves that something was done."""
