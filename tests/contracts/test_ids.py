from uuid import UUID, uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.ids import derived, read_uuid


@given(st.uuids(), st.text())
def test_derived_ids_are_the_standard_librarys(space: UUID, name: str):
    try:
        wanted = uuid5(space, name)
    except UnicodeEncodeError:  # a lone surrogate has no bytes
        with pytest.raises(UnicodeEncodeError):
            derived(space, name)
    else:
        assert derived(space, name) == wanted
        assert derived(space, name).version == 5


@given(st.uuids())
def test_ids_are_read_in_their_usual_form(wanted: UUID):
    assert read_uuid(str(wanted)) == wanted
    assert read_uuid(str(wanted).upper()) == wanted
    assert read_uuid(wanted.hex) == wanted


@pytest.mark.parametrize(
    "text",
    ["", "x", "0" * 31, "{00000000-0000-0000-0000-000000000000}", "0" * 37, "0000-000000000-0000-0000-000000000000"],
)
def test_anything_else_is_refused(text: str):
    with pytest.raises(ValueError, match="UUID"):
        read_uuid(text)
