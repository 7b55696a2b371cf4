import dataclasses
from dataclasses import dataclass

import pytest

import renshaw as rs
from renshaw.core.settings import Settings, setting


@dataclass(frozen=True, kw_only=True)
class Inner(Settings):
    window_s: float = setting(1.0, "length of the window", unit="s", gt=0)


@dataclass(frozen=True, kw_only=True)
class Outer(Settings):
    count: int = setting(3, "how many", ge=1, le=9)
    method: str = setting("svr", "which smoother", choices=("svr", "hann"))
    margin: float | None = setting(None, "margin, none for no margin", ge=0)
    inner: Inner = setting(Inner, "what is inside")


def test_settings_are_immutable():
    with pytest.raises(dataclasses.FrozenInstanceError):
        Outer().count = 4


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"count": 0}, r"Outer.count = 0: must be from 1 to 9 \(how many\)"),
        ({"count": 2.5}, "must be a whole number"),
        ({"count": True}, "must be a whole number"),
        ({"method": "hamn"}, "Did you mean 'hann'"),
        ({"method": 3}, "must be a str"),
        ({"margin": "wide"}, "must be a number"),
        ({"margin": float("nan")}, "must be a finite number"),
    ],
)
def test_impossible_values_are_refused_by_name_and_reason(values, words):
    with pytest.raises(rs.SettingsError, match=words):
        Outer(**values)


def test_unknown_settings_get_a_suggestion():
    with pytest.raises(rs.SettingsError, match="no setting 'cuont'. Did you mean 'count'"):
        Outer().replace(cuont=4)
    with pytest.raises(rs.SettingsError, match="inner.windw_s"):
        Outer.from_mapping({"inner": {"windw_s": 1}})


def test_plain_values_make_the_same_settings_again():
    settings = Outer(count=5, margin=0.25, inner=Inner(window_s=2))
    assert Outer.from_mapping(settings.to_mapping()) == settings
    assert Outer.from_mapping({}) == Outer()


def test_as_python_names_only_what_differs_from_the_default():
    assert Outer().as_python() == "rs.Outer()"
    code = Outer(count=5, inner=Inner(window_s=2)).as_python()
    assert code == "rs.Outer(count=5, inner=rs.Inner(window_s=2.0))"


def test_a_default_that_may_change_is_named_all_the_same():
    @dataclass(frozen=True, kw_only=True)
    class Aging(Settings):
        edition: int = setting(1, "which", named=True)
        count: int = setting(2, "how many")

    assert Aging().as_call() == "Aging(edition=1)"
    assert Aging(edition=2, count=3).as_call() == "Aging(edition=2, count=3)"

    @dataclass(frozen=True, kw_only=True)
    class Around(Settings):
        who: Aging = setting(Aging, "which one")

    assert Around().as_call() == "Around(who=rs.Aging(edition=1))"


def test_every_setting_describes_itself():
    info = {each.name: each for each in Outer.describe()}
    assert info["count"].allowed == "from 1 to 9"
    assert info["method"].allowed == "one of svr, hann"
    assert info["inner"].default == Inner()
    assert Inner.describe()[0].unit == "s"


def test_names_may_be_asked_for_as_late_as_they_are_needed():
    known = ["pear"]

    @dataclass(frozen=True, kw_only=True)
    class Basket(Settings):
        first: str = setting("pear", "what is eaten first", choices=lambda: known)
        rest: tuple[str, ...] = setting((), "what is eaten later", choices=lambda: known)

    with pytest.raises(rs.SettingsError, match="must be one of pear"):
        Basket(first="apple")
    with pytest.raises(rs.SettingsError, match=r"there is no 'apple'\. Known: pear"):
        Basket(rest=("apple",))
    with pytest.raises(rs.SettingsError, match="must be a list of names"):
        Basket(rest="pear")
    with pytest.raises(rs.SettingsError, match="'pear' is there twice"):
        Basket(rest=("pear", "pear"))
    known.append("apple")
    assert Basket(first="apple", rest=["apple", "pear"]).rest == ("apple", "pear")
    assert [info.allowed for info in Basket.describe()] == [
        "one of pear, apple",
        "any of pear, apple",
    ]


@dataclass(frozen=True, kw_only=True)
class Sized(Settings):
    kind: str = setting("small", "which", choices=("small", "large"))
    count: int = setting(None, "how many", ge=1, usual=lambda of: {"small": 2, "large": 9}[of.kind])


def test_a_default_may_depend_on_what_stands_before_it():
    assert (Sized().count, Sized(kind="large").count, Sized(kind="large", count=3).count) == (
        2,
        9,
        3,
    )
    assert Sized.describe()[1].default == 2
    assert Sized(kind="large").as_call() == "Sized(kind='large')"
    assert Sized(kind="large", count=2).as_call() == "Sized(kind='large', count=2)"
    with pytest.raises(rs.SettingsError, match=r"Sized.count = 0"):
        Sized(count=0)


def test_what_is_usual_changes_with_what_it_depends_on():
    assert Sized().replace(kind="large") == Sized(kind="large")
    assert Sized(count=3).replace(kind="large").count == 3
    assert Sized().replace(kind="large", count=2).count == 2
