"""TVDB fits the protocol, against its fake over real HTTP."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from library.items import ExternalId, MediaKind
from providers.catalogs.tvdb import TvdbCatalog
from providers.http import Patience
from tests.contracts.catalog import CatalogContract, CatalogSubject
from tests.fakes.tvdb import KEY, PIN, FakeTvdb, Record

QUICK = Patience(connect=1, read=0.4, overall=0.6, attempts=2, pause=0.005, most_bytes=1024 * 1024)


class TestTvdb(CatalogContract):
    @pytest.fixture
    def subject(self) -> Iterator[CatalogSubject]:
        records = [Record(500 + n, f"Show {n}", 1990 + n, imdb=f"tt{60 + n}") for n in range(3)]
        with FakeTvdb(records=records, pin=PIN) as service:
            made = CatalogSubject(
                service,
                open=lambda url: TvdbCatalog(KEY, PIN, patience=QUICK, limit=5000, url=url),
                kind=MediaKind.SHOW,
                titles={str(one.id): (one.name, one.year) for one in records},
                id_of=lambda key: ExternalId("imdb", f"tt{60 + int(key) - 500}"),
                word="A show",
                path="/v4/se",  # searches and series, not the login
                secrets=(KEY, PIN, "jwt-canary"),
            )
            yield made
            made.close()
