"""The verb `estimate`: a recording, real or simulated, to how strongly the cord amplifies."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from renshaw.core.fingerprint import fingerprint
from renshaw.core.history import History, Step
from renshaw.core.seeds import checked_seed
from renshaw.core.version import __version__
from renshaw.data.estimates import Estimate, Estimates
from renshaw.data.recording import Recording
from renshaw.estimation.delta_f import delta_f_rows
from renshaw.estimation.geometry import geometry_rows
from renshaw.estimation.rates import rates_rows
from renshaw.estimation.rules import rules
from renshaw.estimation.settings import EstimateSettings
from renshaw.estimation.smoothing import SmoothedRate, smoothed_rates
from renshaw.estimation.spasms import is_spasm_test, spasm_rows
from renshaw.estimation.vibstim import is_vibstim, vibstim_rows

Estimator = Callable[[Recording, Sequence[SmoothedRate], EstimateSettings], list[Estimate]]

# Each gives rows of its own quantities; ΔF comes first, because it is what people look for.
ESTIMATORS: tuple[Estimator, ...] = (delta_f_rows, rates_rows, geometry_rows)

# What happened to the person decides what is measured; without such events she contracted by will.
INVOLUNTARY: tuple[
    tuple[Callable[[Recording], bool], Callable[[Recording, EstimateSettings], list[Estimate]]],
    ...,
] = ((is_vibstim, vibstim_rows), (is_spasm_test, spasm_rows))

Progress = Callable[[int, int, str], None]


def estimate(
    recording: Recording | Iterable[Recording],
    settings: EstimateSettings | str = "renshaw",
    *,
    seed: int = 0,
    progress: Progress | None = None,
) -> Estimates:
    """Estimate how excitable the motoneurons of one or several recordings are.

    Parameters
    ----------
    recording : Recording, or iterable of them
    settings : EstimateSettings or str
        Or the name of a rule set: ``"renshaw"``, ``"openhdemg"``.
    seed : int
        For the grammar of verbs: nothing is left to chance here.
    progress : callable, optional
        Told (done, total, what) before each recording and at the end.

    Returns
    -------
    Estimates
        One row a unit, pair or recording and quantity; what fails the rules keeps its row, with
        `ok` False and the reason in words.

    Raises
    ------
    SettingsError
        An unknown rule set, or a seed that is none.
    DataError
        A recording too long to be smoothed on the grid asked for.
    """
    checked_seed(seed)
    one = isinstance(recording, Recording)
    recordings = [recording] if isinstance(recording, Recording) else list(recording)
    chosen = rules(settings) if isinstance(settings, str) else settings
    rows: list[Estimate] = []
    for done, each in enumerate(recordings):
        if progress is not None:
            progress(done, len(recordings), each.name)
        rows += rows_of(each, chosen)
    if progress is not None:
        progress(len(recordings), len(recordings), "estimated")
    before = recordings[0].history if one else _gathered(recordings)
    step = _step("recording" if one else "recordings", recordings, settings, chosen)
    return Estimates(tuple(rows), before.then(step))


def involuntary(recording: Recording) -> bool:
    """Whether what is measured is torque and firing without effort: VibStim, or a spasm test."""
    return any(happened(recording) for happened, _ in INVOLUNTARY)


def rows_of(
    recording: Recording,
    settings: EstimateSettings,
    smoothed: Sequence[SmoothedRate] | None = None,
) -> list[Estimate]:
    """Return every estimate of one recording; who has smoothed its rates already may say so."""
    for happened, estimator in INVOLUNTARY:
        if happened(recording):
            return estimator(recording, settings)
    if smoothed is None:
        smoothed = smoothed_rates(recording.units, settings.smoothing)
    return [row for estimator in ESTIMATORS for row in estimator(recording, smoothed, settings)]


def _gathered(recordings: Sequence[Recording]) -> History:
    """Return the histories of several recordings as one program that makes a list of them."""
    steps = [Step("gather", "recordings = []", version=__version__)]
    for recording in recordings:
        steps += recording.history.steps
        steps.append(
            Step(
                "gather",
                "recordings.append(recording)",
                input=recording.fingerprint(),
                version=__version__,
            )
        )
    return History(tuple(steps))


def _step(
    variable: str,
    recordings: Sequence[Recording],
    settings: EstimateSettings | str,
    chosen: EstimateSettings,
) -> Step:
    asked = repr(settings) if isinstance(settings, str) else settings.as_python()
    argument = "" if settings == "renshaw" else f", {asked}"
    prints = [recording.fingerprint() for recording in recordings]
    return Step(
        verb="estimate",
        code=f"estimates = rs.estimate({variable}{argument})",
        settings=chosen.to_mapping(),
        input=prints[0] if len(prints) == 1 else fingerprint(prints),
        cites=_cites(settings, chosen),
        version=__version__,
    )


def _cites(settings: EstimateSettings | str, chosen: EstimateSettings) -> tuple[str, ...]:
    keys = ["gorassini2002", "beauchamp2023"]
    if chosen.smoothing.method == "svr":
        keys.insert(1, "beauchamp2022")
    if settings == "openhdemg" or chosen.delta_f.normalization != "none":
        keys.append("valli2024")
    return tuple(keys)
