"""Count false alarms of the structures that compare chooses: ``uv run docs/make_type_one.py``.

Studies without an effect are made in many designs, in which people respond alike or differently.
What was counted is kept in docs/type_one.csv, so that a run that was stopped goes on where it was.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
from making import fill, keep, parser, place
from scipy import stats

from renshaw.core.seeds import stream
from renshaw.statistics.fitting.fit import Fit, fitted
from renshaw.statistics.fitting.optimum import minimize
from renshaw.statistics.fitting.satterthwaite import precision
from renshaw.statistics.formulas.formula import Formula, parse
from renshaw.statistics.structure import ladder
from renshaw.statistics.structure.layout import layout

# As renshaw plan assumes for ΔF, in pps.
PARTICIPANT_SD, UNIT_SD, RESIDUAL_SD = 0.8, 0.7, 0.6
EFFECT_SDS = (0.0, 0.35, 0.7)
EFFECT = 0.4
Rng = np.random.Generator
Rows = dict[str, np.ndarray]


@dataclass(frozen=True)
class Design:
    """A design: its rows, the formula that people write, and the contrasts that are tested.

    ``response`` draws what every row has of people who respond differently (SD); ``means`` turns
    rows into one value a participant, which a t-test takes, and says whose group it is.
    """

    name: str
    rows: Rows
    formula: str
    contrasts: tuple[tuple[float, ...], ...]
    response: Callable[[Rng, Rows, float], np.ndarray]
    unit: np.ndarray
    tested: np.ndarray
    grouped: bool = False


def _rows(**sizes: int) -> Rows:
    """Return every combination of some numbers."""
    found = np.meshgrid(*map(np.arange, sizes.values()), indexing="ij")
    return {name: each.ravel() for name, each in zip(sizes, found, strict=True)}


def _responses(rng: Rng, rows: Rows, sd: float) -> np.ndarray:
    """Draw how each participant responds to each condition after the first."""
    own = rng.normal(0, sd, (rows["participant"].max() + 1, rows["condition"].max() + 1))
    own[:, 0] = 0
    return own[rows["participant"], rows["condition"]]


def _trends(rng: Rng, rows: Rows, sd: float) -> np.ndarray:
    own = rng.normal(0, sd, rows["participant"].max() + 1)
    return own[rows["participant"]] * rows["week"] / rows["week"].max()


def _two_responses(rng: Rng, rows: Rows, sd: float) -> np.ndarray:
    people, found = rows["participant"].max() + 1, np.zeros(len(rows["participant"]))
    for each in (rows["time"], rows["condition"], rows["time"] * rows["condition"]):
        found = found + rng.normal(0, sd, people)[rows["participant"]] * each
    return found


def _unit_responses(rng: Rng, rows: Rows, sd: float) -> np.ndarray:
    """Draw responses of participants, and of their units."""
    units = rows["participant"] * 100 + rows["unit"]
    own = rng.normal(0, 0.3, (units.max() + 1, 2))
    return _responses(rng, rows, sd) + own[units, rows["condition"]]


def _of_people(rng: Rng, rows: Rows, sd: float) -> np.ndarray:
    return rng.normal(0, sd, rows["participant"].max() + 1)[rows["participant"]]


def _paired(
    name: str,
    people: int,
    units: int,
    *,
    levels: int = 2,
    ramps: int = 1,
    tracked: bool = True,
    kept: Callable[[Rng, Rows], np.ndarray] | None = None,
    formula: str = "y ~ condition + (1|participant/unit)",
    response: Callable[[Rng, Rows, float], np.ndarray] = _responses,
) -> Design:
    rows = _rows(participant=people, unit=units, condition=levels, ramp=ramps)
    if kept is not None:
        there = kept(np.random.default_rng(1), rows)
        rows = {key: each[there] for key, each in rows.items()}
    unit = rows["participant"] * units + rows["unit"]
    unit = unit if tracked else unit * levels + rows["condition"]
    contrasts = [tuple(float(n == m) for n in range(levels)) for m in range(1, levels)]
    if levels > 2:
        contrasts.append((*(0.0,) * (levels - 2), -1.0, 1.0))
    tested = rows["condition"] == 1
    return Design(name, rows, formula, tuple(contrasts), response, unit, tested)


def _parallel(name: str, first: int, second: int, units: int) -> Design:
    rows = _rows(participant=first + second, unit=units, condition=2)
    rows["group"] = (rows["participant"] >= first).astype(int)
    formula = "y ~ group * condition + (1|participant/unit)"
    unit, tested = rows["participant"] * units + rows["unit"], rows["group"] * rows["condition"] > 0
    return Design(name, rows, formula, ((0, 0, 0, 1),), _responses, unit, tested, True)


def _few_units(rng: Rng, rows: Rows) -> np.ndarray:
    return rows["unit"] < rng.integers(1, 4, 20)[rows["participant"]]


def _uneven(rng: Rng, rows: Rows) -> np.ndarray:
    most = rng.integers(2, 15, 16)[rows["participant"]]
    return (rows["unit"] < most) & (rng.uniform(size=len(most)) < 0.75)


def _missing(rng: Rng, rows: Rows) -> np.ndarray:
    gone = rng.uniform(size=(20, 2)) < 0.2
    return ~gone[rows["participant"], rows["condition"]]


@functools.cache
def designs() -> dict[str, Design]:
    """Return the designs by name."""
    weeks = _rows(participant=14, unit=5, week=5)
    both = _rows(participant=12, unit=4, time=2, condition=2)
    between = _rows(participant=20, unit=6)
    between["group"] = between["participant"] // 10
    kinds = _rows(participant=14, unit=8)
    kinds["condition"] = kinds["unit"] % 2
    alone = "y ~ condition + (1|participant)"

    def unit(rows: Rows) -> np.ndarray:
        return rows["participant"] * 100 + rows["unit"]

    found = [
        _paired("15 people x 8 units, paired", 15, 8),
        _paired("12 x 6, units not tracked", 12, 6, tracked=False, formula=alone),
        _paired("15 x 6, 3 times", 15, 6, levels=3),
        _paired("8 x 5, 4 conditions", 8, 5, levels=4),
        _paired("20 people x 1 to 3 units", 20, 3, kept=_few_units),
        _paired("8 people x 10 units", 8, 10),
        _paired("40 people x 4 units", 40, 4),
        _paired("16 people x 1 to 14 units, unbalanced", 16, 14, kept=_uneven),
        _paired("20 x 5, a fifth of the sessions missing", 20, 5, kept=_missing),
        _paired("12 x 5 x 3 ramps, units differ, too", 12, 5, ramps=3, response=_unit_responses),
        _paired("14 people, one value a time, 3 times", 14, 1, levels=3, formula=alone),
        _parallel("two groups of 12 x 5, before and after", 12, 12, 5),
        _parallel("groups of 5 and 30 x 5, before and after", 5, 30, 5),
        Design(
            "two groups of 10 x 6 units",
            between,
            "y ~ group + (1|participant)",
            ((0, 1),),
            _of_people,
            unit(between),
            between["group"] == 1,
            True,
        ),
        Design(
            "12 x 4, 2 x 2: time x condition",
            both,
            "y ~ time * condition + (1|participant/unit)",
            ((0, 1, 0, 0.5), (0, 0, 0, 1)),
            _two_responses,
            unit(both),
            both["time"] == 1,
        ),
        Design(
            "14 x 5, weeks as a number",
            weeks,
            "y ~ week + (1|participant/unit)",
            ((0, 1),),
            _trends,
            unit(weeks),
            weeks["week"] > 0,
        ),
        Design(
            "14 x 8, condition between units",
            kinds,
            alone,
            ((0, 1),),
            _responses,
            unit(kinds),
            kinds["condition"] == 1,
        ),
    ]
    return {each.name: each for each in found}


FACTORS = {"condition": "c", "time": "t", "group": "g"}


def table_of(design: Design) -> pd.DataFrame:
    """Return the design as a tidy table without responses."""
    columns = {
        name: [f"{FACTORS[name]}{value}" for value in each] if name in FACTORS else each
        for name, each in design.rows.items()
    }
    return pd.DataFrame(columns)


def drawn(rng: Rng, design: Design, effect_sd: float, effect: float) -> np.ndarray:
    """Draw a study's responses."""
    who = design.rows["participant"]
    y = rng.normal(0, PARTICIPANT_SD, who.max() + 1)[who]
    y += rng.normal(0, UNIT_SD, design.unit.max() + 1)[design.unit]
    y += design.response(rng, design.rows, effect_sd) + rng.normal(0, RESIDUAL_SD, len(who))
    return y + effect * design.tested


