"""``/healthz``, ``/readyz`` and ``/metrics``."""

from __future__ import annotations

import os
import time

from flask import Blueprint, Response, current_app, g, request
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from adapter import __version__
from adapter.formats.document import dump

blueprint = Blueprint("health", __name__)
_REQUESTS = Counter("adapter_requests_total", "Requests by route, method and status", ["route", "method", "status"])
_SECONDS = Histogram("adapter_request_seconds", "Time to answer, by route", ["route"])


@blueprint.get("/healthz")
def healthz() -> Response:
    """The process answers."""
    return Response(dump({"status": "ok", "version": __version__}), mimetype="application/json")


@blueprint.get("/readyz")
def readyz() -> Response:
    """The tables are read and the service can convert."""
    return Response(
        dump({"status": "ok", "mappings": current_app.extensions["terms"].version}), mimetype="application/json"
    )


@blueprint.get("/metrics")
def metrics() -> Response:
    """Prometheus text format, summed over the worker processes; labels are routes, never paths or values."""
    registry: CollectorRegistry = REGISTRY
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


@blueprint.after_app_request
def _count(response: Response) -> Response:
    route = request.url_rule.rule if request.url_rule else "none"
    method = (
        request.method if request.method in {"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"} else "other"
    )
    _REQUESTS.labels(route, method, response.status_code).inc()
    _SECONDS.labels(route).observe(time.perf_counter() - g.get("started", time.perf_counter()))
    return response
