"""The Configuration tab, one module per section."""
