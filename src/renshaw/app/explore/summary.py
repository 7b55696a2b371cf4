"""A picture in numbers and in a sentence, for those who look and those who listen."""

from __future__ import annotations

import math
from collections.abc import Sequence

from renshaw.core.numbers import number
from renshaw.data.averages import mean_of
from renshaw.data.estimates import Estimate, Estimates
from renshaw.estimation.quantity import shown_in
from renshaw.findings.words import title_of, uncapital


def key_figures(estimates: Estimates, peak_torque: float | None, unit: str) -> list[dict[str, str]]:
    """Return the numbers worth seeing first: title, value, unit and, if it is none, why."""
    # A quantity that was not estimated is left out.
    shown = [name for name in shown_in("explore") if name in estimates.quantities]
    found = [_figure(estimates, name) for name in shown]
    if peak_torque is not None and math.isfinite(peak_torque):
        found.append(
            {"title": "Peak torque", "value": number(peak_torque), "unit": unit, "why": ""}
        )
    return found


def spoken(figures: Sequence[dict[str, str]]) -> str:
    """Return the numbers as one sentence."""
    said = [
        f"{figure['title']}: {figure['value']} {figure['unit']}".strip()
        if figure["value"] != "–"
        else f"{figure['title']}: none"
        for figure in figures
    ]
    return "; ".join(said) + "." if said else "Nothing was measured."


def _figure(estimates: Estimates, name: str) -> dict[str, str]:
    rows = estimates.select(name).rows
    title = title_of(name)
    title = f"Mean {uncapital(title)}" if rows[0].unit else title
    mean = mean_of(rows)
    figure = {"title": title, "value": mean.words(2), "unit": rows[0].units, "why": ""}
    sure = mean.n and not mean.bounded and not mean.unseen
    return figure if sure else {**figure, "why": _why(rows)}


def _why(rows: Sequence[Estimate]) -> str:
    """Return why there is no value, why it is not known, or why it is a bound."""
    unseen = [row.reason for row in rows if row.unseen]
    bounded = [row.reason for row in rows if row.ok and row.bound != "exact"]
    return (unseen or bounded or [rows[0].reason])[0]
