"""The case: a person, the diagnosis, specimens, findings, treatment and outcome, as they were reported.

Field by field this is the case format, version 1 (``docs``: case format). What is not stated is absent.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Any, Literal, Self

from pydantic import Field, ModelWrapValidatorHandler, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from adapter.case.base import Stated
from adapter.case.common import Source, StatedCode
from adapter.case.fields import Age, CaseId, Count, Date, Duration, Moment, Result, Since, Text, Texts, When
from adapter.case.findings import Finding
from adapter.case.links import broken, finding_ids
from adapter.errors import Fault
from adapter.report import leaves

# What only links parts of a case, or says how to read it, is no statement about the person.
_EXEMPT = re.compile(
    r"/case_format|/findings/[0-9]+/(?:kind|id|specimen)|/(?:specimens|treatments)/[0-9]+/id"
    r"|/responses/[0-9]+/(?:to|mrd)"
)
# What a field means where it is left out: to state it is to state nothing further, so nothing of it can be lost.
_DEFAULTS = (("findings", "result", "present"), ("findings", "status", "final"), ("features", "result", "present"))


class Identifier(Stated):
    """An identifier of the person in a system of identifiers."""

    system: Text | None = None
    value: Text


class Subject(Stated):
    """The person. ``sex`` is as stated, ``constitutional_karyotype`` in ISCN, ``birth`` as precise as stated."""

    sex: Literal["male", "female", "other", "unknown"] | None = None
    constitutional_karyotype: Text | None = None
    birth: Date | None = None
    identifiers: tuple[Identifier, ...] = ()
    ancestry: Text | None = None


class Risk(Stated):
    """A risk group and the scheme it belongs to."""

    class_: Annotated[Text, Field(alias="class")]
    scheme: Text | None = None


class Diagnosis(Stated):
    """A diagnosis: the entity (a key of the diagnoses table, or words), the classified subtype, and when."""

    entity: Text | None = None
    subtype: Text | None = None
    classification: Text | None = None
    code: StatedCode | None = None
    role: Literal["primary", "antecedent", "other malignancy", "comorbidity"] | None = None
    ontogeny: Literal["de novo", "secondary", "therapy-related"] | None = None
    phase: Literal["diagnosis", "relapse", "refractory", "remission", "progression"] | None = None
    age: Age | None = None
    date: Date | None = None
    risk: Risk | None = None
    sites: Texts = ()
    said: Text | None = None


class Feature(Stated):
    """A presenting feature or comorbid finding; present unless stated otherwise."""

    term: Text | None = None
    code: StatedCode | None = None
    result: Result = "present"
    age: Age | None = None
    site: Text | None = None
    said: Text | None = None


class Specimen(Stated):
    """A specimen: material (a key of the specimens table, or words) and when it was taken."""

    id: Text
    material: Text | None = None
    age: Age | None = None
    date: Date | None = None
    at: When | None = None
    said: Text | None = None


class Treatment(Stated):
    """A treatment; ``start`` and ``end`` are dates, or durations counted from ``since``."""

    id: Text | None = None
    kind: Literal[
        "chemotherapy", "targeted", "immunotherapy", "cell-therapy", "transplant", "radiation", "surgery", "supportive",
        "other",
    ] | None = None  # fmt: skip
    phase: Literal["induction", "consolidation", "maintenance", "salvage", "conditioning", "bridging"] | None = None
    regimen: Text | None = None
    agents: Texts = ()
    cycles: Count | None = None
    donor: Text | None = None
    graft: Text | None = None
    intent: Text | None = None
    start: Moment | None = None
    end: Moment | None = None
    since: Since | None = None
    ended_because: Text | None = None
    said: Text | None = None


ResponseStatus = Literal[
    "complete remission", "complete remission with incomplete recovery", "morphologic leukemia-free state",
    "partial remission", "stable disease", "no response", "refractory", "progressive disease", "relapse",
    "not assessed",
]  # fmt: skip


class Response(Stated):
    """A response to a treatment (``to``: its id), or a relapse with its sites; ``mrd`` is the id of an mrd finding."""

    to: Text | None = None
    status: ResponseStatus | None = None
    sites: Texts = ()
    mrd: Text | None = None
    after: Duration | None = None
    since: Since | None = None
    date: Date | None = None
    said: Text | None = None


class Outcome(Stated):
    """Vital status and the interval to it; ``since`` absent means that its starting event is not stated."""

    vital_status: Literal["alive", "deceased", "unknown"] | None = None
    after: Duration | None = None
    since: Since | None = None
    age: Age | None = None
    date: Date | None = None
    cause: Text | None = None
    said: Text | None = None


class Carried(Stated):
    """What a reader met and the case has no place for: written back to the same format, a loss elsewhere.

    ``base`` identifies what the case is written as without it: where that is given, ``value`` replaces what stands at
    ``path`` there, and null says that the source has nothing there.
    """

    format: Text
    path: str
    value: Any
    base: Text | None = None

    def to_json(self) -> dict[str, Any]:
        """As read, a null value too: it says that the source has nothing at the path."""
        return super().to_json() | ({"value": None} if self.value is None else {})


class Case(Stated):
    """One person's case."""

    case_format: Literal["1"]
    id: CaseId
    source: Source | None = None
    subject: Subject | None = None
    diagnoses: tuple[Diagnosis, ...] = ()
    features: tuple[Feature, ...] = ()
    specimens: tuple[Specimen, ...] = ()
    findings: tuple[Finding, ...] = ()
    treatments: tuple[Treatment, ...] = ()
    responses: tuple[Response, ...] = ()
    outcome: Outcome | None = None
    notes: Text | None = None
    carried: tuple[Carried, ...] = ()

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        faults = tuple(self.faults())
        if faults:
            raise PydanticCustomError("contradiction", "the case contradicts itself", {"faults": faults})
        return self

    @model_validator(mode="wrap")
    @classmethod
    def _null_is_left_out(cls, document: Any, validated: ModelWrapValidatorHandler[Self]) -> Self:
        """Null means left out. Most fields take it as such, so nulls are removed only where one is in the way."""
        try:
            return validated(document)
        except ValidationError:
            bare = without_nulls(document)
            if bare == document:
                raise
        return validated(bare)

    def faults(self) -> Iterator[Fault]:
        """Links that lead nowhere, ids that are not unique, findings that contradict themselves."""
        yield from broken(self)
        sex = self.subject.sex if self.subject else None
        for n, finding in enumerate(self.findings):
            for fault in finding.faults(sex):
                yield Fault(f"/findings/{n}{fault.pointer}", fault.code, fault.message)

    @property
    def finding_ids(self) -> tuple[str, ...]:
        """Ids of the findings in order: as stated, else ``<kind>-<n>``, the n-th of its kind without an id."""
        return finding_ids(self.findings)

    def leaves(self) -> Iterator[str]:
        """JSON pointers of the non-null leaves that loss accounting covers.

        Left out is what only links parts of the case, and a default that was stated (``status: final``): without it
        the case says the same.
        """
        defaults = set(self._stated_defaults()) | set(self._nothings())
        return (leaf for leaf in leaves(self.to_json()) if leaf not in defaults and not _EXEMPT.fullmatch(leaf))

    def _stated_defaults(self) -> Iterator[str]:
        for name, field, default in _DEFAULTS:
            for n, item in enumerate(getattr(self, name)):
                if getattr(item, field) == default:
                    yield f"/{name}/{n}/{field}"

    def _nothings(self) -> Iterator[str]:
        """Leaves that say that the source has nothing at a place."""
        for n, one in enumerate(self.carried):
            if one.base and one.value is None:
                yield from (f"/carried/{n}/{name}" for name in ("format", "path", "base"))


def without_nulls(value: Any) -> Any:
    """The document without fields that are null; what readers carried is kept as it is, nulls in it too."""
    kind = type(value)
    if kind is dict:
        return {
            k: v if type(v) is str or k == "carried" else without_nulls(v) for k, v in value.items() if v is not None
        }
    return [one if type(one) is str else without_nulls(one) for one in value] if kind is list else value
