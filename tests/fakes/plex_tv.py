"""Plex's own web sites on this computer: sign-in, servers of an account, homes, the watchlist and the catalogue behind it.

plex.tv answers at the root, the discover and the metadata provider below /discover and /metadata.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import quoteattr

from aiohttp import web

from providers.plex_account import PlexSites
from tests.fakes.serving import FakeService

HANNA, ANNA, BEN = "7001", "7002", "7003"


@dataclass
class Person:
    """Somebody with an account; ``pin`` guards it within the home."""

    id: str
    name: str
    pin: str = ""
    admin: bool = False

    @property
    def uuid(self) -> str:
        return f"uuid{self.id}"

    @property
    def token(self) -> str:
        return f"account-Token-{self.id}-abcdef"

    def server_token(self, machine: str) -> str:
        return f"server-Token-{self.id}-{machine}"


@dataclass
class Device:
    """A server as plex.tv knows it; ``tokens`` are what it takes of whom, where that is not made up.

    :param ways: (uri, local, relay), as plex.tv lists them.
    """

    name: str
    machine: str
    ways: list[tuple[str, bool, bool]]
    owner: str = HANNA
    users: tuple[str, ...] = (ANNA,)
    tokens: dict[str, str] = field(default_factory=dict)
    https_required: bool = False
    provides: str = "server"


@dataclass
class Title:
    """One title of Plex's catalogue."""

    number: str
    kind: str
    title: str
    year: int

    @property
    def guid(self) -> str:
        return f"plex://{self.kind}/{self.number}"


def some_people() -> list[Person]:
    return [Person(HANNA, "Hanna", admin=True), Person(ANNA, "Anna"), Person(BEN, "Ben", pin="1234")]


