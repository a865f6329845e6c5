"""Opening a store: its address, SQLite's settings, and the upgrade of its tables."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError

from adapter.errors import StoreError

BUSY_SECONDS = 30
READING = "adapter_reading"


def default_url() -> str:
    """``ADAPTER_STORE``, else a SQLite file in the user's data folder (``XDG_DATA_HOME``)."""
    stated = os.environ.get("ADAPTER_STORE")
    if stated:
        return stated
    home = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    return f"sqlite:///{home / 'haem-adapter' / 'store.sqlite'}"


def open_engine(address: str) -> Engine:
    """The engine of ``address``: a ``sqlite:///`` URL, or the path of a SQLite file.

    Raises StoreError for another address and for a folder that cannot be made.
    """
    try:
        url = make_url(address if "://" in address else f"sqlite:///{Path(address).absolute()}")
        if url.get_backend_name() != "sqlite" or url.database in (None, "", ":memory:"):
            raise StoreError("the store is a SQLite file: expected its path or a sqlite:/// URL")
        Path(str(url.database)).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except (ArgumentError, OSError) as error:
        raise StoreError(f"the store cannot be opened: {type(error).__name__}") from error
    engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS})
    event.listen(engine, "connect", _settings)
    event.listen(engine, "begin", _begin)
    return engine


def upgrade(engine: Engine) -> None:
    """Bring the tables to the newest revision; two processes that open a new store do it one after the other."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _settings(connection: Any, _record: object) -> None:
    # The driver's own transactions begin too late to keep readers and writers apart: ours are begun by _begin.
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin(connection: Connection) -> None:
    # A reader sees one moment and keeps no writer waiting; a writer takes its turn before it reads what it will change.
    reading = connection.get_execution_options().get(READING)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")
