"""The data dictionary: what each table, column and quantity of a study folder means."""

from __future__ import annotations

from typing import NamedTuple


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
    Entry(_RECORDINGS, "decomposed", "", "whether its raw EMG was decomposed in this study"),
    Entry(_RECORDINGS, "motor_units", "", "motor units in the recording"),
    Entry(
        _RECORDINGS, "motor_units_doubtful", "", "how many of them are flagged as not to be trusted"
    ),
    Entry(_RECORDINGS, "channels_bad", "", "EMG channels that were found bad and left out"),
    Entry(_PARTICIPANTS, "arm", "", "arm of the study"),
    Entry(_PARTICIPANTS, "participant", "", "who"),
    Entry(_PARTICIPANTS, "muscle", "", "muscle that contracts"),
    Entry(_PARTICIPANTS, "n_units", "", "motoneurons simulated"),
    Entry(_PARTICIPANTS, "age_years", "years", "age"),
    Entry(_PARTICIPANTS, "sex", "", "sex"),
    Entry(_PARTICIPANTS, "condition", "", "condition of the cord"),
    Entry(_PARTICIPANTS, "severity", "", "severity of that condition, 0 to 1"),
    Entry(_PARTICIPANTS, "neuromodulation", "", "scale of the L-type conductance; 1 as published"),
    Entry(_PARTICIPANTS, "inhibition", "1e-5 S/cm2", "tonic inhibition, M_i"),
    Entry(_PARTICIPANTS, "ahp_scale", "", "duration of the afterhyperpolarization, relative"),
    Entry(_PARTICIPANTS, "afferents", "", "excitation by afferents, relative to usual"),
    Entry(_ESTIMATES, "recording", "", "key of recordings"),
    Entry(_ESTIMATES, "quantity", "", "what was measured; see table quantities"),
    Entry(_ESTIMATES, "unit", "", "motor unit, from 1 (test unit of a pair); empty: the recording"),
    Entry(_ESTIMATES, "control", "", "control unit of a pair, from 1; empty: none"),
    Entry(_ESTIMATES, "value", "see units", "the value; empty where it can't be computed"),
    Entry(_ESTIMATES, "units", "", "unit of the value"),
    Entry(_ESTIMATES, "ok", "", "whether the value passes the rules"),
    Entry(_ESTIMATES, "reason", "", "why not, in words; or a remark"),
    Entry(_MEANS, "arm", "", "arm of the study"),
    Entry(_MEANS, "protocol", "", "what was done"),
    Entry(_MEANS, "quantity", "", "what was measured; see table quantities"),
    Entry(_MEANS, "units", "", "unit of the value"),
    Entry(_MEANS, "participant", "", "who was recorded"),
    Entry(_MEANS, "condition", "", "what was given, or when"),
    Entry(_MEANS, "unit", "", "motor unit; with the recording's name where it was not tracked"),
    Entry(_MEANS, "value", "see units", "mean over analyzed trials of the values that are ok"),
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
    Entry(_DIFFERENCES, "percent", "%", "difference relative to the reference"),
    Entry("exclusions", "quantity", "", "what was measured; see table quantities"),
    Entry("exclusions", "reason", "", "why a value fails the rules; its numbers left out"),
    Entry("exclusions", "times", "", "how many values fail for it"),
    Entry("failures", "recording", "", "recording, or file, that gave no numbers"),
    Entry("failures", "arm", "", "arm of the study"),
    Entry("failures", "reason", "", "why, in words"),
)

QUANTITIES: tuple[Entry, ...] = tuple(
    Entry("quantities", name, unit, meaning)
    for name, unit, meaning in (
        ("delta_f_pair", "pps", "delta-F of a test unit by one control unit"),
        ("delta_f_pair_normalized", "ratio", "the same relative to what the control unit could do"),
        ("rate_rate_r", "", "correlation of the smoothed rates of a pair"),
        ("recruitment_gap", "s", "time from the control unit's recruitment to the test unit's"),
        ("control_modulation", "pps", "range of the control unit's rate while the test unit fires"),
        ("delta_f", "pps", "delta-F of a unit: mean over its accepted pairs"),
        ("delta_f_mean", "pps", "mean of delta-F over the units of a recording"),
        ("delta_f_yield", "%", "firing units with a delta-F"),
        ("n_units", "", "units that fire in a recording"),
        ("recruitment_time", "s", "time of the first discharge"),
        ("derecruitment_time", "s", "time of the last discharge"),
        ("recruitment_torque", "as torque", "torque at recruitment"),
        ("derecruitment_torque", "as torque", "torque at derecruitment"),
        ("torque_hysteresis", "as torque", "torque at recruitment minus at derecruitment"),
        ("recruitment_rate", "pps", "smoothed rate at recruitment"),
        ("peak_rate", "pps", "highest smoothed rate"),
        ("derecruitment_rate", "pps", "smoothed rate at derecruitment"),
        ("brace_height", "% rTri", "largest distance of the rate from its rising chord"),
        ("acceleration_slope", "pps per torque", "slope of the rate up to the brace height"),
        ("attenuation_slope", "pps per torque", "slope of the rate from there to the peak"),
        ("brace_angle", "deg", "angle between both"),
        ("self_sustained_duration", "s", "firing below the torque of recruitment"),
        ("cov_isi", "%", "coefficient of variation of interspike intervals"),
        ("torque_bout", "as torque", "torque during the first bout of stimulation"),
        ("torque_vib", "as torque", "torque during vibration, after the last bout"),
        ("torque_vib_increase", "as torque", "that, minus torque after the first bout"),
        ("torque_sust", "as torque", "torque after vibration has ended"),
        ("responder", "", "1 where torque goes on by itself after vibration, else 0"),
        ("emg_vib", "as EMG", "root mean square of EMG when torque_vib is read"),
        ("emg_sust", "as EMG", "root mean square of EMG when torque_sust is read"),
        ("spasm_duration", "s", "from the end of the input to the last discharge"),
        ("spasm_torque_integral", "torque s", "area below the torque of the spasm"),
        ("spasm_units", "", "units that fire on by themselves"),
        ("spasm_mean_rate", "pps", "their mean rate"),
        ("spasm_peak_rate", "pps", "their highest rate, on average"),
        ("spasm_stopped", "", "1 where a burst of inhibition ended the spasm, else 0"),
    )
)
