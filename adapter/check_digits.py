"""Check digits of codes: LOINC numbers end in a mod 10 digit (LOINC Users' Guide), SNOMED CT ids in a Verhoeff digit.

A wrong one is a typing error that no table can tell from a code it does not have.
"""

from __future__ import annotations

import re

_NUMBER = re.compile(r"([0-9]{1,7})-([0-9])")
_D = ((0, 1, 2, 3, 4, 5, 6, 7, 8, 9), (1, 2, 3, 4, 0, 6, 7, 8, 9, 5), (2, 3, 4, 0, 1, 7, 8, 9, 5, 6),
      (3, 4, 0, 1, 2, 8, 9, 5, 6, 7), (4, 0, 1, 2, 3, 9, 5, 6, 7, 8), (5, 9, 8, 7, 6, 0, 4, 3, 2, 1),
      (6, 5, 9, 8, 7, 1, 0, 4, 3, 2), (7, 6, 5, 9, 8, 2, 1, 0, 4, 3), (8, 7, 6, 5, 9, 3, 2, 1, 0, 4),
      (9, 8, 7, 6, 5, 4, 3, 2, 1, 0))  # fmt: skip
_P = ((0, 1, 2, 3, 4, 5, 6, 7, 8, 9), (1, 5, 7, 6, 2, 8, 3, 0, 9, 4), (5, 8, 0, 3, 7, 9, 6, 1, 4, 2),
      (8, 9, 1, 6, 0, 4, 3, 5, 2, 7), (9, 4, 5, 3, 1, 2, 6, 8, 7, 0), (4, 2, 8, 6, 5, 7, 3, 9, 0, 1),
      (2, 7, 9, 3, 8, 0, 6, 4, 1, 5), (7, 0, 4, 6, 9, 1, 3, 2, 5, 8))  # fmt: skip


def is_loinc(code: str) -> bool:
    """Whether ``code`` is a LOINC term number: up to seven digits, a hyphen, and the digit that follows from them.

    >>> is_loinc("26515-7"), is_loinc("26515-8")
    (True, False)
    """
    found = _NUMBER.fullmatch(code)
    if found is None:
        return False
    digits = reversed(found[1])
    total = sum(sum(divmod(int(d) * 2, 10)) if n % 2 == 0 else int(d) for n, d in enumerate(digits))
    return -total % 10 == int(found[2])


def is_snomed(code: str) -> bool:
    """Whether the last digit of a SNOMED CT id follows from those before it; ``code`` is all digits.

    >>> is_snomed("119359002"), is_snomed("119359003")
    (True, False)
    """
    check = 0
    for n, digit in enumerate(reversed(code)):
        check = _D[check][_P[n % 8][int(digit)]]
    return check == 0
