"""Whether another writer's Observation of a variant says that it is there.

Genomics Reporting asks for four LOINC answers; laboratories send words, SNOMED CT, a boolean, an interpretation, or the
reason why there is no value. An answer that is not understood may be a negative, so it never counts as present.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapter.formats.fhir.datatypes import INTERPRETATION
from adapter.formats.fhir.reader.node import copied, obj, objects, text
from adapter.formats.fhir.reader.values import value_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from adapter.formats.fhir.reader.scene import Scene
    from adapter.report import Json

RESULTS = ("present", "absent", "indeterminate", "no call")
UNCLEAR = "unclear"
# What of HL7's ObservationInterpretation says whether a thing was found.
_INTERPRETED = {"POS": "present", "DET": "present", "NEG": "absent", "ND": "absent", "IND": "indeterminate"}


def answer_of(s: Scene, resource: Json) -> str:
    """One of RESULTS, "present" where nothing says otherwise; UNCLEAR where what is said is not understood.

    Value and interpretation are heard, and have to say one thing.
    """
    said = {*_valued(s, resource), *_interpreted(resource)}
    if "dataAbsentReason" in resource:
        said.add(UNCLEAR)
    return said.pop() if len(said) == 1 else UNCLEAR if said else "present"


def _valued(s: Scene, resource: Json) -> Iterator[str]:
    kind, value = value_of(resource)
    if kind == "CodeableConcept" and isinstance(value, dict):
        words = [text(value, "text"), *(text(c, "display") for _, c in objects(value, "coding"))]
        coded = (s.terms.label("answers", key) for key in s.words.keys("answers", value))
        found = {s.words.choice(copied(value), "results", RESULTS), *coded, *(_of_words(s, one) for one in words)}
        yield from found - {""} or {UNCLEAR}
    elif kind == "Boolean":
        yield {"True": "present", "False": "absent"}.get(str(value), UNCLEAR)
    elif kind:
        yield (_of_words(s, value) if isinstance(value, str) else "") or UNCLEAR


def _of_words(s: Scene, words: str) -> str:
    """The result that words are, "" for other words; a state of the allele says that the variant is there."""
    if key := s.words.key("answers", words) if words else "":
        return s.terms.label("answers", key)
    return "present" if words and s.words.key("zygosities", words) else ""


def _interpreted(resource: Json) -> Iterator[str]:
    for _, one in objects(resource, "interpretation"):
        for _, coding in objects(one, "coding"):
            if text(coding, "system") == INTERPRETATION and text(coding, "code") in _INTERPRETED:
                yield _INTERPRETED[text(coding, "code")]


def zygosity_of(s: Scene, resource: Json) -> str:
    """The state of the allele, where that is the answer ("heterozygous"); "" for any other answer."""
    answer = obj(resource, "valueCodeableConcept")
    words = [text(answer, "text"), *(text(c, "display") for _, c in objects(answer, "coding"))]
    words.append(text(resource, "valueString"))
    return next((one for one in words if one and s.words.key("zygosities", one)), "")
