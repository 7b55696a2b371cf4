"""Where the numbers of the targets come from, where several groups of them share a source."""

from __future__ import annotations

ORSSATTO_2021 = "open data of Orssatto et al. 2021 (github.com/orssatto/PICs-ageing)"
ORSSATTO_2022 = "open data of Orssatto et al. 2022 (github.com/orssatto/PICs-ageing_2.0)"
MESQUITA_2022 = "Mesquita et al. 2022, doi:10.1113/JP282765"
