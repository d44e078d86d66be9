"""A bare Starlette application that answers every request with the same JSON, for comparison."""

import asyncio
import json
import sys
from pathlib import Path

import uvicorn
import uvloop
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route


def application(file: Path) -> Starlette:
    """The application; the answer is written as JSON for each request."""
    told = json.loads(file.read_bytes())

    async def answer(_request: Request) -> JSONResponse:
        return JSONResponse(told)

    return Starlette(routes=[Route("/api/health", answer)])


async def main(port: int, file: Path) -> None:
    """Serve until it is ended."""
    config = uvicorn.Config(
        application(file), port=port, http="httptools", lifespan="off", log_config=None, access_log=False
    )
    await uvicorn.Server(config).serve()


if __name__ == "__main__":
    asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
    asyncio.run(main(int(sys.argv[1]), Path(sys.argv[2])))
