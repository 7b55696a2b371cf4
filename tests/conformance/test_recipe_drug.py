"""The recipe for a new drug: one file of another package, and everything knows it.

A package outside the source tree declares a drug by an entry point. Each check runs in a process of
its own, which has the package on its path or has it not.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

TOY = '''
from dataclasses import dataclass
from typing import ClassVar

from renshaw.core.settings import setting
from renshaw.interventions import Drug, Intervention


@dataclass(frozen=True, kw_only=True)
class ToyDrug(Intervention):
    """A drug that there is not."""

    name: ClassVar[str] = "toy-drug"
    title: ClassVar[str] = "Toy drug"
    mechanism: ClassVar[str] = "Less serotonin and noradrenaline reach the cord of a toy."
    source: ClassVar[str] = "toys"
    assumed: ClassVar[tuple[str, ...]] = ("That toys have cords is an assumption.",)
    drug: ClassVar[Drug | None] = Drug(
        dose="dose_mg",
        usual=10.0,
        maximum=40.0,
        source="the box of toys",
        taken="mg at bedtime",
        leaflet="Calms toys. It may make them sleepy.",
    )

    dose_mg: float = setting(10.0, "dose at bedtime", unit="mg", ge=0, le=80)

    def edit(self, participant, protocol):
        """Return the participant with less neuromodulation."""
        return participant.treated(monoamines=1.0 - 0.001 * self.dose_mg), protocol
'''
COMMAND = "import sys; from renshaw.cli.app import main; sys.exit(main(sys.argv[1:]))"


def install(
    folder: Path,
    points: str,
    *,
    package: str = "toys",
    group: str = "renshaw.interventions",
    **modules: str,
) -> Path:
    """Write a package as an installer leaves it: modules, and what they declare."""
    for name, text in modules.items():
        (folder / f"{name}.py").write_text(text)
    info = folder / f"{package}-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1\n")
    (info / "entry_points.txt").write_text(f"[{group}]\n{points}\n")
    return folder


@pytest.fixture(scope="module")
def toys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return install(tmp_path_factory.mktemp("toys"), "toy-drug = toybox:ToyDrug", toybox=TOY)


def python(code: str, *words: str | Path, path: Path | None) -> subprocess.CompletedProcess[str]:
    """Run Python with a package on its path, or without."""
    env = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    if path is not None:
        env["PYTHONPATH"] = str(path)
    arguments = [sys.executable, "-c", code, *map(str, words)]
    return subprocess.run(arguments, capture_output=True, text=True, env=env, check=False)


def renshaw(*words: str | Path, path: Path | None) -> str:
    done = python(COMMAND, *words, path=path)
    assert done.returncode == 0, done.stderr
    return done.stdout


def asked(code: str, *words: str | Path, path: Path | None) -> object:
    """Return what a program prints as JSON."""
    done = python(f"import json, sys\nimport renshaw as rs\n{code}", *words, path=path)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def recording(toys: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a recording that was made on the command line under the drug."""
    out = tmp_path_factory.mktemp("recording") / "toy.h5"
    short = ("--n-units", "4", "--rise-s", "1", "--fall-s", "1", "--quiet")
    renshaw("simulate", "ramp", "-o", out, "--given", "toy-drug:dose_mg=20", *short, path=toys)
    return out


@pytest.mark.parametrize("command", [("simulate", "ramp"), ("night",), ("effort",)])
def test_the_help_of_given_names_it(command: tuple[str, ...], toys: Path) -> None:
    text = re.sub(r"[\s│]+", "", renshaw(*command, "--help", path=toys))
    assert "toy-drug" in text
    assert "toy-drug" not in re.sub(r"[\s│]+", "", renshaw(*command, "--help", path=None))


def test_the_list_of_interventions_shows_its_facts(toys: Path) -> None:
    text = renshaw("interventions", path=toys)
    assert "toy-drug - assumption" in text
    assert "usually 10 mg at bedtime, at most 40 mg at bedtime (the box of toys)" in text
    assert "Calms toys" in text


def test_the_table_has_it_last(toys: Path) -> None:
    found = asked(
        "row = rs.interventions.interventions_table().iloc[-1]\nprint(json.dumps(dict(row)))",
        path=toys,
    )
    assert isinstance(found, dict)
    assert found["name"] == "toy-drug"
    assert found["settings"] == "dose_mg = 10 mg (from 0 to 80)"
    assert (found["usual_dose"], found["usual_maximum"]) == ("10 mg at bedtime", "40 mg at bedtime")


