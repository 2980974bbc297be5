"""The baseline of `register`: a route that takes the same body and does nothing, under the server settings of a service.

Run as ``python -m tests.bench.empty PORT``.
"""

from __future__ import annotations

import sys

import uvicorn
from fastapi import FastAPI, Response

from services.chassis.http.protocol import Protocol
from services.chassis.service import collect_rarely
from services.intake.application.registering import Petition

app = FastAPI()


@app.post("/petitions", status_code=201)
async def register(body: Petition) -> Response:
    return Response(status_code=201)


if __name__ == "__main__":
    collect_rarely()
    uvicorn.run(  # as in services/chassis/service.py
        app,
        host="127.0.0.1",
        port=int(sys.argv[1]),
        log_config=None,
        access_log=False,
        loop="uvloop",
        http=Protocol,
        proxy_headers=False,
        server_header=False,
        date_header=False,
        timeout_keep_alive=75,
    )
