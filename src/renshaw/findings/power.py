"""How many participants a planned study takes, in sentences."""

from __future__ import annotations

import math
from dataclasses import replace

from renshaw.core.finding import Finding, Number, finds
from renshaw.core.numbers import between, counted, number, signed
from renshaw.statistics.planning.plan_settings import CLUSTER, CROSSOVER, SPASMS, PlanSettings
from renshaw.statistics.planning.planned_analysis import comparisons_words, planned_analysis
from renshaw.statistics.planning.power import NeededPairs, Power
from renshaw.statistics.planning.power import size_words as cell_words
from renshaw.statistics.planning.sample_size import Needed

_MOST = 8
SPREAD = (
    "The spread of the true change between people (effect_sd, ratio_sd_log): it matters most and "
    "is known least. Try several, or say from how many people it is known (spread_from)."
)
MONTE_CARLO = "Monte-Carlo 95 %"


@finds(Power)
def findings(power: Power) -> tuple[Finding, ...]:
    """Return how many participants each effect takes."""
    found = [_finding(power, each) for each in power.needed[:_MOST]]
    alone = [_in_one_person(power, each) for each in power.alone[:_MOST]]
    # Who plans for one person is told of that first.
    found = [*alone, *found] if power.settings.participants == (1,) else [*found, *alone]
    more = len(power.needed) - _MOST
    first = replace(
        found[0],
        warnings=power.warnings,
        how_sure=[*_compared(power), _how_sure(power), *_checked(power), *power.behind],
        left_out=(f"{counted(more, 'cell')} more: see the table.",) if more > 0 else (),
        would_change=_would_change(power),
        next_steps=[
            f"The analysis that this is for: {planned_analysis(power.settings).command}",
            *_sealed(power),
        ],
    )
    return (first, *found[1:])


def _finding(power: Power, needed: Needed) -> Finding:
    what = f"{effect_words(power, needed.effect)}, {panel_words(power, needed.units, needed.ramps)}"
    shown = Number(
        name=f"Participants for {what}",
        value=needed.participants,
        unit=_each(power).strip(),
        low=needed.low,
        high=needed.high,
        interval=MONTE_CARLO,
        bound=needed.bound,
    )
    return Finding(sentence=f"{what}: {participants_words(needed, power)}.", numbers=[shown])


def _in_one_person(power: Power, needed: NeededPairs) -> Finding:
    """Say how many pairs of periods one person needs; the average over people needs fewer."""
    target = f"{100 * power.settings.target_power:g} % power"
    pairs = f"{needed.pairs:,} pairs of periods"
    if needed.bound:
        words = f"more than {pairs} are needed for {target}"
    elif needed.low == needed.high == needed.pairs:
        words = f"{pairs} give {target}"
    else:
        most = f"{needed.high:,.0f}" if math.isfinite(needed.high) else "more"
        words = f"{pairs} ({needed.low:,.0f} to {most} within the simulation's error) give {target}"
    what = effect_words(power, needed.effect)
    shown = Number(
        name=f"Pairs of periods for {what} in one person",
        value=needed.pairs,
        low=needed.low,
        high=needed.high,
        interval=MONTE_CARLO,
        bound=needed.bound,
    )
    return Finding(
        sentence=f"In one person whose own true change is {what}, {words}.", numbers=[shown]
    )


def _compared(power: Power) -> list[str]:
    words = comparisons_words(power.settings)
    return [f"{words[0].upper()}{words[1:]}."] if words else []


def participants_words(needed: Needed, power: Power) -> str:
    """Return how many participants are needed, and what simulation leaves open of that."""
    settings = power.settings
    who = f"{needed.participants:,} participants{_each(power)}"
    if settings.uneven:
        *treated, control = (f"{n:,}" for n in settings.sizes(needed.participants))
        who += f" (groups of {', '.join(treated)} and {control}, the control last)"
    if settings.design == CLUSTER:
        who += f" ({needed.participants // int(settings.cluster_size or 1):,} clusters)"
    target = f"{100 * settings.target_power:g} % "
    target += "power on average (assurance)" if settings.assured else "power"
    if needed.bound:
        return (
            f"more than {who} are needed for {target}: so many have "
            f"{number(100 * needed.power)} % (more were not tried)"
        )
    if needed.low == needed.high == needed.participants:
        return f"{who} give {target}"
    most = f"{needed.high:,.0f}" if math.isfinite(needed.high) else "more"
    return f"{who} ({needed.low:,.0f} to {most} within the simulation's error) give {target}"


