"""VariationDescriptor: label, VRS object and id, gene, expressions, place and extensions of one finding.

VRS here is 1.2.1, the version embedded in schema 2.0 (class CopyNumber; comparators are ``>=`` and ``<=`` only). The
official schema refuses VRS ``_id``, so the computed id is the descriptor's, its version an extension beside it.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING

from adapter.formats.phenopacket.extras import Extra
from adapter.formats.phenopacket.writing import Writing
from adapter.nomenclature import refget, spdi, vrs
from adapter.nomenclature.quantities import Copies
from adapter.report import Json

if TYPE_CHECKING:
    from adapter.case.facts import Allele, Expression, Facts, GeneFact, Place

EXTENSIONS = "phenopacket-extensions"


def label(w: Writing, facts: Facts) -> list[Extra]:
    """The words that name a finding, each with its place in the case: gene, place, change, copies, expressions."""
    words: list[Extra] = []
    if facts.fusion:
        words.append(Extra("fusion", facts.fusion, facts.at("fusion")))
    words += [Extra("gene", g.text, g.path) for g in facts.genes if not facts.fusion]
    if facts.place and facts.place.text and "place" not in facts.derived:
        words.append(Extra("region", facts.place.text, facts.place.path))
    if facts.change and "change" not in facts.derived:
        words.append(Extra("change", facts.change, facts.at("change")))
    if facts.copies:
        words.append(Extra("copies", facts.copies.text, facts.at("copies")))
    words += [Extra(e.syntax, e.text, e.path) for e in facts.expressions if e.path or facts.derived_from]
    named = facts.change or facts.copies or facts.fusion or any(e.path for e in facts.expressions)
    if not (named or facts.derived_from) and (kind := w.kind(facts.path)):
        words.append(Extra("kind", kind, f"{facts.path}/kind"))
    if facts.zygosity:
        words.append(Extra("zygosity", facts.zygosity, facts.at("zygosity")))
    return words


def descriptor(w: Writing, facts: Facts, words: list[Extra], extra: list[Extra], ids: set[str], *, where: str) -> Json:
    """The descriptor of ``facts``, named by ``words`` (:func:`label`).

    ``ids`` are the descriptor ids of the packet so far, ``where`` its own pointer.
    """
    gene = next((g for g in facts.genes if g.gene), None)
    variation, vrs_id = _variation(w, facts, gene)
    own = f"{w.case_id}-{facts.id}"
    node: Json = {"id": vrs_id if vrs_id and vrs_id not in ids else own}
    ids.add(node["id"])
    if variation:
        node["variation"] = variation
    _label(w, node, facts, words, own)
    if gene:
        node["geneContext"] = _gene_context(w, gene)
    if found := expressions(w, facts):
        node["expressions"] = found
    if facts.allele and facts.allele.vcf:
        node["vcfRecord"] = _vcf(w, facts.allele)
    if xrefs := _xrefs(w, facts):
        node["xrefs"] = xrefs
    if named := [g for g in facts.genes if facts.fusion and g.path != facts.at("fusion")]:
        node["alternateLabels"] = [" ".join(g.text for g in named)]
        for gene_fact in named:
            w.ledger.put(node["alternateLabels"], gene_fact.path, "", "0")
    extra = [
        *extra,
        *_ids_beside(w, facts),
        *_genes_beside(facts, gene),
        *_copies_beside(facts, variation),
        *_codes(w, facts),
        *_derivation(facts),
    ]
    if vrs_id:
        extra += _vrs_version(w, facts, vrs_id, node["id"])
    if extensions := _extensions(w, extra, where):
        node["extensions"] = extensions
    node["moleculeContext"] = "genomic" if _is_genomic(facts) else "unspecified_molecule_context"
    _types(w, node, facts)
    return node


def _label(w: Writing, node: Json, facts: Facts, words: list[Extra], own: str) -> None:
    node["label"] = " ".join(e.value for e in words) or facts.said or own
    for extra in words:
        w.ledger.put(node, *extra.origin, "label")
    if not words:
        w.ledger.put(node, "", "profile:label", "label")
    if facts.said:
        node["description"] = facts.said
        w.ledger.put(node, facts.at("said"), "", "description")


def _gene_context(w: Writing, fact: GeneFact) -> Json:
    """HGNC id and symbol; another name that was stated is an alternate symbol."""
    gene = fact.gene
    if gene is None:
        return {}
    w.prefixes.add("HGNC")
    node: Json = {"valueId": gene.hgnc, "symbol": gene.symbol}
    if fact.text not in (gene.symbol, gene.hgnc):
        node["alternateSymbols"] = [fact.text]
    return w.ledger.put(node, fact.path, gene.rule)


def _genes_beside(facts: Facts, context: GeneFact | None) -> Iterator[Extra]:
    """Genes that the one geneContext does not hold, and the roles of all."""
    for fact in facts.genes:
        name = {"five-prime": "five-prime-gene", "three-prime": "three-prime-gene", "partner": "partner-gene"}.get(
            fact.role
        )
        if name or fact is not context:
            written = f"{fact.gene.hgnc} {fact.gene.symbol}" if fact.gene else fact.text
            yield Extra(name or "further-gene", written, fact.path, fact.gene.rule if fact.gene else "")


def whole_copies(copies: Copies) -> vrs.Range | None:
    """Lowest and highest whole copies, None where open; None altogether where VRS cannot say it (``~6``, 3.5, amp).

    Counts are whole, so an exclusive bound is the next whole one (``<2`` is at most 1).
    """
    low = _whole(copies.low, 0 if copies.low_inclusive else 1)
    high = _whole(copies.high, 0 if copies.high_inclusive else -1)
    fractional = (low is None) != (copies.low is None) or (high is None) != (copies.high is None)
    unsayable = copies.approximate or copies.amplified or fractional or low == high is None
    return None if unsayable or (low is not None and high is not None and low > high) else (low, high)


def _whole(bound: Decimal | None, step: int) -> int | None:
    return int(bound) + step if bound is not None and bound == int(bound) else None


def count_of(low: int | None, high: int | None) -> Json:
    """The count of a VRS 1.2.1 CopyNumber: number, definiteRange or indefiniteRange, integers as texts."""
    if high is None:
        return {"indefiniteRange": {"value": str(low), "comparator": ">="}}
    if low is None:
        return {"indefiniteRange": {"value": str(high), "comparator": "<="}}
    return {"number": {"value": str(low)}} if low == high else {"definiteRange": {"min": str(low), "max": str(high)}}


def _variation(w: Writing, facts: Facts, gene: GeneFact | None) -> tuple[Json | None, str]:
    """VRS object and its computed id; nothing where the finding does not determine one."""
    copies = whole_copies(facts.copies) if facts.copies else None
    if copies and gene and gene.gene and len(facts.genes) == 1:
        return _copy_number(w, facts, gene.gene.hgnc.lower(), copies)
    of_place = facts.derived_from or ("place" not in facts.derived and not facts.genes)
    if copies and facts.place and of_place:
        return _copies_of_interval(w, facts, facts.place, copies), ""
    if facts.allele:
        return _allele(w, facts.allele), facts.allele.vrs.get("1.3", "")
    return None, ""


def _copy_number(w: Writing, facts: Facts, gene: str, copies: vrs.Range) -> tuple[Json, str]:
    """Copies of a gene; the gene stands for the locus, as the source names no coordinates."""
    count = count_of(*copies)
    for bounds in count.values():
        w.ledger.put(bounds, facts.at("copies"), "profile:vrs-copy-number")
    subject = w.ledger.put({"geneId": gene}, facts.genes[0].path, "profile:vrs-copy-number")
    return {"copyNumber": {"gene": subject, **count}}, copy_number_id(gene, *copies)


def _copies_of_interval(w: Writing, facts: Facts, place: Place, copies: vrs.Range) -> Json | None:
    """Copies of a stated interval on a stated assembly, or of a whole chromosome that a karyotype gains or loses.

    None without a place of this kind. The sequence of a whole chromosome is that of GRCh38.
    """
    first, last = place.start, place.end
    chromosome = refget.named(place.chromosome, place.assembly) if first and last else None
    if facts.derived_from and place.chromosome and not (place.band or first):
        chromosome = refget.named(place.chromosome)
        first, last = 1, chromosome.length if chromosome else None
    if chromosome is None or first is None:
        return None
    interval = {"startNumber": {"value": str(first - 1)}, "endNumber": {"value": str(last)}}
    location = {"sequenceId": f"ga4gh:{chromosome.refget}", "sequenceInterval": interval}
    w.ledger.put(location, place.path, "profile:vrs-copy-number")
    count = count_of(*copies)
    for bounds in count.values():
        w.ledger.put(bounds, facts.at("copies"), "profile:vrs-copy-number")
    return {"copyNumber": {"derivedSequenceExpression": {"location": location, "reverseComplement": False}, **count}}


@lru_cache(maxsize=1024)
def copy_number_id(gene: str, low: int | None, high: int | None) -> str:
    """VRS 1.2.1 id of a gene's copies (``hgnc:7132``)."""
    return vrs.identify(vrs.copy_number_count(vrs.gene_subject(gene), low, high, "1.2.1"), "1.2.1")


