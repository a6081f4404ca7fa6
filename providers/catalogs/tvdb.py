"""TVDB, for shows that TMDB does not know, or for who does without TMDB.

Its key is changed for a token at the first question, which is kept in memory only; when the token is refused, the key is
changed once more, and the question asked again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from urllib.parse import quote

from library.errors import ProviderDenied, ProviderError, ProviderReplyError
from library.items import MediaKind
from library.redaction import register_secret
from library.sources import Match, Metadata, Question
from providers.async_http import AsyncProviderSession, Reply
from providers.catalogs.catalog import MOST_MATCHES, PURPOSE, AskedCatalog
from providers.catalogs.matching import Candidate, ids_of, is_impossible
from providers.catalogs.rate import Pace
from providers.catalogs.tvdb_details import Said, candidate_of, lines_of, match_of, metadata_of, record_of
from providers.http import BadStatus, Patience
from providers.ledger import NetworkLedger

NAME = "TVDB"
URL = "https://api4.thetvdb.com"
PICTURES = "https://artworks.thetvdb.com/"
REQUESTS_A_SECOND = 10.0
_KINDS = {MediaKind.SHOW: "series", MediaKind.MOVIE: "movie"}


class TvdbCatalog(AskedCatalog):
    """Fits ``library.sources.Catalog``.

    :param key: the API key; ``pin`` the subscriber's PIN, which keys that users pay for need, else empty.
    :param language: ISO 639-1 code of the answers.
    :param limit: how many requests a second it is asked at most.
    """

    def __init__(
        self,
        key: str,
        pin: str = "",
        language: str = "en",
        *,
        ledger: NetworkLedger | None = None,
        patience: Patience | None = None,
        limit: float = REQUESTS_A_SECOND,
        url: str = URL,
    ) -> None:
        self._login = {"apikey": key.strip(), **({"pin": pin.strip()} if pin.strip() else {})}
        for secret in self._login.values():
            register_secret(secret)
        self._url = url.rstrip("/")
        self._language = language
        self._token = ""
        self._signing_in = asyncio.Lock()
        session = AsyncProviderSession(NAME, Pace(limit), ledger, patience, PURPOSE, _explain)
        super().__init__(session, (PICTURES, PICTURES if self._url == URL else f"{self._url}/artworks/"))

    @property
    def name(self) -> str:
        """Its name, which is also the scheme of its keys."""
        return "tvdb"

    def check(self) -> str:
        """Test the key; a sentence about what answered."""
        self._loop.run(self._sign_in(self._token))
        return "TVDB answers, and the key is good."

    async def _answer(self, question: Question) -> Metadata | None:
        if question.key is not None:
            return await self._details(question.kind, question.key)
        for key in ids_of(question, "tvdb"):
            found = await self._details(question.kind, key)
            if found is not None and not is_impossible(question, found):
                return found
        for value in ids_of(question, "imdb"):
            said = await self._get(f"search/remoteid/{quote(value, safe='')}")
            lines = said.get("data") if said else None
            records = [record_of(line, question.kind) for line in lines or () if isinstance(line, dict)]
            keys = {str(record["id"]) for record in records if record.get("id")}
            if len(keys) == 1:
                return await self._details(question.kind, keys.pop())
        return await self._by_name(question)

    def _candidate(self, kind: MediaKind, line: Said) -> Candidate:
        return candidate_of(line)

    def _match(self, kind: MediaKind, line: Said) -> Match:
        return match_of(kind, line, self._language)

    async def _search(self, kind: MediaKind, title: str, year: int | None) -> list[Said]:
        wanted = {"query": title, "type": _KINDS[kind], "limit": str(MOST_MATCHES)}
        return lines_of(await self._get("search", {**wanted, **({"year": str(year)} if year is not None else {})}))

    async def _details(self, kind: MediaKind, key: str) -> Metadata | None:
        """All about one title; ``None`` when it is not there any more. Who plays in it comes only with the long record."""
        series = kind is MediaKind.SHOW
        path = f"{'series' if series else 'movies'}/{quote(key, safe='')}/extended"
        said = await self._get(path, {"meta": "translations,episodes" if series else "translations", "short": "false"})
        record = said.get("data") if said else None
        if not isinstance(record, dict) or not record.get("id"):
            return None
        return metadata_of(kind, record, self._language)

    async def _get(self, path: str, wanted: Mapping[str, str] | None = None) -> Said | None:
        """An answer, ``None`` when there is no such thing; signs in where that is needed, once."""
        token = self._token or await self._sign_in("")
        try:
            return await self._ask(path, wanted, token)
        except ProviderDenied:
            return await self._ask(path, wanted, await self._sign_in(token))

    async def _ask(self, path: str, wanted: Mapping[str, str] | None, token: str) -> Said | None:
        try:
            headers = {"Authorization": f"Bearer {token}"}
            return (await self._session.get(f"{self._url}/v4/{path}", wanted, headers)).json()
        except BadStatus as error:
            if error.status == 404:
                return None
            raise

    async def _sign_in(self, refused: str) -> str:
        """Change the key for a token, once for all that wait for one; ``refused`` is the token that is no longer good."""
        async with self._signing_in:
            if self._token and self._token != refused:
                return self._token
            said = (await self._session.post(f"{self._url}/v4/login", self._login)).json()
            record = said.get("data")
            token = record.get("token") if isinstance(record, dict) else None
            if not isinstance(token, str) or not token:
                raise ProviderReplyError(NAME, "What answered is not TVDB.", "Try again in a while.")
            register_secret(token)
            self._token = token
            return token


def _explain(reply: Reply) -> ProviderError | None:
    """Its own words for a key that it does not take, and for a PIN that is missing."""
    if reply.status == 400 and b"pin" in reply.body.lower():
        return ProviderDenied(
            NAME, "TVDB wants the PIN that goes with this key.", "You find it on your dashboard at thetvdb.com."
        )
    if reply.status == 401:
        return ProviderDenied(NAME, "TVDB does not take this key.", "Look at it again, and at the PIN if it has one.")
    return None
