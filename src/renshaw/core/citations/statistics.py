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
