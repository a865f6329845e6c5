"""Synthetic cases for load and scale: seeded, plausible, and marked as synthetic in every one.

``python -m adapter.bench.synthetic COUNT [SEED]`` prints them as NDJSON. Case ``n`` of a seed is always the same,
however many are made. Karyotypes and variants are drawn from all chromosomes and from many positions of many genes, so
that no cache of readings flatters what is measured with them.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

from adapter.bench.synthetic.findings import findings
from adapter.report import Json

MARK = "Synthetic: no such person."
_LYMPHOID = ("B-ALL", "T-ALL", "CLL")
_MYELOID = ("AML", "MDS", "CML")
_FEATURES = ("fever", "splenomegaly", "pancytopenia", "bone pain", "petechiae", "fatigue", "lymphadenopathy")
_REGIMENS = {
    "lymphoid": (("hyper-CVAD", ("cyclophosphamide", "vincristine", "doxorubicin", "dexamethasone")),),
    "myeloid": (("7+3", ("cytarabine", "daunorubicin")), ("FLAG-IDA", ("fludarabine", "cytarabine", "idarubicin"))),
}
_RESPONSES = ("complete remission", "partial remission", "refractory", "no response", "stable disease")


def case(seed: int, n: int) -> Json:
    """Synthetic case ``n`` of ``seed``."""
    chance = random.Random(f"{seed}/{n}")
    male = chance.random() < 0.5
    lineage = chance.choice(("lymphoid", "myeloid"))
    found = findings(chance, male=male, lineage=lineage)
    # Only specimens that a finding names: an unused one would say that something was taken.
    followed = any(one.get("specimen") == "bm-eoi" for one in found)
    return {
        "case_format": "1",
        "id": f"synthetic-{seed}-{n:08}",
        "source": {"title": "haem-adapter synthetic cases", "licence": "CC0-1.0", "label": f"Synthetic {n}"},
        "subject": {"sex": "male" if male else "female"},
        "diagnoses": [_diagnosis(chance, lineage)],
        "features": [{"term": term} for term in chance.sample(_FEATURES, chance.randint(0, 2))],
        "specimens": [
            {"id": "bm", "material": "bone marrow", "at": "diagnosis"},
            *([{"id": "bm-eoi", "material": "bone marrow", "at": "end of induction"}] if followed else []),
        ],
        "findings": found,
        **_course(chance, lineage, "mrd" if followed else ""),
        "notes": MARK,
    }


def cases(count: int, seed: int = 1) -> Iterator[Json]:
    """The first ``count`` synthetic cases of ``seed``."""
    return (case(seed, n) for n in range(count))


def _diagnosis(chance: random.Random, lineage: str) -> Json:
    entity = chance.choice(_LYMPHOID if lineage == "lymphoid" else _MYELOID)
    found: Json = {"entity": entity, "age": f"{chance.randint(1, 89)} y"}
    if chance.random() < 0.3:
        found |= {"phase": chance.choice(("diagnosis", "relapse")), "ontogeny": "de novo"}
    return found


def _course(chance: random.Random, lineage: str, residual: str) -> Json:
    """Treatments, responses and outcome; ``residual`` is the id of a finding of residual disease."""
    regimen, agents = chance.choice(_REGIMENS[lineage])
    induction: Json = {"id": "induction", "kind": "chemotherapy", "phase": "induction"}
    if chance.random() < 0.6:
        induction |= {"regimen": regimen, "agents": list(agents), "cycles": chance.randint(1, 4)}
    course: Json = {"treatments": [induction]}
    response: Json = {"to": "induction", "status": chance.choice(_RESPONSES)}
    if residual:
        response["mrd"] = residual
    if residual or chance.random() < 0.5:
        course["responses"] = [response]
    if chance.random() < 0.2:
        course["treatments"].append({"id": "sct", "kind": "transplant", "donor": "HLA-matched sibling"})
    return course | {"outcome": _outcome(chance)}


def _outcome(chance: random.Random) -> Json:
    found: Json = {"vital_status": chance.choice(("alive", "deceased", "unknown"))}
    interval = chance.choice(
        (f"{chance.randint(1, 60)} months", f"{chance.randint(3, 2000)} d", "within four days", "")
    )
    if interval and found["vital_status"] != "unknown":
        # Every third interval has no starting event, as in many reports: none may be made up.
        found |= {"after": interval} | ({"since": "diagnosis"} if chance.random() < 0.67 else {})
    return found
