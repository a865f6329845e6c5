"""Make the tables that come from files too large to write by hand, and put the others into their normal form.

    python scripts/build_mappings.py genes HGNC.tsv.gz
    python scripts/build_mappings.py diagnoses MONDO.tsv SNOMED_LABELS.json ICD10CM_LABELS.json
    python scripts/build_mappings.py format

``HGNC.tsv.gz`` has the columns hgnc, symbol, aliases, previous (HGNC, CC0, July 2024: all 43,837 approved genes),
``MONDO.tsv`` mondo, label, ncit, snomed, icd10cm, icdo, doid, orphanet, synonyms (Mondo, CC-BY-4.0, July 2024).
The labels are JSON objects from code to display, taken from value sets of THO 7.0.1 and mCODE 4.0.0.
``format`` sorts every table, drops double rows and writes its header.
"""

from __future__ import annotations

import gzip
import json
import re
import sys
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING

from adapter.gene_names import fold_gene
from adapter.sssom import fold

if TYPE_CHECKING:
    from collections.abc import Iterator

# Names of diseases that HGNC also lists as gene aliases: in a case report they are the disease.
NEVER_GENES = ("ALL", "CML", "PHL")
# Anonymous DNA segments, which name probes: HGNC lists some as aliases of genes or fragile sites near them, but a FISH
# with D7S486 tells of 7q31, not of a gene.
SEGMENT = re.compile(r"D([0-9]{1,2}|X|Y|XY)[SZ][0-9]+E?", re.IGNORECASE)
GENES_HEAD = """\
# Names of the 43,837 approved human genes. HGNC (https://www.genenames.org), CC0, July 2024.
# S approved symbol (target: HGNC id), A alias, P previous symbol (target: approved symbol), X never read as a gene.
# Sorted by the folded name; made by scripts/build_mappings.py.
name\tstatus\ttarget
"""


def gene_lines(source: Path) -> Iterator[tuple[str, str, str]]:
    with gzip.open(source, "rt", encoding="utf-8") as lines:
        next(lines)
        for line in lines:
            hgnc, symbol, aliases, previous = line.rstrip("\n").split("\t")[:4]
            yield symbol, "S", hgnc
            seen = {fold_gene(symbol)}
            for status, names in (("P", previous), ("A", aliases)):
                for name in filter(None, map(str.strip, names.split("|"))):
                    if SEGMENT.fullmatch(name) or name.upper() in NEVER_GENES:
                        continue
                    if fold_gene(name) not in seen:
                        seen.add(fold_gene(name))
                        yield name, status, symbol


def genes(source: Path, target: Path) -> None:
    rows = [*gene_lines(source), *((name, "X", "") for name in NEVER_GENES)]
    rows.sort(key=lambda row: (fold_gene(row[0]), "SPAX".index(row[1]), row))
    target.write_text(GENES_HEAD + "".join(f"{a}\t{b}\t{c}\n" for a, b, c in rows), encoding="utf-8")


# What a term of haematological neoplasia or predisposition has in its label; Mondo's other terms are not ours.
OURS = re.compile(
    "leuk[a]?emia|myelodysp|lymphoblast|myelopro|lymphoma|myeloma|plasma cell|mastocyto|langerhans|polycyth"
    "|thrombocythemia|myelofibrosis|myeloid|hematologic|fanconi anemia|li-fraumeni|down syndrome|hemophagocytic"
    "|histiocytic",
    re.IGNORECASE,
)
FOREIGN = re.compile(
    "non-human|canine|feline|bovine|avian|chicken|porcine|, dog|dohle|pseudolymphoma|lymphoma-like|fibrous histiocytic"
    "|mesothelioma|granuloma|susceptibility|resistance|somatic|amyloid|candidiasis|plasma cell orificial",
    re.IGNORECASE,
)
# Mondo lists these under the entity they resemble (July 2024): "BCR-ABL1-like" is not BCR::ABL1.
WRONG_SYNONYMS = {"MONDO:0035940": re.compile("-like", re.IGNORECASE)}
# NCIt labels seen in a release (the subset that Mondo carries, 2018-06-08), and the term Mondo's own mapping adds.
NCIT_LABELS = {
    "C9143": "Adult B Acute Lymphoblastic Leukemia",
    "C129787": "B Lymphoblastic Leukemia/Lymphoma, BCR-ABL1-Like",
}
NCIT_ADDED = {"MONDO:0850161": "C129787"}
KEYS = Path(__file__).parent / "diagnosis_keys.tsv"


