"""Genomic findings of a case, from GenomicInterpretation and its VariationDescriptor."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from adapter.case.findings.engines import read_fusion, read_iscn
from adapter.case.findings.sequence_variant import identifiers
from adapter.formats.phenopacket.interpretation import ACMG
from adapter.formats.phenopacket.reader.label import KINDS, Words, gene_key
from adapter.formats.phenopacket.reader.reading import Reading, objects, own_id, stated
from adapter.formats.phenopacket.reader.vrs_ids import compare, spdi_of
from adapter.formats.phenopacket.view import child, text, texts
from adapter.nomenclature import refget
from adapter.report import Json

CLASSES = {enum: word for word, enum in ACMG.items()}
# Extensions that hold a field as it was stated, by the field.
PLAIN = {
    "cutoff": "cutoff",
    "allele-origin": "origin",
    "age": "age",
    "date": "date",
    "significance": "significance",
    "significance-by": "significance_by",
    "result": "result",
    "result-status": "status",
    "form": "form",
    "ploidy": "ploidy",
    "probe": "probe",
    "signals": "signals",
    "exons": "exons",
    "banding": "banding",
    "isoform": "isoform",
    "phase": "phase",
    "length": "length",
    "ratio": "ratio",
    "insertion-point": "insertion_point",
    "of": "of",
    "panel": "panel",
}
COUNTS = {"cells-counted": "cells_counted", "depth": "depth", "panel-size": "panel_size"}
FLAGS = {"complex-karyotype": "complex", "in-frame": "in_frame"}
_FIELDS = {"methods": "method", "expressions": ""}  # facts whose field has another name
GENES = ("five-prime-gene", "three-prime-gene", "partner-gene", "further-gene")
# Keys of the structural types that a rearrangement is written with.
REARRANGED = {"rearrangement", "fusion"}
SEQUENCE = {
    "derivation-grade",
    "allele-frequency",
    "variant-id",
    "depth",
    "length",
    "ratio",
    "insertion-point",
    "phase",
}
_BASES = re.compile(r"[ACGTNacgtn]+")
ROLES = {"five-prime-gene", "three-prime-gene"}
REARRANGEMENT = {"isoform", "in-frame", "partner-gene", *ROLES}
COPY_NUMBER = {"form", "ploidy", "control-probe", "control-copies", "copies", "copy-number-change", "region-stated"}
KARYOTYPE = {"complex-karyotype", "banding", "cells-counted"}


@dataclass(slots=True)
class Told:
    """What is told of one genomic finding: named texts (extensions, or a measurement's description) and the label."""

    named: dict[str, list[str]]
    label: str = ""
    gene: Json = field(default_factory=dict)
    counts: Json = field(default_factory=dict)
    expressions: list[Json] = field(default_factory=list)
    listed_genes: str = ""
    rearranged: bool = False
    unplaced: bool = False
    zygosity: str = ""

    def one(self, name: str) -> str:
        """The first text of that name, "" where there is none."""
        return next(iter(self.named.get(name, ())), "")

    def has(self, names: set[str]) -> bool:
        """Whether any of ``names`` is told."""
        return not names.isdisjoint(self.named)

    @property
    def derived(self) -> set[str]:
        """Facts that the writer worked out: no case states them."""
        found = {word for one in self.named.get("derived", ()) for word in one.partition(":")[0].split(", ")}
        return found - {""}


def findings(r: Reading, specimens: dict[str, str]) -> Iterator[tuple[str, Json]]:
    """Pointer and finding of every call; ``specimens`` maps the id of a biosample to the specimen's.

    An abnormality that was read out of a karyotype is left out: it is read out again.
    """
    for n, interpretation in objects(r.document, "interpretations"):
        calls = objects(child(interpretation, "diagnosis"), "genomicInterpretations")
        for m, call in calls:
            where = f"/interpretations/{n}/diagnosis/genomicInterpretations/{m}"
            if not r.ours and not _is_the_persons(r, call, where):
                continue
            if finding := _finding(r, call, specimens, where):
                yield where, finding


def _is_the_persons(r: Reading, call: Json, where: str) -> bool:
    """Whether a call is of the person or a sample of theirs; one of another individual is carried, with a warning."""
    named = text(call, "subjectOrBiosampleId")
    owner = r.owner_of(named) if named else "subject"
    if owner == "another":
        r.odd(where, "person", "a call of another individual is carried, not stated of the person")
    elif not owner:
        r.odd(f"{where}/subjectOrBiosampleId", "person", "no subject or biosample has this id: read as the person's")
    return owner != "another"


def _finding(r: Reading, call: Json, specimens: dict[str, str], where: str) -> Json | None:
    variant = child(call, "variantInterpretation")
    node = child(variant, "variationDescriptor")
    told = _told(r, node if r.ours else {**node, "label": "", "alternateLabels": [], "moleculeContext": ""})
    _origin(r, told)
    if told.one("derived-from") or not node:
        return None
    place = f"{where}/variantInterpretation/variationDescriptor"
    for comment in r.comments.at(place):
        told.named.setdefault(comment.name, []).append(comment.text)
    found = finding_of(r, told)
    significance = CLASSES.get(text(variant, "acmgPathogenicityClassification"))
    own = text(node, "id")
    named = told.one("id") or (own_id(r.case_id, own) if own.startswith(f"{r.case_id}-") else None)
    specimen = specimens.get(text(call, "subjectOrBiosampleId"))
    found |= stated(id=named, specimen=specimen, said=text(node, "description"))
    if not r.ours:
        compare(r, node, place)
        found |= _foreign(node, found)
    return found | (stated(significance=significance) if significance else {})


def _origin(r: Reading, told: Told) -> None:
    """An origin that is told by a code (SO:0001777), in the words of the table."""
    keys = r.terms.keys_of("origins", told.one("allele-origin"))
    if len(keys) == 1:
        told.named["allele-origin"] = [r.terms.label("origins", keys[0])]


def _foreign(node: Json, found: Json) -> Json:
    """What another's descriptor says: label or VRS Text in words, the VCF record where no expression is given."""
    definition = text(child(node, "variation", "text"), "definition")
    words = stated(said=found.get("said") or text(node, "label") or definition)
    vcf = [text(child(node, "vcfRecord"), name) for name in ("chrom", "pos", "ref", "alt")]
    if found["kind"] != "sequence-variant" or "hgvs" in found:
        return words
    if not all(vcf):
        return words | stated(hgvs=spdi_of(node))
    assembly = text(child(node, "vcfRecord"), "genomeAssembly")
    record = "-".join([vcf[0].removeprefix("chr"), *vcf[1:]])
    if not (_BASES.fullmatch(vcf[2]) and _BASES.fullmatch(vcf[3])):  # a symbol (<DEL>), several alleles: no expression
        return words if {"gene", "said"} & (words | found).keys() else {"said": record}
    return words | stated(hgvs=record, assembly=found.get("assembly") or assembly)


def _told(r: Reading, node: Json) -> Told:
    named: dict[str, list[str]] = {}
    for _, extension in objects(node, "extensions"):
        if isinstance(extension.get("value"), str):
            named.setdefault(text(extension, "name"), []).append(extension["value"])
    for _, curie in texts(node, "xrefs"):
        named.setdefault("variant-id", []).append(curie)
    copy_number = child(node, "variation", "copyNumber")
    if (location := child(copy_number, "derivedSequenceExpression", "location")) and "interval" not in named:
        for name, value in _interval(location).items():
            named.setdefault(name, [value])
    return Told(
        named,
        label=text(node, "label"),
        gene=child(node, "geneContext") or _gene_of(copy_number),
        counts={n: v for n, v in copy_number.items() if n in ("number", "definiteRange", "indefiniteRange")},
        expressions=[one for _, one in objects(node, "expressions")],
        listed_genes=next((one for _, one in texts(node, "alternateLabels")), ""),
        rearranged=not REARRANGED.isdisjoint(r.terms.keys_of("structural-types", _type(node))),
        unplaced=text(node, "moleculeContext") == "unspecified_molecule_context",
        zygosity=_zygosity(node),
    )


def _type(node: Json) -> str:
    return text(child(node, "structuralType"), "id")


def _zygosity(node: Json) -> str:
    return text(child(node, "allelicState"), "label") or text(child(node, "allelicState"), "id")


def _gene_of(copy_number: Json) -> Json:
    gene = text(child(copy_number, "gene"), "geneId")
    return {"valueId": gene.upper()} if gene else {}


def _interval(location: Json) -> Json:
    """Interval and assembly of a VRS location on a chromosome, 1-based with both ends included."""
    wanted = text(location, "sequenceId").removeprefix("ga4gh:").removeprefix("refseq:")
    known = (c for a in refget.accessions() if (c := refget.find(a)))
    chromosome = next((c for c in known if wanted in (c.refget, c.accession)), None)
    ends = [text(child(location, "sequenceInterval", end), "value") for end in ("startNumber", "endNumber")]
    if chromosome is None or not all(end.isdecimal() for end in ends):
        return {}
    return {"interval": f"{chromosome.name}:{int(ends[0]) + 1}-{ends[1]}", "assembly": chromosome.assembly}


def finding_of(r: Reading, told: Told) -> Json:
    """The finding that is told, its kind by what is told of it."""
    words = Words(told.label)
    kind = next((one for one in told.named.get("kind", ()) if one in KINDS), None)
    known = _known(told)
    zygosity = _taken_zygosity(r, told, words)
    fusion = _fusion(r, told, words, known)
    genes = told.listed_genes.split(" ") if told.listed_genes else [] if fusion else words.genes(known, r.terms)
    if "genes" in told.derived:
        genes = []
    elif not genes and not fusion:
        genes = [_shown(r, one) for one in known]
    region = _region(told)
    if region:
        words.take(region)
    change = words.change() or _change_of(r, told)
    copies = told.one("copies") or (words.copies(told.counts) if told.counts else None) or _plain_counts(told.counts)
    words.take(told.one("copies"))
    facts = stated(genes=genes, fusion=fusion, region=region, change=change, copies=copies, zygosity=zygosity)
    facts = {name: value for name, value in facts.items() if name not in told.derived}
    kind = kind or words.kind() or _kind(told, facts)
    found = _fields(told, kind, facts, words.rest if words.rest != told.one("said") else "")
    worked_out = {_FIELDS.get(fact, fact) for fact in told.derived}
    return {"kind": kind} | {name: value for name, value in found.items() if name not in worked_out}


def _known(told: Told) -> list[str]:
    """Keys of the genes, that of the descriptor's context first; one that has a role is named by its role too."""
    roles, further = (
        [_gene_key(value) for name in names for value in told.named.get(name, ())] for names in (GENES[:-1], GENES[-1:])
    )
    context = _context(told.gene)
    if context in roles:
        roles.remove(context)
    return [*([context] if context else []), *roles, *further]


def _context(gene: Json) -> str:
    """The gene of a descriptor: its HGNC id, else its symbol (beside an Ensembl or NCBI id), else its id."""
    own = text(gene, "valueId")
    return own.upper() if own.upper().startswith("HGNC:") else text(gene, "symbol") or own


def _gene_key(value: str) -> str:
    """HGNC id of ``HGNC:76 ABL1``, else the words."""
    found = re.fullmatch(r"(HGNC:\d+) \S+", value)
    return found[1] if found else value


def _shown(r: Reading, key: str) -> str:
    """The symbol of a gene where the table has it, else the words."""
    return r.terms.gene(key).symbol if gene_key(key, r.terms) == key and key.startswith("HGNC:") else key


def _taken_zygosity(r: Reading, told: Told, words: Words) -> str | None:
    """The zygosity as said at the end of the label, else as the class says it."""
    if not told.zygosity:
        return None
    w = r.writing()
    code = w.coded("zygosities", told.zygosity, "GENO")
    last = words.rest.rpartition(" ")[2]
    for said in (told.zygosity, last):
        if w.coded("zygosities", said, "GENO") == code and words.take_end(said):
            return said
    return told.zygosity


def _fusion(r: Reading, told: Told, words: Words, known: list[str]) -> str | None:
    """The fusion at the beginning of the label: words that name the partners together."""
    if told.named.get("fusion"):
        return told.one("fusion")
    if not known and told.rearranged and "::" in (head := words.rest.partition(" ")[0]):
        words.take(head)
        return head  # of a gene that no table knows
    apart = Words(words.rest).genes(known, r.terms)
    if not told.rearranged or (len(apart) == len(known) and not told.listed_genes):
        return None
    parts = words.rest.split(" ")
    heads = [" ".join(parts[:end]) for end in range(len(parts), 0, -1)]
    strings = {text(one, "value") for one in told.expressions if text(one, "syntax") == "iscn"}
    fits = [head for head in heads if _leaves_a_string(words.rest, head, strings)]
    head = next((one for one in fits if _names_a_fusion(r, one)), None) or (fits[-1] if strings and fits else parts[0])
    words.take(head)
    return head


def _leaves_a_string(label: str, head: str, strings: set[str]) -> bool:
    """Whether what follows ``head`` is the ISCN string of the descriptor, where it has one."""
    rest = label[len(head) :].strip()
    return not strings or (bool(rest) and read_iscn(rest)[0].canonical in strings)


def _names_a_fusion(r: Reading, head: str) -> bool:
    read = read_fusion(head, r.terms)
    return read.status in ("ok", "repaired") and len(read.partners) > 1


def _region(told: Told) -> str | None:
    """The region as stated; a place that the writer worked out from a gene is none."""
    if "place" in told.derived:
        return None
    return told.one("region-stated") or told.one("cytoband") or told.one("interval") or told.one("chromosome") or None


def _change_of(r: Reading, told: Told) -> str | None:
    """The change that the EFO class of a foreign packet names."""
    curie = told.one("copy-number-change")
    keys = r.terms.keys_of("changes", curie) if curie and "change" not in told.derived else ()
    return r.terms.label("changes", keys[0]) if len(keys) == 1 else None


def _plain_counts(counts: Json) -> str | None:
    """A count in our own words."""
    if number := text(child(counts, "number"), "value"):
        return number
    low, high = (text(child(counts, "definiteRange"), end) for end in ("min", "max"))
    if low and high:
        return f"{low}-{high}"
    bound = child(counts, "indefiniteRange")
    return f"{text(bound, 'comparator')}{text(bound, 'value')}" if text(bound, "value") else None


def _kind(told: Told, facts: Json) -> str:
    """The kind of a finding by what is told of it; the order decides where several would do."""
    syntaxes = {text(one, "syntax").partition(".")[0] for one in told.expressions}
    only_string = "iscn" in syntaxes and not told.label and not facts.get("genes")
    if (told.rearranged and not only_string) or told.has(REARRANGEMENT) or "fusion" in facts:
        return "rearrangement"
    if told.has(SEQUENCE) or told.unplaced or syntaxes & {"hgvs", "spdi", "gnomad"} or told.named.get("hgvs"):
        return "sequence-variant"
    if told.has(COPY_NUMBER) or told.counts or {"change", "copies", "region"} & facts.keys():
        return "copy-number"
    if told.has(KARYOTYPE) or ((syntaxes | told.named.keys()) & {"iscn"} and not facts.get("genes")):
        return "copy-number" if told.has({"probe", "signals"}) and not told.has(KARYOTYPE) else "karyotype"
    if syntaxes & {"iscn"} or told.named.get("iscn"):
        return "copy-number" if not told.one("transcript") else "rearrangement"
    unknown = told.label and not syntaxes and not facts.get("genes")
    return "karyotype" if unknown else "sequence-variant"


def _fields(told: Told, kind: str, facts: Json, words: str) -> Json:
    """The fields of a finding of ``kind``; ``words`` are what of the label nothing else accounts for."""
    found = _common(told) | _expressions(told, kind, words)
    genes = facts.get("genes", [])
    if kind == "rearrangement":
        if len(genes) == 2 and not told.has(ROLES) and "iscn" in found:
            genes = []  # two that are named have roles: these were read out of the string
        found |= stated(genes=genes, fusion=facts.get("fusion"), transcripts=told.named.get("transcript", []))
    elif kind == "copy-number":
        one = {"gene": genes[0]} if len(genes) == 1 else {"genes": genes}
        control = stated(probe=told.one("control-probe"), copies=told.one("control-copies"))
        place = {name: facts[name] for name in ("region", "change", "copies") if name in facts}
        found |= stated(**one, **place, assembly=told.one("assembly"), control=control)
    elif kind == "sequence-variant":
        vaf = told.one("allele-frequency-stated") or told.one("allele-frequency")
        found |= stated(gene=" ".join(genes), vaf=vaf, assembly=told.one("assembly"), zygosity=facts.get("zygosity"))
        found |= stated(variant_ids=variant_ids(told), transcript=told.one("transcript"))
    elif kind == "normal":
        found |= stated(genes=genes)
    return found


def _common(told: Told) -> Json:
    found: Json = {name: told.one(extension) for extension, name in PLAIN.items() if told.one(extension)}
    for extension, name in COUNTS.items():
        if told.one(extension).isdecimal():
            found[name] = int(told.one(extension))
    for extension, name in FLAGS.items():
        if told.one(extension) in ("true", "false"):
            found[name] = told.one(extension) == "true"
    methods = told.named.get("assay", [])
    cells = told.one("mosaicism-stated") or told.one("mosaicism")
    return found | stated(method=methods[0] if len(methods) == 1 else methods, cells=cells)


def _expressions(told: Told, kind: str, words: str) -> Json:
    """HGVS or ISCN as stated in the label or description, else as the expressions of a foreign packet give it."""
    syntax = "hgvs" if kind == "sequence-variant" else "iscn"
    said = told.named.get(syntax, []) or ([words] if words else [])
    if not told.label or not said:
        said = said or _given(told, syntax) or (_given(told, "spdi") if syntax == "hgvs" and not told.label else [])
    if kind == "normal" or not said:
        return {}
    if syntax == "hgvs" and len(said) == 1 and all(_is_hgvs(one) for one in said[0].split(" ")):
        said = said[0].split(" ")
    return {syntax: said[0] if len(said) == 1 or syntax == "iscn" else said}


def _given(told: Told, syntax: str) -> list[str]:
    return [text(one, "value") for one in told.expressions if text(one, "syntax").startswith(syntax)]


def _is_hgvs(token: str) -> bool:
    return re.fullmatch(r"(?:[A-Za-z0-9_.()]+:)?[cgmnpr]\.[^\s,;()]+(?:\([^\s,;()]*\))?", token) is not None


def variant_ids(told: Told) -> Any:
    """Identifiers as a list where their form tells the database, else by the database's name."""
    pairs = [_identifier(one) for one in told.named.get("variant-id", ())]
    if all(identifiers([local]) == ((source, local),) for source, local in pairs):
        return [local for _, local in pairs]
    return {source or "other": local for source, local in pairs}


def _identifier(written: str) -> tuple[str, str]:
    """Database and identifier of ``dbsnp:rs28934578``; no database where none stands before it."""
    source, colon, local = written.partition(":")
    return (source, local) if colon and local else ("", written)
