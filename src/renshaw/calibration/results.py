"""What a fit leaves behind: targets, parameters, persons, and the table for the package."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from renshaw.calibration.ensemble import Ensemble
from renshaw.calibration.fit import Checked, Fit
from renshaw.calibration.targets import FITTED, HELD_OUT

if TYPE_CHECKING:
    import pandas as pd

# A target is met within two standard deviations of it and of the simulation together.
MET_WITHIN = 2.0


def targets_table(best: Checked, first_edition: Checked) -> pd.DataFrame:
    """Return one row a target: what people do, and what the fitted and the first person do.

    Parameters
    ----------
    best, first_edition : Checked
        Of all targets, held out ones too, with fresh seeds.

    Returns
    -------
    DataFrame
        Columns target, quantity, role, wanted, simulated, error, residual, met, first_edition,
        first_residual, first_met, source.
    """
    import pandas as pd

    rows = []
    for k, target in enumerate(best.targets):
        row: dict[str, object] = {
            "target": target.target,
            "quantity": target.quantity,
            "role": target.role,
            "wanted": target.wanted,
        }
        for person, value, residual, met in (
            (best, "simulated", "residual", "met"),
            (first_edition, "first_edition", "first_residual", "first_met"),
        ):
            off = float(target.residual(person.means[k], np.nan_to_num(person.errors[k])))
            row |= {value: float(person.means[k]), residual: off, met: abs(off) <= MET_WITHIN}
        rows.append({**row, "error": float(best.errors[k]), "source": target.source})
    columns = ["target", "quantity", "role", "wanted", "simulated", "error", "residual", "met"]
    columns += ["first_edition", "first_residual", "first_met", "source"]
    return pd.DataFrame(rows, columns=columns)


def quantities_table(best: Checked, first_edition: Checked) -> pd.DataFrame:
    """Return everything that was measured: quantity, person (second or first), seed, value."""
    import pandas as pd

    rows = [
        (name, edition, number, value)
        for edition, person in (("second", best), ("first", first_edition))
        for name, values in person.quantities.items()
        for number, value in enumerate(values, start=1)
    ]
    return pd.DataFrame(rows, columns=["quantity", "edition", "seed", "value"])


def parameters_table(found: Fit, told: Ensemble) -> pd.DataFrame:
    """Return one row a parameter: value, range, bounds, whether it is pinned and by what."""
    import pandas as pd

    declared = {p.name: p for p in found.space.free}
    rows = [
        (
            each.name,
            each.value,
            each.low,
            each.high,
            declared[each.name].low,
            declared[each.name].high,
            declared[each.name].unit,
            each.word,
            ", ".join(each.by),
            declared[each.name].meaning,
            declared[each.name].source,
        )
        for each in told.told
    ]
    columns = ["parameter", "value", "low", "high", "bound_low", "bound_high", "unit", "told"]
    return pd.DataFrame(rows, columns=[*columns, "told_by", "meaning", "source"])


def persons_table(found: Fit, told: Ensemble) -> pd.DataFrame:
    """Return one row a person of the ensemble: loss, evaluations, values, quantities."""
    import pandas as pd

    names = [each.quantity for each in found.targets]
    rows = [
        {
            "loss": person.loss,
            "evaluations": person.batches,
            **dict(person.values),
            **dict(zip(names, person.means.tolist(), strict=True)),
        }
        for person in told.persons
    ]
    return pd.DataFrame(rows)


def table_with(text: str, found: Fit, told: Ensemble, words: str) -> str:
    """Return a table of parameters with the values that were found for the fit's muscle.

    Parameters
    ----------
    text : str
        The table as it was.
    found : Fit
    told : Ensemble
    words : str
        Where the values come from.
    """
    import tomlkit

    document: Any = tomlkit.parse(text)
    muscle = found.settings.muscle
    document.setdefault("origin", tomlkit.table())[muscle] = words
    for each in told.told:
        cell = tomlkit.inline_table()
        cell["value"] = each.value
        cell["range"] = [float(f"{each.low:.4g}"), float(f"{each.high:.4g}")]
        cell["told"] = each.word
        document["parameters"][each.name][muscle] = cell
    return tomlkit.dumps(document)


def summary(found: Fit, told: Ensemble, held: pd.DataFrame) -> list[str]:
    """Return what came of a fit, in sentences."""
    said = []
    for role, words in ((FITTED, "targets that drew the fit"), (HELD_OUT, "held out targets")):
        rows = held[held["role"] == role]
        if len(rows):
            said.append(
                f"{int(rows['met'].sum())} of {len(rows)} {words} are met with fresh seeds "
                f"(first edition: {int(rows['first_met'].sum())})."
            )
    missed = [f"{row.quantity} ({row.simulated:.3g}, wanted {row.wanted})" for row in _missed(held)]
    if missed:
        said.append(f"Missed: {'; '.join(missed)}.")
    number = len(told.persons)
    said.append(
        f"{number} {'person explains' if number == 1 else 'persons explain'} every fitted target."
        if told.explains
        else "No person explains every fitted target within three standard deviations; kept are "
        f"the {number} who come nearest."
    )
    for word in ("pinned", "sloppy"):
        names = [each.name for each in told.told if each.word == word]
        if names:
            said.append(f"{word.capitalize()}: {', '.join(names)}.")
    return said


def _missed(held: pd.DataFrame) -> Iterator[Any]:
    return held[~held["met"]].itertuples()
