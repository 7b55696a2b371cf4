"""Count false alarms of families other than normal: ``uv run docs/make_family_type_one.py``.

Studies without an effect: people differ in level and in how they respond, a few days a condition.
What was counted is kept in docs/family_type_one.csv, so that a run that was stopped goes on.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from making import fill, parser, place
from scipy import stats

from renshaw.core.errors import RenshawError
from renshaw.core.seeds import stream
from renshaw.statistics.families.densities import density
from renshaw.statistics.families.families import family_of
from renshaw.statistics.fitting.fit import Fit, fitted
from renshaw.statistics.formulas.formula import Formula, parse
from renshaw.statistics.structure import ladder
from renshaw.statistics.structure.layout import layout
from renshaw.statistics.structure.people_df import tested_by_people

# Standard deviations between people and of their responses, on the scale of the link.
PEOPLE_SD, RESPONSE_SD = 0.7, 0.4
DAYS = 5
# Each family's parameters beside the mean, on the scale in which they are searched.
FAMILIES = {"poisson": [], "negative-binomial": [0.5], "gamma": [-0.5], "binomial": []}
PEOPLE = (15, 8)
COLUMNS = ("family", "people", "studies", "written", "supported_z", "supported_t")


def study(name: str, people: int, rng: np.random.Generator) -> pd.DataFrame:
    """Return a study without an effect."""
    who, condition, _ = (g.ravel() for g in np.indices((people, 2, DAYS)))
    eta = 1.0 * (name != "binomial") + PEOPLE_SD * rng.normal(size=people)[who]
    eta = eta + RESPONSE_SD * rng.normal(size=(people, 2))[who, condition]
    drawn = density(family_of(name), np.full(len(eta), 0.5))
    y = drawn.draw(eta, np.array(FAMILIES[name]), rng)
    return pd.DataFrame({"y": y, "condition": condition.astype(str), "participant": who})


def p_values(table: pd.DataFrame, name: str) -> tuple[float, float, float]:
    """Return p as the formula was written, and of the supported structure by z and by t."""
    family = family_of(name)
    table["participant"] = [f"P{who}" for who in table["participant"]]

    def refit(formula: Formula) -> Fit:
        return fitted(table, formula, family=family)

    asked = refit(parse("y ~ condition + (1|participant)"))
    design = layout(asked)
    best = ladder.climbed(ladder.Tried(asked, refit), design)
    return _p(asked), _p(best), _p(tested_by_people(best, design))


def _p(fit: Fit) -> float:
    weights = np.array([0.0, 1.0])
    t = abs(fit.coefficients[1]) / fit.precision.standard_error(weights)
    return float(2 * stats.t.sf(t, fit.precision.df(weights)))


def counted(name: str, people: int, studies: int) -> tuple[object, ...]:
    """Return the shares of studies with p < .05."""
    rng = stream(0, "family type one", name, people)
    found = []
    while len(found) < studies:
        try:
            found.append(p_values(study(name, people, rng), name))
        except RenshawError:  # a condition without any event
            continue
    return (name, people, studies, *(np.array(found) < 0.05).mean(axis=0))


def store(folder: Path, studies: int) -> pd.DataFrame:
    """Count what is not counted yet; return all of it."""
    file = folder / "family_type_one.csv"
    done = pd.read_csv(file) if file.exists() else pd.DataFrame(columns=list(COLUMNS))
    known = set(done[done["studies"] >= studies][["family", "people"]].itertuples(index=False))
    for people in PEOPLE:
        for name in FAMILIES:
            if (name, people) not in known:
                row = pd.DataFrame([counted(name, people, studies)], columns=list(COLUMNS))
                done = pd.concat([done, row], ignore_index=True) if len(done) else row
                done.to_csv(file, index=False, float_format="%.4f")
    return done


def table(done: pd.DataFrame) -> str:
    """Return the table of docs/statistics.md."""
    lines = [
        "| family | people | `(1 \\| participant)` as written, z | supported structure, z | "
        "supported structure, t with people - 1 (default) |",
        "| --- | --- | --- | --- | --- |",
    ]
    for row in done.itertuples(index=False):
        shares = " | ".join(f"{100 * share:.1f} %" for share in row[3:])
        lines.append(f"| {row.family} | {row.people} | {shares} |")
    return "\n".join(lines)


def main() -> None:
    """Count, and fill in the table of the page."""
    made = parser(__doc__)
    made.add_argument("--studies", type=int, default=400, help="studies a family and size")
    asked = made.parse_args()
    folder = place(asked)
    done = store(folder, 2 if asked.quick else asked.studies)
    fill(folder / "statistics.md", "family type one", table(done))
    print(done.to_string(index=False))


if __name__ == "__main__":
    main()
