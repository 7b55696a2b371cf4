"""The data dictionary: what each table, column and quantity of a study folder means."""

from __future__ import annotations

from typing import NamedTuple

from renshaw.estimation.quantity import QUANTITIES


class Entry(NamedTuple):
    """One column of a table, or one quantity."""

    table: str
    name: str
    unit: str
    meaning: str


_ESTIMATES = "estimates"
_RECORDINGS = "recordings"
_PARTICIPANTS = "participants"
_MEANS = "unit_means"
_DIFFERENCES = "differences"
_ARMS = "between_arms"

COLUMNS: tuple[Entry, ...] = (
    Entry(_RECORDINGS, "recording", "", "name of the recording; key of this table"),
    Entry(_RECORDINGS, "arm", "", "arm of the study"),
    Entry(_RECORDINGS, "participant", "", "who was recorded"),
    Entry(_RECORDINGS, "condition", "", "what was given, or when"),
    Entry(_RECORDINGS, "protocol", "", "what was done"),
    Entry(_RECORDINGS, "trial", "", "number of the trial, from 1"),
    Entry(_RECORDINGS, "visit", "", "visit or session, where the files tell"),
    Entry(_RECORDINGS, "analyzed", "", "whether the recording is compared; false: familiarization"),
    Entry(_RECORDINGS, "simulated", "", "whether the participant is virtual"),
    Entry(_RECORDINGS, "seed", "", "seed of the synaptic noise; 0 where nothing was simulated"),
    Entry(_RECORDINGS, "source", "", "file that was read; empty where simulated"),
    Entry(_RECORDINGS, "fingerprint", "", "hash of what was recorded"),
    Entry(_RECORDINGS, "notes", "", "what the reader of the file has to say"),
    Entry(_RECORDINGS, "suspected", "", "what of the recording is hardly true, and what cures it"),
    Entry(_RECORDINGS, "decomposed", "", "whether its raw EMG was decomposed in this study"),
    Entry(_RECORDINGS, "motor_units", "", "motor units in the recording"),
    Entry(
        _RECORDINGS, "motor_units_doubtful", "", "how many of them are flagged as not to be trusted"
    ),
    Entry(_RECORDINGS, "channels_bad", "", "EMG channels that were found bad and left out"),
    Entry(_PARTICIPANTS, "arm", "", "arm of the study"),
    Entry(_PARTICIPANTS, "participant", "", "who"),
    Entry(_PARTICIPANTS, "muscle", "", "muscle that contracts"),
    Entry(_PARTICIPANTS, "edition", "", "edition of the virtual person"),
    Entry(_PARTICIPANTS, "n_units", "", "motoneurons simulated"),
    Entry(_PARTICIPANTS, "age_years", "years", "age"),
    Entry(_PARTICIPANTS, "sex", "", "sex"),
    Entry(_PARTICIPANTS, "condition", "", "condition of the cord"),
    Entry(_PARTICIPANTS, "severity", "", "severity of that condition, 0 to 1"),
    Entry(
        _PARTICIPANTS,
        "neuromodulation",
        "",
        "1 is healthy (edition 1: 0.935)",
    ),
    Entry(_PARTICIPANTS, "inhibition", "1e-5 S/cm2", "tonic inhibition, M_i"),
    Entry(_PARTICIPANTS, "ahp_scale", "", "duration of the afterhyperpolarization, relative"),
    Entry(_PARTICIPANTS, "afferents", "", "excitation by afferents, relative to usual"),
    Entry(_ESTIMATES, "recording", "", "key of recordings"),
    Entry(_ESTIMATES, "quantity", "", "what was measured; see table quantities"),
    Entry(_ESTIMATES, "contraction", "", "contraction of the recording, from 1; empty: but one"),
    Entry(_ESTIMATES, "unit", "", "motor unit, from 1 (test unit of a pair); empty: the recording"),
    Entry(_ESTIMATES, "label", "", "what the file calls the motor unit, as 2.1"),
    Entry(_ESTIMATES, "control", "", "control unit of a pair, from 1; empty: none"),
    Entry(_ESTIMATES, "control_label", "", "what the file calls the control unit"),
    Entry(_ESTIMATES, "value", "see units", "the value; empty where it can't be computed"),
    Entry(_ESTIMATES, "bound", "", "exact; or it is at least, or at most, the value"),
    Entry(_ESTIMATES, "units", "", "unit of the value"),
    Entry(_ESTIMATES, "ok", "", "whether the value passes the rules"),
    Entry(_ESTIMATES, "reason", "", "why not, in words; or a remark"),
    Entry(_ESTIMATES, "reason_codes", "", "codes of the reasons, with spaces between"),
    Entry(_MEANS, "arm", "", "arm of the study"),
    Entry(_MEANS, "protocol", "", "what was done"),
    Entry(_MEANS, "quantity", "", "what was measured; see table quantities"),
    Entry(_MEANS, "units", "", "unit of the value"),
    Entry(_MEANS, "participant", "", "who was recorded"),
    Entry(_MEANS, "condition", "", "what was given, or when"),
    Entry(_MEANS, "unit", "", "motor unit; with the recording's name where it was not tracked"),
    Entry(_MEANS, "value", "see units", "mean over analyzed trials of the values that are ok"),
    Entry(_MEANS, "bound", "", "exact; or it is at least, or at most, the value; or unknown"),
    Entry(_MEANS, "trials", "", "values in that mean"),
    Entry(_DIFFERENCES, "arm", "", "arm of the study"),
    Entry(_DIFFERENCES, "protocol", "", "what was done"),
    Entry(_DIFFERENCES, "quantity", "", "what was measured; see table quantities"),
    Entry(_DIFFERENCES, "units", "", "unit of means, difference and interval"),
    Entry(_DIFFERENCES, "condition", "", "condition that is compared"),
    Entry(_DIFFERENCES, "reference", "", "condition that it is compared with"),
    Entry(_DIFFERENCES, "n", "", "participants with the quantity in both"),
    Entry(_DIFFERENCES, "mean_reference", "see units", "mean over participants in the reference"),
    Entry(_DIFFERENCES, "mean_condition", "see units", "mean over participants in the condition"),
    Entry(_DIFFERENCES, "difference", "see units", "mean of the participants' differences"),
    Entry(_DIFFERENCES, "ci_low", "see units", "lower end of its 95 % confidence interval"),
    Entry(_DIFFERENCES, "ci_high", "see units", "upper end of its 95 % confidence interval"),
    Entry(_DIFFERENCES, "p_value", "", "of a paired t-test over participants, not corrected"),
    Entry(_DIFFERENCES, "p_adjusted", "", "the same, corrected by Holm: the answer, all others"),
    Entry(_DIFFERENCES, "percent", "%", "difference relative to a reference well above 0"),
    Entry(_DIFFERENCES, "bound", "", "whether the difference is exact, at least, at most, unknown"),
    Entry(_DIFFERENCES, "bound_reference", "", "the same of the mean in the reference"),
    Entry(_DIFFERENCES, "bound_condition", "", "the same of the mean in the condition"),
    Entry(_DIFFERENCES, "n_bounds", "", "participants with a mean that is but a bound, or unknown"),
    Entry(_DIFFERENCES, "n_unseen", "", "participants with units left out as unseen: mean unknown"),
    Entry(_ARMS, "protocol", "", "what was done"),
    Entry(_ARMS, "quantity", "", "what was measured; see table quantities"),
    Entry(_ARMS, "units", "", "unit of changes, difference and interval"),
    Entry(_ARMS, "condition", "", "condition whose change is compared"),
    Entry(_ARMS, "reference", "", "condition from which it is a change"),
    Entry(_ARMS, "arm", "", "first arm"),
    Entry(_ARMS, "other_arm", "", "arm that is compared with it"),
    Entry(_ARMS, "n", "", "participants of the first arm"),
    Entry(_ARMS, "n_other", "", "participants of the other arm"),
    Entry(_ARMS, "change", "see units", "mean change in the first arm"),
    Entry(_ARMS, "change_other", "see units", "mean change in the other arm"),
    Entry(_ARMS, "difference", "see units", "change in the other arm minus that in the first"),
    Entry(_ARMS, "ci_low", "see units", "lower end of its 95 % confidence interval"),
    Entry(_ARMS, "ci_high", "see units", "upper end of its 95 % confidence interval"),
    Entry(_ARMS, "df", "", "degrees of freedom"),
    Entry(_ARMS, "p_value", "", "of Welch's t-test, or of a paired one, not corrected"),
    Entry(_ARMS, "same_people", "", "whether both arms are the same people: a paired test"),
    Entry(_ARMS, "p_adjusted", "", "the same, corrected by Holm: the answer, all others"),
    Entry("exclusions", "quantity", "", "what was measured; see table quantities"),
    Entry("exclusions", "reason", "", "why a value fails the rules; its numbers left out"),
    Entry("exclusions", "reason_codes", "", "codes of these reasons, with spaces between"),
    Entry("exclusions", "times", "", "how many values fail for it"),
    Entry("failures", "recording", "", "recording, or file, that gave no numbers"),
    Entry("failures", "arm", "", "arm of the study"),
    Entry("failures", "reason", "", "why, in words"),
)


def quantity_entries() -> tuple[Entry, ...]:
    """Return what every quantity means, those of other packages included."""
    return tuple(Entry("quantities", q.name, q.unit, q.meaning) for q in QUANTITIES.values())
