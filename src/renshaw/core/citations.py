"""The papers behind the methods: a key for each, so that every result can cite what it used."""

from __future__ import annotations

CITATIONS: dict[str, str] = {
    "optuna2019": (
        "Akiba T, Sano S, Yanase T, Ohta T, Koyama M (2019). Optuna: a next-generation "
        "hyperparameter optimization framework. Proc 25th ACM SIGKDD, 2623-2631. "
        "doi:10.1145/3292500.3330701"
    ),
    "bliss1939": (
        "Bliss CI (1939). The toxicity of poisons applied jointly. Ann Appl Biol 26:585-615. "
        "doi:10.1111/j.1744-7348.1939.tb06990.x"
    ),
    "stevens1961": (
        "Stevens SS (1961). To honor Fechner and repeal his law. Science 133:80-86. "
        "doi:10.1126/science.133.3446.80"
    ),
    "chardon2023": (
        "Chardon MK, Wang YC, Garcia M, Besler E, Beauchamp JA, D'Mello M, Powers RK, Heckman CJ "
        "(2023). Supercomputer framework for reverse engineering firing patterns of neuron "
        "populations to identify their synaptic inputs. eLife 12:RP90624. "
        "doi:10.7554/eLife.90624"
    ),
    "cranmer2020": (
        "Cranmer K, Brehmer J, Louppe G (2020). The frontier of simulation-based inference. PNAS "
        "117:30055-30062. doi:10.1073/pnas.1912789117"
    ),
    "papamakarios2017": (
        "Papamakarios G, Pavlakou T, Murray I (2017). Masked autoregressive flow for density "
        "estimation. NeurIPS 30. doi:10.48550/arXiv.1705.07057"
    ),
    "tejero2020": (
        "Tejero-Cantero A, Boelts J, Deistler M, Lueckmann JM, Durkan C, Goncalves PJ, Greenberg "
        "DS, Macke JH (2020). sbi: a toolkit for simulation-based inference. J Open Source Softw "
        "5:2505. doi:10.21105/joss.02505"
    ),
    "talts2018": (
        "Talts S, Betancourt M, Simpson D, Vehtari A, Gelman A (2018). Validating Bayesian "
        "inference algorithms with simulation-based calibration. doi:10.48550/arXiv.1804.06788"
    ),
    "gorassini2002": (
        "Gorassini M, Yang JF, Siu M, Bennett DJ (2002). Intrinsic activation of human "
        "motoneurons: possible contribution to motor unit excitation. J Neurophysiol 87:1850-1858. "
        "doi:10.1152/jn.00024.2001"
    ),
    "beauchamp2022": (
        "Beauchamp JA, Khurram OU, Dewald JPA, Heckman CJ, Pearcey GEP (2022). A computational "
        "approach for generating continuous estimates of motor unit discharge rates and "
        "visualizing population discharge characteristics. J Neural Eng 19:016007. "
        "doi:10.1088/1741-2552/ac4594"
    ),
    "beauchamp2023": (
        "Beauchamp JA, Pearcey GEP, Khurram OU, Chardon M, Wang YC, Powers RK, Dewald JPA, Heckman "
        "CJ (2023). A geometric approach to quantifying the neuromodulatory effects of persistent "
        "inward currents on individual motor unit discharge patterns. J Neural Eng 20:016034. "
        "doi:10.1088/1741-2552/acb1d7"
    ),
    "powers2017": (
        "Powers RK, Heckman CJ (2017). Synaptic control of the shape of the motoneuron pool "
        "input-output function. J Neurophysiol 117:1171-1184. doi:10.1152/jn.00850.2016"
    ),
    "destexhe2001": (
        "Destexhe A, Rudolph M, Fellous JM, Sejnowski TJ (2001). Fluctuating synaptic conductances "
        "recreate in vivo-like activity in neocortical neurons. Neuroscience 107:13-24. "
        "doi:10.1016/S0306-4522(01)00344-X"
    ),
    "farina2001": (
        "Farina D, Merletti R (2001). A novel approach for precise simulation of the EMG signal "
        "detected by surface electrodes. IEEE Trans Biomed Eng 48:637-646. doi:10.1109/10.923782"
    ),
    "fuglevand1993": (
        "Fuglevand AJ, Winter DA, Patla AE (1993). Models of recruitment and rate coding "
        "organization in motor-unit pools. J Neurophysiol 70:2470-2488. "
        "doi:10.1152/jn.1993.70.6.2470"
    ),
    "holobar2007": (
        "Holobar A, Zazula D (2007). Multichannel blind source separation using convolution kernel "
        "compensation. IEEE Trans Signal Process 55:4487-4496. doi:10.1109/TSP.2007.896108"
    ),
    "holobar2014": (
        "Holobar A, Minetto MA, Farina D (2014). Accurate identification of motor unit discharge "
        "patterns from high-density surface EMG and validation with a novel signal-based "
        "performance metric. J Neural Eng 11:016008. doi:10.1088/1741-2560/11/1/016008"
    ),
    "martinez2017": (
        "Martinez-Valdes E, Negro F, Laine CM, Falla D, Mayer F, Farina D (2017). Tracking motor "
        "units longitudinally across experimental sessions with high-density surface "
        "electromyography. J Physiol 595:1479-1496. doi:10.1113/JP273662"
    ),
    "negro2016": (
        "Negro F, Muceli S, Castronovo AM, Holobar A, Farina D (2016). Multi-channel intramuscular "
        "and surface EMG decomposition by convolutive blind source separation. J Neural Eng "
        "13:026027. doi:10.1088/1741-2560/13/2/026027"
    ),
    "mesquita2022": (
        "Mesquita RNO, Taylor JL, Trajano GS, Skarabot J, Holobar A, Goncalves BAM, Blazevich AJ "
        "(2022). Effects of reciprocal inhibition and whole-body relaxation on persistent inward "
        "currents estimated by two different methods. J Physiol 600:2765-2787. "
        "doi:10.1113/JP282765"
    ),
    "orssatto2021": (
        "Orssatto LBR, Borg DN, Blazevich AJ, Sakugawa RL, Shield AJ, Trajano GS (2021). Intrinsic "
        "motoneuron excitability is reduced in soleus and tibialis anterior of older adults. "
        "GeroScience 43:2719-2735. doi:10.1007/s11357-021-00478-z"
    ),
    "orssatto2022": (
        "Orssatto LBR, Fernandes GL, Blazevich AJ, Trajano GS (2022). Facilitation-inhibition "
        "control of motor neuronal persistent inward currents in young and older adults. J Physiol "
        "600:5101-5117. doi:10.1113/JP283708"
    ),
    "bates2015": (
        "Bates D, Mächler M, Bolker B, Walker S (2015). Fitting linear mixed-effects models using "
        "lme4. J Stat Softw 67(1):1-48. doi:10.18637/jss.v067.i01"
    ),
    "kuznetsova2017": (
        "Kuznetsova A, Brockhoff PB, Christensen RHB (2017). lmerTest package: tests in linear "
        "mixed effects models. J Stat Softw 82(13):1-26. doi:10.18637/jss.v082.i13"
    ),
    "hemerik2020": (
        "Hemerik J, Goeman JJ, Finos L (2020). Robust testing in generalized linear models by sign "
        "flipping score contributions. J R Stat Soc B 82:841-864. doi:10.1111/rssb.12369"
    ),
    "nakagawa2013": (
        "Nakagawa S, Schielzeth H (2013). A general and simple method for obtaining R2 from "
        "generalized linear mixed-effects models. Methods Ecol Evol 4:133-142. "
        "doi:10.1111/j.2041-210x.2012.00261.x"
    ),
    "mcgraw1996": (
        "McGraw KO, Wong SP (1996). Forming inferences about some intraclass correlation "
        "coefficients. Psychol Methods 1:30-46. doi:10.1037/1082-989X.1.1.30"
    ),
    "hopkins2000": (
        "Hopkins WG (2000). Measures of reliability in sports medicine and science. Sports Med "
        "30:1-15. doi:10.2165/00007256-200030010-00001"
    ),
    "valli2024": (
        "Valli G, Ritsche P, Casolo A, Negro F, De Vito G (2024). Tutorial: analysis of central "
        "and peripheral motor unit properties from decomposed high-density surface EMG signals "
        "with openhdemg. J Electromyogr Kinesiol 74:102850. doi:10.1016/j.jelekin.2023.102850"
    ),
    "lee1998": (
        "Lee RH, Heckman CJ (1998). Bistability in spinal motoneurons in vivo: systematic "
        "variations in persistent inward currents. J Neurophysiol 80:583-593. "
        "doi:10.1152/jn.1998.80.2.583"
    ),
    "bennett2001": (
        "Bennett DJ, Li Y, Siu M (2001). Plateau potentials in sacrocaudal motoneurons of chronic "
        "spinal rats, recorded in vitro. J Neurophysiol 86:1955-1971. "
        "doi:10.1152/jn.2001.86.4.1955"
    ),
    "li2004": (
        "Li Y, Gorassini MA, Bennett DJ (2004). Role of persistent sodium and calcium currents in "
        "motoneuron firing and spasticity in chronic spinal rats. J Neurophysiol 91:767-783. "
        "doi:10.1152/jn.00788.2003"
    ),
    "penn1989": (
        "Penn RD, Savoy SM, Corcos D, Latash M, Gottlieb G, Parke B, Kroin JS (1989). Intrathecal "
        "baclofen for severe spinal spasticity. N Engl J Med 320:1517-1521. "
        "doi:10.1056/NEJM198906083202303"
    ),
}


def citation(key: str) -> str:
    """Return the full reference of a key; one of another version or package speaks for itself."""
    return CITATIONS.get(key, key)
