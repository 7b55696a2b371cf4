"""Registers of kinds: order, names, plug-ins of other packages, and those that fail."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from renshaw.core.errors import DataError, SettingsError
from renshaw.core.kinds import PluginWarning, Register, RegisterByNoun


@dataclass(frozen=True)
class Fruit:
    name: str
    rank: float = 0


def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, **modules: str) -> None:
    package = tmp_path / name
    package.mkdir()
    (package / "__init__.py").write_text("")
    for module, text in modules.items():
        (package / f"{module}.py").write_text(text)
    monkeypatch.syspath_prepend(tmp_path)


def _plugin(tmp_path: Path, name: str, points: str) -> None:
    info = tmp_path / f"{name}-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1\n")
    (info / "entry_points.txt").write_text(points)


def test_kinds_come_in_order_of_their_ranks_whoever_adds_them_first(tmp_path, monkeypatch):
    _home(tmp_path, monkeypatch, "fruit_home")
    register: Register[Fruit] = Register("fruit", home="fruit_home", entry_points="test.none")
    for fruit in (Fruit("pear", 2), Fruit("fig", 1), Fruit("apple", 2)):
        register.add(fruit)
    assert list(register) == ["fig", "apple", "pear"]
    assert register["fig"].rank == 1


def test_an_unknown_name_is_refused_with_the_nearest(tmp_path, monkeypatch):
    _home(tmp_path, monkeypatch, "fruit_near")
    register: Register[Fruit] = Register("fruit", home="fruit_near", entry_points="test.none")
    register.add(Fruit("apple"))
    with pytest.raises(SettingsError, match=r"no fruit 'aple'\. Did you mean 'apple'\?"):
        register.named("aple")


def test_two_of_one_name_are_refused(tmp_path, monkeypatch):
    _home(tmp_path, monkeypatch, "fruit_twice")
    register: Register[Fruit] = Register("fruit", home="fruit_twice", entry_points="test.none")
    register.add(Fruit("apple"))
    with pytest.raises(ValueError, match="another fruit"):
        register.add(Fruit("apple", 3))


def test_a_kind_that_contradicts_itself_is_refused(tmp_path, monkeypatch):
    _home(tmp_path, monkeypatch, "fruit_checked")

    def ripe(fruit: Fruit) -> None:
        if fruit.rank < 0:
            raise ValueError(f"{fruit.name} is not ripe")

    register: Register[Fruit] = Register(
        "fruit", home="fruit_checked", entry_points="test.none", check=ripe
    )
    with pytest.raises(ValueError, match="fig is not ripe"):
        register.add(Fruit("fig", -1))
    assert register.add(Fruit("apple")) == Fruit("apple")
    assert list(register) == ["apple"]


def test_other_packages_add_theirs_and_one_that_fails_is_named_and_left_out(tmp_path, monkeypatch):
    _home(tmp_path, monkeypatch, "fruit_open")
    (tmp_path / "orchard.py").write_text(
        "from tests_fruit import Fruit\nPLUM = Fruit('plum', 5)\n"
        "MANY = [Fruit('fig'), Fruit('date')]\n"
    )
    sys.modules["tests_fruit"] = sys.modules[__name__]
    monkeypatch.delitem(sys.modules, "orchard", raising=False)
    _plugin(
        tmp_path,
        "orchard",
        "[test.fruit]\na = orchard:PLUM\nb = orchard:MANY\nc = orchard:NONE\nd = not_there:X\n",
    )
    register: Register[Fruit] = Register("fruit", home="fruit_open", entry_points="test.fruit")
    with pytest.warns(PluginWarning) as told:
        assert list(register) == ["date", "fig", "plum"]
    assert [skipped.plugin for skipped in register.skipped] == [
        "c = orchard:NONE",
        "d = not_there:X",
    ]
    assert [str(each.message) for each in told] == [
        "The plug-in c = orchard:NONE is left out: module 'orchard' has no attribute 'NONE'",
        "The plug-in d = not_there:X is left out: the module not_there, which it needs, is not "
        "installed",
    ]
    del sys.modules["tests_fruit"]


FAULTS = """
import sys
from tests_fruit import Fruit
BAD = {bad}
"""


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        ("[Fruit('fig'), 3]", "3 is no Fruit"),
        ("type('Fig', (), {'name': 'fig', 'rank': 1})", "is no Fruit"),
        ("Fruit('fig', float('nan'))", "the rank of 'fig' must be a finite number"),
        ("Fruit('fig', 'first')", "no rank"),
        ("Fruit('kiwi')", "there is another fruit of the name 'kiwi'"),
        ("sys.exit(3)", "it ends the program when it is loaded"),
        ("{}['a']", "KeyError: 'a'"),
        ("__import__('renshaw.none_such')", "another version of renshaw; this is"),
        ("int('a\\nb')", "invalid literal"),
    ],
)
def test_whatever_is_wrong_with_a_plugin_is_said_and_nothing_of_it_stays(
    tmp_path, monkeypatch, bad, why
):
    _home(tmp_path, monkeypatch, "fruit_sound")
    (tmp_path / "rotten.py").write_text(FAULTS.replace("{bad}", bad))
    monkeypatch.setitem(sys.modules, "tests_fruit", sys.modules[__name__])
    monkeypatch.delitem(sys.modules, "rotten", raising=False)
    _plugin(tmp_path, "rotten", "[test.sound]\na = rotten:BAD\n")
    register: Register[Fruit] = Register(
        "fruit", home="fruit_sound", entry_points="test.sound", made_of=Fruit
    )
    register.add(Fruit("kiwi"))
    with pytest.warns(PluginWarning, match=why) as told:
        assert list(register) == ["kiwi"]
    assert "\n" not in str(told[0].message)
    assert not register.plugin_of("fig") and not register.plugin_of("kiwi")


def test_built_in_kinds_are_found_by_the_files_of_their_home(tmp_path, monkeypatch):
    text = "from fruit_reg import REGISTER, Fruit\nREGISTER.add(Fruit('{}'))\n"
    _home(tmp_path, monkeypatch, "fruit_files", a=text.format("kiwi"), b=text.format("lime"))
    register: Register[Fruit] = Register("fruit", home="fruit_files", entry_points="test.none")
    holder = type(sys)("fruit_reg")
    holder.REGISTER, holder.Fruit = register, Fruit
    monkeypatch.setitem(sys.modules, "fruit_reg", holder)
    assert list(register) == ["kiwi", "lime"]


class Plum:
    pass


class SmallPlum(Plum):
    pass


class Stone:
    pass


@dataclass(frozen=True)
class Jam:
    of: type
    rank: float = 0

    @property
    def name(self) -> str:
        return self.of.__name__


def _jams(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: str) -> RegisterByNoun[Jam]:
    sys.modules["tests_fruit"] = sys.modules[__name__]
    register: RegisterByNoun[Jam] = RegisterByNoun("jam", home=home, entry_points="test.jam")
    monkeypatch.setattr(sys.modules[__name__], "JAMS", register, raising=False)
    _home(
        tmp_path,
        monkeypatch,
        home,
        plum="from tests_fruit import JAMS, Jam, Plum\nJAMS.add(Jam(Plum))",
        pear="raise RuntimeError('the room of another noun was loaded')",
    )
    return register


def test_what_belongs_to_a_noun_is_found_by_its_class_and_nothing_else_is_loaded(
    tmp_path, monkeypatch
):
    register = _jams(tmp_path, monkeypatch, "jam_home")
    assert register.of(Plum()).of is Plum
    assert register.of(SmallPlum()).of is Plum


def test_a_noun_of_another_package_is_found_by_its_entry_point(tmp_path, monkeypatch):
    register = _jams(tmp_path, monkeypatch, "jam_open")
    (tmp_path / "quarry.py").write_text(
        "from tests_fruit import Jam, Stone\nSTONE_JAM = Jam(Stone)\n"
    )
    monkeypatch.delitem(sys.modules, "quarry", raising=False)
    _plugin(tmp_path, "quarry", "[test.jam]\nStone = quarry:STONE_JAM\nOther = not_there:X\n")
    assert register.of(Stone()).of is Stone
    assert not register._skipped


def test_a_noun_without_one_is_told_which_nouns_have_one(tmp_path, monkeypatch):
    register = _jams(tmp_path, monkeypatch, "jam_none")
    (tmp_path / "jam_none" / "pear.py").unlink()
    with pytest.raises(DataError, match="There is no jam of a Stone. .*: Plum."):
        register.of(Stone())
