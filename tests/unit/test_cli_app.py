"""The command line: what it writes, what it says, and that no traceback ever reaches a person."""

from __future__ import annotations

import importlib
import io
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import report_samples as samples

import renshaw as rs
from renshaw.cli import app, failures

FAST = ["--smoothing.method", "polynomial", "--no-multiverse", "--quiet"]


@pytest.fixture
def ramp(tmp_path: Path) -> Path:
    return rs.write(samples.triangle(6), tmp_path / "ramp.h5")


def run(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, str, str]:
    code = app.main([str(word) for word in words])
    out, err = capsys.readouterr()
    assert "Traceback" not in out + err
    return code, out, err


def test_estimate_writes_a_table_and_a_page(
    tmp_path: Path, ramp: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = run(capsys, "estimate", ramp, "-o", tmp_path / "new" / "out", *FAST)
    assert code == 0
    table = pd.read_csv(tmp_path / "new" / "out" / "estimates.csv")
    assert list(table) == [
        "recording",
        "quantity",
        "contraction",
        "unit",
        "label",
        "control",
        "control_label",
        "value",
        "bound",
        "units",
        "ok",
        "reason",
        "reason_codes",
    ]
    assert {"delta_f_pair", "delta_f", "peak_rate", "brace_height"} <= set(table["quantity"])
    assert table["ok"].dtype == bool
    page = (tmp_path / "new" / "out" / "report.html").read_text(encoding="utf-8")
    assert "<svg" in page
    assert "ΔF of the unit" in out


def test_estimate_without_a_folder_only_prints(
    tmp_path: Path, ramp: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = set(tmp_path.iterdir())
    code, out, _ = run(capsys, "estimate", ramp, *FAST)
    assert code == 0 and "Use -o DIR" in out
    assert set(tmp_path.iterdir()) == before


def test_one_bad_file_does_not_stop_the_others(
    tmp_path: Path, ramp: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = tmp_path / "bad.mat"
    bad.write_bytes(b"MATLAB 5.0" + bytes(200))
    twin = tmp_path / "twin"
    twin.mkdir()
    again = rs.write(samples.triangle(4), twin / "ramp.h5")
    out = tmp_path / "out"
    code, _, err = run(capsys, "estimate", bad, ramp, tmp_path / "rmp.h5", again, "-o", out, *FAST)
    assert code == failures.FAILED
    assert "bad.mat" in err and "Did you mean 'ramp.h5'?" in err
    table = pd.read_csv(out / "estimates.csv")
    assert list(table["recording"].unique()) == ["ramp", "twin/ramp"]
    assert {p.name for p in out.iterdir()} == {
        "estimates.csv",
        "report.html",
        "report-ramp.html",
        "report-twin-ramp.html",
    }
    index = (out / "report.html").read_text(encoding="utf-8")
    assert "report-twin-ramp.html" in index and "bad.mat" in index


def test_only_settings_that_are_given_override_the_rules(
    ramp: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    verb = importlib.import_module("renshaw.estimation.estimate")
    seen = []
    true = verb.estimate

    def spy(recording: object, settings: object) -> object:
        seen.append(settings)
        return true(recording, settings)

    monkeypatch.setattr(verb, "estimate", spy)
    words = [
        "--smoothing.method",
        "hann",
        "--delta-f.recruitment-gap-s",
        "2",
        "--smoothing.svr-gamma-per-s2",
        "none",
        "--delta-f.normalization",
        "none",
        "--rates.no-cov-detrend",
    ]
    code, _, _ = run(capsys, "estimate", ramp, "--rules", "openhdemg", *words)
    assert code == 0
    wanted = rs.estimation.rules("openhdemg")
    wanted = wanted.replace(
        smoothing=wanted.smoothing.replace(method="hann", svr_gamma_per_s2=None),
        delta_f=wanted.delta_f.replace(recruitment_gap_s=2.0),
        rates=wanted.rates.replace(cov_detrend=False),
    )
    assert seen == [wanted]
    run(capsys, "estimate", ramp, "--rules", "openhdemg", "--quiet")
    assert seen[1] == "openhdemg"


def test_convert_says_what_is_lost(
    tmp_path: Path, ramp: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = run(capsys, "convert", ramp, tmp_path / "ramp.csv")
    assert code == 0 and "Not kept" in out
    again = rs.read(tmp_path / "ramp.csv")
    first = rs.read(ramp)
    assert all(np.allclose(a, b) for a, b in zip(again.units, first.units, strict=True))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["estimat", "x"], 'Did you mean "estimate"?'),
        (["--verson"], "Did you mean '--version'?"),
        (["simulate", "rmp", "-o", "x.h5"], 'Did you mean "ramp"?'),
        (["simulate", "ramp", "-o", "x.h5", "--given", "relaxtion"], "Did you mean 'relaxation'?"),
        (
            ["simulate", "ramp", "-o", "x.h5", "--peak-pct-mvc", "200"],
            "must be above 0 and at most 100",
        ),
        (["simulate", "ramp", "-o", "x.h5", "--pic-shift-mv", "2"], "Did you mean --pic-shift-mV?"),
        (["estimate", "x.h5", "--rule", "a"], "Did you mean --rules?"),
        (["estimate", "x.h5", "--rules", "openhdmeg"], "Did you mean 'openhdemg'?"),
        (["estimate", "x.h5", "--smoothing.method", "han"], "Did you mean 'hann'?"),
        (["estimate", "x.h5", "--delta-f.recruitment-gap", "2"], "--delta-f.recruitment-gap-s?"),
        (["estimate", "x.h5", "--delta-f.recruitment-gap-s", "two"], "two"),
        (["estimate", "x.h5", "--delta-f.recruitment-gap-s", "nan"], "must be a finite number"),
        (["estimate"], "FILE"),
        (["run", "nothere.toml"], "nothere.toml"),
        (["convert", "x.h5"], "OUT"),
        (["convert", "x.h5", "y.h5", "z.h5"], "One word too many: z.h5."),
        (["simulate", "ramp"], "Try: renshaw simulate ramp --help"),
        (["estimate", "x.h5", "--smoothing.svr-c", "none"], 'unable to convert "none"'),
    ],
)
def test_what_is_mistyped_gets_a_sentence_and_exit_code_2(
    words: list[str],
    said: str,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    code, out, err = run(capsys, *words)
    assert code == failures.MISUSED
    assert said in err and out == ""
    assert len(err.strip().splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "words", [["estimate", "{x}", "-o", "{x}"], ["convert", "{x}", "{x}/a.csv"]]
)
def test_places_that_can_not_be_written_to(
    words: list[str], ramp: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = ramp.read_bytes()
    code, _, err = run(capsys, *(word.format(x=ramp) for word in words))
    assert code == failures.FAILED
    assert str(ramp) in err
    assert ramp.read_bytes() == before


def test_simulate_refuses_an_unknown_ending_before_it_works(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # The room of this name is hidden behind the verb of this name.
    room = importlib.import_module("renshaw.experiment.simulate")

    monkeypatch.setattr(room, "simulate", lambda *a, **k: pytest.fail("worked for nothing"))
    code, _, err = run(capsys, "simulate", "ramp", "-o", tmp_path / "rec.xyz")
    assert code == failures.MISUSED and ".xyz" in err
    assert all(ending in err for ending in (".h5", ".csv", ".json", ".tsv", ".mat"))


@pytest.mark.parametrize(
    ("raised", "code", "said"),
    [
        (KeyboardInterrupt(), 130, "Stopped"),
        (OSError(28, "No space left on device", "out.csv"), 1, "out.csv: The disk is full;"),
        (MemoryError(), 1, "not enough memory"),
        (rs.ReadError("a\x1b[31m.mat: broken"), 1, "\N{REPLACEMENT CHARACTER}[31m.mat: broken"),
        (ZeroDivisionError("x"), 3, "fault in renshaw"),
        (UnicodeError("x"), 3, "fault in renshaw"),
    ],
)
def test_every_failure_is_one_sentence(
    raised: BaseException,
    code: int,
    said: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(words: list[str]) -> int:
        raise raised

    monkeypatch.setattr(app, "_run", fail)
    got, _, err = run(capsys, "estimate", "x")
    assert got == code and said in err
    assert len(err.strip().splitlines()) == 1


def test_the_traceback_of_a_fault_is_kept_or_shown(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(words: list[str]) -> int:
        raise ZeroDivisionError("a fault")

    monkeypatch.setattr(app, "_run", fail)
    _, _, err = run(capsys, "estimate", "x")
    kept = Path(err.split("report are in ")[1].strip().removesuffix("."))
    assert "ZeroDivisionError: a fault" in kept.read_text()
    kept.unlink()
    with pytest.raises(ZeroDivisionError):
        app.main(["estimate", "x", "--debug"])


def test_a_closed_pipe_is_no_failure(ramp: Path) -> None:
    words = ["estimate", str(ramp), *FAST]
    program = f"import sys\nfrom renshaw.cli.app import main\nsys.exit(main({words!r}))"
    process = subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    process.stdout.close()
    err = process.stderr.read()
    process.stderr.close()
    assert process.wait() == 0
    assert err == b""


@pytest.mark.parametrize("target", ["nowhere/rec.h5", "."])
def test_simulate_refuses_a_place_before_it_works(
    target: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    room = importlib.import_module("renshaw.experiment.simulate")
    monkeypatch.setattr(room, "simulate", lambda *a, **k: pytest.fail("worked for nothing"))
    monkeypatch.chdir(tmp_path)
    code, _, err = run(capsys, "simulate", "ramp", "-o", target)
    assert code == failures.FAILED and "folder" in err
    assert list(tmp_path.iterdir()) == []


def test_estimates_never_replace_their_own_input(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = rs.write(samples.triangle(4), tmp_path / "estimates.csv")
    before = source.read_bytes()
    code, _, err = run(capsys, "estimate", source, "-o", tmp_path, *FAST)
    assert code == failures.FAILED and "would be overwritten" in err
    assert source.read_bytes() == before


def test_a_page_that_was_not_written_is_not_claimed(
    tmp_path: Path, ramp: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "out" / "report.html").mkdir(parents=True)
    code, out, err = run(capsys, "estimate", ramp, "-o", tmp_path / "out", *FAST)
    assert code == failures.FAILED and "report.html" in err
    assert "estimates.csv" in out and "report.html" not in out


@pytest.mark.parametrize("closed", ["stdout", "stderr"])
def test_a_closed_stream_is_no_fault(
    closed: str, ramp: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, closed, None)
    assert app.main(["estimate", str(ramp), *FAST[:-1]]) == failures.FINE


def test_a_terminal_without_unicode_keeps_the_minus_sign(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    content = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(content, encoding="ascii"))
    monkeypatch.setattr(
        app, "_run", lambda words: sys.stdout.write("ΔF \N{MINUS SIGN}0.5 日\n") * 0
    )
    assert app.main(["estimate"]) == failures.FINE
    assert content.getvalue() == b"delta-F -0.5 ?\n"


def test_a_study_file_in_its_own_folder_stays_as_it_was_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    study = tmp_path / "study.toml"
    study.write_text(
        "# mine\nramps = 1\n[cohort]\nparticipants = 2\nn_units = 2\n"
        "[protocol]\nrise_s = 0.5\nfall_s = 0.5\n"
    )
    before = study.read_bytes()
    code, _, _ = run(capsys, "run", study, "-o", tmp_path, "-q")
    assert code == 0 and (tmp_path / "report.html").exists()
    assert study.read_bytes() == before


def test_the_door_is_light_so_that_ctrl_c_finds_it_open() -> None:
    program = (
        "import sys\nimport renshaw.cli.app\n"
        "heavy = {'cyclopts', 'rich', 'numpy'} & set(sys.modules)\n"
        "sys.exit(f'loaded {heavy}' if heavy else 0)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_settings_inside_settings_are_not_set_as_a_whole(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # --treatment 3 must not quietly triple whatever the treatment lists first.
    out = tmp_path / "rec.h5"
    code, _, err = run(capsys, "simulate", "ramp", "-o", out, "--treatment", 3)
    assert code == 2
    assert "--treatment" in err
    assert not out.exists()


@pytest.mark.parametrize("words", [["simulate", "spasm"], ["motoneuron", "clamp"]])
def test_a_command_line_not_understood_names_the_help_of_its_own_command(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, err = run(capsys, *words, "--colour", 3)
    assert code == 2
    assert f"Try: renshaw {' '.join(words)} --help" in err


@pytest.mark.parametrize("command", ["interventions", "evidence", "quantities"])
def test_tables_of_evidence_are_written_to_files_only(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(capsys, command, "-o", tmp_path / "table.csv")[0] == 0
    assert len(pd.read_csv(tmp_path / "table.csv")) > 5
    code, _, err = run(capsys, command, "-o", tmp_path / "table.csv" / "x.csv")
    assert code == 1
    assert "there is no folder" in err


def test_report_of_no_study_says_what_to_do_and_begins_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for folder in (tmp_path / "nowhere", tmp_path):
        code, out, err = run(capsys, "report", folder)
        assert code == failures.FAILED and out == ""
        assert "renshaw run" in err and len(err.strip().splitlines()) == 1


def test_a_plugin_that_is_left_out_is_told_in_a_sentence(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from renshaw.core.kinds import PluginWarning

    def warns(words: list[str]) -> int:
        said = "The plug-in toy = shop:TOY is left out: it is broken"
        warnings.warn(said, PluginWarning, stacklevel=1)
        warnings.warn("another", UserWarning, stacklevel=1)
        return 0

    monkeypatch.setattr(app, "_run", warns)
    with pytest.warns(UserWarning, match="another"):
        code, _, said = run(capsys, "quantities")
    assert code == 0
    assert said == "renshaw: The plug-in toy = shop:TOY is left out: it is broken.\n"


@pytest.mark.parametrize("words", [["infer"], ["simulate", "ramp"], ["motoneuron"], ["data"]])
def test_help_is_the_same_after_the_commands_were_listed(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    before = run(capsys, *words, "--help")
    run(capsys, "nonsense")
    assert run(capsys, *words, "--help") == before


def test_help_may_stand_before_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "--help", "infer") == run(capsys, "infer", "--help")
