"""How many participants a planned study takes, in sentences."""

from __future__ import annotations

from dataclasses import replace

from renshaw.core.finding import Finding, Number, finds
from renshaw.core.numbers import counted, signed
from renshaw.statistics.power import MEAN, SPASMS, Needed, Power

_MOST = 8
SPREAD = (
    "The spread of the true change between people (effect_sd, ratio_sd_log): it matters most and "
    "is known least. Try several."
)


@finds(Power)
def findings(power: Power) -> tuple[Finding, ...]:
    """Return how many participants each effect takes."""
    needed = power.needed()
    found = [_finding(power, each) for each in needed[:_MOST]]
    more = len(needed) - _MOST
    first = replace(
        found[0],
        left_out=(f"{counted(more, 'cell')} more: see the table.",) if more > 0 else (),
    )
    return (first, *found[1:])


def _finding(power: Power, needed: Needed) -> Finding:
    what = f"{effect_words(power, needed.effect)}, {panel_words(power, needed.units, needed.ramps)}"
    beyond = {"at most": "smaller", "more than": "larger"}.get(needed.bound)
    shown = Number(
        name=f"Participants for {what}",
        value=needed.participants,
        unit=_each(power).strip(),
        bound=needed.bound,
    )
    return Finding(
        sentence=f"{what}: {participants_words(needed, power)}.",
        numbers=[shown],
        would_change=[SPREAD],
        next_steps=[f"Plan with {beyond} numbers of participants, too: none was simulated."]
        if beyond
        else [],
    )


def participants_words(needed: Needed, power: Power) -> str:
    """Return how many participants are needed, with what the number only bounds."""
    n, each = needed.participants, _each(power)
    target = f"{100 * power.settings.target_power:g} % power"
    if needed.bound == "at most":
        return f"at most {n} participants{each} give {target} (fewer were not tried)"
    if needed.bound == "more than":
        return f"more than {n} participants{each} are needed for {target} (more were not tried)"
    return f"about {n} participants{each} give {target}"


def _each(power: Power) -> str:
    return " a group" if power.settings.design == "parallel" else ""


def effect_words(power: Power, effect: float) -> str:
    """Return a true effect with its unit."""
    if power.settings.outcome == SPASMS:
        return f"× {effect:g}"
    return f"{signed(effect)} {power.settings.unit}".rstrip()


def panel_words(power: Power, units: int, ramps: int) -> str:
    """Return what the studies of some units and ramps have in common."""
    if power.settings.outcome == SPASMS:
        return f"{counted(ramps, 'day')} of diary"
    if power.settings.outcome == MEAN:
        return f"{counted(ramps, 'test')} a condition"
    words = counted(units, "unit")
    return words if ramps == 1 else f"{words}, {ramps} ramps"
