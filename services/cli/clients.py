"""As which client of the provider somebody logs in."""

from typing import Final

CLIENT: Final = "huiyin-cli"
"""The client by which people log in at the command line, and at whatever page stands on this machine."""