def test_the_page_has_its_knob(toys: Path) -> None:
    pytest.importorskip("starlette", reason="needs the extra app")
    found = asked(
        "from renshaw.app.explore.knobs import first_values, knobs, scene_of\n"
        "field = knobs().drugs['toy-drug'].fields[0]\n"
        "values = {**first_values(), 'drug': 'toy-drug', field.name: '25'}\n"
        "print(json.dumps([knobs().drug.options[-1], field.name, field.maximum, field.help,"
        " scene_of(values).given[0].dose_mg]))",
        path=toys,
    )
    assert found == [
        ["toy-drug", "Toy drug"],
        "drug.toy-drug.dose_mg",
        "40",
        "Dose at bedtime. Calms toys. It may make them sleepy.",
        25.0,
    ]


def test_the_forms_of_study_and_design_offer_it(toys: Path) -> None:
    pytest.importorskip("starlette", reason="needs the extra app")
    found = asked(
        "from renshaw.app.design.form import goal_form\n"
        "from renshaw.app.study.form import study_form\n"
        "print(json.dumps([goal_form().drugs[-1], study_form().choices[-1].title]))",
        path=toys,
    )
    assert found == ["toy-drug", "Toy drug"]


def test_the_search_for_a_therapy_tries_it(toys: Path) -> None:
    found = asked(
        "from renshaw.optimization.goal_file import goal_from_toml\n"
        "from renshaw.optimization.search import laid_out\n"
        "goal = goal_from_toml('[search]\\ndrugs = [\"toy-drug\"]\\n', 'goal.toml')\n"
        "tried = [each for each in laid_out(goal) if each.drug == 'toy-drug']\n"
        "strong = max(tried, key=lambda each: each.dose_pct)\n"
        "given = strong.given('moving', goal.test, goal.price)\n"
        "print(json.dumps([rs.Goal().search.drugs[-1], len(tried), strong.dose_pct,"
        " given[0].dose_mg, strong.words()]))",
        path=toys,
    )
    assert found == ["toy-drug", 9, 50.0, 20.0, "toy-drug 20 mg"]


def test_a_study_file_gives_it(toys: Path) -> None:
    text = (
        "[[conditions]]\nname = 'control'\n"
        "[[conditions]]\nname = 'toy'\ngiven = [{ kind = 'toy-drug', dose_mg = 5 }]\n"
        "[[conditions]]\nname = 'more'\ngiven = ['toy-drug:dose_mg=6']\n"
    )
    code = (
        "from renshaw.study.study_file import plan_from_toml\n"
        "plan = plan_from_toml(sys.argv[1], 'study.toml')\n"
        "again = plan_from_toml(rs.study.plan_to_toml(plan), 'again')\n"
        "print(json.dumps([again == plan,"
        " [c.given[0].dose_mg for c in again.arms[0].conditions[1:]]]))"
    )
    assert asked(code, text, path=toys) == [True, [5.0, 6.0]]
    done = python(f"import json, sys\nimport renshaw as rs\n{code}", text, path=None)
    assert "study.toml, line 5: " in done.stderr
    assert "there is no kind 'toy-drug'. Known: " in done.stderr


def test_the_docs_have_a_row_for_it(toys: Path) -> None:
    script = Path(__file__).parents[2] / "docs" / "make_tables.py"
    code = (
        "import importlib.util\n"
        "spec = importlib.util.spec_from_file_location('make_tables', sys.argv[1])\n"
        "pages = importlib.util.module_from_spec(spec)\n"
        "spec.loader.exec_module(pages)\n"
        "print(json.dumps([pages.interventions(), pages.drugs()]))"
    )
    found = asked(code, script, path=toys)
    assert isinstance(found, list)
    assert all("| `toy-drug` |" in table for table in found)
    assert "40 mg at bedtime | 80 | yes | the box of toys" in found[1]


def test_its_recording_is_made_again_by_what_it_says(recording: Path, toys: Path) -> None:
    found = asked(
        "made = rs.read(sys.argv[1])\n"
        "code = made.history.as_python()\n"
        "names = {}\n"
        "exec(code, names)\n"
        "print(json.dumps([code, names['recording'].fingerprint() == made.fingerprint()]))",
        recording,
        path=toys,
    )
    assert isinstance(found, list)
    assert "rs.interventions.intervention('toy-drug', dose_mg=20.0)" in found[0]
    assert found[1]


