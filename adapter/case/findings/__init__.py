"""The roll of finding kinds: one module and one line each."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from adapter.case.findings.copy_number import CopyNumber
from adapter.case.findings.finding import GenomicFinding, Understood
from adapter.case.findings.karyotype import Karyotype
from adapter.case.findings.normal import Normal
from adapter.case.findings.observations import Expressed, Immunophenotype, Measurement, ResidualDisease
from adapter.case.findings.rearrangement import Rearrangement
from adapter.case.findings.sequence_variant import SequenceVariant

Finding = Annotated[
    Karyotype
    | CopyNumber
    | SequenceVariant
    | Rearrangement
    | ResidualDisease
    | Expressed
    | Immunophenotype
    | Measurement
    | Normal,
    Field(discriminator="kind"),
]

__all__ = [
    "CopyNumber", "Expressed", "Finding", "GenomicFinding", "Immunophenotype", "Karyotype", "Measurement", "Normal",
    "Rearrangement", "ResidualDisease", "SequenceVariant", "Understood",
]  # fmt: skip
