"""From a simulated recording to a posterior, to a folder, and back."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import renshaw as rs
from renshaw.cli.app import main
from renshaw.data.event_labels import PROVOCATION
from renshaw.inference.cautions import sentence_of
from renshaw.inference.summaries import NAMES
from renshaw.inference.train import CHANGES
from renshaw.inference.trained import open_trained, shipped
from renshaw.model.editions import ON_THE_FIRST_EDITION, TRAINED_EDITION
from renshaw.reports.report import report_text


@pytest.fixture(scope="module")
def pair():
    # Of the edition on which the networks were trained.
    person = rs.Participant(edition=1, muscle="TA", neuromodulation=0.99, n_units=32)
    ramp = rs.Ramp(rise_s=6.0, fall_s=6.0)
    calm = person.replace(neuromodulation=0.93)
    return tuple(
        replace(rs.simulate(who, ramp, seed=3), name=name)
        for who, name in ((person, "before"), (calm, "after"))
    )


@pytest.fixture(scope="module")
def posterior(pair):
    return rs.infer(pair[0], rs.InferSettings(samples=1000), seed=1)


def test_the_posterior_holds_the_state_that_was_simulated(pair, posterior):
    table = posterior.to_table().set_index("parameter")
    truth = pair[0].truth
    state = table.loc["neuromodulation_in_task"]
    assert state["q05"] < truth.parameters["neuromodulation"] < state["q95"]
    drive = table.loc["peak_drive"]
    width = drive["q95"] - drive["q05"]
    highest = float(truth.signals["drive"].values.max())
    assert drive["q05"] - width < highest < drive["q95"] + width
    assert posterior.trusted and posterior.muscle == "TA"
    assert table.loc["neuromodulation", "narrowed_pct"] > 30


def test_the_seed_decides_and_nothing_else(pair, posterior):
    again = rs.infer(pair[0], rs.InferSettings(samples=1000), seed=1)
    pd.testing.assert_frame_equal(again.samples, posterior.samples)
    other = rs.infer(pair[0], rs.InferSettings(samples=1000), seed=2)
    assert not other.samples.equals(posterior.samples)


def test_samples_stay_within_what_can_be(posterior):
    samples = posterior.samples
    assert samples["inhibition"].between(0, 3).all()
    assert samples["neuromodulation_in_task"].between(0.75, 1.15).all()
    assert (samples["inhibition_at_peak"] >= 0).all()
    assert samples["peak_effort_pct"].between(0, 100).all()


def test_what_was_not_learned_is_said(posterior):
    table = posterior.to_table().set_index("parameter")
    not_learned = table.index[table["remark"] != ""]
    assert "pic_shift_mV" in not_learned
    assert any("L-type" in words for words in posterior.sentences())


def test_persons_of_a_posterior_can_be_simulated(posterior):
    persons = posterior.participants(3, seed=5)
    assert len({p.neuromodulation for p in persons}) == 3
    assert persons[0].muscle == "TA" and persons[0].pool is not None


def test_without_torque_it_still_answers_and_says_so(pair):
    found = rs.infer(replace(pair[0], signals={}))
    assert any("There is no torque" in words for words in found.notes)
    assert any("20 % MVC is assumed" in words for words in found.notes)
    assert found.peak_pct_mvc is None and found.narrowed_pct("neuromodulation") > 20


def test_a_recording_unlike_any_simulation_is_warned_of(pair):
    units = pair[0].units
    chance = np.random.default_rng(0)
    # The same discharges, but each unit at random times of the contraction: nobody's drive.
    trains = tuple(np.sort(chance.uniform(2, 12, len(times))) for times in units)
    noise = replace(pair[0], units=rs.MotorUnits(trains, units.window_s))
    found = rs.infer(noise)
    assert not found.trusted
    assert found.farther_than_pct > 99
    assert "unlike the simulated ones" in " ".join(found.warnings)


def test_a_contraction_beyond_the_simulated_ones_is_warned_of(pair):
    found = rs.infer(replace(pair[0]), rs.InferSettings(peak_pct_mvc=95))
    assert any("95 % MVC" in words for words in found.warnings)


def test_a_person_whom_the_networks_do_not_know_is_said_to_be_one(pair, tmp_path, capsys):
    """Of another edition than they were trained on, the default one: however it was come by."""
    who = rs.Participant(muscle="TA", n_units=16)
    assert who.edition != TRAINED_EDITION
    made = rs.simulate(who, rs.Ramp(rise_s=6.0, fall_s=6.0), seed=3)
    assert made.truth.parameters["edition"] == who.edition
    assert "edition" not in pair[0].truth.parameters
    words = f"simulated with edition {who.edition} of the virtual person"
    settings = rs.InferSettings(samples=200)
    seen = rs.observe(made, rs.experiment.ObservationSettings(units=12))
    for recording in (made, seen, rs.read(made.save(tmp_path / "made.h5"))):
        found = rs.infer(recording, settings)
        assert words in found.warnings[0] and not found.trusted
        assert words in report_text(found)
    assert any(words in each for each in rs.infer_change(made, seen, settings).warnings)
    assert not any("edition" in each for each in rs.infer(pair[0], settings).warnings)
    main(["infer", str(tmp_path / "made.h5"), "-o", str(tmp_path / "out"), "-q"])
    assert words in " ".join(capsys.readouterr().out.split())


def test_a_spasm_test_is_flagged(pair):
    spasm = replace(pair[0], events=(rs.Event(0.0, 0.5, PROVOCATION),))
    assert "involuntary" in " ".join(rs.infer(spasm).warnings)


def test_persons_of_the_posterior_contract_as_recorded(pair):
    found = rs.infer(pair[0], rs.InferSettings(check=6))
    assert found.check.persons == 6
    assert found.check.inside_pct > 70
    assert rs.infer(pair[0]).check is None
    with pytest.raises(rs.SettingsError, match="at least 3"):
        rs.infer(pair[0], rs.InferSettings(check=2))


def test_what_goes_together_is_named(posterior):
    for a, b, r in posterior.entangled():
        assert abs(r) >= 0.6
        assert any("cannot be separated" in words for words in posterior.sentences()), (a, b)


def test_a_muscle_that_nobody_names_is_asked_for(pair):
    units = replace(pair[0].units, muscles=())
    real = replace(pair[0], history=rs.results.History(), truth=None, units=units, muscle="")
    with pytest.raises(rs.SettingsError, match="which muscle"):
        rs.infer(real)
    assert rs.infer(real, rs.InferSettings(muscle="TA")).muscle == "TA"


def test_a_torque_that_never_changes_is_none(pair):
    torque = pair[0].torque
    flat = rs.Signal(np.full(len(torque.values), 3.0), torque.fs_hz, torque.unit)
    found = rs.infer(replace(pair[0], signals={"torque": flat}))
    assert any("the torque never changes" in words for words in found.notes)
    assert found.narrowed_pct("neuromodulation") > 20


@pytest.mark.parametrize(
    ("kept", "says"),
    [(0, "holds no motor units. Give it a voluntary"), (2, "takes 3. Give it a voluntary ramp")],
)
def test_too_few_units_are_refused_with_what_it_takes(kept, says, pair):
    few = replace(pair[0], units=pair[0].units.select(list(range(kept))))
    with pytest.raises(rs.DataError, match=says):
        rs.infer(few)


def test_what_was_asked_against_the_recording_is_said(pair):
    settings = rs.InferSettings(muscle="SOL", peak_pct_mvc=30.0, samples=200)
    found = rs.infer(pair[0], settings)
    assert any("labeled TA" in words and "of SOL" in words for words in found.warnings)
    assert any("30 % MVC was used" in words for words in found.notes)


def test_phases_are_said_in_words():
    said = [sentence_of(name) for name in NAMES]
    assert not any("_" in words or "%" in words.replace(" %", "") for words in said)
    assert sentence_of("active_top_50%") == "units that fire at the middle of the top"


def test_a_posterior_comes_back_from_its_folder(posterior, tmp_path):
    folder = posterior.save(tmp_path / "found")
    assert {path.name for path in folder.iterdir()} == {
        "posterior.csv",
        "samples.parquet",
        "posterior.toml",
        "history.json",
        "report.html",
    }
    table = pd.read_csv(folder / "posterior.csv")
    assert list(table.columns[:6]) == ["parameter", "mean", "sd", "q05", "q50", "q95"]
    again = rs.inference.open_posterior(folder)
    np.testing.assert_allclose(again.samples, posterior.samples, rtol=1e-5)
    np.testing.assert_allclose(again.prior, posterior.prior, rtol=1e-6)
    assert again.history == posterior.history
    assert again.cite() == posterior.cite() != ()
    assert again.participants(4, 2)[1].inhibition == pytest.approx(
        posterior.participants(4, 2)[1].inhibition, rel=1e-5
    )


def test_a_folder_without_a_posterior_is_refused(tmp_path):
    with pytest.raises(rs.ReadError, match="holds no posterior"):
        rs.inference.open_posterior(tmp_path)
    (tmp_path / "posterior.toml").write_text("name = 3")
    (tmp_path / "samples.parquet").write_bytes(b"nothing")
    with pytest.raises(rs.ReadError, match="can't be read as a table"):
        rs.inference.open_posterior(tmp_path)


def test_the_change_is_that_of_neuromodulation(pair):
    change = rs.infer_change(*pair, rs.InferSettings(samples=1000), seed=1)
    table = change.to_table().set_index("parameter")
    assert tuple(table.index) == (*CHANGES, "net_amplification_change")
    assert change.rose_pct("neuromodulation_change") < 15
    assert (
        table.loc["neuromodulation_change", "q05"]
        < -0.06
        < table.loc["neuromodulation_change", "q95"]
    )
    assert change.rose_pct("net_amplification_change") < 10
    assert "et amplification" in change.answer and "neuromodulation" in change.answer.lower()
    back = rs.infer_change(pair[1], pair[0], rs.InferSettings(samples=1000), seed=1)
    assert back.rose_pct("neuromodulation_change") > 85


def test_two_muscles_or_two_tasks_are_no_change(pair):
    other = rs.Participant(edition=1, muscle="SOL", n_units=16)
    soleus = rs.simulate(other, rs.Ramp(rise_s=4, fall_s=4), seed=1)
    with pytest.raises(rs.DataError, match="give two recordings of one muscle"):
        rs.infer_change(pair[0], soleus)
    change = rs.infer_change(pair[0], soleus, rs.InferSettings(muscle="TA"))
    assert any("rise of the second" in words for words in change.warnings)


def test_two_recordings_that_are_no_pair_are_warned_of(pair):
    settings = rs.InferSettings(samples=200)

    def said(before, after):
        return " ".join(rs.infer_change(before, after, settings).warnings)

    assert "Both recordings are the same" in said(pair[0], pair[0])
    assert "second recording has no torque" in said(pair[0], replace(pair[1], signals={}))
    torque = pair[0].torque
    newtons = replace(pair[0], signals={"torque": replace(torque, unit="Nm")})
    assert "The peak in % MVC is unknown for the first recording" in said(newtons, pair[1])
    other = replace(pair[1], participant="somebody")
    assert "two persons (participant and somebody)" in said(pair[0], other)


def test_the_page_of_a_change_says_probabilities_and_its_own_prior(pair):
    page = report_text(rs.infer_change(*pair, rs.InferSettings(samples=200)))
    assert "Probability that neuromodulation fell" in page
    assert "small changes were thought likely" in page and "equally likely" not in page
    assert "simulated pairs of recordings" in page and "Net amplification is" in page


def test_what_is_inferred_begins_with_the_edition_that_it_rests_on(pair, posterior):
    change = rs.infer_change(*pair, rs.InferSettings(samples=200))
    for each in (posterior, change):
        assert str(each).startswith(ON_THE_FIRST_EDITION)
        assert each.finding.sentence.startswith(ON_THE_FIRST_EDITION)
        assert report_text(each).split('<p class="headline">')[1].startswith(ON_THE_FIRST_EDITION)
        assert ON_THE_FIRST_EDITION in each._repr_html_()


def test_the_history_is_a_program(posterior):
    assert (
        "rs.infer(recording, rs.InferSettings(samples=1000), seed=1)"
        in posterior.history.as_python()
    )
    assert any("sbi" in paper for paper in posterior.cite())


def test_weights_are_plain_arrays_and_say_how_they_were_made():
    trained = shipped()
    assert {"version", "model", "seed", "recordings", "settings"} <= set(trained.made)
    assert json.dumps(trained.made)


def test_a_file_that_holds_no_networks_is_refused(tmp_path):
    path = tmp_path / "weights.npz"
    path.write_bytes(b"PK nothing")
    with pytest.raises(rs.DataError, match="no file of trained networks"):
        open_trained(path)
    np.savez(path, made=np.array(json.dumps({"format": 99})))
    with pytest.raises(rs.DataError, match="another version"):
        open_trained(path)


def test_pictures(posterior, pair):
    from renshaw.reports.figures.calibration import calibration_picture
    from renshaw.reports.figures.posterior import posterior_correlation, state_map, unlike_gauge

    drawn = [rs.plot(posterior), posterior_correlation(posterior), state_map(posterior)]
    drawn += [unlike_gauge(posterior), calibration_picture(posterior.calibration)]
    assert all(figure.axes for figure in drawn)
    assert rs.plot(rs.infer_change(*pair, rs.InferSettings(samples=200))).axes


def test_the_command_line(pair, tmp_path, capsys):
    first, second = (each.save(tmp_path / f"{each.name}.h5") for each in pair)
    assert main(["infer", str(first), "-o", str(tmp_path / "one"), "-q", "--samples", "300"]) == 0
    said = capsys.readouterr().out
    assert said.startswith(ON_THE_FIRST_EDITION) and "Neuromodulation" in said
    assert (tmp_path / "one" / "samples.parquet").exists()
    words = ["infer", str(first), "--after", str(second), "-o", str(tmp_path / "two"), "-q"]
    assert main([*words, "--samples", "300"]) == 0
    assert capsys.readouterr().out.startswith(ON_THE_FIRST_EDITION)
    assert (tmp_path / "two" / "change.csv").exists()
    assert (tmp_path / "two" / "after" / "posterior.csv").exists()
    page = (tmp_path / "two" / "report.html").read_text(encoding="utf-8")
    assert "what changed" in page and "http" not in page.split("<body")[0].replace("http-equiv", "")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["infer", "nowhere.mat", "-o", "x"], "no such file. Give the path of a recording"),
        (["infer", "no/where.mat", "-o", "x"], "no folder no either"),
        (["infer", "{file}", "-o", "x", "--seed", "-1"], "seed = -1"),
        (["infer", "{file}", "-o", "held"], "other results, whose report.html would be lost"),
        (["infer", "train", "-o", "x", "--workers", "0"], "workers = 0: at least one"),
        (["infer", "train", "-o", "x", "--seed", "-1"], "seed = -1"),
        (["infer", "train", "-o", "x", "--state.hidden", "0"], "one or more layers"),
        (["infer", "{file}", "-o", "x", "--muscle", "VL"], "one of TA"),
        (["infer", "{file}", "-o", "x", "--peak-pct-mvc", "400"], "400"),
    ],
)
def test_misuse_is_a_sentence(words, says, pair, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = pair[0].save(tmp_path / "rec.h5")
    (tmp_path / "held").mkdir()
    (tmp_path / "held" / "report.html").write_text("mine")
    assert main([word.format(file=path) for word in words]) in (1, 2)
    told = capsys.readouterr().err
    assert told.startswith("renshaw: ") and says in told and "Traceback" not in told
