"""A real PostgreSQL server for tests: Debian's binaries, a folder and a port of its own, stopped by its own pid."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import uuid
from importlib.util import find_spec
from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

_ROOTS = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[4]))


def missing() -> str:
    """Why there is no PostgreSQL here, "" where there is."""
    if not _ROOTS:
        return "no PostgreSQL server on this machine (apt-get install postgresql)"
    return "" if find_spec("psycopg") else "psycopg is not installed (the extra [postgres])"


class Server:
    """A server of its own; it refuses to run as root, so root runs it as the package's user."""

    def __init__(self) -> None:
        self._bin = _ROOTS[-1].parent
        self._user = "postgres" if os.geteuid() == 0 else None
        self._folder = Path(tempfile.mkdtemp(prefix="adapter-postgres-"))
        if self._user:
            owner = pwd.getpwnam(self._user)
            os.chown(self._folder, owner.pw_uid, owner.pw_gid)
        # An order of texts that is not that of their bytes, as servers have by default.
        self._run("initdb", "-D", str(self._folder / "data"), "-U", "adapter", "-A", "trust", "-E", "UTF8", "--no-sync",
                  "--locale-provider=icu", "--icu-locale=en", "--locale=C.UTF-8")  # fmt: skip
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.start()

    def address(self, database: str = "postgres") -> str:
        return f"postgresql+psycopg://adapter@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        """Start, also again after a kill on the same folder, and wait until it answers."""
        options = ["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "fsync=off"]
        log = (self._folder / "log").open("ab")
        self._process = subprocess.Popen(
            [self._bin / "postgres", "-D", self._folder / "data", "-p", str(self.port), *options],
            stdout=log, stderr=log, user=self._user, cwd="/",
        )  # fmt: skip
        log.close()
        deadline = time.monotonic() + 60
        engine = create_engine(self.address(), pool_size=1)
        while True:
            try:
                engine.connect().close()
                break
            except OperationalError:
                if self._process.poll() is not None or time.monotonic() > deadline:
                    raise
                time.sleep(0.1)
        engine.dispose()

    def kill(self) -> None:
        """End it and all its sessions at once, with nothing tidied up."""
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text().split()
        for pid in (self._process.pid, *map(int, children)):
            os.kill(pid, signal.SIGKILL)
        self._process.wait(30)

    def stop(self) -> None:
        if self._process.poll() is None:
            # Immediate shutdown: its data are thrown away, so nothing has to be written out.
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait(60)
        shutil.rmtree(self._folder, ignore_errors=True)

    def database(self) -> str:
        """The address of a new, empty database."""
        name = f"t{uuid.uuid4().hex}"
        self.execute(f"CREATE DATABASE {name}")
        return self.address(name)

    def execute(self, statement: str) -> None:
        engine = create_engine(self.address(), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(statement))
        engine.dispose()

    def _run(self, name: str, *words: str) -> None:
        subprocess.run([self._bin / name, *words], check=True, capture_output=True, user=self._user, cwd="/")
