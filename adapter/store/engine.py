"""Opening a store: its address, the settings of its database, and the upgrade of its tables."""

from __future__ import annotations

import os
import threading
from functools import cache
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError

from adapter.errors import StoreError

WAIT_SECONDS = 30
READING = "adapter_reading"
_EXPECTED = "expected the path of a SQLite file, or an address sqlite:///… or postgresql+psycopg://…"
_MIGRATIONS = Path(__file__).parent / "migrations"
_UPGRADING = threading.Lock()  # Alembic keeps the migration that runs in a module, so threads take turns too


def default_url() -> str:
    """``ADAPTER_STORE``, else a SQLite file in the user's data folder (``XDG_DATA_HOME``)."""
    stated = os.environ.get("ADAPTER_STORE")
    if stated:
        return stated
    home = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    return f"sqlite:///{home / 'haem-adapter' / 'store.sqlite'}"


def open_engine(address: str, *, wait: int = WAIT_SECONDS) -> Engine:
    """The engine of ``address``: the path of a SQLite file, or a ``sqlite:///`` or ``postgresql+psycopg://`` URL.

    ``wait`` is for how many seconds a statement waits for other work before it gives up. Raises StoreError for another
    address, for a folder that cannot be made, and for PostgreSQL without the extra.
    """
    url = _url(address)
    try:
        return _sqlite(url, wait) if url.get_backend_name() == "sqlite" else _postgresql(url, wait)
    except ModuleNotFoundError:
        raise StoreError("PostgreSQL needs the extra [postgres]: pip install 'haem-adapter[postgres]'") from None
    except OSError as error:
        raise StoreError(f"the store cannot be opened: {type(error).__name__}; {_EXPECTED}") from error


def file_of(address: str) -> Path | None:
    """The file of a SQLite store, None for a store on a server. Raises StoreError for what is no address."""
    url = _url(address)
    return Path(str(url.database)) if url.get_backend_name() == "sqlite" else None


def upgrade(engine: Engine) -> None:
    """Bring the tables to the newest revision; all who open a new store at once do it one after the other."""
    with _UPGRADING, engine.begin() as connection:
        lock(connection, "adapter: upgrade")
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def revision(connection: Connection) -> str:
    """The revision of the tables as they are, "" for none."""
    return MigrationContext.configure(connection).get_current_revision() or ""


@cache
def newest() -> str:
    """The revision of the tables that this software uses."""
    return ScriptDirectory.from_config(_config()).get_current_head() or ""


def lock(connection: Connection, name: str) -> None:
    """Take turns over ``name`` until the transaction ends, also where no row of it exists yet.

    In SQLite a writer has the whole file for itself already.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": name})


def _url(address: str) -> URL:
    """The address with its driver. Raises StoreError for one that is neither of the two."""
    try:
        url = make_url(address if "://" in address else f"sqlite:///{Path(address).absolute()}")
    except ArgumentError:
        raise StoreError(f"the store cannot be opened: {_EXPECTED}") from None
    if url.drivername == "postgresql":
        return url.set(drivername="postgresql+psycopg")
    file = url.drivername in {"sqlite", "sqlite+pysqlite"} and url.database not in {None, "", ":memory:"}
    if not file and url.drivername != "postgresql+psycopg":
        raise StoreError(f"the store cannot be opened: {_EXPECTED}")
    return url


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    return config


def _sqlite(url: URL, wait: int) -> Engine:
    Path(str(url.database)).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    engine = create_engine(url, connect_args={"timeout": wait}, pool_timeout=wait)
    event.listen(engine, "connect", _settings)
    event.listen(engine, "begin", _begin)
    return engine


def _postgresql(url: URL, wait: int) -> Engine:
    # A connection that died while it lay in the pool is replaced before it is used; a lock is waited for as in SQLite.
    settings = {"connect_timeout": max(2, wait), "options": f"-c lock_timeout={wait * 1000}"}
    return create_engine(url, connect_args=settings, pool_pre_ping=True, pool_timeout=wait)


def _settings(connection: Any, _record: object) -> None:
    # The driver's own transactions begin too late to keep readers and writers apart: ours are begun by _begin.
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin(connection: Connection) -> None:
    # A reader sees one moment and keeps no writer waiting; a writer takes its turn before it reads what it will change.
    reading = connection.get_execution_options().get(READING)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")
