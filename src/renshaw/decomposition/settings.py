"""Settings of the decomposition: the only home of their defaults, units, ranges and help."""

from __future__ import annotations

from dataclasses import dataclass

from renshaw.core.settings import Settings, setting

_NEGRO = "10.1088/1741-2560/13/2/026027"
_HOLOBAR_2007 = "10.1109/TSP.2007.896108"
_HOLOBAR_2014 = "10.1088/1741-2560/11/1/016008"
_HOLT = "10.1152/jn.1996.75.5.1806"

CONTRASTS = ("skew", "rectified", "logcosh", "kurtosis")


@dataclass(frozen=True, kw_only=True)
class TrustSettings(Settings):
    """What a unit must show to be called good; whatever fails is flagged with the reason."""

    silhouette_min: float = setting(
        0.87, "lowest silhouette of the source", ge=0, le=1, source=_NEGRO
    )
    pnr_min_db: float = setting(
        17.0, "lowest pulse-to-noise ratio of the source", unit="dB", ge=0, source=_HOLOBAR_2014
    )
    discharges_min: int = setting(20, "smallest number of discharges", ge=3)
    cov_max_pct: float = setting(
        50.0,
        "largest coefficient of variation of the interspike intervals (by their quartiles, so "
        "that a few missed discharges don't count), silences left out; only asked of units whose "
        "neighboring intervals also differ",
        unit="%",
        gt=0,
    )
    cv2_even_pct: float = setting(
        30.0,
        "CV2 of neighboring intervals (of the median, on the scale of the mean) up to which a unit "
        "counts as regular: its rate then changes smoothly, as on a ramp, and a high coefficient "
        "of variation is no fault",
        unit="%",
        ge=0,
        source=_HOLT,
    )
    cv2_max_pct: float = setting(
        45.0,
        "largest CV2 of neighboring intervals (of the median, on the scale of the mean)",
        unit="%",
        gt=0,
        source=_HOLT,
    )
    rate_min_pps: float = setting(2.0, "lowest plausible median discharge rate", unit="pps", gt=0)
    rate_max_pps: float = setting(60.0, "highest plausible median discharge rate", unit="pps", gt=0)
    doublets_max_pct: float = setting(
        10.0, "largest share of the intervals that may be doublets", unit="%", ge=0, le=100
    )
    doublet_s: float = setting(
        0.020, "an interval shorter than this is a doublet", unit="s", gt=0, le=0.1
    )
    silence_s: float = setting(1.0, "an interval longer than this is a silence", unit="s", gt=0)
    strays_max: int = setting(
        1,
        "up to this many discharges with a silence before and after are strays and left out; "
        "they would be mistaken for recruitment",
        ge=0,
        le=5,
    )
    silences_max_pct: float = setting(
        40.0,
        "largest share of the time from first to last discharge that may be silent while the "
        "other units of the muscle fire as when this one does; rests between contractions are none",
        unit="%",
        ge=0,
        le=100,
    )
    harder_max: float = setting(
        1.5,
        "how many times as much the other units of the muscle may fire, before a unit begins or "
        "after it stops, as they do when it begins or stops",
        gt=1,
        le=1000,
    )


@dataclass(frozen=True, kw_only=True)
class DecomposeSettings(Settings):
    """How motor units are found in raw high-density EMG (convolutive blind source separation)."""

    highpass_hz: float = setting(20.0, "lower cutoff of the band-pass filter", unit="Hz", gt=0)
    lowpass_hz: float = setting(
        700.0,
        "upper cutoff of the band-pass filter; a higher one separates units better, a lower "
        "one resists noise",
        unit="Hz",
        gt=0,
    )
    line_noise: bool = setting(
        True, "remove spectral lines that stand out, such as mains interference"
    )
    bad_channels: bool = setting(True, "leave out channels found to be bad")
    bad_stretches: bool = setting(
        True,
        "find stretches of time in which electrodes did not see the muscle (pops, pulled cables, "
        "saturation, bursts of mains), and leave them out or bridge them",
    )
    leave_out_s: tuple[float, ...] = setting(
        (), "stretches of time to leave out as well: start and end of each", unit="s"
    )
    stimuli: str = setting(
        "",
        "where stimuli are, whose artifacts are to be removed: auto (found in the EMG), or the "
        "name of a trigger signal or of events (empty: there are none, or stimuli_s tells)",
    )
    stimuli_s: tuple[float, ...] = setting((), "onset of each stimulus", unit="s")
    extension: int | None = setting(
        None,
        "delayed copies of each channel (empty: 1000 / channels, from 8 to 40)",
        ge=1,
        le=200,
        source=_NEGRO,
    )
    components_pct: float = setting(
        75.0,
        "share of the eigenvectors kept in whitening, the strongest first",
        unit="%",
        gt=0,
        le=100,
    )
    contrast: str = setting(
        "skew", "contrast of the fixed-point iterations", choices=CONTRASTS, source=_NEGRO
    )
    starts: int = setting(
        128, "starting points for the search of sources, in each round", ge=1, le=5000
    )
    rounds: int = setting(
        3, "largest number of rounds; each searches away from the units already found", ge=1, le=50
    )
    iterations: int = setting(8, "fixed-point iterations of each source", ge=1, le=500)
    iteration_samples: int = setting(
        40_000,
        "largest number of samples used in the fixed-point iterations, evenly spread",
        ge=1000,
    )
    refinements: int = setting(
        8,
        "largest number of times that a unit's filter is re-estimated from its discharges",
        ge=1,
        le=100,
        source=_HOLOBAR_2007,
    )
    peel_off: bool = setting(True, "remove the units already found before the next round")
    follow: bool = setting(
        True,
        "let filters follow units whose action potentials change because the muscle moves, where "
        "that makes their discharges stand out more",
    )
    refractory_s: float = setting(
        0.010, "shortest time between two discharges of a unit", unit="s", gt=0, le=0.1
    )
    agreement_max: float = setting(
        0.3, "rate of agreement from which two units are taken to be the same", gt=0, le=1
    )
    agreement_s: float = setting(
        0.001, "discharges closer than this are the same", unit="s", gt=0, le=0.01
    )
    keep_sources: bool = setting(True, "keep the sources, as a signal")
    trust: TrustSettings = setting(
        TrustSettings, "quality that a unit must reach to be called good"
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.lowpass_hz <= self.highpass_hz:
            why = f"must lie above highpass_hz = {self.highpass_hz:g} Hz."
            raise self.refusal("lowpass_hz", why)
        starts, ends = self.leave_out_s[::2], self.leave_out_s[1::2]
        if len(starts) != len(ends) or any(b <= a for a, b in zip(starts, ends, strict=False)):
            why = "must be a start and a later end of each stretch: 3.2 3.5 8 9."
            raise self.refusal("leave_out_s", why)
