import numpy as np
import pandas as pd
import pytest

import renshaw as rs
from renshaw.model.ageing import STRENGTH_LEFT, UNITS_LEFT, share_left
from renshaw.reports.figures.ageing import AGES_years, ageing
from renshaw.reports.figures.nerve_stimulation import nerve_stimulation
from renshaw.reports.figures.what_calms import what_calms


def lines_of(axes):
    return [np.column_stack(line.get_data()) for line in axes.lines if len(line.get_xdata()) > 3]


def test_ageing_shows_each_muscle_as_the_model_has_it():
    course = pd.DataFrame(
        [(m, a, 4.0 - a / 40) for m in ("TA", "SOL", "GM") for a in (80.0, 25.0, 40.0, 60.0)],
        columns=["muscle", "age_years", "delta_f"],
    )
    units, strength, delta_f = ageing(course).axes
    for axes, table in ((units, UNITS_LEFT), (strength, STRENGTH_LEFT)):
        drawn = lines_of(axes)
        assert len(drawn) == 3
        wanted = [100 * share_left(table, m, 70.0) for m in ("TA", "SOL", "GM")]
        at_70 = [line[AGES_years == 70.0, 1][0] for line in drawn]
        np.testing.assert_allclose(at_70, wanted)
    drawn = lines_of(delta_f)
    assert len(drawn) == 3
    assert all(np.all(np.diff(line[:, 0]) > 0) for line in drawn)
    # "30 % by 70" is true of none of these muscles.
    assert all(share_left(STRENGTH_LEFT, m, 70.0) > 0.7 for m in STRENGTH_LEFT)


def test_ageing_without_a_simulation_shows_what_was_measured():
    *_, delta_f = ageing().axes
    assert not lines_of(delta_f)
    assert len(delta_f.containers) == 2


@pytest.mark.parametrize("intensity", [0.5, 1.0, 1.6])
def test_nerve_stimulation_shows_the_antagonist_where_it_twitches(intensity):
    train = rs.NerveStimulation(intensity_xmt=intensity, off_s=1.0, stop_s=5.0)
    figure = nerve_stimulation(train)
    assert len(figure.axes) == (4 if intensity > 1 else 3)
    _, course, frequency, *_ = figure.axes
    assert (course.lines[0].get_ydata().max() > 0) == (intensity > 0.6)
    without, depressed = (line.get_ydata() for line in frequency.lines)
    assert np.all(depressed <= without + 1e-9)


def test_what_calms_has_a_row_an_intervention():
    names = ["nothing", "relaxation", "baclofen $x$"]
    effects = pd.DataFrame({"name": names, "fitted": [True, True, False]})
    numbers = ("delta_f_change", "delta_f_change_se", "complete_s", "incomplete_s")
    for column in (*numbers, "mvc_change_pct"):
        effects[column] = [0.0, 0.4, 1.0]
    figure = what_calms(effects)
    assert len(figure.axes) == 4
    assert [t.get_text() for t in figure.axes[0].get_yticklabels()][:2] == names[:2]
    figure.canvas.draw()
