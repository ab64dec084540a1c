"""Champions outside training: what they compute, in forms that other programs run."""
