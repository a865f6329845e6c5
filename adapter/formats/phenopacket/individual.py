"""Individual: the person, as far as stated.

No taxonomy is written: every case is of a human being, which is the default of the message and no statement of the
case. The karyotype of the clone never sets the karyotypic sex.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from adapter.formats.phenopacket.writing import Writing
from adapter.nomenclature.quantities import Date, Duration
from adapter.report import Json

if TYPE_CHECKING:
    from adapter.case import Case, Outcome, Subject
    from adapter.nomenclature.iscn.model import Clone
    from adapter.terms import Code

SEXES = {"female": "FEMALE", "male": "MALE", "other": "OTHER_SEX", "unknown": "UNKNOWN_SEX"}
STATUSES = {"alive": "ALIVE", "deceased": "DECEASED", "unknown": "UNKNOWN_STATUS"}
# Sex chromosomes of a constitutional karyotype and the enum of version 2 for them.
KARYOTYPIC_SEXES = {
    "XX": "XX",
    "XY": "XY",
    "X": "XO",
    "XXY": "XXY",
    "XXX": "XXX",
    "XXYY": "XXYY",
    "XXXY": "XXXY",
    "XXXX": "XXXX",
    "XYY": "XYY",
}
# A normal variant and a fragile site stand for the whole chromosome, which the letters then leave out.
VARIANTS = ("heteromorphism", "fra")
UNKNOWN = "?"
VITAL = "/subject/vitalStatus"
CAUSES = (("outcomes", ("NCIT",)), ("features", ("HP", "NCIT", "SNOMED")), ("diagnoses", ("MONDO", "NCIT")))


def individual(w: Writing, case: Case) -> Json:
    """The subject of the packet; its id is the case's."""
    subject, node = case.subject, {"id": case.id}
    if subject or (case.source and case.source.label):
        _alternate_ids(w, node, case)
    if subject and subject.birth:
        _birth(w, node, subject.birth)
    if case.outcome:
        _outcome(w, node, case, case.outcome)
    node["sex"] = SEXES[subject.sex] if subject and subject.sex else "UNKNOWN_SEX"
    node["karyotypicSex"] = "UNKNOWN_KARYOTYPE"
    if subject:
        _stated_sex(w, node, subject)
        w.said("/subject", subject.ancestry, "/subject/ancestry", "ancestry")
    return node


def _alternate_ids(w: Writing, node: Json, case: Case) -> None:
    """Business identifiers as ``system|value``, then the person's name in the paper.

    The last without a bar is taken for the name, so a comment says where it is none, and where a name has a bar.
    """
    ids: list[str] = []
    for n, one in enumerate(case.subject.identifiers if case.subject else ()):
        ids.append(f"{one.system}|{one.value}" if one.system else one.value)
        w.note((ids, f"/subject/identifiers/{n}", "", str(len(ids) - 1)))
    if case.source and case.source.label:
        ids.append(case.source.label)
        w.note((ids, "/source/label", "", str(len(ids) - 1)))
        if "|" in case.source.label:
            w.comment("/subject/alternateIds", "label", case.source.label, "/source/label", moved=False)
    elif ids and "|" not in ids[-1]:
        w.comment("/subject/alternateIds", "label", "none", "", moved=False)
    if ids:
        node["alternateIds"] = ids


def _birth(w: Writing, node: Json, birth: Date) -> None:
    if birth.precision == "day":
        node["dateOfBirth"] = f"{birth.text}T00:00:00Z"
        w.note((node, "/subject/birth", "", "dateOfBirth"))
    else:
        w.comment("/subject", "birth", birth.text, "/subject/birth")


def _stated_sex(w: Writing, node: Json, subject: Subject) -> None:
    if subject.sex == "unknown":
        w.ledger.narrowed("/subject/sex", "a stated 'unknown' and no statement are one value in version 2", node, "sex")
    elif subject.sex:
        w.note((node, "/subject/sex", "", "sex"))
    karyotype = subject.constitutional_karyotype
    if karyotype:
        node["karyotypicSex"] = karyotypic_sex(karyotype)
        w.note((node, "/subject/constitutional_karyotype", "profile:karyotypic-sex", "karyotypicSex"))
        w.comment("/subject/karyotypicSex", "constitutional_karyotype", karyotype, "/subject/constitutional_karyotype")


