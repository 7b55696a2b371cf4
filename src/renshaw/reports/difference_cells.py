"""Columns and cells of a difference between two recordings of one person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from renshaw.core.numbers import between_signed
from renshaw.data.bounds import difference_words, mean_words
from renshaw.findings.words import title_of
from renshaw.reports.tables import Column

if TYPE_CHECKING:
    from renshaw.study.before_after import BeforeAfter


def difference_columns(change: BeforeAfter) -> list[Column]:
    """Return the heads of what `difference_cells` gives."""
    return [
        Column("Quantity", numeric=False),
        Column("Before"),
        Column("After"),
        Column("Difference"),
        Column(f"{100 * change.settings.confidence:g} % CI"),
        Column("", numeric=False),
        Column("Of", numeric=False, wide=True),
    ]


def difference_cells(row: Mapping[Any, Any]) -> list[str]:
    """Return a row of `BeforeAfter.table` in words."""
    of = (
        f"{row['n_paired']} units found in both"
        if row["paired"]
        else f"{row['n_before']} units before, {row['n_after']} after"
    )
    if row["bounds"]:
        of += f"; {row['bounds']} values are only bounds"
    if row["unseen"]:
        of += f"; {row['unseen']} more left out, not seen from onset to end"
    return [
        title_of(str(row["quantity"])),
        mean_words(float(row["before"]), str(row["bound_before"])),
        mean_words(float(row["after"]), str(row["bound_after"])),
        difference_words(float(row["difference"]), str(row["bound"])),
        between_signed(float(row["ci_low"]), float(row["ci_high"])),
        str(row["units"]),
        of,
    ]
