"""Structured logs: one JSON object a line on standard error, with ids, never tokens or bodies."""

import logging
import os
import sys

from pythonjsonlogger.json import JsonFormatter


def configure(verb: str) -> None:
    """Send everything from INFO up to standard error, marked with the verb and the process."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        JsonFormatter(
            "{levelname}{name}{message}",
            style="{",
            timestamp="at",
            rename_fields={"levelname": "level", "name": "logger", "message": "event"},
            static_fields={"verb": verb, "pid": os.getpid()},
        )
    )
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    # These tell URLs, which hold tokens, or every stylesheet rule they do not know.
    for noisy in ("httpx2", "httpcore2", "urllib3", "stripe", "weasyprint", "fontTools"):
        logging.getLogger(noisy).setLevel(logging.ERROR)
    for chatty in ("apscheduler", "uvicorn", "alembic"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
