"""The verb `infer`: a recording to a posterior over the state of the cord behind it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from renshaw.core.errors import SettingsError, needs
from renshaw.core.history import Step
from renshaw.core.seeds import checked_seed
from renshaw.core.settings import settings_for
from renshaw.core.version import __version__
from renshaw.data.pools import once_each, units_of_muscle
from renshaw.data.recording import Recording
from renshaw.estimation.contractions.contractions import Contractions, contractions
from renshaw.inference import summaries, targets
from renshaw.inference.cautions import cut_off, misfit, notes_of, summarized, warnings_of
from renshaw.inference.posterior import Check, Posterior, tabulated
from renshaw.inference.settings import InferSettings
from renshaw.inference.summaries import Summarized
from renshaw.inference.trained import Trained, shipped
from renshaw.model.muscles import MUSCLES, known_muscle

if TYPE_CHECKING:
    import pandas as pd

Matrix = NDArray[np.float64]
Progress = Callable[[int, int, str], None]

CITES = ("cranmer2020", "papamakarios2017", "tejero2020", "talts2018", "chardon2023", "powers2017")


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
    a second. `renshaw.inference.train` trains them anew.

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
    needs("infer", recording, Recording, made_by="rs.read")
    settings, seed = settings_for("infer", settings, InferSettings), checked_seed(seed)
    trained = trained or shipped()
    muscle = muscle_of(recording, settings)
    observed = of_one_muscle(one_contraction(recording, settings), settings)
    found = summarized(observed, settings)
    which = np.array([tuple(MUSCLES).index(muscle)])
    inputs = trained.seen.inputs(found.values[None], which)[0]
    drawn = trained.state.sample(settings.samples, inputs, seed)
    peak = float(np.exp(found.values[0])) if found.mvc_known else None
    farther = trained.familiar.percentile(found.values, int(which[0]))
    unusual = tuple(trained.familiar.unusual(found.values, int(which[0]), summaries.NAMES))
    samples = tabulated(drawn, muscle, peak)
    check = _check(samples, found, muscle, peak, settings, seed, progress)
    warnings = warnings_of(recording, observed, found, peak, farther, unusual, settings)
    return Posterior(
        samples=samples,
        prior=tabulated(trained.state.prior(), muscle, peak)[list(targets.NAMES)],
        name=recording.name,
        muscle=muscle,
        n_units=found.n_units,
        peak_pct_mvc=peak,
        farther_than_pct=farther,
        unusual=unusual,
        warnings=(*warnings, *misfit(check)),
        notes=(
            *_which_contraction(recording, settings),
            *_left_out(recording, observed),
            *cut_off(observed)[1],
            *notes_of(recording, found, peak, settings),
        ),
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
    muscle = known_muscle(recording.muscle)
    if muscle is not None:
        return muscle
    known = list(MUSCLES)
    if len(recording.muscles) > 1:
        several = " and ".join(recording.muscles)
        raise SettingsError(
            f"{recording.name} is of several muscles: {several}. Choose one: muscle = ... "
            "(--muscle ...); the units of the others are left out.",
            name="muscle",
            value=recording.muscles,
        )
    raise SettingsError(
        f"{recording.name} does not say which muscle was recorded. Choose the nearest of "
        f"{', '.join(known[:-1])} and {known[-1]}: muscle = {known[0]!r} (--muscle {known[0]})."
    )


def one_contraction(recording: Recording, settings: InferSettings) -> Recording:
    """Return the contraction that was asked for; else the one in which most motor units fire.

    Raises
    ------
    DataError
        There is none of the number that was asked for.
    """
    found = contractions(recording)
    number = settings.contraction or _telling(found)
    return found.part(number) if settings.contraction or found.several else recording


def _telling(found: Contractions) -> int:
    return max(found, key=lambda each: (each.units, each.discharges)).number if len(found) else 1


def _which_contraction(recording: Recording, settings: InferSettings) -> list[str]:
    found = contractions(recording)
    if not found.several or len(found.every) < 2:
        return []
    number = settings.contraction or _telling(found)
    used = next(each for each in found if each.number == number)
    how = (
        "as asked"
        if settings.contraction
        else "the one in which most motor units fire; choose another by contraction = ... "
        "(--contraction ...)"
    )
    return [
        f"Contraction {number} of {len(found)} was used, {used.begins_s:.0f} to "
        f"{used.ends_s:.0f} s: {how}."
    ]


def of_one_muscle(recording: Recording, settings: InferSettings) -> Recording:
    """Return the units of the muscle that was asked for, each once, where several were recorded.

    Raises
    ------
    SettingsError
        None of the recorded muscles is the one that was asked for.
    """
    if len(recording.muscles) < 2:
        return once_each(recording)
    asked = [each for each in recording.muscles if known_muscle(each) == settings.muscle]
    if not asked:
        several = " and ".join(recording.muscles)
        raise SettingsError(
            f"{recording.name} is of several muscles, {several}, and none is {settings.muscle}. "
            "Infer from a recording of the units of one of them (recording.units.select).",
            name="muscle",
            value=settings.muscle,
        )
    return units_of_muscle(recording, asked[0])


def _left_out(recording: Recording, observed: Recording) -> list[str]:
    total, used = len(recording.units), len(observed.units)
    of = f"those of {observed.muscle}, each once" if observed.muscle else "each once"
    return [f"{used} of {total} motor units were used: {of}."] if used < total else []


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
    from renshaw.inference.check import checked

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
