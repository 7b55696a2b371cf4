TITLE Hyperpolarization-activated current (Powers & Heckman 2017)

NEURON {
    THREADSAFE
    SUFFIX hcurrent
    NONSPECIFIC_CURRENT i
    RANGE gbar
}
UNITS { (mV) = (millivolt) (mA) = (milliamp) (S) = (siemens) }
PARAMETER { gbar = 0 (S/cm2) }
STATE { q }
ASSIGNED { v (mV) i (mA/cm2) qinf }
INITIAL { rates(v) q = qinf }
BREAKPOINT {
    SOLVE states METHOD cnexp
    i = gbar * q * (v + 41)
}
DERIVATIVE states {
    rates(v)
    q' = (qinf - q) / 30
}
PROCEDURE rates(v (mV)) {
    : TABLE qinf FROM -120 TO 80 WITH 4000
    qinf = 1 / (1 + exp((v + 77) / 8))
}