@dataclass
class Analyst:
    """Fits the studies of one design; whatever only the rows decide is prepared once."""

    design: Design

    def __post_init__(self) -> None:
        some = np.random.default_rng(0).normal(size=len(self.design.unit))
        self._table = table_of(self.design).assign(y=some)
        self._models: dict[ladder.Random, Fit] = {}
        self._asked = fitted(self._table, parse(self.design.formula))
        self._layout = layout(self._asked)

    def p_values(self, y: np.ndarray) -> tuple[list[float], list[float]]:
        """Return p of every contrast as the formula was written, and under its structure."""
        asked = _with_response(self._asked, y)

        def refit(formula: Formula) -> Fit:
            if formula.random not in self._models:
                self._models[formula.random] = fitted(self._table, formula)
            return _with_response(self._models[formula.random], y)

        best = ladder.climbed(ladder.Tried(asked, refit), self._layout)
        return self._tests(asked), self._tests(best)

    def _tests(self, fit: Fit) -> list[float]:
        known = precision(fit.problem, fit.optimum.theta, fit.optimum.curve)
        found = []
        for each in self.design.contrasts:
            weights = np.array(each, dtype=float)
            t = abs(weights @ fit.coefficients) / known.standard_error(weights)
            found.append(float(2 * stats.t.sf(t, known.df(weights))))
        return found

    def p_of_means(self, y: np.ndarray) -> float:
        """Return p of the first contrast by a t-test of participants' means; nan without one."""
        rows = self.design.rows
        two = "condition" in rows
        levels = rows["condition"] if two else np.zeros(len(y), dtype=int)
        if "week" in rows or "time" in rows:
            return np.nan
        cells = rows["participant"] * 10 + levels
        means = pd.Series(y).groupby(cells).mean()
        first = {int(c) // 10: m for c, m in means.items() if int(c) % 10 == 0}
        second = {int(c) // 10: m for c, m in means.items() if int(c) % 10 == 1}
        people = sorted(set(first) & set(second)) if two else sorted(first)
        values = np.array([second[p] - first[p] if two else first[p] for p in people])
        if not self.design.grouped:
            return float(stats.ttest_1samp(values, 0).pvalue)
        group = dict(zip(rows["participant"], rows["group"], strict=True))
        mine = np.array([group[p] for p in people]) == 1
        return float(stats.ttest_ind(values[mine], values[~mine]).pvalue)


def _with_response(fit: Fit, y: np.ndarray) -> Fit:
    problem = fit.problem.changed(y=y)
    optimum = minimize(problem)
    solved = problem.solve(optimum.theta)
    return replace(
        fit,
        problem=problem,
        optimum=optimum,
        coefficients=solved.coefficients,
        sigma2=problem.sigma2(solved),
    )


COLUMNS = ("design", "effect_sd", "effect", "studies", "written", "supported", "means", "worst")


def counted(name: str, effect_sd: float, effect: float, studies: int) -> tuple[object, ...]:
    """Return the shares of studies with p < .05; ``worst`` is of the contrast farthest from .05."""
    design = designs()[name]
    analyst = Analyst(design)
    rng = stream(1, "type one", name, f"{effect_sd:g}", f"{effect:g}")
    written, supported, means = [], [], []
    for _ in range(studies):
        y = drawn(rng, design, effect_sd, effect)
        before, after = analyst.p_values(y)
        tested = slice(None) if not effect else slice(0, 1)
        written.append([p < 0.05 for p in before[tested]])
        supported.append([p < 0.05 for p in after[tested]])
        p = analyst.p_of_means(y)
        means.append(np.nan if np.isnan(p) else p < 0.05)
    shares = np.mean(supported, axis=0)
    worst = shares[np.argmax(np.abs(shares - 0.05))]
    mean = float(np.mean(means))
    return (
        name,
        effect_sd,
        effect,
        studies,
        np.mean(written),
        np.mean(supported),
        mean,
        float(worst),
    )


def store(folder: Path, studies: int, processes: int) -> pd.DataFrame:
    """Count what is not counted yet, and keep each row as soon as it is there."""
    file = folder / "type_one.csv"
    done = pd.read_csv(file) if file.exists() else pd.DataFrame(columns=list(COLUMNS))
    asked = [(name, sd, 0.0) for sd in EFFECT_SDS for name in designs()]
    asked += [(name, 0.35, EFFECT) for name in designs()]
    enough = done[done["studies"] >= studies]
    known = {(n, s, e) for n, s, e in enough[list(COLUMNS[:3])].itertuples(index=False)}
    todo = [each for each in asked if each not in known]
    with ProcessPoolExecutor(processes) as pool:
        rows = [pool.submit(counted, *each, studies) for each in todo]
        for row in rows:
            new = pd.DataFrame([row.result()], columns=list(COLUMNS))
            same = (done[list(COLUMNS[:3])] == new[list(COLUMNS[:3])].iloc[0]).all(axis=1)
            done = pd.concat([done[~same], new], ignore_index=True) if len(done) else new
            done.to_csv(file, index=False, float_format="%.4f")
    return done


def table(done: pd.DataFrame) -> str:
    """Return the table of docs/statistics.md."""
    lines = [
        "| design | as written: SD 0 / .35 / .7 | supported structure: SD 0 / .35 / .7 | t-test of "
        f"means | power at {EFFECT}: supported / t-test |",
        "| --- | --- | --- | --- | --- |",
    ]
    for name in designs():
        mine = done[done["design"] == name]
        null = mine[mine["effect"] == 0].sort_values("effect_sd")
        power = mine[mine["effect"] > 0]
        written, ours, means = (_shares(null[key]) for key in ("written", "supported", "means"))
        found = " / ".join(_shares(power[key]) for key in ("supported", "means"))
        found = found if len(power) else "not counted"
        lines.append(f"| {name} | {written} | {ours} | {means} | {found} |")
    return "\n".join(lines)


def _shares(values: pd.Series) -> str:
    return " / ".join("–" if np.isnan(v) else f"{100 * v:.1f}" for v in values)


def picture(done: pd.DataFrame) -> object:
    """Draw how often each design raises a false alarm."""
    import matplotlib.pyplot as plt

    from renshaw.figures.style import look

    names = list(designs())[::-1]
    with look():
        figure, axes = plt.subplots(figsize=(7.5, 5.4), layout="constrained")
        axes.axvspan(3, 7, color="0.92", zorder=0)
        axes.axvline(5, color="0.6", lw=0.8)
        for key, color, label in (
            ("written", "#c0392b", "as written: people respond alike"),
            ("supported", "#1f5f8b", "the structure that the design asks for"),
        ):
            for sd, mark in zip(EFFECT_SDS, "osD", strict=True):
                mine = done[(done["effect"] == 0) & (done["effect_sd"] == sd)]
                mine = mine.set_index("design").reindex(names)
                said = label if sd == EFFECT_SDS[-1] else None
                places = np.arange(len(names)) + (sd - 0.35) * 0.6
                axes.plot(100 * mine[key], places, mark, ms=3.5, color=color, label=said)
        axes.set_yticks(range(len(names)), names)
        axes.set_xlabel("Studies without an effect that find one at p < .05 (%)")
        axes.set_xlim(0, None)
        axes.legend(loc="lower right")
    return figure


def main() -> None:
    """Count, fill in the table of the page and draw its picture."""
    made = parser(__doc__)
    made.add_argument("--studies", type=int, default=1000, help="studies a design and SD")
    made.add_argument("--processes", type=int, default=2)
    made.add_argument("--drawn", action="store_true", help="count nothing more, only draw")
    asked = made.parse_args()
    folder = place(asked)
    done = (
        pd.read_csv(folder / "type_one.csv")
        if asked.drawn
        else store(
            folder, 3 if asked.quick else asked.studies, 1 if asked.quick else asked.processes
        )
    )
    fill(folder / "statistics.md", "type one", table(done))
    keep(picture(done), folder / "figures" / "type_one.svg")
    print(done.to_string(index=False))


if __name__ == "__main__":
    main()
