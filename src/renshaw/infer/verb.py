"""The verb `infer`: a recording to a posterior over the state of the cord behind it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from renshaw.core.errors import DataError, SettingsError
from renshaw.core.history import Step
from renshaw.core.seeds import checked_seed
from renshaw.core.version import __version__
from renshaw.data.recording import Recording
from renshaw.estimate.verb import involuntary
from renshaw.infer import summaries, targets
from renshaw.infer.familiar import Unusual
from renshaw.infer.posterior import Check, Posterior, tabulated
from renshaw.infer.settings import InferSettings
from renshaw.infer.summaries import SUMMARIES, Summarized, summarize
from renshaw.infer.trained import Trained, shipped
from renshaw.model.muscles import MUSCLES

if TYPE_CHECKING:
    import pandas as pd

Matrix = NDArray[np.float64]
Progress = Callable[[int, int, str], None]

CITES = ("cranmer2020", "papamakarios2017", "tejero2020", "talts2018", "chardon2023", "powers2017")
# What was simulated: seconds of rise and fall, of hold, and % MVC.
_SIMULATED_s, _LONGEST_HOLD_s, _SIMULATED_pct = (2.0, 18.0), 22.0, (6.5, 56.0)
_FEW_UNITS = 6
# Of simulated recordings 65 to 99 % lie within (docs/inference.md); below this, no fit.
_FITS_pct = 60.0
_NAMED = 3
_ODD = 3.0


def infer(
    recording: Recording,
    settings: InferSettings | None = None,
    *,
    seed: int = 0,
    trained: Trained | None = None,
    progress: Progress | None = None,
) -> Posterior:
    """Infer the state of the cord from a ramp: neuromodulation, inhibition, drive, traits.

    By networks that were trained on simulated recordings and come with the package; it takes about
    a second. `renshaw.infer.train` trains them anew.

    Parameters
    ----------
    recording : Recording
        Of a voluntary ramp or trapezoid, with at least 3 motor units; torque helps, and more so in
        % MVC.
    settings : InferSettings, optional
    seed : int
        Of the samples.
    trained : Trained, optional
        Other networks than those that come with the package.
    progress : callable, optional

    Returns
    -------
    Posterior
        With warnings where the recording is unlike anything that was simulated.

    Raises
    ------
    SettingsError
        The muscle is not known.
    DataError
        No contraction, or too few motor units.
    """
    settings, seed = settings or InferSettings(), checked_seed(seed)
    trained = trained or shipped()
    muscle = muscle_of(recording, settings)
    found = _summarized(recording, settings)
    which = np.array([tuple(MUSCLES).index(muscle)])
    inputs = trained.seen.inputs(found.values[None], which)[0]
    drawn = trained.state.sample(settings.samples, inputs, seed)
    peak = float(np.exp(found.values[0])) if found.mvc_known else None
    farther = trained.familiar.percentile(found.values, int(which[0]))
    unusual = tuple(trained.familiar.unusual(found.values, int(which[0]), summaries.NAMES))
    samples = tabulated(drawn, muscle, peak)
    check = _check(samples, found, muscle, peak, settings, seed, progress)
    warnings = _warnings(recording, found, peak, farther, unusual, settings)
    return Posterior(
        samples=samples,
        prior=tabulated(trained.state.prior(), muscle, peak)[list(targets.NAMES)],
        name=recording.name,
        muscle=muscle,
        n_units=found.n_units,
        peak_pct_mvc=peak,
        farther_than_pct=farther,
        unusual=unusual,
        warnings=(*warnings, *_misfit(check)),
        notes=tuple(_notes(found, peak)),
        calibration=trained.state.calibration,
        check=check,
        history=recording.history.then(_step(recording, settings, seed)),
    )


def muscle_of(recording: Recording, settings: InferSettings) -> str:
    """Return the muscle that was asked for, or that a simulated recording says itself.

    Raises
    ------
    SettingsError
        Neither says it.
    """
    if settings.muscle is not None:
        return settings.muscle
    for step in recording.history.steps:
        who = step.settings.get("participant")
        if step.verb == "simulate" and isinstance(who, Mapping) and who.get("muscle") in MUSCLES:
            return str(who["muscle"])
    raise SettingsError(
        f"{recording.name} does not say which muscle was recorded; choose muscle "
        f"{', '.join(tuple(MUSCLES)[:-1])} or {tuple(MUSCLES)[-1]}, the nearest to it."
    )


def _summarized(recording: Recording, settings: InferSettings) -> Summarized:
    try:
        return summarize(recording, settings.peak_pct_mvc)
    except DataError as error:
        if involuntary(recording):
            raise DataError(
                f"{recording.name} is a test of involuntary firing; inference is for voluntary "
                f"ramps. {error}"
            ) from None
        raise


def _warnings(
    recording: Recording,
    found: Summarized,
    peak: float | None,
    farther: float,
    unusual: tuple[Unusual, ...],
    settings: InferSettings,
) -> list[str]:
    said = []
    if involuntary(recording):
        said.append(
            "This is a test of involuntary firing. Nobody followed a target, and units of a spasm "
            "don't share their drive; what follows assumes both and should not be believed."
        )
    said += _protocol_warnings(found, peak)
    if farther >= settings.unusual_pct:
        odd = [each for each in unusual[:_NAMED] if abs(each.deviation) > _ODD]
        most = f" Least as expected: {'; '.join(described(each) for each in odd)}." if odd else ""
        said.append(
            "This recording is unlike what was simulated (farther off than "
            f"{_pct(farther)} of simulated recordings); the posterior may be wrong.{most}"
        )
    together = found.values[summaries.NAMES.index("rate_rate_r")]
    if np.isfinite(together) and together < 0.3:
        said.append(
            f"Rates of units hardly go together (median r = {together:.2f}), as in spasms; the "
            "model assumes that they share one drive."
        )
    return said


def _misfit(check: Check | None) -> list[str]:
    if check is None or check.inside_pct >= _FITS_pct:
        return []
    if not check.inside_pct:
        return [
            f"Only {check.persons} persons of the posterior could do this contraction: the model "
            "can't reproduce this recording, and its numbers are not to be believed as they stand."
        ]
    return [
        "Persons of the posterior don't contract as recorded: only "
        f"{check.inside_pct:.0f} % of what was summarized lies within 90 % of theirs. The model "
        "can't reproduce this recording, and its numbers are not to be believed as they stand."
    ]


def _protocol_warnings(found: Summarized, peak: float | None) -> list[str]:
    course, said = found.contraction.course, []
    low, high = _SIMULATED_s
    for word, value in (("rises", course.rise_s), ("falls", course.fall_s)):
        if not low <= value <= high:
            said.append(f"The contraction {word} in {value:.1f} s; only 3 to 15 s were simulated.")
    if course.hold_s > _LONGEST_HOLD_s:
        said.append(f"It is held for {course.hold_s:.0f} s; at most 20 s were simulated.")
    if peak is not None and not _SIMULATED_pct[0] <= peak <= _SIMULATED_pct[1]:
        said.append(f"It peaks at {peak:.0f} % MVC; only 8 to 50 % MVC were simulated.")
    return said


def _notes(found: Summarized, peak: float | None) -> list[str]:
    said = []
    if found.contraction.torque is None:
        said.append(
            f"Without torque ({found.contraction.lacking}), the discharges of all units stand in "
            "for its shape."
        )
    if peak is None:
        said.append(
            "The height of the contraction in % MVC is not known (peak_pct_mvc would say it); "
            "neuromodulation is stated as if it were 20 % MVC."
        )
    if found.n_units < _FEW_UNITS:
        said.append(f"Only {found.n_units} motor units fire enough to be used.")
    if found.contraction.others:
        said.append(
            f"The longest of {found.contraction.others + 1} contractions was used, "
            f"{found.contraction.course.begins_s:.0f} to {found.contraction.course.ends_s:.0f} s."
        )
    return said


_ABOUT = {summary.name: summary for summary in SUMMARIES}


def described(each: Unusual) -> str:
    """Return a summary that is not as expected, in words."""
    more = "more" if each.deviation > 0 else "less"
    return f"{_ABOUT[each.name].sentence}, {more} than the rest lets expect"


def _pct(value: float) -> str:
    return "all" if value >= 99.95 else f"{value:.1f} %"


def _check(
    samples: pd.DataFrame,
    found: Summarized,
    muscle: str,
    peak: float | None,
    settings: InferSettings,
    seed: int,
    progress: Progress | None,
) -> Check | None:
    if not settings.check:
        return None
    from renshaw.infer.check import checked

    return checked(samples, found, muscle, peak, settings.check, seed, progress)


def _step(recording: Recording, settings: InferSettings, seed: int) -> Step:
    arguments = "" if settings == InferSettings() else f", {settings.as_python()}"
    return Step(
        "infer",
        f"posterior = rs.infer(recording{arguments}, seed={seed})",
        settings.to_mapping(),
        seed,
        recording.fingerprint(),
        CITES,
        __version__,
    )
