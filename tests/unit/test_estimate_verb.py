"""The verb `estimate`: rule sets, sequences, history, and settings that refuse nonsense."""

from __future__ import annotations

import numpy as np
import pytest
from estimate_samples import hysteresis_pair, ramp_torque, recording_of, train, triangle

from renshaw.core.errors import SettingsError
from renshaw.core.finding import findings_of
from renshaw.core.history import History, Step
from renshaw.data.motor_units import MotorUnits
from renshaw.data.recording import Recording
from renshaw.estimation import (
    RULES,
    DeltaFSettings,
    EstimateSettings,
    SmoothingSettings,
    estimate,
    rules,
)
from renshaw.estimation.multiverse import MultiverseSettings, multiverse


def named(recording: Recording, name: str) -> Recording:
    read = Step("read", f"recording = rs.read('{name}.mat')")
    return Recording(recording.units, recording.signals, name=name, history=History((read,)))


def test_every_quantity_of_the_house_is_there_once_a_unit_or_pair() -> None:
    units = [train(triangle(18 - i, 6), 1 + 2 * i, 23 - i) for i in range(3)]
    estimates = estimate(recording_of(*units, torque=ramp_torque()))
    count = {name: len(estimates.select(name)) for name in estimates.quantities}
    of_recording = {"n_units": 1, "delta_f_mean": 1, "delta_f_yield": 1}
    of_pairs = dict.fromkeys(
        ["delta_f_pair", "rate_rate_r", "recruitment_gap", "control_modulation"], 3
    )
    of_units = dict.fromkeys(
        [
            "delta_f",
            "recruitment_time",
            "derecruitment_time",
            "recruitment_torque",
            "derecruitment_torque",
            "torque_hysteresis",
            "self_sustained_duration",
            "recruitment_rate",
            "peak_rate",
            "derecruitment_rate",
            "cov_isi",
            "brace_height",
            "acceleration_slope",
            "attenuation_slope",
            "brace_angle",
        ],
        3,
    )
    assert count == of_recording | of_pairs | of_units
    assert estimates.values("n_units")[0] == 3
    assert estimates.values("delta_f_yield")[0] == pytest.approx(100 * 2 / 3)


def test_a_sequence_gives_the_rows_of_each_and_a_history_that_makes_the_list() -> None:
    one, other = named(hysteresis_pair(), "a"), named(hysteresis_pair(), "b")
    told: list[tuple[int, int, str]] = []
    estimates = estimate([one, other], progress=lambda *what: told.append(what))
    assert estimates.recordings == ("a", "b")
    assert len(estimates) == 2 * len(estimate(one))
    assert told == [(0, 2, "a"), (1, 2, "b"), (2, 2, "estimated")]
    program = estimates.history.as_python()
    for line in (
        "recordings = []",
        "recording = rs.read('a.mat')\nrecordings.append(recording)",
        "recording = rs.read('b.mat')\nrecordings.append(recording)",
        "estimates = rs.estimate(recordings)",
    ):
        assert line in program
    assert len(estimate([])) == 0


def test_the_history_repeats_the_settings() -> None:
    recording = named(hysteresis_pair(), "a")
    plain = estimate(recording).history.steps[-1]
    assert plain.code == "estimates = rs.estimate(recording)"
    assert plain.settings["delta_f"]["recruitment_gap_s"] == 1.0
    assert plain.input == recording.fingerprint()
    by_name = estimate(recording, "openhdemg").history
    assert by_name.steps[-1].code == "estimates = rs.estimate(recording, 'openhdemg')"
    assert any("openhdemg" in paper for paper in by_name.citations())
    own = EstimateSettings(delta_f=DeltaFSettings(recruitment_gap_s=2.0))
    code = estimate(recording, own).history.steps[-1].code
    assert (
        "rs.EstimateSettings(delta_f=rs.estimation.DeltaFSettings(recruitment_gap_s=2.0))" in code
    )
    cited = " ".join(estimate(recording).cite())
    assert "Gorassini" in cited
    assert "Beauchamp" in cited


