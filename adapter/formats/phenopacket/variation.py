"""VariationDescriptor: label, VRS object and id, gene, expressions, place and extensions of one finding.

VRS here is 1.2.1, the version embedded in schema 2.0 (class CopyNumber; comparators are ``>=`` and ``<=`` only). The
official schema refuses VRS ``_id``, so the computed id is the descriptor's, its version an extension beside it.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from adapter.formats.phenopacket.extras import Extra, worked_out
from adapter.formats.phenopacket.writing import Writing, extension_rules
from adapter.nomenclature import refget, spdi, vrs
from adapter.nomenclature.quantities import Copies
from adapter.report import Json

if TYPE_CHECKING:
    from adapter.case.facts import Allele, Expression, Facts, GeneFact, Place
    from adapter.terms import Code

COPY_NUMBER = "profile:vrs-copy-number"
ROLES = {"five-prime": "five-prime-gene", "three-prime": "three-prime-gene", "partner": "partner-gene"}


def label(w: Writing, facts: Facts) -> list[Extra]:
    """The words that name a finding, each with its place in the case: gene, place, change, copies, expressions."""
    words: list[Extra] = []
    if facts.fusion:
        words.append(("fusion", facts.fusion, facts.at("fusion"), ""))
    else:
        words += [("gene", gene.text, gene.path, "") for gene in facts.genes]
    if facts.place and facts.place.text and "place" not in facts.derived:
        words.append(("region", facts.place.text, facts.place.path, ""))
    if facts.change and "change" not in facts.derived:
        words.append(("change", facts.change, facts.at("change"), ""))
    if facts.copies and "copies" not in facts.derived:  # "1 -7" would say them apart from what tells them
        words.append(("copies", facts.copies.text, facts.at("copies"), ""))
    stated = [(e.syntax, e.text, e.path, "") for e in facts.expressions if e.path or facts.derived_from]
    words += stated
    if not (stated or facts.change or facts.copies or facts.fusion or facts.derived_from) and (
        kind := w.kind(facts.path)
    ):
        words.append(("kind", kind, f"{facts.path}/kind", ""))
    if facts.zygosity:
        words.append(("zygosity", facts.zygosity, facts.at("zygosity"), ""))
    return words


def hidden_kind(w: Writing, facts: Facts) -> list[Extra]:
    """The kind of a finding that an ISCN string alone would make a karyotype."""
    kind = w.kind(facts.path)
    string = any(e.syntax == "iscn" and e.path for e in facts.expressions)
    told = facts.fusion or ((facts.change or facts.copies) and not {"change", "copies"} & facts.derived.keys())
    hidden = string and not told and not facts.derived_from and kind in ("copy-number", "rearrangement")
    return [("kind", kind, f"{facts.path}/kind", "")] if hidden else []


def descriptor(w: Writing, facts: Facts, words: list[Extra], extra: list[Extra], ids: set[str], *, where: str) -> Json:
    """The descriptor of ``facts``, named by ``words`` (:func:`label`).

    ``ids`` are the descriptor ids of the packet so far, ``where`` its own pointer.
    """
    gene = next((g for g in facts.genes if g.gene), None) if facts.genes else None
    allele = of_allele(facts.allele) if facts.allele else None
    variation, vrs_id = _variation(w, facts, gene, allele)
    own = f"{w.case_id}-{facts.id}"
    name = vrs_id if vrs_id and vrs_id not in ids else own
    ids.add(name)
    node: Json = {"id": name}
    if variation:
        node["variation"] = variation
    _label(w, node, facts, words, own)
    if gene:
        node["geneContext"] = _gene_context(w, gene)
    if found := expressions(w, facts, allele):
        node["expressions"] = found
    if allele and allele.vcf:
        node["vcfRecord"] = w.put(allele.vcf.copy(), "", allele.rule)
    if facts.ids and (xrefs := _xrefs(w, facts)):
        node["xrefs"] = xrefs
    if facts.fusion:
        _named_beside_fusion(w, node, facts)
    extra = extra + _beside(w, facts, gene, variation) + _derivation(facts, allele)
    if vrs_id:
        extra += _vrs_version(w, facts, vrs_id, name)
    if extensions := _extensions(w, extra, where):
        node["extensions"] = extensions
    node["moleculeContext"] = "genomic" if _is_genomic(facts) else "unspecified_molecule_context"
    _types(w, node, facts, allele)
    return node


def _label(w: Writing, node: Json, facts: Facts, words: list[Extra], own: str) -> None:
    note = w.note
    node["label"] = " ".join([text for _, text, _, _ in words]) or facts.said or own
    for _, _, source, _ in words:
        note((node, source, "" if source else "derived", "label"))
    if not words:
        note((node, "", "profile:label", "label"))
    if facts.said:
        node["description"] = facts.said
        w.note((node, facts.at("said"), "", "description"))


def _named_beside_fusion(w: Writing, node: Json, facts: Facts) -> None:
    """The genes named beside the text of a fusion."""
    at = facts.at("fusion")
    if named := [gene for gene in facts.genes if gene.path != at]:
        node["alternateLabels"] = [" ".join(gene.text for gene in named)]
        for gene in named:
            w.note((node["alternateLabels"], gene.path, "", "0"))


def _gene_context(w: Writing, fact: GeneFact) -> Json:
    """HGNC id and symbol; another name that was stated is an alternate symbol."""
    gene = fact.gene
    if gene is None:
        return {}
    w.prefixes.add("HGNC")
    node: Json = {"valueId": gene.hgnc, "symbol": gene.symbol}
    if fact.text not in (gene.symbol, gene.hgnc):
        node["alternateSymbols"] = [fact.text]
    return w.put(node, fact.path, gene.rule)


def _beside(w: Writing, facts: Facts, gene: GeneFact | None, variation: Json | None) -> list[Extra]:
    """Extensions for what the typed fields could not take: identifiers, further genes and roles, copies, a change."""
    found = _ids_beside(w, facts) if facts.ids else []
    found += _genes_beside(facts, gene)
    if facts.copies and not (variation and "copyNumber" in variation):
        found.append(("copies", facts.copies.text, facts.at("copies"), ""))
    if facts.change and (code := _relative(w, facts.change)):
        w.prefixes.add("EFO")
        found.append(("copy-number-change", code.curie, facts.at("change"), code.rule))
    return found


def _genes_beside(facts: Facts, context: GeneFact | None) -> list[Extra]:
    """Genes that the one geneContext does not hold, and the roles of all."""
    found: list[Extra] = []
    for fact in facts.genes:
        name = ROLES.get(fact.role)
        if name or fact is not context:
            written = f"{fact.gene.hgnc} {fact.gene.symbol}" if fact.gene else fact.text
            found.append((name or "further-gene", written, fact.path, fact.gene.rule if fact.gene else ""))
    return found


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


def _variation(w: Writing, facts: Facts, gene: GeneFact | None, allele: OfAllele | None) -> tuple[Json | None, str]:
    """VRS object and its computed id; nothing where the finding does not determine one."""
    copies = whole_copies(facts.copies) if facts.copies else None
    if copies and gene and gene.gene and len(facts.genes) == 1:
        return _copy_number(w, facts, gene.gene.hgnc.lower(), copies)
    of_place = facts.derived_from or ("place" not in facts.derived and not facts.genes)
    if copies and facts.place and of_place:
        return _copies_of_interval(w, facts, facts.place, copies), ""
    return (_vrs_allele(w, allele), allele.vrs_id) if allele else (None, "")


def _copy_number(w: Writing, facts: Facts, gene: str, copies: vrs.Range) -> tuple[Json, str]:
    """Copies of a gene; the gene stands for the locus, as the source names no coordinates."""
    subject: Json = {"geneId": gene}
    node: Json = {"gene": subject, **_count(w, facts, copies)}
    w.note((subject, facts.genes[0].path, COPY_NUMBER, ""))
    return {"copyNumber": node}, copy_number_id(gene, *copies)


def _count(w: Writing, facts: Facts, copies: vrs.Range) -> Json:
    count, at = count_of(*copies), facts.at("copies")
    for bounds in count.values():
        w.note((bounds, at, COPY_NUMBER, ""))
    return count


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
    location: Json = {"sequenceId": f"ga4gh:{chromosome.refget}", "sequenceInterval": interval}
    w.note((location, place.path, COPY_NUMBER, ""))
    sequence = {"location": location, "reverseComplement": False}
    return {"copyNumber": {"derivedSequenceExpression": sequence, **_count(w, facts, copies)}}


@lru_cache(maxsize=1024)
def copy_number_id(gene: str, low: int | None, high: int | None) -> str:
    """VRS 1.2.1 id of a gene's copies (``hgnc:7132``)."""
    return vrs.identify(vrs.copy_number_count(vrs.gene_subject(gene), low, high, "1.2.1"), "1.2.1")


