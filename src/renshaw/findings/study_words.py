"""What is said of the comparisons of a study."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from renshaw.core.numbers import p_equals
from renshaw.study.families import judged_p


def p_words(row: Mapping[Any, Any], family: int) -> str:
    """Return a comparison's p-value, corrected for a family, and alone where that says otherwise.

    The interval beside it is not corrected: it says what the p-value alone says.
    """
    alone, p = float(row["p_value"]), judged_p(row)
    if family < 2:
        return p_equals(alone)
    once = f"{p_equals(alone)} uncorrected, " if (alone <= 0.05) != (p <= 0.05) else ""
    return f"{once}{p_equals(p)}, Holm"
