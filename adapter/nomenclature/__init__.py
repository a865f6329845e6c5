"""nomenclature."""
