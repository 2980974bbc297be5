"""What operators do to a store with their tools is on record there, for auditors.

Which login it was and when the database says itself; who sat before it is what their machine says. It is written in the
transaction of what is done, or before that where it goes beyond one: what is not on record has not been done.
"""

from __future__ import annotations

import getpass
from contextlib import suppress
from typing import Any, Final

_PUT: Final = "INSERT INTO {}administration (operator, what, about) VALUES ($1, $2, $3)"


def operator() -> str:
    """Return whose account of the machine it is, in which a tool runs."""
    with suppress(OSError, KeyError):  # a container may give its user no name
        return getpass.getuser()
    return "operator"


async def on_record(connection: Any, what: str, about: str, *, by: str, schema: str = "") -> None:  # noqa: ANN401
    """Put on record what somebody does: the command of the tool, and to what."""
    await connection.execute(_PUT.format(schema and f"{schema}."), by, what, about)
