"""The interaction map: a factorial of stimulation, relaxation and drug, and what it says.

Two yardsticks: the sum of what each does alone, and independent action (Bliss 1939): each takes its
share of what the others leave. A floor is reached where hardly more is left than the reflex of a
cord without persistent inward currents.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from renshaw.core.seeds import derived_seed
from renshaw.model.participant import Participant
from renshaw.optimization.axes import by_person
from renshaw.optimization.bench import Bench, Test
from renshaw.optimization.goal import Goal
from renshaw.optimization.therapy import NONE, PARTS, Therapy
from renshaw.statistics.intervals import mean_interval

if TYPE_CHECKING:
    import pandas as pd

LEVELS = (0.0, 0.5, 1.0)
# At a floor: so much of what can be taken away at all is left.
_FLOOR_SHARE = 0.1

FLOOR, MORE, SUM, LESS = "at a floor", "synergistic", "additive", "less than additive"
INDEPENDENT = "independent: less than the sum"


def part_of(whole: Therapy, shares: Sequence[float]) -> Therapy:
    """Return a therapy with only a share of each of its parts: of pulses, of depth, of dose."""
    stimulation, relaxation, drug = shares
    changes: dict[str, object] = {"depth": round(whole.depth * relaxation, 4)}
    if stimulation == 0:
        changes |= {"timing": NONE, "frequency_hz": 0.0, "intensity_xmt": 0.0}
    else:
        changes |= {"frequency_hz": round(whole.frequency_hz * stimulation, 2)}
    if drug == 0:
        changes |= {"drug": NONE, "dose_pct": 0.0}
    else:
        changes |= {"dose_pct": round(whole.dose_pct * drug, 4)}
    return whole.replace(**changes)


def cells(whole: Therapy, people: Sequence[Participant], goal: Goal, bench: Bench) -> pd.DataFrame:
    """Return the burden of every person in every cell of the factorial.

    Returns
    -------
    DataFrame
        Columns stimulation, relaxation, drug (share of that in `whole`: 0, 0.5, 1), person, burden,
        and floor: the burden of the person without persistent inward currents and without therapy.
    """
    shares = list(itertools.product(LEVELS, repeat=len(PARTS)))
    therapies = [part_of(whole, each) for each in shares]
    table = by_person(therapies, people, goal, bench, "interaction map", force=False)
    for place, name in enumerate(PARTS):
        table[name] = [shares[k][place] for k in table["therapy"]]
    without = [who.treated(receptors_driven=0.0, receptors_constitutive=0.0) for who in people]
    tests = [
        Test(goal.test, (), who, derived_seed(goal.seed, "search", who.name, 0)) for who in without
    ]
    left = bench.results(tests, "interaction map")
    floor = {who.name: found["burden"] for who, found in zip(people, left, strict=True)}
    table["floor"] = [floor[name] for name in table["person"]]
    return table[[*PARTS, "person", "burden", "floor"]]


def interactions(table: pd.DataFrame) -> pd.DataFrame:
    """Return what combinations do beside what their parts do alone.

    Returns
    -------
    DataFrame
        One row a combination at half or whole strength: parts, strength, burden (mean over
        persons), alone (reduction by each part, as text), sum_expected and bliss_expected (mean
        burdens), above_sum and above_bliss (observed minus expected, mean with its 95 % interval
        over persons: negative is synergy), left_pct (of what can be taken away at all) and verdict.
    """
    import pandas as pd

    wide = table.pivot_table(index="person", columns=list(PARTS), values="burden", sort=False)
    floor = table.groupby("person", sort=False)["floor"].first().reindex(wide.index)
    untreated = wide[(0.0, 0.0, 0.0)]
    rows = []
    for strength in LEVELS[1:]:
        for size in (2, 3):
            for chosen in itertools.combinations(range(len(PARTS)), size):
                alone = [
                    wide[tuple(strength * (k == j) for j in range(len(PARTS)))] for k in chosen
                ]
                joint = wide[tuple(strength * (j in chosen) for j in range(len(PARTS)))]
                name = " + ".join(PARTS[k] for k in chosen)
                rows.append(
                    {"parts": name, "strength": strength} | _row(untreated, alone, joint, floor)
                )
    return pd.DataFrame(rows)


def _row(
    untreated: pd.Series[float],
    alone: Sequence[pd.Series[float]],
    joint: pd.Series[float],
    floor: pd.Series[float],
) -> dict[str, object]:
    total = untreated + sum(each - untreated for each in alone)
    shares = [(each / untreated.where(untreated > 0)).fillna(1.0) for each in alone]
    bliss = untreated * np.prod(shares, axis=0)
    above_sum, sum_low, sum_high = mean_interval((joint - total).to_numpy(float))
    above_bliss, bliss_low, bliss_high = mean_interval((joint - bliss).to_numpy(float))
    room = float((untreated - floor).mean())
    left = float((joint - floor).mean()) / room if room > 0 else 0.0
    return {
        "burden": float(joint.mean()),
        "untreated": float(untreated.mean()),
        "floor": float(floor.mean()),
        "sum_expected": float(total.mean()),
        "above_sum": above_sum,
        "above_sum_low": sum_low,
        "above_sum_high": sum_high,
        "bliss_expected": float(bliss.mean()),
        "above_bliss": above_bliss,
        "above_bliss_low": bliss_low,
        "above_bliss_high": bliss_high,
        "left_pct": 100.0 * left,
        "verdict": _verdict(left, (sum_low, sum_high), (bliss_low, bliss_high)),
    }


def _verdict(left: float, sums: tuple[float, float], bliss: tuple[float, float]) -> str:
    if left <= _FLOOR_SHARE:
        return FLOOR
    if sums[1] < 0:
        return MORE
    if sums[0] <= 0:
        return SUM
    return INDEPENDENT if bliss[0] <= 0 <= bliss[1] else LESS
