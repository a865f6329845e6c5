"""How many requests may work at once, how many may wait, and what becomes of the rest.

Python runs one conversion at a time in a process, so more of them at once only make all of them late. Who cannot be
served soon is told so at once, and the threads that are left answer ``/healthz``.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from flask import Flask, current_app

from adapter.errors import AdapterError
from adapter.web.settings import Settings

SPARE_THREADS = 8


class Full(AdapterError):
    """No place to wait in, or no turn within the time that a request may wait."""

    def __init__(self) -> None:
        super().__init__("the service is busy")


class Gate:
    """Lets ``running`` callers in at once; ``waiting`` more wait ``patience`` seconds, first come, first served."""

    def __init__(self, running: int, waiting: int, patience: float) -> None:
        self._free, self._places, self._patience = running, waiting, patience
        self._lock = threading.Lock()
        self._queue: deque[threading.Event] = deque()

    @contextmanager
    def turn(self, *, wait: bool = False) -> Iterator[None]:
        """Wait for a turn and have it; with ``wait`` however long it takes. Raises Full."""
        self._enter(wait=wait)
        try:
            yield
        finally:
            self._leave()

    def _enter(self, *, wait: bool) -> None:
        with self._lock:
            if self._free > 0:
                self._free -= 1
                return
            if not wait and len(self._queue) >= self._places:
                raise Full
            mine = threading.Event()
            self._queue.append(mine)
        if mine.wait(None if wait else self._patience):
            return
        with self._lock:
            # A turn that was handed over at the last moment is taken.
            if mine.is_set():
                return
            self._queue.remove(mine)
        raise Full

    def _leave(self) -> None:
        # The turn is handed to who has waited longest: were it only freed, a newcomer could take it.
        with self._lock:
            if self._queue:
                self._queue.popleft().set()
            else:
                self._free += 1


def threads(settings: Settings) -> int:
    """Threads of a worker process: for all who run or wait, and some that answer the others."""
    return settings.conversions + settings.waiting + SPARE_THREADS


def init(app: Flask, settings: Settings) -> None:
    """The gates of this process: for conversions and checks, for streams of them, for the store.

    A stream keeps its thread until its last line, and a store may be slow: each gets a part of the threads.
    """
    part = max(1, settings.waiting // 4)
    app.extensions["gates"] = {
        "conversion": Gate(settings.conversions, settings.waiting, settings.patience),
        "stream": Gate(part, 0, settings.patience),
        "store": Gate(settings.store_connections, part, settings.patience),
    }


def turn(name: str = "conversion", *, wait: bool = False) -> AbstractContextManager[None]:
    """A turn at a gate of this process (:meth:`Gate.turn`). Raises Full."""
    gates: dict[str, Gate] = current_app.extensions["gates"]
    return gates[name].turn(wait=wait)
