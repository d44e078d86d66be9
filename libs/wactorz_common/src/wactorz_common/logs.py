"""Logs: one line or one JSON object per record, with the agent's name on each."""

import logging
import sys
from typing import Literal, TextIO

import structlog

Log = structlog.stdlib.BoundLogger
"""What every agent logs with."""


def configure(agent: str, level: str, form: Literal["console", "json"], stream: TextIO | None = None) -> None:
    """Set up logging of this process, to standard output or `stream`; standard-library records take the same way."""
    stream = stream or sys.stdout
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
    renderer: structlog.typing.Processor
    if form == "json":
        shared.append(structlog.processors.format_exc_info)
        renderer = structlog.processors.JSONRenderer()
    else:
        renderer = structlog.dev.ConsoleRenderer(
            colors=stream.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    logging.basicConfig(handlers=[handler], level=level, force=True)
    logging.getLogger("gmqtt").setLevel(logging.ERROR)
    structlog.contextvars.bind_contextvars(agent=agent)


def get(name: str) -> Log:
    """A logger for the module called `name`."""
    log: Log = structlog.stdlib.get_logger(name)
    return log
