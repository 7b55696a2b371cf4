"""How much the choice of method matters, in sentences."""

from __future__ import annotations

import numpy as np

from renshaw.core.finding import Finding, Number, finds
from renshaw.core.numbers import number
from renshaw.estimation.multiverse import Multiverse


@finds(Multiverse)
def findings(multiverse: Multiverse) -> tuple[Finding, ...]:
    """Return how far the mean ΔF depends on the choice of method."""
    every = np.array([universe.delta_f_mean for universe in multiverse.universes], dtype=float)
    means = every[np.isfinite(every)]
    lost = len(every) - len(means)
    left_out = [f"{lost} of {len(every)} analyses, which give no ΔF."] if lost else []
    if len(means) < 2:
        sentence = (
            f"How much the choice of method matters can't be told: {len(means)} of {len(every)} "
            "defensible analyses of these discharges give a ΔF."
        )
        return (Finding(sentence=sentence, left_out=left_out if len(means) else []),)
    middle = float(np.median(means))
    low, high = (float(q) for q in np.percentile(means, [2.5, 97.5]))
    sentence = (
        f"How much the choice of method matters: over {len(means)} defensible analyses of the same "
        f"discharges, the median of the mean ΔF is {number(middle)} pps, and 95 % of them lie "
        f"between {number(low)} and {number(high)} pps."
    )
    bounded = sum(
        universe.bound != "exact" and bool(np.isfinite(universe.delta_f_mean))
        for universe in multiverse.universes
    )
    unknown = sum(universe.bound == "unknown" for universe in multiverse.universes)
    if unknown:
        many = "These means are" if unknown == len(means) else f"{unknown} of these means are"
        sentence += (
            f" {many} of a part of the test units alone, as an onset or end of the others was not "
            "seen: those of all are not known."
        )
    elif bounded:
        many = "These means are" if bounded == len(means) else f"{bounded} of these means are"
        sentence += f" {many} bounds: the true ones are larger."
    shown = Number(
        name="Mean ΔF over all analyses",
        value=float("nan") if unknown else middle,
        unit="pps",
        low=float("nan") if unknown else low,
        high=float("nan") if unknown else high,
        interval="95 % of analyses",
        bound=">" if bounded and not unknown else "",
    )
    return (
        Finding(sentence=sentence, numbers=[shown], n=len(means), of="analyses", left_out=left_out),
    )
