"""The analysis that a plan is made for: formula, R program and methods paragraph."""

from __future__ import annotations

import re
from dataclasses import dataclass

from renshaw.core.numbers import number
from renshaw.statistics.planning.plan_settings import (
    ANCOVA,
    CLUSTER,
    CROSSOVER,
    DELTA_F,
    PAIRED,
    SPASMS,
    PlanSettings,
)


@dataclass(frozen=True)
class PlannedAnalysis:
    """What will be done with the data.

    Parameters
    ----------
    formula : str
        As `renshaw.stats.mixed_model` and R's lme4 take it.
    effect : str
        The coefficient that answers the question.
    response : str
        What a row of the table holds.
    test : str
        What it is in balanced data, with its degrees of freedom.
    df : str
        Degrees of freedom, by numbers of participants.
    script : str
        R program.
    """

    formula: str
    effect: str
    response: str
    test: str
    df: str
    script: str

    @property
    def command(self) -> str:
        """The command line that does it."""
        return f'renshaw compare DATA.csv --formula "{self.formula}"'


def planned_analysis(settings: PlanSettings) -> PlannedAnalysis:
    """Return the analysis that a plan is made for.

    Parameters
    ----------
    settings : PlanSettings
    """
    y = _column(settings)
    design = settings.design
    several = settings.of_units or (settings.outcome != SPASMS and max(settings.ramps) > 1)
    fixed, effect, within = {
        PAIRED: ("time", "time", "time"),
        CROSSOVER: ("treatment + period + sequence", "treatment", "treatment"),
        ANCOVA: (f"group + {y}_before", "group", ""),
        CLUSTER: ("group", "group", ""),
    }.get(design, ("group * time", "group:time", "time"))
    if design == ANCOVA:
        formula = f"{y}_after ~ {fixed}"
    elif design == CLUSTER:
        formula = f"{y}_change ~ {fixed} + (1 | cluster)"
    else:
        random = ["(1 | participant)"]
        if several:
            # Without it, participants would be taken to change all alike.
            random.append(f"(1 | participant:{within})")
        if settings.of_units and settings.tracked:
            random.append("(1 | participant:unit)")
        formula = f"{y} ~ {fixed} + {' + '.join(random)}"
    test, df = _test(settings)
    return PlannedAnalysis(formula, effect, _response(settings), test, df, _script(formula))


def _column(settings: PlanSettings) -> str:
    if settings.outcome == DELTA_F:
        return "deltaf"
    if settings.outcome == SPASMS:
        return "log_rate"
    words = re.sub(r"\W+", "_", settings.outcome_name.lower()).strip("_")
    return words if words and not words[0].isdigit() else "y"


def _response(settings: PlanSettings) -> str:
    if settings.outcome == SPASMS:
        return (
            "a row a participant and period: log_rate = log(spasms a day + 0.5 / days of the diary)"
        )
    rows = {
        ANCOVA: "a row a participant: the mean after, and the mean before",
        CLUSTER: "a row a participant: the mean after minus the mean before, and the cluster",
    }
    if settings.design in rows:
        return rows[settings.design]
    if settings.of_units:
        return "a row a motor unit, condition and ramp"
    return "a row a test"


def _test(settings: PlanSettings) -> tuple[str, str]:
    changes = {
        PAIRED: ("a t-test of participants' mean changes", "participants − 1"),
        CROSSOVER: (
            "a t-test of participants' differences between treatments, averaged over the two "
            "sequences, which takes the effect of the period out",
            "participants − 2",
        ),
        ANCOVA: (
            "an analysis of covariance: the groups' means after, adjusted for values before",
            "participants of both groups − 3",
        ),
        CLUSTER: ("a t-test of clusters' mean changes", "clusters of both groups − 2"),
    }
    return changes.get(
        settings.design,
        ("a t-test of the two groups' mean changes", "participants of both groups − 2"),
    )


def _script(formula: str) -> str:
    fit = "lmer" if "|" in formula else "lm"
    library = ["library(lmerTest)"] if fit == "lmer" else []
    left, _, right = formula.partition(" ~ ")
    terms = right.replace(" + (", " +\n    (")
    call = f"model <- {fit}(\n  {left} ~ {terms},\n  data = data\n)"
    return "\n".join([*library, 'data <- read.csv("DATA.csv")', call, "summary(model)"])


def methods_words(settings: PlanSettings, participants: str) -> str:
    """Return the paragraph on sample size and analysis, ready to paste.

    Parameters
    ----------
    settings : PlanSettings
    participants : str
        How many, in words: ``"14 participants give 80 % power"``.
    """
    analysis = planned_analysis(settings)
    spreads = ", ".join(
        f"{words} {number(float(settings.value(name)))} {unit}".strip()
        for name, words, unit in _spreads(settings)
    )
    lost = (
        f" Of the participants, {100 * settings.dropout:g} % are expected to be lost; the number "
        "includes them."
        if settings.dropout
        else ""
    )
    return (
        f"The sample size was found by simulation ({settings.simulations:,} studies for each "
        f"number of participants) with the analysis that is planned, a two-sided test at "
        f"{settings.alpha:g}: {participants}. Assumed standard deviations: {spreads}.{lost} "
        f"The analysis is {'a linear model' if '|' not in analysis.formula else 'a mixed model'}, "
        f"{analysis.formula} ({analysis.response}); in balanced data its test of "
        f"{analysis.effect} is {analysis.test} ({analysis.df} degrees of freedom)."
    )


def _spreads(settings: PlanSettings) -> list[tuple[str, str, str]]:
    """Return the spreads that count: setting, words, unit."""
    if settings.outcome == SPASMS:
        return [
            ("rate_sd_log", "of the logarithm of participants' rates", ""),
            ("ratio_sd_log", "of the logarithm of participants' true ratios", ""),
        ]
    unit = settings.unit
    found = [
        ("effect_sd", "of the true change between participants", unit),
        ("residual_sd", "of a single value", unit),
    ]
    if settings.of_units and (not settings.tracked or settings.design == ANCOVA):
        found.append(("unit_sd", "between units", unit))
    if settings.design == ANCOVA:
        found.append(("participant_sd", "between participants", unit))
    if settings.design == CLUSTER:
        found.append(("cluster_sd", "of the mean change between clusters", unit))
    return found
