"""A TMDB that can be started on this computer: ids, searches, everything about a title in one answer, and a limit of requests.

By itself: ``python -m tests.fakes.tmdb --titles 2000 --limit 40``; ``/pace`` says how it was asked so far.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import sys
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.fakes.serving import FakeService
from tests.fakes.tmdb_account import FakeAccount

READ_TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJhdWQiOiJjYW5hcnkifQ.c2lnbmF0dXJlLWNhbmFyeQ"
API_KEY = "0123456789abcdef0123456789abcdef"
PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAIAAAADCAIAAAA2iEnWAAAAEElEQVR4nGM4oaEBRAwoFABIvQaRikDLogAAAABJRU5ErkJggg=="
)


@dataclass
class Title:
    """One film or show as TMDB keeps it."""

    id: int
    title: str
    year: int | None
    kind: str = "movie"
    original: str = ""
    runtime: int = 100
    imdb: str = ""
    tvdb: int = 0
    keywords: tuple[str, ...] = ("heist",)
    cast: tuple[str, ...] = ("Ida Lund", "Otto Berg")
    directors: tuple[str, ...] = ("Mira Holm",)
    recommended: tuple[int, ...] = ()
    similar: tuple[int, ...] = ()
    collection: str = ""
    certificates: dict[str, str] = field(default_factory=lambda: {"DE": "12", "US": "PG-13"})
    votes: tuple[float, int] = (7.4, 1200)
    also_found_as: tuple[str, ...] = ()
    overview: str = ""


@dataclass(kw_only=True)
class FakeTmdb(FakeService):
    """The catalogue.

    :param limit: how many requests it answers in any second; those above get a 429. ``retry_after`` goes with it if not empty.
    """

    titles: list[Title] = field(default_factory=list)
    limit: int | None = None
    retry_after: str = ""
    latency: float = 0.0
    refused: int = 0
    busiest: int = 0
    account: FakeAccount = field(default_factory=FakeAccount)

    def __post_init__(self) -> None:
        self._recent: deque[float] = deque()
        self._moments: list[float] = []

    async def right(self, request: web.Request, body: bytes) -> web.StreamResponse:
        if request.path == "/pace":
            return web.json_response(self._pace())
        if not self._let_in():
            self.refused += 1
            headers = {"Retry-After": self.retry_after} if self.retry_after else {}
            return _no(429, 25, "Your request count is over the allowed limit.", headers)
        if self.latency:
            await asyncio.sleep(self.latency)
        if request.path.startswith("/t/p/"):
            return web.Response(body=PICTURE, content_type="image/jpeg")
        if not self._knows_key(request):
            return _no(401, 7, "Invalid API key: You must be granted a valid key.")
        parts = [part for part in request.path.split("/") if part]
        if parts[1:2] in (["authentication"], ["account"]):
            return self.account.answer(request, parts[1:], body)
        answer = self._said(request, parts[1:]) if parts[:1] == ["3"] else None
        return (
            _no(404, 34, "The resource you requested could not be found.")
            if answer is None
            else web.json_response(answer)
        )

    def _let_in(self) -> bool:
        now = time.monotonic()
        self._recent.append(now)
        self._moments.append(now)
        while self._recent[0] <= now - 1.0:
            self._recent.popleft()
        self.busiest = max(self.busiest, len(self._recent))
        return self.limit is None or len(self._recent) <= self.limit

    def _pace(self) -> dict[str, float]:
        """How many requests came, in how many seconds from the first to the last, and how many within one second at most."""
        span = self._moments[-1] - self._moments[0] if self._moments else 0.0
        facts = {"requests": len(self._moments), "seconds": span, "busiest": self.busiest, "refused": self.refused}
        return facts | {"in_flight": self.most_in_flight}

    def _knows_key(self, request: web.Request) -> bool:
        bearer = request.headers.get("Authorization", "")
        return bearer == f"Bearer {READ_TOKEN}" or request.query.get("api_key") == API_KEY

    def _said(self, request: web.Request, parts: list[str]) -> dict[str, Any] | None:
        if parts == ["configuration"]:
            return {"images": {"secure_base_url": "https://image.tmdb.org/t/p/", "poster_sizes": ["w500"]}}
        if parts[0] == "find":
            return self._find(parts[1], request.query["external_source"])
        if parts[0] == "search":
            return self._search(parts[1], request.query)
        if parts[0] in ("movie", "tv"):
            found = next((one for one in self.titles if one.kind == parts[0] and str(one.id) == parts[1]), None)
            return None if found is None else self._details(found, request.query)
        return None

    def _find(self, value: str, source: str) -> dict[str, Any]:
        named = [one for one in self.titles if value == (one.imdb if source == "imdb_id" else str(one.tvdb))]
        films = [_line(one) for one in named if one.kind == "movie" and source == "imdb_id"]
        return {"movie_results": films, "tv_results": [_line(one) for one in named if one.kind == "tv"]}

    def _search(self, kind: str, query: Any) -> dict[str, Any]:
        words = query["query"].casefold()
        year = query.get("primary_release_year") or query.get("first_air_date_year")
        found = [
            one
            for one in self.titles
            if one.kind == kind
            and any(words in name.casefold() for name in (one.title, one.original, *one.also_found_as) if name)
            and (year is None or str(one.year) == year)
        ]
        return {"page": 1, "results": [_line(one) for one in found], "total_results": len(found)}

    def _details(self, one: Title, query: Any) -> dict[str, Any]:
        asked = query.get("append_to_response", "").split(",")
        film = one.kind == "movie"
        said: dict[str, Any] = {
            **_line(one),
            "overview": one.overview if query.get("language", "en") == "en" else "",
            "tagline": "",
            "genres": [{"id": 18, "name": "Drama"}],
            "production_countries": [{"iso_3166_1": "US", "name": "United States of America"}],
            "production_companies": [{"id": 1, "name": "Northlight"}],
            "original_language": "en",
            "popularity": 12.5,
            "vote_average": one.votes[0],
            "vote_count": one.votes[1],
            "backdrop_path": None,
            "homepage": "",
        }
        if film:
            said |= {"runtime": one.runtime, "imdb_id": one.imdb or None, "status": "Released"}
            said["belongs_to_collection"] = {"id": 9, "name": one.collection} if one.collection else None
        else:
            said |= {"episode_run_time": [one.runtime], "status": "Ended", "last_air_date": "2001-05-01"}
            said |= {"number_of_seasons": 3, "number_of_episodes": 24, "created_by": [{"name": "Nora Falk"}]}
        return said | {name: part for name, part in self._parts(one, film).items() if name in asked}

    def _parts(self, one: Title, film: bool) -> dict[str, Any]:
        keywords = [{"id": place, "name": name} for place, name in enumerate(one.keywords)]
        cast = [{"name": name, "character": f"Role {k}", "order": k} for k, name in enumerate(one.cast)]
        crew = [{"name": name, "job": "Director", "department": "Directing"} for name in one.directors]
        return {
            "credits": {"cast": cast[::-1], "crew": [*crew, {"name": "Per Dahl", "job": "Screenplay"}]},
            "keywords": {"keywords" if film else "results": keywords},
            "recommendations": {"results": [_related(one, key) for key in one.recommended]},
            "similar": {"results": [_related(one, key) for key in one.similar]},
            "release_dates": {
                "results": [
                    {"iso_3166_1": country, "release_dates": [{"certification": ""}, {"certification": text}]}
                    for country, text in one.certificates.items()
                ]
            },
            "content_ratings": {
                "results": [{"iso_3166_1": country, "rating": text} for country, text in one.certificates.items()]
            },
            "videos": {"results": [{"site": "YouTube", "key": f"v{one.id}", "type": "Trailer", "official": True}]},
            "images": {"posters": [], "backdrops": [{"file_path": f"/b{one.id}.jpg"}]},
            "external_ids": {"imdb_id": one.imdb or None, "tvdb_id": one.tvdb or None},
            "translations": {"translations": [{"iso_639_1": "en", "data": {"overview": one.overview}}]},
        }


def _line(one: Title) -> dict[str, Any]:
    date = f"{one.year}-06-01" if one.year else ""
    names = (
        ("title", "original_title", "release_date")
        if one.kind == "movie"
        else ("name", "original_name", "first_air_date")
    )
    values = (one.title, one.original or one.title, date)
    return {
        "id": one.id,
        "overview": one.overview,
        "poster_path": f"/p{one.id}.jpg",
        **dict(zip(names, values, strict=True)),
    }


def _related(one: Title, key: int) -> dict[str, Any]:
    return {"id": key, "media_type": one.kind, "title": f"Title {key}"}


def _no(status: int, code: int, message: str, headers: dict[str, str] | None = None) -> web.Response:
    return web.json_response(
        {"success": False, "status_code": code, "status_message": message}, status=status, headers=headers
    )


def many(count: int) -> list[Title]:
    """So many films, each recommended beside the next ones."""
    return [
        Title(
            1000 + n,
            f"Film {n}",
            1950 + n % 70,
            runtime=80 + n % 60,
            imdb=f"tt{7000000 + n}",
            overview=f"The story of film {n}.",
            keywords=(f"keyword {n % 40}", "heist"),
            recommended=tuple(1000 + (n + step) % count for step in (1, 2, 3)),
        )
        for n in range(count)
    ]


def main(arguments: list[str]) -> None:
    """Run until standard input ends; the address is the first line on standard output."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--titles", type=int, default=2000)
    parser.add_argument("--limit", type=int, default=None)
    parser.add_argument("--latency", type=float, default=0.0, help="seconds until an answer")
    chosen = parser.parse_args(arguments)
    with FakeTmdb(titles=many(chosen.titles), limit=chosen.limit, latency=chosen.latency) as fake:
        print(fake.url, flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main(sys.argv[1:])
