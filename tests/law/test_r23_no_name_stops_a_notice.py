"""第二十三条第二款: who petitions is told in writing, whatever they are called and however a letter is written."""

from __future__ import annotations

import io
import random
import unicodedata
from typing import Final

import pypdf
import pytest

from services.intake.papers.typesetting import render
from services.intake.papers.words import clean, one_line
from tests.intake.test_papers import data, text_of

ROOM: Final = 62
"""How many of the narrowest letters of the body a line of 156 mm holds."""


def shown(name: str) -> str:
    """Return the text of a notice to somebody of that name."""
    name = one_line(name)
    return text_of(render(data(addressee=name, names=[name])))


@pytest.mark.parametrize(
    "name", ["王𠮷", "㑇䶮", "龘", "ᠪᠠᠲᠤ", "ꀊꉬ", "Nguyễn Văn Đức", "Қайрат", "ꓡꓲꓢꓴ", "ᥖᥭᥰ", "阿卜杜拉·买买提"]
)
def test_name_of_any_people_is_printed(name: str):
    """«应当自收到信访事项之日起15日内书面告知信访人» (第二十三条第二款): no name is an exception."""
    assert "".join(name.split()) in shown(name)


@pytest.mark.parametrize("name", ["ئابلىز", "བསྟན་འཛིན་"])
def test_name_whose_letters_join_is_printed(name: str):
    """第二十三条第二款; from such a page some of the letters are read again, in the order of what is seen."""
    text = unicodedata.normalize("NFKC", shown(name))
    assert len(set(name) & set(text)) > 2
    assert "〓" not in text


@pytest.mark.parametrize(
    ("name", "mark"), [("王𪚥", "王〓（U+2A6A5）"), ("李😀", "李〓（U+1F600）"), ("\U000f0000", "〓（U+F0000）")]
)
def test_letter_that_no_font_has_is_marked_and_stops_nothing(name: str, mark: str):
    """第二十三条第二款: a visible mark stands for it, with its code point."""
    assert mark in shown(name)


def test_name_writes_no_lines_into_an_official_letter():
    """第二十三条第二款: a notice says what the unit says; a name is one line, without controls or overrides."""
    assert one_line("王\n\n二、本机关决定\u202e赔偿\u0000\x1b[31m\u2066") == "王 二、本机关决定赔偿[31m"
    assert clean("甲\r\n乙\u2028丙\u200b\ufeff\u00a0丁") == "甲\n乙\n丙 丁"


def test_dates_are_said_in_chinese():
    """第二十三条第二款: a petitioner reads 2026年3月5日."""
    assert clean("于2026-03-05T09:00:00+08:00收到，2026-12-31前") == "于2026年3月5日收到，2026年12月31日前"
    assert clean("编号2026-03-051、12026-03-05") == "编号2026-03-051、12026-03-05"


def test_any_text_can_be_set():
    """第二十三条第二款: letters at random, and marks that no letter carries."""
    rng = random.Random(9)
    letters = [chr(code) for code in range(0x110000) if not 0xD800 <= code < 0xE000]
    marks = [c for c in letters if unicodedata.category(c)[0] == "M"]
    for _ in range(12):
        paper = data(addressee=one_line("".join(rng.choices(letters, k=20))))
        paper["items"][0]["value"] = clean("".join(rng.choices(letters, k=200)))
        paper["items"][1]["value"] = clean("".join(rng.choice(letters) + rng.choice(marks) for _ in range(50)))
        assert render(paper)


@pytest.mark.parametrize(
    "run", ["…" * 80, "—" * 80, "！" * 80, "1" * 150, "a" * 150, "（" * 80, "1！" * 60, "王\u00a0" * 80, "x.y" * 60]
)
def test_no_text_leaves_the_page(run: str):
    """第二十三条第二款: what is told can be read to its end."""
    paper = data()
    paper["items"][1]["value"] = clean("甲" + run + "乙")
    for page in pypdf.PdfReader(io.BytesIO(render(paper))).pages:
        lines = ["".join(c for c in line if c.isprintable()) for line in page.extract_text().split("\n")]
        assert max(map(len, lines)) <= ROOM
