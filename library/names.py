"""One spelling for genres and languages, whoever wrote them: two catalogues must not look like two tastes."""

from __future__ import annotations

from collections.abc import Iterable

_GENRES: dict[str, tuple[str, ...]] = {
    "sci-fi": ("Science Fiction",),
    "sci fi": ("Science Fiction",),
    "scifi": ("Science Fiction",),
    "sci-fi & fantasy": ("Science Fiction", "Fantasy"),
    "science fiction & fantasy": ("Science Fiction", "Fantasy"),
    "action & adventure": ("Action", "Adventure"),
    "action/adventure": ("Action", "Adventure"),
    "war & politics": ("War", "Politics"),
    "kids": ("Children",),
    "children's": ("Children",),
    "musical": ("Musical",),
    "biopic": ("Biography",),
    "film noir": ("Film-Noir",),
}

_LANGUAGES = {
    "ar": "Arabic",
    "bg": "Bulgarian",
    "bn": "Bengali",
    "ca": "Catalan",
    "cn": "Cantonese",
    "cs": "Czech",
    "da": "Danish",
    "de": "German",
    "el": "Greek",
    "en": "English",
    "es": "Spanish",
    "et": "Estonian",
    "eu": "Basque",
    "fa": "Persian",
    "fi": "Finnish",
    "fr": "French",
    "ga": "Irish",
    "he": "Hebrew",
    "hi": "Hindi",
    "hr": "Croatian",
    "hu": "Hungarian",
    "id": "Indonesian",
    "is": "Icelandic",
    "it": "Italian",
    "ja": "Japanese",
    "ka": "Georgian",
    "ko": "Korean",
    "la": "Latin",
    "lt": "Lithuanian",
    "lv": "Latvian",
    "mk": "Macedonian",
    "ml": "Malayalam",
    "mn": "Mongolian",
    "nb": "Norwegian",
    "nl": "Dutch",
    "no": "Norwegian",
    "pl": "Polish",
    "pt": "Portuguese",
    "ro": "Romanian",
    "ru": "Russian",
    "sh": "Serbo-Croatian",
    "sk": "Slovak",
    "sl": "Slovenian",
    "sr": "Serbian",
    "sv": "Swedish",
    "ta": "Tamil",
    "te": "Telugu",
    "th": "Thai",
    "tl": "Tagalog",
    "tr": "Turkish",
    "uk": "Ukrainian",
    "ur": "Urdu",
    "vi": "Vietnamese",
    "wo": "Wolof",
    "xx": "No language",
    "yi": "Yiddish",
    "zh": "Chinese",
}


def genre_names(genres: Iterable[str]) -> tuple[str, ...]:
    """The genres in one spelling each; double ones such as "Sci-Fi & Fantasy" become two."""
    names: dict[str, None] = {}
    for genre in genres:
        for name in _GENRES.get(genre.strip().casefold(), (genre.strip(),)):
            names[name] = None
    return tuple(name for name in names if name)


def language_name(code: str) -> str:
    """The English name of a language code, or the code itself when it is not a common one."""
    plain = code.strip().casefold()
    return _LANGUAGES.get(plain.split("-")[0], code.strip())
