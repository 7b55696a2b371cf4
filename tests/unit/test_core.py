import numpy as np
import pytest

import renshaw as rs
from renshaw.core.citations import CITATIONS
from renshaw.core.files import replacing
from renshaw.core.fingerprint import fingerprint
from renshaw.core.seeds import derived_seed, stream


def test_streams_are_named_and_repeatable():
    again = [stream(7, "participant", 3).standard_normal(4) for _ in range(2)]
    np.testing.assert_array_equal(*again)
    others = [stream(8, "participant", 3), stream(7, "participant", 4), stream(7, "noise", 3)]
    assert all(not np.allclose(again[0], other.standard_normal(4)) for other in others)


def test_a_number_and_its_text_name_different_streams():
    assert derived_seed(1, 5) != derived_seed(1, "5")


@pytest.mark.parametrize("seed", [-1, 2**63, 1.5, "7", True, None])
def test_impossible_seeds_are_refused(seed):
    with pytest.raises(rs.SettingsError, match="whole number"):
        stream(seed, "x")


def test_fingerprints_see_every_change():
    prints = {
        fingerprint(np.array([1.0, 2.0])),
        fingerprint(np.array([1.0, 2.0], dtype=np.float32)),
        fingerprint(np.array([[1.0, 2.0]])),
        fingerprint([1.0, 2.0]),
        fingerprint({"a": 1.0}),
        fingerprint({"a": 1}),
        fingerprint(None),
    }
    assert len(prints) == 7
    assert fingerprint({"a": 1, "b": 2}) == fingerprint({"b": 2, "a": 1})


def test_history_prints_a_program_and_cites():
    step = rs.results.Step("read", "recording = rs.read('a.mat')", cites=("gorassini2002",))
    history = rs.results.History().then(step).then(step)
    assert history.as_python().startswith("import renshaw as rs\n\nrecording = rs.read('a.mat')\n")
    assert history.citations() == (CITATIONS["gorassini2002"].text,)
    assert rs.results.Step.from_mapping(step.to_mapping()) == step


def test_an_unknown_citation_is_its_key():
    step = rs.results.Step("read", "recording = rs.read('a.mat')", cites=("li2004", "doe2031"))
    history = rs.results.History().then(step)
    assert history.citations() == (CITATIONS["li2004"].text, "doe2031")


def test_every_citation_has_a_doi():
    assert all("doi:10." in each.text for each in CITATIONS.values())


def test_a_failed_write_leaves_the_old_file(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("old")
    with pytest.raises(RuntimeError), replacing(path) as temporary:
        temporary.write_text("half")
        raise RuntimeError
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]
