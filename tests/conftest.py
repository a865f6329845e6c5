"""How the laws are searched (the same examples in every default run, new ones every night); databases for stores."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.postgres import Server, missing

# No deadline: how long an example takes is the machine's business; what must be bounded is asserted where it matters.
settings.register_profile("default-run", deadline=None, derandomize=True)
settings.register_profile("nightly", deadline=None)
settings.load_profile("nightly" if os.environ.get("ADAPTER_NIGHTLY") else "default-run")

# No test reads or writes the state of the person who runs it: a folder of exports there starts a thread in every app.
STATE = tempfile.TemporaryDirectory(prefix="adapter-tests-", ignore_cleanup_errors=True)
os.environ |= {"ADAPTER_EXPORTS": f"{STATE.name}/exports", "ADAPTER_UPLOADS": f"{STATE.name}/uploads"}


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A PostgreSQL server; skipped with the reason where there is none."""
    reason = missing()
    if reason:
        pytest.skip(reason)
    server = Server()
    yield server
    server.stop()


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a store that is not there yet, in each of the databases."""
    if request.param == "sqlite":
        return str(tmp_path / "folder" / "store.sqlite")
    server: Server = request.getfixturevalue("postgres")
    return server.database()
