"""`Posterior`: what a recording says of the state of its cord, and what it doesn't."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from renshaw.core.history import History
from renshaw.core.results import Result
from renshaw.inference import targets
from renshaw.inference.calibration import Calibration
from renshaw.inference.familiar import Unusual
from renshaw.inference.prior import more_than_usual
from renshaw.model.cord import USUAL_PCT_MVC
from renshaw.model.editions import ON_THE_FIRST_EDITION, TRAINED_EDITION
from renshaw.model.participant import Participant
from renshaw.study.persons import persons_from_samples

if TYPE_CHECKING:
    import pandas as pd

QUANTILES = (0.05, 0.5, 0.95)
# Less narrowed than this, a parameter was not learned (%).
LEARNED_pct: float = 10.0
# Samples that go together like this can't be told apart.
ENTANGLED_r: float = 0.6

# One more unit of tonic inhibition looks, in a recording, like so much less neuromodulation: the
# weight with which training recordings tell the two together best (docs/inference.md).
NET_OF_INHIBITION = 0.03

# What follows from the parameters, and is told beside them.
DERIVED = (
    targets.Parameter(
        "neuromodulation_in_task",
        "published = 1",
        "scale of the L-type conductance during the contraction",
        "state",
    ),
    targets.Parameter(
        "net_amplification",
        "published = 1",
        "neuromodulation in the task, minus the effect of tonic inhibition "
        f"({NET_OF_INHIBITION:g} for each 1e-5 S/cm2)",
        "state",
    ),
    targets.Parameter(
        "inhibition_at_peak", "1e-5 S/cm2", "all synaptic inhibition at the peak of drive", "state"
    ),
    targets.Parameter("peak_effort_pct", "%", "peak drive in % of the largest", "drive"),
)
ABOUT = {each.name: each for each in (*targets.PARAMETERS, *DERIVED)}


@dataclass(frozen=True)
class Check:
    """Persons of the posterior who did the contraction again.

    Parameters
    ----------
    persons : int
    inside_pct : float
        Summaries of the recording that lie within 90 % of theirs.
    outside : tuple of str
        Those that lie farthest out.
    """

    persons: int
    inside_pct: float
    outside: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Posterior(Result):
    """Samples of the state of a cord, given one recording of it.

    Parameters
    ----------
    samples : DataFrame
        One row a sample; columns that are named like a setting of `Participant` mean the same.
    prior : DataFrame
        Values that stand for what was thought likely before, one column a parameter.
    name : str
        Of the recording.
    muscle : str
    n_units : int
        That were used.
    peak_pct_mvc : float or None
        Height of the contraction.
    farther_than_pct : float
        Share of simulations, kept out of training, that are nearer to what was simulated.
    unusual : tuple of Unusual
        What is least as expected, worst first.
    warnings : tuple of str
        Why numbers should not be trusted, in sentences; empty where nothing speaks against them.
    notes : tuple of str
        What else is worth knowing.
    calibration : Calibration or None
        Of the networks, on simulations that they never saw.
    check : Check or None
    history : History
    """

    samples: pd.DataFrame
    prior: pd.DataFrame
    name: str
    muscle: str
    n_units: int
    peak_pct_mvc: float | None
    farther_than_pct: float
    unusual: tuple[Unusual, ...] = ()
    warnings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    calibration: Calibration | None = None
    check: Check | None = None
    history: History = field(default_factory=History)

    @property
    def trusted(self) -> bool:
        """Whether nothing speaks against the numbers."""
        return not self.warnings

    def to_table(self) -> pd.DataFrame:
        """Return one row a parameter: mean, sd, q05, q50, q95, unit, narrowed_pct, remark."""
        import pandas as pd

        rows = []
        for name in self.samples.columns:
            values = self.samples[name].to_numpy()
            low, middle, high = np.quantile(values, QUANTILES)
            narrowed = self.narrowed_pct(name)
            rows.append(
                {
                    "parameter": name,
                    "mean": values.mean(),
                    "sd": values.std(ddof=1),
                    "q05": low,
                    "q50": middle,
                    "q95": high,
                    "unit": ABOUT[name].unit if name in ABOUT else "",
                    "narrowed_pct": narrowed,
                    "remark": "" if not narrowed < LEARNED_pct else NOT_LEARNED,
                }
            )
        return pd.DataFrame(rows)

    def narrowed_pct(self, name: str) -> float:
        """Return by how much the recording has narrowed a parameter; NaN for what is derived.

        Parameters
        ----------
        name : str
            Of a parameter.
        """
        if name not in self.prior:
            return float("nan")
        return float(100 * (1 - self.samples[name].std() / self.prior[name].std()))

    def entangled(self) -> list[tuple[str, str, float]]:
        """Return the parameters that can't be told apart, with their correlation, worst first."""
        names = targets.NAMES
        learned = [self.narrowed_pct(name) >= LEARNED_pct for name in names]
        r = np.corrcoef(self.samples[list(names)].to_numpy().T)
        found = [
            (names[i], names[j], float(r[i, j]))
            for i in range(len(names))
            for j in range(i + 1, len(names))
            if abs(r[i, j]) >= ENTANGLED_r and (learned[i] or learned[j])
        ]
        return sorted(found, key=lambda each: -abs(each[2]))

    def sentences(self) -> tuple[str, ...]:
        """Return what the recording says and doesn't say, in plain words."""
        said = []
        for name in targets.NAMES:
            if self.narrowed_pct(name) < LEARNED_pct:
                said.append(
                    f"{plain(name)}: this recording cannot tell; the posterior is the prior."
                )
        for a, b, r in self.entangled():
            said.append(
                f"{plain(a)} and {plain(b, first=False)} cannot be separated in this recording "
                f"(r = {r:.2f})."
            )
        if self.check is None:
            said.append(
                "Whether the inferred cord would fire as recorded was not checked; check = 20 "
                "(--check 20) checks it on 20 virtual persons in half a minute."
            )
        return tuple(said)

    def participants(self, n: int, seed: int = 0) -> tuple[Participant, ...]:
        """Return persons drawn from the posterior, for `rs.simulate` and `rs.optimize`.

        Their cords act as the recorded one did, whatever condition made it so.

        Parameters
        ----------
        n : int
            How many.
        seed : int
            Which of them.
        """
        typical = Participant(edition=TRAINED_EDITION, name=self.name, muscle=self.muscle)
        return persons_from_samples(self.samples, typical, n, seed)

    def __repr__(self) -> str:
        return f"Posterior({self.name!r}, {self.muscle}, {len(self.samples)} samples)"

    def __str__(self) -> str:
        columns = ["parameter", "mean", "sd", "q05", "q50", "q95", "remark"]
        table = self.to_table()[columns].to_string(index=False, float_format="%.3g")
        warned = [f"Warning: {words}" for words in self.warnings]
        return "\n".join([ON_THE_FIRST_EDITION, repr(self), *warned, table, *self.sentences()])


