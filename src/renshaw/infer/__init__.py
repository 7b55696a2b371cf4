"""From a recording back to the state of the spinal cord: the verb `infer`."""
