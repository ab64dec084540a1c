"""Runs every test and every lint, and counts them honestly.

Never changes a source file: a lint that finds something says so and leaves it to a person.
"""
