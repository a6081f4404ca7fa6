from __future__ import annotations

import math

import numpy as np
import pytest

from library.items import Item, MediaKind
from recommender.mood import darkness, darkness_told


def film(genres: tuple[str, ...] = (), keywords: tuple[str, ...] = ()) -> Item:
    return Item(id=1, kind=MediaKind.MOVIE, title="A", genres=genres, keywords=keywords)


def test_genres_and_keywords_tell_light_from_dark() -> None:
    assert darkness_told(film(("Horror",), ("murder",))) > darkness_told(film(("Drama",))) > 0
    assert darkness_told(film(("Comedy", "Family"), ("wedding",))) < -1
    assert math.isnan(darkness_told(film()))
    assert math.isnan(darkness_told(film(("Unheard of",), ("lamp",))))


def test_texts_speak_for_titles_that_say_nothing_of_themselves() -> None:
    generator = np.random.default_rng(4)
    dark = np.arange(200) % 2 == 0
    text = generator.normal(0.0, 0.2, (200, 8)).astype(np.float32)
    text[:, 0] += np.where(dark, 1.0, -1.0)
    told = np.where(dark, 1.0, -1.0).astype(np.float32)
    told[150:] = np.nan
    mood = darkness(told, text)
    assert mood.dtype == np.float32
    assert np.all((mood[150:] > 0) == dark[150:])
    assert mood.mean() == pytest.approx(0.0, abs=0.05)


def test_nothing_known_is_neither_light_nor_dark() -> None:
    unknown = np.full(3, np.nan, np.float32)
    assert darkness(unknown, np.zeros((3, 0), np.float32)).tolist() == [0.0, 0.0, 0.0]
    some = np.array([1.0, -1.0, np.nan], np.float32)
    assert darkness(some, np.zeros((3, 4), np.float32)).tolist() == [1.0, -1.0, 0.0]
