"""What a run leaves on disk. Knows no workers and no engine beyond `save`."""
