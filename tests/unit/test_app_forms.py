"""Forms say what the settings say, and nothing else."""

from __future__ import annotations

import pytest

pytest.importorskip("starlette", reason="needs the extra app")

from renshaw.app.forms import form_of, label_of, settings_from
from renshaw.core.errors import SettingsError
from renshaw.core.settings import Settings
from renshaw.estimation.multiverse import MultiverseSettings
from renshaw.estimation.settings import DeltaFSettings, EstimateSettings, RatesSettings
from renshaw.experiment.effort import EffortSettings
from renshaw.experiment.night import NightSettings
from renshaw.interventions import Relaxation
from renshaw.model.participant import Participant
from renshaw.protocols import NerveStimulation, Ramp, SpasmTest, VibStim

EVERY = [
    Participant(),
    EstimateSettings(),
    MultiverseSettings(),
    NightSettings(),
    EffortSettings(),
    Ramp(),
    SpasmTest(),
    VibStim(),
    NerveStimulation(),
]


def _sent(group: object) -> dict[str, object]:
    fields = {field.name: field.value for field in group.fields}  # type: ignore[attr-defined]
    for inner in group.groups:  # type: ignore[attr-defined]
        fields.update(_sent(inner))
    return fields


@pytest.mark.parametrize("settings", EVERY, ids=lambda each: type(each).__name__)
def test_a_form_sent_back_as_it_is_changes_nothing(settings: Settings) -> None:
    values = _sent(form_of(settings, name="a.b"))
    assert settings_from(settings, values, "a.b") == settings


@pytest.mark.parametrize("settings", EVERY, ids=lambda each: type(each).__name__)
def test_every_field_has_a_label_and_help(settings: Settings) -> None:
    def check(group: object) -> None:
        for field in group.fields:  # type: ignore[attr-defined]
            assert field.label[0].isupper() or not field.label[0].isalpha()
            assert field.help
            assert field.kind == "choice" or not field.choices
        for inner in group.groups:  # type: ignore[attr-defined]
            assert inner.title
            check(inner)

    check(form_of(settings))


def test_what_is_sent_is_put_into_nested_settings() -> None:
    found = settings_from(
        EstimateSettings(),
        {"e.delta_f.recruitment_gap_s": "0.5", "e.smoothing.method": "hann", "other": "1"},
        "e",
    )
    assert (found.delta_f.recruitment_gap_s, found.smoothing.method) == (0.5, "hann")


def test_an_empty_field_is_none_where_that_is_allowed() -> None:
    stimulation = NerveStimulation(stop_s=3.0)
    assert settings_from(stimulation, {"stop_s": " "}).stop_s is None
    with pytest.raises(SettingsError, match="Start"):
        settings_from(stimulation, {"start_s": ""})


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"age_years": "old"}, "Age: 'old' is not a number"),
        ({"age_years": "nan"}, "finite"),
        ({"age_years": [1]}, "not a number"),
        ({"n_units": "2.5"}, "not a whole number"),
        ({"n_units": "1e400"}, "not a whole number"),
        ({"sex": "<script>"}, "must be one of"),
        ({"severity": "2"}, "from 0 to 1"),
    ],
)
def test_an_impossible_value_is_refused_in_words(sent: dict[str, object], words: str) -> None:
    with pytest.raises(SettingsError, match=words):
        settings_from(Participant(), sent)


def test_labels_leave_the_unit_out() -> None:
    labels = {info.name: label_of(info) for info in Ramp.describe()}
    assert labels["peak_pct_mvc"] == "Peak"
    assert labels["rise_s"] == "Rise"
    person = {info.name: label_of(info) for info in Participant.describe()}
    assert (person["age_years"], person["n_units"]) == ("Age", "Number of units")
    assert {label_of(info) for info in EstimateSettings.describe()} >= {"ΔF", "Smoothing"}


def test_labels_and_sentences_read_as_a_person_writes() -> None:
    labels = {info.name: label_of(info) for info in DeltaFSettings.describe()}
    assert labels["correlation_min"] == "Correlation, at least"
    assert {label_of(info) for info in RatesSettings.describe()} >= {"CoV interval, at most"}
    (depth,) = form_of(Relaxation(), only=["depth"]).fields
    assert depth.help.startswith("Depth of relaxation, from 0")
    (normalization,) = form_of(DeltaFSettings(), only=["normalization"]).fields
    assert normalization.help.startswith("ctrl_max_desc: ")


def test_a_slider_covers_what_a_hand_needs() -> None:
    field = form_of(Participant(), only=["inhibition"]).fields[0].as_slider(0, 4, 0.1)
    assert (field.kind, field.minimum, field.maximum, field.step) == ("slider", "0", "4", "0.1")
