"""What a conversion over HTTP costs the server, over an echo of the same answer and against the naive way (P10)."""

from __future__ import annotations

import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection

from adapter.bench.cost import SAMPLES
from adapter.bench.measure import Row, budget
from adapter.packaged import samples

ROUNDS = 7
REQUESTS = 60
CONNECTIONS = 8
ALLOWED_SECONDS = 0.020
CONVERT, ECHO, NAIVE = "/v1/convert?to=fhir&check=none", "/bench/echo", "/bench/naive"


def rows() -> Iterator[Row]:
    """One row per goal: one gunicorn process with the service's own routes and those of :mod:`adapter.bench.routes`."""
    body = (samples() / f"{SAMPLES[0]}.json").read_bytes()
    with _served() as address:
        yield _paired("conversion to FHIR over an echo of its answer", address, body, CONVERT, ECHO, "<= 3")
        yield _paired("naive fhir.resources over conversion to FHIR", address, body, NAIVE, CONVERT, ">= 25")
        slow = _slow(address, body)
    name = f"99th percentile of {CONNECTIONS} connections over 20 ms"
    yield budget("http", name, slow, ALLOWED_SECONDS, note="clock time, client on the same machine", number="P10")


@contextmanager
def _served() -> Iterator[str]:
    """Host and port of one gunicorn worker with the threads of ``adapter serve``, ended with the block."""
    options = ["--bind", "127.0.0.1:0", "--workers", "1", "--threads", "4", "--worker-class", "gthread", "--preload"]
    with tempfile.TemporaryDirectory(prefix="adapter-bench-") as folder:
        environment = {**os.environ, "ADAPTER_STORE": f"{folder}/store.sqlite", "ADAPTER_UPLOADS": f"{folder}/uploads"}
        server = subprocess.Popen(  # noqa: S603  (our own module)
            [sys.executable, "-m", "gunicorn", *options, "--no-control-socket", "adapter.bench.routes:app()"],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            yield _address(server)
        finally:
            server.terminate()
            server.communicate()


def _address(server: subprocess.Popen[str]) -> str:
    """What gunicorn says that it listens at; raises RuntimeError where it ends before."""
    for line in server.stderr or ():
        if found := re.search(r"http://(127\.0\.0\.1:\d+)", line):
            return found[1]
    raise RuntimeError("the server did not start")


def _paired(name: str, address: str, body: bytes, left: str, right: str, goal: str) -> Row:
    """CPU of the server process per request of one route over another, in alternating rounds on one connection."""
    connection = HTTPConnection(address)
    pairs = [(_cpu(connection, left, body), _cpu(connection, right, body)) for _ in range(ROUNDS)]
    connection.close()
    lefts, rights = zip(*pairs, strict=True)
    ratio = statistics.median(a / b for a, b in pairs)
    return Row("http", name, statistics.median(lefts), statistics.median(rights), ratio, goal, number="P10")


def _cpu(connection: HTTPConnection, path: str, body: bytes) -> float:
    count = REQUESTS if path != NAIVE else REQUESTS // 10
    before = float(_call(connection, "GET", "/bench/spent"))
    for _ in range(count):
        _call(connection, "POST", path, body)
    return (float(_call(connection, "GET", "/bench/spent")) - before) / count


def _slow(address: str, body: bytes) -> float:
    """Seconds within which 99 of 100 conversions were answered."""

    def client(_: int) -> list[float]:
        connection = HTTPConnection(address)
        found = []
        for _ in range(REQUESTS):
            start = time.perf_counter()
            _call(connection, "POST", CONVERT, body)
            found.append(time.perf_counter() - start)
        connection.close()
        return found

    with ThreadPoolExecutor(CONNECTIONS) as pool:
        times = [one for found in pool.map(client, range(CONNECTIONS)) for one in found]
    return statistics.quantiles(times, n=100)[98]


def _call(connection: HTTPConnection, method: str, path: str, body: bytes | None = None) -> bytes:
    """The answer's body; raises RuntimeError for any status but 200."""
    connection.request(method, path, body, {"Content-Type": "application/json"} if body else {})
    answer = connection.getresponse()
    data = answer.read()
    if answer.status != 200:
        raise RuntimeError(f"{path}: status {answer.status}")
    return data
