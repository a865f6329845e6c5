"""The application under test, its client, and a real gunicorn for what only a real server shows."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest
from flask.testing import FlaskClient
from flask_openapi3 import OpenAPI

from adapter.web import create_app
from adapter.web.settings import Settings


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> OpenAPI:
    return create_app(
        Settings(
            store=str(tmp_path_factory.mktemp("store") / "store.sqlite"), exports=tmp_path_factory.mktemp("exports")
        )
    )


@pytest.fixture
def client(app: OpenAPI) -> FlaskClient:
    return app.test_client()


@contextmanager
def serving(*options: str, prefix: Sequence[str] = ()) -> Iterator[str]:
    """Base URL of `adapter serve` on a free port of 127.0.0.1, stopped by its own pid."""
    process = subprocess.Popen(
        [*prefix, sys.executable, "-m", "adapter", "serve", "--port", "0", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    assert process.stdout is not None
    address = process.stdout.readline().strip()
    try:
        assert address.startswith("http://127.0.0.1:"), address
        yield address
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)
        process.stdout.close()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A service of its own for the tests that need a real one."""
    with serving("--store", str(tmp_path_factory.mktemp("served") / "store.sqlite")) as address:
        yield address
