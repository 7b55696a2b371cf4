"""From a goal to the protocol of a therapy that reaches it: the verb `optimize`."""
