"""TMDB fits the protocol, against its fake over real HTTP."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from library.items import ExternalId, MediaKind
from providers.catalogs.tmdb import TmdbCatalog
from providers.http import Patience
from tests.contracts.catalog import CatalogContract, CatalogSubject
from tests.fakes.tmdb import API_KEY, FakeTmdb, many

QUICK = Patience(connect=1, read=0.4, overall=0.6, attempts=2, pause=0.005, most_bytes=1024 * 1024)


class TestTmdb(CatalogContract):
    """With the key that goes into the address, which is the one that can be seen by mistake."""

    @pytest.fixture
    def subject(self) -> Iterator[CatalogSubject]:
        titles = many(3)
        with FakeTmdb(titles=titles) as service:
            made = CatalogSubject(
                service,
                open=lambda url: TmdbCatalog(API_KEY, patience=QUICK, limit=5000, url=url),
                kind=MediaKind.MOVIE,
                titles={str(one.id): (one.title, one.year or 0) for one in titles},
                id_of=lambda key: ExternalId("imdb", f"tt{7000000 + int(key) - 1000}"),
                word="The story of film",
                secrets=(API_KEY,),
            )
            yield made
            made.close()
