TITLE Calcium entry, calcium shell and calcium-gated potassium of the AHP, with a slow part and a hump

NEURON {
    THREADSAFE
    SUFFIX ahpslow
    USEION k READ ek WRITE ik
    NONSPECIFIC_CURRENT ica, ihump
    RANGE gcabar, gkbar, taur, gslow, tauslow, ghump, taurecovery
}
UNITS { (mV) = (millivolt) (mA) = (milliamp) (S) = (siemens) (mM) = (milli/liter) }
PARAMETER {
    gcabar = 0 (S/cm2)
    gkbar = 0 (S/cm2)
    taur = 90 (ms)
    gslow = 0 (S/cm2)
    tauslow = 1500 (ms)
    ghump = 0 (S/cm2)
    taurecovery = 1000 (ms)
}
STATE { a c n z d r }
ASSIGNED { v (mV) ek (mV) ik (mA/cm2) ica (mA/cm2) ihump (mA/cm2) ainf influx }
INITIAL {
    rates(v)
    a = ainf
    c = 1e-4
    n = 0
    z = 0
    d = 0
    r = 1
}
BREAKPOINT {
    SOLVE states METHOD cnexp
    ica = gcabar * a * (v - 132.458)
    ihump = ghump * d * v
    ik = (gkbar * n + gslow * z) * (v - ek)
}
DERIVATIVE states {
    LOCAL alpha
    rates(v)
    influx = -1e4 * gcabar * a * (v - 132.458) / (2 * 96485.33 * 0.1)
    if (influx < 0) { influx = 0 }
    alpha = 0.1 * (1e3 * (c - 1e-4)) * (1e3 * (c - 1e-4))
    a' = (ainf - a) / 2
    c' = influx + (1e-4 - c) / taur
    z' = (1e3 * (c - 1e-4) - z) / tauslow
    d' = (r * 1e3 * influx - d) / 8
    r' = (1 - r) / taurecovery - r * 1e3 * influx / 0.5
    n' = alpha * (1 - n) - 0.1 * n
}
PROCEDURE rates(v (mV)) {
    : TABLE ainf FROM -120 TO 80 WITH 4000
    ainf = 1 / (1 + exp(-(v + 20) / 4))
}
