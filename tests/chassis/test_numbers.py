"""Numbers as people write them: the same person is found, and no number of one gets into an event."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from services.chassis.fields import Code, IssuedNo, Line, PublicLine
from services.chassis.numbers import compact, identity, of_a_person, telephones

PHONE = "13900000003"
IDENTITY = "11010519491231002X"
WAYS = {
    "bare": "13900000003", "country": "+8613900000003", "country 0086": "008613900000003", "country 86": "8613900000003",
    "spaces": "139 0000 0003", "hyphens": "139-0000-0003", "dots": "139.0000.0003", "brackets": "(139)0000-0003",
    "full width": "１３９０００００００３", "long dashes": "139—0000—0003", "zero width": "139\u200b0000\u200d0003",
    "Chinese": "一三九〇〇〇〇〇〇〇三", "circled": "①③⑨00000003", "Arabic": "١٣٩٠٠٠٠٠٠٠٣", "no-break": "139\u00a00000\u00a00003",
}  # fmt: skip


@pytest.mark.parametrize("typed", WAYS.values(), ids=WAYS.keys())
class TestTelephone:
    def test_it_comes_to_the_same_number(self, typed: str):
        assert telephones(typed) == [PHONE]

    def test_it_is_found_in_words(self, typed: str):
        assert of_a_person(f"请回电{typed}，谢谢")
        with pytest.raises(ValidationError):
            TypeAdapter(PublicLine).validate_python(f"请回电 {typed}")


@pytest.mark.parametrize(
    "typed",
    ["11010519491231002X", "11010519491231002x", "11010519491231002Ｘ", "11010519491231002×", "110105 19491231 002X",
     "110105-19491231-002X", "１１０１０５１９４９１２３１００２Ｘ", "110105\u200b19491231002X", "110105491231002"],
    ids=["capital", "small", "wide", "times", "spaces", "hyphens", "full width", "zero width", "15 places"],
)  # fmt: skip
class TestIdentity:
    def test_it_comes_to_the_same_number(self, typed: str):
        assert identity(typed) == IDENTITY

    def test_it_is_found_in_words(self, typed: str):
        assert of_a_person(f"身份证{typed}号")


@pytest.mark.parametrize(
    "words",
    ["123456789012345678", "11010519491331002X", "99010519491231002X", "EMS-1100000000017",
     "20260315139000000033", "LA-2026-0001", "XF20260315-0A1B2C3D", "（2026）某法立字第12号", "本人签收（送达回证）", "12389",
     "1,3,5,7,9,11,13,15,17,19,21", "2025-11-03 13:45:00 至 15:30", "督〔2025〕138号、〔2026〕1234号", "138万元，共5678.90元",
     "2025-360999-48-01-123456", "11010519491331/002X"],
    ids=str,
)  # fmt: skip
def test_long_numbers_that_are_nobodys_pass(words: str):
    """An identity number has a province, a day and a check character (GB 11643)."""
    assert not of_a_person(words)
    assert TypeAdapter(PublicLine).validate_python(words) == words


@pytest.mark.parametrize(
    "typed",
    ["110105194912310021", "110105194912310021号", "110105/19491231/0021", "110105.19491231.002X", "110105 19491231x0021",
     "138/1234/5678", "138,1234,5678", "138，1234，5678", "1.3.8.1.2.3.4.5.6.7.8", "1、3、8、1、2、3、4、5、6、7、8", "138x12345678",
     "138:1234:5678", "138*1234*5678", "138 / 12345678", "86/138/1234/5678", "13812345/678"],
    ids=str,
)  # fmt: skip
def test_number_is_one_whatever_is_put_into_it(typed: str):
    """Promise 8: also with a slip in its last place, and with whatever between its groups."""
    assert of_a_person(typed)
    with pytest.raises(ValidationError):
        TypeAdapter(PublicLine).validate_python(f"送达 {typed}")


@pytest.mark.parametrize("code", [PHONE, IDENTITY, "86-139-0000-0003"])
def test_no_code_is_a_number_of_a_person(code: str):
    with pytest.raises(ValidationError):
        TypeAdapter(Code).validate_python(code)


@pytest.mark.parametrize("hidden", "\x00\x1b\n\r\t\x7f\x85\u2028\u202e\u2066\u200f\ufeff")
def test_a_line_holds_nothing_that_is_obeyed(hidden: str):
    """A terminal obeys controls, and a printer the turning of the direction of writing."""
    with pytest.raises(ValidationError):
        TypeAdapter(Line).validate_python(f"本人{hidden}签收")


@pytest.mark.parametrize(
    "typed",
    ["XF20260302-AB12CD34", "xf20260302-ab12cd34", "ＸＦ２０２６０３０２－ＡＢ１２ＣＤ３４", "XF20260302–AB12CD34", "XF20260302 — AB12CD34", " XF20260302-\u200bAB12CD34 "],
    ids=["issued", "small", "full width", "en dash", "em dash and blanks", "zero width"],
)  # fmt: skip
def test_an_issued_number_is_read_as_people_type_it(typed: str):
    assert TypeAdapter(IssuedNo).validate_python(typed) == "XF20260302-AB12CD34"


@given(st.text(max_size=300))
def test_no_words_are_too_strange_to_be_looked_through(words: str):
    assert of_a_person(words) in {True, False}
    assert identity(words) in {None, identity(compact(words))}
    assert all(number.isascii() for number in telephones(words)) or not words.isascii()
