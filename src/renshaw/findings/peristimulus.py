"""What stimuli do to motor units, in sentences."""

from __future__ import annotations

from renshaw.core.finding import Finding, Number, finds
from renshaw.core.numbers import counted, number
from renshaw.estimation.around_stimuli.responses import ECHO, STEADY, TOO_FEW
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
    steady = table[(table.reason == STEADY) & (table.unit > 0)].unit.nunique()
    if steady:
        said.append(
            f"{counted(steady, 'unit')} fired too steadily for steady stimuli: the two "
            "stay in step by chance, and can't be judged. Give stimuli at varied intervals."
        )
    few = table[(table.reason == TOO_FEW) & (table.unit > 0)].unit.nunique()
    if few:
        said.append(
            f"{counted(few, 'unit')} had fewer than {found.settings.discharges_min} discharges "
            "before the stimuli and can't be judged."
        )
    echoes = int((table.reason == ECHO).sum())
    if echoes:
        said.append(f"In {counted(echoes, 'unit')} there was {ECHO}.")
    return said
