"""The shipped networks on simulated people whom training never saw.

`inference_kept_out.npz` holds summaries and true values of 200 recordings and 100 pairs of another
seed than that of training (docs/inference.md has all of them).
"""

from pathlib import Path

import numpy as np
import pytest

from renshaw.inference.calibration import calibrated
from renshaw.inference.summaries import NAMES as SUMMARY_NAMES
from renshaw.inference.targets import NAMES
from renshaw.inference.train import CHANGES
from renshaw.inference.trained import shipped


@pytest.fixture(scope="module")
def kept_out():
    with np.load(Path(__file__).parent / "inference_kept_out.npz", allow_pickle=False) as archive:
        found = {name: archive[name] for name in archive.files}
    assert tuple(found["names"]) == SUMMARY_NAMES, "make it anew: the summaries have changed"
    return found


@pytest.fixture(scope="module")
def state(kept_out):
    trained = shipped()
    inputs = trained.seen.inputs(kept_out["summaries"].astype(float), kept_out["muscle"])
    samples = [trained.state.sample(200, each, k) for k, each in enumerate(inputs)]
    return calibrated(
        NAMES,
        kept_out["targets"].astype(float),
        np.stack(samples),
        kept_out["muscle"],
        3,
        trained.state.prior().std(axis=0),
    )


def test_intervals_hold_what_they_say(state):
    # 200 recordings: four standard errors of a share of 0.9 are 0.085.
    assert np.all(np.abs(state.coverage[:, 2] - 0.9) < 0.085)
    assert np.all(np.abs(state.coverage[:, 0] - 0.5) < 0.145)


@pytest.mark.parametrize(
    ("name", "least"),
    [
        ("neuromodulation", 0.8),
        ("peak_drive", 0.75),
        ("drive_half_down_pct", 0.9),
        ("ahp_scale", 0.7),
    ],
)
def test_what_can_be_recovered_is(state, name, least):
    assert state.explained[NAMES.index(name), 0] > least


def test_what_cannot_be_recovered_is_left_as_wide_as_the_prior(state):
    shift = NAMES.index("pic_shift_mV")
    assert abs(state.narrowed[shift]) < 0.1


def test_familiar_recordings_are_not_called_strange(kept_out):
    familiar = shipped().familiar
    shares = [
        familiar.percentile(each.astype(float), int(k))
        for each, k in zip(kept_out["summaries"], kept_out["muscle"], strict=True)
    ]
    assert np.mean(np.array(shares) > 99) < 0.04
    assert 35 < np.median(shares) < 65


def test_changes_hold_what_they_say(kept_out):
    trained = shipped()
    before, after = (kept_out[name].astype(float) for name in ("before", "after"))
    inputs = trained.seen.change_inputs(before, after, kept_out["pair_muscle"])
    samples = np.stack([trained.change.sample(200, x, k) for k, x in enumerate(inputs)])
    prior_sd = trained.change.prior().std(axis=0)
    made = calibrated(
        CHANGES, kept_out["change"].astype(float), samples, kept_out["pair_muscle"], 3, prior_sd
    )
    assert np.all(np.abs(made.coverage[:, 2] - 0.9) < 0.12)
    assert made.explained[0, 0] > 0.5
