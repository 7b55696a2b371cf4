"""Training simulations: kept whole, found again, never mixed; and what is made of them."""

import numpy as np
import pytest

import renshaw as rs
from renshaw.inference import store as stores
from renshaw.inference import targets
from renshaw.inference.dataset import summarized
from renshaw.inference.prior import draw_case
from renshaw.inference.store import Store, fill, simulate_chunk
from renshaw.inference.summaries import NAMES
from renshaw.inference.train import train

SEED = 11


@pytest.fixture(scope="module")
def chunk():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stores, "PAIRS_PER_CHUNK", 2)
        return simulate_chunk(1, SEED)


@pytest.fixture
def store(chunk, tmp_path):
    made = Store(tmp_path / "store", SEED)
    stores._keep(made, 1, {name: value for name, value in chunk.items() if name != "program"})
    return made


def test_a_chunk_comes_back_as_it_was_simulated(store, chunk):
    assert store.finished() == [1]
    pairs = store.pairs(1)
    assert [pair.case for pair in pairs] == [draw_case(2, SEED), draw_case(3, SEED)]
    assert sum(len(t) for p in pairs for d in (p.before, p.after) for t in d.spikes_s) == len(
        chunk["discharges_s"]
    )


def test_people_of_the_store_follow_their_targets(store):
    for pair in store.pairs(1):
        for done in (pair.before, pair.after):
            times_s = np.arange(len(done.torque_pct_mvc)) / 50
            error = done.torque_pct_mvc - pair.case.ramp.effort_pct_mvc(times_s)
            assert np.sqrt(np.mean(error**2)) < 0.2 * pair.case.ramp.peak_pct_mvc


def test_true_values_are_those_of_the_case(store):
    known = summarized(store.pairs(1), SEED)
    assert known.summaries.shape == (2, 2, len(NAMES))
    true = dict(zip(targets.NAMES, known.targets[0].T, strict=True))
    case = draw_case(2, SEED)
    assert true["inhibition"][0] == pytest.approx(case.participant.inhibition)
    change = true["neuromodulation"][1] - true["neuromodulation"][0]
    assert change == pytest.approx(case.neuromodulation_change)
    assert 0 < true["drive_half_up_pct"][0] < 100
    assert np.isfinite(known.summaries).any(axis=2).all()


def test_the_same_view_is_the_same_and_another_is_another(store):
    pairs = store.pairs(1)
    one, again, other = (summarized(pairs, seed).summaries for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, again)
    assert not np.array_equal(one, other, equal_nan=True)


def test_what_is_there_is_not_simulated_again(tmp_path, monkeypatch):
    store = Store(tmp_path, SEED)
    np.savez(store.chunk(0), kept=1.0)
    kept = store.chunk(0).read_bytes()
    monkeypatch.setattr(stores, "spawned", lambda workers: pytest.fail("nothing was missing"))
    monkeypatch.setattr(stores, "_in_processes", lambda store, missing, workers: iter(missing))
    fill(store, stores.PAIRS_PER_CHUNK)
    assert store.chunk(0).read_bytes() == kept


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut off", bytes(5000)])
def test_a_chunk_that_is_empty_or_cut_is_simulated_again(tmp_path, monkeypatch, content):
    store = Store(tmp_path, SEED)
    store.chunk(0).write_bytes(content)
    np.savez(store.chunk(1), whole=1.0)
    assert store.finished() == [1]
    wanted = []
    monkeypatch.setattr(
        stores, "_in_processes", lambda store, missing, workers: wanted.extend(missing) or iter(())
    )
    fill(store, 2 * stores.PAIRS_PER_CHUNK)
    assert wanted == [0]


@pytest.mark.parametrize("content", [b"", b"\n", bytes(40)])
def test_a_note_that_a_crash_emptied_does_not_block_the_folder(tmp_path, content):
    np.savez(Store(tmp_path, SEED).chunk(0), whose=1.0)
    (tmp_path / "made.txt").write_bytes(content)
    store = Store(tmp_path, SEED)
    # Whose they were nobody knows: not taken for its own, and not thrown away.
    assert store.finished() == []
    assert (tmp_path / "chunk_00000.unknown").is_file()
    with pytest.raises(rs.SettingsError, match="two programs would be mixed"):
        Store(tmp_path, SEED + 1)


def test_simulations_of_two_seeds_are_never_mixed(tmp_path):
    Store(tmp_path, SEED)
    with pytest.raises(rs.SettingsError, match="two programs would be mixed"):
        Store(tmp_path, SEED + 1)


def test_a_broken_chunk_is_named(tmp_path):
    store = Store(tmp_path, SEED)
    for bytes_ in (b"PK nothing", b"PK\x03\x04 cut off"):
        store.chunk(0).write_bytes(bytes_)
        with pytest.raises(rs.DataError, match="chunk_00000.*made again"):
            store.pairs(0)
    np.savez(store.chunk(0), other=1.0)
    with pytest.raises(rs.DataError, match="chunk_00000"):
        store.pairs(0)


def test_a_copy_of_another_chunk_is_named(store):
    store.chunk(7).write_bytes(store.chunk(1).read_bytes())
    with pytest.raises(rs.DataError, match=r"chunk_00007.npz holds another chunk"):
        store.pairs(7)


def test_training_without_sbi_is_refused_before_anything_is_simulated(tmp_path, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(rs.SettingsError, match=r"renshaw\[infer\]"):
        train(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_cluster_simulates_what_processes_do(tmp_path, monkeypatch):
    distributed = pytest.importorskip("distributed", reason="needs the extra dask")
    monkeypatch.setattr(stores, "PAIRS_PER_CHUNK", 1)
    store = Store(tmp_path, SEED)
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, processes=False, dashboard_address=None
    ) as cluster:
        fill(store, 1, scheduler=cluster.scheduler_address)
    expected = simulate_chunk(0, SEED)
    with np.load(store.chunk(0)) as kept:
        np.testing.assert_array_equal(kept["discharges_s"], expected["discharges_s"])
        np.testing.assert_array_equal(kept["drive"], expected["drive"])
