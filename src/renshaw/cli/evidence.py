"""``renshaw evidence``, ``interventions`` and ``quantities``: what is known, printed or as CSV."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from renshaw.cli.failures import FINE

if TYPE_CHECKING:
    import pandas as pd

_WIDTH = 92


def evidence(*, out: Annotated[Path | None, Parameter(name=["--out", "-o"])] = None) -> int:
    """Show what trials found about nutrients named with ageing muscles, graded.

    None of them has an effect in the model: none was found to act on motoneurons, and most do
    nothing for strength.

    For example:

        renshaw evidence

        renshaw evidence -o evidence.csv

    Parameters
    ----------
    out
        CSV file to write the table to, instead of printing it.
    """
    from renshaw.model.evidence import evidence as rows
    from renshaw.model.evidence import evidence_table

    if out is not None:
        return _written(evidence_table(), out)
    blocks = [
        _block(
            f"{row.name} - evidence: {row.grade}",
            [
                f"Modeled: {row.modeled}.",
                f"Claim: {row.claim}.",
                row.trials,
                f"Muscle: {row.muscle}. Strength: {row.strength}. Motoneurons: {row.motoneurons}.",
                f"Read: {'; '.join(row.sources)}.",
            ],
        )
        for row in rows()
    ]
    print("\n\n".join(blocks))  # noqa: T201
    return FINE


def interventions(*, out: Annotated[Path | None, Parameter(name=["--out", "-o"])] = None) -> int:
    """Show every intervention: what it does, its settings, and what it rests on.

    For example:

        renshaw interventions

        renshaw simulate ramp -o rec.h5 --given relaxation:depth=0.8

    Parameters
    ----------
    out
        CSV file to write the table to, instead of printing it.
    """
    from renshaw.interventions import INTERVENTIONS, interventions_table

    if out is not None:
        return _written(interventions_table(), out)
    blocks = []
    for row in interventions_table().to_dict("records"):
        size = f"fitted to {row['fitted']}" if row["fitted"] else "assumed"
        lines = [row["mechanism"], f"Settings: {row['settings']}.", f"Size: {size}."]
        lines += INTERVENTIONS[row["name"]].assumed
        if row["leaflet"]:
            most = f"at most {row['usual_maximum']}" if row["usual_maximum"] else "no usual maximum"
            lines.append(f"Dose: usually {row['usual_dose']}, {most} ({row['dose_source']}).")
            lines.append(f"In words for a patient: {row['leaflet']}")
        title = f"{row['name']} - {row['certainty']}"
        blocks.append(_block(title, [*lines, f"Source: {row['source']}."]))
    print("\n\n".join(blocks))  # noqa: T201
    return FINE


def quantities(*, out: Annotated[Path | None, Parameter(name=["--out", "-o"])] = None) -> int:
    """Show every quantity that renshaw estimate measures: its unit, what it means, its source.

    Those of other packages that are installed are among them.

    For example:

        renshaw quantities

        renshaw quantities -o quantities.csv

    Parameters
    ----------
    out
        CSV file to write the table to, instead of printing it.
    """
    from renshaw.estimation.quantity import quantities_table

    table = quantities_table()
    if out is not None:
        return _written(table, out)
    blocks = []
    for row in table.to_dict("records"):
        unit = f" ({row['unit']})" if row["unit"] else ""
        lines = [f"{row['meaning'][:1].upper()}{row['meaning'][1:]}.", f"Measured {row['when']}."]
        lines += [f"Source: {row['source']}"] if row["source"] else []
        blocks.append(_block(f"{row['name']} - {row['title']}{unit}", lines))
    print("\n\n".join(blocks))  # noqa: T201
    return FINE


def _block(title: str, lines: Iterable[str]) -> str:
    body = [
        textwrap.fill(line, _WIDTH, initial_indent="  ", subsequent_indent="  ") for line in lines
    ]
    return "\n".join([title, *body])


def _written(table: pd.DataFrame, path: Path) -> int:
    from renshaw.core.files import refuse_place, write_csv

    refuse_place(path)
    write_csv(path, table)
    print(f"Written: {path}")  # noqa: T201
    return FINE