def size_words(power: Power) -> str:
    """Return what was planned for and how many it takes, as a sample size is justified."""
    needed = power.needed[0]
    what = "ratio of rates" if power.settings.outcome == SPASMS else "change"
    return (
        f"for a true {what} of {effect_words(power, needed.effect)} and "
        f"{panel_words(power, needed.units, needed.ramps)}, {participants_words(needed, power)}"
    )


def _how_sure(power: Power) -> str:
    settings = power.settings
    needed = power.needed[0]
    fewer = (
        "fewer can't be tested" if _is_least(power, needed) else "fewer have less than the target"
    )
    ends = between(100 * needed.power_low, 100 * needed.power_high)
    return (
        f"Power of the first is {number(100 * needed.power)} % ({MONTE_CARLO}: {ends}), of "
        f"{settings.simulations:,} simulated studies for each number of participants"
        + ("." if needed.bound else f"; {fewer}.")
    )


def _checked(power: Power) -> list[str]:
    found = power.checked
    if found is None:
        return []
    return [
        f"Of {found.fits:,} studies of {found.participants:,} participants that were simulated row "
        f"by row and analyzed by compare's own mixed model, {number(100 * found.power)} % found it "
        f"({MONTE_CARLO}: {between(100 * found.low, 100 * found.high)})."
    ]


def _sealed(power: Power) -> list[str]:
    made = power.randomized
    if made is None:
        return []
    return [f"The randomization list is sealed; print its SHA-256 in the protocol: {made.seal}"]


def _is_least(power: Power, needed: Needed) -> bool:
    return needed.participants <= power.settings.least


def _would_change(power: Power) -> list[str]:
    settings = power.settings
    found = [*_otherwise(power), SPREAD]
    if not settings.dropout and not power.otherwise:
        found.append("Participants who are lost: none are assumed (dropout).")
    if settings.design == CROSSOVER:
        found.append(carry_over_words(settings.carry_over, settings.treatments))
    return found


def _otherwise(power: Power) -> list[str]:
    if not power.otherwise:
        return []
    n = power.needed[0].participants
    cases = [
        f"{'more than ' * bool(each.bound)}{each.participants:,} if {words}"
        for words, each in power.otherwise
    ]
    return [f"The first, {n:,} participants{_each(power)}, become " + ", ".join(cases) + "."]


def carry_over_words(share: float, treatments: int = 2) -> str:
    """Return what a share of the effect that is carried over does to a crossover."""
    if not share:
        return (
            "Carry-over: none is assumed. Data can't tell it from an effect of the sequence: "
            "only a washout prevents it (k half-lives of the effect leave carry_over = 0.5^k)."
        )
    lost = number(100 * share / treatments)
    return (
        f"Carry-over: {100 * share:g} % of the effect is still there in the next period (as after "
        f"{math.log2(1 / share):.1f} half-lives of washout); the estimate is "
        f"{lost} % too small, which no analysis of the same data can mend."
    )


def _each(power: Power) -> str:
    return each_words(power.settings)


def each_words(settings: PlanSettings) -> str:
    """Return of whom numbers of participants are: ``" a group"``, ``" in all"``.

    Parameters
    ----------
    settings : PlanSettings
    """
    if not settings.has_groups:
        return ""
    return " in all" if settings.uneven else " a group"


def effect_words(power: Power, effect: float) -> str:
    """Return a true effect with its unit."""
    if power.settings.outcome == SPASMS:
        return f"× {effect:g}"
    # Two decimals would make +0.00 of a small effect.
    digits = max(2, 1 - math.floor(math.log10(abs(effect))))
    return f"{signed(effect, digits)} {power.settings.unit}".rstrip()


def panel_words(power: Power, units: int, ramps: int) -> str:
    """Return what the studies of some units and ramps have in common."""
    return cell_words(power.settings, units, ramps)
