"""Hold the person against recordings: ``uv run docs/make_recordings.py``.

Makes the pictures of docs/validation.md and a CSV file of an edition; of the default edition also
the page's table, beside what the first edition's CSV file says. The recordings are not part of the
project (Caillet et al. 2022, 2023); where they are absent, the page is left as it is.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
from making import DOCS, fill, place, simulating

import renshaw as rs
from renshaw.core.files import write_csv
from renshaw.core.numbers import between, number
from renshaw.estimation import FIRING_QUANTITIES
from renshaw.estimation.settings import rules
from renshaw.model.editions import DEFAULT_EDITION
from renshaw.reports.figures.held_recording import held_over_time, held_quantities

DATA = DOCS.parent.parent / "shared" / "data"
# How strong each contraction was, in % MVC; both are of the tibialis anterior.
PEOPLE = {"caillet2022_TA_35_D.mat": 35.0, "caillet2023_S1_30_64L.mat": 30.0}
_DPI = 110


def main() -> None:
    """Simulate, then write table, page and pictures."""
    asked = simulating(__doc__).parse_args()
    folder = place(asked)
    settings = rs.validation.RecordingValidationSettings(edition=asked.edition)
    if asked.quick:
        recordings, peaks = [made_up()], [20.0]
        settings = settings.replace(people=2)
    elif not all((DATA / name).exists() for name in PEOPLE):
        print(f"{' and '.join(PEOPLE)} are not here: the page is left as it is.")
        return
    else:
        recordings, peaks = [rs.read(DATA / name) for name in PEOPLE], list(PEOPLE.values())
    held = rs.validation.validate_recordings(recordings, "TA", peaks, settings, progress=say)
    table = held.to_table()
    write_csv(folder / f"people_edition_{asked.edition}.csv", table)
    if asked.edition == DEFAULT_EDITION and not asked.quick:
        first = pd.read_csv(DOCS / "people_edition_1.csv")
        fill(folder / "validation.md", "people", page_table(table, first))
    for each, peak in zip(held.held, peaks, strict=True):
        draw(each, folder / "figures", f"edition_{asked.edition}_{peak:.0f}")
    print(held.finding.sentence)


def made_up() -> rs.Recording:
    """Return a short contraction of nobody, for the quick form."""
    torque = np.interp(np.arange(0, 14, 0.01), [1, 4, 10, 13], [0, 20, 20, 0])
    trains = [np.arange(1 + k / 4, 13 - k / 4, 0.07 + 0.002 * k) for k in range(3, 11)]
    signals = {"torque": rs.Signal(torque, 100.0)}
    return rs.Recording(rs.MotorUnits(tuple(trains), (0.0, 14.0)), signals, name="nobody")


def draw(held: rs.validation.HeldRecording, folder: Path, name: str) -> None:
    """Write both pictures of a recording as PNG: thousands of discharges make large drawings."""
    smoothing = rules("renshaw").smoothing
    for figure in (held_over_time(held, smoothing), held_quantities(held)):
        what = figure.name.removeprefix("held-").replace("-", "_")
        figure.draw().savefig(folder / f"{name}_{what}.png", dpi=_DPI, facecolor="white")


def page_table(table: pd.DataFrame, first: pd.DataFrame) -> str:
    """Return one row a quantity; the recordings side by side, and both editions in each."""
    places = list(dict.fromkeys(table["target"].str.split(n=1).str[1]))
    columns = "person | virtual people | first edition | range |"
    lines = ["| |" + "".join(f" {place}: {columns}" for place in places)]
    lines.append("| --- |" + " ---: | ---: | ---: | ---: |" * len(places))
    both = table.merge(first, on=["target", "quantity"], suffixes=("", "_first"))
    assert len(both) == len(table), "the first edition's file has other rows"
    for quantity, rows in both.groupby("quantity", sort=False):
        known = FIRING_QUANTITIES[str(quantity)]
        unit = f" ({known.unit})" if known.unit else ""
        group = str(rows["target"].iloc[0]).split()[0]
        cells = [f"{group} {known.title}{unit}"]
        for row in rows.to_dict("records"):
            cells += [
                number(row["people"]),
                marked(row["simulated"], row["pass"]),
                marked(row["simulated_first"], row["pass_first"]),
                between(row["low"], row["high"]),
            ]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def marked(simulated: float, within: object) -> str:
    """Return a number, bold where it is known to lie outside the range."""
    told = number(simulated)
    return told if pd.isna(within) or within else f"**{told}**"


def say(done: int, total: int, what: str) -> None:
    """Show progress on one line."""
    sys.stderr.write(f"\r{done}/{total} {what:<40}")


if __name__ == "__main__":
    main()
