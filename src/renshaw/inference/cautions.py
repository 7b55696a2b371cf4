"""What speaks against an inference: of one recording, of two beside each other, of the model."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np

from renshaw.core.errors import DataError
from renshaw.core.numbers import counted
from renshaw.data.recording import Recording
from renshaw.data.suspicion import lost
from renshaw.estimation.estimate import involuntary
from renshaw.estimation.seen import seen
from renshaw.estimation.settings import EndsSettings
from renshaw.inference import summaries
from renshaw.inference.familiar import Unusual
from renshaw.inference.posterior import Check
from renshaw.inference.settings import InferSettings
from renshaw.inference.summaries import FEWEST_UNITS, SUMMARIES, Summarized, summarize
from renshaw.model.editions import EDITIONS, TRAINED_EDITION
from renshaw.model.muscles import known_muscle

# What was simulated: seconds of rise and fall, of hold, and % MVC.
_SIMULATED_s, _LONGEST_HOLD_s, _SIMULATED_pct = (2.0, 18.0), 22.0, (6.5, 56.0)
_FEW_UNITS = 6
# If so much of the units that fired did not start or stop within sight, most was not seen.
_MOSTLY = 0.5
# Of simulated recordings 65 to 99 % lie within (docs/inference.md); below this, no fit.
_FITS_pct = 60.0
_NAMED = 3
_ODD = 3.0
# Contractions whose heights or durations differ more than this are not the same task.
_ALIKE = 1.35
# Heights that differ by less are the same, measured twice.
_SAME_HEIGHT = 1.1

_TAKES = f"Give it a voluntary ramp or trapezoid in which {FEWEST_UNITS} motor units or more fire."
_WAYS = {"up": "of the way up", "down": "of the way down"}
_TOPS = {"0": "the beginning", "50": "the middle", "100": "the end"}
_ABOUT = {summary.name: summary.sentence for summary in SUMMARIES}


def summarized(recording: Recording, settings: InferSettings) -> Summarized:
    """Return the summaries of a recording; a torque that never changes is none.

    Raises
    ------
    DataError
        No contraction, or too few motor units; the message says what it takes.
    """
    try:
        return summarize(_without_flat_torque(recording), settings.peak_pct_mvc)
    except DataError as error:
        raise DataError(f"{_why(recording, str(error))} {_TAKES}") from None


def _why(recording: Recording, why: str) -> str:
    if not len(recording.units) and recording.grids:
        return (
            f"{recording.name} is raw EMG without motor units: renshaw decompose makes it a "
            "recording with them."
        )
    if not len(recording.units):
        return f"{recording.name} holds no motor units."
    if involuntary(recording):
        return f"{recording.name} is a test of involuntary firing. {why}"
    return why


def _without_flat_torque(recording: Recording) -> Recording:
    if not _flat(recording):
        return recording
    return replace(recording, signals={k: v for k, v in recording.signals.items() if k != "torque"})


def _flat(recording: Recording) -> bool:
    torque = recording.torque
    if torque is None or torque.values.ndim != 1:
        return False
    there = torque.values[np.isfinite(torque.values)]
    return len(there) > 0 and float(there.min()) == float(there.max())


def warnings_of(
    recording: Recording,
    observed: Recording,
    found: Summarized,
    peak: float | None,
    farther: float,
    unusual: tuple[Unusual, ...],
    settings: InferSettings,
) -> list[str]:
    """Return why the numbers of a recording should not be trusted, in sentences."""
    said = _another_edition(recording)
    if involuntary(recording):
        said.append(
            "This is a test of involuntary firing: no target was followed, and units in a spasm do "
            "not share their drive. Inference assumes both; do not trust its numbers."
        )
    itself = recording.muscle
    if settings.muscle is not None and itself and known_muscle(itself) != settings.muscle:
        said.append(
            f"The recording is labeled {itself}; as set by muscle, it was treated as one of "
            f"{settings.muscle}."
        )
    said += cut_off(observed)[0]
    said += _protocol_warnings(found, peak)
    if farther >= settings.unusual_pct:
        odd = [each for each in unusual[:_NAMED] if abs(each.deviation) > _ODD]
        most = f" Least as expected: {'; '.join(described(each) for each in odd)}." if odd else ""
        said.append(
            "This recording is unlike the simulated ones used for training (more unusual than "
            f"{_pct(farther)} simulated recordings); the posterior may be wrong.{most}"
        )
    together = found.values[summaries.NAMES.index("rate_rate_r")]
    if np.isfinite(together) and together < 0.3:
        said.append(
            f"Discharge rates of the units hardly correlate (median r = {together:.2f}), as in "
            "spasms; the model assumes one shared drive."
        )
    return said


def _another_edition(recording: Recording) -> list[str]:
    """Return that a virtual person is of an edition that the networks don't know."""
    if recording.truth is None:
        return []
    edition = round(recording.truth.parameters.get("edition", 1))
    if edition == TRAINED_EDITION:
        return []
    healthy = EDITIONS[TRAINED_EDITION].health("TA").neuromodulation
    return [
        f"This recording was simulated with edition {edition} of the virtual person, and the "
        f"networks were trained on edition {TRAINED_EDITION}: don't hold these numbers against "
        f"what is known of her. They are on the scale of edition {TRAINED_EDITION}, on which "
        f"neuromodulation in health is {healthy:g}. rs.Participant(edition={TRAINED_EDITION}), or "
        f"--edition {TRAINED_EDITION}, simulates people whom the networks know."
    ]


