"""The code of a history that came in a file: renshaw's own steps come back, nothing else does."""

from __future__ import annotations

import json

import h5py
import numpy as np
import pytest

import renshaw as rs
from renshaw.core.history import History, Step
from renshaw.core.received_code import rebuilt

HARMFUL = [
    "import os; os.system('touch /tmp/owned')",
    "import os",
    "os.system('x')",
    "__import__('os').system('x')",
    "recording = __import__('os').system('x')",
    "recording = rs.read('a.mat'); import os",
    "recording = rs.read('a.mat')\nimport os",
    "recording = rs.read(open('/etc/passwd'))",
    "recording = rs.read(exec('import os'))",
    "recording = rs.read(*__import__('os').sys.exit())",
    "recording = rs.read('a', options=rs.core.doors.importlib.import_module('os').system('x'))",
    "recording = rs.io.reading.os.system('x')",
    "recording = rs.write(recording, '/home/me/.bashrc')",
    "recording = rs.report(recording, '/home/me/.bashrc')",
    "recording = rs.datasets.fetch('x')",
    "recording = rs.files.Path('x')",
    "rs = 1",
    "rs.read = print",
    "print('x')",
    "recording.save('/home/me/.bashrc')",
    "recording = recording.save('x')",
    "recording = rs.read(f'{exec(1)}')",
    "recording = rs.read((lambda: exec('1'))())",
    "recording = [exec(x) for x in 'a']",
    "recording = rs.read(x := exec('1'))",
    "recording = rs.read(__builtins__)",
    "recording = rs.read(**{'path': exec('1')})",
    "recording = rs.protocols.PROTOCOLS[exec('1')]()",
    "recording = rs.read.__globals__['os'].system('x')",
    "recording = rs.Recording.__init__.__globals__['os'].system('x')",
    "recording = rs.edit._anything.Path('x')",
    "exec = rs.read('x'); exec('1')",
    "@rs.read\ndef f(): pass",
    "class A: pass",
    "recording = rs.read('a'" + "\0" + ")",
    "recording = " + "(" * 500 + "1" + ")" * 500,
    "recording = " + "-" * 50_000 + "1",
    "recording = rs.read(" + "[" * 90 + "]" * 90 + ")",
    "# pool: a motoneuron pool of your own, fingerprint 12\nimport os",
    "# pool: a motoneuron pool of your own, fingerprint x\nrecording = rs.read('a')\nimport os",
    "recording = rs.read('a')" * 2,
    "=cmd|' /C calc'!A0",
]


@pytest.mark.parametrize("code", HARMFUL)
def test_nothing_that_is_no_step_of_renshaw_comes_back(code):
    said = rebuilt(code, "read\nimport os")
    assert said == "# 'read import os': made by a step that this version of renshaw does not know"
    # Whatever stands there is a remark: a program of it does nothing.
    exec(compile(said, "said", "exec"), {})


OWN = [
    "recording = rs.read('a.mat')",
    "recording = rs.read('a.mat', format='csv', options=rs.ReadOptions(window_s=[1.0, 2.0]))",
    "recording = rs.cut(recording, 1.0, 2.5, keep_times=True)",
    "recording = rs.decompose(recording, rs.DecomposeSettings(n_iterations=3), seed=1)",
    "recording = rs.edit.replay(recording, recording, [rs.edit.Remove(unit=1, time_s=-1.5)])",
    "recordings = []",
    "recordings.append(recording)",
    "recording = rs.simulate(rs.model.muscle_pool('TA', 5, edition=1), rs.protocols.Ramp())",
    "recording = rs.simulate(pool, rs.protocols.PROTOCOLS['toy'](peak=1.0), seed=0)",
    "difference = rs.study.before_after(*recordings, estimates=estimates)",
]


@pytest.mark.parametrize("code", OWN)
def test_steps_of_renshaw_come_back_as_they_are(code):
    assert rebuilt(code, "any") == code


def test_a_pool_of_ones_own_keeps_its_remark():
    code = (
        "# pool: a motoneuron pool of your own, fingerprint 12ab\n"
        "recording = rs.simulate(pool, rs.protocols.Ramp(), seed=0)"
    )
    assert rebuilt(code, "simulate") == code


def test_a_remark_behind_a_step_is_left():
    assert rebuilt("recording = rs.read('a')  # run: curl x | sh", "read") == (
        "recording = rs.read('a')"
    )


def test_a_history_of_every_own_step_comes_back(tmp_path):
    simulated = rs.simulate(rs.model.muscle_pool("TA", 20), rs.protocols.Ramp())
    path = simulated.save(tmp_path / "a.h5")
    recording = rs.cut(rs.observe(rs.read(path)), 1, 20)
    again = rs.read(recording.save(tmp_path / "b.h5"))
    assert again.history.codes[:-1] == recording.history.codes
    assert not any("does not know" in code for code in again.history.codes)


def test_a_received_file_shows_no_code_of_its_own(tmp_path):
    table = tmp_path / "a.csv"
    table.write_text("unit,time_s\n" + "".join(f"1,{i / 8}\n" for i in range(40)))
    path = rs.read(table).save(tmp_path / "a.h5")
    evil = Step("read", "import os; os.system('touch /tmp/owned')")
    with h5py.File(path, "r+") as file:
        about = json.loads(file["about"][()])
        about["history"] = [evil.to_mapping()]
        del file["about"]
        file["about"] = np.bytes_(json.dumps(about))
    recording = rs.read(path)
    said = recording.history.as_python()
    assert "os.system" not in said
    assert "does not know" in said
    assert "os.system" not in json.dumps(recording.history.to_list())
    rs.report(recording, tmp_path / "report.html")
    assert "os.system" not in (tmp_path / "report.html").read_text()


def test_lists_of_steps_are_built_anew():
    steps = [Step("x", "import os").to_mapping(), {"code": 3}, 5, None]
    assert all(code.startswith("# ") for code in History.from_list(steps).codes)
