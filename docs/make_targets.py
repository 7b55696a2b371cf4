"""Put tables into the docs: ``uv run docs/make_targets.py [validation/targets.csv]``.

Targets of `renshaw validate` go into docs/validation.md; constants of the muscles, read from the
model itself, into docs/model.md.
"""

from __future__ import annotations

import importlib
import re
import sys
from pathlib import Path

import pandas as pd

from renshaw.model.powers_heckman_2017 import ENDS as PUBLISHED
from renshaw.reports.figures.targets import GROUPS, brief, group_of, spoken

DOCS = Path(__file__).parent
MUSCLES = {
    "TA": ("tibialis_anterior", "ΔF 4.4 ± 1.4, peak rate 14.5 ± 2.3"),
    "SOL": ("soleus", "ΔF 2.7 ± 1.3, peak rate 10.5 ± 1.8"),
    "GM": ("gastrocnemius_medialis", "ΔF 3 to 4, peak rate about 10"),
}


def main() -> None:
    """Fill the pages."""
    fill(DOCS / "model.md", "muscles", muscle_table())
    for path in sys.argv[1:]:
        fill(DOCS / "validation.md", "targets", target_table(pd.read_csv(path)))


def fill(page: Path, marker: str, table: str) -> None:
    """Put a table between ``<!-- marker -->`` and ``<!-- end -->``."""
    text = page.read_text(encoding="utf-8")
    pattern = rf"(<!-- {marker} -->\n).*?(<!-- end -->)"
    assert re.search(pattern, text, flags=re.S), marker
    filled = re.sub(pattern, lambda m: m[1] + table + "\n" + m[2], text, flags=re.S)
    page.write_text(filled, encoding="utf-8")


def muscle_table() -> str:
    """Return one row a muscle: what was changed from the published pool, and the goal."""
    removal = PUBLISHED["calcium_removal_ms"]
    lines = [
        "| muscle | L-type conductance, first and last motoneuron (published is 1) | calcium "
        f"removal (ms; published {removal[0]:g} to {removal[1]:g}) "
        "| synaptic noise (published is 1) | people at 20 % MVC (pps) |",
        "| --- | --- | --- | --- | --- |",
    ]
    for muscle, (module, goal) in MUSCLES.items():
        room = importlib.import_module(f"renshaw.model.{module}")
        first, last = room.L_TYPE_SCALE
        slow, fast = room.ENDS["calcium_removal_ms"]
        lines.append(
            f"| `{muscle}` | × {first:g}, × {last:g} | {slow:g} to {fast:g} "
            f"| × {room.SYNAPTIC_NOISE:g} | {goal} |"
        )
    return "\n".join(lines)


def target_table(table: pd.DataFrame) -> str:
    """Return how many targets are met, and one row a target."""
    met = table["pass"].astype(bool)
    roles = [
        f"{met[part.index].sum()} of {len(part)} {role}" for role, part in table.groupby("role")
    ]
    lines = [
        f"{met.sum()} of {len(table)} targets are met: {', '.join(roles)}.",
        "",
        "| target | what | band | simulated (95 % interval) | verdict | source |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    last = ""
    for row in table.to_dict("records"):
        group, short = group_of(str(row["target"]))
        if group != last:
            lines.append(f"| **{group} {GROUPS.get(group, '')}** | | | | | |")
            last = group
        value = f"{brief(row['value'])} ({brief(row['ci_low'])} to {brief(row['ci_high'])})"
        verdict = f"met, {row['role']}" if row["pass"] else f"**missed**, {row['role']}"
        band = f"{brief(row['low'])} to {brief(row['high'])}"
        cells = [short, spoken(str(row["description"])), band, value, verdict]
        cells.append(spoken(str(row["source"])))
        lines.append("| " + " | ".join(cell.replace("|", "/") for cell in cells) + " |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
