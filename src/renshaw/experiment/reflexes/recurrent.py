"""Recurrent inhibition from a synergist: motor axons that a pulse excites inhibit the reflex.

Impulses that run up the motor axons of a muscle excite Renshaw cells by the axons' collaterals, and
these inhibit the motoneurons of its synergists as well as its own. In people the inhibition of the
soleus by the nerve of the gastrocnemius medialis grows with the M-wave that comes of it and lasts
for tens of milliseconds (Rossi et al. 1994, doi:10.1016/0304-3940(94)90325-5).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from renshaw.core.settings import setting
from renshaw.data.arrays import FloatArray
from renshaw.experiment.reflexes.bench import Bench, Progress
from renshaw.experiment.reflexes.conditioning import (
    ConditionedSettings,
    Course,
    conditioned,
    smallest,
)
from renshaw.experiment.reflexes.mixed_nerve import MOTOR_m_per_s, TO_THE_CORD_m
from renshaw.experiment.reflexes.register import Found, tests
from renshaw.experiment.reflexes.result import Outcome
from renshaw.model.circuits.recurrent_inhibition import (
    DELAY_ms,
    RecurrentInhibition,
    answer_pps,
    volley_pps,
)

if TYPE_CHECKING:
    import pandas as pd

# A reflex below this is inhibited (% of control).
_INHIBITED = 90.0


@dataclass(frozen=True, kw_only=True)
class RecurrentSettings(ConditionedSettings):
    """The H-reflex after impulses in the motor axons of a synergist: recurrent inhibition."""

    name: ClassVar[str] = "recurrent"
    title: ClassVar[str] = "Recurrent inhibition"

    intervals_ms: tuple[float, ...] = setting(
        (0.0, 2.0, 4.0, 6.0, 8.0, 10.0, 15.0, 20.0, 30.0, 40.0, 60.0, 80.0),
        "from the pulse to the synergist's nerve to the one that evokes the reflex",
        unit="ms",
    )
    axons_pct: float = setting(
        50.0, "share of the synergist's motor axons that the pulse excites", unit="%", ge=0, le=100
    )


@tests(RecurrentSettings)
def recurrent(bench: Bench, settings: RecurrentSettings, progress: Progress | None) -> Found:
    """Return the reflex at each interval, and how deep and how long the inhibition is."""
    cells = RecurrentInhibition.of(bench.pool, bench.cord.recurrent_gain)
    # Renshaw cells are shared: the synergist's axons count like the muscle's own.
    mean = 0.0 if cells is None else float(cells.inhibition.mean())
    up_s = TO_THE_CORD_m / np.mean(MOTOR_m_per_s) + DELAY_ms / 1000

    def inhibition(interval_ms: float) -> Course:
        def course(times_s: FloatArray) -> FloatArray:
            since_ms = 1000.0 * (times_s - up_s) + interval_ms
            drive = settings.axons_pct / 100.0 * volley_pps(since_ms)
            return np.asarray(mean * answer_pps(drive))

        return course

    table, waves = conditioned(
        bench, settings.intervals_ms, settings.test_pct_hmax, lambda _: 1.0, inhibition, progress
    )
    outcomes = (
        Outcome("H at its smallest", smallest(table, -50.0, 2000.0), "% of control"),
        Outcome(
            "duration of the inhibition",
            _lasts_ms(table),
            "ms",
        ),
    )
    return Found(table, outcomes, waves)


def _lasts_ms(table: pd.DataFrame) -> float:
    """Return for how long the reflex is below 90 % of control around its smallest value.

    Linear between intervals; NaN where it does not come back within those tested.
    """
    share, at_ms = table["h_pct_control"].to_numpy(), table["interval_ms"].to_numpy()
    if np.isnan(share).any():
        return float("nan")
    least = int(np.argmin(share))
    if share[least] >= _INHIBITED:
        return 0.0
    before = np.flatnonzero(share[:least] >= _INHIBITED)
    after = np.flatnonzero(share[least:] >= _INHIBITED)
    if len(before) == 0 or len(after) == 0:
        return float("nan")
    first, last = before[-1], least + after[0]
    falls = np.interp(-_INHIBITED, -share[first : first + 2], at_ms[first : first + 2])
    rises = np.interp(_INHIBITED, share[last - 1 : last + 1], at_ms[last - 1 : last + 1])
    return float(rises - falls)
