"""Structured logs on standard error: JSON for machines, lines for people."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

from mailflow.core.visible import visible


def set_up_logs(form: str, least: int = logging.INFO) -> None:
    """Set the form of the logs (`json` or `text`) and the least level that is told; times are UTC."""
    last = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if form == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _shown,
            last,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(least),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def _shown(_: object, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Make visible what somebody may have written: a log is read on terminals too."""
    for name, value in event.items():
        if isinstance(value, str):
            event[name] = "\n".join(map(visible, value.split("\n"))) if name == "exception" else visible(value)
    return event
