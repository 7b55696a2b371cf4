"""The model: motoneurons, synapses, muscle and drugs."""

from __future__ import annotations

from renshaw.core.citations import cited

cited(
    "bliss1939",
    "Bliss CI (1939). The toxicity of poisons applied jointly. Ann Appl Biol 26:585-615. "
    "doi:10.1111/j.1744-7348.1939.tb06990.x",
)
cited(
    "chardon2023",
    "Chardon MK, Wang YC, Garcia M, Besler E, Beauchamp JA, D'Mello M, Powers RK, Heckman CJ "
    "(2023). Supercomputer framework for reverse engineering firing patterns of neuron "
    "populations to identify their synaptic inputs. eLife 12:RP90624. "
    "doi:10.7554/eLife.90624",
)
cited(
    "destexhe2001",
    "Destexhe A, Rudolph M, Fellous JM, Sejnowski TJ (2001). Fluctuating synaptic conductances "
    "recreate in vivo-like activity in neocortical neurons. Neuroscience 107:13-24. "
    "doi:10.1016/S0306-4522(01)00344-X",
)
cited(
    "fuglevand1993",
    "Fuglevand AJ, Winter DA, Patla AE (1993). Models of recruitment and rate coding "
    "organization in motor-unit pools. J Neurophysiol 70:2470-2488. "
    "doi:10.1152/jn.1993.70.6.2470",
)
cited(
    "powers2017",
    "Powers RK, Heckman CJ (2017). Synaptic control of the shape of the motoneuron pool "
    "input-output function. J Neurophysiol 117:1171-1184. doi:10.1152/jn.00850.2016",
)
cited(
    "stevens1961",
    "Stevens SS (1961). To honor Fechner and repeal his law. Science 133:80-86. "
    "doi:10.1126/science.133.3446.80",
)
