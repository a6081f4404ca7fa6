"""The training cycle: brings a snapshot up to the store, and publishes what it has as soon as that is worth showing.

Driven by a background thread or by the command line. Every step asks the store what is missing, so that it can be cancelled at
each yield and goes on from there the next time. Nothing heavy is loaded unless a text has to be embedded.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from encoders.text import describe_item, encoder_key, input_digest
from library.items import Item
from library.library import Library
from library.progress import Job, Progress
from recommender.columns import KINDS, ItemColumns, picture
from recommender.evidence import gather_evidence
from recommender.features import ItemFeatures
from recommender.snapshot import Snapshot
from recommender.taste import TasteModel
from recommender.weights import KernelWeights

if TYPE_CHECKING:
    from encoders.text import TextEncoder

log = logging.getLogger(__name__)

STALE_AFTER = 30 * 24 * 3600.0
TEXTS_AT_ONCE = 128
PUBLISH_EVERY = 8.0
PUBLISHING_SHARE = 0.05


@dataclass(frozen=True, slots=True)
class Published(Progress):
    """A step that brings a new snapshot, better than the one before but not yet the last."""

    snapshot: Snapshot | None = field(default=None, kw_only=True)


@dataclass(frozen=True, slots=True)
class TrainingPlan:
    """What a cycle works with.

    :param model: name or path of the text model.
    :param load_encoder: loads that model; called only when a text is missing.
    :param weights: the kernel weights of the taste model.
    :param save_to: directory that finished snapshots are saved to; ``None`` to keep them in memory only.
    :param first: item ids whose texts come first: what is on screen, what was just rated.
    """

    model: str
    load_encoder: Callable[[], TextEncoder]
    weights: KernelWeights
    save_to: Path | None = None
    first: Sequence[int] = ()


def refresh(library: Library, plan: TrainingPlan, previous: Snapshot | None) -> Job[Snapshot]:
    """Bring the snapshot up to date: items, texts, taste. The result is ``previous`` itself when nothing has changed.

    Yields :class:`Published` steps with intermediate snapshots on the way.

    :raises EncoderError: when the text model cannot be loaded; what was published before stays good.
    """
    key = encoder_key(plan.model)
    if previous is not None and previous.weights != plan.weights:
        previous = None
    revision = library.items.revision()
    fresh_items = previous is None or previous.revision != revision
    if not fresh_items and previous is not None and previous.text_model == key and previous.texts == len(previous):
        return (yield from _with_new_feedback(library, plan, previous))

    yield Progress("Reading the library")
    digests: dict[int, str] = {}
    features, columns = picture(_noting_digests(library.items.all(include_removed=True), plan.model, digests))
    build = _Build(library, plan, features, columns, revision, key)
    snapshot = build.snapshot()
    if fresh_items or previous is None or previous.text_model != key:
        _save(snapshot, plan)
        yield Published("Reading the library", len(snapshot), len(snapshot), snapshot=snapshot)
    missing = _in_order(library.embeddings.missing_or_stale(key, digests, time.time() - STALE_AFTER), plan.first)
    if missing:
        yield from _embed(library, plan, missing, digests, build)
        snapshot = build.snapshot()
        _save(snapshot, plan)
    return snapshot


def _with_new_feedback(library: Library, plan: TrainingPlan, previous: Snapshot) -> Job[Snapshot]:
    """The same items and texts; the taste is fitted anew when there is feedback it does not know."""
    if _newest_event(library) == previous.event_id:
        return previous
    yield Progress("Learning from your ratings")
    build = _Build(library, plan, previous.features, previous.columns, previous.revision, previous.text_model)
    snapshot = build.snapshot(read_texts=False)
    _save(snapshot, plan)
    return snapshot


def _embed(
    library: Library, plan: TrainingPlan, missing: Sequence[int], digests: dict[int, str], build: _Build
) -> Job[None]:
    """Embed the missing texts, a handful at a time, and publish now and then."""
    step = "Reading texts"
    yield Progress(step, 0, len(missing), f"{len(missing):,} texts to read")
    encoder = plan.load_encoder()
    done = 0
    published, cost = time.monotonic(), 0.0
    for first in range(0, len(missing), TEXTS_AT_ONCE):
        items = library.items.many(missing[first : first + TEXTS_AT_ONCE])
        for positions, vectors in encoder.encode([describe_item(item) for item in items]):
            found = {items[k].id: (digests[items[k].id], vectors[n]) for n, k in enumerate(positions)}
            library.embeddings.put(build.text_model, found)
            done += len(found)
            yield Progress(step, done, len(missing))
        began = time.monotonic()
        if began - published > max(PUBLISH_EVERY, cost / PUBLISHING_SHARE) and done < len(missing):
            snapshot = build.snapshot()
            published = time.monotonic()
            cost = published - began
            yield Published(step, done, len(missing), snapshot=snapshot)


@dataclass(slots=True)
class _Build:
    """Makes snapshots of the same items with more and more texts."""

    library: Library
    plan: TrainingPlan
    features: ItemFeatures
    columns: ItemColumns
    revision: int
    text_model: str

    def snapshot(self, read_texts: bool = True) -> Snapshot:
        """Features with the texts embedded so far, and the taste fitted to all feedback in force."""
        features, columns = self.features, self.columns
        if read_texts:
            features = features.with_text(self.library.embeddings.all(self.text_model))
            columns = columns.with_text(features.text)
        event_id = _newest_event(self.library)
        evidence = gather_evidence(self.library.feedback.current(), features.ids, self.plan.weights.usual)
        model = TasteModel(features, self.plan.weights)
        taste = model.fit(evidence.rows, evidence.values, evidence.noise_scale)
        return Snapshot(features, columns, taste, self.revision, event_id, self.text_model)


def key_of_model(model: str) -> str:
    """Under which name the store keeps what a text model of the settings has read; raises ``EncoderError``."""
    return encoder_key(model)


def _noting_digests(items: Iterator[Item], model: str, digests: dict[int, str]) -> Iterator[Item]:
    for item in items:
        if item.kind in KINDS:
            digests[item.id] = input_digest(model, describe_item(item))
            yield item


def _in_order(missing: Sequence[int], first: Sequence[int]) -> list[int]:
    """The missing ids, those in ``first`` ahead of the others."""
    wanted = dict.fromkeys(missing)
    ahead = [item_id for item_id in first if item_id in wanted]
    return list(dict.fromkeys([*ahead, *missing]))


def _newest_event(library: Library) -> int:
    newest = library.feedback.log(limit=1)
    return newest[-1].id if newest else 0


def _save(snapshot: Snapshot, plan: TrainingPlan) -> None:
    if plan.save_to is None:
        return
    try:
        snapshot.save(plan.save_to)
    except OSError as error:
        # Only the next start is slower for it; the texts themselves are in the store.
        log.warning("The snapshot could not be saved, so the next start takes longer: %s", error.strerror or error)
