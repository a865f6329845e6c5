"""``/healthz``, ``/readyz`` and ``/metrics``."""

from __future__ import annotations

import os
import shutil
import time

from flask import Blueprint, Response, current_app, g, request
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from adapter import __version__
from adapter.errors import StoreError
from adapter.formats.document import dump
from adapter.store.engine import file_of
from adapter.web.body import settings
from adapter.web.stored import store

blueprint = Blueprint("health", __name__)
_REQUESTS = Counter("adapter_requests_total", "Requests by route, method and status", ["route", "method", "status"])
_SECONDS = Histogram("adapter_request_seconds", "Time to answer, by route", ["route"])


@blueprint.get("/healthz")
def healthz() -> Response:
    """The process answers."""
    return Response(dump({"status": "ok", "version": __version__}), mimetype="application/json")


@blueprint.get("/readyz")
def readyz() -> Response:
    """200 when the tables are read, the database answers with the schema of this version, and the disk has room."""
    checks = {"database": "ok", "schema": "ok", "disk": "ok" if _room() else "too little space is left"}
    try:
        found, expected = store().schema()
        if found != expected:
            checks["schema"] = f"revision {found}, expected {expected}"
    except StoreError as error:
        checks["database"] = str(error)
        checks["schema"] = "unknown"
    ready = set(checks.values()) == {"ok"}
    state = {"status": "ok" if ready else "unavailable", "mappings": current_app.extensions["terms"].version, **checks}
    response = Response(dump(state), 200 if ready else 503, mimetype="application/json")
    if not ready:
        response.headers["Retry-After"] = "5"
    return response


def _room() -> bool:
    """Whether the disks that the service writes to have the share free that the settings ask for."""
    own = settings()
    for path in (file_of(current_app.extensions["store"].address), own.uploads, own.exports):
        place = next((p for p in (path, *path.parents) if p.exists()), None) if path else None
        if place is None:
            continue
        usage = shutil.disk_usage(place)
        if usage.free < own.min_disk * usage.total:
            return False
    return True


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