def test_without_the_package_its_recording_is_still_reported(
    recording: Path, tmp_path: Path
) -> None:
    renshaw("estimate", recording, "-o", tmp_path / "out", "--quiet", path=None)
    assert "toy-drug" in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")


def test_without_the_package_its_name_is_refused_in_one_sentence(tmp_path: Path) -> None:
    words = ("simulate", "ramp", "-o", tmp_path / "x.h5", "--given", "toy-drug")
    done = python(COMMAND, *words, path=None)
    assert done.returncode != 0
    assert done.stderr.count("\n") == 1
    assert "There is no intervention 'toy-drug'. Known: " in done.stderr


def test_a_package_that_fails_is_named_where_it_is_missed(tmp_path: Path) -> None:
    broken = install(tmp_path, "toy-drug = toybox:ToyDrug", toybox="raise OSError('no box')")
    words = ("simulate", "ramp", "-o", tmp_path / "x.h5", "--given", "toy-drug")
    done = python(COMMAND, *words, path=broken)
    assert done.returncode != 0
    assert "toy-drug = toybox:ToyDrug is left out: OSError: no box." in done.stderr
    assert "baclofen" in renshaw("interventions", path=broken)


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ('"toy-drug"', '"Toy-Drug"', "must be small letters and digits"),
        ('"toy-drug"', '"baclofen"', "there is another intervention of the name 'baclofen'"),
        ('dose="dose_mg"', 'dose="dose"', "ToyDrug.drug.dose = 'dose' is none of its settings"),
        (
            "maximum=40.0",
            "maximum=100.0",
            "ToyDrug.drug.maximum = 100 must be above 0 and at most 80",
        ),
        ("maximum=40.0", "maximum=5.0", "ToyDrug.drug.usual = 10 is above the usual maximum"),
        ("usual=10.0", "usual=0.0", "ToyDrug.drug.usual = 0 must be above 0"),
        ("ge=0, le=80", "ge=0", "dose_mg must be allowed from 0 up to a largest dose"),
        ("Calms toys. It may make them sleepy.", "", "ToyDrug.drug.leaflet must say something"),
        ('title: ClassVar[str] = "Toy drug"', "pass", "ToyDrug.title must say something"),
        (
            "dose_mg), protocol",
            "dose_mg), 0\n\n\nToyDrug = ToyDrug()",
            "is no class of interventions",
        ),
    ],
)
def test_a_drug_that_contradicts_itself_is_left_out(
    old: str, new: str, why: str, tmp_path: Path
) -> None:
    assert old in TOY
    odd = install(tmp_path, "toy-drug = toybox:ToyDrug", toybox=TOY.replace(old, new))
    found = asked(
        "import warnings\n"
        "warnings.simplefilter('ignore')\n"
        "kinds = rs.kinds.INTERVENTIONS\n"
        "print(json.dumps([list(kinds), [str(each) for each in kinds.skipped]]))",
        path=odd,
    )
    assert isinstance(found, list)
    assert "toy-drug" not in found[0] and found[0].count("baclofen") == 1
    assert why in found[1][0]


def test_of_two_packages_with_one_name_the_first_is_taken(toys: Path, tmp_path: Path) -> None:
    other = install(tmp_path, "toy-drug = other:ToyDrug", package="others", other=TOY)
    code = (
        "import warnings\n"
        "warnings.simplefilter('ignore')\n"
        "kinds = rs.kinds.INTERVENTIONS\n"
        "print(json.dumps([kinds['toy-drug'].__module__, [str(s) for s in kinds.skipped]]))"
    )
    found = asked(code, path=Path(f"{toys}{os.pathsep}{other}"))
    assert isinstance(found, list)
    assert found[0] == "other"
    assert found[1] == [
        "The plug-in toy-drug = toybox:ToyDrug is left out: there is another "
        "intervention of the name 'toy-drug'"
    ]


def test_without_a_maximum_it_is_given_but_not_searched(tmp_path: Path) -> None:
    toys = install(
        tmp_path, "toy-drug = toybox:ToyDrug", toybox=TOY.replace("maximum=40.0", "maximum=None")
    )
    found = asked(
        "from renshaw.app.explore.knobs import knobs\n"
        "print(json.dumps([rs.Goal().search.drugs,"
        " knobs().drugs['toy-drug'].fields[0].maximum,"
        " rs.interventions.intervention('toy-drug').dose_mg]))",
        path=toys,
    )
    assert found == [["baclofen", "tizanidine", "cyproheptadine"], "80", 10.0]


