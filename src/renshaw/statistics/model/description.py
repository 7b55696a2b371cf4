"""From the fits of a formula to the model that is shown."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from renshaw.core.fingerprint import fingerprint
from renshaw.core.history import History, Step
from renshaw.core.version import __version__
from renshaw.statistics.answers.answers import answers
from renshaw.statistics.answers.assumptions import assumptions
from renshaw.statistics.answers.cells import counted_by
from renshaw.statistics.answers.contrasts import contrasts
from renshaw.statistics.answers.influence import influence
from renshaw.statistics.answers.means import anova, marginal_means, orders_of
from renshaw.statistics.answers.resampling import resampled
from renshaw.statistics.families.citing import cites_of
from renshaw.statistics.families.family_checks import family_remarks
from renshaw.statistics.families.response_means import with_response
from renshaw.statistics.fitting.bayes import Progress, posterior
from renshaw.statistics.fitting.fit import Fit, references_of
from renshaw.statistics.formulas.design import level_words
from renshaw.statistics.model.model import Factor, MixedModel, Written
from renshaw.statistics.model.tables import (
    fixed_effects,
    residuals,
    statistics,
    variance_components,
)
from renshaw.statistics.programs.r_script import data_columns, r_script
from renshaw.statistics.reading.tables import Dropped, program_of
from renshaw.statistics.settings import MixedModelSettings
from renshaw.statistics.structure.advice import (
    Remark,
    not_tried,
    remarks,
    structure_remarks,
    what_changes,
)
from renshaw.statistics.structure.excess import excesses
from renshaw.statistics.structure.ladder import Considered
from renshaw.statistics.structure.layout import Layout

if TYPE_CHECKING:
    import pandas as pd

MODEL_CITES = ("bates2015", "kuznetsova2017", "hemerik2020", "nakagawa2013")


class Asked(NamedTuple):
    """How a model was asked for; ``source`` is what messages call the table."""

    settings: MixedModelSettings
    seed: int
    source: str
    table: pd.DataFrame | str | Path
    progress: Progress | None = None


class Climbed(NamedTuple):
    """The model as it was written, and the structure that the design and the data support."""

    asked: Fit
    best: Fit
    considered: Considered
    layout: Layout

    def shown(self, settings: MixedModelSettings) -> Fit:
        """Return the fit whose numbers are shown."""
        return self.best if settings.structure == "supported" else self.asked


def described(
    climbed: Climbed,
    how: Asked,
    dropped: tuple[Dropped, ...],
    questions: Sequence[Remark],
) -> MixedModel:
    """Return the model that is shown, with the one that was written beside it.

    Parameters
    ----------
    climbed : Climbed
    how : Asked
    dropped : tuple of Dropped
    questions : sequence of Remark
        What is asked about the response and the numbers of the formula.
    """
    settings, seed = how.settings, how.seed
    asked = climbed.asked
    fit = climbed.shown(settings)
    tests, unique = anova(fit)
    change = what_changes(asked, climbed.best, climbed.layout, settings.confidence)
    excess = excesses(fit, climbed.layout, climbed.considered)
    found = [*questions, *structure_remarks(asked, climbed.layout, change, excess), *remarks(fit)]
    found += not_tried(climbed.considered.table)
    found += family_remarks(fit)
    if not unique and len(tests):
        found.append(_no_type_three(fit, tests))
    orders = orders_of(fit, references_of(settings.references))
    data = fit.table[data_columns(fit)]
    design = climbed.layout
    counts, given_up = counted_by(fit, design), design.confounded
    found_answers = answers(fit, orders, settings, counts, tests, given_up)
    believed = None
    if settings.bayes:
        believed = posterior(fit, found_answers, settings, seed=seed, progress=how.progress)
        found += [Remark(words, True) for words in believed.warnings]
    rows, modes = residuals(fit)
    beside = resampled(
        fit,
        bootstraps=settings.bootstraps,
        sign_flips=settings.sign_flips,
        confidence=settings.confidence,
        seed=seed,
    )
    return MixedModel(
        formula=fit.formula,
        settings=settings,
        fixed_effects=fixed_effects(fit, settings.confidence),
        variance_components=variance_components(fit),
        anova=tests,
        marginal_means=with_response(marginal_means(fit, settings.confidence, orders), fit),
        contrasts=contrasts(fit, settings.confidence, settings.correction, orders),
        resampling=beside,
        structures=climbed.considered.table,
        excess=excess,
        statistics=statistics(fit),
        rows=rows,
        modes=modes,
        data=data,
        answers=found_answers,
        influence=influence(fit, found_answers, climbed.layout, settings, beside.draws),
        assumptions=assumptions(
            rows,
            modes,
            [(v.name, v.values, v.levels) for v in fit.design.variables.values() if v.levels],
        ),
        factors=tuple(
            Factor(
                each.name,
                each.node.names()[0],
                tuple(each.levels[n] for n in orders[each.node].places),
            )
            for each in fit.design.variables.values()
            if each.levels is not None
        ),
        dropped=dropped,
        remarks=tuple(found),
        family=fit.family,
        layout=climbed.layout,
        written=None if fit is asked else _written(asked, settings, climbed.layout, change.words),
        posterior=believed,
        script=r_script(fit, settings, orders, found_answers, __version__),
        history=History((step_of(fit, asked.formula.text, settings, seed, how.table),)),
    )


def _no_type_three(fit: Fit, tests: pd.DataFrame) -> Remark:
    if not fit.left_out or not fit.design.terms.intercept:
        return Remark("Each F test is of the term's own coefficients, and not a type III test.")
    none = ", ".join(tests.loc[tests["num_df"] == 0, "term"])
    untested = f" Of {none} nothing can be tested so." if none else ""
    return Remark(
        "Some cells have no data. Each F test (type III) is of as much of its term as can be "
        f"estimated without them.{untested} Compare the cells that are there (contrasts)."
    )


def _written(fit: Fit, settings: MixedModelSettings, layout: Layout, change: str) -> Written:
    orders = orders_of(fit, references_of(settings.references))
    tests, _ = anova(fit)
    return Written(
        formula=fit.formula,
        fixed_effects=fixed_effects(fit, settings.confidence),
        anova=tests,
        marginal_means=with_response(marginal_means(fit, settings.confidence, orders), fit),
        contrasts=contrasts(fit, settings.confidence, settings.correction, orders),
        answers=answers(fit, orders, settings, counted_by(fit, layout), tests, layout.confounded),
        statistics=statistics(fit),
        change=change,
    )


def _plain_values(column: pd.Series[Any]) -> object:
    import pandas as pd

    numeric = pd.api.types.is_numeric_dtype(column)
    return column.to_numpy(dtype=float) if numeric else [level_words(v) for v in column]


def step_of(
    fit: Fit,
    formula: str,
    settings: MixedModelSettings,
    seed: int,
    source: pd.DataFrame | str | Path,
) -> Step:
    code = code_of(formula, settings, seed, source)
    data = [_plain_values(fit.table[name]) for name in data_columns(fit)]
    cites = cites_of(fit.family, settings, random=bool(fit.groups))
    return Step("compare", code, settings.to_mapping(), seed, fingerprint(data), cites, __version__)


def code_of(
    formula: str, settings: MixedModelSettings, seed: int, source: pd.DataFrame | str | Path
) -> str:
    """Return the Python that fits the model again."""
    code = f"{program_of(source, 'model', 'compare')}, {formula!r}"
    code += f", {settings.as_python()}" if settings != MixedModelSettings() else ""
    return code + (f", seed={seed})" if seed else ")")
