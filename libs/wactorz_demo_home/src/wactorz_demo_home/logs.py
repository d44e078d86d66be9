"""Log records of the demo home: one line each, for people or as JSON."""

import logging
import sys
from typing import Any

import structlog


def configure(level: str, form: str) -> None:
    """Write records of this level and above to standard error."""
    renderer: Any = (
        structlog.processors.JSONRenderer()
        if form == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping().get(level.upper(), 20)),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
    )
