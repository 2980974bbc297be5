"""`huiyin clock` and `huiyin calendar` as people and programs use them; most of it needs no server."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from contracts.vocabulary import Role
from services.accountability.clocks.explain import Explanation
from services.chassis.changes import OwnChange
from services.cli.main import app
from tests.acting import token
from tests.cli.console import cli
from tests.harness import System

NOTICE = {
    "year": 2027,
    "papers": ["https://www.gov.cn/"],
    "days": [
        {"name": "元旦", "date": "2027-01-01", "isOffDay": True},
        *({"name": "春节", "date": f"2027-02-0{day}", "isOffDay": True} for day in (5, 6, 7, 8)),
        {"name": "春节", "date": "2027-02-14", "isOffDay": False},
        {"name": "清明节", "date": "2027-04-05", "isOffDay": True},
        {"name": "劳动节", "date": "2027-05-01", "isOffDay": True},
        {"name": "劳动节", "date": "2027-05-02", "isOffDay": True},
        {"name": "端午节", "date": "2027-06-09", "isOffDay": True},
        {"name": "中秋节", "date": "2027-09-15", "isOffDay": True},
        *({"name": "国庆节", "date": f"2027-10-0{day}", "isOffDay": True} for day in (1, 2, 3)),
    ],
}
"""Every day that is off by law is in it: a notice that leaves one out is one of several."""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "2027.json"
    path.write_text(json.dumps(NOTICE), "utf-8")
    return path


def run(*words: str) -> Result:
    return CliRunner().invoke(app, list(words), env={"COLUMNS": "150"})


def explained(*words: str) -> dict[str, Any]:
    done = run("clock", "explain", *words, "--json")
    assert done.exit_code == 0, done.output
    found: dict[str, Any] = json.loads(done.stdout)
    return found


class TestExplain:
    def test_program_gets_every_field(self):
        found = explained("C5", "--start", "2025-08-13")
        assert found.keys() == set(Explanation.__struct_fields__)
        assert (found["due"], found["moved_from"], found["verdict"]) == ("2025-10-13", "2025-10-12", "open")

    def test_event_with_days_and_moment(self):
        told = ("--event", "HandlingExtended:20=2025-09-01", "--event", "OpinionServed=2025-11-03T23:59")
        found = explained("C5", "--start", "2025-08-13", *told)
        assert (found["due"], found["extension"], found["verdict"]) == ("2025-11-03", 20, "met")

    def test_time_without_a_zone_is_time_in_china(self):
        assert explained("C1", "--start", "2025-03-04T23:59")["due"] == "2025-03-19"
        assert explained("C1", "--start", "2025-03-04T16:01:00Z")["due"] == "2025-03-20"

    def test_day_that_somebody_has_named(self):
        assert explained("C6", "--start", "2025-03-03", "--fixed", "2025-05-01")["due"] == "2025-05-01"

    def test_place_that_is_stricter(self):
        found = explained("C1", "--start", "2025-03-03", "--profile", "zhejiang")
        assert (found["due"], found["rules"].partition("-")[0]) == ("2025-03-10", "zhejiang")
        assert "浙江省信访条例" in found["article"]

    def test_notice_makes_what_was_provisional_final(self, file: Path):
        assert explained("C1", "--start", "2027-01-29")["provisional"]
        found = explained("C1", "--start", "2027-01-30", "--calendar", str(file))
        assert (found["due"], found["provisional"]) == ("2027-02-14", False)

    def test_people_read_why(self):
        done = run("clock", "explain", "C11", "--start", "2025-09-10", "--event", "HearingOpened=2025-09-29",
                   "--event", "HearingClosed=2025-10-01")  # fmt: skip
        assert done.exit_code == 0
        for said in (
            "自 2025-09-11 起计算",
            "3 日不计入",
            "国庆节",
            "调休上班",
            "09-28",
            "2025-10-13 24:00",
            "第三十六条",
        ):
            assert said in done.stdout, said

    def test_people_read_the_moment_where_hours_count(self):
        assert "2025-03-04 00:30" in run("clock", "explain", "C15", "--start", "2025-03-03T23:30").stdout

    @pytest.mark.parametrize(
        ("words", "said"),
        [
            (["C99", "--start", "2025-03-03"], "C1、C1a"),
            (["C5", "--start", "yesterday"], "write a date like"),
            (["C5", "--start", "1066-10-14"], "from 1990 to 2100"),
            (["C5", "--start", "2025-03-03", "--event", "HearingOpened=2025-03-04"], "HandlingExtended"),
            (["C5", "--start", "2025-03-03", "--event", "OpinionServed"], "KIND=TIME"),
            (["C5", "--start", "2025-03-03", "--event", "OpinionServed=soon"], "write a date like"),
            (["C5", "--start", "2025-03-03", "--event", "HandlingExtended:0=2025-03-04"], "1 to 366"),
            (["C5", "--start", "2025-03-03", "--fixed", "2025-05-01"], "leave out --fixed"),
            (["C6", "--start", "2025-03-03"], "--fixed 2026-03-01"),
            (["C5", "--start", "2025-03-03", "--profile", "atlantis"], "henan, national"),
            (["C5", "--start", "2025-03-03", *["--event", "OpinionServed=2025-03-04"] * 21], "at most 20"),
        ],
    )
    def test_wrong_word_ends_in_one_sentence_that_names_the_right_ones(self, words: list[str], said: str):
        done = run("clock", "explain", *words)
        assert done.exit_code == 2
        assert said in done.stderr
        assert len(done.stderr.strip().splitlines()) == 1
        assert not done.stdout

    def test_help_teaches_by_example(self):
        done = run("clock", "explain", "--help")
        assert "huiyin clock explain C5 --start" in done.stdout


class TestList:
    def test_program_gets_all_periods_of_law(self):
        found = json.loads(run("clock", "list", "--json").stdout)
        periods = {item["code"]: item for item in found["items"]}
        assert (periods["C5"]["limit"], periods["C5"]["unit"], periods["C5"]["basis"]) == (60, "day", "law")
        assert "HandlingExtended" in periods["C5"]["events"]
        assert found["version"].startswith("national-")

    def test_people_read_articles(self):
        done = run("clock", "list", "--profile", "shandong")
        assert "C9a" in done.stdout
        assert "第四十三条" in done.stdout


class TestCheck:
    def test_notice_is_summed_up(self, file: Path):
        done = run("calendar", "check", str(file))
        assert done.exit_code == 0
        assert "2027: 13 days off, 1 make-up workday" in done.stdout

    @pytest.mark.parametrize(
        ("text", "said"),
        [("{", "holiday-cn"), ('{"year": 2027, "days": []}', "1 to 200"), ('{"days": []}', "year")],
    )
    def test_what_is_no_notice_is_named(self, tmp_path: Path, text: str, said: str):
        path = tmp_path / "wrong.json"
        path.write_text(text)
        for words in (["calendar", "check", str(path)], ["calendar", "import", str(path)]):
            done = run(*words)
            assert done.exit_code == 1
            assert said in done.stderr
            assert len(done.stderr.strip().splitlines()) == 1

    def test_file_that_is_not_there_is_named(self, tmp_path: Path):
        done = run("calendar", "check", str(tmp_path / "nothing.json"))
        assert done.exit_code == 1
        assert "cannot be read" in done.stderr


@pytest.mark.servers
class TestImport:
    async def test_notice_is_published_and_shown(self, county: System, file: Path):
        before = await cli(county, "calendar", "show", "2027")
        assert "暂定" in before.out
        keeper, second = (token(who, Role.platform_admin) for who in ("root", "second"))
        done = await cli(county, "calendar", "import", str(file), token=keeper)
        assert done.code == 0, done.err
        change = done.out.strip().rpartition("agree ")[2].removesuffix("`.")
        waits = await cli(county, "changes", "list", token=second)
        assert change in waits.out and "publishYear" in waits.out
        own = await cli(county, "changes", "agree", change, token=keeper)
        assert (own.code, own.out) == (1, "") and OwnChange.title in own.err
        assert "暂定" in (await cli(county, "calendar", "show", "2027")).out
        agreed = await cli(county, "changes", "agree", change[:8], token=second)
        assert agreed.code == 0, agreed.err
        assert (await cli(county, "calendar", "import", str(file), token=keeper)).code == 0
        again = (await cli(county, "changes", "refuse", "", token=second)).out
        assert again.endswith("refused.\n")
        again = await cli(county, "changes", "agree", change, token=second)
        assert again.code == 0, "what was agreed to is said again, and done once"
        shown = await cli(county, "calendar", "show", "2027", "--json")
        assert json.loads(shown.out) == NOTICE
        people = await cli(county, "calendar", "show", "2027")
        assert "02-05、02-06、02-07、02-08" in people.out
        assert "暂定" not in people.out

    async def test_whoever_is_not_believed_is_told_what_to_do(self, county: System, file: Path):
        for who, said in (("", "huiyin login"), ("x.y.z", "huiyin login"), (token("co-1", Role.case_officer), "403")):
            done = await cli(county, "calendar", "import", str(file), token=who)
            assert (done.code, done.out) == (1, "")
            assert said in done.err
            assert len(done.err.strip().splitlines()) == 1

    async def test_without_a_stack_the_sentence_says_what_to_do(self, file: Path):
        done = await cli(None, "calendar", "import", str(file))
        assert done.code == 1
        assert "huiyin up" in done.err
