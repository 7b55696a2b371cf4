"""The verb `contractions`: a recording to its contractions, each to be estimated by itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Literal
from weakref import WeakKeyDictionary

import numpy as np

from renshaw.core.errors import DataError, needs
from renshaw.core.fingerprint import fingerprint
from renshaw.core.history import History, Step
from renshaw.core.numbers import between, counted, number
from renshaw.core.results import Result
from renshaw.core.settings import settings_for
from renshaw.core.version import __version__
from renshaw.data.cut import cut
from renshaw.data.motor_units import MotorUnits
from renshaw.data.recording import Recording
from renshaw.data.signal import Signal
from renshaw.data.suspicion import with_doubts_of
from renshaw.estimation.contractions.course import Course, course_of
from renshaw.estimation.contractions.finding import Effort, border_s, efforts_of, sinusoid_hz
from renshaw.estimation.quantities.spasms import is_spasm_test
from renshaw.estimation.quantities.vibstim import is_vibstim
from renshaw.estimation.settings import ContractionSettings

if TYPE_CHECKING:
    import pandas as pd

Kind = Literal["one", "several", "sinusoid", "no rest", "none", "involuntary", "not asked"]
# A brief effort that reaches so many times the usual height may have been a maximal one.
_MAXIMAL = 1.5
# So long a silence of all units is rest, whatever came before and after.
_SURE_REST_S = 3.0
_KNOWN: WeakKeyDictionary[Recording, dict[ContractionSettings, Contractions]] = WeakKeyDictionary()


@dataclass(frozen=True)
class Contraction:
    """One contraction of a recording.

    Parameters
    ----------
    number : int
        Counted from 1; 0 for one that is left out.
    begins_s, ends_s : float
        When effort rises from rest, and when it is back.
    peak : float
        The highest effort above rest, in `unit`.
    unit : str
        That of the torque; ``"pps"`` where discharges stand in for it.
    window_s : (float, float)
        The part of the recording that belongs to it, with the rest around.
    units, discharges : int
        How many motor units fire in it, and how often.
    left_out : str
        Why it is left out, in words; mostly nothing.
    """

    number: int
    begins_s: float
    ends_s: float
    peak: float
    unit: str
    window_s: tuple[float, float]
    units: int
    discharges: int
    left_out: str = ""

    @property
    def duration_s(self) -> float:
        """From the beginning of the rise to the end of the fall."""
        return self.ends_s - self.begins_s


@dataclass(frozen=True, eq=False)
class Contractions(Result):
    """The contractions of a recording.

    Parameters
    ----------
    every : tuple of Contraction
        In order of time, those that are left out among them.
    recording : Recording
        The whole of it.
    kind : str
        ``"one"``, ``"several"``; ``"sinusoid"`` or ``"no rest"`` where effort goes up and down
        without rest between; ``"none"`` where nothing rises and falls; ``"involuntary"`` where
        nobody contracts by will; ``"not asked"``. All but ``"several"`` are treated as one.
    by : str
        What they were found by: ``"torque"``, ``"discharges"``.
    course : Signal or None
        Effort above rest.
    remarks : tuple of str
        What to know of it, in sentences.
    history : History
    """

    every: tuple[Contraction, ...]
    recording: Recording = field(repr=False)
    kind: Kind = "one"
    by: str = ""
    course: Signal | None = None
    remarks: tuple[str, ...] = ()
    history: History = field(default_factory=History)

    def __len__(self) -> int:
        return len(self.counted)

    def __iter__(self) -> Iterator[Contraction]:
        return iter(self.counted)

    @property
    def counted(self) -> tuple[Contraction, ...]:
        """Those that are estimated, in order of their numbers."""
        return tuple(each for each in self.every if each.number)

    @property
    def several(self) -> bool:
        """Whether each is a part of the recording, rather than one all of it."""
        return self.kind == "several"

    def part(self, number: int) -> Recording:
        """Return one contraction as a recording of its own; one of one is the whole recording.

        Parameters
        ----------
        number : int
            Counted from 1.

        Raises
        ------
        DataError
            There is none of that number.
        """
        if not self.several and number == 1:
            return self.recording
        for each in self.counted:
            if each.number == number:
                return _parts(self.recording, each.window_s)
        raise DataError(
            f"{self.recording.name} has no contraction {number}: it has "
            f"{counted(max(len(self), 1), 'contraction')}.",
            code="data.unknown",
            name="contraction",
            value=number,
            hint=self._hint(),
        )

    def _hint(self) -> str:
        if not self.several:
            return "Leave --contraction out, or choose the part by --window START END."
        return f"They are: {'; '.join(map(_said, self.counted))}."

    def parts(self) -> tuple[Recording, ...]:
        """Return every contraction as a recording of its own, named by its number."""
        if not self.several:
            return (self.recording,)
        return tuple(self._named(each.number) for each in self.counted)

    def _named(self, number: int) -> Recording:
        name = f"{self.recording.name}, contraction {number}"
        return with_doubts_of(replace(self.part(number), name=name), self.recording)

    def to_table(self) -> pd.DataFrame:
        """Return one row a contraction: number (NA where left out), times, peak, units, why not."""
        import pandas as pd

        rows = [
            {
                "contraction": each.number,
                "begins_s": each.begins_s,
                "ends_s": each.ends_s,
                "peak": each.peak,
                "unit": each.unit,
                "window_start_s": each.window_s[0],
                "window_end_s": each.window_s[1],
                "motor_units": each.units,
                "discharges": each.discharges,
                "left_out": each.left_out,
            }
            for each in self.every
        ]
        table = pd.DataFrame(rows, columns=_COLUMNS)
        numbers = table["contraction"].astype("Int64")
        table["contraction"] = numbers.mask(numbers == 0)
        return table

    def fingerprint(self) -> str:
        """Return a short hash of the content."""
        return fingerprint(self.recording.fingerprint(), self.kind, [vars(e) for e in self.every])

    def __repr__(self) -> str:
        return f"Contractions({self.recording.name!r}, {len(self)}, {self.kind})"

    def __str__(self) -> str:
        return "\n".join([super().__str__(), *self.remarks])


_COLUMNS = [
    "contraction", "begins_s", "ends_s", "peak", "unit", "window_start_s", "window_end_s",
    "motor_units", "discharges", "left_out",
]  # fmt: skip


def contractions(
    recording: Recording, settings: ContractionSettings | None = None, *, seed: int = 0
) -> Contractions:
    """Find the contractions of a recording.

    By the torque, whatever its offset, drift or sign, or, where there is none that tells, by the
    discharges of all units. Contractions have rest between them; what goes up and down without
    rest, as a sinusoid does, is one. Left out are brief efforts beside longer ones, such as a
    maximal effort before a ramp, and those in which no motor unit fires.

    Parameters
    ----------
    recording : Recording
    settings : ContractionSettings, optional
    seed : int
        For the grammar of verbs: nothing is left to chance here.

    Examples
    --------
    >>> import numpy as np, renshaw as rs
    >>> up_and_down = np.bartlett(2000) * 30
    >>> torque = rs.Signal(np.tile(np.r_[np.zeros(300), up_and_down], 2), 100, "% MVC")
    >>> found = rs.contractions(rs.Recording(rs.MotorUnits((), (0, 46)), {"torque": torque}))
    >>> [(round(each.begins_s), round(each.ends_s)) for each in found]
    [(3, 23), (26, 46)]
    """
    needs("contractions", recording, Recording, made_by="rs.read")
    settings = settings_for("contractions", settings, ContractionSettings)
    known = _KNOWN.setdefault(recording, {})
    if settings not in known:
        # Without the recording itself, which would keep its own entry alive.
        found = _found(recording, settings)
        known[settings] = replace(found, recording=_NOBODY)
    found = replace(known[settings], recording=recording)
    return replace(found, history=recording.history.then(_step(recording, settings)))


_NOBODY = Recording(MotorUnits((), (0.0, 0.0)))


def _found(recording: Recording, settings: ContractionSettings) -> Contractions:
    if is_vibstim(recording) or is_spasm_test(recording):
        said = "Nobody contracts by will here: VibStim and spasm tests are measured as a whole."
        return Contractions((), recording, "involuntary", remarks=(said,))
    if settings.find == "never":
        return _untold(recording, settings)
    course = course_of(recording, settings.find)
    if course is None:
        return Contractions((), recording, "none")
    first_s, last_s = recording.units.window_s
    efforts = [
        each
        for each in efforts_of(course, recording.units, settings)
        if each.begins_s < last_s and each.ends_s > first_s
    ]
    every = _numbered(recording, course, efforts, settings)
    made = Contractions(every, recording, "one", course.by, course.level)
    if not efforts:
        return replace(made, kind="none")
    hz = sinusoid_hz(course)
    if hz is not None:
        what = "Torque" if course.by == "torque" else "The activity of the motor units"
        said = f"{what} goes like a sinusoid of {number(hz)} Hz: treated as one contraction."
        return replace(made, every=_one(every, recording), kind="sinusoid", remarks=(said,))
    restless = _restless(every, efforts, course)
    if len(efforts) == 1:
        return replace(made, kind="no rest" if restless else "one", remarks=restless)
    if not any(each.number for each in every):
        return replace(made, every=(), kind="none")
    unsure = _unsure(every, recording.units) if course.by == "discharges" else ()
    return replace(made, kind="several", remarks=(*_remarks(made), *restless, *unsure))


def _untold(recording: Recording, settings: ContractionSettings) -> Contractions:
    """Return that contractions are not told apart, and say so where that matters."""
    there = _found(recording, settings.replace(find="auto"))
    said = (
        f"{counted(len(there.every), 'contraction')} were recorded, and are taken as one as the "
        "settings ask. Estimate one by itself (--contraction 1), or each "
        "(--contractions.find auto)."
    )
    remarks = (said,) if there.several else there.remarks
    return Contractions((), recording, "not asked", remarks=remarks)


def _numbered(
    recording: Recording,
    course: Course,
    efforts: Sequence[Effort],
    settings: ContractionSettings,
) -> tuple[Contraction, ...]:
    """Return the efforts as contractions, those that count with numbers from 1."""
    windows = _windows(recording.units, efforts)
    firing = [_firing(recording.units, window) for window in windows]
    why = _left_out(efforts, [n for _, n in firing], settings)
    numbers = iter(range(1, len(efforts) + 1))
    return tuple(
        Contraction(
            0 if left_out else next(numbers),
            each.begins_s,
            each.ends_s,
            each.peak,
            course.level.unit,
            window,
            units,
            discharges,
            left_out,
        )
        for each, window, (units, discharges), left_out in zip(
            efforts, windows, firing, why, strict=True
        )
    )


def _windows(units: MotorUnits, efforts: Sequence[Effort]) -> list[tuple[float, float]]:
    """Return the part of the recording that belongs to each effort."""
    if not efforts:
        return []
    first_s, last_s = units.window_s
    between = [border_s(units, a.ends_s, b.begins_s) for a, b in pairwise(efforts)]
    edges = [first_s, *(min(max(at_s, first_s), last_s) for at_s in between), last_s]
    return list(pairwise(edges))


def _firing(units: MotorUnits, window_s: tuple[float, float]) -> tuple[int, int]:
    n = [int(np.count_nonzero((t >= window_s[0]) & (t < window_s[1]))) for t in units]
    return sum(map(bool, n)), sum(n)


def _left_out(
    efforts: Sequence[Effort], discharges: Sequence[int], settings: ContractionSettings
) -> list[str]:
    """Return why each effort is left out; nothing where it counts."""
    why = ["" if n or not any(discharges) else "no motor unit fires in it" for n in discharges]
    counts = [each for each, reason in zip(efforts, why, strict=True) if not reason]
    if not counts:
        return why
    # Half of the time that is spent in effort is spent in longer ones, and in stronger ones.
    spent_s = [each.duration_s for each in counts]
    usual_s, usual = _middle(spent_s, spent_s), _middle([e.peak for e in counts], spent_s)
    for k, each in enumerate(efforts):
        if not why[k] and each.duration_s < settings.duration_min_pct / 100 * usual_s:
            strong = each.peak > _MAXIMAL * usual
            why[k] = (
                f"it lasts only {number(each.duration_s)} s where {number(usual_s)} s is usual"
                f"{' and is far stronger: a maximal effort?' if strong else ''}"
            )
    return why


def _middle(values: Sequence[float], weights: Sequence[float]) -> float:
    """Return the weighted median."""
    order = np.argsort(values)
    total = np.cumsum(np.asarray(weights, dtype=float)[order])
    half = min(int(np.searchsorted(total, total[-1] / 2, side="right")), len(order) - 1)
    return float(np.asarray(values)[order][half])


def _one(every: Sequence[Contraction], recording: Recording) -> tuple[Contraction, ...]:
    """Return efforts without rest between as the one contraction that they are taken for."""
    if not every:
        return ()
    first, last = every[0], every[-1]
    units, discharges = _firing(recording.units, recording.units.window_s)
    whole = replace(
        max(every, key=lambda each: each.peak),
        number=1,
        begins_s=first.begins_s,
        ends_s=last.ends_s,
        window_s=recording.units.window_s,
        units=units,
        discharges=discharges,
        left_out="",
    )
    return (whole,)


def _restless(
    every: Sequence[Contraction], efforts: Sequence[Effort], course: Course
) -> tuple[str, ...]:
    """Return which contractions are several without rest between; mostly none.

    Units pause: by their discharges alone this can't be told.
    """
    if course.by != "torque":
        return ()
    return tuple(
        f"From {each.begins_s:.0f} to {each.ends_s:.0f} s torque rises {effort.peaks} times "
        "without rest between: treated as one contraction. Cut it by hand where that is wrong: "
        "renshaw cut --window, rs.cut."
        for each, effort in zip(every, efforts, strict=True)
        if effort.peaks > 1 and not each.left_out
    )


def _unsure(every: Sequence[Contraction], units: MotorUnits) -> tuple[str, ...]:
    """Return that silences are so short that they may be no rest; mostly nothing.

    Where effort falls to nothing and rises at once, as in ramps that follow each other or a
    sinusoid, units are silent for a moment, too: only a torque tells.
    """
    times_s = np.sort(np.concatenate([np.empty(0), *units]))
    silences = []
    for _, after in pairwise(every):
        border = int(np.searchsorted(times_s, after.window_s[0]))
        if 0 < border < len(times_s):
            silences.append(float(times_s[border] - times_s[border - 1]))
    short = [each for each in silences if each < _SURE_REST_S]
    if not short:
        return ()
    silence = number(short[0], 2) if len(short) == 1 else between(min(short), max(short), 2)
    return (
        f"Units are silent for only {silence} s between contractions, "
        "and there is no torque: whether there was rest is not known. If there was none, as "
        "between ramps that follow each other or in a sinusoid, take them as one: "
        "--contractions.find never.",
    )


def _remarks(found: Contractions) -> tuple[str, ...]:
    return tuple(
        f"{each.begins_s:.1f} to {each.ends_s:.1f} s is no contraction to estimate: "
        f"{each.left_out}{'' if each.left_out.endswith('?') else '.'}"
        for each in found.every
        if each.left_out
    )


def _said(each: Contraction) -> str:
    return f"{each.number}, {each.begins_s:.1f} to {each.ends_s:.1f} s"


_PARTS: WeakKeyDictionary[Recording, dict[tuple[float, float], Recording]] = WeakKeyDictionary()


def _parts(recording: Recording, window_s: tuple[float, float]) -> Recording:
    """Return a part; estimates, multiverse and report of one recording ask for the same."""
    known = _PARTS.setdefault(recording, {})
    if window_s not in known:
        known[window_s] = with_doubts_of(cut(recording, *window_s), recording)
    return known[window_s]


def _step(recording: Recording, settings: ContractionSettings) -> Step:
    arguments = "" if settings == ContractionSettings() else f", {settings.as_python()}"
    return Step(
        verb="contractions",
        code=f"contractions = rs.contractions(recording{arguments})",
        settings=settings.to_mapping(),
        input=recording.fingerprint(),
        version=__version__,
    )
