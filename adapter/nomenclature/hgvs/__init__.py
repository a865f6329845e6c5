"""hgvs."""
