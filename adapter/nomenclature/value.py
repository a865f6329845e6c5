"""What all small values of the nomenclature engines are: never changed, and cheap to make."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeVar, dataclass_transform

_T = TypeVar("_T")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def value(cls: type[_T]) -> type[_T]:
    """A class of values that are never changed, which the type checker holds us to.

    A frozen dataclass holds its users to it at run time too, which makes each of the many values four times as slow.
    """
    return dataclass(slots=True, unsafe_hash=True)(cls)
