"""The section of a study's page with one recording of each condition."""

from __future__ import annotations

from typing import TYPE_CHECKING

from renshaw.data.recording import Recording
from renshaw.estimation.estimate import involuntary
from renshaw.estimation.quantities.vibstim import is_vibstim
from renshaw.estimation.settings import EstimateSettings
from renshaw.estimation.smoothing import smoothed_rates
from renshaw.findings.words import title_of_group
from renshaw.reports import figures
from renshaw.reports.page import Drawing, Section, drawing

if TYPE_CHECKING:
    from renshaw.study.result import Group, StudyResult


def examples(result: StudyResult) -> Section | None:
    """One recording of each condition; of several arms, only their first and last condition."""
    pictures: list[Drawing] = []
    several = len(result.groups) > 1
    for n, group in enumerate(result.groups):
        chosen = [c for c in group.examples if _analyzed(result, group, c)]
        if several:
            chosen = list(dict.fromkeys([*chosen[:1], *chosen[-1:]]))
        for k, condition in enumerate(chosen):
            words = _capital(condition)
            if several:
                words = f"{title_of_group(result, group)}, {condition}"
            recording = group.examples[condition]
            pictures += _example(f"{n}-{k}", words, recording, result.plan.settings, not several)
    if not pictures:
        return None
    return Section(
        "examples",
        "One recording of each condition",
        [
            "What one participant did in each condition; for a simulated one, where there is room, "
            "also the drive and currents that produced it."
        ],
        pictures=pictures,
    )


def _analyzed(result: StudyResult, group: Group, condition: str) -> bool:
    arms = [arm for arm in result.plan.arms if arm.name == group.arm]
    return not any(c.name == condition and not c.analyzed for arm in arms for c in arm.conditions)


def _example(
    n: str, words: str, recording: Recording, settings: EstimateSettings, with_truth: bool
) -> list[Drawing]:
    if involuntary(recording):
        return [_involuntary_example(n, words, recording, settings)]
    rates = smoothed_rates(recording.units, settings.smoothing)
    pictures = [
        drawing(
            figures.raster(recording, rates),
            f"example-{n}-rates",
            f"Discharges and smoothed rates in {recording.name}",
            f"{words}: discharges and smoothed rates of {sum(r.ok for r in rates)} units in "
            f"{recording.name}, with the torque below.",
        )
    ]
    if recording.truth is not None and with_truth:
        pictures.append(
            drawing(
                figures.truth_panel(recording),
                f"example-{n}-truth",
                f"Drive and persistent inward currents in {recording.name}",
                f"{words}: what the motoneurons of {recording.name} received, and "
                "their persistent inward currents.",
            )
        )
    return pictures


def _involuntary_example(
    n: str, words: str, recording: Recording, settings: EstimateSettings
) -> Drawing:
    from renshaw.reports.figures.spasm import spasms
    from renshaw.reports.figures.vibstim import vibstim_trial

    vibrated = is_vibstim(recording)
    figure = (
        vibstim_trial(recording, settings) if vibrated else spasms([recording], settings=settings)
    )
    return drawing(
        figure,
        f"example-{n}",
        f"Inputs, involuntary torque and discharges in {recording.name}",
        f"{words}: what was done, involuntary torque, and discharges in {recording.name}.",
    )


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
