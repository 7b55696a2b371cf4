"""Put what `renshaw fit` found into docs/person.md, and draw the dose-response of delta F.

``uv run docs/make_person.py TA=fit-TA effects=fit-effects``, with the folder of each muscle that
was fitted, and of `renshaw fit-effects`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from making import fill, keep, parser, place

import renshaw as rs
from renshaw.calibration.effects import constants_table as constants_of
from renshaw.calibration.effects import held_table, spasms_table, vibstim_table
from renshaw.calibration.effects_fit import Held, HeldRange
from renshaw.calibration.targets import targets_in
from renshaw.core.cells import plain_table
from renshaw.figures.description import Axis, Figure, Panel
from renshaw.figures.marks import Line, Mark, Points
from renshaw.model.effects import ALL
from renshaw.model.second_edition.effects import origin_in, parsed, spasms, table_text, vibstim
from renshaw.model.second_edition.table import origin, parameters

# Neuromodulation in % of health, and what is measured there.
_CURVE = {
    60: "delta_f_60",
    80: "delta_f_80",
    90: "delta_f_90",
    100: "delta_f",
    110: "delta_f_110",
}
_EDITIONS = {"second": "second edition", "first": "first edition"}
_COLORS = {"second": "blue", "first": "vermilion"}


def main() -> None:
    """Fill the page and draw the figure."""
    asking = parser(__doc__)
    asking.add_argument("fits", nargs="*", help="MUSCLE=FOLDER of renshaw fit, effects=FOLDER")
    asked = asking.parse_args()
    page = place(asked) / "person.md"
    fits = {muscle: Path(folder) for muscle, folder in (each.split("=", 1) for each in asked.fits)}
    if effects := fits.pop("effects", None):
        fill(page, "effects", effects_table(pd.read_csv(effects / "effects.csv")))
        fill(page, "spasms", spasms_in_people(pd.read_csv(effects / "spasms.csv")))
        fill(page, "vibstim", vibstim_in_people(pd.read_csv(effects / "vibstim.csv")))
        words = origin_in((effects / "effects.toml").read_text(encoding="utf-8"))
        constants = constants_table(pd.read_csv(effects / "constants.csv"))
        fill(page, "constants", f"From {words}.\n\n{constants}")
    for muscle, folder in fits.items():
        fill(page, f"targets {muscle}", target_table(read(folder / "targets.csv")))
        fill(page, f"parameters {muscle}", parameter_table(read(folder / "parameters.csv")))
    measured = {muscle: read(folder / "quantities.csv") for muscle, folder in fits.items()}
    if asked.quick:
        fill(page, "targets TA", target_table(unmeasured_targets()))
        fill(page, "parameters TA", parameter_table(unmeasured_parameters()))
        fill(page, "effects", effects_table(unmeasured_effects()))
        fill(page, "spasms", spasms_in_people(unmeasured_spasms()))
        fill(page, "vibstim", vibstim_in_people(unmeasured_vibstim()))
        fill(page, "constants", constants_table(constants_of(table_text())))
        measured = {"TA": unmeasured_quantities()}
    if measured:
        fill(page, "tracking", tracking_table(measured))
        fill(page, "pic", pic_table((100,) if asked.quick else (60, 80, 90, 100, 110)))
        keep(dose_figure(measured), page.parent / "figures" / "dose.svg")
        print(f"Written: {page}")


def read(path: Path) -> pd.DataFrame:
    """Return a table of a fit."""
    return plain_table(pd.read_csv(path))


def target_table(table: pd.DataFrame) -> str:
    """Return how many targets are met, and one row a target."""
    lines = []
    for role, rows in table.groupby("role"):
        lines.append(
            f"{role.capitalize()}: {rows['met'].sum()} of {len(rows)} met "
            f"(first edition: {rows['first_met'].sum()})."
        )
    lines += [
        "",
        "| target | quantity | role | people | second edition | first edition | source |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for row in table.to_dict("records"):
        second, first = (
            f"{row[value]:.3g}" if row[met] else f"**{row[value]:.3g}**"
            for value, met in (("simulated", "met"), ("first_edition", "first_met"))
        )
        cells = [row["target"], f"`{row['quantity']}`", row["role"], row["wanted"]]
        lines.append("| " + " | ".join(map(str, [*cells, second, first, row["source"]])) + " |")
    return "\n".join(lines)


_LEVELS = (15, 30, 50)


def tracking_table(measured: Mapping[str, pd.DataFrame]) -> str:
    """Return how well torque is held: its mean beyond the line and its CoV, one row a muscle."""
    over = " | ".join(f"at {level} %" for level in _LEVELS)
    lines = [
        f"| mean torque of a hold beyond the line, % MVC (CoV, %) | {over} |",
        "| --- " * (1 + len(_LEVELS)) + "|",
    ]
    for muscle, rows in measured.items():
        means = rows[rows["edition"] == "second"].groupby("quantity")["value"].mean()
        cells = [
            f"{means[f'error_{level}']:+.1f} ({means[f'steadiness_{level}']:.1f})"
            if f"error_{level}" in means
            else "not measured"
            for level in _LEVELS
        ]
        lines.append("| " + " | ".join([muscle, *cells]) + " |")
    return "\n".join(lines)


def parameter_table(table: pd.DataFrame) -> str:
    """Return one row a parameter."""
    lines = [
        "| parameter | value | nine of ten between | bounds | unit | told | by |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for row in table.to_dict("records"):
        cells = [
            row["meaning"],
            f"{row['value']:.3g}",
            f"{row['low']:.3g} and {row['high']:.3g}",
            f"{row['bound_low']:g} to {row['bound_high']:g}",
            "" if pd.isna(row["unit"]) else row["unit"],
            row["told"],
            row["told_by"],
        ]
        lines.append("| " + " | ".join(map(str, cells)) + " |")
    return "\n".join(lines)


def effects_table(table: pd.DataFrame) -> str:
    """Return how many data are met, and one row a datum."""
    lines = [
        f"{role.capitalize()}: {rows['met'].sum()} of {len(rows)} met."
        for role, rows in table.groupby("role")
    ]
    lines += [
        "",
        "| effect | who | task | imposed on her | quantity | role | people | she | answer |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for row in table.to_dict("records"):
        cells = [
            row["effect"].replace("_", " "),
            f"{row['muscle']}, {row['age']}",
            f"{row['pct_mvc']:g} % MVC",
            row["imposed"],
            f"`{row['quantity']}`",
            row["role"],
            f"{row['people']:+.2f} ± {row['people_sd']:.2g} {row['unit']}",
            f"{row['simulated']:+.2f}" if row["met"] else f"**{row['simulated']:+.2f}**",
            row["answer"],
        ]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


_OF_SPASMS = {
    "duration": "lasts (s)",
    "rate": "mean rate (pps)",
    "at_rest": "share of motoneurons that fire unprovoked",
}


def spasms_in_people(table: pd.DataFrame) -> str:
    """Return what spasms are like, one row a range."""
    lines = [
        "| condition, severity | muscle | spasm | role | people | she |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for row in table.to_dict("records"):
        cells = [
            f"{row['condition'].replace('-', ' ')}, {row['severity']:g}",
            row["muscle"],
            _OF_SPASMS[row["quantity"]],
            row["role"],
            f"{row['low']:g} to {row['high']:g}",
            f"{row['simulated']:.3g}" if row["met"] else f"**{row['simulated']:.3g}**",
        ]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


_OF_VIBSTIM = {
    "responders": "people who respond (%)",
    "torque_vib": "torque during vibration, responders (% MVC)",
    "torque_vib_sd": "its standard deviation (% MVC)",
    "torque_sust": "torque after vibration, responders (% MVC)",
    "torque_sust_sd": "its standard deviation (% MVC)",
}


def vibstim_in_people(table: pd.DataFrame) -> str:
    """Return what VibStim does, one row a range."""
    lines = [
        "| VibStim of the soleus | role | people | she and hers |",
        "| --- | --- | --- | --- |",
    ]
    for row in table.to_dict("records"):
        cells = [
            _OF_VIBSTIM[row["quantity"]],
            row["role"],
            f"{row['low']:g} to {row['high']:g}",
            f"{row['simulated']:.3g}" if row["met"] else f"**{row['simulated']:.3g}**",
        ]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def constants_table(table: pd.DataFrame) -> str:
    """Return one row a constant; shares in %."""
    lines = [
        "| constant | muscle | value | nine of ten between | unit | told |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for row in table.to_dict("records"):
        unit = "" if pd.isna(row["unit"]) else str(row["unit"])
        per_cent = unit.startswith("share")
        value, low, high = (
            f"{(100 if per_cent else 1) * row[name]:.3g}" for name in ("value", "low", "high")
        )
        cells = [
            row["meaning"],
            "" if row["muscle"] == ALL else row["muscle"],
            value,
            "" if pd.isna(row["low"]) else f"{low} and {high}",
            unit.replace("share", "%", 1),
            row["told"],
        ]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def pic_table(levels: Sequence[int]) -> str:
    """Return the persistent inward current of single motoneurons at levels of neuromodulation."""
    who = rs.Participant(edition=2)
    cells = {"first": 1, "middle": who.n_units // 2, "last": who.n_units}
    healthy = {number: pic_nA(who, number, 100) for number in cells.values()}
    heads = [f"{name} motoneuron" for name in cells]
    lines = [
        "| neuromodulation (% of health) | " + " | ".join(heads) + " |",
        "| --- " * (1 + len(cells)) + "|",
    ]
    for level in levels:
        found = {number: pic_nA(who, number, level) for number in cells.values()}
        shown = [f"{x:.1f} nA, {100 * x / healthy[n]:.0f} %" for n, x in found.items()]
        lines.append(f"| {level} | " + " | ".join(shown) + " |")
    return "\n".join(lines)


def pic_nA(who: rs.Participant, number: int, level: int) -> float:
    """Return the persistent inward current of a motoneuron under voltage clamp."""
    clamp = rs.experiment.VoltageRampSettings(motoneuron=number, neuromodulation=level / 100)
    return rs.experiment.voltage_ramp(who, clamp).amplitude_nA


def dose_figure(measured: dict[str, pd.DataFrame]) -> Figure:
    """Return delta F against neuromodulation: a point a seed, a line through the means."""
    panels = []
    for muscle, table in measured.items():
        marks: list[Mark] = []
        for edition, label in _EDITIONS.items():
            of = table[table["edition"] == edition].groupby("quantity")["value"]
            found = {dose: of.get_group(name) for dose, name in _CURVE.items() if name in of.groups}
            means = [values.mean() for values in found.values()]
            color = _COLORS[edition]
            marks.append(Line(x=np.array([*found]), y=np.array(means), color=color, label=label))
            for dose, values in found.items():
                x = np.full(len(values), float(dose))
                marks.append(Points(x=x, y=values.to_numpy(), color=color, size=3.0))
        panels.append(
            Panel(
                f"dose {muscle}",
                tuple(marks),
                x=Axis("Neuromodulation", "% of health"),
                y=Axis("ΔF", "pps"),
                title=muscle,
            )
        )
    return Figure(
        "dose",
        tuple(panels),
        title="ΔF against neuromodulation in % of health, in both editions of the person",
        columns=len(panels),
        one_legend=True,
    )


def unmeasured_targets() -> pd.DataFrame:
    """Return a table of every target, as if each had been met."""
    rows = []
    for each in targets_in(None, "TA"):
        told = {"target": each.target, "quantity": each.quantity, "role": each.role}
        told |= {"wanted": each.wanted, "source": each.source, "met": True, "first_met": False}
        rows.append({**told, "simulated": each.value or 0.0, "first_edition": 0.0})
    return pd.DataFrame(rows)


def unmeasured_parameters() -> pd.DataFrame:
    """Return a table of every parameter, as if nothing were known of it."""
    print(f"TA: {origin('TA')}")
    return pd.DataFrame(
        {
            "value": p.values["TA"],
            "low": p.low,
            "high": p.high,
            "bound_low": p.low,
            "bound_high": p.high,
            "unit": p.unit,
            "told": "sloppy",
            "told_by": p.pinned_by,
            "meaning": p.meaning,
        }
        for p in parameters()
    )


def unmeasured_effects() -> pd.DataFrame:
    """Return a table of every datum of the effects, as if each had been met."""
    held = [Held(each, each.change, 0.0, "nothing") for each in parsed(table_text())[1]]
    return held_table(held)


def unmeasured_spasms() -> pd.DataFrame:
    """Return a table of what spasms are like, as if each range had been met."""
    return spasms_table([HeldRange(each, each.low) for each in spasms()])


def unmeasured_vibstim() -> pd.DataFrame:
    """Return a table of what VibStim does, as if each range had been met."""
    return vibstim_table([HeldRange(each, each.low) for each in vibstim()])


def unmeasured_quantities() -> pd.DataFrame:
    """Return delta F that rises by 0.1 pps for each %."""
    return pd.DataFrame(
        {"quantity": name, "edition": edition, "seed": 1, "value": 4.4 + 0.1 * (dose - 100)}
        for dose, name in _CURVE.items()
        for edition in _EDITIONS
    )


if __name__ == "__main__":
    main()