def cut_off(recording: Recording) -> tuple[list[str], list[str]]:
    """Return what to be warned of, and to know, of units not seen to start or stop.

    The networks know recordings in which a few units fire on, as simulated ones do; they learned
    little of those in which most do, and `estimate` has only bounds of these.
    """
    gone, units = lost(recording), recording.units
    fired = [unit for unit in range(len(units)) if len(units[unit]) and unit not in gone]
    found = [seen(units[unit], units.window_s, EndsSettings()) for unit in fired]
    fired += [unit for unit in gone if len(units[unit])]
    warned, noted = [], []
    for missed, words in (
        (sum(not each.stop for each in found), "still fired when the recording ended"),
        (sum(not each.start for each in found), "already fired when the recording began"),
        (
            len(fired) - len(found),
            "stop at once with others while the contraction goes on, as if the decomposition had "
            "lost them",
        ),
    ):
        many = f"{missed} of the {counted(len(fired), 'motor unit')} that fired {words}"
        if missed and missed >= _MOSTLY * len(fired):
            warned.append(
                f"{many}: how excitable the cord is was not observed to the end, and may be more "
                "than inferred; do not trust its numbers."
            )
        elif missed:
            noted.append(f"{many}; nobody knows for how long.")
    return warned, noted


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


def misfit(check: Check | None) -> list[str]:
    """Return what a posterior predictive check says against the posterior."""
    if check is None or check.inside_pct >= _FITS_pct:
        return []
    if not check.inside_pct:
        return [
            f"Only {check.persons} virtual persons drawn from the posterior could do this "
            "contraction: the model "
            "can't reproduce this recording; do not trust its numbers."
        ]
    return [
        "Virtual persons drawn from the posterior do not contract as recorded: only "
        f"{check.inside_pct:.0f} % of the recording's summary values lie within the middle 90 % "
        "of theirs. The model "
        "can't reproduce this recording; do not trust its numbers."
    ]


