"""Who has petitioned before is known again by any of what they gave, in whichever way they or somebody else writes it.

Faults b12, b14 and b16: spaces, hyphens, full width, country codes, marks that nobody sees, 15 places, Ｘ, middle dots.
"""

from __future__ import annotations

from typing import Final
from uuid import uuid4

import pytest

from services.chassis import numbers
from services.chassis.keyring import Keyring
from services.intake.application import persons
from services.intake.vault import Vault

PHONE: Final = "13900000003"
TELEPHONES: Final = (
    "139 0000 0003", "139-0000-0003", "139–0000—0003", "139·0000·0003", "+86 13900000003", "+8613900000003",
    "8613900000003", "0086-13900000003", "（+86）139 0000 0003", "+86(0)13900000003", "１３９００００００03",
    "139\u200b0000\u200b0003", "\ufeff13900000003", "一三九〇〇〇〇〇〇〇三", "电话13900000003", "13900000003（女儿）",
    "13800000004、13900000003",
)  # fmt: skip
LAND_LINE: Final = "0771-1234567"
LAND_LINES: Final = ("07711234567", "（0771）1234567", "86 771 1234567", "+86 0771 1234567", "0086 771-1234567")
IDENTITY: Final = "11010519491231002X"
IDENTITIES: Final = (
    "110105491231002", "11010519491231002x", "11010519491231002Ｘ", "11010519491231002ｘ", "11010519491231002×",
    "１１０１０５１９４９１２３１００２Ｘ", "110105 19491231 002X", "110105-19491231-002X", "110105 491231 002",
    "身份证11010519491231002X", "身份证号：110105 19491231 002X",
)  # fmt: skip
NAME: Final = "阿卜杜·热合曼"
NAMES: Final = (*(f"阿卜杜{dot}热合曼" for dot in "•・‧∙⋅･.。ꞏ᛫﹒ "), "阿卜杜热合曼", "阿卜杜 · 热合曼")
ADDRESS: Final = "某县某镇1号"
ADDRESSES: Final = ("某县 某镇１号", "某县，某镇1号", "某县某镇 1 号。")

SAME: Final = [
    *(({"phone": PHONE}, {"phone": one}) for one in TELEPHONES),
    *(({"phone": LAND_LINE}, {"phone": one}) for one in LAND_LINES),
    *(({"id_no": IDENTITY}, {"id_no": one}) for one in IDENTITIES),
    *(({"name": NAME, "address": ADDRESS}, {"name": one, "address": ADDRESS}) for one in NAMES),
    *(({"name": NAME, "address": ADDRESS}, {"name": NAME, "address": one}) for one in ADDRESSES),
]
WHOLE: Final = {"name": NAME, "id_no": IDENTITY, "phone": PHONE, "address": ADDRESS}
NOT_THE_SAME: Final = [
    ({"phone": PHONE}, {"phone": "13900000004"}),
    ({"id_no": IDENTITY}, {"id_no": "110105194912310038"}),
    ({"name": NAME, "address": ADDRESS}, {"name": NAME, "address": "某县某镇2号"}),
    ({"name": NAME}, {"name": NAME}),  # many are called so
    ({"name": "无", "address": "不详"}, {"name": "无", "address": "不详"}),
    ({"address": ADDRESS}, {"address": ADDRESS}),
]


def index(**told: str) -> set[bytes]:
    """Return the blind index of somebody, as it would lie in the database."""
    keys = Keyring("vault")
    keys.know({0: bytes(32), 1: bytes(32)})
    who = {"name": None, "id_no": None, "phone": None, "address": None} | told
    sealed = Vault(keys, keys).seal(uuid4(), uuid4(), {uuid4(): ("petitioner", who)}, persons=persons.keys(**who))
    return {*sealed.persons}


@pytest.mark.parametrize(("one", "other"), SAME, ids=str)
def test_who_writes_it_otherwise_is_the_same(one: dict[str, str], other: dict[str, str]):
    assert index(**one) & index(**other)


@pytest.mark.parametrize(
    "told", [{"id_no": IDENTITIES[0]}, {"phone": TELEPHONES[4]}, {"name": NAMES[0], "address": ADDRESSES[0]}], ids=str
)
def test_who_gave_more_is_known_by_any_of_it(told: dict[str, str]):
    """By number, by telephone, by name with address; a name with a telephone is known by that."""
    assert index(**WHOLE) & index(**told)


@pytest.mark.parametrize(("one", "other"), NOT_THE_SAME, ids=str)
def test_who_is_somebody_else_is_not_the_same(one: dict[str, str], other: dict[str, str]):
    assert not index(**one) & index(**other)


def test_index_leads_nobody_back():
    """Whoever has the table and not the key finds nobody by trying numbers."""
    other = Keyring("vault")
    other.know({0: bytes(31) + b"1", 1: bytes(32)})
    sealed = Vault(other, other).seal(uuid4(), uuid4(), {uuid4(): ("petitioner", {})}, persons=persons.keys(**WHOLE))
    assert not index(**WHOLE) & {*sealed.persons}


def _unknown() -> int:
    return sum(not index(**one) & index(**other) for one, other in SAME)


def test_mutants_that_compare_as_it_was_typed_are_seen(monkeypatch: pytest.MonkeyPatch):
    """MUTANTS: nothing is folded; the country stays before a number; 15 places are a number of their own."""
    for module, name, mutant in (
        (persons, "_letters", str), (numbers, "_in_digits", str), (numbers, "_FIRST_PHONE", numbers._LAND_LINE),
        (numbers, "IDENTITY_CHARS_BEFORE_1999", 0),
    ):  # fmt: skip
        with monkeypatch.context() as patch:
            patch.setattr(module, name, mutant)
            assert _unknown(), name
    assert not _unknown()
