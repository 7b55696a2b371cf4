"""How the units of a contraction by will fire: what people's recordings and a model's share.

One theme a file: holds, rates, regularity, hysteresis, coherence, common input, ΔF by threshold,
steadiness. `firing` takes them all together.
"""