def notes_of(
    recording: Recording, found: Summarized, peak: float | None, settings: InferSettings
) -> list[str]:
    """Return what else is worth knowing of how a recording was looked at."""
    said = []
    if found.contraction.torque is None:
        lacking = "the torque never changes" if _flat(recording) else found.contraction.lacking
        said.append(
            f"There is no torque ({lacking}); the discharges of all units are used instead."
        )
    if peak is None:
        said.append(
            "The file does not say how strong the contraction was; 20 % MVC is assumed (set it "
            "with peak_pct_mvc or --peak-pct-mvc)."
        )
    measured = _measured_peak(found)
    if settings.peak_pct_mvc is not None and measured is not None:
        ratio = settings.peak_pct_mvc / measured
        if not 1 / _SAME_HEIGHT <= ratio <= _SAME_HEIGHT:
            said.append(
                f"The file's torque peaks at {measured:.0f} % MVC; "
                f"{settings.peak_pct_mvc:g} % MVC was used, as set by peak_pct_mvc."
            )
    if found.n_units < _FEW_UNITS:
        said.append(f"Only {found.n_units} motor units fire often enough to be used.")
    if found.contraction.others:
        said.append(
            f"The longest of {found.contraction.others + 1} contractions was used, "
            f"{found.contraction.course.begins_s:.0f} to {found.contraction.course.ends_s:.0f} s."
        )
    return said


def _measured_peak(found: Summarized) -> float | None:
    torque = found.contraction.torque
    if torque is None or torque.unit != summaries.MVC_UNIT:
        return None
    return found.contraction.course.height


def described(each: Unusual) -> str:
    """Return a summary that is not as expected, in words."""
    more = "more" if each.deviation > 0 else "less"
    return f"{sentence_of(each.name)}, {more} than the rest lets expect"


def sentence_of(name: str) -> str:
    """Return what a summary is, in words; phases as a person would say them."""
    words = re.sub(r"\btop_(\d+)%", lambda at: f"{_TOPS[at[1]]} of the top", _ABOUT[name])
    words = re.sub(r"\b(up|down)_(\d+)%", lambda at: f"{at[2]} % {_WAYS[at[1]]}", words)
    return re.sub(r"(\d)%", r"\1 %", words)


def _pct(value: float) -> str:
    return "all" if value >= 99.95 else f"{value:.1f} % of"


def differences(
    recordings: tuple[Recording, Recording], found: tuple[Summarized, Summarized]
) -> list[str]:
    """Return in which way two recordings are not of one person doing the same task twice."""
    first, second = recordings
    said = []
    if first.fingerprint() == second.fingerprint():
        said.append("Both recordings are the same; nothing can have changed between them.")
    names = [each.participant for each in recordings]
    if all(names) and names[0] != names[1]:
        said.append(
            f"The recordings are of two persons ({names[0]} and {names[1]}); changes were only "
            "learned of one."
        )
    return said + _other_torque(found) + _other_task(found)


def _other_torque(found: tuple[Summarized, Summarized]) -> list[str]:
    there = [each.contraction.torque is not None for each in found]
    if there[0] != there[1]:
        which = "first" if there[1] else "second"
        return [
            f"The {which} recording has no torque, and the other has; changes were only learned "
            "where both have it, or neither."
        ]
    known = [each.mvc_known for each in found]
    if known[0] != known[1]:
        which = "first" if known[1] else "second"
        return [
            f"The peak in % MVC is unknown for the {which} recording but known for the other; "
            "the networks were trained only on pairs where both are known, or neither."
        ]
    return []


def _other_task(found: tuple[Summarized, Summarized]) -> list[str]:
    before, after = (each.values for each in found)
    said = []
    words = ("height", "rise", "fall")
    for word, k in zip(words, (0, 1, 3), strict=True):
        ratio = np.exp(after[k] - before[k])
        if np.isfinite(ratio) and not 1 / _ALIKE <= ratio <= _ALIKE:
            said.append(
                f"The {word} of the second contraction is {ratio:.2f} times that of the first; "
                "the networks were trained on equal contractions only."
            )
    if abs(after[2] - before[2]) > 2.0:
        said.append(
            "One contraction is held longer than the other; changes were only learned of equal "
            "contractions."
        )
    return said
