"""What is kept, how long, and under which article: one list; a table that is not in it cannot come in.

What may be taken away by nobody before its time (``guarded``) is taken away by a function of the database, which knows
that time itself. Who keeps to the list is ``retention``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from services.chassis.changes import PENDING_DAYS_MAX

WHILE_IT_RUNS: Final = "系统运行期间"
WITH_THE_CASE: Final = "随案卷保存"
LEAST: Final = "个人信息保护法 第十九条"
"""No longer than what it is for needs."""
ACCOUNTABLE: Final = "信访工作条例 第四十二条至第四十八条"
"""Who is called to account for a case is so by its record."""
PROCESSING: Final = "个人信息保护法 第五十六条"
"""Records of processing: three years at least."""

VISITS_TIME: Final = timedelta(184)


@dataclass(frozen=True, kw_only=True)
class Kept:
    """What is kept how long."""

    title: str
    tables: tuple[str, ...]
    article: str | None
    until: str
    """In words."""
    time: timedelta | None = None
    """After what time it is taken away; what has none goes with what it belongs to."""
    since: str = "at"
    """Since which moment of a row."""
    guarded: bool = False


COMMON: Final = (
    Kept(
        title="事件及其编号", tables=("event", "sealed"), article=ACCOUNTABLE,
        until=WITH_THE_CASE,
    ),
    Kept(
        title="命令的答复", tables=("command",), article=LEAST, until="三十日，供丢失答复的以同一幂等键再取",
        time=timedelta(30), guarded=True,
    ),
    Kept(
        title="被拒绝的访问记录", tables=("denied",), article=PROCESSING, until="三年",
        time=timedelta(1_096), guarded=True,
    ),
    Kept(
        title="待他人同意的变更中不进入事件的内容", tables=("change_beside",), article="个人信息保护法 第四十七条",
        until="办结即删除，至多七日", time=timedelta(PENDING_DAYS_MAX), since="recorded_at",
    ),
    Kept(
        title="访问日志（文件）", tables=(), article="网络安全法 第二十一条第三项", until="不少于六个月",
        time=VISITS_TIME,
    ),
    Kept(
        title="运维操作记录和恢复后缺失的事件", tables=("administration", "withdrawn"), article=ACCOUNTABLE,
        until=WHILE_IT_RUNS,
    ),
    Kept(title="未能接收的事件", tables=("parked",), article=None, until="处置完毕为止"),
    Kept(
        title="编号、进度、日历和名录",
        tables=(
            "seal_head", "lane_head", "lane_link", "published", "cursor", "epoch", "source_life", "series",
            "calendar_year", "directory_unit", "migration",
        ),
        article=None, until=WHILE_IT_RUNS,
    ),
)  # fmt: skip
