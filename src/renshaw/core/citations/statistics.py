"""Statistics of tables."""

from __future__ import annotations

from renshaw.core.citations import cited

cited(
    "bates2015",
    "Bates D, Mächler M, Bolker B, Walker S (2015). Fitting linear mixed-effects models using "
    "lme4. J Stat Softw 67(1):1-48. doi:10.18637/jss.v067.i01",
)
cited(
    "hemerik2020",
    "Hemerik J, Goeman JJ, Finos L (2020). Robust testing in generalized linear models by sign "
    "flipping score contributions. J R Stat Soc B 82:841-864. doi:10.1111/rssb.12369",
)
cited(
    "hopkins2000",
    "Hopkins WG (2000). Measures of reliability in sports medicine and science. Sports Med "
    "30:1-15. doi:10.2165/00007256-200030010-00001",
)
cited(
    "kuznetsova2017",
    "Kuznetsova A, Brockhoff PB, Christensen RHB (2017). lmerTest package: tests in linear "
    "mixed effects models. J Stat Softw 82(13):1-26. doi:10.18637/jss.v082.i13",
)
cited(
    "mcgraw1996",
    "McGraw KO, Wong SP (1996). Forming inferences about some intraclass correlation "
    "coefficients. Psychol Methods 1:30-46. doi:10.1037/1082-989X.1.1.30",
)
cited(
    "nakagawa2013",
    "Nakagawa S, Schielzeth H (2013). A general and simple method for obtaining R2 from "
    "generalized linear mixed-effects models. Methods Ecol Evol 4:133-142. "
    "doi:10.1111/j.2041-210x.2012.00261.x",
)
cited(
    "bakdash2017",
    "Bakdash JZ, Marusich LR (2017). Repeated measures correlation. Front Psychol 8:456. "
    "doi:10.3389/fpsyg.2017.00456",
)
cited(
    "bland1986",
    "Bland JM, Altman DG (1986). Statistical methods for assessing agreement between two methods "
    "of clinical measurement. Lancet 327:307-310. doi:10.1016/S0140-6736(86)90837-8",
)
cited(
    "carkeet2015",
    "Carkeet A (2015). Exact parametric confidence intervals for Bland-Altman limits of "
    "agreement. Optom Vis Sci 92:e71-e80. doi:10.1097/OPX.0000000000000513",
)
cited(
    "freeman1989",
    "Freeman PR (1989). The performance of the two-stage analysis of two-treatment, two-period "
    "crossover trials. Stat Med 8:1421-1432. doi:10.1002/sim.4780081202",
)
cited(
    "hills1979",
    "Hills M, Armitage P (1979). The two-period cross-over clinical trial. Br J Clin Pharmacol "
    "8:7-20. doi:10.1111/j.1365-2125.1979.tb05903.x",
)
cited(
    "self1987",
    "Self SG, Liang KY (1987). Asymptotic properties of maximum likelihood estimators and "
    "likelihood ratio tests under nonstandard conditions. J Am Stat Assoc 82:605-610. "
    "doi:10.1080/01621459.1987.10478472",
)
cited(
    "vickers2001",
    "Vickers AJ, Altman DG (2001). Analysing controlled trials with baseline and follow up "
    "measurements. BMJ 323:1123-1124. doi:10.1136/bmj.323.7321.1123",
)
cited(
    "zucker1997",
    "Zucker DR, Schmid CH, McIntosh MW, D'Agostino RB, Selker HP, Lau J (1997). Combining single "
    "patient (N-of-1) trials to estimate population treatment effects. J Clin Epidemiol "
    "50:401-410. doi:10.1016/S0895-4356(96)00429-5",
)
cited(
    "grizzle1965",
    "Grizzle JE (1965). The two-period change-over design and its use in clinical trials. "
    "Biometrics 21:467-480. doi:10.2307/2528104",
)
cited(
    "bolker2009",
    "Bolker BM, Brooks ME, Clark CJ, Geange SW, Poulsen JR, Stevens MHH, White JSS (2009). "
    "Generalized linear mixed models: a practical guide for ecology and evolution. Trends Ecol "
    "Evol 24:127-135. doi:10.1016/j.tree.2008.10.008",
)
cited(
    "brooks2017",
    "Brooks ME, Kristensen K, van Benthem KJ, Magnusson A, Berg CW, Nielsen A, Skaug HJ, Mächler "
    "M, Bolker BM (2017). glmmTMB balances speed and flexibility among packages for zero-inflated "
    "generalized linear mixed modeling. R J 9(2):378-400. doi:10.32614/RJ-2017-066",
)
cited(
    "nakagawa2017",
    "Nakagawa S, Johnson PCD, Schielzeth H (2017). The coefficient of determination R2 and "
    "intra-class correlation coefficient from generalized linear mixed-effects models revisited "
    "and expanded. J R Soc Interface 14:20170213. doi:10.1098/rsif.2017.0213",
)
cited(
    "ferrari2004",
    "Ferrari SLP, Cribari-Neto F (2004). Beta regression for modelling rates and proportions. J "
    "Appl Stat 31:799-815. doi:10.1080/0266476042000214501",
)
cited(
    "dunn2005",
    "Dunn PK, Smyth GK (2005). Series evaluation of Tweedie exponential dispersion model "
    "densities. Stat Comput 15:267-280. doi:10.1007/s11222-005-4070-y",
)
cited(
    "mullahy1986",
    "Mullahy J (1986). Specification and testing of some modified count data models. J Econom "
    "33:341-365. doi:10.1016/0304-4076(86)90002-3",
)
cited(
    "kenward1997",
    "Kenward MG, Roger JH (1997). Small sample inference for fixed effects from restricted maximum "
    "likelihood. Biometrics 53:983-997. doi:10.2307/2533558",
)
cited(
    "hoffman2014",
    "Hoffman MD, Gelman A (2014). The No-U-Turn sampler: adaptively setting path lengths in "
    "Hamiltonian Monte Carlo. J Mach Learn Res 15:1593-1623. doi:10.48550/arXiv.1111.4246",
)
cited(
    "phan2019",
    "Phan D, Pradhan N, Jankowiak M (2019). Composable effects for flexible and accelerated "
    "probabilistic programming in NumPyro. doi:10.48550/arXiv.1912.11554",
)
