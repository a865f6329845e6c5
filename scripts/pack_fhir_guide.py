"""Pack the conformance resources of a guide that no npm package holds into one file, as its publisher versions them.

    python scripts/pack_fhir_guide.py FOLDER VERSION TARGET.json.gz

FOLDER is what SUSHI (https://github.com/FHIR/sushi) makes of a tag or commit of the guide's repository, with snapshots
(``sushi build -s``). Genomics Reporting 2.0.0 is commit a7c55c3 of github.com/HL7/genomics-reporting, the last one of
that version, built with fsh-sushi 3.21.0 over hl7.fhir.r4.core 4.0.1. Words for people are left out.
"""

from __future__ import annotations

import gzip
import json
import sys
from pathlib import Path
from typing import Any

KINDS = {"StructureDefinition", "ValueSet", "CodeSystem"}
OF_RESOURCES = ("text", "copyright", "mapping", "description", "title", "differential")
OF_ELEMENTS = ("short", "definition", "comment", "requirements", "alias", "mapping", "example", "isModifierReason")


def packed(folder: Path, version: str) -> list[dict[str, Any]]:
    """The resources without their words, in the order of their file names."""
    resources = [json.loads(path.read_bytes()) for path in sorted(folder.glob("*.json"))]
    return [_plain(one, version) for one in resources if one["resourceType"] in KINDS]


def _plain(resource: dict[str, Any], version: str) -> dict[str, Any]:
    made = {key: value for key, value in resource.items() if key not in OF_RESOURCES} | {"version": version}
    for element in made.get("snapshot", {}).get("element", ()):
        for key in OF_ELEMENTS:
            element.pop(key, None)
        element.get("binding", {}).pop("description", None)
    for concept in made.get("concept", ()):
        concept.pop("definition", None)
    return made


def main() -> None:
    """Write the file; the same folder gives the same bytes."""
    folder, version, target = sys.argv[1:]
    text = json.dumps(packed(Path(folder), version), separators=(",", ":"), ensure_ascii=False).encode()
    with Path(target).open("wb") as file, gzip.GzipFile("", "wb", 9, file, mtime=0) as stream:
        stream.write(text)


if __name__ == "__main__":
    main()
