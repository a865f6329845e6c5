"""Where the tables, artefacts and samples are: inside an installed wheel, or beside the package in a checkout."""

from __future__ import annotations

from pathlib import Path

_HERE = Path(__file__).parent


def mappings() -> Path:
    """The folder of mapping tables."""
    return _folder("mappings")


def samples() -> Path:
    """The folder of sample cases."""
    return _folder("samples")


def _folder(name: str) -> Path:
    inside = _HERE / f"_{name}"
    return inside if inside.is_dir() else _HERE.parent / name
