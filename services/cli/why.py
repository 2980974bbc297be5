"""`huiyin why`: whether somebody may do something in a case, and by what."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

import typer

from services.cli.asking import asked
from services.cli.errors import StackError, WordError
from services.cli.operations import declared
from services.cli.terminal import say


def why(
    actor: Annotated[str, typer.Argument(help="Whoever it is about, by their code in the directory.")],
    operation: Annotated[str, typer.Argument(help="What they want to do, like showCase; see `huiyin operations`.")],
    case: Annotated[UUID, typer.Argument(help="The case, by its id.")],
) -> None:
    """Say whether somebody may do something in a case, as each of their posts, and by what.

    Whoever asks has logged in as an auditor in whose reach the case is.

    Example: huiyin why QL24568 acceptCase 6f1c0e5e-3f0e-5a55-8a3b-0f6f5c1f2f10
    """
    told = [one for _, one in declared() if one["id"] == operation]
    if not told:
        raise WordError(f"There is no operation {operation!r}; see `huiyin operations`.")
    status, answer = asked("accountability", "GET", f"/cases/{case}/rights?actor={actor}")
    if status != HTTPStatus.OK:
        raise StackError(f"{answer['title']}: {answer['detail']}")
    if not answer["items"]:
        say(f"{actor} 目前没有任何岗位，不得办理、查阅。")
    for post in answer["items"]:
        may = any(not one["roles"] or post["role"] in one["roles"] for one in told)
        say(f"{post['unit']}/{post['role']}: {_verdict(post, may=may)}")


def _verdict(post: dict[str, object], *, may: bool) -> str:
    by = "、".join(map(str, post["by"] or ()))  # type: ignore[call-overload]  # a list
    if post["keeps_out"]:
        return "不可（应当回避，第二十八条第三款、第三十条第三款）"
    if not by:
        return "不可（与该事项没有办理、监督关系）"
    return f"可以（{by}）" if may else f"不可（岗位不办理此项；与该事项的关系：{by}）"
