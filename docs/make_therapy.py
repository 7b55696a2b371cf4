"""Run the built-in goal with several seeds and draw docs/therapy.md.

Seeds may be named: ``uv run --extra design docs/make_therapy.py 0 1 2``. Prints the tables of the
page; some minutes a seed on two cores. What is finished is kept in the folder ``therapy-SEED``.
"""

from __future__ import annotations

import resource
import time
from importlib.util import find_spec
from pathlib import Path

from making import keep, parser, place

import renshaw as rs
from renshaw.core.machine import cores
from renshaw.optimization.design import RECOMMENDED
from renshaw.reports.design_folder import write_design_folder
from renshaw.reports.figures.design import burden_by_person, interaction_map, pareto_front

_SHOWN = ("burden", "fresh_burden", "fresh_duration_s", "force_pct", "fresh_force_pct", "dose_pct")


def main() -> None:
    """Design, draw and print."""
    asking = parser(__doc__)
    asking.add_argument("seeds", nargs="*", type=int, default=[0, 1, 2])
    asked = asking.parse_args()
    if find_spec("optuna") is None:
        print("Skipped: designing a therapy needs optuna (the extra design).")
        return
    home = place(asked)
    for number, seed in enumerate(asked.seeds[:1] if asked.quick else asked.seeds):
        began_s, used_s = time.monotonic(), cpu_s()
        folder = (home if asked.quick else Path()) / f"therapy-{seed}"
        goal = rs.optimization.built_in_goal().replace(seed=seed)
        goal = smallest(goal) if asked.quick else goal
        design = rs.optimize(goal, folder=folder, workers=cores())
        took = f"{time.monotonic() - began_s:.0f} s, {cpu_s() - used_s:.0f} s of CPU"
        write_design_folder(design, folder)
        print(f"\nSeed {seed} ({took}): {design.recommended.words()}\n\n{markdown(design)}")
        if number == 0:
            for name, draw in (
                ("therapy_front", pareto_front),
                ("therapy_people", burden_by_person),
                ("therapy_map", interaction_map),
            ):
                keep(draw(design), home / "figures" / f"{name}.svg")


def smallest(goal: rs.Goal) -> rs.Goal:
    """Return the goal with as little to do as there can be."""
    return goal.replace(
        people=3,
        few=2,
        held_out=4,
        sleepers=0,
        test=rs.SpasmTest(watched_s=6.0),
        cohort=goal.cohort.replace(n_units=6),
        search=goal.search.replace(
            therapies=8, batch=4, promising=8, drugs=("cyproheptadine",), dose_pct_max=10.0
        ),
    )


def markdown(design: rs.optimization.Design) -> str:
    """Return the alternatives, and how the recommended differs from each, as a table."""
    lines = [
        "| alternative | burden: search | fresh [95 %] | spasm (s) | force: search | fresh | "
        "dose (%) | recommended minus this, mean [95 %] | better off (%) |",
        "| --- |" + " --- |" * 8,
    ]
    against = design.contrasts.set_index("against")
    for row in design.alternatives.to_dict("records"):
        name = str(row["alternative"])
        cells = [f"{row[key]:.1f}" for key in _SHOWN]
        cells[1] += f" [{row['fresh_burden_low']:.1f}, {row['fresh_burden_high']:.1f}]"
        differs = ["", ""]
        if name != RECOMMENDED:
            d = against.loc[name]
            between = f"[{d['difference_low']:+.1f}, {d['difference_high']:+.1f}]"
            differs = [f"{d['difference']:+.1f} {between}", f"{d['better_pct']:.0f}"]
        lines.append("| " + " | ".join([name, *cells, *differs]) + " |")
    return "\n".join(lines)


def cpu_s() -> float:
    """Return the CPU time of this process and its finished children."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


if __name__ == "__main__":
    main()
