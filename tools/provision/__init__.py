"""Makes a fresh clone ready to run: engine, native library, Python environment, first import.

Standard library only, because it runs before anything is installed. It never installs into the
system, never needs root, and never writes to stdout, which belongs to the command that follows.
"""
