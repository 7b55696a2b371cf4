"""Put the targets of `renshaw validate` into docs/validation.md.

``uv run docs/make_targets.py validation/targets.csv``
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from making import fill, place, simulating, told

from renshaw.findings.model_validation import role_totals
from renshaw.reports.figures.targets import brief, group_of, group_title, spoken
from renshaw.validation.target import all_targets


def main() -> None:
    """Fill the page."""
    asking = simulating(__doc__)
    asking.add_argument("tables", nargs="*", type=Path, help="what renshaw validate wrote")
    asked = asking.parse_args()
    page = place(asked) / "validation.md"
    for path in asked.tables:
        fill(page, "targets", told(asked.edition, target_table(pd.read_csv(path))))
    if asked.quick:
        fill(page, "targets", told(asked.edition, target_table(unmeasured(asked.edition))))


def unmeasured(edition: int) -> pd.DataFrame:
    """Return a table of every target, as if each had been measured in the middle of its band."""
    rows = [
        {
            "target": target.name,
            "description": target.description,
            "role": target.role_in(edition),
            "source": target.source,
            "low": target.low,
            "high": target.high,
            **dict.fromkeys(("value", "ci_low", "ci_high"), (target.low + target.high) / 2),
            "pass": True,
        }
        for target in all_targets()
    ]
    return pd.DataFrame(rows)


def target_table(table: pd.DataFrame) -> str:
    """Return how many targets are met, and one row a target."""
    lines = [
        role_totals(table.to_dict("records")),
        "",
        "| target | what | band | simulated (95 % interval) | verdict | source |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    last = ""
    for row in table.to_dict("records"):
        group, short = group_of(str(row["target"]))
        if group != last:
            lines.append(f"| **{group_title(group)}** | | | | | |")
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