def test_rule_sets_by_name_and_their_typos() -> None:
    assert set(RULES) == {"renshaw", "openhdemg"}
    theirs = rules("openhdemg").delta_f
    assert (theirs.recruitment_gap_s, theirs.correlation_min, theirs.modulation_min_pps) == (
        1.0,
        0.7,
        0.5,
    )
    assert theirs.control_ends_first == "last_discharge"
    assert rules("renshaw").delta_f.control_ends_first == "reject"
    with pytest.raises(SettingsError, match="Did you mean 'openhdemg'"):
        estimate(hysteresis_pair(), "openhdmeg")


def test_settings_survive_plain_values_and_refuse_nonsense() -> None:
    for settings in RULES.values():
        assert EstimateSettings.from_mapping(settings.to_mapping()) == settings
    with pytest.raises(SettingsError, match=r"EstimateSettings\.smoothing"):
        EstimateSettings(smoothing="svr")  # type: ignore[arg-type]
    with pytest.raises(SettingsError, match="Did you mean 'spline'"):
        SmoothingSettings(method="splin")
    with pytest.raises(SettingsError, match="seed"):
        estimate(hysteresis_pair(), seed=-1)


def test_the_multiverse_knows_which_means_are_bounds() -> None:
    units = [train(triangle(18 - i, 6), 1 + 1.3 * i, 23 - 0.7 * i) for i in range(6)]
    few = MultiverseSettings(smoothers=("svr",), recruitment_gaps_s=(1.0,))
    whole = named(recording_of(*units), "whole")
    start_s, _ = whole.units.window_s
    early = [times_s[times_s < 17] for times_s in units]
    cut = Recording(MotorUnits(tuple(early), (start_s, 17.0)), name="cut")
    assert {universe.bound for universe in multiverse(whole, few).universes} == {"exact"}
    stopped = multiverse(cut, few)
    (chosen,) = [universe for universe in stopped.universes if universe.chosen]
    assert chosen.bound == estimate(cut).select("delta_f_mean").rows[0].bound == "at least"
    (finding,) = findings_of(stopped)
    assert "These means are bounds" in finding.sentence
    assert finding.numbers[0].value_words.startswith("> ")
    (finding,) = findings_of(multiverse(whole, few))
    assert "bounds" not in finding.sentence and finding.numbers[0].bound == ""


def test_the_multiverse_holds_the_chosen_universe_once_and_agrees_with_estimate() -> None:
    units = [train(triangle(18 - i, 6), 1 + 1.3 * i, 23 - 0.7 * i) for i in range(6)]
    recording = named(recording_of(*units), "a")
    every = multiverse(recording)
    table = every.to_table()
    settings = MultiverseSettings()
    assert len(table) == np.prod([len(getattr(settings, i.name)) for i in settings.describe()])
    asked = EstimateSettings()
    few = multiverse(
        recording,
        MultiverseSettings(smoothers=("svr", "hann"), recruitment_gaps_s=(1.0, 3.0)),
        base=asked,
    )
    assert repr(few).startswith("Multiverse('a', ")
    (chosen,) = [universe for universe in few.universes if universe.chosen]
    estimates = estimate(recording, asked)
    assert chosen.delta_f_mean == estimates.values("delta_f_mean")[0]
    assert chosen.n_pairs == len(estimates.select("delta_f_pair", ok=True))
    assert chosen.n_units == len(estimates.select("delta_f", ok=True))
    # A stricter rule never accepts more pairs.
    by_gap = few.to_table().groupby("recruitment_gap_s").n_pairs.sum()
    assert by_gap[3.0] < by_gap[1.0]
    assert few.history.steps[-1].verb == "multiverse"
    assert "rs.estimation.MultiverseSettings(smoothers=['svr', 'hann']" in few.history.as_python()


def test_the_multiverse_refuses_alternatives_that_are_none() -> None:
    with pytest.raises(SettingsError, match="Did you mean 'spline'"):
        MultiverseSettings(smoothers=("splines",))
    with pytest.raises(SettingsError, match="recruitment_gap_s"):
        MultiverseSettings(recruitment_gaps_s=(-1.0,))
    with pytest.raises(SettingsError, match="one or more"):
        MultiverseSettings(recruitments=())
    assert MultiverseSettings(smoothers=["svr"]).smoothers == ("svr",)  # type: ignore[arg-type]
