"""Make the tables and the figure of docs/validation.md: ``uv run docs/make_validation.py``.

Takes some minutes. What it writes between the markers of the page is what it measured.
"""

from __future__ import annotations

import sys

import pandas as pd
from making import DOCS, fill, keep, place, simulating, told

import renshaw as rs
from renshaw.findings.words import title_of, uncapital

RENSHAW, OPENHDEMG = rs.estimation.rules("renshaw"), rs.estimation.rules("openhdemg")


def changed(base: rs.EstimateSettings, **changes: object) -> rs.EstimateSettings:
    """Return the rules with some pair criteria changed."""
    return base.replace(delta_f=base.delta_f.replace(**changes))


def smoothed(method: str, **changes: object) -> rs.EstimateSettings:
    """Return the default rules with another smoother."""
    return RENSHAW.replace(smoothing=RENSHAW.smoothing.replace(method=method, **changes))


CANDIDATES = {
    "renshaw": RENSHAW,
    "openhdemg": OPENHDEMG,
    "r2 > .7": changed(RENSHAW, correlation_statistic="r2"),
    "r > .5": changed(RENSHAW, correlation_min=0.5),
    "gap > 0.5 s": changed(RENSHAW, recruitment_gap_s=0.5),
    "gap > 2 s": changed(RENSHAW, recruitment_gap_s=2.0),
    "control may end first": changed(RENSHAW, control_ends_first="last_discharge"),
    "saturation guard 0.5 pps": changed(RENSHAW, saturation_margin_pps=0.5),
    "polynomial": smoothed("polynomial"),
    "Hann 2 s": smoothed("hann"),
    "Hann 4 s": smoothed("hann", hann_window_s=4.0),
    "spline 0.5 s": smoothed("spline"),
    "spline 1 s": smoothed("spline", spline_width_s=1.0),
}
# The default brace does not rest on the smoother; that of the smoothed rate does.
_AS_PUBLISHED = rs.estimation.GeometrySettings(way_up="smoothed")
SMOOTHERS = ("renshaw", "polynomial", "Hann 2 s", "Hann 4 s", "spline 0.5 s", "spline 1 s")
REAL = DOCS.parent.parent / "shared" / "data" / "caillet2022_TA_35_D.mat"

# Those that could tell of the state of the cord.
SHOWN = (
    "delta_f",
    "brace_height",
    "acceleration_slope",
    "attenuation_slope",
    "brace_angle",
    "peak_rate",
    "recruitment_rate",
    "derecruitment_rate",
    "torque_hysteresis",
    "self_sustained_duration",
    "cov_isi",
)


def main() -> None:
    """Measure, then write page and figure."""
    asked = simulating(__doc__).parse_args()
    folder = place(asked)
    # The first edition's numbers were made a little above health.
    more = {"neuromodulation": 0.96} if asked.edition == 1 else {}
    settings = rs.validation.EstimatorValidationSettings(
        repeats=12, participant=rs.Participant(edition=asked.edition, n_units=40, **more)
    )
    rules = CANDIDATES
    if asked.quick:
        rules = {name: CANDIDATES[name] for name in ("renshaw", "polynomial")}
        settings = settings.replace(
            repeats=2,
            neuromodulation=settings.neuromodulation[::4],
            inhibition=(1.0, 1.6),
            participant=settings.participant.replace(n_units=20),
            protocol=rs.Ramp(rise_s=5.0, fall_s=5.0, follows="drive"),
        )
    validation = rs.validate_estimators(settings, rules, seed=1, progress=say)
    page = folder / "validation.md"
    fill(page, "quantities", told(asked.edition, quantity_table(validation.table)))
    fill(page, "rules", told(asked.edition, rules_table(validation.table)))
    if not REAL.exists():
        print(f"{REAL.name} is not here: its table is left as it is.")
    elif not asked.quick:
        fill(page, "real", real_table())
    keep(rs.plot(validation), folder / "figures" / "validation.svg")


def say(done: int, total: int, what: str) -> None:
    """Show progress on one line."""
    sys.stderr.write(f"\r{done}/{total} {what:<40}")


def quantity_table(table: pd.DataFrame) -> str:
    """Return one row a quantity: its change with each truth, under the default rules."""
    lines = [
        "| quantity | unit | with neuromodulation ↑ | rank r | with inhibition ↑ | rank r | "
        "rank r with the true PIC | of single units, with drive hysteresis |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    part = table[table["rules"] == "renshaw"]
    for quantity in SHOWN:
        rows = part[part["quantity"] == quantity].set_index("manipulated")
        up, down = rows.loc["neuromodulation"], rows.loc["inhibition"]
        lines.append(
            f"| {uncapital(title_of(quantity))} | {up['units']} "
            f"| {up['low']:.2f} → {up['high']:.2f} "
            f"| {up['rank_correlation']:+.2f} | {down['low']:.2f} → {down['high']:.2f} "
            f"| {down['rank_correlation']:+.2f} | {up['pic_correlation']:+.2f} "
            f"| {up['unit_correlation']:+.2f} |"
        )
    return "\n".join(lines)


def rules_table(table: pd.DataFrame) -> str:
    """Return one row a rule set: how well its delta-F follows each truth."""
    lines = [
        "| rules | ΔF, neuromodulation low → high | sensitivity | rank r | "
        "ΔF, inhibition low → high | sensitivity | rank r | of single units | yield % |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    part = table[table["quantity"] == "delta_f"]
    for name in part["rules"].unique():
        rows = part[part["rules"] == name].set_index("manipulated")
        cells = [name]
        for truth in ("neuromodulation", "inhibition"):
            row = rows.loc[truth]
            cells += [
                f"{row['low']:.2f} → {row['high']:.2f}",
                f"{row['sensitivity']:+.1f}",
                f"{row['rank_correlation']:+.2f}",
            ]
        cells.append(f"{rows['unit_correlation'].mean():+.2f}")
        cells.append(f"{rows['yield_pct'].mean():.0f}")
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def real_table() -> str:
    """Return one row a smoother: how well control units agree about the same test unit."""
    lines = [
        "| smoother | ΔF (pps), mean ± SD of units | SD between control units of a test unit (pps) "
        "| mean peak rate (pps) | mean brace height of the smoothed rate (% rTri) |",
        "| --- | --- | --- | --- | --- |",
    ]
    recording = rs.read(REAL)
    tables = {
        name: rs.estimate(recording, CANDIDATES[name].replace(geometry=_AS_PUBLISHED)).to_table()
        for name in SMOOTHERS
    }
    pairs = {name: t[t["quantity"] == "delta_f_pair"] for name, t in tables.items()}
    # The same pairs for every smoother, or the stricter would seem the more precise.
    same = pairs["renshaw"].loc[pairs["renshaw"]["ok"], ["unit", "control"]]
    for name, table in tables.items():
        spread = same.merge(pairs[name]).groupby("unit")["value"].var().mean() ** 0.5
        good = table[table["ok"]].groupby("quantity")["value"]
        mean, sd = good.mean(), good.std()
        label = "support vectors" if name == "renshaw" else name
        lines.append(
            f"| {label} | {mean['delta_f']:.2f} ± {sd['delta_f']:.2f} | {spread:.2f} "
            f"| {mean['peak_rate']:.1f} | {mean['brace_height']:.1f} |"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    main()