def test_one_that_fails_at_work_is_named(tmp_path: Path) -> None:
    raising = TOY.replace("return participant.treated", "raise KeyError('cord') or (participant")
    raising = raising.replace("self.dose_mg), protocol", "self.dose_mg), protocol)")
    toys = install(tmp_path, "toy-drug = toybox:ToyDrug", toybox=raising)
    words = ("simulate", "ramp", "-o", tmp_path / "x.h5", "--given", "toy-drug", "--n-units", "4")
    done = python(COMMAND, *words, path=toys)
    assert done.returncode != 0
    assert "The intervention toy-drug of the package toybox failed: KeyError: 'cord'" in done.stderr
    assert "fault in renshaw" not in done.stderr


def test_a_condition_of_another_package_is_one_of_a_participant(tmp_path: Path) -> None:
    condition = (
        "from dataclasses import replace\n"
        "from renshaw.model.conditions import CordCondition\n"
        "def toy(cord, severity):\n"
        "    return replace(cord, inhibition=cord.inhibition * (1 - severity))\n"
        "TOY = CordCondition('toyitis', 500, 'Toyitis', toy)\n"
    )
    toys = install(tmp_path, "toyitis = toybox:TOY", group="renshaw.conditions", toybox=condition)
    found = asked(
        "from renshaw.optimization.goal import goal_for\n"
        "who = rs.Participant(condition='toyitis', severity=1.0)\n"
        "print(json.dumps([who.cord.inhibition, goal_for('toyitis, mild').cohort.condition]))",
        path=toys,
    )
    assert found == [0.0, "toyitis"]
    assert "toyitis" in renshaw("simulate", "ramp", "--help", path=toys)


def test_a_protocol_of_another_package_is_simulated(tmp_path: Path) -> None:
    protocol = (
        "from dataclasses import dataclass\n"
        "from typing import ClassVar\n"
        "from renshaw.core.settings import Knob, setting\n"
        "from renshaw.protocols import Ramp\n"
        "@dataclass(frozen=True, kw_only=True)\n"
        "class ToyRamp(Ramp):\n"
        "    'A ramp of toys.'\n"
        "    name: ClassVar[str] = 'toy-ramp'\n"
        "    title: ClassVar[str] = 'Toy ramp'\n"
        "    rank: ClassVar[float] = 500\n"
        "    rise_s: float = setting(1.0, 'rise', unit='s', gt=0, le=9, knob=Knob(1, 5, 1))\n"
        "    fall_s: float = setting(1.0, 'fall', unit='s', gt=0, le=9)\n"
    )
    group = "renshaw.protocols"
    toys = install(tmp_path, "toy-ramp = toybox:ToyRamp", group=group, toybox=protocol)
    out = tmp_path / "toy.h5"
    renshaw("simulate", "toy-ramp", "-o", out, "--n-units", "4", "--rise-s", "2", "-q", path=toys)
    found = asked(
        "from renshaw.study.study_file import plan_from_toml\n"
        "made = rs.read(sys.argv[1])\n"
        "names = {}\n"
        "exec(made.history.as_python(), names)\n"
        "plan = plan_from_toml('[protocol]\\nkind = \"toy-ramp\"', 'study.toml')\n"
        "print(json.dumps([names['recording'].fingerprint() == made.fingerprint(),"
        " made.history.as_python().count(\"PROTOCOLS['toy-ramp'](rise_s=2.0)\"),"
        " plan.arms[0].protocols[0].title]))",
        out,
        path=toys,
    )
    assert found == [True, 1, "toy-ramp"]
    pytest.importorskip("starlette", reason="needs the extra app")
    page = asked(
        "from renshaw.app.explore.knobs import knobs\n"
        "print(json.dumps([knobs().protocol.options[-1],"
        " [field.name for field in knobs().protocols['toy-ramp'].fields]]))",
        path=toys,
    )
    assert page == [
        ["toy-ramp", "Toy ramp"],
        ["protocol.toy-ramp.peak_pct_mvc", "protocol.toy-ramp.rise_s"],
    ]
