"""Rates films on a Plex server, one after another, in a process of its own that can be killed: HOME URL TOKEN KEY..."""

from __future__ import annotations

import sys
from pathlib import Path

from library.home import find_home
from library.journal import Action
from library.library import Library
from library.progress import run
from library.settings import SourceSettings
from library.write_jobs import carry_out
from library.write_plans import Change, WritePlan
from library.writing import WriteKind
from providers.http import ProviderSession
from providers.servers.plex import PlexServer


def main(home: str, url: str, token: str, *keys: str) -> None:
    """Write, until somebody ends it."""
    source = SourceSettings(id="plex-1", kind="plex", name="Cellar", url=url)
    changes = tuple(Change(WriteKind.RATING, Action.RATE, f"Film {key}", {"rating": 9.0}, key) for key in keys)
    with Library.open(find_home(Path(home))) as library:
        server = PlexServer(source.id, source.name, url, token, session=ProviderSession(source.name))
        run(carry_out(library, server, WritePlan(source, "Rate", changes)))


if __name__ == "__main__":
    main(*sys.argv[1:])
