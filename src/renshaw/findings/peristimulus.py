"""What stimuli do to motor units, in sentences."""

from __future__ import annotations

from renshaw.core.finding import Finding, Number, finds
from renshaw.core.numbers import counted, number
from renshaw.estimation.around_stimuli.responses import (
    CHANCE,
    EARLY,
    ECHO,
    REBOUND,
    STEADY,
    TIED,
    TOO_FEW,
)
from renshaw.estimation.peristimulus import Peristimulus

_SURE = (
    "A response counts if few sets of randomly moved stimuli have one as large; with many units, "
    "one in twenty of those without any response counts by chance in each direction."
)


@finds(Peristimulus)
def findings(found: Peristimulus) -> tuple[Finding, ...]:
    """Return how many units respond, and when and by how much."""
    table = found.responses
    units = [unit for unit in found.units if unit > 0]
    said, numbers = [], []
    for direction, verb in (("inhibition", "inhibited"), ("excitation", "excited")):
        rows = table[(table.direction == direction) & (table.unit > 0)] if len(table) else table
        sure = rows[rows.ok] if len(rows) else rows
        words = f"{verb}: {len(sure)} of {len(units)}"
        if len(sure):
            words += (
                f", from {number(sure.onset_ms.median())} ms for "
                f"{number(sure.duration_ms.median())} ms (medians)"
            )
        said.append(words)
        numbers.append(Number(name=f"Units {verb}", value=float(len(sure)), unit="units"))
    return (
        Finding(
            sentence=f"Units {said[0]}; units {said[1]} ({len(found.stimuli_s)} stimuli).",
            numbers=numbers,
            n=len(found.stimuli_s),
            of="stimuli",
            warnings=_warnings(found),
            how_sure=[_SURE],
        ),
    )


def _warnings(found: Peristimulus) -> list[str]:
    table = found.responses
    if not len(table):
        return ["The recording has no motor units."]
    said = []
    if found.left_out:
        said.append(
            f"{counted(found.left_out, 'stimulus', 'stimuli')} of "
            f"{found.left_out + len(found.stimuli_s)} had part of the time that is looked at "
            "outside the recording and did not count. Times are in seconds from its beginning."
        )
    known = {EARLY, ECHO, REBOUND, STEADY, TIED, TOO_FEW, ""}
    refused = table[(table.unit > 0) & ~table.reason.isin(known)]
    flagged = int(refused[~refused.reason.str.startswith(CHANCE)].unit.nunique())
    if flagged:
        said.append(
            f"{counted(flagged, 'unit')} had been flagged: left out of all units together, and not "
            "judged; the table says why."
        )
    if steady := _units(found, STEADY):
        said.append(
            f"{counted(steady, 'unit')} fired too steadily for steady stimuli: the two "
            "stay in step by chance, and can't be judged. Give stimuli at varied intervals."
        )
    few = _units(found, TOO_FEW)
    if few:
        said.append(
            f"{counted(few, 'unit')} had fewer than {found.settings.discharges_min} discharges "
            "before stimuli that came while it fired, or too few such stimuli, and can't be judged."
        )
    for reason in (ECHO, REBOUND):
        if units := _units(found, reason):
            said.append(f"In {counted(units, 'unit')} there was {reason}.")
    if tied := _units(found, TIED):
        said.append(
            f"{counted(tied, 'unit')} fired as if tied to the stimuli before a response can begin, "
            "and what follows is not judged: artifacts may be taken for discharges, or hide them; "
            "stimuli may follow each other too soon, keep to a cycle, or be triggered by the unit."
        )
    if early := _units(found, EARLY):
        said.append(
            f"In {counted(early, 'unit')} discharges are in excess, or missing, already before "
            f"{found.settings.first_ms:g} ms: artifacts, or discharges that they hide."
        )
    if close := _close(found):
        said.append(
            f"{counted(close, 'stimulus', 'stimuli')} of {len(found.stimuli_s)} followed another "
            "so soon that the time looked at has more than one in it: what they do adds up, "
            "onsets may be told from another one, and usual firing may hold responses. "
            "Count only the first of each train, or look at less time."
        )
    return said


def _units(found: Peristimulus, reason: str) -> int:
    table = found.responses
    return int(table[(table.reason == reason) & (table.unit > 0)].unit.nunique())


def _close(found: Peristimulus) -> int:
    """Return how many stimuli have another one within the time that is looked at."""
    window_s = (found.settings.before_ms + found.settings.last_ms) / 1000
    waits_s = found.stimuli_s[1:] - found.stimuli_s[:-1]
    return int((waits_s < window_s).sum())
