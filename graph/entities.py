"""Who and what a title's plot mentions: people, places, events and things, read out of its overview.

Where nltk's tagger and its data are on this computer, it says which words are proper nouns. Elsewhere spelling says it: a word
with a capital letter is a proper noun unless it merely begins a sentence, or is of those that are always written so without
naming anything (months, nationalities, titles of people). Either way a chunk grammar joins them: "Battle of Stalingrad".

What a plot mentions depends on its own text alone and not on the rest of the library, so that the same title has the same
entities everywhere and reading one more title never changes another. ``docs/entities.md`` says how good it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

from graph.openers import ALWAYS_CAPITAL, HONORIFICS, OPENERS
from library.items import Item

MOST_ENTITIES = 8
LONGEST = 6  # words
PROPER, NUMBER, LINK, OTHER = "NNP", "CD", "IN", "X"

Tagged = tuple[str, str]
Tagger = Callable[[Sequence[str]], list[Tagged]]

_SENTENCE_END = re.compile(r"(?<=[.!?…])[\"”’)\]]*\s+(?=[\"“‘(\[]*[A-ZÀ-ÖØ-Þ0-9])")
_ABBREVIATION = re.compile(r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|Sgt|Lt|Col|Gen|Capt|Rev|St|Jr|Sr|vs)|\b[A-Z])\.$")
_TOKEN = re.compile(
    r"(?:[A-Z]\.){2,}|(?:Mr|Mrs|Ms|Dr|Prof|Sgt|Lt|Col|Gen|Capt|Rev|St|Jr|Sr)\.|[A-Z]\.(?=\s[A-Z])"
    r"|\w+(?:[-’'&.]\w+)*|[^\w\s]"
)
_POSSESSIVE = re.compile(r"[’']s$|(?<=s)[’']$")
_LINKS = frozenset(
    {"of", "de", "da", "del", "della", "di", "du", "des", "van", "von", "der", "den", "bin", "al", "la", "le", "the"}
)
_BEGINS_ANEW = frozenset('"“”‘(:;–—')
_BEGIN_NAMES = frozenset(
    {"new", "san", "los", "las", "united", "south", "north", "west", "east", "great", "world", "saint", "el"}
)
_AFTER_NAMES = frozenset({"is", "has", "was", "must", "wants", "finds", "and"})
_NEVER_ALONE = ALWAYS_CAPITAL | HONORIFICS
_VERB_OR_ADVERB = re.compile(r"(?:ing|ed|ly|less|ful|ous)$")
_ROMAN = re.compile(r"[IVX]+$")


def entities_of(item: Item, tagger: Tagger | None = None) -> tuple[str, ...]:
    """The entities that the overview of a title mentions, the most mentioned first, at most ``MOST_ENTITIES``.

    :param tagger: tags the words of a sentence; the best that is on this computer when not given.
    """
    found: dict[str, tuple[int, int, str]] = {}
    for name in _mentions(item.overview or "", item.title, tagger or best_tagger()):
        key = name.casefold()
        count, place, spelling = found.get(key, (0, len(found), name))
        found[key] = (count + 1, place, spelling)
    kept = _without_parts(found)
    ordered = sorted(kept.values(), key=lambda entry: (-entry[0], entry[1]))
    return tuple(name for _, _, name in ordered[:MOST_ENTITIES])


def _without_parts(found: dict[str, tuple[int, int, str]]) -> dict[str, tuple[int, int, str]]:
    """Count "Anna" as a mention of "Anna Karenina" where both are mentioned, and of nothing else."""
    kept = dict(found)
    for key, (count, place, _) in found.items():
        words = key.split()
        wholes = [other for other in kept if other != key and _begins_or_ends(other.split(), words)]
        if len(wholes) == 1 and key in kept:
            whole_count, whole_place, whole = kept[wholes[0]]
            kept[wholes[0]] = (whole_count + count, min(whole_place, place), whole)
            del kept[key]
    return kept


def _begins_or_ends(whole: Sequence[str], part: Sequence[str]) -> bool:
    return len(part) < len(whole) and (
        list(whole[: len(part)]) == list(part) or list(whole[-len(part) :]) == list(part)
    )


def _mentions(text: str, title: str, tagger: Tagger) -> Iterator[str]:
    """Every mention in the order of the text."""
    sentences = [_TOKEN.findall(sentence) for sentence in sentences_of(text)]
    inside = _named_inside(sentences) | {word for word in _TOKEN.findall(title) if word.casefold() not in OPENERS}
    for tokens in sentences:
        yield from _chunks(_without_openers(tagger(tokens), inside))


def sentences_of(text: str) -> list[str]:
    """The sentences of a text; an abbreviation does not end one."""
    sentences: list[str] = []
    for part in _SENTENCE_END.split(text.strip()):
        if sentences and _ABBREVIATION.search(sentences[-1]):
            sentences[-1] = f"{sentences[-1]} {part}"
        elif part:
            sentences.append(part)
    return sentences


def _named_inside(sentences: Sequence[Sequence[str]]) -> set[str]:
    """Words that have a capital letter somewhere other than at the beginning of a sentence."""
    return {
        _POSSESSIVE.sub("", word)
        for tokens in sentences
        for place, word in enumerate(tokens)
        if place and word[:1].isupper() and tokens[place - 1] not in _BEGINS_ANEW
    }


def _without_openers(tagged: list[Tagged], inside: set[str]) -> list[Tagged]:
    """The same tags, without a capital letter that is there only because a sentence begins."""
    result = list(tagged)
    begins = True
    for place, (word, tag) in enumerate(tagged):
        if begins and tag == PROPER and not _is_name_at_start(word, tagged[place + 1 :], inside):
            result[place] = (word, OTHER)
            begins = word in _BEGINS_ANEW
        elif word not in _BEGINS_ANEW:
            begins = False
        else:
            begins = True
    return result


def _is_name_at_start(word: str, rest: Sequence[Tagged], inside: set[str]) -> bool:
    """Whether a word with a capital letter at the beginning of a sentence is a name."""
    plain = _POSSESSIVE.sub("", word)
    follows = rest[0] if rest else ("", OTHER)
    if plain.casefold() in _BEGIN_NAMES and follows[1] == PROPER:
        return True
    if plain.casefold() in OPENERS or "-" in plain:
        return False
    if plain in inside or (plain.isupper() and len(plain) > 1):
        return True
    if _VERB_OR_ADVERB.search(plain):
        return False
    return word != plain or follows[1] == PROPER or follows[0] in _AFTER_NAMES


def _chunks(tagged: Sequence[Tagged]) -> Iterator[str]:
    """Proper nouns joined by the grammar ``NNP+ ((IN)+ NNP+)* CD?``, cut after a possessive."""
    run: list[str] = []
    for place, (word, tag) in enumerate(tagged):
        plain = _POSSESSIVE.sub("", word)
        if tag == PROPER:
            run.append(plain)
            if plain != word:
                yield from _finished(run)
                run = []
        elif run and (tag == NUMBER or (tag == LINK and _goes_on(tagged, place))):
            run.append(word)
        else:
            yield from _finished(run)
            run = []
    yield from _finished(run)


def _goes_on(tagged: Sequence[Tagged], place: int) -> bool:
    """Whether a proper noun follows after one or two linking words."""
    for word, tag in tagged[place + 1 : place + 3]:
        if tag == PROPER:
            return True
        if tag != LINK or word not in _LINKS:
            return False
    return False


def _finished(run: list[str]) -> Iterator[str]:
    """The entity that a run of words stands for, if it stands for one."""
    words = list(run)
    while words and (words[-1].casefold() in _LINKS or words[0].casefold() in _LINKS):
        words.pop(0 if words[0].casefold() in _LINKS else -1)
    if words and words[-1].isdigit() and len(words[-1]) == 4 and len(words) == 2:
        words.pop()  # a year is no part of a name
    while len(words) > 2 and words[0].casefold() in HONORIFICS:
        words.pop(0)  # "Agent Kate Macer" is Kate Macer; "King Louie" is not Louie
    if not words or len(words) > LONGEST:
        return
    if len(words) == 1 and not _can_stand_alone(words[0]):
        return
    if all(word.casefold() in _NEVER_ALONE or word.isdigit() for word in words):
        return
    yield " ".join(words)


def _can_stand_alone(word: str) -> bool:
    plain = word.rstrip(".")
    return len(plain) > 1 and plain.casefold() not in _NEVER_ALONE and not _ROMAN.match(plain) and not plain.isdigit()


def spelling_tagger(tokens: Sequence[str]) -> list[Tagged]:
    """Tags by spelling alone: what is written with a capital letter is a proper noun."""
    tagged = []
    for word in tokens:
        if word[:1].isupper() and word != "I":
            tagged.append((word, PROPER))
        elif word.isdigit():
            tagged.append((word, NUMBER))
        else:
            tagged.append((word, LINK if word in _LINKS else OTHER))
    return tagged


def nltk_tagger(tag: Callable[[list[str]], list[Tagged]]) -> Tagger:
    """A tagger of nltk's made to speak of proper nouns, numbers and links only.

    A word that it takes for a proper noun although it has no capital letter is not one: its errors are of that sort.
    """

    def tagged(tokens: Sequence[str]) -> list[Tagged]:
        result = []
        for word, kind in tag(list(tokens)):
            if kind.startswith(PROPER) and word[:1].isupper():
                result.append((word, PROPER))
            elif word.isdigit():
                result.append((word, NUMBER))
            else:
                result.append((word, LINK if word in _LINKS else OTHER))
        return result

    return tagged


@lru_cache(maxsize=1)
def best_tagger() -> Tagger:
    """The tagger of nltk where its data is on this computer, else the one that goes by spelling; nothing is ever downloaded."""
    import nltk

    for resource in ("taggers/averaged_perceptron_tagger_eng", "taggers/averaged_perceptron_tagger"):
        try:
            nltk.data.find(resource)
        except LookupError:
            continue
        return nltk_tagger(nltk.pos_tag)
    return spelling_tagger