def tsv(source: Path) -> list[dict[str, str]]:
    lines = source.read_text(encoding="utf-8").splitlines()
    while lines[0].startswith("# "):
        lines.pop(0)
    columns = lines[0].lstrip("#").split("\t")
    return [dict(zip(columns, line.split("\t"), strict=False)) for line in lines[1:]]


def slug(label: str) -> str:
    plain = unicodedata.normalize("NFKD", label.replace("+", " positive ")).encode("ascii", "ignore").decode()
    return re.sub("[^a-z0-9]+", "-", plain.lower()).strip("-")


def disease_codes(term: dict[str, str], labels: dict[str, dict[str, str]]) -> Iterator[tuple[str, str, str, str]]:
    """Predicate, CURIE, label and source of a term's codes; where Mondo has several of one vocabulary, none."""
    yield "skos:exactMatch", term["mondo"], term["label"], "OBO:mondo.owl"
    ncit = term["ncit"] or NCIT_ADDED.get(term["mondo"], "")
    for prefix, code in (("NCIT", ncit), ("SNOMED", term["snomed"]), ("ICD10CM", term["icd10cm"])):
        known = labels[prefix]
        if code and "|" not in code and (prefix != "ICD10CM" or code in known):
            yield "skos:closeMatch", f"{prefix}:{code}", known.get(code, ""), "OBO:mondo.owl"
    if re.fullmatch("[0-9]{4}/[0-9]", term["icdo"]):
        yield "skos:closeMatch", f"ICDO:{term['icdo']}", "", "OBO:mondo.owl"


def synonyms(term: dict[str, str]) -> Iterator[str]:
    wrong = WRONG_SYNONYMS.get(term["mondo"])
    for name in (term["label"], *term["synonyms"].split("|")):
        if name and not FOREIGN.search(name) and not (wrong and wrong.search(name)) and "(disease)" not in name:
            yield name.strip()


def diagnoses(source: Path, snomed: Path, icd: Path) -> None:
    labels = {"NCIT": NCIT_LABELS, "SNOMED": json.loads(snomed.read_text()), "ICD10CM": json.loads(icd.read_text())}
    curated = {row["mondo"]: row for row in tsv(KEYS)}
    terms = [t for t in tsv(source) if t["label"] and (t["mondo"] in curated or ours(t["label"]))]
    named = {fold(n) for row in curated.values() for n in (row["key"], row["label"], *row["aliases"].split("|")) if n}
    others = {fold(name) for t in terms if t["mondo"] not in curated for name in (t["label"], slug(t["label"]))}
    named |= others
    rows: list[list[str]] = []
    for term in terms:
        own = curated.get(term["mondo"], {"key": slug(term["label"]), "label": term["label"], "aliases": ""})
        subject = f"HAEM:{own['key']}"
        for predicate, curie, label, where in disease_codes(term, labels):
            rows.append([subject, own["label"], predicate, curie, label, JUSTIFIED, where, "", "", ""])
        seen = {fold(own["label"]), fold(own["key"])}
        for name in filter(None, own["aliases"].split("|")):
            seen.add(fold(name))
            rows.append(["", name, "skos:exactMatch", subject, own["label"], JUSTIFIED, "", "", "", LITERAL])
        for name in synonyms(term):
            if fold(name) not in seen | named:
                seen.add(fold(name))
                rows.append(
                    ["", name, "skos:exactMatch", subject, own["label"], JUSTIFIED, "OBO:mondo.owl", "", "", LITERAL]
                )
    write_table(TABLES / "diagnoses.sssom.tsv", "diagnoses", rows)


def ours(label: str) -> bool:
    return bool(OURS.search(label)) and not FOREIGN.search(label)