NOT_LEARNED = "not learned from this recording"

_PLAIN = {
    "neuromodulation": "neuromodulation",
    "inhibition": "tonic inhibition",
    "inhibition_per_drive": "the pattern of inhibition",
    "peak_drive": "peak drive",
    "drive_half_up_pct": "the shape of drive on the way up",
    "drive_half_down_pct": "the shape of drive on the way down",
    "ahp_scale": "the duration of the afterhyperpolarization",
    "pic_shift_mV": "the shift of the L-type activation",
    "synaptic_noise": "synaptic noise",
    "largest_drive": "the largest drive",
    "size_advantage": "the advantage of large units in being found",
    "neuromodulation_in_task": "neuromodulation during the contraction",
    "net_amplification": "net amplification",
    "inhibition_at_peak": "inhibition at the peak",
    "peak_effort_pct": "peak effort",
}


def plain(name: str, *, first: bool = True) -> str:
    """Return what a parameter is called in a sentence."""
    words = _PLAIN.get(name, name)
    return words[:1].upper() + words[1:] if first else words


def tabulated(drawn: NDArray[np.float64], muscle: str, peak_pct_mvc: float | None) -> pd.DataFrame:
    """Return samples with what follows from them; neuromodulation as in an effort of 20 % MVC.

    Parameters
    ----------
    drawn : array, shape (samples, parameters)
        In the order of `targets.NAMES`; neuromodulation is that of the task.
    muscle : str
    peak_pct_mvc : float or None
        Height of the contraction; 20 % MVC where it is not known.
    """
    import pandas as pd

    table = pd.DataFrame(drawn, columns=list(targets.NAMES))
    for name in targets.NAMES:
        table[name] = table[name].clip(*targets.bounds(name))
    more = more_than_usual(muscle, USUAL_PCT_MVC if peak_pct_mvc is None else peak_pct_mvc)
    table["neuromodulation_in_task"] = table["neuromodulation"]
    table["net_amplification"] = table["neuromodulation"] - NET_OF_INHIBITION * table["inhibition"]
    table["neuromodulation"] -= more
    at_peak = table["inhibition"] + table["inhibition_per_drive"] * table["peak_drive"]
    table["inhibition_at_peak"] = at_peak.clip(lower=0.0)
    effort = 100 * table["peak_drive"] / table["largest_drive"]
    table["peak_effort_pct"] = effort.clip(upper=100.0)
    return table
