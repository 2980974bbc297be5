"""How long intake keeps what it has beside its store (``chassis/kept``)."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from services.chassis.kept import LEAST, WHILE_IT_RUNS, WITH_THE_CASE, Kept
from services.intake.application.sessions import WRONG_TIME

KEPT: Final = (
    Kept(
        title="信访人的身份信息和陈述、文书内容", tables=("vault_key", "vault_item", "notice_text"),
        article="个人信息保护法 第四十七条", until="随案卷保存，依法删除的销毁其密钥",
    ),
    Kept(title="根密钥和已销毁的密钥编号", tables=("root_key", "destroyed_key"), article=None, until=WHILE_IT_RUNS),
    Kept(title="近一小时查阅次数", tables=("recent_look",), article=LEAST, until="一日", time=timedelta(1)),
    Kept(title="上传中的文件", tables=("upload",), article=LEAST, until="办结或者放弃后一日"),
    Kept(
        title="附件的分片", tables=("file_part",), article="个人信息保护法 第四十七条", until="随其密钥删除",
    ),
    Kept(title="查询码", tables=("query_code",), article="信访工作条例 第二十一条", until=WITH_THE_CASE),
    Kept(
        title="凭查询码登录的会话", tables=("petition_session",), article=LEAST, until="一小时",
        time=timedelta(0), since="expires_at",
    ),
    Kept(title="输错的查询码", tables=("wrong_code",), article=LEAST, until="十五分钟", time=WRONG_TIME),
    Kept(
        title="检举控告及其记录", tables=("apart.kept", "apart.event"), article="信访工作条例 第三十条第三款",
        until=WITH_THE_CASE,
    ),
)  # fmt: skip
