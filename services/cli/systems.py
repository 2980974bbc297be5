"""`huiyin system`: accounts of systems at a Keycloak, ours and those of departments, each for its own door only."""

from __future__ import annotations

import base64
import json
import os
import re
import secrets
from pathlib import Path
from typing import Annotated, Final

import typer

from services.cli.errors import StackError
from services.cli.processes import write_secret
from services.cli.terminal import here, say

OURS: Final = "huiyin"
_NAME: Final = re.compile("[a-z][a-z0-9-]{2,39}")
_CODE: Final = re.compile("[A-Za-z0-9:_.-]{1,200}")

app = typer.Typer(no_args_is_help=True, help="Accounts of systems at a Keycloak, each for its own door.")


@app.callback()
def _system() -> None:
    """Accounts of systems at a Keycloak, each for its own door."""


@app.command("add")
def system_add(
    client: Annotated[str, typer.Argument(help="What the provider calls it, like rsj-wages.")],
    officer: Annotated[str, typer.Argument(help="The code by which the directory knows it, as it knows an officer.")],
    title: Annotated[str, typer.Option(help="What people call it.")] = "业务系统",
) -> None:
    """Give a department's system an account, and print its secret, once.

    What it may do is what the posts may that the directory gives this code; none are needed to make the account.

    Example: huiyin system add rsj-wages SYS-RSJ-1 --title 劳动监察系统
    """
    from services.cli.realm import department

    if not _NAME.fullmatch(client) or client.startswith(OURS):
        raise StackError(
            f"{client!r} is no name for it: take small letters, digits and hyphens, and not {OURS!r} first."
        )
    if not _CODE.fullmatch(officer):
        raise StackError(f"{officer!r} is no code of the directory: take letters, digits and any of : _ . -")
    stack, secret = here(), secrets.token_urlsafe(24)
    stack.admit(department(client, title, officer, secret))
    say(f"client_id      {client}")
    say(f"client_secret  {secret}")
    say(f"token          {stack.known_issuer()}/protocol/openid-connect/token (grant_type=client_credentials)")
    say(f"Let whoever keeps the directory enter it: PUT /units/UNIT/officers/{officer}")


@app.command("signers")
def system_signers(
    folder: Annotated[Path, typer.Argument(help="Where each service has a folder for its key, and public one.")],
) -> None:
    """Make the key by which each service signs what it publishes, where there is none, and tell by which all are known.

    FOLDER/intake/signing.key and so on are for that service and for nobody else, FOLDER/public/signers.json is
    for all of them.

    Example: huiyin system signers /signing
    """
    from contracts.chain import Signer
    from contracts.envelope import SERVICES

    known = {}
    for service in SERVICES:
        key = folder / service / "signing.key"
        if not key.exists():
            key.parent.mkdir(parents=True, exist_ok=True)
            write_secret(key, base64.b64encode(secrets.token_bytes(32)).decode())
        known[service] = [Signer(base64.b64decode(key.read_text())).public]
    public = folder / "public" / "signers.json"
    public.parent.mkdir(parents=True, exist_ok=True)
    public.write_text(json.dumps(known))
    say(f"{public} says by which key each of {len(known)} services is known.")


@app.command("realm")
def system_realm() -> None:
    """Print the realm of a site, for the import of a Keycloak of its own: our systems, and who enters everybody else.

    Wants HUIYIN_OPERATOR and HUIYIN_OPERATOR_PASSWORD, and of each system HUIYIN_OIDC_SECRET_INTAKE and so on.

    Example: huiyin system realm > huiyin-realm.json
    """
    from services.cli.realm import OURS as SYSTEMS
    from services.cli.realm import site

    found = {name: _told(f"HUIYIN_OIDC_SECRET_{name.removeprefix(OURS + '-').upper()}") for name in SYSTEMS}
    made = site(found, _told("HUIYIN_OPERATOR"), _told("HUIYIN_OPERATOR_PASSWORD"))
    say(json.dumps(made, ensure_ascii=False, indent=2))


def _told(variable: str) -> str:
    if not (value := os.environ.get(variable)):
        raise StackError(f"{variable} is not set: deploy/example.env names all that a site must choose.")
    return value
