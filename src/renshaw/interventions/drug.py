"""`Drug`: what there is to know about a drug besides what it does to the cord.

The usual maximum is what labels allow, and a dose in % of it compares drugs. The range of the
setting is another thing: up to where the curve of the effect may be asked, beyond what is usual as
well, since such doses are given under supervision and in trials.
"""

from __future__ import annotations

from dataclasses import dataclass

from renshaw.core.settings import SettingInfo, Settings


@dataclass(frozen=True, kw_only=True)
class Drug:
    """The facts of a drug.

    Parameters
    ----------
    dose : str
        Which setting of the intervention is the dose.
    usual : float
        Usual dose, in the unit of that setting.
    maximum : float, optional
        Usual maximum, in that unit; none where no source states one. A drug without it can be
        given, but is not tried in the search for a therapy, where doses are in % of it.
    source : str
        Where usual dose and usual maximum are stated.
    taken : str
        How it is taken, after the number: ``"mg a day"``.
    leaflet : str
        What it is for and what to watch for, in words of a patient leaflet.
    against_spasms : bool
        Whether it is given against spasms, so that the search for a therapy tries it.
    tried : bool
        Whether a search may come upon it by itself: not where the size of its effect on motoneurons
        is unknown, nor what is injected.
    """

    dose: str
    usual: float
    maximum: float | None
    source: str
    taken: str
    leaflet: str
    against_spasms: bool = True
    tried: bool = True

    @property
    def sought(self) -> bool:
        """Whether the search for a therapy tries it."""
        return self.against_spasms and self.tried and self.maximum is not None

    def words(self, dose: float) -> str:
        """Return a dose for a person to read: ``"60 mg a day"``.

        Parameters
        ----------
        dose : float
            In the unit of the intervention's setting.
        """
        return f"{dose:.0f} {self.taken}" if dose >= 1000 else f"{dose:.3g} {self.taken}"

    def setting(self, kind: type[Settings]) -> SettingInfo:
        """Return the setting of the intervention that is the dose.

        Parameters
        ----------
        kind : type
            The class of the intervention.
        """
        return next(info for info in kind.describe() if info.name == self.dose)

    def refuse_contradiction(self, kind: type[Settings]) -> None:
        """Refuse facts that the intervention's own settings deny.

        Parameters
        ----------
        kind : type
            The class of the intervention.

        Raises
        ------
        ValueError
            No such setting, a dose that it does not allow, or words that are missing.
        """
        owner = f"{kind.__name__}.drug"
        known = {info.name: info for info in kind.describe()}
        info = known.get(self.dose)
        if info is None:
            raise ValueError(f"{owner}.dose = {self.dose!r} is none of its settings {list(known)}")
        if info.ge != 0 or info.le is None:
            raise ValueError(f"{owner}: {self.dose} must be allowed from 0 up to a largest dose")
        for name, dose in (("usual", self.usual), ("maximum", self.maximum)):
            if dose is not None and not 0 < dose <= info.le:
                raise ValueError(
                    f"{owner}.{name} = {dose:g} must be above 0 and at most {info.le:g}"
                )
        if self.maximum is not None and self.usual > self.maximum:
            raise ValueError(f"{owner}.usual = {self.usual:g} is above the usual maximum")
        for name in ("source", "taken", "leaflet"):
            if not getattr(self, name):
                raise ValueError(f"{owner}.{name} must say something")
