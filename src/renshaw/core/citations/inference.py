"""Inference and search."""

from __future__ import annotations

from renshaw.core.citations import cited

cited(
    "cranmer2020",
    "Cranmer K, Brehmer J, Louppe G (2020). The frontier of simulation-based inference. PNAS "
    "117:30055-30062. doi:10.1073/pnas.1912789117",
)
cited(
    "optuna2019",
    "Akiba T, Sano S, Yanase T, Ohta T, Koyama M (2019). Optuna: a next-generation "
    "hyperparameter optimization framework. Proc 25th ACM SIGKDD, 2623-2631. "
    "doi:10.1145/3292500.3330701",
)
cited(
    "papamakarios2017",
    "Papamakarios G, Pavlakou T, Murray I (2017). Masked autoregressive flow for density "
    "estimation. NeurIPS 30. doi:10.48550/arXiv.1705.07057",
)
cited(
    "talts2018",
    "Talts S, Betancourt M, Simpson D, Vehtari A, Gelman A (2018). Validating Bayesian "
    "inference algorithms with simulation-based calibration. doi:10.48550/arXiv.1804.06788",
)
cited(
    "tejero2020",
    "Tejero-Cantero A, Boelts J, Deistler M, Lueckmann JM, Durkan C, Goncalves PJ, Greenberg "
    "DS, Macke JH (2020). sbi: a toolkit for simulation-based inference. J Open Source Softw "
    "5:2505. doi:10.21105/joss.02505",
)
