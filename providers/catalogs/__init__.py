"""Catalogues of films and shows on the internet: each fits ``library.sources.Catalog``."""
