"""How dark a title is, told from its genres and keywords and carried over to other titles by their texts.

Few titles say of themselves that they are light or dark. Those whose genres and keywords do teach a linear reading of the
sentence embeddings (ridge regression), which then speaks for all the others too.
"""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from library.items import Item
from library.names import genre_names

Floats = NDArray[np.float32]

_GENRES = {
    "Horror": 1.0,
    "Thriller": 0.6,
    "Crime": 0.6,
    "War": 0.7,
    "Film-Noir": 0.7,
    "Mystery": 0.3,
    "Drama": 0.2,
    "Comedy": -0.9,
    "Family": -0.8,
    "Children": -0.8,
    "Animation": -0.5,
    "Musical": -0.5,
    "Music": -0.3,
    "Romance": -0.3,
    "Fantasy": -0.1,
}
_DARK = re.compile(
    r"\b(?:murder\w*|serial killer|killer|death|dying|suicide|rape|gore|blood|torture|violence|revenge|slasher|war crimes?"
    r"|genocide|holocaust|nazis?|concentration camp|kidnapping|demon\w*|possession|zombies?|post-apocalyptic|dystopia|drug"
    r"|abuse|psychopath|insanity|terroris[mt]|hostage|cannibal\w*|nightmare|depression|loss of \w+|terminal illness|bleak)\b",
    re.IGNORECASE,
)
_LIGHT = re.compile(
    r"\b(?:friendship|wedding|romantic comedy|slapstick|parody|spoof|satire|feel-?good|musical|dance|dancing|dog|cat|magic"
    r"|christmas|family|summer|party|holiday|vacation|stand-up comedy|buddy|fairy tale|princess|falling in love|sport|cooking"
    r"|road trip|high school|anthropomorphism|talking animal)\b",
    re.IGNORECASE,
)
RIDGE = 30.0
LEAST_TAUGHT = 30
SHARE_OF_TEXT = 0.6


def darkness_told(item: Item) -> float:
    """What genres and keywords say, about -2 (light) to 2 (dark); NaN when they say nothing."""
    said = [_GENRES[name] for name in genre_names(item.genres) if name in _GENRES]
    keywords = [0.5 * (bool(_DARK.search(word)) - bool(_LIGHT.search(word))) for word in item.keywords]
    told = [value for value in keywords if value]
    if not said and not told:
        return float("nan")
    return float(np.clip((sum(said) / len(said) if said else 0.0) + np.clip(sum(told), -1.0, 1.0), -2.0, 2.0))


def darkness(told: Floats, text: Floats) -> Floats:
    """How dark each title is, float32 (n,), of mean 0 and deviation 1; 0 where nothing is known.

    :param told: float32 (n,), of :func:`darkness_told`.
    :param text: float32 (n, d), embeddings of the texts; zero rows where there is none, and d = 0 where there are none.
    """
    known = np.isfinite(told)
    if not known.any():
        return np.zeros(len(told), np.float32)
    told = _standardised(np.where(known, told, 0.0), known)
    read = np.asarray(text.any(axis=1)) if text.shape[1] else np.zeros(len(told), np.bool_)
    taught = known & read
    if taught.sum() < LEAST_TAUGHT:
        return told
    rows = text[taught].astype(np.float64)
    gram = rows.T @ rows + RIDGE * np.eye(text.shape[1])
    axis = np.linalg.solve(gram, rows.T @ told[taught].astype(np.float64)).astype(np.float32)
    spoken = _standardised(text @ axis, read)
    share = np.where(read, np.where(known, SHARE_OF_TEXT, 1.0), 0.0).astype(np.float32)
    return _standardised(share * spoken + (1.0 - share) * told, known | read)


def _standardised(values: NDArray[np.floating], known: NDArray[np.bool_]) -> Floats:
    some = values[known].astype(np.float64)
    spread = float(some.std()) if len(some) else 0.0
    if spread < 1e-9:
        return np.zeros(len(values), np.float32)
    scaled: Floats = np.where(known, np.clip((values - some.mean()) / spread, -3.0, 3.0), 0.0).astype(np.float32)
    return scaled
