"""The baseline of `register`: a route that takes the same body and does nothing, under the server settings of a service.

Run as ``python -m tests.bench.empty PORT``.
"""

from __future__ import annotations

import sys

from fastapi import FastAPI, Response

from services.chassis.service import collect_rarely, listening
from services.intake.application.registering import Petition

app = FastAPI()


@app.post("/petitions", status_code=201)
async def register(body: Petition) -> Response:
    return Response(status_code=201)


if __name__ == "__main__":
    collect_rarely()
    listening(app, "127.0.0.1", int(sys.argv[1])).run()