class OfAllele(NamedTuple):
    """What an allele gives a descriptor, worked out once however often the variant is met; flat, to be copied.

    ``placed`` is (sequence id, start, end, inserted bases) of the VRS allele, ``reference`` the deleted bases.
    """

    rule: str
    placed: tuple[str, str, str, str] | None
    vrs_id: str
    expressions: tuple[tuple[str, str], ...]
    vcf: dict[str, str] | None
    extras: tuple[Extra, ...]
    reference: str


@lru_cache(maxsize=1024)
def of_allele(allele: Allele) -> OfAllele:
    """The parts of a descriptor that depend on the allele alone."""
    extras: list[Extra] = [("derivation-grade", allele.grade, "", "")]
    if allele.transcript_why:
        extras.append(("transcript-choice", allele.transcript_why, "", ""))
    extras += [("note", note, "", "") for note in allele.notes]
    return OfAllele(
        rule=f"derived:grade-{allele.grade}",
        placed=_placed(allele.spdi, allele.vrs["1.3"]) if allele.spdi and "1.3" in allele.vrs else None,
        vrs_id=allele.vrs.get("1.3", ""),
        expressions=tuple(_worked_out(allele)),
        vcf=_vcf(*allele.vcf) if allele.vcf else None,
        extras=tuple(extras),
        reference="".join(allele.spdi.split(":")[2:3]),
    )


