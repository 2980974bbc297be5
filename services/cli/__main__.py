"""`python -m services.cli`: how the supervisor starts a service without depending on PATH."""

from services.cli.main import app

app()