JUSTIFIED = "semapv:ManualMappingCuration"
MONDO = "OBO:mondo.owl"
LITERAL = "rdfs literal"
TABLES = Path(__file__).parent.parent / "mappings"
COLUMNS = (
    "subject_id",
    "subject_label",
    "predicate_id",
    "object_id",
    "object_label",
    "mapping_justification",
    "mapping_source",
    "see_also",
    "comment",
    "subject_type",
)
# Where mappings come from, beside the vocabularies of resources.tsv: IRI stems of mapping_source.
SOURCES = {
    "BEACON": "https://github.com/ga4gh-beacon/beacon-v2/tree/main/",
    "BFDR": "http://hl7.org/fhir/us/bfdr/",
    "CHELM": "https://build.fhir.org/ig/ahdis/ch-elm/",
    "CIBMTR": "https://github.com/nmdp-ig/cibmtr-reporting-ig/tree/main/",
    "EFOREL": "http://www.ebi.ac.uk/efo/",
    "GR": "http://hl7.org/fhir/uv/genomics-reporting/STU3/",
    "HAEMFHIR": "https://w3id.org/haem-adapter/fhir/",
    "MCODE": "http://hl7.org/fhir/us/mcode/STU4/",
    "MONDOGIT": "https://github.com/monarch-initiative/mondo/tree/master/",
    "MTB": "https://github.com/medizininformatik-initiative/kerndatensatzmodul-molekulares-tumorboard/tree/main/",
    "OBO": "http://purl.obolibrary.org/obo/",
    "PCDC": "https://commons.cri.uchicago.edu/pcdc/",
    "PXFDOC": "https://phenopacket-schema.readthedocs.io/en/2.0.0/",
    "PXFTOOLS": "https://github.com/phenopackets/phenopacket-tools/tree/main/",
    "SNOMEDBROWSER": "https://browser.ihtsdotools.org/",
    "THO": "http://terminology.hl7.org/7.0.1/",
    "UCUMSPEC": "https://ucum.org/",
    "USCORE": "http://hl7.org/fhir/us/core/STU7/",
    "VRDR": "http://hl7.org/fhir/us/vrdr/",
}
BUILT_IN = {"semapv", "skos", "sssom"}
RANK = {"skos:exactMatch": 0, "skos:closeMatch": 1, "skos:broadMatch": 2, "skos:narrowMatch": 3}
OWN_IRI = "https://w3id.org/haem-adapter/fhir/CodeSystem/haem#"


def order(row: list[str]) -> tuple[object, ...]:
    """A key's codes, exact ones first, then its aliases."""
    alias = row[9] == "rdfs literal"
    key = row[3] if alias else row[0]
    return (natural(key), alias, 0 if alias else RANK[row[2]], row[3], row[1].casefold(), row[1])


def natural(key: str) -> tuple[object, ...]:
    return tuple((int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"([0-9]+)", key))


def stems() -> dict[str, str]:
    lines = (TABLES / "resources.tsv").read_text(encoding="utf-8").splitlines()
    fields = [line.split("\t") for line in lines if line and line[0] != "#"][1:]
    return {**{row[0]: row[5] for row in fields}, **SOURCES}


def header(name: str, rows: list[list[str]]) -> str:
    used = {field.partition(":")[0] for row in rows for field in (row[0], row[3], row[6]) if field} - BUILT_IN
    known = stems()
    lines = [
        f"#mapping_set_id: {SOURCES['HAEMFHIR']}mappings/{name}",
        f"#mapping_set_title: haem-adapter, {name.replace('-', ' ')}",
        '#mapping_set_version: "0.1.0"',
        "#license: https://creativecommons.org/licenses/by/4.0/",
        "#curie_map:",
        *(f'#  {prefix}: "{known[prefix]}"' for prefix in sorted(used | {"HAEM"})),
        "\t".join(COLUMNS),
    ]
    return "\n".join(lines) + "\n"


def write_table(target: Path, name: str, rows: list[list[str]]) -> None:
    own = {(row[0], fold(name)) for row in rows if row[0] for name in (row[1], row[0].partition(":")[2])}
    kept = (row for row in rows if row[0] or (row[3], fold(row[1])) not in own)
    unique = list({tuple(row[:4]): row for row in sorted(kept, key=order)}.values())
    body = "".join("\t".join(row) + "\n" for row in unique)
    target.write_text(header(name, unique) + body, encoding="utf-8")


def read_table(source: Path) -> list[list[str]]:
    lines = [x for x in source.read_text(encoding="utf-8").splitlines() if x and x[0] != "#"]
    columns = lines[0].split("\t")
    rows = [dict(zip(columns, map(str.strip, line.split("\t")), strict=False)) for line in lines[1:]]
    return [[row.get(column, "") for column in COLUMNS] for row in rows]


def reformat() -> None:
    for path in sorted(TABLES.glob("*.sssom.tsv")):
        write_table(path, path.name.removesuffix(".sssom.tsv"), read_table(path))


def main(command: str, *files: str) -> None:
    if command == "genes":
        genes(Path(files[0]), TABLES / "genes.tsv")
    elif command == "diagnoses":
        diagnoses(*map(Path, files))
    else:
        reformat()


if __name__ == "__main__":
    main(*sys.argv[1:])
