"""The store of the service: one for each worker process, opened when a request first needs it."""

from __future__ import annotations

import os
import threading
import time

from flask import Flask, current_app

from adapter.errors import StoreError
from adapter.store import Store, default_url
from adapter.store.engine import file_of
from adapter.web.settings import Settings


def init(app: Flask, settings: Settings) -> None:
    """Note where the store is. Raises StoreError for what is no address.

    Nothing is opened: what is open before the workers fork would be shared by them.
    """
    address = settings.store or default_url()
    file_of(address)
    app.extensions["store"] = _Opener(address, settings.store_wait)


def store() -> Store:
    """The open store of this process. Raises StoreError, Unavailable."""
    opener: _Opener = current_app.extensions["store"]
    return opener.get()


class _Opener:
    """Opens a store once, for all threads of a process; a failure is told to all who have waited for it."""

    def __init__(self, address: str, wait: int) -> None:
        self.address, self._wait = address, wait
        self._lock = threading.Lock()
        self._store: Store | None = None
        self._process = 0
        self._failure: tuple[float, StoreError] | None = None

    def get(self) -> Store:
        if self._store is not None and self._process == os.getpid():
            return self._store
        asked = time.monotonic()
        with self._lock:
            if self._store is not None and self._process == os.getpid():
                return self._store
            if self._failure and self._failure[0] > asked:
                raise self._failure[1]
            return self._open()

    def _open(self) -> Store:
        try:
            self._store, self._process = Store(self.address, wait=self._wait), os.getpid()
        except StoreError as error:
            self._failure = (time.monotonic(), error)
            raise
        return self._store
