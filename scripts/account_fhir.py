"""Where every element of a FHIR document goes: into a field of the case, beside it, or nowhere for a stated reason.

    python scripts/account_fhir.py FOLDER…      a table in Markdown, one row a folder (the examples of a package)
    python scripts/account_fhir.py --each N …   every N-th element of a bundle only

Each leaf is taken out in turn and the document read again. A leaf that nobody misses states nothing, for one of the
reasons below, or is lost.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from adapter.errors import CaseError, ReadError
from adapter.formats import form
from adapter.formats.document import dump, read_json
from adapter.formats.fhir.reader.restored import FORM
from adapter.terms import load

Step = str | int
At = tuple[Step, ...]

FIELD, BESIDE, CARRIED, LOST = "fields of the case", "beside a field", "carried", "lost"
COLUMNS = (FIELD, BESIDE, CARRIED)
# Why an element that nobody misses states nothing of the person (docs/reading-fhir.md, "Left out").
REASONS = (
    ("narrative", r"(?:.*/)?text/(?:status|div)"),
    ("label of a code", r".*/display"),
    ("address", r"(?:.*/)?(?:id|fullUrl)|(?:.*/)?(?:subject|patient|individual)/(?:reference|type)"),
    ("claim", r"(?:.*/)?meta/(?:profile/\d+|versionId|lastUpdated|source)"),
    ("envelope", r"(?:type|timestamp|total|identifier/.*|meta/.*|(?:.*/)?(?:link|request|search|response)/.*)"),
    ("unit or system told by its code", r"(?:.*/)?value(?:Quantity|Range/(?:low|high))/(?:system|unit|code)"),
)
REASONS_OF = [(name, re.compile(form_)) for name, form_ in REASONS]


def account(document: Any, each: int = 1) -> dict[At, str]:
    """What became of every leaf (of every ``each``-th one) of a parsed document."""
    whole = _seen(document)
    carried = _carried(document)
    found = {}
    for n, at in enumerate(leaves(document)):
        if n % each == 0:
            missed = _seen(without(document, at)) != whole
            found[at] = _missed(document, at, carried) if missed else unmissed(at)
    return found


def unmissed(at: At) -> str:
    """The reason why a leaf states nothing, ``LOST`` without one."""
    pointer = "/".join(map(str, at))
    return next((name for name, form_ in REASONS_OF if form_.fullmatch(pointer)), LOST)


def leaves(node: Any, at: At = ()) -> Iterator[At]:
    """Places of all leaves."""
    if isinstance(node, dict | list) and node:
        for key, value in node.items() if isinstance(node, dict) else enumerate(node):
            yield from leaves(value, (*at, key))
    else:
        yield at


def without(node: Any, at: At) -> Any:
    """``node`` without the element at ``at``; the rest is shared with it."""
    step, *below = at
    if isinstance(node, dict):
        changed = dict(node)
        if below:
            changed[str(step)] = without(node[step], tuple(below))
        else:
            del changed[str(step)]
        return changed
    made = list(node)
    if below:
        made[int(step)] = without(node[int(step)], tuple(below))
    else:
        del made[int(step)]
    return made


def _seen(document: Any) -> Any:
    """What a reader says of a document: its cases and warnings, or the error."""
    try:
        return [(dump(back.case.to_json()), back.issues, back.losses) for back in form("fhir").read(document, load())]
    except (ReadError, CaseError) as error:
        return str(error)


def _carried(document: Any) -> list[str]:
    return [
        one.path for back in form("fhir").read(document, load()) for one in back.case.carried if one.format == "fhir"
    ]


def _missed(document: Any, at: At, carried: list[str]) -> str:
    """Whether a leaf is in what is carried, in what is carried beside a field, or in a field."""
    pointer = _place(document, at)
    for path in carried:
        bare = path.removesuffix(FORM)
        if pointer == bare or pointer.startswith((f"{bare}/", f"{bare}#")):
            return BESIDE if path != bare else CARRIED
    return FIELD


def _place(document: Any, at: At) -> str:
    """A leaf's place as ``carried`` names it: type and id of its resource, then the steps in it."""
    node, place = document, ""
    for n, step in enumerate(at):
        if isinstance(node, dict) and "resourceType" in node and node["resourceType"] != "Bundle":
            name = f"{node['resourceType']}/{node.get('id', '')}"
            place = f"{place}#{node.get('id', '')}" if place and at[n - 2 : n - 1] == ("contained",) else name
            inside = at[n:]
        node = node[step]
    return f"{place}/{'/'.join(map(str, inside))}" if place else "/".join(map(str, at))


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--each", type=int, default=1, help="take every N-th element of bundles")
    args = parser.parse_args()
    names = (*COLUMNS, *(name for name, _ in REASONS), LOST)
    print("|", " | ".join(("examples of", "documents", "elements", *names)), "|")
    print("|---" * (len(names) + 3) + "|")
    for folder in args.folders:
        total: Counter[str] = Counter()
        paths = sorted(folder.glob("*.json"))
        for path in paths:
            document = read_json(path.read_bytes())
            found = account(document, args.each if document.get("resourceType") == "Bundle" else 1)
            total.update(found.values())
            for at in [at for at, what in found.items() if what == LOST]:
                print(f"{path.name}: /{'/'.join(map(str, at))}", file=sys.stderr)
        row = (folder, len(paths), total.total(), *(total[name] for name in names))
        print("|", " | ".join(map(str, row)), "|", flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
