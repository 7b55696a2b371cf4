"""`validate_recordings`: virtual people do what somebody did, and are measured alike."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

from renshaw.core.errors import DataError, needs, suggestion
from renshaw.core.history import History, Step
from renshaw.core.results import Result
from renshaw.core.seeds import checked_seed
from renshaw.core.settings import Settings, setting, settings_for
from renshaw.core.version import __version__
from renshaw.data.cut import cut
from renshaw.data.names import told_apart
from renshaw.data.recording import Recording
from renshaw.estimation.behavior.catalog import FIRING_QUANTITIES
from renshaw.estimation.behavior.measured import Firing, firing
from renshaw.estimation.behavior.scaled import in_pct_mvc
from renshaw.estimation.behavior.settings import FiringSettings
from renshaw.estimation.estimate import involuntary
from renshaw.model.editions import DEFAULT_EDITION
from renshaw.model.muscles import MUSCLES
from renshaw.study.laboratory import Series, in_pieces, recorded
from renshaw.study.population import Population
from renshaw.validation.people import PEOPLE_TARGETS
from renshaw.validation.task import task_of

if TYPE_CHECKING:
    import pandas as pd

Progress = Callable[[int, int, str], None]

PEOPLE_COLUMNS = (
    "target",
    "quantity",
    "units",
    "people",
    "simulated",
    "ci_low",
    "ci_high",
    "low",
    "high",
    "pass",
)


@dataclass(frozen=True, kw_only=True)
class RecordingValidationSettings(Settings):
    """How many virtual people do what was recorded, and which of their units are seen."""

    people: int = setting(8, "virtual people who do what was recorded", ge=2, le=1000)
    trials: int = setting(1, "trials of each, each with synaptic noise of its own", ge=1, le=20)
    observed: bool = setting(True, "only units that surface electrodes would see")
    edition: int = setting(DEFAULT_EDITION, "edition of the virtual people", ge=1, le=2, named=True)
    firing: FiringSettings = setting(FiringSettings, "units that count, holds and coherence")


@dataclass(frozen=True, eq=False)
class HeldRecording:
    """A recording, and what virtual people did instead.

    Parameters
    ----------
    recording : Recording
        Torque in % MVC, 0 at rest.
    muscle : str
    people : Firing
        Of the recording.
    simulated : tuple of tuple of Firing
        Of each virtual person, each of her trials.
    example : Recording
        The first trial of the first virtual person.
    """

    recording: Recording
    muscle: str
    people: Firing
    simulated: tuple[tuple[Firing, ...], ...]
    example: Recording


@dataclass(frozen=True, eq=False, repr=False)
class RecordingValidation(Result):
    """Virtual people beside recordings of people.

    Parameters
    ----------
    table : DataFrame
        One row a recording and quantity: target (group and recording), quantity, units, people (the
        recording's value), simulated (mean over virtual people) with its 95 % interval ci_low and
        ci_high, low and high (where the mean of people is to be expected), pass (empty where
        the recording does not tell).
    held : tuple of HeldRecording
    settings : RecordingValidationSettings
    history : History
    """

    table: pd.DataFrame
    held: tuple[HeldRecording, ...]
    settings: RecordingValidationSettings = field(default_factory=RecordingValidationSettings)
    history: History = field(default_factory=History)

    def to_table(self) -> pd.DataFrame:
        """Return one row a recording and quantity."""
        return self.table.copy()

    def as_targets(self) -> list[tuple[object, ...]]:
        """Return what the recordings tell as rows of the acceptance table (`TARGET_COLUMNS`)."""
        size = len(PEOPLE_TARGETS)
        rows: list[tuple[object, ...]] = []
        for k, (_, row) in enumerate(self.table.iterrows()):
            held, target = self.held[k // size], PEOPLE_TARGETS[k % size]
            known, people = FIRING_QUANTITIES[target.quantity], float(row["people"])
            if not math.isfinite(people):
                continue
            unit = f" ({known.unit})" if known.unit else ""
            rows.append(
                (
                    f"{target.target} {known.title}, {held.recording.name}",
                    f"{known.meaning}{unit}; in this recording {people:.3g}",
                    target.range_for(held.muscle).source,
                    target.role_in(self.settings.edition),
                    *(row[x] for x in ("low", "high", "simulated", "ci_low", "ci_high")),
                    bool(row["pass"]),
                )
            )
        return rows


def validate_recordings(
    recordings: Recording | Sequence[Recording],
    muscle: str | Sequence[str] = "",
    peak_pct_mvc: float | Sequence[float] | None = None,
    settings: RecordingValidationSettings | None = None,
    *,
    seed: int = 0,
    workers: int | None = None,
    progress: Progress | None = None,
) -> RecordingValidation:
    """Let virtual people do what was recorded, and hold them against it.

    They follow the torque of the recording, are seen as by surface electrodes, and are measured by
    the same functions and rules (`renshaw.estimation.firing`).

    Parameters
    ----------
    recordings : Recording or sequence of Recording
    muscle : str or sequence of str
        TA, SOL or GM: one for all, or one each; needed where the recording does not name it.
    peak_pct_mvc : float or sequence of float, optional
        How strong the contraction was: one for all, or one each; needed where the torque of the
        file is not in % MVC.
    settings : RecordingValidationSettings, optional
    seed : int
        Of the virtual people and of their synaptic noise.
    workers : int, optional
        Processes; as many as there are cores if not given. The numbers don't depend on it.
    progress : callable, optional

    Raises
    ------
    DataError
        No torque, no muscle that is known, no motor units, or a contraction that is none by will.
    """
    settings = settings_for("validate_recordings", settings, RecordingValidationSettings)
    seed = checked_seed(seed)
    given = [recordings] if isinstance(recordings, Recording) else list(recordings)
    if not given:
        raise DataError("There is no recording to hold virtual people against. Give one at least.")
    for each in given:
        needs("validate_recordings", each, Recording, made_by="rs.read")
    given = list(told_apart(given))
    muscles = _each("muscle", muscle or "", len(given))
    peaks = _each("peak_pct_mvc", peak_pct_mvc, len(given))
    scaled = [
        _ready(each, named, peak, settings)
        for each, named, peak in zip(given, muscles, peaks, strict=True)
    ]
    series = [_series(k, each, settings) for k, each in enumerate(scaled)]
    made = in_pieces(
        partial(_measured, settings=settings.firing),
        series,
        seed=seed,
        workers=workers,
        progress=progress,
    )
    held = tuple(
        _held(each, [found for piece in made for found in piece if found.recording == k], settings)
        for k, each in enumerate(scaled)
    )
    table = people_table(held)
    return RecordingValidation(table, held, settings, _history(held, peaks, settings, seed))


def _each(name: str, given: object, n: int) -> list[object]:
    """Return one value for each recording."""
    several = list(given) if isinstance(given, list | tuple) else [given]
    if len(several) == 1:
        return several * n
    if len(several) != n:
        option = f"--{name.replace('_', '-')}"
        raise DataError(
            f"{len(several)} values of {option} for {n} recordings. Give one for all, or one for "
            "each, in the order of the recordings."
        )
    return several


def _ready(
    recording: Recording, muscle: object, peak: object, settings: RecordingValidationSettings
) -> Recording:
    """Return a recording with its muscle and its torque in % MVC, or refuse it."""
    name = recording.name
    if not any(len(times) for times in recording.units):
        cure = "Decompose it first (renshaw decompose), or name another file."
        raise DataError(f"{name} has no motor units that fire. {cure}")
    if involuntary(recording):
        raise DataError(
            f"{name} is VibStim or a spasm test, in which nobody follows a torque. Give a "
            "contraction by will."
        )
    stated = str(muscle or "")
    if len(recording.muscles) > 1:
        raise DataError(
            f"{name} holds several muscles ({', '.join(recording.muscles)}). Save one of them: "
            "renshaw convert."
        )
    own = recording.muscles[0] if recording.muscles else ""
    if stated and own and stated != own:
        raise DataError(f"{name} says that its muscle is {own}, not {stated}. Leave --muscle out.")
    chosen = stated or own
    if chosen not in MUSCLES:
        which = f"there is no model of {chosen!r}" if chosen else "its muscle is not known"
        hint = suggestion(chosen, MUSCLES) if chosen else ""
        raise DataError(
            f"{name}: {which}. Say which it is: --muscle {' or --muscle '.join(MUSCLES)}. "
            f"{hint}".rstrip()
        )
    peak_pct_mvc = None if peak is None else _percent(peak)
    scaled = in_pct_mvc(_from_zero(recording), peak_pct_mvc, settings.firing)
    return _over(scaled, chosen)


def _from_zero(recording: Recording) -> Recording:
    """Return a recording whose time counts from its beginning, as that of a virtual person does."""
    window_s = recording.units.window_s
    return recording if window_s[0] == 0 else cut(recording, *window_s, from_zero=True)


def _percent(peak: object) -> float:
    value = float(peak) if isinstance(peak, int | float) else math.nan
    if not 0 < value <= 100:
        raise DataError(f"--peak-pct-mvc {peak}: must be above 0 and at most 100 % MVC.")
    return value


def _over(recording: Recording, muscle: str) -> Recording:
    units = recording.units
    return replace(
        recording, muscle=muscle, units=replace(units, muscles=(muscle,) * len(units)), grids=()
    )


def _series(k: int, recording: Recording, settings: RecordingValidationSettings) -> Series:
    # People of one muscle are the same whatever the recording: of one group.
    return Series(
        str(k),
        settings.people,
        task_of(recording, settings.firing),
        traits=(("edition", settings.edition), ("muscle", recording.muscle)),
        trials=settings.trials,
        group=f"people {recording.muscle}",
        observed=settings.observed,
    )


@dataclass(frozen=True, eq=False)
class _Found:
    recording: int
    person: int
    firing: Firing
    example: Recording | None


def _measured(
    series: Series,
    people: range,
    seed: int,
    population: Population | None,
    settings: FiringSettings,
) -> list[_Found]:
    """Return how some virtual people fire."""
    return [
        _Found(
            int(series.name),
            k,
            firing(made, settings, seed=seed),
            made if k == 0 and number == 0 else None,
        )
        for k, number, made in recorded(series, people, seed, population)
    ]


def _held(
    recording: Recording, found: Sequence[_Found], settings: RecordingValidationSettings
) -> HeldRecording:
    people = sorted({each.person for each in found})
    simulated = tuple(
        tuple(each.firing for each in found if each.person == person) for person in people
    )
    example = next(each.example for each in found if each.example is not None)
    mine = firing(recording, settings.firing)
    return HeldRecording(recording, recording.muscle, mine, simulated, example)


def people_table(held: Sequence[HeldRecording]) -> pd.DataFrame:
    """Return one row a recording and quantity (`PEOPLE_COLUMNS`).

    Parameters
    ----------
    held : sequence of HeldRecording
    """
    import pandas as pd

    rows = [row for each in held for row in _rows(each)]
    table = pd.DataFrame(rows, columns=list(PEOPLE_COLUMNS))
    table["pass"] = table["pass"].astype("boolean")
    return table


def _rows(held: HeldRecording) -> Iterator[tuple[object, ...]]:
    for target in PEOPLE_TARGETS:
        people = held.people[target.quantity].value
        low, high = target.range_of(held.people[target.quantity], held.muscle)
        mean, ci_low, ci_high = simulated_mean(held, target.quantity)
        verdict = bool(low <= mean <= high) if math.isfinite(people) else None
        yield (
            f"{target.target} {held.recording.name}",
            target.quantity,
            FIRING_QUANTITIES[target.quantity].unit,
            people,
            mean,
            ci_low,
            ci_high,
            low,
            high,
            verdict,
        )


def simulated_mean(held: HeldRecording, quantity: str) -> tuple[float, float, float]:
    """Return the mean over virtual people and its 95 % interval; NaN where too few tell.

    Parameters
    ----------
    held : HeldRecording
    quantity : str
    """
    import numpy as np
    from scipy.stats import t

    each = []
    for trials in held.simulated:
        known = [x[quantity].value for x in trials if math.isfinite(x[quantity].value)]
        if known:
            each.append(float(np.mean(known)))
    if not each:
        return math.nan, math.nan, math.nan
    mean = float(np.mean(each))
    if len(each) < 2:
        return mean, math.nan, math.nan
    half = float(t.ppf(0.975, len(each) - 1) * np.std(each, ddof=1) / math.sqrt(len(each)))
    return mean, mean - half, mean + half


def _history(
    held: Sequence[HeldRecording],
    peaks: Sequence[object],
    settings: RecordingValidationSettings,
    seed: int,
) -> History:
    from renshaw.estimation.estimate import history_of_several

    before = history_of_several([each.recording for each in held])
    muscles = [each.muscle for each in held]
    code = (
        f"held = rs.validation.validate_recordings(recordings, {muscles!r}, {list(peaks)!r}, "
        f"{settings.as_python()}, seed={seed})"
    )
    cites = ("powers2017", "gorassini2002", "beauchamp2022")
    prints = "".join(each.recording.fingerprint() for each in held)
    step = Step("validate", code, settings.to_mapping(), seed, prints, cites, __version__)
    return before.then(step)
