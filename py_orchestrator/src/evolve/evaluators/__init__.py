"""A user's own Python function that plays episodes: found, described, called, and its answers checked.

Nothing here knows how many processes there are, and nothing breeds.
"""
