"""One file per chore."""
