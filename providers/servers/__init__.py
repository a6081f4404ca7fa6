"""Media servers: each module fits ``library.sources.MediaServer``."""
