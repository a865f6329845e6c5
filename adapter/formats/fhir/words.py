"""What a finding is called and what was found, in one line for the narrative of its resources."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapter.nomenclature.quantities import Bounds

if TYPE_CHECKING:
    from adapter.case.facts import Detail, Facts
    from adapter.case.model import Outcome, Response
    from adapter.nomenclature.quantities import Copies, Share

_LOOKED_WITH = frozenset({"probe", "panel", "of"})


def of_variant(facts: Facts) -> str:
    """One line about a variant for its narrative: genes, change, copies, share of cells, result.

    Two colons stand between the partners of a fusion alone, never between genes that are deleted or gained together,
    nor between those of a translocation whose order nobody states. Of a gene that is all there is, the source's own
    sentence is said too: "FLT3: present" tells nothing.
    """
    told = [*filter(None, (facts.change, *(e.text for e in facts.expressions))), *(text for _, text in facts.ids)]
    if facts.copies is not None:
        told.append(_copies_in_words(facts.copies))
    if facts.cells is not None:
        told.append(f"in {_percent(facts.cells)} of cells")
    words = " ".join(filter(None, (called(facts), ", ".join(told)))) or "genomic finding"
    if facts.change == "normal":
        return words
    result = "nothing found" if facts.result == "absent" and not (told or facts.fusion) else facts.result
    said = f" ({facts.said})" if facts.said and not (facts.fusion or told) else ""
    return f"{words}: {result}{said}"


def called(facts: Facts) -> str:
    """What a variant is of: its fusion or genes, else its place, else the probe or panel it was looked for with."""
    if facts.fusion:
        return facts.fusion
    if facts.genes:
        between = "::" if facts.genes[0].role == "five-prime" else ", "
        return between.join(gene.text for gene in facts.genes)
    if facts.place is not None:
        alone = facts.place.chromosome and not facts.place.band and facts.place.start is None
        return f"chromosome {facts.place.chromosome}" if alone else facts.place.text
    return ", ".join(str(detail.value) for detail in facts.details if detail.name in _LOOKED_WITH)


def interval_of(stated: Outcome | Response) -> str:
    """When something was after what: ``4 d since diagnosis``; "" where neither is stated."""
    since = f"since {stated.since}" if stated.since else ""
    return " ".join(filter(None, (stated.after.text if stated.after else "", since)))


def _copies_in_words(copies: Copies) -> str:
    if copies.low is copies.high is None:
        return f"copies: {copies.text}"
    return f"{copies.text} {'copy' if copies.text == '1' else 'copies'}"


def _percent(share: Share) -> str:
    return share.text if "%" in share.text else f"{share.low if share.low is not None else share.text} %"


def of_result(facts: Facts) -> str:
    """One line about a result for its narrative: of which gene or marker, each part, value and level."""
    about = [gene.text for gene in facts.genes] + [str(one.value) for one in facts.details if one.name == "marker"]
    told = [f"{part.name} {part.value.text}" for part in facts.parts]
    if facts.value is not None:
        told.append(f"{facts.value.text} {facts.value.unit}" if facts.value.unit_path else facts.value.text)
    told += [_aside(one) for one in facts.details if one.name in ("level", "blasts")]
    if facts.result != "present":
        told.append(facts.result)
    named = " ".join(filter(None, (", ".join(about), facts.test or "result")))
    return f"{named}: {', '.join(told)}" if told else named


def _aside(detail: Detail) -> str:
    said = detail.value.text if isinstance(detail.value, Bounds) else str(detail.value)
    return said if detail.name == "level" else f"{detail.name} {said}"
