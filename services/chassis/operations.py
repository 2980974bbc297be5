"""What can be done and asked, declared once.

A command or a question is a class: its fields are what is sent, its class arguments say where, by whom and under which
title, its docstring what it does and under which article. Route, OpenAPI entry, permission, table of operations, the
steps of stories and the requests of fuzz tests all follow from that; nothing of it is said a second time.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from string import Formatter
from types import ModuleType
from typing import Any, ClassVar, Final

from pydantic import BaseModel

from contracts.vocabulary import Role
from services.chassis.context import By
from services.chassis.errors import Forbidden
from services.chassis.fields import Body

CHANGING: Final = frozenset({"POST", "PUT", "PATCH", "DELETE"})
BODY_BYTES_MAX: Final = 262_144
REGULATION: Final = "信访工作条例"
"""The law that an article without a name is of."""

_ARTICLE: Final = re.compile(r"\(([^()]*第[^()]*[条项款][^()]*)\)\.?$")


@dataclass(frozen=True, kw_only=True)
class Operation:
    """What is said of a command or a question."""

    name: str
    """Short and unique in its service: ``openHearing``."""
    method: str
    path: str
    by: Sequence[Role] = ()
    """In which roles somebody may; nobody who is not named may, unless it is `open`."""
    open: bool = False
    """Whether anybody may, without one."""
    by_session: bool = False
    """Whether it is done by whoever has proved that a petition is theirs, on that one, and by nobody else."""
    by_two: bool = False
    """Whether it takes effect only when another person has agreed."""
    title: str
    """In Chinese, as it stands on a button."""
    summary: str
    article: str | None
    status: int = 200
    reply: type[BaseModel] | str
    """The shape of the reply; of one that is a file, its media type, or several with commas between them."""
    location: str | None = None
    """Where what was created can be asked for, with fields of the reply in braces."""
    in_path: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        """Read from the path which fields stand in it."""
        object.__setattr__(self, "in_path", parameters(self.path))

    @property
    def changes(self) -> bool:
        """Whether it may have a body."""
        return self.method in CHANGING

    def told(self) -> dict[str, Any]:
        """Return it for programs."""
        return {
            "id": self.name,
            "method": self.method,
            "path": self.path,
            "title": self.title,
            "roles": [str(role) for role in self.by],
            "by_two": self.by_two,
            "article": self.article,
            "summary": self.summary,
            "status": self.status,
            "reply": self.reply if isinstance(self.reply, str) else self.reply.__name__,
        }


class Declared(Body):
    """A class whose fields are what is sent, and whose class arguments are its operation."""

    operation: ClassVar[Operation]
    bytes_max: ClassVar[int] = BODY_BYTES_MAX
    """How long what is sent may be."""
    takes: ClassVar[int] = 1
    """How many units of the budget of whoever asks (``http/rates``): what costs much takes much."""
    by_session: ClassVar[bool] = False
    """Whether it is for whoever has a session (``Operation``)."""

    @classmethod
    def field(cls, name: str, kind: Any, default: Any = ...) -> None:  # noqa: ANN401  # as pydantic takes them
        """Let the class have a field that follows from what it says elsewhere, unless it declares it itself."""
        if not any(name in vars(base).get("__annotations__", ()) for base in cls.__mro__):
            cls.__annotations__[name] = kind
            if default is not ...:
                setattr(cls, name, default)

    @classmethod
    def declare(cls, *, called: str = "", **said: Any) -> None:  # noqa: ANN401  # what an Operation has
        """Say what the class is; its docstring ends with its article, if it has one. Raises ``TypeError``."""
        summary = inspect.cleandoc(cls.__doc__ or "").partition("\n")[0]
        name = cls.__name__[0].lower() + cls.__name__[1:]
        cls.operation = Operation(
            name=name, title=called, summary=summary, article=_article(summary), by_session=cls.by_session, **said
        )
        if missing := set(cls.operation.in_path) - cls.model_fields.keys():
            raise TypeError(f"{cls.__name__}: no field for {sorted(missing)} of {cls.operation.path}")
        if not cls.operation.by and not cls.operation.open:
            raise TypeError(f"{cls.__name__} does not say who may")

    @classmethod
    def concrete(cls) -> bool:
        """Return whether the class is an operation itself, and no base of some."""
        return "operation" in vars(cls)


def declared(*modules: ModuleType) -> tuple[type[Declared], ...]:
    """Return the operations that modules declare, each in its order. Raises ``ValueError`` for a name used twice."""
    found = [cls for module in modules for cls in _of(module)]
    names = [cls.operation.name for cls in found]
    if twice := {name for name in names if names.count(name) > 1}:
        raise ValueError(f"declared twice: {sorted(twice)}")
    return tuple(found)


def _of(module: ModuleType) -> Iterator[type[Declared]]:
    for one in vars(module).values():
        if inspect.isclass(one) and issubclass(one, Declared) and one.__module__ == module.__name__ and one.concrete():
            yield one


def parameters(path: str) -> tuple[str, ...]:
    """Return the names that stand in a path in braces."""
    return tuple(name for _, name, _, _ in Formatter().parse(path) if name)


class OwnPetitionOnly(Forbidden):
    """A session opens what a petitioner does about their own petition, and nothing else."""

    code = "own_petition_only"
    title = "凭查询码登录的，只可查询、办理本人的这一信访事项"


class NoSession(Forbidden):
    """What concerns a petition of one's own is for whoever has proved by its query code that it is theirs."""

    code = "no_session"
    title = "须先凭查询码登录"
    remedy = "请以查询码登录后再办。"


class NotOpenToServices(Forbidden):
    """The account of a service opens what that service asks of this one, and nothing else."""

    code = "not_open_to_services"
    title = "该接口不向此服务账户开放"


def permitted(by: By, operation: Operation) -> None:
    """Raise ``Forbidden`` unless whoever acts may do that."""
    by.must_be(*operation.by)
    if operation.by_session and by.petition is None:
        raise NoSession
    if by.petition is not None and not operation.by_session:
        raise OwnPetitionOnly


def _article(summary: str) -> str | None:
    """Return the article in the parenthesis at the end of a summary, with the law that it is of."""
    if (found := _ARTICLE.search(summary)) is None:
        return None
    article = found[1]
    return f"{REGULATION} {article}" if article.startswith("第") else article
