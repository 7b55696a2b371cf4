"""The recipe "a new quantity": one file of another package, and everything shows it.

The package lies outside the source tree and is found by its entry point alone, in a process of its
own; beside it are quantities that fail in every way that was thought of.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import report_samples as samples

import renshaw as rs

DOCS = Path(__file__).parents[2] / "docs"

TOY = '''
"""The thing: a quantity of another package."""

import numpy as np

from renshaw.kinds import Quantity


def last_intervals(recording, smoothed, settings):
    return [
        times_s[-1] - times_s[-2] if len(times_s) > 1 else "fewer than 2 discharges"
        for times_s in recording.units
    ]


LAST_INTERVAL = Quantity(
    name="last_interval",
    title="Last interval",
    unit="s",
    meaning="time between a unit's last two discharges",
    shown=("terminal", "keys", "figure", "explore", "study"),
    sources=("Nobody et al. 2031",),
    measure=last_intervals,
)
SPAN = Quantity(
    name="span",
    title="Span of firing",
    meaning="time from the first to the last discharge of all",
    of="recording",
    during="any",
    measure=lambda recording, smoothed, settings: np.ptp(np.concatenate(recording.units.times_s)),
)
LAG = Quantity(
    name="lag",
    title="Lag of a pair",
    meaning="what unit 2 starts after unit 1",
    of="pair",
    measure=lambda recording, smoothed, settings: {
        (2, 1): recording.units[1][0] - recording.units[0][0]
    },
)


def raises(recording, smoothed, settings):
    raise ZeroDivisionError("nothing to divide by")


def leaves(recording, smoothed, settings):
    raise SystemExit(4)


def some(recording, smoothed, settings):
    return [None, *(1.0 for _ in recording.units[1:])]


def plain(name, measure, **more):
    return Quantity(name=name, title=name.title(), meaning="a fault", measure=measure, **more)


FAULTS = [
    plain("raising", raises),
    plain("too_few", lambda recording, smoothed, settings: [1.0]),
    plain("no_number", lambda recording, smoothed, settings: object(), of="recording"),
    plain("infinite", lambda recording, smoothed, settings: float("inf"), of="recording"),
    plain("leaving", leaves),
    plain("nothing", lambda recording, smoothed, settings: None),
    plain("in_words", lambda recording, smoothed, settings: "nobody fires today"),
    plain("some", some),
    plain("some_of_all", some, of="recording"),
    plain("alone", lambda recording, smoothed, settings: {(1, 1): 1.0}, of="pair"),
    plain("bad_pair", lambda recording, smoothed, settings: {(99, 1): 1.0}, of="pair"),
]
TAKEN = Quantity(name="delta_f", title="Mine", meaning="taken", measure=last_intervals)
'''

POINTS = """[renshaw.quantities]
faults = toy_quantities:FAULTS
gone = toy_quantities:GONE
lag = toy_quantities:LAG
last = toy_quantities:LAST_INTERVAL
odd = toy_odd:ODD
span = toy_quantities:SPAN
taken = toy_quantities:TAKEN
"""

ODD = """
from renshaw.kinds import Quantity

ODD = Quantity(name="a b; ΔF", title="", meaning="", measure=len)
"""

WALK = """
import importlib.util, json, sys, warnings
from pathlib import Path

import renshaw as rs
from renshaw.cli.app import main

folder = Path(sys.argv[1])
warnings.simplefilter("ignore")
file = folder / "data" / "sub-01_ses-pre_task-ramp_run-1.h5"
fast = ["--no-multiverse", "-q", "--smoothing.method", "polynomial"]
assert main(["estimate", str(file), "-o", str(folder / "out"), *fast]) == 0
assert main(["quantities", "-o", str(folder / "quantities.csv")]) == 0
assert main(["quantities"]) == 0

recording = rs.read(file)
estimates = rs.estimate(recording)
from renshaw.app.recording.analysis import Analysis
from renshaw.app.recording.view import view
from renshaw.estimation.settings import rules
from renshaw.estimation.smoothing import smoothed_rates

settings = rules("renshaw")
rates = smoothed_rates(recording.units, settings.smoothing)
shown = view(Analysis(recording, estimates, settings, rates, rs.contractions(recording)))

arm = rs.study.Arm(
    name="lab",
    recordings=rs.study.RecordingsSettings(folder=str(folder / "data")),
    conditions=(rs.study.Condition(name="pre"), rs.study.Condition(name="post")),
)
smoothing = settings.smoothing.replace(method="polynomial")
plan = rs.StudyPlan(arms=(arm,), estimate=settings.replace(smoothing=smoothing))
result = rs.run_study(plan, folder / "study")

spec = importlib.util.spec_from_file_location("make_tables", sys.argv[2])
tables = importlib.util.module_from_spec(spec)
spec.loader.exec_module(tables)

from renshaw.estimation.quantity import QUANTITIES

