"""The thread of each service process that carries out exports, removes what is deleted, and clears what has expired.

Any process of the service takes any export whose folder nobody holds: after a crash the work goes on where it was.
Processes that share a store share the folder of exports too.
"""

from __future__ import annotations

import os
import shutil
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from adapter.errors import AdapterError, StoreError
from adapter.export.order import Means, Order, carry_out
from adapter.store import exports
from adapter.web.locks import lock_folder

if TYPE_CHECKING:
    from flask import Flask

    from adapter.store import Store
    from adapter.store.exports import Export
    from adapter.web.settings import Settings

LOOK_SECONDS = 1.0
ATTEMPTS = 5
RETRY_SECONDS = 10
# Faults of ours are told like any other: the thread has other exports to look after.
_FAULTS = (
    AdapterError,
    OSError,
    MemoryError,
    ArithmeticError,
    AttributeError,
    LookupError,
    RuntimeError,
    TypeError,
    ValueError,
)


class Cancelled(Exception):
    """The export was deleted while it ran."""


class Exporter:
    """Carries out the exports of the store, one at a time in each process."""

    def __init__(self, app: Flask, settings: Settings) -> None:
        self._app, self._settings = app, settings
        self.folder = settings.exports or Path.home() / ".local" / "state" / "haem-adapter" / "exports"
        self._wake = threading.Event()
        self._starting = threading.Lock()
        self._process = 0

    def ensure(self) -> None:
        """Start the thread of this process, unless it runs or there has never been an export."""
        if self._process == os.getpid() or not self.folder.is_dir():
            return
        with self._starting:
            if self._process != os.getpid():
                self._process = os.getpid()
                threading.Thread(target=self._run, daemon=True, name="exports").start()

    def prepare(self) -> None:
        """Make the folder of exports. Raises OSError."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def begin(self) -> None:
        """A new export has been noted."""
        self.ensure()
        self._wake.set()

    def remove(self, export: Export) -> None:
        """Remove the files of a deleted export, then its row; who is at work on it does that a moment later."""
        place = Path(export.directory)
        if place.is_dir():
            lock = lock_folder(place)
            if lock is None:
                return
            with lock:
                shutil.rmtree(place, ignore_errors=True)
            if place.is_dir():
                return
        with self._store().transaction() as db:
            exports.drop(db, export.id)

    def work(self) -> None:
        """All there is to do now."""
        now = int(time.time())
        with self._store().reading() as db:
            dead, due = exports.dead(db, now), exports.due(db, now)
        for one in dead:
            self.remove(one)
        for one in due:
            self._carry_out(one)

    def _run(self) -> None:
        while True:
            try:
                self.work()
            except (StoreError, OSError) as error:
                structlog.get_logger().error("exports", reason=str(error))
            self._wake.wait(LOOK_SECONDS)
            self._wake.clear()

    def _carry_out(self, export: Export) -> None:
        place = Path(export.directory)
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = lock_folder(place)
        if lock is None:
            return
        with lock:
            try:
                self._tell(export, "starting")
                carry_out(place, Order.from_json(export.request), export.at, self._means(), _Paced(self, export))
                self._end(export, "done")
            except Cancelled:
                structlog.get_logger().info("export given up", export=export.id)
            except _FAULTS as error:
                structlog.get_logger().error(
                    "export failed", export=export.id, error=type(error).__name__, reason=_reason(error)
                )
                self._failed(export)
        with self._store().reading() as db:
            state = exports.state(db, export.id)
        if state in (None, "deleted"):
            self.remove(export)

    def _means(self) -> Means:
        settings = self._settings
        return Means(
            self._store(),
            str(settings.mappings.absolute()) if settings.mappings else "",
            settings.fhir_base or "",
            settings.export_workers,
        )

    def _tell(self, export: Export, progress: str) -> None:
        with self._store().transaction() as db:
            if not exports.note(db, export.id, progress[:99]):
                raise Cancelled

    def _failed(self, export: Export) -> None:
        if export.attempts + 1 >= ATTEMPTS:
            self._end(export, "failed")
            return
        with self._store().transaction() as db:
            exports.postpone(db, export.id, int(time.time()) + RETRY_SECONDS * 2**export.attempts)

    def _end(self, export: Export, state: exports.State) -> None:
        with self._store().transaction() as db:
            exports.end(db, export.id, state, int(time.time()) + self._settings.export_hours * 3600)

    def _store(self) -> Store:
        found: Store = self._app.extensions["store"].get()
        return found


class _Paced:
    """Tells the progress of an export, and hears that it was deleted, once in a second."""

    def __init__(self, exporter: Exporter, export: Export) -> None:
        self._exporter, self._export, self._told = exporter, export, 0.0

    def __call__(self, progress: str) -> None:
        if time.monotonic() - self._told >= LOOK_SECONDS:
            self._exporter._tell(self._export, progress)  # noqa: SLF001  (of this module)
            self._told = time.monotonic()


def _reason(error: BaseException) -> str:
    """Words of our own and of the system hold no value of a case; those of other exceptions may."""
    return str(error) if isinstance(error, (AdapterError, OSError)) else ""


def init(app: Flask, settings: Settings) -> None:
    """The exporter of the application; its thread starts in the process that serves, after a fork."""
    exporter = app.extensions["exporter"] = Exporter(app, settings)
    app.before_request(exporter.ensure)