def _allele(w: Writing, allele: Allele) -> Json | None:
    """The VRS allele of an SPDI that covers its whole region of ambiguity, as the engine's do; None without one."""
    placed = _placed(allele.spdi, allele.vrs["1.3"]) if allele.spdi and "1.3" in allele.vrs else None
    if placed is None:
        return None
    sequence, start, end, inserted = placed
    interval = {"startNumber": {"value": start}, "endNumber": {"value": end}}
    location = {"sequenceId": sequence, "sequenceInterval": interval}
    node = {"sequenceLocation": location, "literalSequenceExpression": {"sequence": inserted}}
    return {"allele": w.ledger.put(node, "", f"derived:grade-{allele.grade}")}


@lru_cache(maxsize=1024)
def _placed(text: str, identifier: str) -> tuple[str, str, str, str] | None:
    """Sequence id, start, end and inserted bases of an SPDI; None where its VRS id is not the one computed.

    The comparison proves that the object and the id beside it are the same allele in the same normal form.
    """
    form = spdi.read(text)
    chromosome = refget.find(form.sequence)
    if chromosome is None:
        return None
    if vrs.allele_id(chromosome.refget, form.position, form.end, form.inserted, "1.3") != identifier:
        return None
    return f"ga4gh:{chromosome.refget}", str(form.position), str(form.end), form.inserted


