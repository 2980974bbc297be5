"""The ledger, read by somebody who believes nobody: what an entry looks like, where it must stand, where it is kept.

It imports contracts and no service, so that what is checked is never checked by what made it.
"""
