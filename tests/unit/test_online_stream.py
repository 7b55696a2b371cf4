"""`renshaw decode`: a file replayed through a local socket, and all that can go wrong there."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import socket
import subprocess
import sys
import threading
import time

import numpy as np
import pytest
from decompose_samples import found, raw

import renshaw as rs
from renshaw.cli import app
from renshaw.core.errors import ReadError, SettingsError
from renshaw.decomposition.online.compared import compared
from renshaw.io.stream import Blocks, StreamSettings, opened

EMG = np.asarray(raw(1).signals["emg"].values, dtype="<f4")


@pytest.fixture(scope="module")
def learned(tmp_path_factory):
    return found().save(tmp_path_factory.mktemp("online") / "learned.h5")


@contextlib.contextmanager
def served(data, hold_s=0.0, piece=3001):
    """A port that sends data in pieces that fit no sample, and then closes, or does not."""
    listening = socket.create_server(("127.0.0.1", 0))
    done = threading.Event()

    def serve():
        with contextlib.suppress(OSError):
            connection, _ = listening.accept()
            with connection:
                for at in range(0, len(data), piece):
                    connection.sendall(data[at : at + piece])
                done.wait(hold_s)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield f"tcp://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        done.set()
        listening.close()
        thread.join(10)


def run(capsys, *words):
    code = app.main(["decode", *map(str, words)])
    said = capsys.readouterr()
    assert "Traceback" not in said.err and "fault in renshaw" not in said.err
    return code, said.out.splitlines(), said.err


def test_a_replay_through_a_socket_gives_what_a_replay_of_the_file_gives(learned, tmp_path, capsys):
    out = tmp_path / "live.h5"
    with served(EMG.tobytes()) as address:
        code, lines, said = run(capsys, learned, "--stream", address, "-o", out)
    assert code == 0 and f"Written: {out}" in said and "27 ms" in said
    told = [json.loads(line) for line in lines]
    assert len(told) == -(-len(EMG) // 102)
    assert sorted(told[-1]) == ["discharges", "rates_pps", "time_s"]
    live = rs.read(out).units
    wanted = rs.emg.decode(found(), raw(1)).units
    for one, two in zip(live, wanted, strict=True):
        np.testing.assert_array_equal(one, two)
    pairs = [tuple(pair) for each in told for pair in each["discharges"]]
    assert len(pairs) == sum(map(len, live))
    assert min(each.f1 for each in compared(live, raw(1).units)) >= 0.97


def test_integers_and_further_channels_decode_alike(learned, tmp_path, capsys):
    wide = np.concatenate([EMG, np.zeros((len(EMG), 6))], axis=1) / 0.5
    out = tmp_path / "live.h5"
    for dtype, code in (("<i2", "int16"), (">i2", "int16-big")):
        with served(np.rint(wide).astype(dtype).tobytes()) as address:
            words = ["--channels", 38, "--dtype", code, "--scale-uv", 0.5, "--block-ms", 10]
            assert run(capsys, learned, "--stream", address, "-o", out, *words)[0] == 0
        assert min(each.f1 for each in compared(rs.read(out).units, raw(1).units)) >= 0.97


def test_a_stream_that_ends_within_a_sample_is_told_of_and_kept(learned, tmp_path, capsys):
    out = tmp_path / "live.h5"
    with served(EMG.tobytes()[:600_001]) as address:
        code, _, said = run(capsys, learned, "--stream", address, "-o", out)
    assert code == 0 and "ended within a sample" in said and "32 channels of float32" in said
    assert rs.read(out).units.window_s[1] == pytest.approx(600_000 // 128 / 2048, abs=0.001)


def test_silence_of_the_server_is_told_of_and_what_was_decoded_kept(learned, tmp_path, capsys):
    out = tmp_path / "live.h5"
    with served(EMG[:4096].tobytes(), hold_s=30) as address:
        code, _, said = run(capsys, learned, "--stream", address, "-o", out, "--timeout-s", "0.3")
    assert code == 1 and "no samples for 0.3 s" in said
    assert len(rs.read(out).units) == 5


def test_what_is_not_there_is_refused_in_a_sentence(learned, tmp_path, capsys):
    with socket.create_server(("127.0.0.1", 0)) as listening:
        closed = f"tcp://127.0.0.1:{listening.getsockname()[1]}"
    out = tmp_path / "live.h5"
    assert "no connection" in run(capsys, learned, "--stream", closed, "-o", out)[2]
    with served(b"") as address:
        assert "before the first sample" in run(capsys, learned, "--stream", address)[2]
    assert not out.exists()
    assert run(capsys, learned)[0] == 2
    assert run(capsys, learned, "--stream", closed, "--replay", learned)[0] == 2
    assert "1 to 60000" in run(capsys, learned, "--stream", closed, "--block-ms", "0")[2]
    assert "2000 Hz" in run(capsys, learned, "--stream", closed, "--rate", "2000")[2]
    assert "has 16 (--channels)" in run(capsys, learned, "--stream", closed, "--channels", "16")[2]


@pytest.mark.parametrize(
    "address",
    ["", "host:1", "http://a:1", "tcp://a", "tcp://:1", "tcp://a:99999", "tcp://a:b", "tcp://[",
     "tcp://a:1/b", "file:///etc/passwd"],
)  # fmt: skip
def test_what_is_no_address_is_refused(address):
    with pytest.raises(SettingsError, match="no stream"):
        opened(address, 1.0)


def test_names_that_no_host_has_are_refused():
    for host in ("a..b", "x" * 70, "no-such-host.invalid"):
        with pytest.raises(ReadError, match="no connection"), opened(f"tcp://{host}:9", 1.0):
            pass


def test_blocks_are_whole_samples_however_they_come():
    bytes_left = bytearray(np.arange(21, dtype="<i2").tobytes() + b"\0")

    def receive(_most):
        part = bytes(bytes_left[:5])
        del bytes_left[:5]
        return part

    blocks = Blocks(receive, StreamSettings(dtype="int16", scale_uv=2.0), 3, 2)
    got = list(blocks)
    assert [len(block) for block in got] == [2, 2, 2, 1]
    np.testing.assert_array_equal(np.concatenate(got).ravel(), 2.0 * np.arange(21))
    assert blocks.left_over == 1


def test_ctrl_c_keeps_what_was_decoded(learned, tmp_path):
    import signal

    out = tmp_path / "live.h5"
    with served(EMG.tobytes(), hold_s=60) as address:
        program = "import sys; from renshaw.cli.app import main; sys.exit(main())"
        process = subprocess.Popen(
            [sys.executable, "-c", program, "decode", learned, "--stream", address, "-o", out],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        lines = [process.stdout.readline() for _ in range(len(EMG) // 102)]
        time.sleep(0.2)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
    assert process.returncode == 130 and "Traceback" not in said
    assert json.loads(lines[-1])["time_s"] > 9
    assert sum(map(len, rs.read(out).units)) > 300


def test_a_reader_that_goes_away_costs_nothing_of_out(learned, tmp_path):
    out = tmp_path / "live.h5"
    with served(EMG.tobytes()) as address:
        program = "import sys; from renshaw.cli.app import main; sys.exit(main())"
        process = subprocess.Popen(
            [sys.executable, "-c", program, "decode", learned, "--stream", address, "-o", out],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        process.stdout.readline()
        process.stdout.close()
        said = process.stderr.read()
        process.wait(60)
        process.stderr.close()
    assert "Traceback" not in said and "Written" in said
    assert len(rs.read(out).units) == 5


def test_a_replay_prints_units_agreement_and_time(learned, tmp_path, capsys):
    second = raw(1).save(tmp_path / "second.h5")
    code, lines, said = run(capsys, learned, "--replay", second, "-o", tmp_path / "out.h5")
    assert code == 0 and lines[0].split()[-3:] == ["most", "like", "F1"]
    assert [line.split()[-1] for line in lines[1:6]] == ["1.000"] * 5
    assert "50 ms of EMG took" in lines[-1] and "(worst)" in lines[-1]
    assert len(rs.read(tmp_path / "out.h5").units) == 5
    other = rs.Recording(raw(1).units, {"emg": rs.Signal(EMG[:, :20], 2048.0, "uV")})
    few = other.save(tmp_path / "few.h5")
    assert "20" in run(capsys, learned, "--replay", few)[2]
    bare = rs.Recording(raw(1).units).save(tmp_path / "bare.h5")
    assert "no raw EMG" in run(capsys, learned, "--replay", bare)[2]
    assert "no raw EMG" in run(capsys, bare, "--replay", second)[2]


def test_a_rate_with_a_rounding_error_is_the_same_rate(learned, tmp_path, capsys):
    emg = raw(1).signal("emg")
    for fs_hz, code in ((emg.fs_hz * (1 + 1e-9), 0), (emg.fs_hz * (1 + 1e-4), 1)):
        near = tmp_path / f"{code}.h5"
        signals = {"emg": dataclasses.replace(emg, fs_hz=fs_hz, values=emg.values[:4096])}
        rs.write(rs.Recording(rs.MotorUnits((), (0, 3)), signals=signals, name="near"), near)
        ended, _, said = run(capsys, learned, "--replay", near)
        assert ended == code, said
    # Both rates are told apart where they are refused.
    assert "2048 Hz hold for no other rate, and the stream comes at 2048.2048 Hz" in said
