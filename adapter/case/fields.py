"""The types of the case's fields: words, identifiers, counts, and the quantities with their published grammars.

A field takes what a JSON reader gives (text, int, Decimal, bool, list, dict): an integer is no bool and no text, and
``142.0`` is an integer as in JSON Schema and, being a count, has no digits to keep: it is dumped as ``142``. A quantity
is a value that knows its text (:mod:`adapter.nomenclature.quantities`).
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache
from typing import Annotated, Any, Literal

from pydantic import Field, PlainValidator, StrictBool, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError
from typing_extensions import TypeAliasType

from adapter.nomenclature import copies, grammar, intervals, quantities, readings, shares

# Control characters are no text: neither FHIR's string nor PostgreSQL takes them.
_CONTROLS = r"\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f"
TEXT = rf"^[^{_CONTROLS}]*[^\s{_CONTROLS}][^{_CONTROLS}]*$"
CASE_ID = r"^[A-Za-z0-9._-]{1,64}$"
_NUMBER = {"type": "number", "minimum": 0, "exclusiveMaximum": 10**12}
_MAX_COUNT = 2**31 - 1


def _count(value: object) -> int:
    if (
        isinstance(value, Decimal)
        and value.is_finite()
        and 0 <= value <= _MAX_COUNT
        and value == value.to_integral_value()
    ):
        return int(value)
    if type(value) is int and 0 <= value <= _MAX_COUNT:
        return value
    raise PydanticCustomError("count", "expected a whole number, 0 or more")


def _quantity(read: Callable[[Any], Any], *types: type) -> PlainValidator:
    """A validator that reads one of the JSON ``types`` with a grammar and refuses the others in the same words.

    Values are immutable, so a text that was read is not read again: cohorts repeat their ages and shares.
    """
    known = lru_cache(maxsize=4096)(read)

    def validate(value: Any) -> Any:
        if type(value) is str and str in types:
            return known(value)
        if type(value) not in types:
            raise PydanticCustomError("type", "expected text" + (" or a number" if int in types else ""))
        return read(value)

    return PlainValidator(validate)


def _pattern(text: str, description: str, *others: dict[str, Any], blanks: bool = True) -> WithJsonSchema:
    words = {"type": "string", "pattern": grammar.published(text, blanks=blanks)}
    return WithJsonSchema(
        {"anyOf": [words, *others], "description": description} if others else words | {"description": description}
    )


_COUNTS = {
    "type": "object",
    "properties": {"positive": {"type": "integer", "minimum": 0}, "scored": {"type": "integer", "minimum": 1}},
    "required": ["positive", "scored"],
    "additionalProperties": False,
}

Text = Annotated[str, StringConstraints(pattern=TEXT)]
CaseId = Annotated[str, StringConstraints(pattern=CASE_ID)]
Count = Annotated[int, PlainValidator(_count), WithJsonSchema({"type": "integer", "minimum": 0, "maximum": _MAX_COUNT})]
Flag = StrictBool
Texts = tuple[Text, ...]
OneOrMore = Text | Annotated[tuple[Text, ...], Field(min_length=1)]
VariantIds = Annotated[tuple[Text, ...], Field(min_length=1)] | dict[Text, Text]
Exons = Count | Text | Annotated[tuple[Count | Text, ...], Field(min_length=1)]

Copies = TypeAliasType(
    "Copies",
    Annotated[
        quantities.Copies, _quantity(copies.read, str, int, Decimal), _pattern(copies.GRAMMAR, copies.EXPECTED, _NUMBER)
    ],
)
Share = TypeAliasType(
    "Share",
    Annotated[
        quantities.Share,
        _quantity(shares.read_share, str, int, Decimal, dict),
        _pattern(shares.SHARE, shares.SHARE_EXPECTED, _COUNTS),
    ],
)
Fraction = TypeAliasType(
    "Fraction",
    Annotated[
        quantities.Fraction,
        _quantity(shares.read_fraction, str, int, Decimal),
        _pattern(shares.FRACTION, shares.FRACTION_EXPECTED, {"type": "number", "minimum": 0, "exclusiveMaximum": 1}),
    ],
)
Age = TypeAliasType(
    "Age",
    Annotated[
        quantities.Age,
        _quantity(intervals.read_age, str, int, Decimal),
        _pattern(intervals.AGE, intervals.AGE_EXPECTED),
    ],
)
Duration = TypeAliasType(
    "Duration",
    Annotated[
        quantities.Duration,
        _quantity(intervals.read_duration, str, int, Decimal),
        _pattern(intervals.DURATION, intervals.DURATION_EXPECTED),
    ],
)
_YEAR = {"type": "integer", "minimum": 1000, "maximum": 9999}
Date = TypeAliasType(
    "Date",
    Annotated[
        quantities.Date,
        _quantity(intervals.read_date, str, int, Decimal),
        _pattern(intervals.DATE, intervals.DATE_EXPECTED, _YEAR, blanks=False),
    ],
)
Moment = TypeAliasType(
    "Moment",
    Annotated[
        quantities.Date | quantities.Duration,
        _quantity(intervals.read_moment, str, int, Decimal),
        _pattern(
            f"(?:{intervals.DATE}|{intervals.DURATION})",
            f"{intervals.DATE_EXPECTED}, or {intervals.DURATION_EXPECTED}",
            _YEAR,
        ),
    ],
)
_ANY_READING = {
    "anyOf": [{"type": "string", "pattern": TEXT}, {"type": "number"}],
    "description": "a number, a bound, a range, or words",
}


def _reading(value: Any) -> quantities.Reading:
    if isinstance(value, str) and not value.strip():
        raise PydanticCustomError("type", "expected a number or words")
    return readings.read(value)


Reading = Annotated[quantities.Reading, _quantity(_reading, str, int, Decimal), WithJsonSchema(_ANY_READING)]
Marker = TypeAliasType(
    "Marker",
    Annotated[
        quantities.Marker,
        _quantity(readings.read_marker, str),
        _pattern(f"(?:{'|'.join(readings.MARKERS)}|{shares.SHARE})", "a word or a share of cells"),
    ],
)

Result = Literal["present", "absent", "indeterminate", "no call"]
Status = Literal["final", "preliminary", "amended", "corrected", "unknown"]
Origin = Literal["somatic", "germline", "likely somatic", "likely germline", "unknown"]
Significance = Literal["pathogenic", "likely pathogenic", "uncertain", "likely benign", "benign"]
Since = Literal["diagnosis", "presentation", "treatment", "transplant", "relapse"]
When = Literal["diagnosis", "end of induction", "remission", "relapse", "progression", "post-transplant", "follow-up"]
