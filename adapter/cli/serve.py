"""``adapter serve``: the HTTP service behind gunicorn."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from adapter.web.settings import Settings


def add(commands: Any) -> None:
    """Add the command to the parser."""
    command = commands.add_parser(
        "serve",
        help="run the HTTP service",
        epilog="example: adapter serve --port 8000 --workers 2",
    )
    command.add_argument("--host", default="127.0.0.1")
    command.add_argument("--port", type=int, default=8000, help="0 takes a free one")
    command.add_argument("--workers", type=int, default=1, help="processes; about one for each core")
    command.add_argument("--store", metavar="URL", help="a SQLite file or a database address; else ADAPTER_STORE")
    command.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Serve until told to stop; SIGTERM lets running requests finish."""
    return serve(args, _application)


def serve(args: argparse.Namespace, application: Callable[[Settings], Any]) -> int:
    """Serve what ``application`` makes; it may import :mod:`adapter.web`, which must not be imported before."""
    counters = tempfile.TemporaryDirectory(prefix="adapter-metrics-")
    # Read by prometheus_client when it is imported: the workers then add up their counters in these files.
    os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", counters.name)
    from gunicorn.app.base import BaseApplication

    from adapter.web.gate import threads
    from adapter.web.settings import Settings

    if args.store:
        os.environ["ADAPTER_STORE"] = args.store
    settings = Settings()

    class Service(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
        """Gunicorn with its settings given in code."""

        def load_config(self) -> None:
            self.cfg.set("bind", f"{args.host}:{args.port}")
            self.cfg.set("workers", args.workers)
            self.cfg.set("threads", threads(settings))
            self.cfg.set("worker_class", "gthread")
            self.cfg.set("worker_tmp_dir", _shared_memory())
            # Longer than a caller who was told to come again stays away, so that its connection is still there.
            self.cfg.set("keepalive", 30)
            self.cfg.set("graceful_timeout", 20)
            self.cfg.set("preload_app", True)
            self.cfg.set("control_socket_disable", True)
            self.cfg.set("when_ready", _announce)
            self.cfg.set("post_worker_init", _resume)

        def load(self) -> Any:
            return application(settings)

    with counters:
        Service(prog="adapter").run()
    return 0


def _application(settings: Settings) -> Any:
    from adapter.web import create_app

    return create_app(settings)


def _resume(worker: Any) -> None:
    """Exports that an earlier service left go on, whether or not a request comes."""
    worker.wsgi.extensions["exporter"].ensure()


def _announce(server: Any) -> None:
    for listener in server.LISTENERS:
        sys.stdout.write(f"http://{listener.sock.getsockname()[0]}:{listener.sock.getsockname()[1]}\n")
    sys.stdout.flush()


def _shared_memory() -> str | None:
    """Heartbeat files in memory where the root file system may be read-only."""
    from pathlib import Path

    return "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108  (a directory, no file of a guessed name)
