"""The physiology: motoneurons, spasticity and what calms them."""

from __future__ import annotations

from renshaw.core.citations import cited

cited(
    "bennett2001",
    "Bennett DJ, Li Y, Siu M (2001). Plateau potentials in sacrocaudal motoneurons of chronic "
    "spinal rats, recorded in vitro. J Neurophysiol 86:1955-1971. "
    "doi:10.1152/jn.2001.86.4.1955",
)
cited(
    "gorassini2002",
    "Gorassini M, Yang JF, Siu M, Bennett DJ (2002). Intrinsic activation of human "
    "motoneurons: possible contribution to motor unit excitation. J Neurophysiol 87:1850-1858. "
    "doi:10.1152/jn.00024.2001",
)
cited(
    "lee1998",
    "Lee RH, Heckman CJ (1998). Bistability in spinal motoneurons in vivo: systematic "
    "variations in persistent inward currents. J Neurophysiol 80:583-593. "
    "doi:10.1152/jn.1998.80.2.583",
)
cited(
    "li2004",
    "Li Y, Gorassini MA, Bennett DJ (2004). Role of persistent sodium and calcium currents in "
    "motoneuron firing and spasticity in chronic spinal rats. J Neurophysiol 91:767-783. "
    "doi:10.1152/jn.00788.2003",
)
cited(
    "mesquita2022",
    "Mesquita RNO, Taylor JL, Trajano GS, Skarabot J, Holobar A, Goncalves BAM, Blazevich AJ "
    "(2022). Effects of reciprocal inhibition and whole-body relaxation on persistent inward "
    "currents estimated by two different methods. J Physiol 600:2765-2787. "
    "doi:10.1113/JP282765",
)
cited(
    "orssatto2021",
    "Orssatto LBR, Borg DN, Blazevich AJ, Sakugawa RL, Shield AJ, Trajano GS (2021). Intrinsic "
    "motoneuron excitability is reduced in soleus and tibialis anterior of older adults. "
    "GeroScience 43:2719-2735. doi:10.1007/s11357-021-00478-z",
)
cited(
    "orssatto2022",
    "Orssatto LBR, Fernandes GL, Blazevich AJ, Trajano GS (2022). Facilitation-inhibition "
    "control of motor neuronal persistent inward currents in young and older adults. J Physiol "
    "600:5101-5117. doi:10.1113/JP283708",
)
cited(
    "penn1989",
    "Penn RD, Savoy SM, Corcos D, Latash M, Gottlieb G, Parke B, Kroin JS (1989). Intrathecal "
    "baclofen for severe spinal spasticity. N Engl J Med 320:1517-1521. "
    "doi:10.1056/NEJM198906083202303",
)