def karyotypic_sex(karyotype: str) -> str:
    """The sex chromosomes that a constitutional karyotype shows, as the enum of version 2 names them.

    A mosaic and an abnormal sex chromosome are none of the enum's types; a text that does not show them all, or whose
    chromosome number contradicts them, is unknown.

    >>> karyotypic_sex("47,XXY"), karyotypic_sex("mos 45,X[22]/46,XX[8]"), karyotypic_sex("46,X,i(X)(q10)")
    ('XXY', 'OTHER_KARYOTYPE', 'OTHER_KARYOTYPE')
    """
    from adapter.case.findings.engines import read_iscn  # few cases state one

    document = read_iscn(karyotype)[0].document
    own = [clone for clone in document.clones if clone.population != "donor" and clone.relation is None]
    lines = {_sex_chromosomes(clone) for clone in own}
    miscounted = any(one.code == "COUNT" and one.severity == "error" for one in document.diagnostics)
    if miscounted or not lines or UNKNOWN in lines:
        return "UNKNOWN_KARYOTYPE"
    return KARYOTYPIC_SEXES.get(lines.pop(), "OTHER_KARYOTYPE") if len(lines) == 1 else "OTHER_KARYOTYPE"


def _sex_chromosomes(clone: Clone) -> str:
    """X and Y of a cell line (``XXY``), "?" where they are not all known, "abnormal" where one is."""
    sex = clone.sex
    if sex is None or sex.unknown or not sex.constitutional_certain or not sex.letters:
        return UNKNOWN
    letters = sex.letters
    for item in clone.abnormalities:
        of_sex = [chromosome for chromosome in item.chromosomes if chromosome in ("X", "Y")]
        if of_sex and item.kind in ("chromosome", *VARIANTS):
            letters += of_sex[0] if item.sign == "+" or item.kind in VARIANTS else ""  # a lost one is in no letter
        elif of_sex:
            return "abnormal"
    return "".join(sorted(letters))


def _outcome(w: Writing, node: Json, case: Case, outcome: Outcome) -> None:
    """Vital status and what hangs on it; time and cause of death only of the deceased."""
    deceased = outcome.vital_status == "deceased"
    where = VITAL if outcome.vital_status else "/subject"
    vital: Json = {}
    if outcome.vital_status:
        vital = {"status": STATUSES[outcome.vital_status]}
        w.note((vital, "/outcome/vital_status", "", "status"))
    if deceased:
        w.time(vital, "timeOfDeath", "/outcome", where, outcome.age, outcome.date)
    else:
        w.time(node, "timeAtLastEncounter", "/outcome", "/subject", outcome.age, outcome.date)
    if outcome.cause:
        _cause(w, vital if deceased else {}, outcome.cause, where)
    _interval(w, vital, case, outcome, where)
    if vital:
        node["vitalStatus"] = vital
    w.said(where, outcome.said, "/outcome/said")


def _cause(w: Writing, vital: Json, cause: str, where: str) -> None:
    """The cause of a death where a vocabulary has it, else a comment."""
    code = next(_causes(w, cause), None) if vital else None
    if code:
        w.stated(vital, "causeOfDeath", code, cause, "/outcome/cause", where, "cause")
    else:
        w.comment(where, "cause", cause, "/outcome/cause")


def _causes(w: Writing, cause: str) -> Iterator[Code]:
    """Classes of a cause: as an outcome, as a finding ("sepsis"), as a disease."""
    for table, vocabularies in CAUSES:
        if key := w.key(table, cause):
            yield from (code for prefix in vocabularies if (code := w.terms.get(table, key, prefix)))


def _interval(w: Writing, vital: Json, case: Case, outcome: Outcome, where: str) -> None:
    """``survivalTimeInDays`` where it is known exactly (design.md section 6); what is stated otherwise as comment."""
    days = exact_days(outcome.after) if outcome.after and outcome.since == "diagnosis" else None
    if days and outcome.vital_status == "deceased":
        vital["survivalTimeInDays"] = days
        for field in ("after", "since"):
            w.note((vital, f"/outcome/{field}", "profile:survival", "survivalTimeInDays"))
        return
    if outcome.vital_status == "deceased" and (between := _days_between(case, outcome)):
        vital["survivalTimeInDays"] = between
        w.note((vital, "/outcome/date", "profile:survival", "survivalTimeInDays"))
        w.comment(where, "survivalTimeInDays", "derived from the dates of diagnosis and death", "", moved=False)
    w.said(where, outcome.after.text if outcome.after else None, "/outcome/after", "after")
    w.said(where, outcome.since, "/outcome/since", "since")


def exact_days(duration: Duration) -> int | None:
    """Whole days of an interval stated exactly in days or weeks; None for any other, and for 0 (no presence)."""
    low = duration.low
    if duration.bound != "exact" or low is None or low != duration.high or low.one is None:
        return None
    count, unit = low.one
    factor = {"d": 1, "wk": 7}.get(unit, 0)
    whole = factor and count == int(count)
    return int(count) * factor or None if whole else None


def _days_between(case: Case, outcome: Outcome) -> int | None:
    """Days from the primary diagnosis to death when both have a full date."""
    first = case.diagnoses[0].date if case.diagnoses and case.diagnoses[0].role in (None, "primary") else None
    last = outcome.date
    if first is None or last is None or first.precision != "day" or last.precision != "day":
        return None
    days = (date.fromisoformat(last.text) - date.fromisoformat(first.text)).days
    return days if days > 0 else None
