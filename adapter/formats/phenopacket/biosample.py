"""Biosample: the stated specimens, and one "specimen not stated" for what cannot be germline.

A finding that points to the subject means germline DNA, so a somatic result without a stated specimen gets a sample
that says only whose it is (homes.md).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapter.formats.phenopacket.writing import Writing
from adapter.report import Json
from adapter.terms import Code

if TYPE_CHECKING:
    from adapter.case import Case, Specimen
    from adapter.case.facts import Facts

UNSTATED = "specimen-not-stated"
_FEW = 32


class Samples:
    """The biosamples in the making: their order, measurements and diagnostic markers."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.order = {specimen.id: n for n, specimen in enumerate(case.specimens)}
        self.measurements: dict[str, list[Json]] = {}
        self.markers: dict[str, list[Json]] = {}
        self._known: dict[str, dict[str, int]] = {}
        self._unstated = _free(UNSTATED, self.order)

    def id(self, specimen: str) -> str:
        """Id of the biosample of a specimen; "" is the one for results without a stated specimen."""
        return f"{self.case.id}-{self._key(specimen)}"

    def _key(self, specimen: str) -> str:
        if specimen:
            return specimen
        self.order.setdefault(self._unstated, len(self.order))
        return self._unstated

    def where(self, specimen: str) -> str:
        """Pointer of the next measurement of a specimen's biosample."""
        key = self._key(specimen)
        return f"/biosamples/{self.order[key]}/measurements/{len(self.measurements.get(key, ()))}"

    def measure(self, w: Writing, facts: Facts, measurement: Json) -> str:
        """Add a measurement of a finding to its biosample; its pointer.

        The schema demands that measurements differ, so an equal one stands there once, and the finding is narrowed.
        """
        key = self._key(facts.specimen)
        found = self.measurements.setdefault(key, [])
        place = f"/biosamples/{self.order[key]}/measurements"
        n = self._equal(key, measurement)
        if n is None:
            found.append(measurement)
            return f"{place}/{len(found) - 1}"
        w.ledger.narrowed(facts.path, "an equal measurement stands in the packet once", found[n])
        w.comments_of(f"{place}/{len(found)}", f"{place}/{n}")
        return f"{place}/{n}"

    def _equal(self, key: str, measurement: Json) -> int | None:
        """Position of an equal measurement; among many by its text, so that the time grows with their number."""
        found = self.measurements[key]
        if len(found) < _FEW:
            return found.index(measurement) if measurement in found else None
        known = self._known.setdefault(key, {})
        for n in range(len(known), len(found)):
            known[repr(found[n])] = n
        return known.get(repr(measurement))

    def mark(self, w: Writing, specimen: str, code: Code, source: str) -> str:
        """Add a diagnostic marker to a specimen's biosample; its pointer."""
        key = self._key(specimen)
        found = self.markers.setdefault(key, [])
        found.append(w.use(code))
        w.note((found, source, code.rule, str(len(found) - 1)))
        return f"/biosamples/{self.order[key]}/diagnosticMarkers/{len(found) - 1}"

    def written(self, w: Writing) -> list[Json]:
        """The biosamples in order."""
        stated = [self._stated(w, n, specimen) for n, specimen in enumerate(self.case.specimens)]
        return [*stated, self._bare(w)] if len(self.order) > len(stated) else stated

    def _stated(self, w: Writing, n: int, specimen: Specimen) -> Json:
        path, where = f"/specimens/{n}", f"/biosamples/{n}"
        node: Json = {"id": self.id(specimen.id), "individualId": self.case.id}
        w.note((node, f"{path}/id", "", "id"))
        if specimen.said:
            node["description"] = specimen.said
            w.note((node, f"{path}/said", "", "description"))
        if specimen.material:
            code = w.coded("specimens", specimen.material, "UBERON", "HAEM")
            w.stated(node, "sampledTissue", code, specimen.material, f"{path}/material", where, "material")
        self._lists(node, specimen.id, "measurements")
        w.time(node, "timeOfCollection", path, where, specimen.age, specimen.date)
        if specimen.at == "relapse":
            w.term(node, "tumorProgression", w.terms.code("phases", "relapse", "NCIT"), f"{path}/at")
        else:
            w.said(where, specimen.at, f"{path}/at", "at")
        self._lists(node, specimen.id, "diagnosticMarkers")
        return node

    def _bare(self, w: Writing) -> Json:
        node: Json = {"id": self.id(""), "individualId": self.case.id, "description": "specimen not stated"}
        w.note((node, "", "profile:specimen-not-stated", "description"))
        self._lists(node, self._unstated, "measurements")
        self._lists(node, self._unstated, "diagnosticMarkers")
        return node

    def _lists(self, node: Json, key: str, member: str) -> None:
        found = (self.measurements if member == "measurements" else self.markers).get(key)
        if found:
            node[member] = found


def _free(name: str, taken: dict[str, int]) -> str:
    """``name``, lengthened until no stated specimen has it."""
    while name in taken:
        name += "-"
    return name
