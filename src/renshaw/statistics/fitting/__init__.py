"""The likelihoods and their optimum: linear and generalized mixed models."""
