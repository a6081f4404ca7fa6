from __future__ import annotations

import pytest

from graph.entities import entities_of, nltk_tagger, sentences_of, spelling_tagger
from library.items import Item, MediaKind


def read(overview: str, title: str = "A film") -> tuple[str, ...]:
    return entities_of(Item(id=1, kind=MediaKind.MOVIE, title=title, overview=overview), spelling_tagger)


@pytest.mark.parametrize(
    ("overview", "entities"),
    [
        ("When the war ends, a nurse stays in Rome.", ("Rome",)),
        ("Young Anna is sent to Paris. Later Anna returns.", ("Anna", "Paris")),
        ("He fights at the Battle of Stalingrad in World War II.", ("Battle of Stalingrad", "World War II")),
        ("Her teacher is Leonardo da Vinci.", ("Leonardo da Vinci",)),
        ("She moves from New Orleans to New York City.", ("New Orleans", "New York City")),
        ("A boy finds Harry's map. Then Harry comes.", ("Harry",)),
        ("In July an American writer meets Mrs. Robinson on Monday.", ("Mrs. Robinson",)),
        ("Agent Kate Macer joins the FBI. Kate doubts.", ("Kate Macer", "FBI")),
        ("The crew of Apollo 13 is in danger.", ("Apollo 13",)),
        ("It happens in Berlin 1945.", ("Berlin",)),
        ("Growing up is hard. Suddenly everything changes. Desperate, she runs.", ()),
        ("Chaos ensues when I find the TV.", ()),
        ("New York is cold. Los Angeles is warm.", ("New York", "Los Angeles")),
        ("A man called Ove lives alone. Ove is angry.", ("Ove",)),
        ("", ()),
        ("...", ()),
    ],
)
def test_names_are_told_from_beginnings_of_sentences(overview: str, entities: tuple[str, ...]) -> None:
    assert read(overview) == entities


def test_a_title_says_which_words_at_the_beginning_are_names() -> None:
    assert read("Paddington lives in London.", title="Paddington") == ("Paddington", "London")


def test_the_most_mentioned_come_first_and_there_are_never_many() -> None:
    names = " and ".join(f"Person{chr(65 + k)}" for k in range(12))
    found = read(f"They are {names}. But PersonL wins; PersonL rules.")
    assert found[0] == "PersonL"
    assert len(found) == 8


def test_an_abbreviation_does_not_end_a_sentence() -> None:
    assert sentences_of("He meets Dr. No. The U.S. is far. J. Smith waits!") == [
        "He meets Dr. No.",
        "The U.S. is far.",
        "J. Smith waits!",
    ]


def test_the_tagger_of_nltk_decides_where_it_is_there() -> None:
    """Its data cannot be had here: a stand-in answers in its words, as pos_tag does."""

    def pos_tag(tokens: list[str]) -> list[tuple[str, str]]:
        known = {"Chaos": "NNP", "Ridge": "NNP", "city": "NNP", "12": "CD", "Happy": "JJ"}
        return [(word, known.get(word, "NN")) for word in tokens]

    item = Item(id=1, kind=MediaKind.MOVIE, title="A", overview="Happy people see a city near Chaos Ridge 12 today.")
    assert entities_of(item, nltk_tagger(pos_tag)) == ("Chaos Ridge 12",)


def test_without_nltks_data_spelling_decides_and_nothing_is_downloaded(monkeypatch: pytest.MonkeyPatch) -> None:
    import nltk

    from graph.entities import best_tagger

    best_tagger.cache_clear()
    monkeypatch.setattr(nltk.data, "path", [])
    monkeypatch.setattr(nltk, "download", lambda *_: pytest.fail("something was to be downloaded"))
    assert best_tagger() is spelling_tagger
    monkeypatch.setattr(nltk.data, "find", lambda name: name)
    best_tagger.cache_clear()
    assert best_tagger() is not spelling_tagger
    best_tagger.cache_clear()
