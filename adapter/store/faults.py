"""What a database error means for the caller, in words that hold no statement and no value."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from alembic.util import CommandError
from sqlalchemy import exc

from adapter.errors import StoreError

# By prefix: result codes of SQLite (sqlite.org/rescode.html), SQLSTATEs of PostgreSQL (appendix A of its manual).
_REASONS = {
    "SQLITE_BUSY": "it is busy with other work",
    "SQLITE_LOCKED": "it is busy with other work",
    "SQLITE_FULL": "its disk is full",
    "SQLITE_READONLY": "it is read-only",
    "SQLITE_CANTOPEN": "its file cannot be opened",
    "SQLITE_IOERR": "its file cannot be read or written",
    "40": "it is busy with other work",
    "55P03": "it is busy with other work",
    "57014": "it is busy with other work",
    "53100": "its disk is full",
    "53": "it is busy with other work",
    "25006": "it is read-only",
    "28": "it does not let us in",
    "3D000": "it has no database of this name",
    "57P": "the database does not answer",
    "08": "the database does not answer",
}


class Unavailable(StoreError):
    """The database cannot do it now: busy, gone, full or read-only. Nothing was changed; the same call may do later."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"the store cannot be used now: {reason}")


@contextmanager
def told() -> Iterator[None]:
    """Errors of the database as StoreError: Unavailable for what may pass, else the kind of error and its code."""
    try:
        yield
    except exc.TimeoutError as error:
        raise Unavailable("it is busy with other work") from error
    except exc.SQLAlchemyError as error:
        reason = _reason(error)
        if reason:
            raise Unavailable(reason) from error
        raise StoreError(f"the store cannot do it: {type(error).__name__}") from error
    except CommandError as error:
        # Alembic does not know the revision that it finds.
        raise StoreError("the store was made by a newer version of this software") from error


def _reason(error: exc.SQLAlchemyError) -> str:
    if not isinstance(error, exc.DBAPIError):
        return ""
    code = getattr(error.orig, "sqlite_errorname", None) or getattr(error.orig, "sqlstate", None) or ""
    known = next((words for prefix, words in _REASONS.items() if code.startswith(prefix)), "")
    # A connection that was refused or cut has no SQLSTATE.
    lost = not code and isinstance(error, (exc.OperationalError, exc.InterfaceError))
    return known or ("the database does not answer" if lost or error.connection_invalidated else "")
