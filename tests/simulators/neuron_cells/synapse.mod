TITLE Fluctuating synaptic conductances; excitation a triangle in time (Powers & Heckman 2017)

NEURON {
    THREADSAFE
    SUFFIX synapse
    NONSPECIFIC_CURRENT i
    RANGE peak, inhibition, noise, takee, takei
    GLOBAL start, up
    RANDOM chance
}
UNITS { (mV) = (millivolt) (mA) = (milliamp) (S) = (siemens) }
PARAMETER {
    peak = 0
    inhibition = 0
    noise = 0
    takee = 1
    takei = 1
    start = 1000 (ms)
    up = 10000 (ms)
}
ASSIGNED { v (mV) i (mA/cm2) xe xi decay kick ge (S/cm2) gi (S/cm2) }
INITIAL {
    xe = 0
    xi = 0
    decay = exp(-dt / 20)
    kick = sqrt(1 - decay * decay)
}
BREAKPOINT {
    SOLVE fluctuate
    i = takee * ge * v + takei * gi * (v + 75)
}
PROCEDURE fluctuate() {
    LOCAL m
    m = peak * (1 - fabs(t - start - up) / up)
    if (m < 0) { m = 0 }
    ge = 1e-5 * m
    gi = 1e-5 * inhibition
    if (noise > 0) {
        xe = decay * xe + noise * kick * random_normal(chance)
        xi = decay * xi + noise * kick * random_normal(chance)
        ge = ge + 1.2e-5 * sqrt(m) * xe
        gi = gi + 1.2e-5 * sqrt(inhibition) * xi
        if (ge < 0) { ge = 0 }
        if (gi < 0) { gi = 0 }
    }
}
