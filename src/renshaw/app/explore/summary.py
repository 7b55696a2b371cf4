"""A picture in numbers and in a sentence, for those who look and those who listen."""

from __future__ import annotations

import math
from collections.abc import Sequence

from renshaw.core.numbers import number
from renshaw.data.estimates import Estimates
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
    good = [row.value for row in rows if row.ok and math.isfinite(row.value)]
    figure = {"title": title_of(name), "value": "–", "unit": rows[0].units, "why": ""}
    if rows[0].unit:
        figure["title"] = f"Mean {uncapital(title_of(name))}"
    if good:
        return {**figure, "value": number(sum(good) / len(good), 2)}
    why = rows[0].reason
    if "unfinished" in rows[0].reasons.codes and math.isfinite(rows[0].value):
        # It was cut off by the end of the recording: longer than this is all that is known.
        return {**figure, "value": f"> {number(rows[0].value, 2)}", "why": why}
    return {**figure, "why": why}
