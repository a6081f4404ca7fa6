"""From an item to a vector."""
