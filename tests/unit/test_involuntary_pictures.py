"""Pictures and pages of what happens without will."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.figure import Figure

import renshaw as rs
from renshaw.data.event_labels import PROVOCATION
from renshaw.experiment.night import Night
from renshaw.protocols import PROTOCOLS
from renshaw.reports.figures.night import nights
from renshaw.reports.figures.spasm import spasms
from renshaw.reports.figures.vibstim import vibstim_trial


@pytest.fixture(scope="module")
def trial() -> rs.Recording:
    return rs.simulate(rs.Participant(muscle="SOL", n_units=8), rs.VibStim(), seed=1)


@pytest.fixture(scope="module")
def spasm() -> rs.Recording:
    who = rs.Participant(n_units=8, condition="spinal-cord-injury", severity=0.75)
    return rs.simulate(who, rs.SpasmTest(watched_s=6.0, burst_strength=15.0), seed=1)


def words_of(figure: Figure) -> str:
    from matplotlib.text import Text

    figure.canvas.draw()
    return " ".join(text.get_text() for text in figure.findobj(Text))


@pytest.mark.parametrize("name", PROTOCOLS)
def test_every_protocol_has_a_picture_of_itself(name: str) -> None:
    words = words_of(rs.plot(PROTOCOLS[name]()))
    assert "Time (s)" in words


def test_a_protocols_picture_says_what_happens() -> None:
    words = words_of(rs.plot(rs.VibStim(vibration_hz=80.0, bouts=3)))
    assert "vibration at 80 Hz for 33 s" in words
    assert "3 bouts of stimulation" in words
    _, stimulated = rs.ReciprocalInhibition().edit(rs.Participant(), rs.Ramp())
    assert "nerve stimulation" in words_of(rs.plot(stimulated))


def test_what_has_no_picture_says_so() -> None:
    with pytest.raises(TypeError, match="no picture of a int"):
        rs.plot(3)


def test_vibstim_is_drawn_with_its_readings(trial: rs.Recording) -> None:
    words = words_of(vibstim_trial(trial))
    assert "T vib" in words
    assert "T sust" in words
    assert "% MVC" in words


def test_vibstim_without_torque_or_units_is_drawn(trial: rs.Recording) -> None:
    bare = rs.Recording(rs.MotorUnits((), (0.0, 43.0)), {}, trial.events)
    words = words_of(vibstim_trial(bare))
    assert "Torque was not recorded" in words
    assert "No motor unit" in words


def test_spasms_are_drawn_side_by_side(spasm: rs.Recording) -> None:
    words = words_of(spasms([spasm, spasm], ["before", "after"]))
    assert "before" in words
    assert "PIC (nA)" in words
    real = rs.Recording(spasm.units, {}, spasm.events)
    assert "PIC" not in words_of(spasms([real]))


def test_nights_are_drawn_one_above_the_other() -> None:
    night = rs.night(
        rs.Participant(condition="spinal-cord-injury", severity=0.6),
        settings=rs.experiment.NightSettings(hours=0.25, touches_per_hour=40.0, motoneurons=8),
        seed=2,
    )
    calm = Night(rs.experiment.NightSettings(hours=0.25), "calm", (), ())
    words = words_of(nights([night, calm]))
    assert "calm: no spasm (Penn 0)" in words
    assert "Hours in bed" in words
    assert isinstance(night.plot(), Figure)


def test_pages_say_what_happened(trial: rs.Recording, spasm: rs.Recording, tmp_path) -> None:
    page = rs.report(trial, tmp_path / "v.html").read_text(encoding="utf-8")
    assert "Involuntary torque is" in page
    assert "ΔF could not" not in page
    page = rs.report(spasm, tmp_path / "s.html").read_text(encoding="utf-8")
    assert "Firing outlasts the input by" in page
    units = rs.MotorUnits((np.array([1.2]),), (0.0, 9.0))
    quiet = rs.Recording(units, {}, (rs.Event(1.0, 0.5, PROVOCATION),))
    assert "by 0 s" in rs.report(quiet, tmp_path / "q.html").read_text(encoding="utf-8")
