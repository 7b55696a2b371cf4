"""Open data: the registry, and fetching from an archive on this computer that has bad days."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import time
from collections import namedtuple
from pathlib import Path

import numpy as np
import pytest
from archive_server import DOI, Archive, serving

import renshaw as rs
from renshaw.cli import app
from renshaw.datasets import DataSet, FetchError, RemoteFile, fetching
from renshaw.datasets.archives import ARCHIVES

BIDS = {
    "README": b"read me",
    "dataset_description.json": b"{}",
    "sub-01/sub-01_electrodes.tsv": b"name\tx\ty\n",
    "sub-01/sub-01_task-ramp_run-01_emg.edf": os.urandom(300_000),
    "sub-01/sub-01_task-ramp_run-01_channels.tsv": b"name\ttype\n",
    "sub-01/sub-01_task-ramp_run-02_emg.edf": os.urandom(200_000),
    "sub-01/sub-01_task-ramp_run-02_channels.tsv": b"name\ttype\n2",
    "sub-02/sub-02_electrodes.tsv": b"name\tx\ty\n2",
    "sub-02/sub-02_task-ramp_emg.edf": os.urandom(1000),
    "derivatives/found/sub-01/sub-01_task-ramp_run-01_desc-decomposed_events.tsv": b"onset\n",
    "derivatives/found/sub-02/sub-02_task-ramp_desc-decomposed_events.tsv": b"onset\n2",
    "code/make.py": b"print()",
}
_MAIN = "import sys; from renshaw.cli.app import main; sys.exit(main())"
LARGE = "sub-01/sub-01_task-ramp_run-01_emg.edf"


@pytest.fixture
def archive():
    with serving(Archive(dict(BIDS))) as running:
        yield running


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    monkeypatch.setattr(fetching, "_WAIT_S", 0.0)
    monkeypatch.setattr(fetching, "_PIECE", 1 << 12)


def dataset(running: Archive, **changes) -> DataSet:
    facts = {
        "name": "tested", "title": "Tested", "what": "made here", "license": "CC0",
        "archive": "dataverse", "doi": DOI, "server": running.address, "pattern": ("*_emg.edf",),
    }  # fmt: skip
    return DataSet(**{**facts, **changes})


def is_all_there(folder: Path, files: dict[str, bytes]) -> bool:
    found = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }
    return found == files


# The registry.


def test_every_set_of_the_issue_is_known_and_says_what_was_not_tried():
    sets = rs.datasets.known()
    assert {"example", "avrillon-2024", "caillet-2023", "grison-2025", "hybridneuro-merging",
            "hdsemg-exo", "hyser", "munitquest-isometric", "munitquest-dynamic",
            "muniverse-neuromotion-train", "muniverse-neuromotion-test",
            "muniverse-hybrid-tibialis"} <= set(sets)  # fmt: skip
    for found in sets.values():
        assert found.archive in ARCHIVES
        assert found.tried
        assert found.use
        assert found.address or found.archive == "package"
        assert found.next or found.archive == "page"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[a]\ntitle = 'A'", "a: It lacks archive, license, what."),
        ("[a]\ntitel = 'A'", "a.titel: There is no such line. Did you mean 'title'?"),
        ("[a]\ntitle = 3", "a.title: 3 can't be its value."),
        ("[a]\nsize_mb = -1", "a.size_mb: -1 can't be its value."),
        ("[a]\npattern = '*.edf'", "a.pattern: '*.edf' can't be its value."),
        ("a = 1", "It is no table"),
        ("[a", "line 1: not valid TOML"),
    ],
)
def test_a_faulty_registry_is_refused_by_name(tmp_path, text, said):
    path = tmp_path / "ours.toml"
    path.write_text(text)
    with pytest.raises(rs.SettingsError) as refused:
        rs.datasets.known(path)
    assert said in str(refused.value)
    assert "ours.toml" in str(refused.value)


def test_a_registry_that_is_not_there_is_said():
    with pytest.raises(rs.SettingsError, match="no such file"):
        rs.datasets.known("nowhere/ours.toml")


def test_an_unknown_set_and_an_unknown_archive_suggest_others(archive):
    with pytest.raises(rs.SettingsError, match="Did you mean 'caillet-2023'"):
        rs.datasets.find("caillet2023")
    with pytest.raises(rs.SettingsError, match="Did you mean 'dataverse'"):
        rs.datasets.listing(dataset(archive, archive="dataversum"))


# The example.


def test_the_example_comes_with_the_package_and_can_be_measured(tmp_path):
    fetched = rs.datasets.get("example", tmp_path / "example")
    assert [path.name for path in fetched.paths] == ["README.txt", "after.h5", "before.h5"]
    before, after = (rs.read(tmp_path / "example" / f"{n}.h5") for n in ("before", "after"))
    assert before.units.labels == after.units.labels
    assert before.truth is None
    assert 3 < rs.estimate(before).values("delta_f_mean")[0] < 6
    again = rs.datasets.get("example", tmp_path / "example")
    assert again.kept == 3


def test_the_example_can_be_made_again_as_its_history_says():
    recording = rs.read(rs.datasets.example())
    space = {"rs": rs}
    for step in recording.history.steps[:2]:
        exec(step.code, space)
    again = space["recording"]
    labels = list(again.units.labels)
    for label, times in zip(recording.units.labels, recording.units, strict=True):
        np.testing.assert_allclose(times, again.units[labels.index(label)], atol=1e-3)


# Listing.


def test_dataverse_is_listed_with_folders_sizes_and_checksums(archive):
    files = {file.path: file for file in rs.datasets.listing(dataset(archive))}
    assert set(files) == set(BIDS)
    assert files[LARGE].size == 300_000
    assert files["README"].hash == f"md5:{hashlib.md5(b'read me').hexdigest()}"
    assert DOI in archive.asked[0][0]


def test_a_table_that_dataverse_made_its_own_is_fetched_as_it_was_uploaded(archive):
    archive.entries = [{
        "dataFile": {
            "id": 4, "filename": "table.tab", "filesize": 99, "originalFileName": "table.csv",
            "originalFileFormat": "text/csv", "originalFileSize": 70, "md5": "0" * 32,
        }
    }]  # fmt: skip
    (file,) = rs.datasets.listing(dataset(archive))
    assert (file.path, file.size, file.hash) == ("table.csv", 70, f"md5:{'0' * 32}")
    assert file.url.endswith("/4?format=original")


def test_physionet_is_listed_by_its_checksums(archive, tmp_path):
    sums = "".join(f"{hashlib.sha256(c).hexdigest()} {p}\n" for p, c in BIDS.items())
    archive.files["SHA256SUMS.txt"] = sums.encode()
    found = dataset(archive, archive="physionet", server=f"{archive.address}/files")
    fetched = rs.datasets.get(found, tmp_path / "here", recordings=1)
    assert len(fetched.paths) == 6
    assert fetched.unchecked == 0
    archive.files["SHA256SUMS.txt"] = b"<html>Log in</html>"
    with pytest.raises(FetchError, match="is no list of files"):
        rs.datasets.listing(found)


@pytest.mark.parametrize(
    "entries",
    [[{"no": "file"}], [{"dataFile": {"id": "x", "filename": "a"}}], "text", [None]],
)
def test_another_answer_than_expected_is_said(archive, entries):
    archive.entries = entries
    with pytest.raises((FetchError, ValueError)) as refused:
        rs.datasets.listing(dataset(archive))
    assert "answers in another way" in str(refused.value)


def test_an_archive_without_files_or_with_one_twice_is_refused(archive):
    archive.entries = []
    with pytest.raises(FetchError, match="lists no files"):
        rs.datasets.listing(dataset(archive))
    one = {"id": 1, "filename": "a", "filesize": 1}
    archive.entries = [{"dataFile": one}, {"dataFile": {**one, "filename": "A"}}]
    with pytest.raises(FetchError, match="lists a twice"):
        rs.datasets.listing(dataset(archive))


@pytest.mark.parametrize(
    "path", ["../evil", "/etc/passwd", "a/../../b", "a//b", "C:\\x", "a\0b", "nul.txt", "a/b ", ""]
)
def test_a_name_that_leads_elsewhere_is_refused(path):
    with pytest.raises(FetchError, match="name is refused"):
        RemoteFile(path, "https://example.org/x")


def test_a_set_that_is_fetched_by_hand_says_where(tmp_path):
    with pytest.raises(FetchError, match=r"in a browser: https://dk\.um\.si/"):
        rs.datasets.get("hybridneuro-merging", tmp_path)


# Choosing.


def test_a_recording_comes_with_all_that_belongs_to_it_and_nothing_else(archive, tmp_path):
    fetched = rs.datasets.get(dataset(archive), tmp_path / "here", recordings=1)
    assert {path.relative_to(tmp_path / "here").as_posix() for path in fetched.paths} == {
        "README",
        "dataset_description.json",
        "sub-01/sub-01_electrodes.tsv",
        LARGE,
        "sub-01/sub-01_task-ramp_run-01_channels.tsv",
        "derivatives/found/sub-01/sub-01_task-ramp_run-01_desc-decomposed_events.tsv",
    }
    more = rs.datasets.get(dataset(archive), tmp_path / "here", recordings=2)
    assert (len(more.paths), more.kept) == (8, 6)


def test_files_are_chosen_by_pattern(archive, tmp_path):
    fetched = rs.datasets.get(dataset(archive), tmp_path, files=["sub-02_*", "README"])
    assert len(fetched.paths) == 4
    with pytest.raises(rs.SettingsError, match=r"No file of tested fits \*\.mat"):
        rs.datasets.get(dataset(archive), tmp_path, files=["*.mat"])


def test_recordings_that_nobody_can_tell_are_not_guessed(archive, tmp_path):
    with pytest.raises(rs.SettingsError, match="not known which files of tested are recordings"):
        rs.datasets.get(dataset(archive, pattern=()), tmp_path, recordings=1)
    with pytest.raises(rs.SettingsError, match="1 or more"):
        rs.datasets.get(dataset(archive), tmp_path, recordings=0)


# Fetching.


def test_all_of_it_comes_and_is_kept(archive, tmp_path):
    said = []
    fetched = rs.datasets.get(
        dataset(archive), tmp_path / "here", progress=lambda *words: said.append(words)
    )
    assert is_all_there(tmp_path / "here", BIDS)
    assert (fetched.kept, fetched.unchecked) == (0, 0)
    assert said[-1][1:] == (502, "kB; sub-02/sub-02_task-ramp_emg.edf")
    assert said[-1][0] >= 501
    assert all(0 <= done <= total for done, total, _ in said)
    asked = len(archive.asked)
    assert rs.datasets.get(dataset(archive), tmp_path / "here").kept == len(BIDS)
    assert len(archive.asked) == asked + 1  # the list alone


def test_what_breaks_off_goes_on_where_it_was(archive, tmp_path):
    archive.breaks = [90_000, 50_000, 10_000]
    rs.datasets.get(dataset(archive), tmp_path, files=[LARGE])
    assert (tmp_path / LARGE).read_bytes() == BIDS[LARGE]
    begins = [int(asked[6:-1]) for _, asked in archive.asked if asked]
    # No more comes twice than a piece; the server gave up at 90, 140 and 150 kB.
    assert len(begins) == 3
    assert begins == pytest.approx([88_000, 136_000, 144_000], abs=3 * fetching._PIECE)


def test_a_server_without_ranges_begins_anew(archive, tmp_path):
    archive.ranges, archive.breaks = False, [90_000, 100_000]
    rs.datasets.get(dataset(archive), tmp_path, files=[LARGE])
    assert (tmp_path / LARGE).read_bytes() == BIDS[LARGE]


def test_a_server_in_trouble_is_asked_again_and_one_that_stays_so_is_said(archive, tmp_path):
    archive.first = [503, 502, 429]
    rs.datasets.get(dataset(archive), tmp_path, files=["README"])
    archive.first = [503] * 9
    with pytest.raises(FetchError, match=r"answers with 503.*the same command goes on"):
        rs.datasets.get(dataset(archive), tmp_path, files=["*.json"])
    assert len(archive.first) == 4


def test_a_later_call_goes_on_after_the_connection_was_lost(archive, tmp_path):
    archive.breaks = [120_000, *[0] * 5]
    with pytest.raises(FetchError, match="What was fetched is kept"):
        rs.datasets.get(dataset(archive), tmp_path, files=[LARGE])
    assert not (tmp_path / LARGE).exists()
    archive.asked.clear()
    archive.breaks = []
    rs.datasets.get(dataset(archive), tmp_path, files=[LARGE])
    assert int(archive.asked[-1][1][6:-1]) == pytest.approx(118_000, abs=fetching._PIECE)
    assert is_all_there(tmp_path, {LARGE: BIDS[LARGE]})


@pytest.mark.parametrize(
    "served", [b"x" * 300_000, b"", b"<html>Log in</html>", BIDS[LARGE] + b"1", BIDS[LARGE][:-1]]
)
def test_what_is_not_what_the_archive_says_is_not_kept(archive, tmp_path, served):
    archive.served[LARGE] = served
    with pytest.raises(FetchError):
        rs.datasets.get(dataset(archive), tmp_path, files=[LARGE])
    assert not (tmp_path / LARGE).exists()
    # And what came of it does no harm once the archive is mended.
    archive.served.clear()
    rs.datasets.get(dataset(archive), tmp_path, files=[LARGE])
    assert is_all_there(tmp_path, {LARGE: BIDS[LARGE]})


def test_a_beginning_of_another_version_is_thrown_away(archive, tmp_path):
    archive.served[LARGE] = bytes(300_000)
    archive.breaks = [100_000, *[0] * 5]
    with pytest.raises(FetchError):
        rs.datasets.get(dataset(archive), tmp_path, files=[LARGE])
    archive.served.clear()
    archive.breaks = []
    rs.datasets.get(dataset(archive), tmp_path, files=[LARGE])
    assert is_all_there(tmp_path, {LARGE: BIDS[LARGE]})


@pytest.mark.parametrize(
    ("status", "said"),
    [(404, "has nothing there (404)"), (403, "may be restricted"), (401, "you can log in")],
)
def test_a_refusal_of_the_server_is_said(archive, tmp_path, status, said):
    number = sorted(BIDS).index("README")
    archive.status[f"/api/access/datafile/{number}"] = status
    with pytest.raises(FetchError) as refused:
        rs.datasets.get(dataset(archive), tmp_path, files=["README"])
    assert said in str(refused.value)
    assert len(archive.asked) == 2  # the list, and once the file


def test_no_server_at_all_is_said(tmp_path):
    nowhere = dataset(Archive({}, "http://127.0.0.1:9"))
    with pytest.raises(FetchError, match=r"no connection to the server.*Is there a connection\?"):
        rs.datasets.get(nowhere, tmp_path / "here")
    assert not (tmp_path / "here").exists()


@pytest.mark.parametrize("address", ["ftp://x", "nothing", "http://[", "file:///etc"])
def test_an_address_that_is_none_is_said(archive, address):
    with pytest.raises(FetchError, match="no address"):
        rs.datasets.listing(dataset(archive, server=address))


def test_a_full_disk_is_seen_before_anything_is_fetched(archive, tmp_path, monkeypatch):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(fetching.shutil, "disk_usage", lambda _: usage(0, 0, 1000))
    with pytest.raises(FetchError, match=r"needs 501 kB more.* has 1 kB free.*--recordings"):
        rs.datasets.get(dataset(archive), tmp_path)
    assert len(archive.asked) == 1


def test_a_disk_that_fills_up_says_so_and_keeps_what_came(archive, tmp_path, monkeypatch):
    real, room = Path.open, [40_000]

    def open_with_little_room(path, mode="r", *args, **more):
        file = real(path, mode, *args, **more)
        if path.suffix == ".part" and mode in ("ab", "wb"):
            write = file.write

            def until_full(piece):
                room[0] -= len(piece)
                if room[0] < 0:
                    raise OSError(28, "No space left on device")
                return write(piece)

            return _Writer(file, until_full)
        return file

    with monkeypatch.context() as patched:
        patched.setattr(Path, "open", open_with_little_room)
        with pytest.raises(FetchError, match=r"No space left on device.*the same command goes on"):
            rs.datasets.get(dataset(archive), tmp_path, files=[LARGE])
    rs.datasets.get(dataset(archive), tmp_path, files=[LARGE])
    assert archive.asked[-1][1].startswith("bytes=")
    assert is_all_there(tmp_path, {LARGE: BIDS[LARGE]})


class _Writer:
    def __init__(self, file, write):
        self.file, self.write = file, write

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.file.close()

    def tell(self):
        return self.file.tell()


def test_a_file_of_yours_is_never_replaced(archive, tmp_path):
    (tmp_path / "README").write_text("mine")
    with pytest.raises(FetchError, match=r"README is there already.*Nothing was changed"):
        rs.datasets.get(dataset(archive), tmp_path)
    assert is_all_there(tmp_path, {"README": b"mine"})


def test_files_without_a_checksum_are_counted(archive, tmp_path):
    listed = ({"path": "a.txt", "url": f"{archive.address}/files/README", "size": 7},)
    found = dataset(archive, archive="listed", files=listed)
    fetched = rs.datasets.get(found, tmp_path)
    assert fetched.unchecked == 1
    assert "1 without a checksum" in str(fetched)
    wrong = dataset(archive, archive="listed", files=({"path": "a.txt"},))
    with pytest.raises(rs.SettingsError, match=r"tested\.files 1: A file has path and url"):
        rs.datasets.listing(wrong)


# The command.


def own_registry(folder: Path, archive: Archive) -> str:
    path = folder / "ours.toml"
    path.write_text(
        f"[tested]\ntitle = 'T'\nwhat = 'made here'\nlicense = 'CC0'\narchive = 'dataverse'\n"
        f"doi = '{DOI}'\nserver = '{archive.address}'\npattern = ['*_emg.edf']\n"
        "next = 'renshaw estimate {folder}'\n"
    )
    return str(path)


def test_the_command_lists_shows_and_fetches(archive, tmp_path, capsys):
    assert app.main(["data"]) == 0
    assert "caillet-2023 - 11 recordings, 448 MB, license: CC0 1.0" in capsys.readouterr().out
    assert app.main(["data", "hyser"]) == 0
    assert "108 GB" in capsys.readouterr().out
    ours = own_registry(tmp_path, archive)
    assert app.main(["data", "get", "tested", "--registry", ours, "--list", "-n", "1"]) == 0
    assert "6 files, 300 kB" in capsys.readouterr().out
    here = str(tmp_path / "here")
    assert app.main(["data", "get", "tested", "--registry", ours, "-n", "1", "-o", here]) == 0
    out = capsys.readouterr().out
    assert "Here: 6 files of tested in" in out
    assert f"Next: renshaw estimate {here}" in out
    assert app.main(["data", "get", "testd", "--registry", ours]) == 2
    assert app.main(["data", "get", "hyser", "--files", "*"]) == 1


def test_killed_or_stopped_it_goes_on(archive, tmp_path):
    """A process that is killed leaves no file that is not whole; the next one goes on."""
    big = os.urandom(30_000_000)
    archive.files = {"a_emg.edf": big}
    ours = own_registry(tmp_path, archive)
    archive.breaks = [12_000_000, *[0] * 500]
    command = [sys.executable, "-c", _MAIN, "data", "get", "tested", "--registry", ours, "-o"]
    for kind, code in ((signal.SIGINT, 130), (signal.SIGKILL, -9)):
        here = tmp_path / kind.name
        archive.breaks = [12_000_000, *[0] * 500]
        running = subprocess.Popen([*command, str(here)], stderr=subprocess.PIPE, text=True)
        until = time.monotonic() + 60
        while not any(path.stat().st_size for path in here.glob(f"{fetching.PARTS}/*.part")):
            assert time.monotonic() < until
            time.sleep(0.02)
        running.send_signal(kind)
        said = running.communicate()[1]
        assert running.returncode == code
        assert "Traceback" not in said
        assert not (here / "a_emg.edf").exists()
        archive.breaks = []
        archive.asked.clear()
        subprocess.run([*command, str(here)], check=True, capture_output=True)
        assert archive.asked[-1][1].startswith("bytes=")
        assert is_all_there(here, {"a_emg.edf": big})
