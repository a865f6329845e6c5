"""Other programs over this one, where a user has installed them (P6); a row says what is missing otherwise.

Nothing of them is part of this package, and they run as separate programs (Convert-Pheno is under a GNU licence):

- pyphetools: ``ADAPTER_BENCH_PYPHETOOLS`` names the Python interpreter that has it, this one where it is not set;
- Convert-Pheno: ``convert-pheno`` on the path, or what ``ADAPTER_BENCH_CONVERT_PHENO`` names.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from adapter.bench.cost import AT
from adapter.bench.measure import Row, ratio, skipped
from adapter.bench.synthetic import MARK, cases
from adapter.bench.synthetic.variants import HOTSPOTS
from adapter.case import read_case
from adapter.convert import convert, write
from adapter.formats.document import dump, read_json
from adapter.report import Json
from adapter.terms import load

FEATURES, VARIANTS = 20, 4
FEW, MANY = 5, 25
PYPHETOOLS = "pyphetools over case to phenopacket"
CONVERT_PHENO = "Convert-Pheno over this package, FHIR to phenopacket"
_BUILD = """
import json, sys, time
from google.protobuf.json_format import MessageToJson
from pyphetools.creation import Citation, Disease, HgvsVariant, HpTerm, Individual, MetaData
from pyphetools.pp.v202 import Age, TimeElement
features, variants = json.load(sys.stdin)
def packet(n):
    citation = Citation(pmid="PMID:1", title="Synthetic: no such person.")
    # It takes no ids but those of HPO, so that these stand for the codes of the same terms elsewhere.
    terms = [HpTerm(hpo_id=f"HP:{number:07}", label=label) for number, label in enumerate(features)]
    disease = Disease(disease_id="MONDO:0004947", disease_label="B-ALL")
    one = Individual(f"synthetic {n}", terms, citation=citation, sex="MALE", age_of_onset=TimeElement(Age("P50Y")),
                     disease=disease)
    for gene, hgnc, change in variants:
        place = {"chr": "17", "pos": 7675088, "ref": "C", "alt": "T"}
        one.add_variant(HgvsVariant("hg38", place, symbol=gene, hgnc=hgnc, hgvs=change, transcript="NM_000546.6"))
    metadata = MetaData(created_by="bench", citation=citation)
    metadata.default_versions_with_hpo("2024-04-26")
    return MessageToJson(one.to_ga4gh_phenopacket(metadata=metadata))
packet(0)
start = time.process_time()
for n in range(200):
    packet(n)
print((time.process_time() - start) / 200)
"""


def rows() -> Iterator[Row]:
    """One row per peer."""
    yield _pyphetools()
    yield _convert_pheno()


def _pyphetools() -> Row:
    """Twenty terms and four variants to phenopacket JSON on both sides; theirs has no case to read."""
    python = os.environ.get("ADAPTER_BENCH_PYPHETOOLS", sys.executable)
    terms = load()
    keys = [key for key in terms.keys("features") if terms.codes("features", key)][:FEATURES]
    labels = [terms.label("features", key) for key in keys]
    changes = HOTSPOTS[:VARIANTS]
    case = dump(_case(labels, changes))
    asked = labels, [[gene, terms.gene(gene).hgnc, text] for gene, text in changes]
    done = subprocess.run(  # noqa: S603  (the interpreter that the user names)
        [python, "-c", _BUILD], input=json.dumps(asked), capture_output=True, text=True, check=False
    )
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["it failed"])[-1]
        return skipped("peers", PYPHETOOLS, f"pyphetools cannot be run ({reason[:80]})", number="P6")

    def ours() -> None:
        dump(write(read_case(read_json(case)), "phenopacket", at=AT, terms=terms).document)

    theirs = float(done.stdout.splitlines()[-1])
    note = f"{FEATURES} terms and {VARIANTS} variants; pyphetools starts from objects, this package from JSON text"
    return _over(PYPHETOOLS, theirs, ours, ">= 15", note)


def _case(features: list[str], changes: tuple[tuple[str, str], ...]) -> Json:
    return {
        "case_format": "1",
        "id": "synthetic-peer",
        "subject": {"sex": "male"},
        "diagnoses": [{"entity": "B-ALL", "age": "50 y"}],
        "features": [{"term": term} for term in features],
        "findings": [{"kind": "sequence-variant", "gene": gene, "hgvs": text} for gene, text in changes],
        "notes": MARK,
    }


def _convert_pheno() -> Row:
    """FHIR bundles to phenopackets: what a bundle adds to the CPU of their program, and our conversion of the same."""
    program = os.environ.get("ADAPTER_BENCH_CONVERT_PHENO") or shutil.which("convert-pheno")
    if not program:
        return skipped("peers", CONVERT_PHENO, "convert-pheno is not on the path", number="P6")
    terms = load()
    bundles = [dump(convert(case, "fhir", at=AT, terms=terms)[0].document) for case in cases(MANY)]
    with tempfile.TemporaryDirectory(prefix="adapter-bench-") as name:
        place = Path(name)
        for n, bundle in enumerate(bundles):
            (place / f"{n:03}.json").write_bytes(bundle)
        spent = {}
        for count in (FEW, MANY):
            seconds, told = _run(program, sorted(place.glob("[0-9]*.json"))[:count], place / "packets.json")
            if told:
                return skipped("peers", CONVERT_PHENO, f"convert-pheno cannot be run ({told[:80]})", number="P6")
            spent[count] = seconds

    def ours() -> None:
        for bundle in bundles:
            dump(convert(read_json(bundle), "phenopacket", at=AT, terms=terms)[0].document)

    theirs = (spent[MANY] - spent[FEW]) / (MANY - FEW)
    note = "slope between 5 and 25 bundles; whether it keeps the genomic findings is not compared"
    return _over(CONVERT_PHENO, theirs, ours, ">= 20", note, items=MANY)


def _run(program: str, bundles: list[Path], out: Path) -> tuple[float, str]:
    """CPU seconds of the program over ``bundles``, and why it failed, empty where it did not."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(  # noqa: S603  (the program that the user installed)
        [program, "-ifhir", *map(str, bundles), "-opxf", str(out), "-O"], capture_output=True, text=True, check=False
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    told = (done.stderr.strip().splitlines() or [f"exit status {done.returncode}"])[-1] if done.returncode else ""
    return seconds, told


def _over(name: str, theirs: float, ours: Callable[[], object], goal: str, note: str, items: int = 1) -> Row:
    """CPU seconds of a peer over those of ``ours``, which is measured here."""
    measured = ratio("peers", name, ours, time.process_time, left_items=items)
    return Row("peers", name, theirs, measured.left, theirs / measured.left, goal, note, "P6")
