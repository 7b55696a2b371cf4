import ast
import importlib
import json
import pickle
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import renshaw as rs
from renshaw.core import doors

DOORS = ["renshaw", *(f"renshaw.{name}" for name in doors.namespaces())]
EVERY = [(door, name) for door in DOORS for name in importlib.import_module(door).__all__]


def fresh(code):
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize(("door", "name"), EVERY, ids=lambda part: part)
def test_every_public_name_loads(door, name):
    assert getattr(importlib.import_module(door), name) is not None


@pytest.mark.parametrize("door", DOORS)
def test_a_door_says_what_it_holds(door):
    module = importlib.import_module(door)
    assert module.__doc__
    assert len(set(module.__all__)) == len(module.__all__)
    imported = doors._homes(door)
    if imported:  # A lazy door; the names of others are Python's own business.
        assert {*imported, "__version__"} == {*module.__all__, "__version__"}
        assert dir(module) == sorted(module.__all__)


@pytest.mark.parametrize("door", DOORS)
def test_no_module_takes_the_place_of_a_name_that_is_loaded_later(door):
    path = getattr(importlib.import_module(door), "__path__", [])
    modules = {module.name for module in pkgutil.iter_modules(path)}
    later = {name for name, (home, _) in doors._homes(door).items() if home != door}
    assert not modules & later


def test_the_front_door_is_small():
    verbs_and_nouns = set(rs.__all__) - set(doors.namespaces())
    assert len(verbs_and_nouns) <= 65


@pytest.mark.parametrize(("name", "hint"), [
    ("simulat", r"renshaw has no 'simulat'\. Did you mean 'simulate'\?"),
    ("mixed_model", r"renshaw has no 'mixed_model'\. It is now rs\.stats\.mixed_model\."),
    ("Baclofen", r"It is now rs\.interventions\.Baclofen\."),
    ("TrackSettings", r"It is now rs\.emg\.UnitTrackingSettings\."),
    ("wholly_unknown", r"renshaw has no 'wholly_unknown'\.$"),
    ("__wrapped__", r"renshaw has no '__wrapped__'\.$"),
])  # fmt: skip
def test_a_name_that_is_not_there_says_where_it_is(name, hint):
    with pytest.raises(AttributeError, match=hint):
        getattr(rs, name)


def test_a_namespace_suggests_names_too():
    with pytest.raises(AttributeError, match=r"renshaw\.stats has no 'mixed'\. Did you mean"):
        rs.stats.mixed  # noqa: B018


@pytest.mark.parametrize(("settings", "code"), [
    (rs.Ramp(), "rs.Ramp()"),
    (rs.interventions.Baclofen(), "rs.interventions.Baclofen()"),
    (rs.experiment.NightSettings(), "rs.experiment.NightSettings()"),
    (rs.emg.UnitTrackingSettings(), "rs.emg.UnitTrackingSettings()"),
])  # fmt: skip
def test_settings_are_written_as_a_program_would_find_them(settings, code):
    assert settings.as_python() == code
    assert eval(code, {"rs": rs}) == settings


def settings_classes(base):
    for kind in base.__subclasses__():
        if kind.__module__.startswith("renshaw.") and not kind.__name__.startswith("_"):
            yield kind
        yield from settings_classes(kind)


def test_every_class_of_settings_is_public():
    """What history prints can be run: `as_python` names only what a program can reach."""
    from renshaw.core.settings import Settings

    for module in pkgutil.walk_packages(rs.__path__, "renshaw."):
        if not module.name.startswith(
            ("renshaw.app", "renshaw.cli", "renshaw.inference.train_flow")
        ):
            importlib.import_module(module.name)
    # What is registered is found by its name, so that a new one needs no line in a door.
    named = [*rs.kinds.INTERVENTIONS.values(), *rs.kinds.PROTOCOLS.values()]
    assert all(eval(kind().as_python(), {"rs": rs}) == kind() for kind in named)
    hidden = []
    for kind in settings_classes(Settings):
        try:
            found = eval(doors.public_name(kind), {"rs": rs})
        except AttributeError:
            found = None
        if found is not kind and kind not in named:
            hidden.append(f"{kind.__module__}.{kind.__name__}")
    assert not hidden


def test_import_is_light():
    loaded = set(json.loads(fresh("import sys, json, renshaw; print(json.dumps([*sys.modules]))")))
    heavy = {"scipy", "pandas", "numba", "matplotlib", "sklearn", "h5py", "jinja2", "numpy"}
    assert not loaded & heavy


ROOMS = sorted(
    module.name
    for module in pkgutil.iter_modules(rs.__path__)
    if module.name not in ("app", "cli", *doors.namespaces())
)
VERBS = ("estimate", "simulate", "infer", "optimize", "decompose", "report", "compare", "plan",
         "track", "night", "effort", "read", "write", "plot")  # fmt: skip
FIRST = {
    "rooms": ROOMS,
    "rooms backwards": ROOMS[::-1],
    "the modules of verbs": ["estimation.estimate", "experiment.night", "reports.report"],
    "nothing": [],
}


@pytest.mark.parametrize("first", FIRST)
def test_verbs_are_plain_functions_whatever_was_imported_before(first):
    imports = "".join(f"import renshaw.{name}\n" for name in FIRST[first])
    fresh(
        f"{imports}import pickle, types, renshaw as rs\n"
        f"for name in {VERBS}:\n"
        "    verb = getattr(rs, name)\n"
        "    assert callable(verb) and not isinstance(verb, types.ModuleType), name\n"
        "    assert pickle.loads(pickle.dumps(verb)) is verb, name\n"
    )


def test_a_verb_is_mapped_over_processes():
    fresh(
        "from concurrent.futures import ProcessPoolExecutor\n"
        "import multiprocessing, numpy as np\n"
        "import renshaw.estimation.estimate\n"
        "import renshaw as rs\n"
        "if __name__ == '__main__':\n"
        "    units = rs.MotorUnits((np.arange(0, 5, 0.1), np.arange(1, 4, 0.11)), (0.0, 5.0))\n"
        "    recordings = [rs.Recording(units=units, name=name) for name in 'ab']\n"
        "    context = multiprocessing.get_context('forkserver')\n"
        "    with ProcessPoolExecutor(2, mp_context=context) as pool:\n"
        "        found = list(pool.map(rs.estimate, recordings))\n"
        "    assert [type(each).__name__ for each in found] == ['Estimates'] * 2\n"
    )


def test_public_values_are_pickled_by_their_names():
    for value in (rs.Ramp(), rs.interventions.Baclofen(), rs.experiment.TorqueTrackingSettings()):
        assert pickle.loads(pickle.dumps(value)) == value


def test_the_table_of_namespaces_is_whole():
    source = Path(rs.__file__).read_text(encoding="utf-8")
    told = ast.get_docstring(ast.parse(source))
    assert [name for name in doors.namespaces() if f"`rs.{name}`" not in told] == []
