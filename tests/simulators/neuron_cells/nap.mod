TITLE Persistent sodium current (Powers & Heckman 2017)

NEURON {
    THREADSAFE
    SUFFIX nap
    USEION na READ ena WRITE ina
    RANGE gbar
}
UNITS { (mV) = (millivolt) (mA) = (milliamp) (S) = (siemens) }
PARAMETER { gbar = 0 (S/cm2) }
STATE { p }
ASSIGNED { v (mV) ena (mV) ina (mA/cm2) pinf }
INITIAL { rates(v) p = pinf }
BREAKPOINT {
    SOLVE states METHOD cnexp
    ina = gbar * p * (v - ena)
}
DERIVATIVE states {
    rates(v)
    p' = pinf - p
}
PROCEDURE rates(v (mV)) {
    : TABLE pinf FROM -120 TO 80 WITH 4000
    pinf = 1 / (1 + exp(-(v + 47.3) / 5))
}