def _vrs_allele(w: Writing, allele: OfAllele) -> Json | None:
    """The VRS allele of an SPDI that covers its whole region of ambiguity, as the engine's do; None without one."""
    if allele.placed is None:
        return None
    sequence, start, end, inserted = allele.placed
    interval = {"startNumber": {"value": start}, "endNumber": {"value": end}}
    location = {"sequenceId": sequence, "sequenceInterval": interval}
    node = {"sequenceLocation": location, "literalSequenceExpression": {"sequence": inserted}}
    return {"allele": w.put(node, "", allele.rule)}


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


def expressions(w: Writing, facts: Facts, allele: OfAllele | None) -> list[Json]:
    """Expressions an engine vouches for, the stated before the worked-out ones, each value once."""
    found: dict[str, Json] = {}
    for stated in facts.expressions:
        value = stated.value
        # Without a reference sequence HGVS names no variant; the label has the words.
        if value and (":" in value or not stated.syntax.startswith("hgvs")):
            node = found.setdefault(value, {"syntax": syntax_of(stated), "value": value})
            w.note((node, stated.path, "" if stated.path else "derived", ""))
    for syntax, value in allele.expressions if allele else ():
        w.note((found.setdefault(value, {"syntax": syntax, "value": value}), "", allele.rule if allele else "", ""))
    return list(found.values())


