"""Short tables for the terminal, aligned, in plain text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from renshaw.cli.progress import one_line
from renshaw.core.numbers import between_signed, number
from renshaw.data.averages import mean_of
from renshaw.data.bounds import difference_words, mean_words
from renshaw.data.estimates import Estimates
from renshaw.estimation.contractions.over_contractions import over_contractions, spread_over
from renshaw.estimation.quantity import QUANTITIES, during_of, shown_in
from renshaw.findings.words import title_of, uncapital

if TYPE_CHECKING:
    from renshaw.study.before_after import BeforeAfter

_LONGEST_NAME = 40
_MOST_CONTRACTIONS = 6


def summary(estimates: Estimates) -> str:
    """Return the main quantities of one recording: mean, SD and how many values pass the rules."""
    lines = [["", "mean", "SD", "units", "ok"]]
    rows = over_contractions(estimates).rows
    for quantity in shown_in("terminal"):
        mine = [row for row in rows if row.quantity == quantity]
        if not mine:
            continue
        mean = mean_of(mine)
        many = f"{mean.n} of {len(mine)}"
        lines.append([title_of(quantity), mean.words(), number(mean.sd), mine[0].units, many])
    # Without effort there are no units to compare, and no pairs.
    if any(during_of(row.quantity) in ("vibstim", "spasm") for row in rows):
        lines = [["", "value", "units"]]
        lines += [[title_of(row.quantity), row.words, row.units] for row in rows]
        return f"{one_line(next(iter(estimates.recordings), ''))}\n{aligned(lines, left={0, 2})}"
    # Where nobody fires there is nothing to list: the finding says what there is.
    if not any(np.isfinite(row.value) for row in rows if row.unit):
        return ""
    pairs = [row for row in rows if row.quantity == "delta_f_pair"]
    if pairs:
        lines.append(["Pairs", "", "", "", f"{sum(r.ok for r in pairs)} of {len(pairs)}"])
    name = one_line(next(iter(estimates.recordings), ""))
    return "\n\n".join([f"{name}\n{aligned(lines, left={0, 3})}", *_by_contraction(estimates)])


def _by_contraction(estimates: Estimates) -> Iterator[str]:
    """Yield the main quantities contraction by contraction; nothing where there is but one."""
    found = [spread_over(estimates, quantity) for quantity in shown_in("keys")]
    spreads = [spread for spread in found if spread is not None]
    if not spreads or len(spreads[0].contractions) < 2:
        return
    shown = len(spreads[0].contractions)
    more = []
    if shown > _MOST_CONTRACTIONS:
        shown, more = _MOST_CONTRACTIONS, ["…"]
    heads = [str(each) for each in spreads[0].contractions[:shown]]
    lines = [["contraction", *heads, *more, "mean", "SD", "units"]]
    for each in spreads:
        values = each.words[:shown]
        line = [title_of(each.quantity), *values, *more, each.mean_words, number(each.sd)]
        lines.append([*line, each.units])
    yield aligned(lines, left={0, len(lines[0]) - 1})


def overview(estimates: Estimates) -> str:
    """Return one line a recording."""
    estimates = over_contractions(estimates)
    heads = [
        f"{uncapital(QUANTITIES[name].title)} ({QUANTITIES[name].unit})"
        for name in ("delta_f_mean", "peak_rate", "brace_height")
    ]
    lines = [["", "units", heads[0], "pairs", *heads[1:]]]
    for recording in estimates.recordings:
        rows = [row for row in estimates.rows if row.recording == recording]
        whole = {row.quantity: mean_of([row]).words() for row in rows if row.unit == 0}
        pairs = [row.ok for row in rows if row.quantity == "delta_f_pair"]
        lines.append(
            [
                _short(one_line(recording)),
                whole.get("n_units", "–"),
                whole.get("delta_f_mean", "–"),
                f"{sum(pairs)} of {len(pairs)}",
                *(
                    mean_of(r for r in rows if r.quantity == q).words()
                    for q in ("peak_rate", "brace_height")
                ),
            ]
        )
    return aligned(lines, left={0})


def differences(change: BeforeAfter) -> str:
    """Return one line a quantity: before, after, and their difference with its interval."""
    interval = f"{100 * change.settings.confidence:g} % CI"
    lines = [["", "before", "after", "difference", interval, "units", "of"]]
    for row in change.table.to_dict("records"):
        of = (
            f"{row['n_paired']} in both"
            if row["paired"]
            else f"{row['n_before']} and {row['n_after']}"
        )
        lines.append(
            [
                title_of(row["quantity"]),
                mean_words(row["before"], row["bound_before"]),
                mean_words(row["after"], row["bound_after"]),
                difference_words(row["difference"], row["bound"]),
                between_signed(row["ci_low"], row["ci_high"]),
                row["units"],
                of,
            ]
        )
    return aligned(lines, left={0, 5, 6})


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…"


def aligned(lines: Sequence[Sequence[str]], left: set[int]) -> str:
    """Return rows of cells as columns."""
    widths = [max(len(row[i]) for row in lines) for i in range(len(lines[0]))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if i in left else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in lines
    )
