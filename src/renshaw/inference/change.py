"""`infer_change`: what changed in a cord between two recordings of one person.

Did relaxation act on neuromodulation, or did stimulation act through inhibition? Networks that saw
pairs of simulated recordings answer that directly: what the two share (pool, electrodes, protocol)
cancels, which it would not in a difference of two posteriors.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from renshaw.core.errors import DataError, needs
from renshaw.core.history import History, Step
from renshaw.core.results import Result
from renshaw.core.seeds import checked_seed
from renshaw.core.settings import settings_for
from renshaw.core.version import __version__
from renshaw.data.recording import Recording
from renshaw.inference.calibration import Calibration
from renshaw.inference.cautions import cut_off, differences, summarized
from renshaw.inference.infer import CITES, infer, muscle_of, of_one_muscle, one_contraction
from renshaw.inference.posterior import ABOUT, NET_OF_INHIBITION, QUANTILES, Posterior
from renshaw.inference.settings import InferSettings
from renshaw.inference.trained import Trained, shipped
from renshaw.model.editions import ON_THE_FIRST_EDITION
from renshaw.model.muscles import MUSCLES

if TYPE_CHECKING:
    import pandas as pd

Matrix = NDArray[np.float64]
Progress = Callable[[int, int, str], None]

# From here on a direction is called likely, and clear (%).
_LIKELY_pct, _CLEAR_pct = 80.0, 95.0
# Changes that go together like this can't be told apart.
_ENTANGLED_r = 0.5


@dataclass(frozen=True, eq=False)
class Change(Result):
    """Samples of what changed in a cord between two recordings.

    Parameters
    ----------
    before, after : Posterior
        Of each recording by itself.
    samples : DataFrame
        One row a sample: neuromodulation_change, inhibition_change (M_i, 1e-5 S/cm2),
        peak_drive_change (M_e, 1e-5 S/cm2), net_amplification_change; after minus before.
    prior : DataFrame
        Values that stand for the changes that were thought likely before.
    warnings : tuple of str
    unseen : tuple of str
        Which recordings did not see most of their units start or stop, in sentences: then no
        direction is said of any change.
    calibration : Calibration or None
    history : History
    """

    before: Posterior
    after: Posterior
    samples: pd.DataFrame
    prior: pd.DataFrame
    warnings: tuple[str, ...] = ()
    unseen: tuple[str, ...] = ()
    calibration: Calibration | None = None
    history: History = field(default_factory=History)

    def to_table(self) -> pd.DataFrame:
        """Return one row a change: mean, sd, q05, q50, q95, rose_pct, unit, narrowed_pct."""
        import pandas as pd

        rows = []
        for name in self.samples.columns:
            values = self.samples[name].to_numpy()
            low, middle, high = np.quantile(values, QUANTILES)
            rows.append(
                {
                    "parameter": name,
                    "mean": values.mean(),
                    "sd": values.std(ddof=1),
                    "q05": low,
                    "q50": middle,
                    "q95": high,
                    "unit": ABOUT[name.removesuffix("_change")].unit,
                    "rose_pct": self.rose_pct(name),
                    "narrowed_pct": self.narrowed_pct(name),
                }
            )
        return pd.DataFrame(rows)

    def rose_pct(self, name: str) -> float:
        """Return how likely it is that something rose, in %; NaN where ends were not seen.

        Parameters
        ----------
        name : str
            Of a parameter.
        """
        return float("nan") if self.unseen else float(100 * np.mean(self.samples[name] > 0))

    def narrowed_pct(self, name: str) -> float:
        """Return by how much the recordings have narrowed a change.

        Parameters
        ----------
        name : str
            Of a parameter.
        """
        # By quantiles, as large changes are rare and would dominate a standard deviation.
        now, then = (
            float(table[name].quantile(0.95) - table[name].quantile(0.05))
            for table in (self.samples, self.prior)
        )
        return 100 * (1 - now / then)

    @property
    def answer(self) -> str:
        """What changed, in a sentence or two."""
        if self.unseen:
            return (
                "What changed is not known, as most of the motor units were not seen to start or "
                f"to stop: {' '.join(self.unseen)}"
            )
        whole = _direction(self.rose_pct("net_amplification_change"), "Net amplification")
        acted = [_direction(self.rose_pct(f"{name}_change"), words) for name, words in _ACTED]
        r = self.entangled_r
        if abs(r) < _ENTANGLED_r:
            return " ".join([whole, *acted])
        return f"{whole} Neuromodulation and inhibition cannot be separated (r = {r:.2f})."

    @property
    def entangled_r(self) -> float:
        """Correlation of the changes of neuromodulation and inhibition in the posterior."""
        samples = self.samples
        return float(samples["neuromodulation_change"].corr(samples["inhibition_change"]))

    def __repr__(self) -> str:
        return f"Change({self.before.name!r} to {self.after.name!r}, {self.before.muscle})"

    def __str__(self) -> str:
        warned = [f"Warning: {words}" for words in self.warnings]
        table = self.to_table().to_string(index=False, float_format="%.3g")
        return "\n".join([ON_THE_FIRST_EDITION, repr(self), *warned, self.answer, table])


_ACTED = (("neuromodulation", "Neuromodulation"), ("inhibition", "Inhibition"))


def _direction(rose_pct: float, words: str) -> str:
    sure = max(rose_pct, 100 - rose_pct)
    way = "rose" if rose_pct > 50 else "fell"
    if sure >= _CLEAR_pct:
        return f"{words} {way} (probability {sure:.0f} %)."
    if sure >= _LIKELY_pct:
        return f"{words} probably {way} (probability {sure:.0f} %)."
    return f"{words}: no clear change (probability {sure:.0f} % that it {way})."


def infer_change(
    before: Recording,
    after: Recording,
    settings: InferSettings | None = None,
    *,
    seed: int = 0,
    trained: Trained | None = None,
    progress: Progress | None = None,
) -> Change:
    """Infer what changed in a cord between two recordings of the same person and contraction.

    Parameters
    ----------
    before, after : Recording
        The same contraction of the same muscle; it helps if the same units were found.
    settings : InferSettings, optional
    seed : int
    trained : Trained, optional
    progress : callable, optional

    Raises
    ------
    SettingsError
        The muscle is not known.
    DataError
        No contraction, too few motor units, or two muscles.
    """
    for each in (before, after):
        needs("infer_change", each, Recording, made_by="rs.read")
    settings, seed = settings_for("infer_change", settings, InferSettings), checked_seed(seed)
    trained = trained or shipped()
    muscle = muscle_of(before, settings)
    if muscle_of(after, settings) != muscle:
        raise DataError(
            f"{before.name} is of {muscle} and {after.name} of {muscle_of(after, settings)}: give "
            "two recordings of one muscle, or infer each by itself."
        )
    single = [
        infer(each, settings, seed=seed, trained=trained, progress=progress)
        for each in (before, after)
    ]
    observed = [
        of_one_muscle(one_contraction(each, settings), settings) for each in (before, after)
    ]
    found = (summarized(observed[0], settings), summarized(observed[1], settings))
    which = np.array([tuple(MUSCLES).index(muscle)])
    first, second = (each.values[None] for each in found)
    inputs = trained.seen.change_inputs(first, second, which)[0]
    names = list(trained.change.scores.names)
    return Change(
        before=single[0],
        after=single[1],
        samples=_frame(trained.change.sample(settings.samples, inputs, seed), names),
        prior=_frame(trained.change.prior(), names, alone=True),
        warnings=(*_both(single), *differences((before, after), found)),
        unseen=tuple(
            f"{each.name}: {words.partition(':')[0]}."
            for each in observed
            for words in cut_off(each)[0]
        ),
        calibration=trained.change.calibration,
        history=_history(before, after, settings, seed),
    )


def _frame(values: Matrix, names: list[str], *, alone: bool = False) -> pd.DataFrame:
    """Return changes by name, with the net change; values that are alone don't go together."""
    import pandas as pd

    table = pd.DataFrame(values, columns=names)
    less = table["inhibition_change"].to_numpy()
    if alone:
        less = less[np.random.Generator(np.random.PCG64(0)).permutation(len(less))]
    table["net_amplification_change"] = table["neuromodulation_change"] - NET_OF_INHIBITION * less
    return table


def _both(single: list[Posterior]) -> list[str]:
    return [f"{each.name}: {words}" for each in single for words in each.warnings]


def _history(before: Recording, after: Recording, settings: InferSettings, seed: int) -> History:
    arguments = "" if settings == InferSettings() else f", {settings.as_python()}"
    steps = [
        *before.history.steps,
        Step("gather", "before = recording", version=__version__),
        *after.history.steps,
        Step("gather", "after = recording", version=__version__),
        Step(
            "infer_change",
            f"change = rs.infer_change(before, after{arguments}, seed={seed})",
            settings.to_mapping(),
            seed,
            before.fingerprint(),
            CITES,
            __version__,
        ),
    ]
    return History(tuple(steps))
