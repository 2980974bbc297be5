"""网络安全法 第二十一条第三项: who was here is on record for half a year (promise 47), and of petitioners not from where."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from contracts.vocabulary import Role
from services.chassis import visits
from services.chassis.kept import VISITS_TIME
from services.chassis.visits import Visits, forget
from tests.acting import WINDOW, token
from tests.harness import BUREAU, System, petition, until
from tests.steps import ok

HALF_A_YEAR = timedelta(184)
SOURCE = "192.0.2.77"
TODAY = date(2026, 11, 30)


def lines(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for path in sorted(folder.glob("*.jsonl")) for line in path.read_text().splitlines()]


async def test_who_was_here_is_on_record_and_of_petitioners_not_from_where(huiyin: System, tmp_path: Path):
    """第三十条第三款."""
    folder = tmp_path / "visits"
    came = {"X-Forwarded-For": SOURCE}
    async with huiyin.within("intake", parts=frozenset({"api"}), proxies_trusted=1, visits_dir=folder):
        url = huiyin.url("intake")
        receipt = await huiyin.register()
        session = ok(await huiyin.log_in(receipt["query_code"]), 201)["token"]
        ok(await huiyin.with_session(session, "/progress", **came))
        post = {"Huiyin-Post": f"{BUREAU}/petitioner", "Idempotency-Key": str(uuid4())}
        brought = {"Authorization": f"Bearer {token(WINDOW, Role.petitioner)}"} | post | came
        await huiyin.client.post(f"{url}/petitions", json=petition(), headers=brought, auth=None)
        await huiyin.client.get(f"{url}/cases/{receipt['case_id']}?limit=3", headers=came, auth=None)

        async def written() -> bool:
            return len(lines(folder)) >= 5

        await until(written, "they are on record")
        ok(await huiyin.client.get(f"{url}/health/live"))
    found = lines(folder)
    clerk, _, progress, window, stranger, last = found
    assert (clerk["who"], clerk["door"], clerk["method"], clerk["status"]) == ("officer-1", "/petitions", "POST", 201)
    assert clerk["source"] == "127.0.0.1" and clerk["request_id"]
    for one, door in ((progress, "/progress"), (window, "/petitions")):
        assert (one["who"], one["source"], one["request_id"], one["door"]) == (None, None, None, door)
    assert (stranger["who"], stranger["source"], stranger["status"], stranger["door"]) == (None, SOURCE, 401, "/cases")
    assert last["door"] == "/health", "what was not written when it left is written then"
    (path,) = folder.iterdir()
    assert path.stat().st_mode & 0o077 == 0
    assert receipt["case_id"] not in path.read_text()
    assert receipt["query_code"] not in path.read_text()


def aged(folder: Path) -> set[str]:
    """Have a file of each of four hundred days, of two services; return those of which something must be kept."""
    kept = set()
    for n in range(400):
        for service in ("intake", "mediation"):
            day = TODAY - timedelta(n)
            path = folder / f"{service}-{day}.jsonl"
            path.write_text("{}\n")
            if service == "mediation" or day + timedelta(1) > TODAY - HALF_A_YEAR:
                kept.add(path.name)
    (folder / "intake-notes.jsonl").write_text("somebody's")
    return kept | {"intake-notes.jsonl"}


def test_no_day_goes_early_and_none_stays_late(tmp_path: Path):
    kept = aged(tmp_path)
    assert forget(tmp_path, "intake", VISITS_TIME, TODAY) == 400 - HALF_A_YEAR.days - 1
    assert {path.name for path in tmp_path.iterdir()} == kept
    assert forget(tmp_path, "intake", VISITS_TIME, TODAY) == 0


def test_mutant_that_forgets_after_a_quarter_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(globals(), "VISITS_TIME", timedelta(91))
    with pytest.raises(AssertionError):
        test_no_day_goes_early_and_none_stays_late(tmp_path)


async def test_folder_that_takes_nothing_keeps_nobody_from_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(visits, "WRITE_SECONDS", 3_600)
    (tmp_path / "file").write_text("")
    kept = Visits(tmp_path / "file", "intake")
    kept.note(who="officer-1")
    kept.write()
    kept.folder = tmp_path / "folder"
    kept.note(who="officer-2")
    kept.write()
    assert [line["who"] for line in lines(kept.folder)] == ["officer-2"]
