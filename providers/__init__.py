"""Other people's services: the only package that opens a network connection."""
