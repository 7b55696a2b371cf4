"""`validate_estimators`: every estimator against the inward current that was really there.

Pools are simulated whose neuromodulation, or inhibition, is set; what estimators make of the
recordings is held against the truth that only a simulation has.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from renshaw.core.history import History, Step
from renshaw.core.results import Result
from renshaw.core.seeds import derived_seed
from renshaw.core.settings import Settings, setting, settings_for
from renshaw.core.version import __version__
from renshaw.data.recording import Recording
from renshaw.estimation import EstimateSettings, estimate, rules
from renshaw.experiment.simulate import simulate
from renshaw.model.participant import Participant
from renshaw.protocols import Ramp

if TYPE_CHECKING:
    import pandas as pd

Progress = Callable[[int, int, str], None]

MANIPULATED = ("neuromodulation", "inhibition")

# In each edition around what there is in health, and far beyond what interventions reach.
_LEVELS = {1: (0.93, 0.945, 0.96, 0.975, 0.99), 2: (0.8, 0.9, 1.0, 1.1, 1.2)}


@dataclass(frozen=True, kw_only=True)
class EstimatorValidationSettings(Settings):
    """Which truths are set, and how often each is recorded."""

    participant: Participant = setting(Participant, "person who performs the ramps")
    neuromodulation: tuple[float, ...] = setting(
        None,
        "levels of neuromodulation (first edition: 1 is the published model, 0.935 healthy; second "
        "edition: 1 is healthy)",
        usual=lambda settings: _LEVELS[settings.participant.edition],
    )
    inhibition: tuple[float, ...] = setting(
        (1.2, 1.35, 1.5, 1.65, 1.8), "levels of tonic inhibition, M_i in 1e-5 S/cm2"
    )
    repeats: int = setting(6, "recordings at each level, each with its own noise", ge=2, le=1000)
    protocol: Ramp = setting(Ramp, "what is done")


@dataclass(frozen=True, eq=False, repr=False)
class EstimatorValidation(Result):
    """What estimators make of truths that were set.

    Parameters
    ----------
    table : DataFrame
        One row a rule set, quantity and manipulated truth: rules, quantity, units, manipulated, low
        and high (means at its lowest and highest level), rank_correlation (Spearman, over
        recordings, with the manipulated level), pic_correlation (Spearman, with the mean peak of
        the true persistent inward current), unit_correlation (Spearman, over units of all
        recordings, with the unit's true drive hysteresis), sensitivity (change from lowest to
        highest level over the standard deviation within levels), yield_pct (values that are ok).
    recordings : DataFrame
        One row a recording, rule set and quantity: manipulated, level, repeat, pic_nA, value.
    units : DataFrame
        One row a value that is ok: manipulated, level, repeat, rules, quantity, unit, value,
        drive_hysteresis (drive at recruitment minus drive at derecruitment).
    history : History
        How it came about.
    """

    table: pd.DataFrame
    recordings: pd.DataFrame
    units: pd.DataFrame
    history: History = field(default_factory=History)

    def to_table(self) -> pd.DataFrame:
        """Return the summary."""
        return self.table.copy()


def validate_estimators(
    settings: EstimatorValidationSettings | None = None,
    candidates: Mapping[str, EstimateSettings] | None = None,
    *,
    seed: int = 0,
    progress: Progress | None = None,
) -> EstimatorValidation:
    """Hold every estimator, under each set of rules, against the truth.

    Parameters
    ----------
    settings : EstimatorValidationSettings, optional
    candidates : mapping of str to EstimateSettings, optional
        The rule sets to try; the default rules alone when left out.
    seed : int
    progress : callable, optional
    """
    import pandas as pd

    settings = settings_for("validate_estimators", settings, EstimatorValidationSettings)
    candidates = candidates or {"renshaw": rules("renshaw")}
    jobs = [
        (manipulated, level, repeat)
        for manipulated in MANIPULATED
        for level in getattr(settings, manipulated)
        for repeat in range(settings.repeats)
    ]
    values, means = [], []
    for done, (manipulated, level, repeat) in enumerate(jobs):
        if progress:
            progress(done, len(jobs), f"{manipulated} {level:g}")
        person = settings.participant.replace(**{manipulated: level})
        recording = simulate(
            person, settings.protocol, seed=derived_seed(seed, "validation", repeat)
        )
        job = {"manipulated": manipulated, "level": level, "repeat": repeat}
        for name, chosen in candidates.items():
            found = _unit_values(recording, chosen).assign(rules=name, **job)
            values.append(found)
            means.append(_recording_means(recording, found).assign(rules=name, **job))
    if progress:
        progress(len(jobs), len(jobs), "summing up")
    recordings = pd.concat(means, ignore_index=True)
    units = pd.concat(values, ignore_index=True)
    units = units[units["ok"]].drop(columns="ok")
    step = Step(
        "validate_estimators",
        f"validation = rs.validate_estimators({settings.as_python()}, seed={seed})",
        {"levels": settings.to_mapping(), "rules": list(candidates)},
        seed,
        "",
        ("powers2017", "gorassini2002", "beauchamp2023"),
        __version__,
    )
    return EstimatorValidation(_summary(recordings, units), recordings, units, History((step,)))


def mean_peak_pic_nA(recording: Recording) -> float:
    """Return the peak persistent inward current of the units that fired, on average."""
    if recording.truth is None:
        return float("nan")
    pic = recording.truth.signals["pic_current"]
    fired = [k for k, times in enumerate(recording.units) if len(times)]
    return float(pic.values[:, fired].max(axis=0).mean()) if fired else float("nan")


def drive_hysteresis(recording: Recording) -> dict[int, float]:
    """Return the drive at the first minus at the last discharge of each unit that fired (from 1).

    This is what delta-F stands for, in the units of the drive.
    """
    if recording.truth is None:
        return {}
    drive = recording.truth.signals["drive"]
    last_s = drive.end_s - 1 / drive.fs_hz
    edges = {k: t[[0, -1]] for k, t in enumerate(recording.units, start=1) if len(t)}
    return {k: -float(np.diff(drive.at(np.minimum(t, last_s)))[0]) for k, t in edges.items()}


def _unit_values(recording: Recording, chosen: EstimateSettings) -> pd.DataFrame:
    """Return every value of a single unit that fired, beside the truth of that unit."""
    truth = drive_hysteresis(recording)
    table = estimate(recording, chosen).to_table()
    table = table[table["control"].isna() & table["unit"].isin(list(truth))]
    table = table[["quantity", "units", "unit", "value", "ok"]]
    return table.assign(drive_hysteresis=table["unit"].map(truth).astype(float))


def _recording_means(recording: Recording, values: pd.DataFrame) -> pd.DataFrame:
    """Return one row a quantity: the mean over units that are ok, and how many of them are."""
    groups = values.assign(value=values["value"].where(values["ok"])).groupby(
        ["quantity", "units"], sort=False
    )
    means = groups.agg(value=("value", "mean"), yield_pct=("ok", "mean")).reset_index()
    return means.assign(yield_pct=100 * means["yield_pct"], pic_nA=mean_peak_pic_nA(recording))


def _summary(recordings: pd.DataFrame, units: pd.DataFrame) -> pd.DataFrame:
    import pandas as pd

    keys = ["rules", "quantity", "units", "manipulated"]
    of_units = dict(list(units.groupby(keys, sort=False)))
    rows = []
    for names, part in recordings.groupby(keys, sort=False):
        good = part.dropna(subset=["value"])
        levels = sorted(part["level"].unique())
        means = good.groupby("level")["value"].mean().reindex(levels)
        within = np.sqrt(good.groupby("level")["value"].var(ddof=1).mean())
        change = means.iloc[-1] - means.iloc[0]
        single = of_units.get(names, units.iloc[:0])
        rows.append(
            {
                **dict(zip(keys, names, strict=True)),
                "low": means.iloc[0],
                "high": means.iloc[-1],
                "rank_correlation": _spearman(good["value"], good["level"]),
                "pic_correlation": _spearman(good["value"], good["pic_nA"]),
                "unit_correlation": _spearman(single["value"], single["drive_hysteresis"]),
                "sensitivity": change / within if within > 0 else np.nan,
                "yield_pct": part["yield_pct"].mean(),
            }
        )
    return pd.DataFrame(rows)


def _spearman(x: pd.Series[float], y: pd.Series[float]) -> float:
    from scipy.stats import spearmanr

    if len(set(x)) < 2 or len(set(y)) < 2:
        return float("nan")
    return float(spearmanr(x, y).statistic)
