TITLE Dendritic L-type calcium current that closes slowly and warms up

NEURON {
    THREADSAFE
    SUFFIX ltypeslow
    NONSPECIFIC_CURRENT i
    RANGE gbar, thetam, thetah, closing, warmup, warmtau
}
UNITS { (mV) = (millivolt) (mA) = (milliamp) (S) = (siemens) }
PARAMETER {
    gbar = 0 (S/cm2)
    thetam = -42 (mV)
    thetah = 10 (mV)
    closing = 40 (ms)
    warmup = 0 (mV)
    warmtau = 4800 (ms)
}
STATE { m h w }
ASSIGNED { v (mV) i (mA/cm2) }
INITIAL { m = minf(v - thetam) w = m h = hinf(v - thetah) }
BREAKPOINT {
    SOLVE states METHOD cnexp
    i = gbar * m * h * (v - 80)
}
DERIVATIVE states {
    LOCAL x
    x = v - thetam + warmup * w
    m' = (minf(x) - m) / mtau(x)
    w' = (m - w) / warmtau
    h' = (hinf(v - thetah) - h) / 2500
}
FUNCTION minf(x (mV)) {
    : TABLE FROM -150 TO 150 WITH 6000
    minf = 1 / (1 + exp(-x / 6))
}
FUNCTION hinf(x (mV)) {
    : TABLE FROM -150 TO 150 WITH 6000
    hinf = 1 / (1 + exp(x / 5))
}
FUNCTION mtau(x (mV)) (ms) {
    mtau = 40 + (closing - 40) / (1 + exp((x + 5) / 4))
}