def syntax_of(stated: Expression) -> str:
    """Syntax of an expression; HGVS by the kind of its reference (``NM_000546.6:c.524G>A`` is hgvs.c)."""
    kind = stated.value.partition(":")[2][:2] if stated.value and stated.syntax == "hgvs" else ""
    return f"hgvs.{kind[0]}" if kind in ("c.", "g.", "n.", "p.", "r.", "m.") else stated.syntax


def _worked_out(allele: Allele) -> Iterator[tuple[str, str]]:
    told = (("hgvs.c", allele.c), ("hgvs.p", allele.p), ("hgvs.g", allele.g.get("GRCh38", "")), ("spdi", allele.spdi))
    yield from ((syntax, value) for syntax, value in told if ":" in value)


def _vcf(chromosome: str, position: int, reference: str, alternate: str) -> dict[str, str]:
    return {
        "genomeAssembly": "GRCh38",
        "chrom": chromosome if chromosome.startswith("chr") else f"chr{chromosome}",
        "pos": str(position),
        "ref": reference,
        "alt": alternate,
    }


def _derivation(facts: Facts, allele: OfAllele | None) -> list[Extra]:
    """What was worked out, how well, and from what."""
    found = [*(allele.extras if allele else ()), *worked_out(facts)]
    if facts.derived_from:
        found.append(("derived-from", facts.derived_from, "", ""))
    return found


def _relative(w: Writing, change: str) -> Code | None:
    """The EFO class of a relative copy-number change, which version 2 has no field for."""
    key = w.key("changes", change)
    return w.terms.get("changes", key, "EFO") if key else None


def _extensions(w: Writing, extra: list[Extra], where: str) -> list[Json]:
    """Extensions of the closed list; a name that is not in it goes to a comment."""
    rules, note, found = extension_rules(w.terms), w.note, []
    for name, value, source, rule in extra:
        usual = rules.get(name)
        if usual is None:
            w.comment(where, name, value, source)
            continue
        node = {"name": name, "value": value}
        found.append(node)
        note((node, source, rule or usual, ""))
    return found


def _is_genomic(facts: Facts) -> bool:
    """Whether the finding is one of DNA: not a variant known from text or protein only."""
    if facts.allele and (facts.allele.c or facts.allele.g):
        return True
    sequence = [e.syntax for e in facts.expressions if e.syntax.startswith("hgvs")]
    return not sequence or any(s in ("hgvs.c", "hgvs.g", "hgvs.n") for s in sequence)


def _types(w: Writing, node: Json, facts: Facts, allele: OfAllele | None) -> None:
    """The structuralType where a table has the code, the allelicState as stated; vrsRefAlleleSeq of a substitution."""
    if kind := _structural_key(w, facts):
        table, row, source = kind
        if code := w.terms.get(table, row, "SO"):
            w.term(node, "structuralType", code, source)
    if allele and allele.reference:
        node["vrsRefAlleleSeq"] = allele.reference
        w.note((node, "", allele.rule, "vrsRefAlleleSeq"))
    if facts.zygosity:
        w.term(node, "allelicState", w.coded("zygosities", facts.zygosity, "GENO"), facts.at("zygosity"))


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
            w.note((found, facts.at("ids"), "", str(len(found) - 1)))
    return found


def _ids_beside(w: Writing, facts: Facts) -> list[Extra]:
    return [
        ("variant-id", f"{source}:{identifier}" if source else identifier, facts.at("ids"), "")
        for source, identifier in facts.ids
        if source not in w.terms.prefixes()
    ]


def _vrs_version(w: Writing, facts: Facts, vrs_id: str, descriptor_id: str) -> list[Extra]:
    """The version of the computed id, and the id itself where another descriptor of the packet has it."""
    w.prefixes.add("ga4gh")
    found: list[Extra] = [("vrs-version", "1.2.1", "", "")]
    if descriptor_id != vrs_id:
        found.append(("vrs-id", vrs_id, "", ""))
    if facts.allele and "2.0" in facts.allele.vrs:
        found.append(("vrs-2.0-id", facts.allele.vrs["2.0"], "", ""))
    return found
