"""What can be said instead of yes.

    DomainError
    ├── Invalid      what was sent makes no sense, whatever the state of the case
    ├── Forbidden    this role or unit may not do that
    ├── NotFound     there is nothing of that name that the caller may see
    ├── Refused      a rule says no, in the state that the case is in; one subclass a rule, with its article
    ├── Conflict     somebody else was faster
    │   └── Stale    the caller's version is not the current one
    ├── Unavailable  the store or another service is away; the outcome is unknown and the same key may be sent again
    │   ├── SourceAway   the service whose events are needed does not answer
    │   └── NoRoom       there is no room where it would be stored, and nothing of it was
    ├── TooOften     it was tried too often, and may be tried again after a while
    ├── Erased       it was there, and was erased for good
    └── Damaged      it is there, and is not what was stored; somebody has to look at once
        └── StoreDamaged  so is what lies on the disk under the store

Every class has a stable `code`. HTTP statuses for them exist only in ``http/answers.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar


class DomainError(Exception):
    """A command or question that was not answered with yes."""

    code: ClassVar[str] = "domain_error"
    title: ClassVar[str] = "无法办理"
    article: ClassVar[str | None] = None
    decided_by: ClassVar[str | None] = None
    """The service whose newer events could change this answer; they are pulled before it is given."""
    by_directory: ClassVar[bool] = False
    """Whether it rests on the directory, which is asked for once again before this answer is given."""
    remedy: ClassVar[str] = "请联系平台管理员。"
    """What whoever is refused can do."""

    def __init__(self, detail: str = "") -> None:
        """Say in `detail` what is wrong with this one; never personal data."""
        super().__init__(detail or self.title)
        self.detail = detail or self.title


class Invalid(DomainError):
    """What was sent makes no sense, whatever the state of the case."""

    code = "invalid"
    title = "内容有误"
    remedy = "请按提示更正后重新提交。"


class KeyReused(Invalid):
    """The same ``Idempotency-Key`` came with another command."""

    code = "idempotency_key_reused"
    title = "同一幂等键用于不同的命令"


class Forbidden(DomainError):
    """The role or unit may not do that."""

    code = "forbidden"
    title = "无权办理"
    remedy = "请由有权的单位和人员办理。"


class NotFound(DomainError):
    """There is nothing of that name that the caller may see."""

    code = "not_found"
    title = "未找到"
    remedy = "请核对编号；无权查看的，同样显示为未找到。"


class Refused(DomainError):
    """A rule says no."""

    code = "refused"
    title = "依规不予办理"
    remedy = "请按所列条款补齐条件后再办，或者改走适用的程序。"


class Conflict(DomainError):
    """Somebody else was faster."""

    code = "conflict"
    title = "与同时进行的操作冲突"
    remedy = "请读取最新状态后再办。"


class Stale(Conflict):
    """The version that the caller has seen is not the current one."""

    code = "stale"
    title = "所依据的版本已过时"


class Unavailable(DomainError):
    """The store or another service is away; whether the command took effect is unknown."""

    code = "unavailable"
    title = "暂时不可用，请以同一幂等键重试"
    remedy = "请稍后以同一幂等键重新提交；已经办成的，会得到原来的答复。"


class SourceAway(Unavailable):
    """The service whose events are needed does not answer; it may be starting anew."""

    code = "source_away"
    title = "相关服务暂时不可用，请以同一幂等键重试"


class NoRoom(Unavailable):
    """There is no room where it would be stored, and nothing of it was."""

    code = "no_room"
    title = "存储空间不足，请稍后续传"
    remedy = "请稍后从已收到之处续传；空间由平台管理员扩充。"


class TooOften(DomainError):
    """It was tried too often, and may be tried again after a while."""

    code = "too_often"
    title = "尝试过于频繁，请稍后再试"
    remedy = "请在 Retry-After 所示的秒数之后再试。"

    def __init__(self, seconds: int, beside: Sequence[tuple[bytes, bytes]] = ()) -> None:
        """Say after how many `seconds`, and what headers say `beside` that."""
        super().__init__(f"请在 {seconds} 秒后再试")
        self.seconds = seconds
        self.beside = beside


class Erased(DomainError):
    """It was there, and was erased for good."""

    code = "erased"
    title = "该内容已依法删除"
    article = "个人信息保护法 第四十七条"
    remedy = "已依法删除的内容不能恢复；办理经过仍可查阅。"


class Damaged(DomainError):
    """It is there, and is not what was stored: whoever keeps the platform running has to look at once."""

    code = "damaged"
    title = "存储内容与入库时不符"
    remedy = "请立即联系平台管理员：原件可能已损坏或者被改动，已记录告警。"


class StoreDamaged(Damaged):
    """The disk under the store does not give back what was written to it; nobody says what stood there."""

    code = "store_damaged"
    title = "数据库存储损坏，未读取到可信的内容"
    remedy = "请立即联系平台管理员：数据文件已损坏，已记录告警；修复后可以同一幂等键重新提交。"
