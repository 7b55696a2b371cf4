"""The register of formats: order, endings, and plug-ins that go wrong."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import scipy.io

import renshaw.io as rio
from renshaw.core.errors import FormatError, ReadError, WriteError
from renshaw.data.motor_units import MotorUnits
from renshaw.data.recording import Recording
from renshaw.io import FORMATS, Format, Refusal
from renshaw.study.recordings import recording_files

CSV = "unit,time_s\n1,0.1\n1,0.2\n1,0.3\n"


def recording() -> Recording:
    return Recording(MotorUnits(([0.1, 0.2, 0.3],), (0.0, 1.0)))


def toy(**changes: object) -> Format:
    """A format whose files begin with TOY."""
    facts: dict[str, object] = {
        "name": "toy",
        "title": "Toy",
        "endings": (".toy",),
        "recognizes": lambda probe: probe.head.startswith(b"TOY"),
        "read": lambda probe: recording(),
        "write": lambda recording, path: path.write_bytes(b"TOY"),
    }
    return Format(**facts | changes)


@pytest.fixture
def plugin(monkeypatch: pytest.MonkeyPatch):
    """Let a format be that of another package until the end of the test."""
    len(FORMATS)

    def add(format: Format) -> Format:
        monkeypatch.setitem(FORMATS._kinds, format.name, format)
        monkeypatch.setitem(FORMATS._plugins, format.name, f"{format.name} = shop:FORMAT")
        return format

    return add


def read_as(path: Path) -> str:
    return rio.read(path).history.steps[-1].settings["format"]


SO_FAR = (
    *("bids", "delsys", "demuse", "csv", "edf", "intan", "muedit", "muedit2", "nwb"),
    *("openhdemg", "otb_archive", "otb", "renshaw"),
)


def test_formats_look_at_a_file_in_the_order_of_every_version_so_far():
    assert tuple(name for name in FORMATS if name in SO_FAR) == SO_FAR
    ranks = [FORMATS[name].rank for name in SO_FAR]
    assert len(set(ranks)) == len(ranks), "the alphabet decides nothing"
    assert max(ranks) < Format.rank, "a plug-in that says nothing looks last"


def test_where_two_formats_know_a_file_the_first_has_it(tmp_path):
    events = tmp_path / "a.csv"
    events.write_text("onset,duration,unit,time_s\n0.1,0,1,0.1\n0.2,0,1,0.2\n0.3,0,1,0.3\n")
    assert read_as(events) == "bids"
    assert rio.read(events, format="csv").history.steps[-1].settings["format"] == "csv"
    pulses = {"MUPulses": np.array([[101.0, 201, 301]]), "fsamp": 1000.0}
    names = np.array([["Load cell"], ["EMG 1"]], dtype=object)
    delsys = {"Data": np.ones((2, 400)), "Channels": names, "Fs": np.array([1000.0, 1000.0])}
    otb = {"Data": np.ones((400, 2)), "Description": names, "SamplingFrequency": 1000.0}
    for more, known in ((delsys, "delsys"), (otb, "demuse"), ({"signal": {"x": 1}}, "demuse")):
        scipy.io.savemat(tmp_path / "a.mat", {**pulses, **more})
        assert read_as(tmp_path / "a.mat") == known


def test_filling_the_register_loads_no_large_library():
    code = (
        "import sys; import renshaw.io; assert len(renshaw.io.FORMATS) > 12; "
        "print(*{'h5py', 'pandas', 'scipy', 'pynwb', 'matplotlib'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


@pytest.mark.parametrize(
    ("changes", "match"),
    [
        ({"name": ""}, "name"),
        ({"title": ""}, "title"),
        ({"endings": ".toy"}, "tuple"),
        ({"endings": ("toy",)}, "begins with a dot"),
        ({"endings": (".",)}, "begins with a dot"),
        ({"endings": ()}, "no ending"),
    ],
)
def test_a_format_that_contradicts_itself_is_refused(changes, match):
    with pytest.raises(ValueError, match=match):
        toy(**changes)


@pytest.mark.parametrize("name", ["a.csv", "A.CSV", "a.Txt", "a.b.tsv", "x.OTB+", "x.json.GZ"])
def test_files_are_found_by_their_endings_whatever_their_capitals(name, tmp_path):
    (tmp_path / name).write_text(CSV)
    assert [path.name for path in recording_files(tmp_path)] == [name]


@pytest.mark.parametrize("name", ["a", ".csv", "a.docx", "csv", "a.csv.bak", "acsv", "README.txt"])
def test_other_files_of_a_folder_are_passed_over(name, tmp_path):
    (tmp_path / name).write_text(CSV)
    assert recording_files(tmp_path) == []


def test_a_file_without_an_ending_is_read(tmp_path):
    (tmp_path / "ramp").write_text(CSV)
    assert read_as(tmp_path / "ramp") == "csv"


def test_the_longer_of_two_endings_says_more(plugin, tmp_path):
    plugin(toy(name="packed", endings=(".csv.gz",)))
    plugin(toy(name="gz", endings=(".gz",)))
    assert rio.ending_of("A.CSV.GZ") == ".csv.gz"
    rio.write(recording(), tmp_path / "a.CSV.gz")
    assert (tmp_path / "a.CSV.gz").read_bytes() == b"TOY"
    assert FORMATS["packed"].endings == (".csv.gz",)


def test_of_two_formats_with_one_ending_the_lower_rank_writes_it_and_a_name_the_other(
    plugin, tmp_path
):
    plugin(toy(endings=(".CSV",)))
    assert rio.write(recording(), tmp_path / "a.csv").read_text().startswith("unit,time_s")
    assert rio.write(recording(), tmp_path / "b.csv", format="toy").read_bytes() == b"TOY"
    assert read_as(tmp_path / "a.csv") == "csv"
    assert read_as(tmp_path / "b.csv") == "toy"


def test_a_plugin_that_takes_everything_for_its_own_takes_no_file_of_a_built_in_format(
    plugin, tmp_path
):
    plugin(toy(recognizes=lambda probe: True))
    (tmp_path / "a.csv").write_text(CSV)
    assert read_as(tmp_path / "a.csv") == "csv"
    (tmp_path / "b.csv").write_text("anything")
    assert read_as(tmp_path / "b.csv") == "toy"


def test_a_plugin_that_fails_to_look_at_files_is_named_and_passed_over(plugin, tmp_path):
    def fails(probe: object) -> bool:
        raise KeyError("toy box")

    plugin(toy(recognizes=fails, rank=1))
    (tmp_path / "a.csv").write_text(CSV)
    assert read_as(tmp_path / "a.csv") == "csv"
    (tmp_path / "b.csv").write_text("anything")
    with pytest.raises(
        ReadError, match=r"toy = shop:FORMAT failed.*'toy box'.*renshaw reads Toy, "
    ):
        rio.read(tmp_path / "b.csv")


def test_a_refusal_while_looking_hides_no_format_that_knows_the_file(plugin, tmp_path):
    def refuses(probe: object) -> bool:
        raise Refusal("It is no toy")

    plugin(toy(recognizes=refuses, rank=1))
    (tmp_path / "a.csv").write_text(CSV)
    assert read_as(tmp_path / "a.csv") == "csv"


@pytest.mark.parametrize("given", [None, 3, MotorUnits((), (0.0, 1.0))])
def test_a_plugin_that_returns_no_recording_is_told_as_its_fault(given, plugin, tmp_path):
    plugin(toy(read=lambda probe: given))
    (tmp_path / "a.toy").write_bytes(b"TOY")
    with pytest.raises(ReadError, match=r"a\.toy: The plug-in toy = shop:FORMAT can't read it"):
        rio.read(tmp_path / "a.toy")


def test_a_plugin_that_fails_is_told_as_its_fault_and_one_that_refuses_is_believed(
    plugin, tmp_path
):
    def fails(probe: object) -> Recording:
        raise ZeroDivisionError("division by zero")

    def refuses(probe: object) -> Recording:
        raise Refusal("It is broken. Make a new one")

    (tmp_path / "a.toy").write_bytes(b"TOY")
    plugin(toy(read=fails))
    with pytest.raises(ReadError, match=r"plug-in toy = .*ZeroDivisionError.*authors"):
        rio.read(tmp_path / "a.toy")
    plugin(toy(read=refuses))
    with pytest.raises(ReadError, match=r"a\.toy: It is broken\. Make a new one\.$"):
        rio.read(tmp_path / "a.toy")


def test_a_package_that_is_missing_is_named_with_what_to_type(plugin, tmp_path):
    def lacks(*_: object) -> Recording:
        raise ModuleNotFoundError("No module named 'toybox.parts'", name="toybox.parts")

    plugin(toy(read=lacks, write=lacks, install="pip install 'toys[box]'"))
    (tmp_path / "a.toy").write_bytes(b"TOY")
    words = r"needs the package toybox: pip install 'toys\[box\]'\.$"
    with pytest.raises(ReadError, match=words):
        rio.read(tmp_path / "a.toy")
    with pytest.raises(WriteError, match=words):
        rio.write(recording(), tmp_path / "b.toy")
    assert not (tmp_path / "b.toy").exists()


def test_a_plugin_that_fails_to_write_is_told_as_its_fault_and_leaves_the_old_file(
    plugin, tmp_path
):
    def fails(recording: Recording, path: Path) -> None:
        path.write_bytes(b"half")
        raise KeyError("toy box")

    plugin(toy(write=fails))
    (tmp_path / "a.toy").write_bytes(b"old")
    with pytest.raises(WriteError, match=r"a\.toy: The plug-in toy = shop:FORMAT can't write it"):
        rio.write(recording(), tmp_path / "a.toy")
    assert (tmp_path / "a.toy").read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [tmp_path / "a.toy"]


def test_something_that_is_no_format_is_not_added():
    class Thing:
        name, rank = "thing", 5

    with pytest.raises(TypeError, match="is no Format"):
        FORMATS.add(Thing())
    with pytest.raises(ValueError, match="another format of the name 'csv'"):
        FORMATS.add(toy(name="csv"))


def test_losses_that_are_not_stated_are_not_called_none(plugin):
    plugin(toy())
    assert rio.losses(recording(), "toy") == ("What Toy can't hold is not known.",)


def test_a_format_that_is_only_read_can_not_be_written():
    with pytest.raises(FormatError, match="no format 'intan' to write"):
        rio.write(recording(), "a.rhd", format="intan")


def test_a_plugin_that_fails_to_say_what_it_can_not_hold_has_written_all_the_same(plugin):
    def fails(recording: Recording) -> tuple[str, ...]:
        raise KeyError("x")

    plugin(toy(write=lambda recording, path: path.write_text("TOY\n"), losses=fails))
    (said,) = rio.losses(recording(), "toy")
    assert said.startswith("What Toy can't hold is not known (the plug-in toy = shop:FORMAT")


README = """# Ramps of one person
The table says what is in which file, and how strong each of the contractions was.

| file | unit | MVC |
| --- | --- | --- |
| a.csv | 1 | 0.1 |
| b.csv | 2 | 0.2 |

All of them were recorded on one day, from the same muscle and with the same grid.
The first of them is a test, and the others are what was published as the second figure.
Torque is in newton meters, and time is counted in seconds from the start of the file.
Whoever uses them should cite the paper, which says how people were asked to contract.
"""


@pytest.mark.parametrize(
    "text", [README, README.splitlines()[1], "Give it the rate: 2048 samples a second here.\n"]
)
def test_a_text_for_people_is_no_recording(tmp_path: Path, text: str) -> None:
    path = tmp_path / "README.md"
    path.write_text(text)
    with pytest.raises(ReadError, match="text for people to read, not a recording"):
        rio.read(path)


def test_sentences_above_or_within_a_table_do_not_make_it_a_text_for_people(tmp_path: Path) -> None:
    said = "# This was exported by hand, after all doublets had been looked at again.\n"
    path = tmp_path / "units.csv"
    path.write_text(3 * said + CSV + "2,0.1\n2,0.4\n")
    assert len(rio.read(path).units) == 2
