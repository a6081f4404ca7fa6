"""Settings: checked when they are saved, forgiving when they are read."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from library.errors import SettingsError
from library.library import Library
from library.settings import (
    AppearanceSettings,
    RecommendationSettings,
    Settings,
    SourceSettings,
    TextModelSettings,
    TrainingSettings,
    WindowSettings,
)

PLEX = SourceSettings("a", "plex", "Living room", url="http://192.168.1.10:32400", libraries=("1", "2"))
FOLDER = SourceSettings("b", "folder", "Films", paths=("/films", "/more"))
FULL = Settings(
    sources=(PLEX, FOLDER, SourceSettings("c", "demo", "Demo", libraries=())),
    recommendation=RecommendationSettings(adventure=1.5, cooldown_hours=12),
    appearance=AppearanceSettings("dark"),
    text_model=TextModelSettings("/models/own"),
    training=TrainingSettings(paused=True),
    window=WindowSettings("AAEC", "movies"),
)


def stored(library: Library, section: str, value: object) -> None:
    text = value if isinstance(value, str) else json.dumps(value)
    sql = (
        "INSERT INTO setting (section, value) VALUES (?, ?) ON CONFLICT (section) DO UPDATE SET value = excluded.value"
    )
    library.database.run(sql, (section, text))


def test_a_new_library_has_the_defaults(library: Library) -> None:
    assert library.settings.load() == Settings()


def test_what_is_saved_is_read(library: Library) -> None:
    library.settings.save(FULL)
    assert library.settings.load() == FULL
    library.settings.save(replace(FULL, sources=()))
    assert library.settings.load().sources == ()


@pytest.mark.parametrize(
    "wrong",
    [
        replace(PLEX, url=""),
        replace(PLEX, url="192.168.1.10:32400"),
        replace(PLEX, url="ftp://host"),
        replace(PLEX, url="http://"),
        replace(PLEX, url="http://host:99999"),
        replace(PLEX, url="http://user:word@host"),
        replace(PLEX, url="http://host/?X-Plex-Token=abc"),
        replace(PLEX, name=" "),
        replace(PLEX, id=""),
        replace(FOLDER, paths=()),
        replace(FOLDER, paths=("",)),
        replace(FOLDER, kind="jellyfish"),
        RecommendationSettings(adventure=-0.1),
        RecommendationSettings(adventure=2.1),
        RecommendationSettings(adventure=float("nan")),
        RecommendationSettings(cooldown_hours=169),
        AppearanceSettings("purple"),
        TextModelSettings(" "),
        Settings(sources=(PLEX, replace(FOLDER, id="a"))),
    ],
)
def test_what_cannot_be_used_is_said_in_a_sentence(wrong) -> None:
    with pytest.raises(SettingsError) as told:
        wrong.check()
    assert told.value.message[0].isupper()
    assert told.value.message.endswith(".")


def test_what_cannot_be_used_is_not_saved(library: Library) -> None:
    library.settings.save(FULL)
    with pytest.raises(SettingsError):
        library.settings.save(replace(FULL, recommendation=RecommendationSettings(adventure=9)))
    assert library.settings.load() == FULL


def test_each_bad_value_gives_way_to_its_default_alone(library: Library) -> None:
    stored(library, "recommendation", {"adventure": 99, "cooldown_hours": 5, "unheard_of": 1})
    stored(library, "appearance", {"theme": ["dark"]})
    stored(library, "training", {"paused": "yes"})
    stored(library, "text_model", "{ not json")
    stored(library, "window", [1, 2])
    stored(library, "from_the_future", {"x": 1})
    assert library.settings.load() == Settings(recommendation=RecommendationSettings(cooldown_hours=5.0))


def test_a_bad_source_is_left_out_and_the_others_stay(library: Library) -> None:
    good = {"id": "b", "kind": "folder", "name": "Films", "paths": ["/films", "/more"], "new": True}
    stored(library, "sources", [good, {"id": "x"}, "text", {**good, "id": "y", "paths": [1]}, {**good, "kind": "tape"}])
    assert library.settings.load().sources == (FOLDER,)


def test_whole_numbers_are_numbers_and_truth_values_are_not(library: Library) -> None:
    stored(library, "recommendation", {"adventure": 1, "cooldown_hours": True})
    assert library.settings.load().recommendation == RecommendationSettings(adventure=1.0)
