"""What whoever holds a query code is told."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import FastAPI, Path, Response

from services.chassis.errors import NotFound
from services.chassis.http.answers import QUESTION_PROBLEMS, shown
from services.chassis.questions import rows
from services.chassis.running import Running
from services.intake.vault import Vault


def add_routes(app: FastAPI, running: Running) -> None:
    """Add the question of petitioners."""
    vault = Vault(running.settings.vault_key_file)

    @app.get("/progress/{query_code}", responses=QUESTION_PROBLEMS)
    async def progress(query_code: Annotated[str, Path(max_length=40)]) -> Response:
        """Tell whoever has the code how far the case is, or the one into which it has gone (第二十一条)."""
        digest = vault.code_digest(query_code)
        found = await rows(running.store, _PROGRESS, digest)
        if not found:
            raise NotFound("查询码不存在")
        told = found[0] | {"parts": await rows(running.store, _PARTS, digest) or None}
        return shown({name: value for name, value in told.items() if value is not None or name not in OF_SOME})


OF_SOME: Final = ("merged_into", "withdrawal_on", "parts")
"""What is said only of a case that has gone into another one, is being withdrawn, or was split."""


_PROGRESS: Final = """
WITH RECURSIVE way AS (
    SELECT v.*, q.petition_id, v.registration_no AS own_no
    FROM query_code q JOIN case_view v ON v.id = q.case_id WHERE q.digest = $1
    UNION ALL
    SELECT v.*, way.petition_id, way.own_no FROM way JOIN case_view v ON v.id = way.merged_into
)
SELECT own_no AS registration_no, nullif(registration_no, own_no) AS merged_into, received_at, kind, closed_at,
       withdrawal_on, CASE WHEN petition_id = ANY(no_longer_accepted) THEN 'no_longer_accepted' ELSE state END AS state
FROM way WHERE way.merged_into IS NULL
"""
_PARTS: Final = """
SELECT v.registration_no, v.state FROM query_code q JOIN case_view v ON v.split_from = q.case_id WHERE q.digest = $1
ORDER BY v.id
"""
