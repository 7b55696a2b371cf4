"""How what was left out is said: each reason once, with how often it occurs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

_MOST = 4


def reasons(counts: Mapping[str, int], most: int = _MOST) -> str:
    """Return reasons with their counts, the most frequent first.

    >>> reasons({"no torque": 3, "too short": 1})
    'no torque (3), too short (1)'
    """
    often = Counter({why: n for why, n in counts.items() if n}).most_common()
    said = [f"{why.rstrip('.')} ({n})" for why, n in often[:most]]
    rest = sum(n for _, n in often[most:])
    return ", ".join([*said, *([f"other reasons ({rest})"] if rest else [])])


def named(names: Iterable[str], most: int = 12) -> str:
    """Return a list of names that does not grow without end.

    >>> named(["a", "b", "c"], most=2)
    'a, b and 1 more'
    """
    names = list(names)
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
