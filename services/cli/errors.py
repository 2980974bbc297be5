"""The one error of the command line: something outside our code is wrong."""


class StackError(Exception):
    """Says in one sentence what failed and what to do; printed as it is, without a traceback."""
