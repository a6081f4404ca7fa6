"""A TVDB that can be started on this computer: the login with and without a PIN, ids, searches, extended records."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.fakes.serving import FakeService
from tests.fakes.tmdb import PICTURE

KEY = "6e0e3a0c-canary-tvdb-key"
PIN = "CANARYPIN"


@dataclass
class Record:
    """One show or film as TVDB keeps it."""

    id: int
    name: str
    year: int
    kind: str = "series"
    imdb: str = ""
    runtime: int = 45
    overviews: dict[str, str] = field(default_factory=lambda: {"eng": "A show."})
    names: dict[str, str] = field(default_factory=dict)


@dataclass(kw_only=True)
class FakeTvdb(FakeService):
    """The catalogue. ``pin`` is what its key needs; ``logins`` counts how often it was asked for a token."""

    records: list[Record] = field(default_factory=list)
    pin: str = ""
    logins: int = 0

    @property
    def token(self) -> str:
        """The token that is good now: that of the newest login."""
        return f"jwt-canary-{self.logins:04d}"

    def expire(self) -> None:
        """Let the token that was given last be good no more."""
        self.logins += 100

    def right(self, request: web.Request, body: bytes) -> web.StreamResponse:
        if request.path.startswith("/artworks/"):
            return web.Response(body=PICTURE, content_type="image/jpeg")
        parts = [part for part in request.path.split("/") if part][1:]
        if parts == ["login"]:
            return self._log_in(json.loads(body))
        if request.headers.get("Authorization") != f"Bearer {self.token}":
            return web.json_response({"status": "failure", "message": "Unauthorized", "data": None}, status=401)
        found = self._said(parts, request.query)
        if found is None:
            return web.json_response({"status": "failure", "message": "NotFound", "data": None}, status=404)
        return web.json_response({"status": "success", "data": found, "links": {"next": None}})

    def _log_in(self, said: dict[str, str]) -> web.Response:
        if said.get("apikey") != KEY:
            return web.json_response({"status": "failure", "message": "InvalidAPIKey: apikey is invalid"}, status=401)
        if self.pin and said.get("pin") != self.pin:
            return web.json_response({"status": "failure", "message": "InvalidValueType: pin required"}, status=400)
        self.logins += 1
        return web.json_response({"status": "success", "data": {"token": self.token}})

    def _said(self, parts: list[str], query: Any) -> Any:
        if parts == ["search"]:
            return [
                _line(one)
                for one in self.records
                if one.kind == query["type"]
                and any(query["query"].casefold() in name.casefold() for name in (one.name, *one.names.values()))
                and query.get("year", str(one.year)) == str(one.year)
            ]
        if parts[:2] == ["search", "remoteid"]:
            return [{one.kind: {"id": one.id, "name": one.name}} for one in self.records if one.imdb == parts[2]]
        kind = {"series": "series", "movies": "movie"}.get(parts[0])
        found = next((one for one in self.records if one.kind == kind and str(one.id) == parts[1]), None)
        return None if found is None else _extended(found)


def _line(one: Record) -> dict[str, Any]:
    return {
        "objectID": f"{one.kind}-{one.id}",
        "tvdb_id": str(one.id),
        "name": one.name,
        "year": str(one.year),
        "type": one.kind,
        "image_url": f"https://artworks.thetvdb.com/{one.id}.jpg",
        "overviews": one.overviews,
        "translations": one.names,
    }


def _extended(one: Record) -> dict[str, Any]:
    return {
        "id": one.id,
        "name": one.name,
        "year": str(one.year),
        "image": f"https://artworks.thetvdb.com/{one.id}.jpg",
        "firstAired": f"{one.year}-09-20",
        "lastAired": f"{one.year + 4}-05-01",
        "averageRuntime" if one.kind == "series" else "runtime": one.runtime,
        "status": {"name": "Ended"},
        "originalLanguage": "deu",
        "genres": [{"id": 1, "name": "Drama"}],
        "companies": [{"name": "Northlight"}] if one.kind == "series" else {"studio": [{"name": "Northlight"}]},
        "contentRatings": [{"name": "16", "country": "deu"}, {"name": "TV-MA", "country": "usa"}],
        "remoteIds": [{"id": one.imdb, "sourceName": "IMDB"}] if one.imdb else [],
        "characters": [
            {"name": "Anna", "personName": "Ida Lund", "peopleType": "Actor", "sort": 2},
            {"name": "Max", "personName": "Otto Berg", "peopleType": "Actor", "sort": 1},
            {"personName": "Nora Falk", "peopleType": "Creator"},
        ],
        "seasons": [{"number": n, "type": {"type": kind}} for n in (0, 1, 2) for kind in ("official", "dvd")],
        "episodes": [{"seasonNumber": season} for season in (0, 1, 1, 2)],
        "translations": {
            "overviewTranslations": [{"overview": text, "language": code} for code, text in one.overviews.items()],
            "nameTranslations": [{"name": text, "language": code} for code, text in one.names.items()],
        },
    }
