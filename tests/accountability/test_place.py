"""Time is law, once: by a place's own period the clock runs, the domain refuses and the paper tells the petitioner."""

from __future__ import annotations

import io
from functools import partial
from typing import Any

import pypdf
import pytest
import pytest_asyncio

from contracts.periods import book
from contracts.vocabulary import Role
from services.accountability.clocks import rules
from services.accountability.clocks.keeper import Keeper
from services.intake.domain import saying
from services.mediation.domain import remedy
from services.mediation.domain.remedy import ReviewTooLate
from tests.harness import GOVERNMENT, UNIT, Servers, System, system
from tests.rules import refused
from tests.steps import act, clocks, document, ok, served

pytestmark = pytest.mark.asyncio(loop_scope="module")

PLACE = """
[C8]
limit = 10
article = "某省信访条例 第一条"
"""
LAST, IN_TIME, TOO_LATE = "2025-09-11", "2025-09-11T23:59:00+08:00", "2025-09-12T00:00:00+08:00"
"""Ten days after the opinion was served."""
REVIEWER = {"unit": GOVERNMENT, "role": Role.reviewer}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def county(servers: Servers, tmp_path_factory: pytest.TempPathFactory):
    """A system that is run by the profile of a place."""
    home = tmp_path_factory.mktemp("profiles")
    (home / "national.toml").write_text((book.HOME / "national.toml").read_text("utf-8"), "utf-8")
    (home / "place.toml").write_text(PLACE, "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(book._Process, "book", book.current())
        patch.setattr(book, "read", partial(book.read, home=home))
        async with system(servers) as made, made.within(profile="place"):
            await made.establish()
            yield made


async def printed(county: System, case: str) -> str:
    """Return what an opinion's paper says."""
    fields = dict.fromkeys(("claim", "facts", "reasons", "opinion"), "甲")
    body = {"kind": "opinion", "fields": fields, "approved_by": "head-1"}
    officer: dict[str, Any] = {"role": Role.case_officer, "unit": UNIT}
    document = ok(await county.send("intake", f"/cases/{case}/papers", body, **officer), 201)["document_id"]
    reply = await county.send("intake", f"/cases/{case}/papers/{document}.pdf", method="GET", **officer)
    pages = pypdf.PdfReader(io.BytesIO(reply.content)).pages
    return "".join("".join(page.extract_text() for page in pages).split())


async def agree(county: System) -> None:
    case = await served(county, "explain")
    [clock] = [clock["id"] for clock in await clocks(county, case) if clock["code"] == "C8"]
    explained = ok(await county.client.get(f"{county.url('accountability')}/clocks/{clock}/explanation"))
    assert (explained["due"], explained["rules"].partition("-")[0]) == (LAST, "place")
    asked = {"document": await document(county, case, "review_application")}
    problem = refused(await act(county, case, "review", asked, at=TOO_LATE, **REVIEWER), 409, ReviewTooLate)
    assert LAST in problem["detail"]
    assert "起10日内" in await printed(county, case)
    ok(await act(county, case, "review", asked, at=IN_TIME, **REVIEWER))


async def test_clock_refusal_and_paper_agree_on_a_shortened_period(county: System):
    """第三十五条."""
    await agree(county)


@pytest.mark.parametrize("who", ["clock", "refusal", "paper"])
async def test_who_goes_by_other_rules_is_seen(county: System, monkeypatch: pytest.MonkeyPatch, who: str):
    national = book.read("national")
    if who == "clock":
        followers = county.running["accountability"].inbox.effect.followers
        [keeper] = [follower for follower in followers if isinstance(follower, Keeper)]
        monkeypatch.setattr(keeper, "book", rules.read(national))
    elif who == "refusal":
        monkeypatch.setattr(remedy, "period", national.period)
    else:
        monkeypatch.setattr(saying, "period", national.period)
    with pytest.raises(AssertionError):
        await agree(county)


async def test_rules_that_are_shown_are_those_in_force(county: System):
    shown = ok(await county.client.get(f"{county.url('accountability')}/clocks/rules"))
    [rule] = [rule for rule in shown["items"] if rule["code"] == "C8"]
    assert (shown["version"].partition("-")[0], rule["limit"]) == ("place", 10)
    assert rule["article"].endswith("某省信访条例 第一条")
