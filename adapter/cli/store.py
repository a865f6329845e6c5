"""``adapter store``: the local case store."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from adapter.cli.inputs import complain, documents
from adapter.errors import CaseError, ReadError
from adapter.formats.document import dump

if TYPE_CHECKING:
    from adapter.store import Store

PAGE = 500


def add(commands: Any) -> None:
    """Add the commands to the parser."""
    command = commands.add_parser(
        "store",
        help="keep cases in a local store",
        description="Cases by id, every version kept. The store is a SQLite file unless --store or ADAPTER_STORE says "
        "otherwise.",
        epilog="examples:\n  adapter store add cases.ndjson\n  adapter store list\n  adapter store get case-1",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument("--store", metavar="URL", help="a SQLite file, or an address postgresql+psycopg://…")
    actions = command.add_subparsers(dest="action", required=True, metavar="ACTION")
    adding = actions.add_parser("add", help="store the cases of files (JSON, YAML, NDJSON)")
    adding.add_argument("files", nargs="+", metavar="FILE")
    adding.set_defaults(run=_run(_add))
    actions.add_parser("list", help="ids, versions and times, one JSON line each").set_defaults(run=_run(_list))
    getting = actions.add_parser("get", help="print a case as it was stored")
    getting.add_argument("id", metavar="ID")
    getting.add_argument("--version", type=int, metavar="N", help="an older version")
    getting.set_defaults(run=_run(_get))
    deleting = actions.add_parser("delete", help="delete a case; its versions stay readable by number")
    deleting.add_argument("id", metavar="ID")
    deleting.set_defaults(run=_run(_delete))


def _run(action: Any) -> Any:
    def run(args: argparse.Namespace) -> int:
        from adapter.store import NotStored

        try:
            with _open(args) as store:
                status: int = action(store, args)
        except NotStored as error:
            sys.stderr.write(f"adapter store: {error}\n")
            return 1
        return status

    return run


@contextmanager
def _open(args: argparse.Namespace) -> Iterator[Store]:
    from adapter.store import Store, default_url

    store = Store(args.store or default_url())
    try:
        yield store
    finally:
        store.close()


def _add(store: Store, args: argparse.Namespace) -> int:
    status = 0
    for source in (one for file in args.files for one in documents(file)):
        try:
            if source.error:
                raise source.error
            stored, changed = store.put(source.document)
        except (CaseError, ReadError) as error:
            complain(source.place, error)
            status = 1
            continue
        sys.stdout.buffer.write(dump({"id": stored.id, "version": stored.version, "changed": changed}))
    return status


def _list(store: Store, _args: argparse.Namespace) -> int:
    after = ""
    while page := store.page(after, PAGE):
        for one in page:
            sys.stdout.buffer.write(
                dump({"id": one.id, "version": one.version, "etag": one.etag, "updated": one.updated})
            )
        after = page[-1].id
    return 0


def _get(store: Store, args: argparse.Namespace) -> int:
    sys.stdout.buffer.write(dump(store.get(args.id, args.version)[1]))
    return 0


def _delete(store: Store, args: argparse.Namespace) -> int:
    store.delete(args.id)
    return 0
