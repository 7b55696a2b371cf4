TITLE Delayed-rectifier potassium current (Powers & Heckman 2017)

NEURON {
    THREADSAFE
    SUFFIX kdr
    USEION k READ ek WRITE ik
    RANGE gbar
}
UNITS { (mV) = (millivolt) (mA) = (milliamp) (S) = (siemens) }
PARAMETER { gbar = 0 (S/cm2) }
STATE { n }
ASSIGNED { v (mV) ek (mV) ik (mA/cm2) ninf ntau (ms) }
INITIAL { rates(v) n = ninf }
BREAKPOINT {
    SOLVE states METHOD cnexp
    ik = gbar * n * n * n * n * (v - ek)
}
DERIVATIVE states {
    rates(v)
    n' = (ninf - n) / ntau
}
PROCEDURE rates(v (mV)) {
    LOCAL b
    : TABLE ninf, ntau FROM -120 TO 80 WITH 4000
    b = exp((v + 39) / 5.5)
    ninf = 1 / (1 + exp(-(v + 21) / 20))
    ntau = 0.8 + 20 * b / ((1 + b) * (1 + b))
}
