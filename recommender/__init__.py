"""What to suggest, why, and learning it."""
