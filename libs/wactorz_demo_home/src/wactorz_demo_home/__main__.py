"""Entry point."""

import argparse
import asyncio
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from pydantic import ValidationError

from wactorz_demo_home.errors import DemoHomeError
from wactorz_demo_home.logs import configure
from wactorz_demo_home.server import serve
from wactorz_demo_home.settings import DemoHomeSettings


def main(arguments: Sequence[str] = ()) -> None:
    """Run the demo home until it is stopped; options win over the environment."""
    try:
        settings = _settings(arguments)
        configure(settings.log_level, settings.log_format)
        asyncio.run(serve(settings))
    except DemoHomeError as error:
        _fail(str(error), os.EX_UNAVAILABLE)


def _settings(arguments: Sequence[str]) -> DemoHomeSettings:
    parser = argparse.ArgumentParser(prog="wactorz-demo-home", description="A simulated house.")
    for option, text in (
        ("--host", "address to listen on"),
        ("--port", "port; 0 takes the last one again, else a free one"),
        ("--call-log", "file to log service calls in"),
        ("--house", "JSON document of another house"),
    ):
        parser.add_argument(option, help=text)
    given = {key: value for key, value in vars(parser.parse_args(arguments)).items() if value is not None}
    try:
        return DemoHomeSettings(**given)
    except ValidationError as error:
        first = error.errors()[0]
        name = "_".join(str(part) for part in first["loc"])
        _fail(f"The setting {name} of the demo home is wrong: {first['msg']}.", os.EX_CONFIG)


def _fail(sentence: str, code: int) -> NoReturn:
    sys.stderr.write(sentence + "\n")
    raise SystemExit(code)


if __name__ == "__main__":
    main(sys.argv[1:])