said = {
    "rows": [
        [*row[:3], row.control, row.ok, row.reason, list(row.reasons.codes)]
        for row in estimates.rows
    ],
    "page": shown["tables"],
    "cites": list(estimates.cite()),
    "compared": result.to_table()["quantity"].tolist(),
    "dictionary": (folder / "study" / "data_dictionary.csv").read_text(encoding="utf-8"),
    "docs": tables.filled("<!-- begin: quantities unit -->\\n<!-- end: quantities unit -->"),
    "skipped": [str(each) for each in QUANTITIES.skipped],
    "findings": str(estimates.findings()[0].numbers),
}
(folder / "said.json").write_text(json.dumps(said), encoding="utf-8")
"""


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Everything that was said in a process in which the other package is installed."""
    folder = tmp_path_factory.mktemp("toy")
    package = folder / "package"
    info = package / "toy_quantities-1.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: toy-quantities\nVersion: 1\n")
    (info / "entry_points.txt").write_text(POINTS)
    (package / "toy_quantities.py").write_text(TOY, encoding="utf-8")
    (package / "toy_odd.py").write_text(ODD, encoding="utf-8")
    (folder / "walk.py").write_text(WALK, encoding="utf-8")
    (folder / "data").mkdir()
    for person in (1, 2, 3):
        for session, units in (("pre", 6), ("post", 5)):
            recording = samples.triangle(units + person % 3, name=f"{person} {session}")
            rs.write(recording, folder / "data" / f"sub-0{person}_ses-{session}_task-ramp_run-1.h5")
    done = subprocess.run(
        [sys.executable, folder / "walk.py", folder, DOCS / "make_tables.py"],
        env={**os.environ, "PYTHONPATH": str(package)},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    said: dict[str, Any] = json.loads((folder / "said.json").read_text(encoding="utf-8"))
    said["listed"] = done.stdout
    for name in ("out/estimates.csv", "out/report.html", "quantities.csv"):
        said[name] = (folder / name).read_text(encoding="utf-8")
    return said


def of(walked: dict[str, Any], quantity: str) -> list[list[Any]]:
    return [row for row in walked["rows"] if row[1] == quantity]


def test_it_is_listed_and_documented(walked: dict[str, Any]) -> None:
    assert "last_interval - Last interval (s)" in walked["listed"]
    assert "Time between a unit's last two discharges." in walked["listed"]
    assert "last_interval,Last interval,s,unit" in walked["quantities.csv"]
    assert "| `last_interval` | Last interval | s |" in walked["docs"]
    assert "Nobody et al. 2031" in walked["cites"]


def test_it_is_in_table_terminal_report_and_page(walked: dict[str, Any]) -> None:
    assert ",last_interval,,1,1,,,0.1" in walked["out/estimates.csv"]
    assert "Last interval" in walked["listed"].split("Pairs")[0]
    assert "Median last interval" in walked["out/report.html"]
    assert "Last interval" in walked["findings"].replace("last", "Last")
    titles = [column["title"] for column in walked["page"]["units"]["columns"]]
    assert "Last interval" in titles
    assert any(row["cells"][0] == "Span of firing" for row in walked["page"]["whole"]["rows"])


def test_it_is_an_outcome_of_a_study(walked: dict[str, Any]) -> None:
    assert "last_interval" in walked["compared"] and "span" in walked["compared"]
    # After those that are built in, whose order does not change.
    assert walked["compared"].index("last_interval") > walked["compared"].index("delta_f")
    assert "lag" not in walked["compared"]
    assert (
        "quantities,last_interval,s,time between a unit's last two discharges"
        in (walked["dictionary"])
    )


def test_a_quantity_of_a_pair_has_its_row(walked: dict[str, Any]) -> None:
    ((_, _, unit, control, ok, reason, _),) = of(walked, "lag")
    assert (unit, control, ok, reason) == (2, 1, True, "")


@pytest.mark.parametrize(
    ("quantity", "rows", "words"),
    [
        ("raising", 7, "its measurement failed: ZeroDivisionError: nothing to divide by"),
        ("too_few", 7, "its measurement failed: ValueError: 1 values for 7 units"),
        ("no_number", 1, "its measurement failed: TypeError: "),
        ("leaving", 7, "its measurement failed: SystemExit: 4"),
        ("nothing", 7, "no finite number was measured"),
        ("in_words", 7, "nobody fires today"),
        ("some_of_all", 1, "its measurement failed: TypeError: "),
        ("alone", 1, "its measurement failed: ValueError: a pair is of two units"),
        ("infinite", 1, "no finite number was measured"),
        ("bad_pair", 1, "its measurement failed: ValueError: a pair has a unit that is not among"),
    ],
)
def test_a_fault_is_named_and_the_others_go_on(
    walked: dict[str, Any], quantity: str, rows: int, words: str
) -> None:
    found = of(walked, quantity)
    assert len(found) == rows
    for *_, ok, reason, codes in found:
        assert not ok and reason.startswith(words)
        failed = reason.startswith("its measurement failed")
        assert codes == (["measurement_failed"] if failed else ["not_measured"])
    assert len(of(walked, "delta_f")) == 7


def test_a_unit_without_a_value_takes_none_from_the_others(walked: dict[str, Any]) -> None:
    assert [row[4] for row in of(walked, "some")] == [False, *[True] * 6]


def test_what_can_not_be_loaded_is_left_out_and_named(walked: dict[str, Any]) -> None:
    gone, odd, taken = walked["skipped"]
    assert "toy_quantities:GONE" in gone
    assert "'a b; ΔF' is no name of a quantity" in odd
    assert "another quantity of the name 'delta_f'" in taken


def test_in_renshaw_itself_it_is_measured_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    from renshaw.kinds import QUANTITIES, Quantity

    def alone(recording: Any, smoothed: Any, settings: Any) -> float:
        return 3.0

    alone.__module__ = "renshaw.estimation.quantities.alone"
    quantity = Quantity(name="alone", title="Alone", meaning="one", of="recording", measure=alone)
    assert quantity.built_in
    monkeypatch.setitem(QUANTITIES._kinds, "alone", quantity)
    ((value, ok),) = (
        (row.value, row.ok)
        for row in rs.estimate(samples.triangle(3)).rows
        if row.quantity == "alone"
    )
    assert (value, ok) == (3.0, True)
