"""Put the targets of `renshaw validate` into docs/validation.md.

``uv run docs/make_targets.py validation/targets.csv``
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pandas as pd

from renshaw.reports.figures.targets import brief, group_of, group_title, spoken

DOCS = Path(__file__).parent


def main() -> None:
    """Fill the page."""
    for path in sys.argv[1:]:
        fill(DOCS / "validation.md", "targets", target_table(pd.read_csv(path)))


def fill(page: Path, marker: str, table: str) -> None:
    """Put a table between ``<!-- marker -->`` and ``<!-- end -->``."""
    text = page.read_text(encoding="utf-8")
    pattern = rf"(<!-- {marker} -->\n).*?(<!-- end -->)"
    assert re.search(pattern, text, flags=re.S), marker
    filled = re.sub(pattern, lambda m: m[1] + table + "\n" + m[2], text, flags=re.S)
    page.write_text(filled, encoding="utf-8")


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
