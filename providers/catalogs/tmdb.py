"""TMDB, the catalogue that knows most: films and shows with everything about them in one answer each.

A title is found by its ids first, then by name and year. An id of TMDB's own is believed as long as the other ids do not
contradict it. Where a search decided and not an id, the answer brings no ids unless the length agreed as well: they would
become the title's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from library.errors import ProviderDenied, ProviderError, ProviderReplyError
from library.items import MediaKind
from library.redaction import register_secret
from library.sources import Match, Metadata, Question
from providers.async_http import AsyncProviderSession, Reply
from providers.catalogs.catalog import PURPOSE, AskedCatalog
from providers.catalogs.matching import Candidate, ids_of, is_impossible
from providers.catalogs.rate import Pace
from providers.catalogs.tmdb_details import PICTURES, Said, candidate_of, lines_of, match_of, metadata_of
from providers.http import BadStatus, Patience
from providers.ledger import NetworkLedger

NAME = "TMDB"
URL = "https://api.themoviedb.org"
REQUESTS_A_SECOND = 20.0
ATTRIBUTION = "This product uses the TMDB API but is not endorsed or certified by TMDB."
_KINDS = {MediaKind.MOVIE: "movie", MediaKind.SHOW: "tv"}
_PARTS = ("credits", "keywords", "recommendations", "similar", "videos", "images", "external_ids")


class TmdbCatalog(AskedCatalog):
    """Fits ``library.sources.Catalog``.

    :param key: a read access token (the long one) or an API key (32 letters and digits); told apart by their form.
    :param language: ISO 639-1 code of the answers.
    :param limit: how many requests a second TMDB allows; it promises no number.
    """

    def __init__(
        self,
        key: str,
        language: str = "en",
        *,
        ledger: NetworkLedger | None = None,
        patience: Patience | None = None,
        limit: float = REQUESTS_A_SECOND,
        url: str = URL,
    ) -> None:
        register_secret(key)
        self._url = url.rstrip("/")
        self._language = language
        self._headers, self._key = credentials(key)
        session = AsyncProviderSession(NAME, Pace(limit), ledger, patience, PURPOSE, _explain)
        super().__init__(session, (PICTURES, PICTURES if self._url == URL else f"{self._url}/t/p/"))

    @property
    def name(self) -> str:
        """Its name, which is also the scheme of its keys."""
        return "tmdb"

    def check(self) -> str:
        """Test the key; a sentence about what answered."""
        said = self._loop.run(self._get("configuration"))
        if said is None or "images" not in said:
            raise ProviderReplyError(NAME, "What answered is not TMDB.", "Look whether something stands in for it.")
        return "TMDB answers, and the key is good."

    async def _answer(self, question: Question) -> Metadata | None:
        if question.key is not None:
            return await self._details(question.kind, question.key)
        for key in ids_of(question, "tmdb"):
            found = await self._details(question.kind, key)
            if found is not None and not is_impossible(question, found):
                return found
        key_by_id = await self._by_other_ids(question)
        if key_by_id is not None:
            found = await self._details(question.kind, key_by_id)
            if found is not None:
                return found
        return await self._by_name(question)

    async def _by_other_ids(self, question: Question) -> str | None:
        """The key of the one title that TMDB knows under an id of IMDb's or TVDB's."""
        schemes = ("imdb", "tvdb") if question.kind is MediaKind.SHOW else ("imdb",)
        for scheme in schemes:
            for value in ids_of(question, scheme):
                said = await self._get(f"find/{quote(value, safe='')}", {"external_source": f"{scheme}_id"})
                lines = lines_of(said or {}, f"{_KINDS[question.kind]}_results")
                if len(lines) == 1:
                    return str(lines[0]["id"])
        return None

    def _candidate(self, kind: MediaKind, line: Said) -> Candidate:
        return candidate_of(kind, line)

    def _match(self, kind: MediaKind, line: Said) -> Match:
        return match_of(kind, line)

    async def _search(self, kind: MediaKind, title: str, year: int | None) -> list[Said]:
        wanted = {"query": title, "include_adult": "false", "language": self._language}
        if year is not None:
            wanted["primary_release_year" if kind is MediaKind.MOVIE else "first_air_date_year"] = str(year)
        return lines_of(await self._get(f"search/{_KINDS[kind]}", wanted) or {})

    async def _details(self, kind: MediaKind, key: str) -> Metadata | None:
        """All about one title in one request; ``None`` when TMDB has it no more."""
        parts = [*_PARTS, "release_dates" if kind is MediaKind.MOVIE else "content_ratings"]
        if self._language != "en":
            parts.append("translations")
        languages = ",".join(dict.fromkeys((self._language, "en", "null")))
        wanted = {
            "append_to_response": ",".join(parts),
            "language": self._language,
            "include_image_language": languages,
            "include_video_language": languages,
        }
        said = await self._get(f"{_KINDS[kind]}/{quote(key, safe='')}", wanted)
        return None if said is None or not isinstance(said.get("id"), int) else metadata_of(kind, said)

    async def _get(self, path: str, wanted: Mapping[str, str] | None = None) -> Said | None:
        """An answer of TMDB's, ``None`` when there is no such thing."""
        try:
            reply = await self._session.get(f"{self._url}/3/{path}", {**(wanted or {}), **self._key}, self._headers)
        except BadStatus as error:
            if error.status == 404:
                return None
            raise
        return reply.json()


def credentials(key: str) -> tuple[dict[str, str], dict[str, str]]:
    """Headers and parameters that a key goes into: a read token has three parts with dots in between."""
    key = key.strip().removeprefix("Bearer ").strip()
    register_secret(key)
    return ({"Authorization": f"Bearer {key}"}, {}) if key.count(".") == 2 else ({}, {"api_key": key})


def _explain(reply: Reply) -> ProviderError | None:
    if reply.status == 401:
        return ProviderDenied(
            NAME, "TMDB does not take this key.", "Look at it again under Settings, API on themoviedb.org."
        )
    return None
