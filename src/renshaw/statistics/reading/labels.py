"""Labels that are nearly the same: "Pre" and "pre", "P1" and "P01", "control" and "contorl".

Taken as two levels they split people and conditions without a word; whoever made the table says
whether they are one.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from itertools import combinations
from typing import TYPE_CHECKING, Any

from renshaw.core.errors import DataError, Place
from renshaw.statistics.formulas.design import level_words

if TYPE_CHECKING:
    import pandas as pd

ASK, MERGE, KEEP = "ask", "merge", "keep"
# Of more labels than this, only those that are written alike are looked for, not slips of the pen.
_MOST_COMPARED = 60
_SHORTEST_WORD = 5
# A slip is rare beside the label that was meant.
_RARE = 0.2


_CURE = (
    "Correct the table; or say --labels merge (labels='merge') to take them as one, --labels keep "
    "(labels='keep') to take them as different."
)


def one_spelling(
    table: pd.DataFrame, columns: Sequence[str], labels: str, source: str, *, cure: str = _CURE
) -> pd.DataFrame:
    """Return the table with one spelling a level, as ``labels`` wants it.

    Parameters
    ----------
    table : DataFrame
    columns : sequence of str
        Where levels are looked at; columns of numbers are passed over.
    labels : str
        "ask" refuses labels that are nearly the same, "merge" takes them as the most frequent
        one of them, "keep" as different.
    source : str
        What the table is called.
    cure : str
        What can be done, for the question.

    Raises
    ------
    DataError
        Two labels of a column are nearly the same, and nobody said what they are.
    """
    if labels == KEEP:
        return table
    merged: dict[str, Any] = {}
    for name in columns:
        counts = _counts(table[name])
        twins = near_equal(counts)
        if not twins:
            continue
        if labels == ASK:
            raise _question(name, twins[0], counts, source, cure)
        meant = {word: max(group, key=lambda w: counts[w]) for group in twins for word in group}
        words = [None if value != value else level_words(value) for value in table[name]]
        merged[name] = [meant.get(word, word) if word is not None else None for word in words]
    return table.assign(**merged)


def _counts(column: pd.Series[Any]) -> dict[str, int]:
    import pandas as pd

    if pd.api.types.is_numeric_dtype(column):
        return {}
    return dict(Counter(level_words(value) for value in column.dropna()))


def near_equal(counts: dict[str, int]) -> list[tuple[str, ...]]:
    """Return groups of labels that differ by case, spaces, signs or zeros, or by a slip of the pen.

    Parameters
    ----------
    counts : dict
        How often each label occurs.
    """
    alike: dict[str, list[str]] = {}
    for word in counts:
        alike.setdefault(_key(word), []).append(word)
    groups = [tuple(words) for words in alike.values() if len(words) > 1]
    if groups or len(counts) > _MOST_COMPARED:
        return groups
    return [
        (a, b)
        for a, b in combinations(counts, 2)
        if _slipped(_key(a), _key(b)) and _rare(counts[a], counts[b])
    ]


def _key(word: str) -> str:
    """Return what of a label is meant: no case, accents' forms, separators or leading zeros."""
    plain = unicodedata.normalize("NFKC", word).casefold().strip(" \t.,;:")
    plain = re.sub(r"[\s_\-‐-―]+", "-", plain)
    # Between digits a sign tells "1-1" from "11"; beside a letter it tells nothing.
    plain = re.sub(r"(?<=[^\W\d])-|-(?=[^\W\d])", "", plain)
    return re.sub(r"(?<![\d.,])0+(?=\d)", "", plain)


def _rare(a: int, b: int) -> bool:
    return min(a, b) <= _RARE * max(a, b)


def _slipped(a: str, b: str) -> bool:
    """Whether two words differ by one letter left out, added, taken for another or swapped."""
    if min(len(a), len(b)) < _SHORTEST_WORD or abs(len(a) - len(b)) > 1:
        return False
    start = 0
    while a[start : start + 1] == b[start : start + 1] and start < len(a):
        start += 1
    left, right = a[start:], b[start:]
    changed = {
        "taken": (left[:1] + right[:1], left[1:] == right[1:]),
        "left out": (right[:1], left == right[1:]),
        "added": (left[:1], left[1:] == right),
        "swapped": (left[:2], left[:2] == right[1::-1] and left[2:] == right[2:]),
    }
    # "week1" and "week2", "group A" and "group B" are meant to differ by one sign.
    return any(same and signs.isalpha() and start < len(a) - 1 for signs, same in changed.values())


def _question(
    column: str, twins: tuple[str, ...], counts: dict[str, int], source: str, cure: str
) -> DataError:
    *others, last = sorted(twins, key=lambda word: -counts[word])
    shown = ", ".join(f"{word!r} ({counts[word]} rows)" for word in others)
    return DataError(
        f"the column {column!r} has {shown} and {last!r} ({counts[last]} rows). Are they one "
        f"label, written in several ways? {cure}",
        name=column,
        place=Place(file=source),
    )
