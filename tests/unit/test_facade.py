import json
import subprocess
import sys

import pytest

import renshaw as rs


@pytest.mark.parametrize("name", rs.__all__)
def test_every_name_of_the_facade_loads(name):
    assert getattr(rs, name) is not None


def test_verbs_stay_verbs_when_their_rooms_are_imported():

    assert all(
        callable(verb)
        for verb in (
            rs.estimate,
            rs.compare,
            rs.report,
            rs.simulate,
            rs.read,
            rs.decompose,
            rs.infer,
        )
    )


def test_unknown_names_are_attribute_errors():
    with pytest.raises(AttributeError, match="renshaw has no 'simulat'"):
        rs.simulat  # noqa: B018


def test_import_is_light():
    code = "import sys, json, renshaw; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    loaded = set(json.loads(done.stdout))
    assert not loaded & {"scipy", "pandas", "numba", "matplotlib", "sklearn", "h5py", "jinja2"}