def _copies_beside(facts: Facts, variation: Json | None) -> Iterator[Extra]:
    if facts.copies and not (variation and "copyNumber" in variation):
        yield Extra("copies", facts.copies.text, facts.at("copies"))


def expressions(w: Writing, facts: Facts) -> list[Json]:
    """Expressions an engine vouches for, the stated before the worked-out ones, each value once."""
    found: dict[str, Json] = {}
    for stated in facts.expressions:
        # Without a reference sequence HGVS names no variant; the label has the words.
        if stated.value and (":" in stated.value or not stated.syntax.startswith("hgvs")):
            node = found.setdefault(stated.value, {"syntax": syntax_of(stated), "value": stated.value})
            w.ledger.put(node, stated.path, "" if stated.path else "derived")
    if facts.allele:
        for syntax, value in _worked_out(facts.allele):
            node = found.setdefault(value, {"syntax": syntax, "value": value})
            w.ledger.put(node, "", f"derived:grade-{facts.allele.grade}")
    return list(found.values())


def syntax_of(stated: Expression) -> str:
    """Syntax of an expression; HGVS by the kind of its reference (``NM_000546.6:c.524G>A`` is hgvs.c)."""
    kind = stated.value.partition(":")[2][:2] if stated.value and stated.syntax == "hgvs" else ""
    return f"hgvs.{kind[0]}" if kind in ("c.", "g.", "n.", "p.", "r.", "m.") else stated.syntax


def _worked_out(allele: Allele) -> Iterator[tuple[str, str]]:
    told = (("hgvs.c", allele.c), ("hgvs.p", allele.p), ("hgvs.g", allele.g.get("GRCh38", "")), ("spdi", allele.spdi))
    yield from ((syntax, value) for syntax, value in told if ":" in value)


def _vcf(w: Writing, allele: Allele) -> Json:
    chromosome, position, reference, alternate = allele.vcf or ("", 0, "", "")
    node = {
        "genomeAssembly": "GRCh38",
        "chrom": chromosome if chromosome.startswith("chr") else f"chr{chromosome}",
        "pos": str(position),
        "ref": reference,
        "alt": alternate,
    }
    return w.ledger.put(node, "", f"derived:grade-{allele.grade}")


def _derivation(facts: Facts) -> Iterator[Extra]:
    """What was worked out, how well, and from what."""
    if facts.allele:
        yield Extra("derivation-grade", facts.allele.grade, "")
        if facts.allele.transcript_why:
            yield Extra("transcript-choice", facts.allele.transcript_why, "")
        for note in facts.allele.notes:
            yield Extra("note", note, "")
    for how in dict.fromkeys(facts.derived.values()):
        named = ", ".join(fact for fact, by in facts.derived.items() if by == how)
        yield Extra("derived", f"{named}: {how}" if how else named, "")
    if facts.derived_from:
        yield Extra("derived-from", facts.derived_from, "")


