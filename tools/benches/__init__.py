"""The benches: each suite measures ours and the peers in one run, and publishes ratios."""
