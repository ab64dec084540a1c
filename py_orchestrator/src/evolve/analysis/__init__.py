"""Pictures and figures of runs. Reads what a run left on disk; never changes it."""
