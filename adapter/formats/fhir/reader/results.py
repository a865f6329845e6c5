"""Results that are no variants: residual disease, expression, immunophenotype, measurement."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from adapter.case.findings.finding import Finding
from adapter.case.findings.observations import Expressed, Immunophenotype, Measurement, ResidualDisease
from adapter.formats.fhir.datatypes import no_value, reference_ends
from adapter.formats.fhir.reader.answers import RESULTS
from adapter.formats.fhir.reader.components import FIELDS
from adapter.formats.fhir.reader.node import copied, number, obj, objects, take, take_text, text
from adapter.formats.fhir.reader.observed import begun, ended
from adapter.formats.fhir.reader.values import as_stated, is_percent, plain, unit_of, value_of
from adapter.nomenclature import readings

if TYPE_CHECKING:
    from adapter.formats.fhir.reader.entries import Entry
    from adapter.formats.fhir.reader.scene import Part, Scene
    from adapter.report import Json

KINDS = ("mrd", "expression", "immunophenotype")
_MODELS: dict[str, type[Finding]] = {
    "mrd": ResidualDisease,
    "expression": Expressed,
    "immunophenotype": Immunophenotype,
    "measurement": Measurement,
}


_VALUES = frozenset({"Quantity", "Range", "CodeableConcept", "String", "Integer"})


def is_result(s: Scene, entry: Entry) -> bool:
    """Whether an Observation is a test with a value, or lines of an immunophenotype.

    What Genomics Reporting has own codes for (implications, study steps) and what has only components is none.
    """
    code = obj(entry.resource, "code")
    if any(s.words.vocabulary(coding) == "GRTBD" for _, coding in objects(code, "coding")):
        return False
    lines = "immunophenotype" in s.words.names(code) and bool(entry.resource.get("component"))
    return lines or entry.role.startswith("finding/") or value_of(entry.resource)[0] in _VALUES


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
    if _units_differ(s, obj(resource, "valueQuantity")):
        s.warn(entry, "unit", "the unit in words is another one than the unit by code: the value is carried")
    else:
        measured(s, resource, made, kind)
    if kind == "measurement":
        _reference(resource, made, own=bool(entry.own))
        if not entry.own and "reference" not in made and (usual := _range(resource)):
            made["reference"] = usual  # its form is carried too
    for part in s.parts(resource):
        if _component(s, part, made, kind):
            take(resource, "component", part.n)
    s.say(resource, made)
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
        if suffix == "Quantity" and unit and text(value, "unit") not in ("", unit):
            resource["valueQuantity"] = {"unit": value["unit"]}  # the code's unit was read: the words are carried


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
    unit = _known_unit(s, end)
    stated = as_stated(value, s.as_stated)
    if stated:
        return stated, "" if readings.read(stated).unit == unit else unit
    said = s.amount(value, f" {unit}" if unit in ("%", "% IS") else "")
    return said, "" if unit in ("%", "% IS") else unit


def _known_unit(s: Scene, quantity: Json) -> str:
    """The unit in words that the table knows, else its UCUM code, else its words."""
    unit, code = unit_of(quantity), text(quantity, "code")
    coded = code not in ("", "1", unit) and s.words.vocabulary(quantity) == "UCUM"
    return code if coded and not s.words.key("units", unit) else unit


def _units_differ(s: Scene, quantity: Json) -> bool:
    """Whether the words of a unit are another unit of the table than its code is."""
    said, coded = (
        s.words.key("units", text(quantity, "unit")),
        s.terms.keys_of("units", f"UCUM:{text(quantity, 'code')}"),
    )
    return bool(said and coded and said not in coded)


def _range(resource: Json) -> str:
    """The reference range in its own words, else by its bounds; "" where there are several, or it is of some people."""
    ranges = [one for _, one in objects(resource, "referenceRange")]
    if len(ranges) != 1 or ranges[0].keys() & {"appliesTo", "age", "type"}:
        return ""
    low, high = obj(ranges[0], "low"), obj(ranges[0], "high")
    units = {unit_of(one) for one in (low, high) if one}
    unit = units.pop() if len(units) == 1 else None
    bounds = "" if unit is None else plain({"low": low, "high": high}, f" {unit}" if unit else "")
    return text(ranges[0], "text") or bounds.replace("~", "-")


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
    fields = _MODELS[kind].model_fields
    name = next((name for name in sorted(part.names) if FIELDS.get(name) in fields), "")
    found = s.scalar(suffix, value)
    if not name or found is None:
        return False
    made[FIELDS[name]] = found
    return True


def _marker(s: Scene, part: Part, made: Json) -> bool:
    """Read a marker; False where the component says more of it, a code, and so is carried beside it."""
    code = obj(part.node, "code")
    name = text(code, "text") or next((text(one, "display") for _, one in objects(code, "coding")), "")
    suffix, value = value_of(part.node)
    answer = copied(value)
    said = s.words.words(answer, "results") if suffix == "CodeableConcept" else ""
    if suffix == "String" and isinstance(value, str):
        said = value
    if suffix in ("Quantity", "Range") and isinstance(value, dict):
        ends = [one for one in (obj(value, "low"), obj(value, "high")) if one] or [value]
        said = s.amount(value, " %") if all(is_percent(one) for one in ends) else ""  # a marker's amount is a share
    if name and said:
        made.setdefault("markers", {})[name] = said
    coded = any(objects(code, "coding")) or (suffix == "CodeableConcept" and any(objects(answer, "coding")))
    return bool(name and said) and not coded
