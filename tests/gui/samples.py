"""Values to show: made by hand, with the real value classes."""

from __future__ import annotations

from dataclasses import replace

from gui.models import Card, ShelfEntry
from library.items import MediaKind
from recommender.explain import Explanation, Ledger, LedgerTerm, Prediction

TERMS = (
    LedgerTerm("usual", "what you usually give", 6.8),
    LedgerTerm("item", "like Contact, which you gave 9", 0.9, 2, 9.0),
    LedgerTerm("person", "Denis Villeneuve: Sicario 8, Prisoners 8", 0.5),
    LedgerTerm("genre", "slow dramas: you gave four of them 5 or less", -0.2),
    LedgerTerm("general", "widely known", 0.05),
)
EXPLANATION = Explanation(
    prediction=Prediction(8.05, 0.9, 6.8),
    reasons=(TERMS[1], TERMS[2]),
    against=TERMS[3],
    ledger=Ledger(TERMS, 8.05),
)
ARRIVAL = Card(
    item_id=1,
    kind=MediaKind.MOVIE,
    title="Arrival",
    year=2016,
    genres=("Drama", "Science Fiction"),
    facts="2016 · 1h 56m · Drama, Science Fiction · Denis Villeneuve",
    tagline="They came to talk.",
    overview="Twelve silent vessels hang over the Earth, and a linguist learns the language of those inside.",
    cast=("Amy Adams", "Jeremy Renner"),
    explanation=EXPLANATION,
    ratings=40,
)
SOLARIS = replace(ARRIVAL, item_id=10, title="Solaris", year=1972)
TITLES = ("Solaris", "Moon", "M", "Her", "Alien", "Brazil", "Stalker", "Contact", "Heat", "Amélie", "Ran", "Ikiru")
SHELF = [ShelfEntry(item_id=10 + place, title=title, year=1990 + place, mean=7.5) for place, title in enumerate(TITLES)]
