"""Pairs within a muscle, units that two grids see, and what is said of both."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from estimate_samples import ramp_torque, train, triangle

import renshaw as rs
from renshaw.data import pools
from renshaw.data.agreement import Agreement
from renshaw.data.grid import unplaced
from renshaw.data.pools import (
    once_each,
    pools_of,
    units_of_muscle,
    why_kept,
    with_copies_flagged,
)
from renshaw.data.suspicion import suspicions
from renshaw.estimation.multiverse import MultiverseSettings
from renshaw.estimation.quantities.delta_f import pair_construction


def six(muscles=(), grid=None, **beside) -> rs.Recording:
    """Return six units of one drive, recruited a second and a half apart."""
    trains = [train(triangle(20 - i, 7), 1.5 + 1.5 * i, 23.0 - i) for i in range(6)]
    quality = {} if grid is None else {"grid": np.array(grid, dtype=float)}
    units = rs.MotorUnits(
        tuple(trains),
        (0.0, 24.0),
        labels=("1.1", "1.2", "1.3", "2.1", "2.2", "2.3"),
        fs_hz=2048.0,
        quality=quality,
        muscles=muscles,
    )
    return rs.Recording(units, {"torque": ramp_torque()}, name="six", **beside)


TWO = ("TA", "TA", "TA", "SOL", "SOL", "SOL")
GRIDS = (1, 1, 1, 2, 2, 2)


def pairs(recording, settings="renshaw"):
    rows = rs.estimate(recording, settings).rows
    return {(row.unit, row.control) for row in rows if row.quantity == "delta_f_pair"}


WITHIN = {(2, 1), (3, 1), (3, 2), (5, 4), (6, 4), (6, 5)}


@pytest.mark.parametrize("rules", ["renshaw", "openhdemg"])
def test_units_of_two_muscles_make_no_pair(rules):
    assert len(pairs(six(), rules)) == 15
    assert pairs(six(TWO), rules) == WITHIN
    assert pairs(six(("TA ", "ta", "Ta", "SOL", "sol", "SOL")), rules) == WITHIN


def test_a_unit_of_no_known_muscle_gauges_none_of_a_known_one():
    assert pairs(six(("TA", "TA", "TA", "", "", ""))) == WITHIN


def test_the_muscle_of_a_grid_is_that_of_its_units():
    grids = (unplaced("one", range(4)).over("TA"), unplaced("two", range(4, 8)).over("SOL"))
    assert pairs(six(grid=GRIDS, grids=grids)) == WITHIN
    same = tuple(grid.over("TA") for grid in grids)
    assert len(pairs(six(grid=GRIDS, grids=same))) == 15


def test_the_mean_says_that_it_is_over_two_muscles_and_what_each_has():
    estimates = rs.estimate(six(TWO))
    mean = estimates.select("delta_f_mean").rows[0]
    assert mean.ok and mean.reasons.codes == ("several_muscles",)
    of = {row.unit: row.value for row in estimates.select("delta_f", ok=True).rows}
    assert f"TA: mean ΔF {np.mean([of[2], of[3]]):.2f} pps (2 test units)" in mean.reason
    assert f"SOL: mean ΔF {np.mean([of[5], of[6]]):.2f} pps (2 test units)" in mean.reason


def test_the_only_unit_of_a_muscle_has_no_delta_f_and_says_why():
    estimates = rs.estimate(six(("TA",) * 5 + ("SOL",)))
    assert estimates.select("delta_f", unit=6).rows[0].reasons.codes == ("only_unit",)


def test_the_multiverse_and_one_pair_keep_to_a_muscle():
    few = MultiverseSettings(
        smoothers=("svr",),
        recruitments=("second",),
        recruitment_gaps_s=(0.0,),
        correlations_min=(0.0,),
        correlation_statistics=("r",),
        modulations_min_pps=(0.0,),
        control_ends_first=("last_discharge",),
    )
    assert rs.multiverse(six(), few).universes[0].n_pairs == 15
    assert rs.multiverse(six(TWO), few).universes[0].n_pairs == 6
    with pytest.raises(rs.DataError, match=r"2.1 \(SOL\) and 1.1 \(TA\) are of two muscles"):
        pair_construction(six(TWO), 4, 1)


def test_grids_of_muscles_that_nobody_named_are_paired_and_it_is_said():
    estimates = rs.estimate(six(grid=GRIDS))
    assert len(pairs(six(grid=GRIDS))) == 15
    assert estimates.select("delta_f_mean").rows[0].reasons.codes == ("muscles_unnamed",)
    assert rs.estimate(six(grid=(1,) * 6)).select("delta_f_mean").rows[0].reasons == ()
    apart = (unplaced("a", range(4)).over("TA"), unplaced("b", range(4, 8)).over("SOL"))
    unsaid = rs.estimate(six(grids=apart)).select("delta_f_mean").rows[0]
    assert unsaid.reasons.codes == ("muscles_unassigned",)


def seen_twice(muscles=("TA",) * 7) -> rs.Recording:
    """Return six units, and the third once more as the second grid sees it: 8 ms later, worse."""
    whole = six()
    chance = np.random.default_rng(1)
    again = whole.units[2] + 0.008 + chance.uniform(-0.0004, 0.0004, len(whole.units[2]))
    again = again[chance.random(len(again)) < 0.9]
    units = rs.MotorUnits(
        (*whole.units.times_s, again),
        (0.0, 24.0),
        labels=(*whole.units.labels, "2.4"),
        fs_hz=2048.0,
        quality={"grid": np.array([*GRIDS, 2], dtype=float)},
        muscles=muscles,
    )
    return replace(whole, units=units)


def test_a_unit_that_two_grids_see_counts_once():
    twice = seen_twice()
    assert pools_of(twice).copies == {6: 2}
    estimates, once = rs.estimate(twice), rs.estimate(six(("TA",) * 6))
    for quantity in ("delta_f_mean", "n_units", "delta_f_yield"):
        assert estimates.values(quantity) == pytest.approx(once.values(quantity))
    assert pairs(twice) == pairs(six())
    copies = [row for row in estimates.rows if row.unit == 7]
    assert copies and not any(row.ok for row in copies)
    assert {row.reasons.codes[0] for row in copies} == {"copy_of_unit"}
    assert "copies_left_out" in estimates.select("delta_f_mean").rows[0].reasons.codes
    with pytest.raises(rs.DataError, match=r"2.4 is the same unit as 1.3"):
        pair_construction(twice, 7, 1)


def test_the_better_one_of_two_stays():
    twice = seen_twice()
    sure = {**twice.units.quality, "silhouette": np.array([0.9, 0.9, 0.86, 0.9, 0.9, 0.9, 0.95])}
    better = replace(twice, units=replace(twice.units, quality=sure))
    assert pools_of(better).copies == {2: 6}


def test_units_of_two_muscles_are_not_merged():
    assert not pools_of(seen_twice((*TWO, "SOL"))).copies


@pytest.mark.parametrize("shift_s", [-0.013, 0.0, 0.008, 0.013, 0.045])
def test_a_shifted_copy_within_a_grid_is_one_and_its_delay_is_told(shift_s):
    whole = six()
    units = rs.MotorUnits((*whole.units.times_s, whole.units[2] + shift_s), (0.0, 24.5), fs_hz=2048)
    twice = rs.Recording(units, whole.signals)
    assert pools_of(twice).copies == {6: 2}
    (said,) = (each for each in suspicions(twice) if each.code == "copied_units")
    way = "later" if shift_s > 0 else "earlier"
    told = f"7 is 3, {abs(1e3 * shift_s):.0f} ms {way}" if shift_s else "7 is 3."
    assert told in str(said)


def test_trains_that_go_like_clockwork_are_no_shifted_copies():
    at_s = np.arange(1.0, 20.0, 0.1)
    assert not pools_of(rs.Recording(rs.MotorUnits((at_s, at_s + 0.03), (0.0, 24.0)))).copies


def test_a_copy_is_flagged_once_however_often_the_file_is_saved(tmp_path):
    flagged = with_copies_flagged(seen_twice())
    assert flagged.units.flags[6] == "the same unit as 1.3, which another grid sees better"
    assert not any(flagged.units.flags[:6])
    flagged.save(tmp_path / "twice.h5")
    assert rs.read(tmp_path / "twice.h5").units.flags == flagged.units.flags


def test_units_of_one_muscle_alone():
    mine = units_of_muscle(seen_twice((*TWO, "sol")), "SOL")
    assert mine.units.labels == ("2.1", "2.2", "2.3", "2.4") and mine.muscle == "SOL"
    assert once_each(seen_twice()).units.labels == six().units.labels


def test_labels_stand_beside_the_numbers():
    rows = rs.estimate(six(TWO)).rows
    pair = next(row for row in rows if (row.unit, row.control) == (6, 4))
    assert (pair.label, pair.control_label) == ("2.3", "2.1")
    unit = next(row for row in rows if row.unit == 4 and not row.control)
    assert (unit.label, unit.control_label) == ("2.1", "")
    assert all(row.label == "" for row in rows if row.unit == 0)


def _many(rng: np.random.Generator, count: int) -> rs.MotorUnits:
    """Return units of many rates, of which some are copies: shifted, thinned or rounded."""
    trains: list[np.ndarray] = []
    for _ in range(count):
        if trains and rng.random() < 0.3:
            copy = trains[rng.integers(len(trains))] + rng.choice([0.0, 0.004, 0.03, 0.2])
            copy = copy[rng.random(len(copy)) < rng.choice([0.45, 0.7, 0.9, 1.0])]
            trains.append(np.sort(copy + rng.normal(0, rng.choice([0, 4e-4, 1e-3]), len(copy))))
        else:
            steps = rng.normal(rng.uniform(0.06, 0.2), rng.choice([0, 0.02]), rng.integers(2, 60))
            trains.append(rng.uniform(0, 5) + np.cumsum(np.maximum(steps, 0.01)))
    return rs.MotorUnits(tuple(np.unique(t) for t in trains), (-1.0, 30.0), fs_hz=2000.0)


@pytest.mark.parametrize("seed", range(8))
def test_copies_are_those_that_every_pair_by_itself_shows(seed, monkeypatch):
    rng = np.random.default_rng(seed)
    units = _many(rng, 90)
    of = rng.integers(0, 2, 90).astype(np.intp)
    found = pools._found_repeats(units, of)
    assert found
    # Without the look at all of them in one go, every earlier unit is compared.
    monkeypatch.setattr(pools.Gathered, "may_agree", _every)
    assert pools._found_repeats(units, of) == found


def _every(self: pools.Gathered, train: np.ndarray, least: np.ndarray) -> list[int]:
    there = np.concatenate([owner for _, owner in self._parts]) if self._parts else []
    return np.flatnonzero(np.isfinite(least) & np.isin(np.arange(len(least)), there)).tolist()


@pytest.mark.parametrize("seed", range(8))
def test_what_two_grids_see_is_what_every_pair_by_itself_shows(seed, monkeypatch):
    rng = np.random.default_rng(seed)
    units = _many(rng, 60)
    quality = {"grid": rng.integers(1, 4, 60), "pnr_db": rng.uniform(20, 40, 60)}
    recording = rs.Recording(replace(units, quality=quality))
    found = pools_of(recording).copies
    assert any(why_kept(recording, *pair) == pools.OTHER_GRID for pair in found.items())
    pools._KNOWN.clear()
    monkeypatch.setattr(pools.Gathered, "may_agree", _every)
    assert pools_of(recording).copies == found


@pytest.mark.parametrize("grids", [1, 2])
def test_the_search_grows_no_faster_than_the_units(grids, monkeypatch):
    # Units beside each other without end: soon not all of them are compared with all others.
    monkeypatch.setattr(pools, "_FREE_WORK", 2000)
    monkeypatch.setattr(pools, "_WORK_EACH", 20)
    done: list[int] = []
    real, add, compared = pools.Gathered._differences, pools.Gathered.add, pools.agreement

    def _differences(self: pools.Gathered, train: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        found = real(self, train)
        done[-1] += len(found[0])
        return found

    def _add(self: pools.Gathered, number: int, train: np.ndarray) -> None:
        add(self, number, train)
        done[-1] += len(self._parts[-1][0])

    def _agreement(first: np.ndarray, second: np.ndarray, *rules: int) -> Agreement:
        done[-1] += len(first) + len(second)
        return compared(first, second, *rules)

    monkeypatch.setattr(pools.Gathered, "_differences", _differences)
    monkeypatch.setattr(pools.Gathered, "add", _add)
    monkeypatch.setattr(pools, "agreement", _agreement)
    short = []
    for n in (200, 400, 800):
        rng = np.random.default_rng(n)
        trains = [rng.uniform(0, 1) + np.cumsum(rng.normal(0.1, 0.02, 20)) for _ in range(n)]
        # The last of them is the first once more, later; nothing but its intervals shows it.
        trains[-1] = trains[0] + 0.005
        grid = {"grid": 1 + np.arange(n) % grids}
        done.append(0)
        found = pools_of(rs.Recording(rs.MotorUnits(tuple(trains), (-1.0, 9.0), quality=grid)))
        assert found.copies == {n - 1: 0}
        short.append(found.unsearched)
    assert all(n > 0 for n in short)
    assert done[1] < 2.3 * done[0] and done[2] < 2.3 * done[1]


def test_who_was_not_compared_with_all_is_said(monkeypatch):
    monkeypatch.setattr(pools, "_FREE_WORK", 2000)
    monkeypatch.setattr(pools, "_WORK_EACH", 5)
    rng = np.random.default_rng(0)
    trains = tuple(rng.uniform(0, 1) + np.cumsum(rng.normal(0.1, 0.02, 20)) for _ in range(150))
    found = suspicions(rs.Recording(rs.MotorUnits(trains, (0.0, 9.0))))
    (said,) = [each for each in found if each.code == "copies_unsearched"]
    assert "units fire beside too many others to be compared with all of them" in str(said)


def test_few_of_many_units_are_compared_one_by_one(monkeypatch):
    rng = np.random.default_rng(1)
    trains = tuple(rng.uniform(0, 5) + np.cumsum(rng.normal(0.1, 0.02, 120)) for _ in range(60))
    compared = []
    real = pools.agreement
    monkeypatch.setattr(pools, "agreement", lambda *a: compared.append(1) or real(*a))
    pools._found_repeats(rs.MotorUnits(trains, (0.0, 30.0)), np.zeros(60, dtype=np.intp))
    assert len(compared) < 60


def test_trains_too_dense_to_be_units_are_compared_with_none():
    # Every discharge of one lies near all of the other: there would be billions of differences.
    dense = np.linspace(0, 1, 200_000)
    units = rs.MotorUnits((dense, dense + 1e-7), (0.0, 2.0), fs_hz=1e6)
    assert pools._found_repeats(units, np.zeros(2, dtype=np.intp)) == {}
