"""How virtual people do beside recordings of people: what agrees, and what does not."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from renshaw.core.finding import Finding, Number, finds
from renshaw.core.numbers import between, counted, number
from renshaw.estimation.behavior.catalog import FIRING_QUANTITIES
from renshaw.validation.against_recordings import HeldRecording, RecordingValidation
from renshaw.validation.people import PEOPLE_TARGETS, TITLES

Line = dict[str, Any]


@finds(RecordingValidation)
def findings(noun: RecordingValidation) -> tuple[Finding, ...]:
    """Return in how many quantities virtual people are as people are, and each in which not."""
    told = [line for line in lines_of(noun) if not _untold(line)]
    inside = sum(bool(line["pass"]) for line in told)
    whole = Finding(
        sentence=_sentence(noun, inside, len(told)),
        numbers=[
            Number(
                name="Within the range of people", value=inside, unit=f"of {len(told)} quantities"
            )
        ]
        if told
        else (),
        n=len(told) or None,
        of="quantities" if told else "",
        how_sure=[
            "A recording is of one person. The range is where, by that one person, the mean of "
            "people is to be expected: her own value and its error, and how far people differ. "
            "Where few people are known it is wide, and a quantity within it says little."
        ],
        left_out=list(_left_out(noun)),
        next_steps=[
            "Hold the model against more people: each further recording is one more --recording."
        ],
    )
    return (whole, *(_outside(held, noun) for held in noun.held))


def lines_of(noun: RecordingValidation) -> list[Line]:
    """Return one mapping a row."""
    rows = noun.table.to_dict("records")
    return [{str(key): value for key, value in row.items()} for row in rows]


def lines_for(noun: RecordingValidation, held: HeldRecording) -> list[Line]:
    """Return the rows of one recording.

    Parameters
    ----------
    noun : RecordingValidation
    held : HeldRecording
        One of its recordings.
    """
    size, place = len(PEOPLE_TARGETS), noun.held.index(held)
    return lines_of(noun)[place * size : (place + 1) * size]


def _untold(line: Line) -> bool:
    return not math.isfinite(line["people"])


def _sentence(noun: RecordingValidation, inside: int, told: int) -> str:
    held = counted(len(noun.held), "recording")
    if not told:
        return f"The {held} can't tell any quantity."
    people = counted(noun.settings.people, "virtual person", "virtual people")
    return (
        f"In {inside} of {told} quantities of {held}, {people} who follow the same torque "
        "lie within the range of people."
    )


def _outside(held: HeldRecording, noun: RecordingValidation) -> Finding:
    """Return what lies outside, the farthest of each group of targets."""
    groups: dict[str, list[Line]] = {}
    for target, line in zip(PEOPLE_TARGETS, lines_for(noun, held), strict=True):
        if not _untold(line) and not line["pass"]:
            groups.setdefault(target.target, []).append(line)
    name = held.recording.name
    if not groups:
        return Finding(sentence=f"{name}: nothing that can be told lies outside.")
    words = []
    for lines in groups.values():
        farthest = max(lines, key=_distance)
        more = f" and {len(lines) - 1} more" if len(lines) > 1 else ""
        words.append(miss_words(farthest) + more)
    return Finding(sentence=f"{name}, outside the range of people: {'; '.join(words)}.")


def _distance(line: Line) -> float:
    """Return how far a mean lies outside, in half widths of the range."""
    if not math.isfinite(line["simulated"]):
        return math.inf
    middle, half = (line["high"] + line["low"]) / 2, (line["high"] - line["low"]) / 2
    return float(abs(line["simulated"] - middle) / max(half, 1e-12))


def miss_words(line: Line) -> str:
    """Return what lies outside, and by how much, in words.

    Parameters
    ----------
    line : mapping
        A row of the table.
    """
    known = FIRING_QUANTITIES[line["quantity"]]
    title = known.title
    what = title[:1].lower() + title[1:] if title[1:3].islower() else title
    unit = f" {known.unit}" if known.unit else ""
    if not math.isfinite(line["simulated"]):
        return f"{what} can't be measured in virtual people (recording {number(line['people'])})"
    return (
        f"{what} {number(line['simulated'])}{unit} (recording {number(line['people'])}, people "
        f"{between(line['low'], line['high'])})"
    )


def _left_out(noun: RecordingValidation) -> Iterator[str]:
    """Yield what the recordings can't tell, and why, once a reason."""
    for held in noun.held:
        why: dict[str, list[str]] = {}
        for target in PEOPLE_TARGETS:
            found = held.people[target.quantity]
            if not math.isfinite(found.value):
                why.setdefault(str(found.reasons), []).append(target.target)
        for reason, targets in why.items():
            what = ", ".join(dict.fromkeys(TITLES[each].lower() for each in targets))
            yield f"{held.recording.name}, {what}: {reason}."
