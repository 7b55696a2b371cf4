"""The multiverse: ΔF under every combination of reasonable choices, to show how much they matter.

Steegen et al. 2016, doi:10.1177/1745691616658637. Rates are smoothed once a smoother and pairs
measured once a definition of recruitment; only the criteria are asked again and again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from renshaw.core.errors import needs, suggestion
from renshaw.core.fingerprint import fingerprint
from renshaw.core.history import History, Step
from renshaw.core.results import Result
from renshaw.core.settings import Settings, setting, settings_for
from renshaw.core.version import __version__
from renshaw.data.arrays import FloatArray
from renshaw.data.bounds import Bound
from renshaw.data.pools import pools_of
from renshaw.data.recording import Recording
from renshaw.data.suspicion import lost
from renshaw.estimation.contractions.contractions import contractions
from renshaw.estimation.criteria import Verdict, judge
from renshaw.estimation.pairs import Pairs, pairs_of
from renshaw.estimation.quantities.delta_f import mean_delta_f
from renshaw.estimation.recorded import confidence_of
from renshaw.estimation.settings import SMOOTHER_NAMES, DeltaFSettings, EstimateSettings, rules
from renshaw.estimation.smoothing import smoothed_rates

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, kw_only=True)
class MultiverseSettings(Settings):
    """The grid of choices; each setting is a list of alternatives."""

    smoothers: tuple[str, ...] = setting(SMOOTHER_NAMES, "smoothers of the discharge rate")
    recruitments: tuple[str, ...] = setting(
        ("first", "second"), "discharges that count as recruitment"
    )
    recruitment_gaps_s: tuple[float, ...] = setting(
        (0.5, 1.0, 1.5, 2.0), "smallest recruitment gaps", unit="s"
    )
    correlations_min: tuple[float, ...] = setting(
        (0.5, 0.7, 0.8, 0.9), "lowest rate-rate correlations"
    )
    correlation_statistics: tuple[str, ...] = setting(
        ("r", "r2"), "whether the limit applies to r or to its square"
    )
    modulations_min_pps: tuple[float, ...] = setting(
        (0.0, 0.5, 1.0), "smallest rate modulations of the control unit", unit="pps"
    )
    control_ends_first: tuple[str, ...] = setting(
        ("reject", "last_discharge"), "what to do when the control unit stops first"
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        for info in self.describe():
            if not isinstance(getattr(self, info.name), tuple) or not getattr(self, info.name):
                raise self.refusal(info.name, "must be a list of one or more alternatives.")
        for smoother in self.smoothers:
            if smoother not in SMOOTHER_NAMES:
                hint = suggestion(str(smoother), SMOOTHER_NAMES)
                why = f"there is no smoother {smoother!r}."
                raise self.refusal("smoothers", why, code="settings.unknown", hint=hint)
        # DeltaFSettings refuses whatever else is impossible, and says which.
        for _ in self.criteria(DeltaFSettings()):
            pass

    def criteria(self, base: DeltaFSettings) -> Iterator[DeltaFSettings]:
        """Go through every combination of criteria, smoothers aside.

        Parameters
        ----------
        base : DeltaFSettings
            What is not varied is as here.
        """
        for recruitment, gap, r_min, statistic, modulation, ends_first in product(
            self.recruitments,
            self.recruitment_gaps_s,
            self.correlations_min,
            self.correlation_statistics,
            self.modulations_min_pps,
            self.control_ends_first,
        ):
            yield base.replace(
                recruitment=recruitment,
                recruitment_gap_s=gap,
                correlation_min=r_min,
                correlation_statistic=statistic,
                modulation_min_pps=modulation,
                control_ends_first=ends_first,
            )


class Universe(NamedTuple):
    """One combination of choices and the ΔF it gives.

    Parameters
    ----------
    smoother, recruitment, recruitment_gap_s, correlation_min, correlation_statistic
    modulation_min_pps, control_ends_first
        The choices.
    delta_f_mean : float
        pps; mean over test units of their mean over pairs, NaN where no pair is accepted; of
        several contractions, the mean over those that have one.
    n_pairs, n_units : int
        Accepted pairs, of all contractions, and test units that have one.
    chosen : bool
        Whether these are the choices of the rule set in use.
    bound : {"exact", "at least", "unknown"}
        Whether the mean is the value itself, or of units that may stop later than was recorded;
        unknown where test units are left out because an onset or end of theirs was not seen.
    """

    smoother: str
    recruitment: str
    recruitment_gap_s: float
    correlation_min: float
    correlation_statistic: str
    modulation_min_pps: float
    control_ends_first: str
    delta_f_mean: float
    n_pairs: int
    n_units: int
    chosen: bool
    bound: Bound | Literal["unknown"] = "exact"


@dataclass(frozen=True, eq=False)
class Multiverse(Result):
    """ΔF of one recording under every combination of choices.

    Parameters
    ----------
    universes : tuple of Universe
        One a combination.
    recording : str
        Its name.
    history : History
        How it came about.
    """

    universes: tuple[Universe, ...] = ()
    recording: str = ""
    history: History = field(default_factory=History)

    def __len__(self) -> int:
        return len(self.universes)

    def to_table(self) -> pd.DataFrame:
        """Return one row a universe: its choices, ``delta_f_mean`` (pps), and what it rests on."""
        import pandas as pd

        return pd.DataFrame(list(self.universes), columns=list(Universe._fields))

    def fingerprint(self) -> str:
        """Return a short hash of the content."""
        return fingerprint(self.recording, [list(universe) for universe in self.universes])

    def __repr__(self) -> str:
        means = np.array([universe.delta_f_mean for universe in self.universes], dtype=float)
        known = means[np.isfinite(means)]
        span = f", ΔF {known.min():.2f} to {known.max():.2f} pps" if len(known) else ""
        return f"Multiverse({self.recording!r}, {len(self)} universes{span})"

    def __str__(self) -> str:
        return f"{self!r}\n{self.to_table().to_string(index=False, max_rows=20)}"


def multiverse(
    recording: Recording,
    settings: MultiverseSettings | None = None,
    *,
    base: EstimateSettings | str = "renshaw",
    progress: Callable[[int, int, str], None] | None = None,
) -> Multiverse:
    """Compute ΔF of a recording under every combination of choices.

    Parameters
    ----------
    recording : Recording
    settings : MultiverseSettings, optional
        The grid of choices.
    base : EstimateSettings or str
        Whatever the grid does not vary, and the choices to be marked as chosen.
    progress : callable, optional
        Told (done, total, what) before each smoother and at the end.

    Returns
    -------
    Multiverse
    """
    needs("multiverse", recording, Recording, made_by="rs.read")
    settings = settings_for("multiverse", settings, MultiverseSettings)
    around = rules(base) if isinstance(base, str) else base
    needs("multiverse", around, EstimateSettings)
    universes: list[Universe] = []
    for done, smoother in enumerate(settings.smoothers):
        if progress is not None:
            progress(done, len(settings.smoothers), smoother)
        universes += _of_smoother(recording, smoother, settings, around)
    if progress is not None:
        progress(len(settings.smoothers), len(settings.smoothers), "multiverse")
    step = _step(recording, settings, base)
    return Multiverse(tuple(universes), recording.name, recording.history.then(step))


def _of_smoother(
    recording: Recording, smoother: str, settings: MultiverseSettings, around: EstimateSettings
) -> Iterator[Universe]:
    parts = [
        _pairs(part, smoother, settings, around)
        for part in contractions(recording, around.contractions).parts()
    ]
    for criteria in settings.criteria(around.delta_f):
        chosen = smoother == around.smoothing.method and criteria == around.delta_f
        of = [pairs[criteria.recruitment] for pairs in parts]
        yield _universe(smoother, criteria, of, confidence_of(recording.units), chosen)


def _pairs(
    part: Recording, smoother: str, settings: MultiverseSettings, around: EstimateSettings
) -> dict[str, Pairs]:
    """Return the pairs of a contraction, by the definition of recruitment."""
    rates = smoothed_rates(part.units, around.smoothing.replace(method=smoother))
    pool, gone = pools_of(part).of, lost(part)
    return {
        recruitment: pairs_of(part.units, rates, recruitment, pool, around.ends, gone)
        for recruitment in settings.recruitments
    }


def _universe(
    smoother: str,
    criteria: DeltaFSettings,
    parts: Sequence[Pairs],
    confidence: FloatArray,
    chosen: bool,
) -> Universe:
    verdicts = [judge(pairs, criteria) for pairs in parts]
    found = [verdict for verdict in verdicts if np.any(verdict.accepted)]
    # A contraction that was not seen to its end gives way to those that were, if there are any.
    known = [verdict for verdict in found if not _leaves_out(verdict)]
    bound: Bound | Literal["unknown"] = "exact" if known or not found else "unknown"
    if any(np.any(verdict.bounded & verdict.accepted) for verdict in known):
        bound = "at least"
    used = known or found
    means = [mean_delta_f(v.pairs, v.accepted, confidence, criteria) for v in used]
    tests = [verdict.pairs.test[verdict.accepted] for verdict in used]
    return Universe(
        smoother,
        criteria.recruitment,
        criteria.recruitment_gap_s,
        criteria.correlation_min,
        criteria.correlation_statistic,
        criteria.modulation_min_pps,
        criteria.control_ends_first,
        float(np.mean(means)) if means else float("nan"),
        sum(map(len, tests)),
        len(np.unique(np.concatenate(tests))) if tests else 0,
        chosen,
        bound,
    )


def _leaves_out(verdict: Verdict) -> bool:
    """Whether a test unit has no pair only because an onset or end was not seen."""
    test = verdict.pairs.test
    return bool({*test[verdict.unseen]} - {*test[verdict.accepted]})


def _step(recording: Recording, settings: MultiverseSettings, base: EstimateSettings | str) -> Step:
    grid = settings.as_python() if settings != MultiverseSettings() else ""
    around = repr(base) if isinstance(base, str) else base.as_python()
    arguments = [grid, "" if base == "renshaw" else f"base={around}"]
    return Step(
        verb="multiverse",
        code=f"multiverse = rs.multiverse({', '.join(filter(None, ['recording', *arguments]))})",
        settings=settings.to_mapping(),
        input=recording.fingerprint(),
        cites=("gorassini2002",),
        version=__version__,
    )
