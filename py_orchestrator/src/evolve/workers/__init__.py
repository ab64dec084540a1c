"""Worker processes and the door they connect through. Knows no genomes and no fitness."""
