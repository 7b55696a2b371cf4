"""A night in bed, in sentences."""

from __future__ import annotations

from renshaw.core.finding import Finding, Number, finds
from renshaw.core.numbers import counted, number
from renshaw.experiment.night import Night

# Penn et al. 1989, https://doi.org/10.1056/NEJM198906083202303
_PENN = (
    "no spasms",
    "mild spasms, when something provokes them",
    "full spasms, less than one an hour",
    "full spasms, more than one an hour",
    "full spasms, more than ten an hour",
)
ASSUMED = (
    "How often the skin is touched and the muscle stretched in a night, and how strongly, is "
    "assumed: compare nights of the same seed, don't read one as a forecast."
)


@finds(Night)
def findings(night: Night) -> tuple[Finding, ...]:
    """Return how many spasms there were, and for how long there was none."""
    hours = counted_hours(night.settings.hours)
    felt, many = len(night.touches), len(night.spasms)
    lasting = sum(not spasm.ended for spasm in night.spasms)
    if many:
        sentence = (
            f"In {hours}: {felt} touches and stretches, "
            f"{counted(many, 'spasm')} ({number(night.spasms_per_hour)} an hour), longest calm "
            f"{night.longest_calm_min:.0f} minutes, Penn score {night.penn} of 4."
        )
    else:
        sentence = f"In {hours}, none of {felt} touches and stretches provokes a spasm."
    return (
        Finding(
            sentence=sentence,
            numbers=[
                Number(name="Spasms", value=night.spasms_per_hour, unit="an hour"),
                Number(name="Longest calm", value=round(night.longest_calm_min), unit="min"),
                Number(
                    name="In spasm, all together",
                    value=night.total_spasm_s / 60.0,
                    unit="min",
                    bound=">" if lasting else "",
                ),
                Number(name=f"Penn score: {_PENN[night.penn]}", value=night.penn, unit="of 4"),
            ],
            n=felt,
            of="touches and stretches",
            warnings=[
                f"{lasting} of {counted(many, 'spasm')} had not ended after "
                f"{night.settings.longest_s:g} s, as long as they are watched (longest_s): the "
                "time in spasm is at least as said, and the longest calm at most."
            ]
            if lasting
            else [],
            would_change=[ASSUMED],
        ),
    )


def counted_hours(hours: float) -> str:
    """Return how long the night was."""
    return "1 hour" if hours == 1 else f"{hours:g} hours"
