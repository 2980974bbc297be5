"""Who acts in a measurement: with tokens of the run's own provider, good for as long as any measurement takes."""

from __future__ import annotations

import time
from functools import cache
from typing import Any

from contracts.vocabulary import Role
from services.chassis.identity.tokens import LIFE_SECONDS_MAX
from services.chassis.identity.who import WINDOW, client_of
from services.scenario.accounts import Accounts, Secrets
from services.scenario.county import HOME, County
from tests.acting import issuer


@cache
def token(name: str, *roles: Role, **more: Any) -> str:
    """Return a token by which somebody acts, or a system."""
    return issuer().token(name, *roles, exp=int(time.time()) + LIFE_SECONDS_MAX, **more)


def shown(actor: str, unit: str, role: str) -> list[tuple[str, str]]:
    """Return the headers by which somebody acts as one of their posts."""
    post = [("huiyin-post", f"{unit}/{role}")]
    if role == Role.system:
        return [("authorization", f"Bearer {token(actor, azp=client_of('accountability'))}")]
    if role == Role.platform_admin:
        return [("authorization", f"Bearer {token(actor, Role.platform_admin)}")]
    found = token(actor, azp=WINDOW) if role == Role.petitioner else token(actor)
    return [("authorization", f"Bearer {found}"), *post]


class Everybody(Accounts):
    """All people of the county."""

    def __init__(self) -> None:
        super().__init__(issuer().url, Secrets.made(()), ())
        self.keepers = {one.officer for one in County.read(HOME).all_staff(Role.platform_admin)}

    async def token(self, account: str) -> str:
        """Return the token of somebody, or of the window at which petitioners bring their matter."""
        if account == WINDOW:
            return token(account, azp=WINDOW)
        return token(account, *((Role.platform_admin,) if account in self.keepers else ()))
