"""The verb `estimate`: a recording, real or simulated, to how strongly the cord amplifies."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from typing import overload

from renshaw.core.errors import needs
from renshaw.core.fingerprint import fingerprint
from renshaw.core.history import History, Step
from renshaw.core.seeds import checked_seed
from renshaw.core.version import __version__
from renshaw.data.estimates import Estimate, Estimates, gathered
from renshaw.data.names import told_apart
from renshaw.data.recording import Recording
from renshaw.data.suspicion import suspicions
from renshaw.estimation.by_others import rows_by_others
from renshaw.estimation.contractions.contractions import contractions
from renshaw.estimation.doubted import doubted
from renshaw.estimation.followed import missed_target
from renshaw.estimation.least import with_least
from renshaw.estimation.pooled import with_labels, without_copies
from renshaw.estimation.quantities.spasms import is_spasm_test
from renshaw.estimation.quantities.vibstim import is_vibstim
from renshaw.estimation.quantity import QUANTITIES, During, measured_together
from renshaw.estimation.settings import EstimateSettings, rules
from renshaw.estimation.smoothing import SmoothedRate, smoothed_rates

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
        `ok` False and the reason in words. Recordings of the same name are told apart by the
        folders of their files. A recording of several contractions gives each row once a
        contraction (`renshaw.contractions` finds them), with its number.

    Raises
    ------
    SettingsError
        An unknown rule set, or a seed that is none.
    DataError
        A recording too long to be smoothed on the grid asked for.

    Examples
    --------
    >>> import renshaw as rs
    >>> steady = [0.5 + 0.1 * k for k in range(40)]
    >>> units = rs.MotorUnits((steady, [0.6, 0.75, 0.9]), window_s=(0, 5))
    >>> estimates = rs.estimate(rs.Recording(units, name="two units"))
    >>> estimates.values("peak_rate").round(1).tolist()
    [10.0]
    """
    checked_seed(seed)
    one = isinstance(recording, Recording)
    if isinstance(recording, str) or not isinstance(recording, Iterable):
        needs("estimate", recording, Recording, made_by="rs.read")
    recordings = [recording] if isinstance(recording, Recording) else list(recording)
    for each in recordings:
        needs("estimate", each, Recording, made_by="rs.read")
    recordings = list(told_apart(recordings))
    chosen = rules(settings) if isinstance(settings, str) else settings
    needs("estimate", chosen, EstimateSettings)
    rows: list[Estimate] = []
    for done, each in enumerate(recordings):
        if progress is not None:
            progress(done, len(recordings), each.name)
        rows += rows_of(each, chosen)
    if progress is not None:
        progress(len(recordings), len(recordings), "estimated")
    before = recordings[0].history if one else history_of_several(recordings)
    step = _step("recording" if one else "recordings", recordings, settings, chosen)
    made_with = {each.name: chosen for each in recordings}
    notes = tuple(note for each in recordings for note in _remarks(each, chosen))
    suspected = {each.name: tuple(map(str, suspicions(each))) for each in recordings}
    return Estimates(tuple(rows), before.then(step), made_with, notes, suspected)


def _remarks(recording: Recording, settings: EstimateSettings) -> Iterator[str]:
    """Yield what is to be known of the contractions of a recording; mostly nothing."""
    if missed := missed_target(recording):
        yield f"{recording.name}: {missed}"
    if not involuntary(recording):
        for said in contractions(recording, settings.contractions).remarks:
            yield f"{recording.name}: {said}"


def estimated_together(
    recordings: Sequence[Recording], parts: Sequence[Estimates], settings: EstimateSettings | str
) -> Estimates:
    """Return the estimates of recordings that were estimated one by one, as if made in one go.

    Parameters
    ----------
    recordings : sequence of Recording
    parts : sequence of Estimates
        Of each.
    settings : EstimateSettings or str
        As they were given to `estimate`.
    """
    chosen = rules(settings) if isinstance(settings, str) else settings
    step = _step("recordings", recordings, settings, chosen)
    return gathered(parts, history_of_several(recordings).then(step))


def kind_of(recording: Recording) -> During:
    """Return what the person did, which decides what is measured.

    Events tell of involuntary firing; without them she contracted by will.
    """
    if is_vibstim(recording):
        return "vibstim"
    return "spasm" if is_spasm_test(recording) else "contraction"


def involuntary(recording: Recording) -> bool:
    """Whether what is measured is torque and firing without effort: VibStim, or a spasm test."""
    return kind_of(recording) != "contraction"


def rows_of(
    recording: Recording,
    settings: EstimateSettings,
    smoothed: Sequence[SmoothedRate] | None = None,
) -> list[Estimate]:
    """Return every estimate of one recording; who has smoothed its rates already may say so.

    Of a recording of several contractions they are those of each, as if it were the recording.
    """
    found = contractions(recording, settings.contractions)
    if not found.several:
        return _rows_of_one(recording, settings, smoothed)
    return [
        row._replace(contraction=each.number)
        for each in found
        for row in _rows_of_one(found.part(each.number), settings)
    ]


def _rows_of_one(
    recording: Recording,
    settings: EstimateSettings,
    smoothed: Sequence[SmoothedRate] | None = None,
) -> list[Estimate]:
    if smoothed is None:
        smoothed = _Smoothed(recording, settings)
    rows: list[Estimate] = []
    for quantities in measured_together(kind_of(recording)).values():
        if quantities[0].built_in and quantities[0].rows is not None:
            rows += quantities[0].rows(recording, smoothed, settings)
        else:
            rows += rows_by_others(quantities, recording, smoothed, settings)
    rows = without_copies(doubted(rows, recording), recording)
    return with_labels(with_least(rows, recording), recording)


class _Smoothed(Sequence[SmoothedRate]):
    """Smoothed rates of all units, made when they are first looked at: not everything does."""

    def __init__(self, recording: Recording, settings: EstimateSettings) -> None:
        self._units, self._settings = recording.units, settings.smoothing

    @cached_property
    def _rates(self) -> tuple[SmoothedRate, ...]:
        return smoothed_rates(self._units, self._settings)

    def __len__(self) -> int:
        return len(self._units)

    @overload
    def __getitem__(self, index: int) -> SmoothedRate: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[SmoothedRate]: ...
    def __getitem__(self, index: int | slice) -> SmoothedRate | Sequence[SmoothedRate]:
        return self._rates[index]


def history_of_several(recordings: Sequence[Recording]) -> History:
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
        cites=_cites(settings, chosen, recordings),
        version=__version__,
    )


def _cites(
    settings: EstimateSettings | str, chosen: EstimateSettings, recordings: Sequence[Recording]
) -> tuple[str, ...]:
    keys = ["gorassini2002", "beauchamp2023"]
    if chosen.smoothing.method == "svr":
        keys.insert(1, "beauchamp2022")
    if settings == "openhdemg" or chosen.delta_f.normalization != "none":
        keys.append("valli2024")
    done = {"any", *map(kind_of, recordings)}
    others = [q for q in QUANTITIES.values() if q.during in done and not q.built_in]
    return tuple(dict.fromkeys([*keys, *(source for q in others for source in q.sources)]))
