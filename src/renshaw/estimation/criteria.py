"""The criteria of the paired-motor-unit method: which pairs fail, and why, in words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from renshaw.estimation.pairs import BoolArray, Pairs
from renshaw.estimation.settings import DeltaFSettings


@dataclass(frozen=True)
class Criterion:
    """One rule that a pair must pass.

    Parameters
    ----------
    name : str
    failed : callable
        Which pairs fail; a figure that can't be computed fails.
    words : callable
        Why one pair fails, with the number.
    """

    name: str
    failed: Callable[[Pairs, DeltaFSettings], BoolArray]
    words: Callable[[Pairs, int, DeltaFSettings], str]


@dataclass(frozen=True, eq=False)
class Verdict:
    """What the criteria say of every pair.

    Parameters
    ----------
    pairs : Pairs
    settings : DeltaFSettings
    failed : mapping of str to array of bool
        Which pairs fail, by criterion.
    """

    pairs: Pairs
    settings: DeltaFSettings
    failed: dict[str, BoolArray]

    @property
    def accepted(self) -> BoolArray:
        """Which pairs pass every criterion."""
        return np.asarray(~np.logical_or.reduce(list(self.failed.values())))

    def reasons(self, pair: int) -> tuple[str, ...]:
        """Return every reason why a pair is rejected; empty for an accepted one."""
        if self.pairs.overlap_s[pair] <= 0:
            return ("the two units never fire together",)
        return tuple(
            self.words(criterion.name, pair)
            for criterion in CRITERIA
            if self.failed[criterion.name][pair]
        )

    def words(self, criterion: str, pair: int) -> str:
        """Return in words why a pair fails one criterion; empty where it passes."""
        if not self.failed[criterion][pair]:
            return ""
        return _WORDS[criterion](self.pairs, pair, self.settings)

    def remark(self, pair: int) -> str:
        """Return what to know of a pair besides; mostly nothing."""
        return "; ".join(filter(None, [self._underestimated(pair), self._interrupted(pair)]))

    def _interrupted(self, pair: int) -> str:
        return "" if self.failed["silences"][pair] else _silent_words(self.pairs, pair)

    def _underestimated(self, pair: int) -> str:
        lead_s = float(self.pairs.control_lead_s[pair])
        read = np.isfinite(self.pairs.delta_f_pps[pair])
        if read and lead_s < 0 and self.settings.control_ends_first == "last_discharge":
            return (
                f"the control unit stopped {-lead_s:.2f} s before the test unit: "
                "its rate at its last discharge is used, which underestimates"
            )
        return ""


def judge(pairs: Pairs, settings: DeltaFSettings) -> Verdict:
    """Ask every criterion of every pair."""
    failed = {criterion.name: criterion.failed(pairs, settings) for criterion in CRITERIA}
    return Verdict(pairs, settings, failed)


def _not(passed: BoolArray) -> BoolArray:
    # Written as "not passed" so that NaN, which passes nothing, fails.
    return np.asarray(~passed)


def _unread(pairs: Pairs, settings: DeltaFSettings) -> BoolArray:
    return _not(np.isfinite(pairs.delta_f_pps))


def _unread_words(pairs: Pairs, pair: int, settings: DeltaFSettings) -> str:
    off = "recruitment" if np.isnan(pairs.rate_on_pps[pair]) else "derecruitment"
    return f"the control unit has no rate at the test unit's {off}"


def _gap(pairs: Pairs, settings: DeltaFSettings) -> BoolArray:
    return _not(pairs.gap_s > settings.recruitment_gap_s)


def _gap_words(pairs: Pairs, pair: int, settings: DeltaFSettings) -> str:
    return (
        f"recruited only {pairs.gap_s[pair]:.2f} s after the control unit; "
        f"the rule asks for more than {settings.recruitment_gap_s:g} s"
    )


def _left_alone(pairs: Pairs, settings: DeltaFSettings) -> BoolArray:
    if settings.control_ends_first == "last_discharge":
        return np.zeros(len(pairs), dtype=bool)
    return pairs.control_ends_first


def _left_alone_words(pairs: Pairs, pair: int, settings: DeltaFSettings) -> str:
    return (
        f"the control unit stopped {-pairs.control_lead_s[pair]:.2f} s before the test unit; "
        "the rule asks that it stays active"
    )


def _interrupted(pairs: Pairs, settings: DeltaFSettings) -> BoolArray:
    if settings.silences == "remark":
        return np.zeros(len(pairs), dtype=bool)
    return np.asarray(np.maximum(pairs.silence_s, pairs.control_silence_s) > 0)


def _silent_words(pairs: Pairs, pair: int) -> str:
    """Return in words which unit falls silent and for how long; empty where both fire on."""
    parts = []
    if pairs.silence_s[pair] > 0:
        parts.append(
            f"the test unit pauses for {pairs.silence_s[pair]:.1f} s: "
            "ΔF spans more than one spell of firing"
        )
    if pairs.control_silence_s[pair] > 0:
        parts.append(
            f"the control unit pauses for {pairs.control_silence_s[pair]:.1f} s "
            "while the test unit fires"
        )
    return "; ".join(parts)


def _interrupted_words(pairs: Pairs, pair: int, settings: DeltaFSettings) -> str:
    return _silent_words(pairs, pair)


def _uncorrelated(pairs: Pairs, settings: DeltaFSettings) -> BoolArray:
    r = pairs.correlation
    # The square keeps the sign: units that go opposite ways don't share their drive.
    asked = r if settings.correlation_statistic == "r" else r * np.abs(r)
    return _not(asked > settings.correlation_min)


def _uncorrelated_words(pairs: Pairs, pair: int, settings: DeltaFSettings) -> str:
    r = pairs.correlation[pair]
    if np.isnan(r):
        return "the rate-rate correlation can't be computed: too short, or a rate that never varies"
    shown = f"r = {r:.2f}"
    if settings.correlation_statistic == "r2":
        shown += f", r² = {r**2:.2f}"
    statistic = "r" if settings.correlation_statistic == "r" else "r²"
    return (
        f"rate-rate correlation {shown}; "
        f"the rule asks for {statistic} above {settings.correlation_min:g}"
    )


def _unmodulated(pairs: Pairs, settings: DeltaFSettings) -> BoolArray:
    return _not(pairs.modulation_pps > settings.modulation_min_pps)


def _unmodulated_words(pairs: Pairs, pair: int, settings: DeltaFSettings) -> str:
    if np.isnan(pairs.modulation_pps[pair]):
        return "the control unit has no rate while the test unit fires"
    return (
        f"the control unit's rate changes by only {pairs.modulation_pps[pair]:.2f} pps while the "
        f"test unit fires; the rule asks for more than {settings.modulation_min_pps:g} pps"
    )


def _saturated(pairs: Pairs, settings: DeltaFSettings) -> BoolArray:
    if settings.saturation_margin_pps is None:
        return np.zeros(len(pairs), dtype=bool)
    return _not(pairs.modulation_pps - pairs.delta_f_pps > settings.saturation_margin_pps)


def _saturated_words(pairs: Pairs, pair: int, settings: DeltaFSettings) -> str:
    margin = pairs.modulation_pps[pair] - pairs.delta_f_pps[pair]
    return (
        f"ΔF lies within {margin:.2f} pps of all that the control unit's rate changes; "
        f"the rule asks for a margin of more than {settings.saturation_margin_pps:g} pps"
    )


def _doubtful(pairs: Pairs, settings: DeltaFSettings) -> BoolArray:
    return _not(pairs.confidence > settings.confidence_min)


def _doubtful_words(pairs: Pairs, pair: int, settings: DeltaFSettings) -> str:
    return (
        f"one of the two units is not trusted: the decomposition's confidence is "
        f"{pairs.confidence[pair]:.2f}; the rule asks for more than {settings.confidence_min:g}"
    )


def _brief(pairs: Pairs, settings: DeltaFSettings) -> BoolArray:
    return np.asarray((pairs.overlap_s <= 0) | (pairs.overlap_s < settings.overlap_min_s))


def _brief_words(pairs: Pairs, pair: int, settings: DeltaFSettings) -> str:
    return (
        f"both fire together for only {pairs.overlap_s[pair]:.2f} s; "
        f"the rule asks for {settings.overlap_min_s:g} s or more"
    )


CRITERIA: tuple[Criterion, ...] = (
    Criterion("readable", _unread, _unread_words),
    Criterion("recruitment_gap", _gap, _gap_words),
    Criterion("control_active", _left_alone, _left_alone_words),
    Criterion("overlap", _brief, _brief_words),
    Criterion("silences", _interrupted, _interrupted_words),
    Criterion("correlation", _uncorrelated, _uncorrelated_words),
    Criterion("modulation", _unmodulated, _unmodulated_words),
    Criterion("saturation", _saturated, _saturated_words),
    Criterion("confidence", _doubtful, _doubtful_words),
)
_WORDS = {criterion.name: criterion.words for criterion in CRITERIA}
