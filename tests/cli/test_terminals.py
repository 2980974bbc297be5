"""What others wrote cannot forge what an operator reads, and no terminal of whatever encoding ends a command."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import msgspec
import pytest
from typer.testing import CliRunner

from contracts.packing import pack, unpack
from services.audit.entry import Entry
from services.audit.order import Examined
from services.chassis.legible import legible, legible_json
from services.cli.lines import Lines
from services.cli.main import app
from services.cli.pages import Page, Roll
from tests.cli.console import cli
from tests.harness import System

OBEYED = "\x1b[2J\x1b]0;x\x07\x9b31m\r\n9 forged\u202egnp.\u2028\x7f\u200b\ufeff\udc9b"
"""Repaints the screen, names the window, begins a line, turns the direction, and what nobody sees."""
RARE = "𠮷"
"""Of GB 18030, and of no older encoding."""
MARKUP = "[/foo] [bold]:warning:[/]"
TURNS = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}


def is_obeyed(character: str) -> bool:
    return unicodedata.category(character) in {"Cc", "Zl", "Zp", "Cs"} or unicodedata.bidirectional(character) in TURNS


def check_harmless(text: str) -> None:
    """Nothing is printed that a terminal obeys, but the ends of our own lines."""
    assert not [c for c in text if is_obeyed(c) and c != "\n"]


class TestLegible:
    def test_whatever_a_terminal_obeys_is_spelled_out(self):
        for code in range(0x110000):
            if is_obeyed(character := chr(code)):
                assert legible(character).isascii(), hex(code)
                assert legible(character).isprintable(), hex(code)

    @pytest.mark.parametrize("text", ["县人力资源和社会保障局", "𠮷 〇　王𪚥", "بۇ خەت\u200c", "ᠮᠣᠩᠭᠣᠯ\u180e", r"\x1b"])
    def test_what_can_be_seen_stays(self, text: str):
        assert legible(text) == text

    def test_json_says_the_same(self):
        line = json.dumps({"a": OBEYED[:-1] + "\U000e0041", "b": RARE}, ensure_ascii=False)
        check_harmless(legible_json(line))
        assert json.loads(legible_json(line)) == json.loads(line)


WITHOUT_A_STACK: Sequence[Sequence[str]] = [
    ["--help"],
    ["operations"],
    ["operations", "--json"],
    ["clock", "list"],
    ["clock", "explain", "C5", "--start", "2026-01-05", "--event", "HandlingExtended:20=2026-03-01"],
    ["clock", "explain", RARE, "--start", OBEYED[:-1]],
    ["clock", "list", "--profile", RARE],
    ["calendar", "check", "FILE"],
    ["calendar", "check", f"{RARE}{OBEYED[:5]}"],
    ["audit", "replay", RARE],
    ["parked", "list", "--service", f"{RARE}\x1b"],
    ["run", f"{RARE}\u202e"],
    ["views", "rebuild", RARE],
    ["topics", "list"],
    ["status"],
    [RARE],
]


@pytest.mark.parametrize("encoding", ["gbk", "ascii", "latin-1", "utf-8"])
@pytest.mark.parametrize("arguments", WITHOUT_A_STACK, ids=" ".join)
def test_no_encoding_ends_a_command(
    encoding: str, arguments: Iterable[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """What a terminal has no character for is spelled out on it."""
    monkeypatch.setenv("HUIYIN_DATA_DIR", str(tmp_path))
    notice = tmp_path / f"{RARE}.json"
    notice.write_text('{"year": 2033, "days": [{"name": "元旦", "date": "2033-01-01", "isOffDay": true}]}')
    done = CliRunner(charset=encoding).invoke(app, [str(notice) if a == "FILE" else a for a in arguments])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    assert done.output
    check_harmless(done.output)


@pytest.mark.parametrize("how", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
def test_notice_is_read_as_windows_saves_it(how: str, tmp_path: Path):
    text = '{"year": 2033,\r\n"days": [{"name": "劳动节", "date": "2033-05-01", "isOffDay": true}]}\r\n'
    (notice := tmp_path / "2033.json").write_bytes(text.encode(how))
    done = CliRunner().invoke(app, ["calendar", "check", str(notice)])
    assert (done.exit_code, done.output) == (0, f"{notice} is a notice for 2033: 1 day off, 0 make-up workdays.\n")
    notice.write_bytes(b"\xff\xff" + text.encode())
    assert "save it as" in CliRunner().invoke(app, ["calendar", "check", str(notice)]).output


async def plant(system: System) -> str:
    """Let a case have an actor and a receipt that forge, as somebody who writes to the database can; return its id."""
    case = (await system.register())["case_id"]
    assert (await system.classify(case)).status_code == 200
    await system.caught_up()
    forged = json.dumps(OBEYED[:-1] + RARE + MARKUP, ensure_ascii=False).encode()
    raw = json.dumps("x\u202e\x9b\u2028" + RARE, ensure_ascii=False)[1:-1].encode()
    async with system.sql() as db:
        await db.execute("ALTER TABLE accountability.ledger_entry DISABLE TRIGGER append_only")
        for seq, packed in await db.fetch("SELECT seq, packed FROM accountability.ledger_entry ORDER BY seq"):
            metadata, body = unpack(packed)
            metadata = re.sub(rb'"actor":"[^"]*"', b'"actor":' + forged.replace(b"\\", b"\\\\"), metadata)
            body = re.sub(rb'"category":"[^"]*"', b'"category":"' + raw + b'"', body)
            await db.execute(
                "UPDATE accountability.ledger_entry SET packed = $1 WHERE seq = $2", pack(metadata, body), seq
            )
        await db.execute(
            "INSERT INTO mediation.parked (place, source, lane, lane_seq, type, reason, attempts) "
            "VALUES ($1, 'assignment', 3, NULL, $1, $1, 1)",
            OBEYED[:-1] + RARE + MARKUP,
        )
    return str(case)


COMMANDS = ["audit replay {case}", "audit replay --all", "audit replay --all --json", "parked list", "topics list"]


class TestStored:
    """The same with a store: an actor, a body that is no event of ours, and a parked record that try to forge."""

    async def test_what_others_wrote_forges_nothing_on_any_terminal(self, county: System):
        case = await plant(county)
        ledger = await county.ledger()
        for encoding in ("utf-8", "gbk", "ascii"):
            for command in COMMANDS:
                done = await cli(county, *command.format(case=case).split(), encoding=encoding)
                assert (done.code, "Traceback" in done.err) == (0, False), (encoding, command, done.err)
                check_harmless(done.out + done.err)
                if command == "audit replay --all":
                    assert len(done.out.splitlines()) == 1 + len(ledger) + 1
                if command == "parked list":
                    assert MARKUP.replace(" ", "") in re.sub(r"[│|\s]", "", done.out.replace("┃", ""))
                if "--json" in command:
                    found = [json.loads(line) for line in done.out.splitlines()]
                    assert {line["metadata"]["actor"] for line in found} == {OBEYED[:-1] + RARE + MARKUP}


def printed(capsysbinary: pytest.CaptureFixture[bytes]) -> str:
    """What each way of showing prints of an entry that no contract can read: its bytes are somebody's."""
    at = datetime(2026, 3, 2, tzinfo=UTC)
    body = msgspec.Raw('{"x": "\u009b31m\u202e"}\r\n2 forged'.encode())
    entry = Entry(
        seq=1, service="intake", lane=1, lane_seq=1, id=UUID(int=1), case=None, stream=UUID(int=2), version=1,
        type="intake.\x1bUnknown.v1", at=at, ledgered_at=at, body=body, metadata=body,
    )  # fmt: skip
    for show in (Roll(), Page(), Lines()):
        show.entries([Examined(entry, None, None, None)], {})
    return capsysbinary.readouterr().out.decode()


def test_entry_that_nobody_can_read_forges_nothing(capsysbinary: pytest.CaptureFixture[bytes]):
    out = printed(capsysbinary)
    check_harmless(out)
    assert not [line for line in out.splitlines() if line.startswith("2 forged")]


@pytest.mark.parametrize("raw", ["pages.legible", "terminal.legible", "terminal.legible_json"])
def test_printing_raw_is_noticed(raw: str, capsysbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch):
    """Mutants: one of the places through which words come to a terminal lets them pass."""
    monkeypatch.setattr(f"services.cli.{raw}", lambda text, **_: text)
    with pytest.raises(AssertionError):
        check_harmless(printed(capsysbinary))
