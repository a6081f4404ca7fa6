"""The same without a window: commands over the same engine and store."""
