"""A run and the ways to have it scored. Knows nothing of web, and nothing of what workers are made of."""
