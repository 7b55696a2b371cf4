TITLE Fast sodium current of the action potential (Powers & Heckman 2017)

NEURON {
    THREADSAFE
    SUFFIX naf
    USEION na READ ena WRITE ina
    RANGE gbar
}
UNITS { (mV) = (millivolt) (mA) = (milliamp) (S) = (siemens) }
PARAMETER { gbar = 0 (S/cm2) }
STATE { m h }
ASSIGNED { v (mV) ena (mV) ina (mA/cm2) minf hinf mtau (ms) htau (ms) }
INITIAL { rates(v) m = minf h = hinf }
BREAKPOINT {
    SOLVE states METHOD cnexp
    ina = gbar * m * m * m * h * (v - ena)
}
DERIVATIVE states {
    rates(v)
    m' = (minf - m) / mtau
    h' = (hinf - h) / htau
}
FUNCTION linoid(x, k) {
    if (fabs(x) < 1e-6) {
        linoid = k + x / 2
    } else {
        linoid = x / (1 - exp(-x / k))
    }
}
PROCEDURE rates(v (mV)) {
    LOCAL a, b, warm
    : TABLE minf, mtau, hinf, htau FROM -120 TO 80 WITH 4000
    warm = 2 ^ 1.3
    a = 0.4 * linoid(v + 29, 7.2)
    b = 0.124 * linoid(-(v + 29), 7.2)
    minf = a / (a + b)
    mtau = 1 / ((a + b) * warm)
    if (mtau < 0.02) { mtau = 0.02 }
    a = 0.03 * linoid(v + 44, 1.5)
    b = 0.01 * linoid(-(v + 44), 1.5)
    htau = 1 / ((a + b) * warm)
    if (htau < 0.5) { htau = 0.5 }
    hinf = 1 / (1 + exp((v + 49) / 8))
}
