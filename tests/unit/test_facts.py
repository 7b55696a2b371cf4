"""Facts stand on the recording: who, which muscle, which files, how the units were found."""

from __future__ import annotations

import ast
import json
from dataclasses import replace
from pathlib import Path

import h5py
import numpy as np
import pytest

import renshaw as rs
from renshaw.core.errors import WriteError
from renshaw.core.version import __version__
from renshaw.data.decomposition import Decomposition, HandEdits
from renshaw.data.grid import rectangular, unplaced
from renshaw.decomposition.source import settings_of
from renshaw.io import facts as facts_room

SOURCE = Path(rs.__file__).parent
BEFORE = Path(__file__).parents[1] / "conformance" / "files" / "before-facts"
NEWER = f"Written by renshaw 0.3.0, this is {__version__}"
QUICK = rs.experiment.TorqueTrackingSettings(practice=1)


@pytest.fixture(scope="module")
def simulated() -> rs.Recording:
    ramp = rs.Ramp(peak_pct_mvc=20, rise_s=2, fall_s=2)
    who = rs.Participant(name="Ana", muscle="SOL", n_units=8)
    return rs.simulate(who, ramp, seed=1, tracking=QUICK)


def two_muscles(channels: int = 8) -> rs.Recording:
    """Return a recording with a grid and some units over each of two muscles."""
    half = channels // 2
    emg = np.random.default_rng(0).standard_normal((4000, channels)).astype(np.float32)
    trains = [np.arange(0.1 + k / 50, 1.9, 0.1) for k in range(3)]
    return rs.Recording(
        rs.MotorUnits(
            trains,
            (0.0, 2.0),
            quality={"silhouette": [0.9, 0.8, 0.95], "grid": [1, 1, 2]},
            muscles=("TA", "TA", "SOL"),
        ),
        {"emg": rs.Signal(emg, 2000.0, "uV")},
        grids=(
            rectangular("A", range(half), half // 2, 2, 8.0).over("TA"),
            rectangular("B", range(half, channels), half // 2, 2, 8.0).over("SOL"),
        ),
        participant="Ana",
        name="both",
    )


def test_a_simulation_knows_who_and_which_muscle(simulated: rs.Recording) -> None:
    assert (simulated.participant, simulated.muscle) == ("Ana", "SOL")
    assert simulated.units.muscles == ("SOL",) * 8
    assert simulated.decomposition is None and simulated.sources == ()
    seen = rs.observe(simulated, seed=2)
    assert seen.muscle == "SOL" and len(seen.units) == len(seen.units.muscles)
    assert seen.decomposition is not None and seen.decomposition.by == "observed"
    raw = rs.synthesize_emg(simulated, rs.emg.ElectrodeSettings(rows=4, columns=4), seed=1)
    assert raw.grids[0].muscle == raw.muscle == "SOL"


def test_a_pool_is_of_a_muscle_and_of_nobody() -> None:
    protocol = rs.Ramp(peak_pct_mvc=10, rise_s=1, fall_s=1)
    found = rs.simulate(rs.model.muscle_pool("GM", 4), protocol, seed=1, tracking=QUICK)
    assert (found.participant, found.muscle) == ("", "GM")


def test_facts_need_no_history(simulated: rs.Recording) -> None:
    bare = replace(simulated, history=rs.results.History())
    assert rs.observe(bare, seed=2).fingerprint() == rs.observe(simulated, seed=2).fingerprint()
    with pytest.raises(rs.DataError, match="observed already"):
        rs.observe(replace(rs.observe(simulated), history=rs.results.History()))


def test_facts_do_not_count_for_the_fingerprint(simulated: rs.Recording) -> None:
    other = replace(
        simulated,
        participant="Ben",
        sources=("a.h5",),
        decomposition=Decomposition("x"),
        units=replace(simulated.units, muscles=()),
    )
    assert other.fingerprint() == simulated.fingerprint()
    assert unplaced("A", [0]).fingerprint() == unplaced("A", [0]).over("TA").fingerprint()


def test_two_muscles_are_no_single_muscle() -> None:
    both = two_muscles()
    assert (both.muscles, both.muscle) == (("TA", "SOL"), "")
    chosen = both.units.select([2, 0])
    assert chosen.muscles == ("SOL", "TA")
    assert replace(both, units=both.units.select([2]), grids=()).muscle == "SOL"
    with pytest.raises(rs.DataError, match="3 units but 1 muscles"):
        replace(both.units, muscles=("TA",))


def test_a_recording_without_units_and_grids_knows_its_muscle(
    simulated: rs.Recording, tmp_path: Path
) -> None:
    none = replace(simulated, units=simulated.units.select([]))
    assert (none.muscle, none.muscles) == ("SOL", ("SOL",))
    assert rs.read(none.save(tmp_path / "a.h5")).muscle == "SOL"
    other = replace(simulated, units=rs.MotorUnits(simulated.units.times_s, (0.0, 6.0)))
    assert other.muscle == "SOL"
    # What the units say themselves goes before.
    assert replace(other, units=replace(other.units, muscles=("TA",) * 8)).muscle == "TA"


@pytest.mark.parametrize("name", ["a.h5", "a.nwb", "a.mat"])
def test_two_muscles_come_back_from_a_file(name: str, tmp_path: Path) -> None:
    if name.endswith(".nwb"):
        pytest.importorskip("pynwb")
    both = two_muscles()
    back = rs.read(rs.write(both, tmp_path / name))
    assert back.units.muscles == both.units.muscles
    assert [grid.muscle for grid in back.grids] == ["TA", "SOL"]
    assert back.sources == (str(tmp_path / name),)
    if name != "a.mat":
        assert (back.participant, back.fingerprint()) == ("Ana", both.fingerprint())
        again = rs.read(rs.write(back, tmp_path / f"2{name}"))
        assert again.sources == (str(tmp_path / name), str(tmp_path / f"2{name}"))


def test_two_muscles_come_back_from_a_bids_data_set(tmp_path: Path) -> None:
    both = two_muscles()
    path = rs.files.write_bids(both, tmp_path, "sub-Ana_task-ramp")
    back = rs.read(path)
    assert back.units.muscles == both.units.muscles
    assert [grid.muscle for grid in back.grids] == ["TA", "SOL"]
    assert back.participant == "Ana"


def test_edits_live_on_the_recording(tmp_path: Path) -> None:
    both = two_muscles()
    once = rs.edit.replay(both, both, [rs.edit.SetAside(3, why="noise")])
    twice = rs.edit.replay(
        once, once, [rs.edit.RemoveDischarges(1, times_s=(float(both.units[0][2]),))]
    )
    assert twice.units.muscles == both.units.muscles
    bare = replace(twice, history=rs.results.History())
    back = rs.read(bare.save(tmp_path / "edited.h5"))
    for recording in (bare, back):
        assert [edit.unit for edit in rs.edit.edits_of(recording)] == [1]
        before = rs.edit.unedited(recording)
        assert before.units.fingerprint() == once.units.fingerprint()
        assert [edit.unit for edit in rs.edit.edits_of(before)] == [3]
        first = rs.edit.unedited(before)
        assert first.units.fingerprint() == both.units.fingerprint()
        assert rs.edit.edits_of(first) == () and rs.edit.unedited(first) is first


def test_the_file_it_came_from_is_not_overwritten_even_without_history(tmp_path: Path) -> None:
    path = rs.write(two_muscles(), tmp_path / "a.h5")
    back = replace(rs.read(path), history=rs.results.History())
    with pytest.raises(WriteError, match="read from"):
        rs.write(back, path)


def test_infer_takes_the_muscle_from_the_recording(simulated: rs.Recording) -> None:
    from renshaw.inference.infer import muscle_of

    bare = replace(simulated, history=rs.results.History())
    assert muscle_of(bare, rs.InferSettings()) == "SOL"
    with pytest.raises(rs.SettingsError, match="of several muscles: TA and SOL"):
        muscle_of(two_muscles(), rs.InferSettings())
    named = two_muscles()
    named = replace(named, grids=(), units=replace(named.units, muscles=("Soleus",) * 3))
    assert muscle_of(named, rs.InferSettings()) == "SOL"


# --- files of before ---------------------------------------------------------------------------


def test_a_simulation_of_before_says_who_and_which_muscle() -> None:
    found = rs.read(BEFORE / "simulated.h5")
    assert (found.participant, found.muscle) == ("Ana", "SOL")
    assert found.fingerprint() == "2cf67c29b4921a6c"
    assert rs.observe(found, seed=2).fingerprint() == "bc176cf94e81cb5e"


def test_what_was_observed_before_is_not_observed_again() -> None:
    found = rs.read(BEFORE / "observed.h5")
    assert found.fingerprint() == "bc176cf94e81cb5e" and found.muscle == "SOL"
    with pytest.raises(rs.DataError, match="observed already"):
        rs.observe(found)


def test_edits_of_before_can_be_undone() -> None:
    found = rs.read(BEFORE / "decomposed-edited.h5")
    assert found.decomposition is not None and found.decomposition.by == "decompose"
    chosen = settings_of(found)
    assert (chosen.rounds, chosen.agreement_max) == (8, 0.4)
    assert [type(edit).__name__ for edit in rs.edit.edits_of(found)] == ["RemoveDischarges"]
    assert found.fingerprint() == "6212cad5d3cadc49"
    assert rs.edit.unedited(found).fingerprint() == "16a614ad23ce2181"
    assert rs.edit.unedited(rs.edit.unedited(found)).fingerprint() == "9dff11fe0d5ccc25"
    assert len(found.sources) == 1
    observed = rs.read(BEFORE / "edited.h5")
    assert observed.fingerprint() == "a049fc0b8ff58b9f" and len(observed.sources) == 2


def test_what_was_read_before_is_written_with_its_facts(tmp_path: Path) -> None:
    found = rs.read(BEFORE / "decomposed-edited.h5")
    again = rs.read(replace(found, history=rs.results.History()).save(tmp_path / "a.h5"))
    assert again.decomposition == found.decomposition
    assert (again.participant, again.muscle) == ("Ana", "SOL")


# --- files of other versions -------------------------------------------------------------------


def of_version(path: Path, version: str, **facts: object) -> Path:
    """Write a recording as another version of renshaw would."""
    rs.write(two_muscles(), path)
    with h5py.File(path, "r+") as file:
        file.attrs["renshaw_version"] = np.bytes_(version)
        plain = json.loads(bytes(file["facts/about"][()]))
        del file["facts/about"]
        file["facts/about"] = np.bytes_(json.dumps({**plain, **facts}))
    return path


def test_a_newer_file_is_read_and_says_so(tmp_path: Path) -> None:
    path = of_version(tmp_path / "a.h5", "0.3.0", handedness="left", temperature_c=33)
    found = rs.read(path)
    assert found.others == {"handedness": "left", "temperature_c": 33}
    odd = "handedness = left; temperature_c = 33"
    said = f"{NEWER}; what this version does not know is shown as it is: {odd}."
    assert found.notes == (said,)
    assert (found.participant, found.muscles) == ("Ana", ("TA", "SOL"))
    again = rs.read(found.save(tmp_path / "b.h5"))
    assert again.others == found.others
    assert sum("handedness" in note for note in again.notes) == 1


def test_a_newer_file_without_anything_new_says_its_version(tmp_path: Path) -> None:
    found = rs.read(of_version(tmp_path / "a.h5", "0.3.0"))
    assert found.notes == (f"{NEWER}.",)
    assert rs.read(of_version(tmp_path / "b.h5", "0.0.9")).notes == ()


@pytest.mark.parametrize(
    "odd",
    [
        {"participant": None},
        {"participant": 3},
        {"sources": "a.h5"},
        {"muscles": ["TA"]},
        {"muscles": 7},
        {"grid_muscles": [None, 1, 2, 3]},
        {"decomposition": "x"},
        {"decomposition": {"by": 1, "settings": [], "edited": {}}},
        {"decomposition": {"edited": [3, {"edits": 4, "before": []}]}},
    ],
)
def test_odd_facts_are_no_crash(odd: dict[str, object], tmp_path: Path) -> None:
    found = rs.read(of_version(tmp_path / "a.h5", "0.1.0", **odd))
    assert len(found.units) == 3
    settings_of(found)


def test_facts_are_plain_values() -> None:
    edits = HandEdits(({"kind": "remove", "unit": 1},), {"1": {"flag": ""}})
    how = Decomposition("decompose", {"rounds": 3}, (edits,))
    recording = replace(two_muscles(), decomposition=how, sources=("a", "b"), others={"x": [1]})
    plain = json.loads(json.dumps(facts_room.facts_of(recording)))
    bare = replace(
        recording, decomposition=None, sources=(), others={}, participant="", grids=recording.grids
    )
    again = facts_room.with_facts(bare, plain)
    assert (again.decomposition, again.sources, again.others) == (how, ("a", "b"), {"x": [1]})


# --- history is for reading and re-running only --------------------------------------------------

# Modules that print a history, add to it or keep it whole, and none that looks facts up in it.
PROGRAMS = {
    "core/history.py": "what it is",
    "io/facts.py": "files of before have no facts but in their history",
    "app/recording/program.py": "prints the program of an analysis",
    "app/recording/jobs.py": "hands a step on to the process that shows it",
    "estimation/estimate.py": "one program of several recordings",
    "inference/change.py": "one program of two recordings",
    "reports/method.py": "one program of several estimates",
    "statistics/mixed.py": "one program of a hurdle's two parts",
}


def of_history(tree: ast.AST) -> list[int]:
    """Return the lines in which steps of a history are looked at."""
    names = {"history"}
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and (
            (node.attr == "steps" and _name(node.value) in names)
            or (node.attr in ("settings", "verb") and _name(node.value) in ("step", "steps"))
        )
    ]


def _name(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    if isinstance(node, ast.Subscript):
        return _name(node.value)
    return node.id if isinstance(node, ast.Name) else ""


def test_the_guard_sees_what_it_should() -> None:
    bad = (
        "recording.history.steps\nstep.settings\nstep.verb\nhistory.steps[-1]\nsteps[0].settings\n"
    )
    assert sorted(set(of_history(ast.parse(bad)))) == [1, 2, 3, 4, 5]
    assert of_history(ast.parse("self.clock.steps\nsettings.steps")) == []


def test_history_is_never_used_as_data() -> None:
    found = []
    for path in SOURCE.rglob("*.py"):
        where = path.relative_to(SOURCE).as_posix()
        if where not in PROGRAMS:
            found += [f"{where}:{line}" for line in of_history(ast.parse(path.read_text("utf-8")))]
    assert found == []
