"""The errors of the command line: something outside our code is wrong."""

from typing import ClassVar


class StackError(Exception):
    """Says in one sentence what failed and what to do; printed as it is, without a traceback."""

    exit_code: ClassVar[int] = 1


class WordError(StackError):
    """A word of the command means nothing; the sentence names those that do."""

    exit_code = 2