@dataclass(kw_only=True)
class FakePlexTv(FakeService):
    """``with FakePlexTv() as plex_tv:``; a person "opens" the link of a sign-in with :meth:`visit`.

    :param claimed_after: so many looks after a code somebody uses it, without any :meth:`visit`; ``None`` for never.
    :param home_version: which of the two pages lists the people of the home; 0 for none of them.
    :param keeps_state: whether the metadata provider says what is on the watchlist.
    """

    people: list[Person] = field(default_factory=some_people)
    devices: list[Device] = field(default_factory=list)
    titles: list[Title] = field(default_factory=list)
    watchlists: dict[str, list[str]] = field(default_factory=dict)
    claimed_after: int | None = None
    home_version: int = 2
    keeps_state: bool = True
    keeps_watchlist: bool = True
    pins: dict[str, dict] = field(default_factory=dict)
    ended: set[str] = field(default_factory=set)

    @property
    def sites(self) -> PlexSites:
        return PlexSites(self.url, "https://app.plex.tv", f"{self.url}/discover", f"{self.url}/metadata")

    def dump(self) -> str:
        """Everything that can be changed from outside, in one canonical form."""
        lists = {who: sorted(numbers) for who, numbers in sorted(self.watchlists.items()) if numbers}
        return json.dumps({"watchlists": lists, "ended": sorted(self.ended)}, indent=1, sort_keys=True)

    def person(self, number: str) -> Person:
        return next(person for person in self.people if person.id == number)

    def visit(self, link: str, who: str = HANNA) -> None:
        """What the person does in the browser: open the page and sign in."""
        named = parse_qs(urlsplit(link).fragment.lstrip("?"))
        for pin in self.pins.values():
            if pin["code"] == named["code"][0] and pin["client"] == named["clientID"][0]:
                pin["authToken"] = self.person(who).token
                return
        raise AssertionError("nobody knows this code")

    def run_out(self) -> None:
        """Let all codes run out."""
        self.pins.clear()

    def right(self, request: web.Request, body: bytes) -> web.Response:
        for method, pattern, answer in (
            ("POST", r"/api/v2/pins", self._new_pin),
            ("GET", r"/api/v2/pins/(\d+)", self._pin),
        ):
            if request.method == method and (found := re.fullmatch(pattern, request.path)):
                return answer(request, *found.groups())
        who = self._who(request)
        if who is None:
            return _refused(401, "User could not be authenticated")
        for method, pattern, answer in (
            ("GET", r"/api/v2/user", self._user),
            ("GET", r"/api/v2/resources", self._resources),
            ("GET", r"/api/v2/home/users", self._home),
            ("GET", r"/api/home/users", self._old_home),
            ("POST", r"/api/v2/home/users/([^/]+)/switch", self._switch),
            ("DELETE", r"/api/v2/users/signout", self._sign_out),
            ("GET", r"/discover/library/sections/watchlist/all", self._watchlist),
            ("PUT", r"/discover/actions/(add|remove)(?:To|From)Watchlist", self._change),
            ("GET", r"/discover/library/search", self._search),
            ("GET", r"/metadata/library/metadata/([^/]+)/userState", self._state),
        ):
            if request.method == method and (found := re.fullmatch(pattern, request.path)):
                return answer(request, who, *found.groups())
        return _refused(404, "Not found")

    def _who(self, request: web.Request) -> Person | None:
        token = request.headers.get("X-Plex-Token", "")
        return next((one for one in self.people if one.token == token and token not in self.ended), None)

    # Signing in

    def _new_pin(self, request: web.Request) -> web.Response:
        client = request.headers.get("X-Plex-Client-Identifier", "")
        if not client or not request.headers.get("X-Plex-Product"):
            return _refused(400, "X-Plex-Client-Identifier is missing")
        strong = request.query.get("strong") == "true"
        number = str(100 + len(self.pins))
        code = f"strongcode{number}" if strong else "ab12"
        self.pins[number] = {"code": code, "client": client, "authToken": None, "looks": 0}
        return web.json_response({"id": int(number), "code": code, "expiresIn": 900, "authToken": None}, status=201)

    def _pin(self, request: web.Request, number: str) -> web.Response:
        pin = self.pins.get(number)
        if pin is None or pin["client"] != request.headers.get("X-Plex-Client-Identifier"):
            return _refused(404, "Code not found or expired")
        pin["looks"] += 1
        if self.claimed_after is not None and pin["looks"] > self.claimed_after:
            pin["authToken"] = self.person(HANNA).token
        return web.json_response({"id": int(number), "code": pin["code"], "authToken": pin["authToken"]})

    def _user(self, _request: web.Request, who: Person) -> web.Response:
        return web.json_response({"id": int(who.id), "uuid": who.uuid, "username": who.name.lower(), "title": who.name})

    def _sign_out(self, _request: web.Request, who: Person) -> web.Response:
        self.ended.add(who.token)
        return web.Response(status=204)

    # What the account has

    def _resources(self, request: web.Request, who: Person) -> web.Response:
        relay = request.query.get("includeRelay") == "1"
        rows = []
        for device in self.devices:
            if who.id != device.owner and who.id not in device.users:
                continue
            ways = [way for way in device.ways if relay or not way[2]]
            rows.append(
                {
                    "name": device.name,
                    "provides": device.provides,
                    "clientIdentifier": device.machine,
                    "owned": who.id == device.owner,
                    "sourceTitle": None if who.id == device.owner else self.person(device.owner).name,
                    "accessToken": device.tokens.get(who.id) or who.server_token(device.machine),
                    "httpsRequired": device.https_required,
                    "publicAddressMatches": True,
                    "connections": [_connection(*way) for way in ways],
                }
            )
        return web.json_response(rows)

    def _home(self, _request: web.Request, _who: Person) -> web.Response:
        if self.home_version != 2:
            return _refused(404, "Not found")
        rows = [
            {
                "id": int(one.id),
                "uuid": one.uuid,
                "title": one.name,
                "protected": bool(one.pin),
                "admin": one.admin,
                "hasPassword": one.admin,
            }
            for one in self.people
        ]
        return web.json_response({"id": 1, "name": "Home", "users": rows})

    def _old_home(self, _request: web.Request, _who: Person) -> web.Response:
        if self.home_version != 1:
            return _refused(404, "Not found")
        rows = "".join(
            f"<User id={quoteattr(one.id)} uuid={quoteattr(one.uuid)} title={quoteattr(one.name)}"
            f' protected="{int(bool(one.pin))}" admin="{int(one.admin)}" />'
            for one in self.people
        )
        return web.Response(text=f"<MediaContainer>{rows}</MediaContainer>", content_type="application/xml")

    def _switch(self, request: web.Request, _who: Person, uuid: str) -> web.Response:
        found = next((one for one in self.people if one.uuid == uuid), None)
        if found is None or (found.pin and request.query.get("pin") != found.pin):
            return _refused(403 if found else 404, "Invalid pin")
        return web.json_response({"id": int(found.id), "uuid": found.uuid, "authToken": found.token}, status=201)

    # The watchlist

    def _watchlist(self, request: web.Request, who: Person) -> web.Response:
        if not self.keeps_watchlist:
            return _refused(404, "Not found")
        start = int(request.headers.get("X-Plex-Container-Start", "0"))
        size = int(request.headers.get("X-Plex-Container-Size", "50"))
        numbers = list(reversed(self.watchlists.get(who.id, [])))
        rows = [self._row(number) for number in numbers[start : start + size]]
        return web.json_response(
            {"MediaContainer": {"size": len(rows), "offset": start, "totalSize": len(numbers), "Metadata": rows}}
        )

    def _change(self, request: web.Request, who: Person, action: str) -> web.Response:
        if not self.keeps_watchlist:
            return _refused(404, "Not found")
        number = request.query.get("ratingKey", "")
        listed = self.watchlists.setdefault(who.id, [])
        if not any(title.number == number for title in self.titles) or (number in listed) is (action == "add"):
            return _refused(400, "Bad Request")
        listed.append(number) if action == "add" else listed.remove(number)
        return web.Response(status=200)

    def _search(self, request: web.Request, _who: Person) -> web.Response:
        words = request.query.get("query", "").casefold()
        kinds = {"movies": "movie", "tv": "show"}
        wanted = [kinds[kind] for kind in request.query.get("searchTypes", "").split(",") if kind in kinds]
        hits = [one for one in self.titles if one.kind in wanted and words in one.title.casefold()]
        results = [{"score": 0.5, "Metadata": self._row(one.number)} for one in hits]
        groups = [{"id": "external", "size": len(results), "SearchResult": results}, {"id": "plex", "size": 0}]
        return web.json_response({"MediaContainer": {"SearchResults": groups}})

    def _state(self, _request: web.Request, who: Person, number: str) -> web.Response:
        if not self.keeps_state:
            return _refused(404, "Not found")
        state = {"ratingKey": number, "viewCount": 0}
        if number in self.watchlists.get(who.id, []):
            state["watchlistedAt"] = 1764000000
        return web.json_response({"MediaContainer": {"size": 1, "UserState": state}})

    def _row(self, number: str) -> dict:
        title = next(one for one in self.titles if one.number == number)
        return {"guid": title.guid, "type": title.kind, "title": title.title, "year": title.year, "ratingKey": number}


def _connection(uri: str, local: bool, relay: bool) -> dict:
    parts = urlsplit(uri)
    host = parts.hostname or ""
    return {
        "uri": uri,
        "protocol": parts.scheme,
        "address": host.split(".")[0].replace("-", ".") if host.endswith(".plex.direct") else host,
        "port": parts.port or 443,
        "local": local,
        "relay": relay,
        "IPv6": False,
    }


def _refused(status: int, message: str) -> web.Response:
    return web.json_response({"errors": [{"code": 1001, "message": message, "status": status}]}, status=status)
