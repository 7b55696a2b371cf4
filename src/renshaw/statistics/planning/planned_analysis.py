"""The analysis that a plan is made for: formula, R program and methods paragraph."""

from __future__ import annotations

import re
from dataclasses import dataclass

from renshaw.core.numbers import counted, number
from renshaw.statistics.planning.plan_settings import (
    ALL,
    ANCOVA,
    CLUSTER,
    CROSSOVER,
    DELTA_F,
    HOLM,
    JOINT,
    N_OF_1,
    PAIRED,
    PRIMARY,
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
    command : str
        The command line that does it.
    script : str
        R program.
    """

    formula: str
    effect: str
    response: str
    test: str
    df: str
    command: str
    script: str


def planned_analysis(settings: PlanSettings) -> PlannedAnalysis:
    """Return the analysis that a plan is made for.

    Parameters
    ----------
    settings : PlanSettings
    """
    y = outcome_column(settings)
    design = settings.design
    several = settings.of_units or (settings.outcome != SPASMS and max(settings.ramps) > 1)
    fixed, effect, within = {
        PAIRED: ("time", "time", "time"),
        CROSSOVER: ("treatment + period + sequence", "treatment", "treatment"),
        ANCOVA: (f"group + {y}_before", "group", ""),
        CLUSTER: ("group", "group", ""),
    }.get(design, ("group * time", "group:time", "time"))
    if design == N_OF_1:
        formula, effect = "difference ~ 1 + (1 | participant)", "(Intercept)"
    elif design == ANCOVA:
        formula = f"{y}_after ~ {fixed}"
    elif design == CLUSTER:
        formula = f"{y}_change ~ {fixed} + (1 | cluster)"
    elif design == CROSSOVER and settings.treatments > 2:
        formula = f"{y} ~ {fixed} + (1 | participant)"
    else:
        random = ["(1 | participant)"]
        if several:
            # Without it, participants would be taken to change all alike.
            random.append(f"(1 | participant:{within})")
        if settings.of_units and settings.tracked:
            random.append("(1 | participant:unit)")
        formula = f"{y} ~ {fixed} + {' + '.join(random)}"
    test, df = _test(settings)
    command = _command(settings, y, formula)
    return PlannedAnalysis(
        formula, effect, _response(settings), test, df, command, _script(formula)
    )


def _command(settings: PlanSettings, y: str, formula: str) -> str:
    if settings.design == N_OF_1:
        return f"renshaw trial n-of-1 DATA.csv {y} --participant participant"
    if settings.treatments == 2:
        return f'renshaw compare DATA.csv --formula "{formula}"'
    if settings.design == CROSSOVER:
        return f"renshaw trial crossover DATA.csv {y} --reference control"
    return f'renshaw compare DATA.csv --formula "{formula}" --references group=control'


def outcome_column(settings: PlanSettings) -> str:
    """Return what the outcome's column is called.

    Parameters
    ----------
    settings : PlanSettings
    """
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
    if settings.design == N_OF_1:
        return "a row a pair of periods of one participant: treatment minus control"
    if settings.design == CROSSOVER and settings.treatments > 2:
        return "a row a participant and period: the mean of its values"
    if settings.design in rows:
        return rows[settings.design]
    if settings.of_units:
        return "a row a motor unit, condition and ramp"
    return "a row a test"


def _test(settings: PlanSettings) -> tuple[str, str]:
    several, groups = settings.treatments > 2, settings.treatments
    # Of several groups the residual variance is that of all of them.
    versus = ", each treatment with the control," if several else ""
    all_groups = "all groups" if several else "both groups"
    if settings.design == CROSSOVER and several:
        return (
            "a comparison of each treatment with the control within participants, adjusted for "
            "periods",
            "participants − 1",
        )
    changes = {
        PAIRED: ("a t-test of participants' mean changes", "participants − 1"),
        N_OF_1: ("a t-test of participants' mean differences", "participants − 1"),
        CROSSOVER: (
            "a t-test of participants' differences between treatments, averaged over the two "
            "sequences, which takes the effect of the period out",
            "participants − 2",
        ),
        ANCOVA: (
            f"an analysis of covariance: the groups' means after{versus} adjusted for values "
            "before",
            f"participants of {all_groups} − {groups + 1}",
        ),
        CLUSTER: (
            f"a t-test of clusters' mean changes{versus.rstrip(',')}",
            f"clusters of {all_groups} − {groups}",
        ),
    }
    return changes.get(
        settings.design,
        (
            f"a t-test of the {'' if several else 'two '}groups' mean changes{versus.rstrip(',')}",
            f"participants of {all_groups} − {groups}",
        ),
    )


def comparisons_words(settings: PlanSettings) -> str:
    """Return what is to be found where several treatments are compared; empty where one is.

    Parameters
    ----------
    settings : PlanSettings
    """
    if settings.treatments == 2:
        return ""
    several = counted(settings.treatments - 1, "treatment")
    others = (
        f"; the others are taken to have {100 * settings.others_effect:g} % of its effect"
        if settings.others_effect
        else "; the others are taken to do nothing"
    )
    if settings.comparisons == ALL:
        others = (
            f"; those after the first are taken to have {100 * settings.others_effect:g} % of its "
            "effect"
        )
    return {
        HOLM: f"{several} are compared with the control, corrected by Holm's method; power is that "
        f"of finding the first one{others}",
        PRIMARY: f"{several} are compared with the control; the first comparison is the primary "
        "one, named beforehand and tested at the full level, the others are secondary",
        ALL: f"{several} are compared with the control, corrected by Holm's method; power is that "
        f"of finding every one of them{others}",
        JOINT: f"{several} and the control are compared by one F test of all of them{others}",
    }[settings.comparisons]


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
    versus = comparisons_words(settings)
    several = f" {versus[0].upper()}{versus[1:]}." if versus else ""
    return (
        f"The sample size was found by simulation ({settings.simulations:,} studies for each "
        f"number of participants) with the analysis that is planned, a two-sided test at "
        f"{settings.alpha:g}: {participants}.{several} Assumed standard deviations: "
        f"{spreads}.{lost} "
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
