"""Results that are no variants: residual disease, expression, immunophenotype, measurement."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from adapter.formats.fhir.datatypes import no_value, reference_ends
from adapter.formats.fhir.reader.components import FIELDS
from adapter.formats.fhir.reader.node import number, obj, objects, take, take_text, text
from adapter.formats.fhir.reader.observed import RESULTS, begun, ended
from adapter.formats.fhir.reader.values import as_stated, unit_of, value_of
from adapter.nomenclature import readings

if TYPE_CHECKING:
    from adapter.formats.fhir.reader.entries import Entry
    from adapter.formats.fhir.reader.scene import Part, Scene
    from adapter.report import Json

KINDS = ("mrd", "expression", "immunophenotype")


_VALUES = frozenset({"Quantity", "Range", "CodeableConcept", "String", "Integer"})


def is_result(s: Scene, entry: Entry) -> bool:
    """Whether an Observation is a test with a value, or lines of an immunophenotype.

    What Genomics Reporting has own codes for (implications, study steps) and what has only components is none.
    """
    code = obj(entry.resource, "code")
    if any(s.words.vocabulary(coding) == "GRTBD" for _, coding in objects(code, "coding")):
        return False
    return entry.role.startswith("finding/") or value_of(entry.resource)[0] in _VALUES


def result(s: Scene, entry: Entry) -> None:
    """Read an Observation that is no variant as the kind of result that its code names."""
    resource = entry.resource
    code = obj(resource, "code")
    names = s.words.names(code) | {s.words.key("observations", text(code, "text"))}
    kind = next((kind for kind in KINDS if kind in names), "measurement")
    made = begun(s, entry, kind)
    if kind == "measurement":
        made["test"] = named(s, code)
    else:
        _take_code(s, code, kind)
    measured(s, resource, made, kind)
    if kind == "measurement":
        _reference(resource, made, own=bool(entry.own))
    for part in s.parts(resource):
        if _component(s, part, made, kind):
            take(resource, "component", part.n)
    for said in s.note(resource):
        made.setdefault("said", said)
    ended(s, entry, made)


def _take_code(s: Scene, code: Json, kind: str) -> None:
    """Take the code that the writer gives a result of this kind."""
    named = s.words.codes.known(kind)
    for n, coding in list(objects(code, "coding")):
        if named and kind in s.words.names({"coding": [coding]}):
            take(code, "coding", n)
    if text(code, "text") == kind:
        take_text(code, "text")


def _reference(resource: Json, made: Json, *, own: bool) -> None:
    """The reference range, where it is one in words; our own writer has the ends that the words spell beside them."""
    ranges = list(objects(resource, "referenceRange"))
    if len(ranges) != 1 or not text(ranges[0][1], "text"):
        return
    n, one = ranges[0]
    said = text(one, "text")
    spelt = reference_ends(said) if own else {}
    ends = {end for end, stated in spelt.items() if number(obj(one, end).get("value")) == stated}
    if not one.keys() - {"text", *ends}:
        made["reference"] = said
        take(resource, "referenceRange", n)


def named(s: Scene, code: Json) -> str:
    """What a test is called: words of the measurements table, else LOINC code, else the words that stand there."""
    if said := s.words.words(code, "measurements"):
        return said
    return "result"


def measured(s: Scene, resource: Json, made: Json, kind: str) -> None:
    """The value of a result, or its answer."""
    suffix, value = value_of(resource)
    if not suffix and kind != "immunophenotype" and (said := unvalued(resource)):
        _put(made, kind, said, "")
        return
    answer = value if isinstance(value, dict) else {}
    if suffix == "CodeableConcept":
        result_ = s.words.choice(answer, "results", RESULTS) if not text(answer, "text") else ""
        if result_:
            if result_ != "present":
                made["result"] = result_
            return
        words = s.words.words(answer, "results" if text(answer, "text") else "")
        if words and kind == "immunophenotype":
            made["said"] = words
        elif words:
            _put(made, kind, words, "")
        return
    said, unit = reading(s, suffix, value)
    if said and kind == "immunophenotype":
        made["said"] = said
    elif said:
        _put(made, kind, said, unit)
    if said:
        take(resource, f"value{suffix}")


def unvalued(resource: Json) -> str:
    """The words that say that there is no value ("not done"), taken with the code they stand for; "" without any."""
    reason = obj(resource, "dataAbsentReason")
    if (said := text(reason, "text")) and reason == no_value(said):
        take(resource, "dataAbsentReason")
        return said
    return ""


def reading(s: Scene, suffix: str, value: Any) -> tuple[str, str]:
    """A value's text and the unit stated beside it, "" where the text has the unit in it."""
    if suffix == "String" and isinstance(value, str):
        return value, ""
    if suffix == "Integer" and isinstance(value, int):
        return str(value), ""
    if suffix not in ("Quantity", "Range") or not isinstance(value, dict):
        return "", ""
    end = obj(value, "low") or obj(value, "high") or value
    unit = unit_of(end)
    stated = as_stated(value, s.as_stated)
    if stated:
        return stated, "" if readings.read(stated).unit == unit else unit
    said = s.amount(value, f" {unit}" if unit in ("%", "% IS") else "")
    return said, "" if unit in ("%", "% IS") else unit


def _put(made: Json, kind: str, said: str, unit: str) -> None:
    if kind == "expression":
        made["value"] = {"value": said} | ({"unit": unit} if unit else {})
        return
    made["value"] = said
    if unit and kind == "measurement":
        made["unit"] = unit


def _component(s: Scene, part: Part, made: Json, kind: str) -> bool:
    """Read one component of a result; False where it was not understood."""
    if not part.names and kind == "immunophenotype":
        return _marker(s, part, made)
    suffix, value = value_of(part.node)
    if "gene-studied" in part.names and kind == "expression" and "gene" not in made:
        made["gene"] = text(value, "text") or s.words.words(value if isinstance(value, dict) else {})
        return bool(made["gene"])
    if "further-method" in part.names and isinstance(value, dict) and (words := s.words.words(value, "methods")):
        first = made.get("method", [])
        made["method"] = [*([first] if isinstance(first, str) else first), words]
        return True
    if "age-at-event" in part.names:
        made["age"] = s.time(suffix, value)
        return bool(made["age"])
    name = next((name for name in sorted(part.names) if name in FIELDS), "")
    found = s.scalar(suffix, value)
    if not name or found is None:
        return False
    made[FIELDS[name]] = found
    return True


def _marker(s: Scene, part: Part, made: Json) -> bool:
    name = text(obj(part.node, "code"), "text")
    suffix, value = value_of(part.node)
    said = s.words.words(value, "results") if suffix == "CodeableConcept" else s.amount(value, " %")
    if name and said:
        made.setdefault("markers", {})[name] = said
    return bool(name and said)