def _codes(w: Writing, facts: Facts) -> Iterator[Extra]:
    """The EFO class of a relative copy-number change, which version 2 has no field for."""
    key = w.key("changes", facts.change) if facts.change else None
    code = w.terms.get("changes", key, "EFO") if key else None
    if code:
        w.prefixes.add("EFO")
        yield Extra("copy-number-change", code.curie, facts.at("change"), code.rule)


def _extensions(w: Writing, extra: list[Extra], where: str) -> list[Json]:
    """Extensions of the closed list; a name that is not in it goes to a comment."""
    names, found = w.extension_names, []
    for one in extra:
        if one.name in names:
            node = {"name": one.name, "value": one.value}
            found.append(w.ledger.put(node, one.source, one.rule or names[one.name]))
        else:
            w.comment(where, one.name, one.value, one.source)
    return found


def _is_genomic(facts: Facts) -> bool:
    """Whether the finding is one of DNA: not a variant known from text or protein only."""
    if facts.allele and (facts.allele.c or facts.allele.g):
        return True
    sequence = [e.syntax for e in facts.expressions if e.syntax.startswith("hgvs")]
    return not sequence or any(s in ("hgvs.c", "hgvs.g", "hgvs.n") for s in sequence)


def _types(w: Writing, node: Json, facts: Facts) -> None:
    """The structuralType and allelicState where a table has the code; vrsRefAlleleSeq of a substitution."""
    if kind := _structural_key(w, facts):
        table, row, source = kind
        if code := w.terms.get(table, row, "SO"):
            w.term(node, "structuralType", code, source)
    if facts.allele and (deleted := facts.allele.spdi.split(":")[2:3]) and deleted[0]:
        node["vrsRefAlleleSeq"] = deleted[0]
        w.ledger.put(node, "", f"derived:grade-{facts.allele.grade}", "vrsRefAlleleSeq")
    if facts.zygosity and (key := w.key("zygosities", facts.zygosity)):
        code = w.of_key("zygosities", key, "GENO")
        w.term(node, "allelicState", code, facts.at("zygosity"))


def _structural_key(w: Writing, facts: Facts) -> tuple[str, str, str] | None:
    """Table and row of the structural type, and where it is stated: the change, or a fusion of two named genes."""
    if facts.change:
        key = w.key("changes", facts.change) or w.key("structural-types", facts.change)
        return ("structural-types", key, facts.at("change")) if key else None
    if facts.structure:
        return "iscn-karyotypes", facts.structure, ""
    roles = {gene.role for gene in facts.genes}
    if {"five-prime", "three-prime"} <= roles:
        return "structural-types", "fusion", facts.at("fusion") if facts.fusion else facts.genes[0].path
    if facts.allele and (key := w.key("change-types", facts.allele.kind)):
        return "change-types", key, ""
    if facts.derived_from:
        return None
    key = w.key("structural-types", w.kind(facts.path))
    return ("structural-types", key, f"{facts.path}/kind") if key else None


def _xrefs(w: Writing, facts: Facts) -> list[str]:
    """Identifiers of databases that have a resource entry, as CURIEs; the others are extensions."""
    found: list[str] = []
    for source, identifier in facts.ids:
        if source in w.terms.prefixes():
            w.prefixes.add(source)
            found.append(f"{source}:{identifier}")
            w.ledger.put(found, facts.at("ids"), "", str(len(found) - 1))
    return found


def _ids_beside(w: Writing, facts: Facts) -> Iterator[Extra]:
    for source, identifier in facts.ids:
        if source not in w.terms.prefixes():
            yield Extra("variant-id", f"{source}:{identifier}" if source else identifier, facts.at("ids"))


def _vrs_version(w: Writing, facts: Facts, vrs_id: str, descriptor_id: str) -> Iterator[Extra]:
    """The version of the computed id, and the id itself where another descriptor of the packet has it."""
    w.prefixes.add("ga4gh")
    yield Extra("vrs-version", "1.2.1", "")
    if descriptor_id != vrs_id:
        yield Extra("vrs-id", vrs_id, "")
    if facts.allele and "2.0" in facts.allele.vrs:
        yield Extra("vrs-2.0-id", facts.allele.vrs["2.0"], "")
