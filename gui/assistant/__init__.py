"""The first-run assistant: three steps from an empty library to the first recommendation."""
