"""Completion scripts, a file for each shell, made from the parser itself. Nothing here runs a shell."""
