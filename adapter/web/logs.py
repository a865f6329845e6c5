"""Request ids and one JSON log line a request, without any value of the input."""

from __future__ import annotations

import re
import time
import uuid
from typing import TYPE_CHECKING

import structlog
from flask import Response, g, request

if TYPE_CHECKING:
    from flask import Flask

_ID = re.compile(r"[A-Za-z0-9-]{1,64}")
_SECURITY = {
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


def init(app: Flask) -> None:
    """Number, time and log every request, and set the security headers."""
    structlog.configure(
        processors=[
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.add_log_level,
            _traceback,
            structlog.processors.JSONRenderer(),
        ],
        cache_logger_on_first_use=False,
    )
    app.before_request(_start)
    app.after_request(_finish)
    app.log_exception = _exception  # type: ignore[method-assign]  # Flask's own prints the message, which may hold values


def _start() -> None:
    stated = request.headers.get("X-Request-Id", "")
    g.request_id = stated if _ID.fullmatch(stated) else uuid.uuid4().hex
    g.started = time.perf_counter()


def _finish(response: Response) -> Response:
    response.headers["X-Request-Id"] = g.get("request_id", "")
    for name, value in _SECURITY.items():
        response.headers.setdefault(name, value)
    structlog.get_logger().info(
        "request",
        id=g.get("request_id", ""),
        method=request.method if request.method in _METHODS else "other",
        route=request.url_rule.rule if request.url_rule else "",
        status=response.status_code,
        milliseconds=round((time.perf_counter() - g.get("started", 0.0)) * 1000, 1),
    )
    return response


_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"})


def _exception(exc_info: object) -> None:
    structlog.get_logger().error("exception", id=g.get("request_id", ""), exc_info=exc_info)


def _traceback(_logger: object, _name: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """The type and the lines of an exception; its message is left out, since it may hold the input."""
    failure = event.pop("exc_info", None)
    if isinstance(failure, tuple) and failure[0] is not None:
        event["error"] = failure[0].__name__
        event["at"] = []
        trace = failure[2]
        while trace:
            code = trace.tb_frame.f_code
            event["at"].append(f"{code.co_filename.rpartition('/adapter/')[2]}:{trace.tb_lineno} {code.co_name}")
            trace = trace.tb_next
    return event
