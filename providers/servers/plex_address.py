"""What people paste as the token of a Plex server, put in order while they type: no network here."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

from providers.servers.addresses import SCHEME


def normalise_token(text: str) -> str:
    """The token in what was pasted: the bare token, ``X-Plex-Token=…``, or an address that holds it."""
    text = "".join(text.split()).strip("\"'<>")
    if re.search(r"x-plex-token", text, re.IGNORECASE):
        query = urlsplit(text).query if SCHEME.match(text) else text.lstrip("?&")
        for name, values in parse_qs(query.replace(":", "=", 1) if "=" not in query else query).items():
            if name.lower() == "x-plex-token":
                return values[0]
    return text
