"""The page of a trial's analysis, or of two measurements."""

from __future__ import annotations

from renshaw.reports.figures.trial import trial_picture
from renshaw.reports.page import Content, Section, drawing, page_of
from renshaw.reports.tables import table_of
from renshaw.statistics.trials.trial import Trial

_TITLES = {
    "crossover": ("Crossover", "One dot a participant; on the line both treatments are the same."),
    "baseline": (
        "Groups compared with the baseline as covariate",
        "One dot a participant; lines: the model's, parallel. Their distance is the answer.",
    ),
    "n_of_1": (
        "N-of-1",
        "One dot a pair of periods; the line is the mean difference, the band its 95 % interval.",
    ),
    "nested models": ("Nested models", "Akaike's criterion of both models: lower is better."),
    "repeated correlation": (
        "Correlation within people",
        "One dot a row, a color a person; lines have the slope that all people share.",
    ),
    "agreement": (
        "Agreement",
        "One dot a pair. Solid: the mean difference; dashed: limits of agreement; bands: their "
        "95 % intervals.",
    ),
    "icc": (
        "Intraclass correlation",
        "One dot a participant, last session against first; on the line they are the same.",
    ),
}


@page_of(Trial)
def page(trial: Trial) -> Content:
    """Return the page about a trial's analysis."""
    title, caption = _TITLES[trial.kind]
    shown = drawing(trial_picture(trial), "trial", f"{title}: {trial.value}", caption)
    every = table_of(
        trial.table.rename(columns={"low": "ci_low", "high": "ci_high"}),
        "All numbers of the analysis",
        {
            "question": "Question",
            "estimate": "Estimate",
            "std_error": "SE",
            "df": "df",
            "statistic": "Statistic",
            "p_value": "p",
        },
        "95 % CI",
    )
    return Content(
        title=f"{title}: {trial.value}",
        kind=title,
        question=trial.model,
        findings=trial.findings(),
        sections=[Section("numbers", "Numbers", pictures=[shown], tables=[every])],
        history=trial.history,
    )
