"""The flow in numpy against sbi and torch, for the same weights."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is not installed (extra infer)")
pytest.importorskip("sbi", reason="sbi is not installed (extra infer)")

pytestmark = pytest.mark.filterwarnings("default")


@pytest.fixture(scope="module")
def both():
    from renshaw.inference.settings import NetworkSettings
    from renshaw.inference.train_flow import as_flow, built

    torch.manual_seed(1)
    settings = NetworkSettings(transforms=4, hidden=(24, 24), embedding=(16, 12))
    estimator = built(torch.randn(64, 5), torch.randn(64, 9), settings)
    with torch.no_grad():
        for parameter in estimator.parameters():
            parameter.mul_(1.7)
    estimator.eval()
    return estimator, as_flow(estimator)


def test_densities_are_those_of_torch(both):
    estimator, flow = both
    chance = np.random.default_rng(2)
    theta, seen = chance.normal(size=(200, 5)), chance.normal(size=(200, 9))
    with torch.no_grad():
        x, y = (torch.as_tensor(a, dtype=torch.float64) for a in (seen, theta))
        theirs = -estimator.double().loss(y, condition=x).numpy()
    np.testing.assert_allclose(flow.log_prob(theta, seen), theirs, rtol=1e-5, atol=1e-5)


def test_samples_are_those_of_torch_for_the_same_normal_numbers(both):
    estimator, flow = both
    chance = np.random.default_rng(3)
    z, seen = chance.normal(size=(100, 5)), chance.normal(size=9)
    with torch.no_grad():
        embedded = estimator.double().embedding_net(torch.as_tensor(seen)[None])
        transform = estimator.net(embedded.expand(100, -1)).transform
        theirs = transform.inv(torch.as_tensor(z)).numpy()
    np.testing.assert_allclose(flow.at(z, seen), theirs, rtol=1e-5, atol=1e-5)


def test_training_learns_what_can_be_learned():
    from renshaw.inference.settings import NetworkSettings
    from renshaw.inference.train_flow import fitted

    chance = np.random.default_rng(4)
    theta = chance.normal(size=(3000, 2))
    seen = np.column_stack([theta[:, 0] + 0.3 * chance.normal(size=3000), chance.normal(size=3000)])
    settings = NetworkSettings(
        transforms=2, hidden=(16, 16), embedding=(16, 8), epochs=12, dropout=0.0, learning_rate=5e-3
    )
    flow = fitted(theta, seen, np.arange(3000) % 10 == 0, settings, seed=1)
    drawn = flow.sample(2000, np.array([1.0, 0.0]), np.random.default_rng(5))
    # The posterior of a normal number seen with noise of 0.3, and of one that wasn't seen.
    assert drawn[:, 0].mean() == pytest.approx(1 / 1.09, abs=0.1)
    assert drawn[:, 0].std() == pytest.approx(0.3 / np.sqrt(1.09), abs=0.1)
    assert drawn[:, 1].std() == pytest.approx(1.0, abs=0.15)
