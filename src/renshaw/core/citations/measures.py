"""Measures of discharges, and the electromyograms that they are found in."""

from __future__ import annotations

from renshaw.core.citations import cited

cited(
    "beauchamp2022",
    "Beauchamp JA, Khurram OU, Dewald JPA, Heckman CJ, Pearcey GEP (2022). A computational "
    "approach for generating continuous estimates of motor unit discharge rates and "
    "visualizing population discharge characteristics. J Neural Eng 19:016007. "
    "doi:10.1088/1741-2552/ac4594",
)
cited(
    "beauchamp2023",
    "Beauchamp JA, Pearcey GEP, Khurram OU, Chardon M, Wang YC, Powers RK, Dewald JPA, Heckman "
    "CJ (2023). A geometric approach to quantifying the neuromodulatory effects of persistent "
    "inward currents on individual motor unit discharge patterns. J Neural Eng 20:016034. "
    "doi:10.1088/1741-2552/acb1d7",
)
cited(
    "farina2001",
    "Farina D, Merletti R (2001). A novel approach for precise simulation of the EMG signal "
    "detected by surface electrodes. IEEE Trans Biomed Eng 48:637-646. doi:10.1109/10.923782",
)
cited(
    "holobar2007",
    "Holobar A, Zazula D (2007). Multichannel blind source separation using convolution kernel "
    "compensation. IEEE Trans Signal Process 55:4487-4496. doi:10.1109/TSP.2007.896108",
)
cited(
    "holobar2014",
    "Holobar A, Minetto MA, Farina D (2014). Accurate identification of motor unit discharge "
    "patterns from high-density surface EMG and validation with a novel signal-based "
    "performance metric. J Neural Eng 11:016008. doi:10.1088/1741-2560/11/1/016008",
)
cited(
    "martinez2017",
    "Martinez-Valdes E, Negro F, Laine CM, Falla D, Mayer F, Farina D (2017). Tracking motor "
    "units longitudinally across experimental sessions with high-density surface "
    "electromyography. J Physiol 595:1479-1496. doi:10.1113/JP273662",
)
cited(
    "negro2016",
    "Negro F, Muceli S, Castronovo AM, Holobar A, Farina D (2016). Multi-channel intramuscular "
    "and surface EMG decomposition by convolutive blind source separation. J Neural Eng "
    "13:026027. doi:10.1088/1741-2560/13/2/026027",
)
cited(
    "valli2024",
    "Valli G, Ritsche P, Casolo A, Negro F, De Vito G (2024). Tutorial: analysis of central "
    "and peripheral motor unit properties from decomposed high-density surface EMG signals "
    "with openhdemg. J Electromyogr Kinesiol 74:102850. doi:10.1016/j.jelekin.2023.102850",
)
