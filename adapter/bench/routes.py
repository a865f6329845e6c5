"""The service with three routes more, for the bench ``http``: an echo, the naive way, and the CPU time spent so far."""

from __future__ import annotations

import time

from flask import Response
from flask_openapi3 import OpenAPI

from adapter.bench.cost import SAMPLES, naive_fhir, workload
from adapter.formats.document import dump
from adapter.packaged import samples
from adapter.web import create_app


def app() -> OpenAPI:
    """The WSGI application; the echo answers the bundle that a conversion of the first patient answers."""
    served = create_app()
    load = workload([(samples() / f"{SAMPLES[0]}.json").read_bytes()])
    answer = dump(load.ready["fhir"][0])

    def echo() -> Response:
        return Response(answer, mimetype="application/fhir+json")

    def naive() -> Response:
        naive_fhir(load)
        return echo()

    def spent() -> Response:
        return Response(str(time.process_time()), mimetype="text/plain")

    for name, view, method in (("echo", echo, "POST"), ("naive", naive, "POST"), ("spent", spent, "GET")):
        served.add_url_rule(f"/bench/{name}", f"bench-{name}", view, methods=[method])
    return served
