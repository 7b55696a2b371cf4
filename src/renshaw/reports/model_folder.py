"""The folder of a mixed model: its tables, its page, and the script that makes it again in R."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from renshaw.core.files import write_csv, write_text
from renshaw.reports.report import report
from renshaw.statistics.answers.answer import answer_table
from renshaw.statistics.answers.influence import Without
from renshaw.statistics.formulas.design import level_words

if TYPE_CHECKING:
    import pandas as pd

    from renshaw.statistics.mixed import MixedModel

# File, and what of the model stands in it.
TABLES = {
    "fixed_effects.csv": "fixed_effects",
    "variance_components.csv": "variance_components",
    "marginal_means.csv": "marginal_means",
    "contrasts.csv": "contrasts",
    "anova.csv": "anova",
    "random_structures.csv": "structures",
    "random_effects.csv": "modes",
    "residuals.csv": "rows",
}


def write_model_folder(model: MixedModel, folder: Path, title: str) -> Path:
    """Write everything about a model into a folder; returns the page's path."""
    import pandas as pd

    for name, field in TABLES.items():
        _write(getattr(model, field), folder / name, index=name == "residuals.csv")
    _write(answer_table(model.answers), folder / "answers.csv")
    _write(
        pd.DataFrame(list(model.influence.without), columns=list(Without._fields)),
        folder / "without_each_person.csv",
    )
    _write(model.resampling.table, folder / "resampling.csv")
    dropped = pd.DataFrame(list(model.dropped), columns=["reason", "rows", "first_rows"])
    _write(dropped, folder / "dropped_rows.csv")
    if model.posterior is not None:
        _write(model.posterior.table, folder / "bayes.csv")
    _write(_as_r_reads(model.data), folder / "data.csv")
    write_text(folder / "model.R", model.script)
    if model.zero_part is not None and model.overall is not None:
        _write(model.overall.means, folder / "overall_means.csv")
        _write(model.overall.ratios, folder / "overall_ratios.csv")
        (folder / "any").mkdir(exist_ok=True)
        write_model_folder(model.zero_part, folder / "any", title)
    return report(model, folder / "report.html", title=f"{title}: {model.formula.response}")


def _as_r_reads(data: pd.DataFrame) -> pd.DataFrame:
    """Return data with levels as the script has them: 0 and 1, not 0.0 and 1.0."""
    levels = data.select_dtypes("category")
    return data.assign(**{str(name): levels[name].map(level_words) for name in levels})


def _write(table: pd.DataFrame, path: Path, index: bool = False) -> None:
    write_csv(path, table, digits=15, index=index)
