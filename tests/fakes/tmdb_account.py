"""An account at the fake TMDB: a request that its owner agrees to or not, a session, and lists in pages."""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

PER_PAGE = 20
_NUMBERS = itertools.count(1)
"""No two requests and no two sessions are called alike, whichever fake they are of: what was a secret once stays one."""
SITE = "https://www.themoviedb.org"
_KINDS = {"movies": "movie", "tv": "tv"}


@dataclass(kw_only=True)
class FakeAccount:
    """What the account keeps, and who may see it.

    :param decision: what the owner does as soon as the page is there: "agree", "refuse", or "" for nothing yet.
    :param tokens: requests that were made -> what the owner decided.
    :param lists: ("rated" | "favorite" | "watchlist", "movies" | "tv") -> number, title, year and rating of each title.
    :param sessions: those that hold; ``ended`` those that held once.
    """

    id: int = 548
    username: str = "ada"
    decision: str = "agree"
    lists: dict[tuple[str, str], list[tuple[int, str, int, float]]] = field(default_factory=dict)
    pages: int | None = None
    tokens: dict[str, str] = field(default_factory=dict)
    sessions: set[str] = field(default_factory=set)
    ended: list[str] = field(default_factory=list)
    looks: int = 0

    def visit(self, link: str, decision: str = "agree") -> None:
        """The owner opens a page in the browser and decides."""
        token = link.removeprefix(f"{SITE}/authenticate/")
        assert token in self.tokens, f"this is no page of TMDB's: {link}"
        self.tokens[token] = decision

    def revoke(self) -> None:
        """The owner ends what is open, in the settings there."""
        self.sessions.clear()

    def answer(self, request: web.Request, parts: list[str], body: bytes) -> web.Response:
        """The answer to a request that has a good key."""
        content = json.loads(body) if body else {}
        asked = (request.method, *parts)
        if asked == ("GET", "authentication", "token", "new"):
            token = f"request-canary-{next(_NUMBERS):08d}"
            self.tokens[token] = self.decision
            return _yes({"expires_at": "2026-01-31 17:04:39 UTC", "request_token": token})
        if asked == ("POST", "authentication", "session", "new"):
            return self._new_session(str(content.get("request_token")))
        if asked == ("DELETE", "authentication", "session"):
            return self._end(str(content.get("session_id")))
        if request.query.get("session_id") not in self.sessions:
            return _no(401, 3, "Authentication failed: You do not have permissions to access the service.")
        if parts == ["account"]:
            return web.json_response({"id": self.id, "username": self.username, "name": "Ada", "include_adult": False})
        if parts[:2] == ["account", str(self.id)] and parts[3] in _KINDS:
            return web.json_response(self._page(parts[2], parts[3], int(request.query["page"])))
        return _no(404, 34, "The resource you requested could not be found.")

    def _new_session(self, token: str) -> web.Response:
        self.looks += 1
        decided = self.tokens.get(token, "refuse")
        if decided == "refuse":
            return _no(401, 33, "Invalid request token: The request token is either expired or invalid.")
        if decided != "agree":
            return _no(401, 17, "Session denied.")
        del self.tokens[token]
        session = f"session-canary-{next(_NUMBERS):08d}"
        self.sessions.add(session)
        return _yes({"session_id": session})

    def _end(self, session: str) -> web.Response:
        if session not in self.sessions:
            return _no(401, 3, "Authentication failed: You do not have permissions to access the service.")
        self.sessions.remove(session)
        self.ended.append(session)
        return _yes({})

    def _page(self, what: str, kind: str, page: int) -> dict[str, Any]:
        titles = self.lists.get((what, kind), [])
        found = titles[(page - 1) * PER_PAGE : page * PER_PAGE]
        pages = self.pages if self.pages is not None else -(-len(titles) // PER_PAGE)
        lines = [_line(_KINDS[kind], *title) for title in found]
        if what == "rated":
            lines = [{**line, "rating": title[3]} for line, title in zip(lines, found, strict=True)]
        return {"page": page, "results": lines, "total_pages": pages, "total_results": len(titles)}


def _line(kind: str, number: int, title: str, year: int, rating: float = 0.0) -> dict[str, Any]:
    names = (
        ("title", "original_title", "release_date") if kind == "movie" else ("name", "original_name", "first_air_date")
    )
    return {"id": number, "vote_average": 7.1, **dict(zip(names, (title, title, f"{year}-06-01"), strict=True))}


def _yes(more: dict[str, Any]) -> web.Response:
    return web.json_response({"success": True, **more})


def _no(status: int, code: int, message: str) -> web.Response:
    return web.json_response({"success": False, "status_code": code, "status_message": message}, status=status)
