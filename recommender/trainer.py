"""The training cycle: brings a snapshot up to the store, and publishes what it has as soon as that is worth showing.

Driven by a background thread or by the command line. Its stages, each of which asks the store what is missing, so that a cycle
can be cancelled at each yield and goes on from there the next time:

    1  picture     features and columns of all items                                          published
    2  texts       sentence embeddings, those wanted first ahead                              published now and then
    3  graph       the knowledge graph; what is new is embedded by the networks as they are   published
    4  networks    GCN, GAT and GraphSAGE trained again where the graph has become another    published
    5  likeness    fused vectors, neighbours, the layout of the map                           published
    6  person      weights of one's own, and the test of how well it knows the person         the result

Nothing heavy is loaded before it is needed, and when only feedback is new, nothing but the last stage is done.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from encoders.text import describe_item, encoder_key, input_digest
from library.items import Item
from library.library import Library
from library.progress import Job, Progress
from recommender.columns import KINDS, picture
from recommender.evidence import Evidence, gather_evidence
from recommender.learning import LEAST_RATINGS, adapt
from recommender.near import Near
from recommender.neighbours import find_neighbours
from recommender.self_test import self_test
from recommender.snapshot import Acquaintance, Snapshot
from recommender.taste import TasteModel
from recommender.taste_map import find_layout
from recommender.weights import KernelWeights

if TYPE_CHECKING:
    from encoders.graph import NetworkVectors
    from encoders.text import TextEncoder
    from graph.networks.embeddings import Networks
    from recommender.knowledge import NetworkStage

log = logging.getLogger(__name__)

STALE_AFTER = 30 * 24 * 3600.0
TEXTS_AT_ONCE = 128
PUBLISH_EVERY = 8.0
PUBLISHING_SHARE = 0.05
GROWTH, FEW_MORE = 1.1, 10


@dataclass(frozen=True, slots=True)
class Published(Progress):
    """A step that brings a new snapshot, better than the one before but not yet the last."""

    snapshot: Snapshot | None = field(default=None, kw_only=True)


@dataclass(frozen=True, slots=True)
class TrainingPlan:
    """What a cycle works with.

    :param model: name or path of the text model.
    :param load_encoder: loads that model; called only when a text is missing.
    :param weights: the kernel weights that the program comes with.
    :param save_to: directory that finished snapshots are saved to; ``None`` to keep them in memory only.
    :param first: item ids whose texts come first: what is on screen, what was just rated.
    :param load_networks: loads the graph networks; ``None`` for a cycle that ends after the texts.
    :param threads: how many threads the stages may use.
    """

    model: str
    load_encoder: Callable[[], TextEncoder]
    weights: KernelWeights
    save_to: Path | None = None
    first: Sequence[int] = ()
    load_networks: Callable[[], Networks] | None = None
    threads: int = 1


def refresh(library: Library, plan: TrainingPlan, previous: Snapshot | None) -> Job[Snapshot]:
    """Bring the snapshot up to date. The result is ``previous`` itself when nothing has changed.

    Yields :class:`Published` steps with intermediate snapshots on the way.

    :raises AppError: when the text model cannot be loaded, or something cannot be stored; what was published before stays good.
    """
    if previous is not None and previous.came_with != plan.weights:
        previous = None
    if previous is not None:
        previous = previous.for_person(library.person)
    cycle = _Cycle(library, plan, encoder_key(plan.model), library.items.revision(), previous)
    return (yield from cycle.run())


class _Cycle:
    """One cycle on its way: what the next snapshot is made of, which becomes more and more.

    :param text_model: the store's name of the text model.
    :param revision: of the items that it works on.
    """

    def __init__(
        self, library: Library, plan: TrainingPlan, text_model: str, revision: int, previous: Snapshot | None
    ) -> None:
        self._library, self._plan = library, plan
        self._text_model, self._revision = text_model, revision
        self._previous = previous
        self._digests: dict[int, str] = {}
        self._weights = plan.weights if previous is None else previous.weights
        self._near = None if previous is None else previous.near
        self._graph = None if previous is None else previous.graph
        self._acquaintance = Acquaintance() if previous is None else previous.acquaintance

    def run(self) -> Job[Snapshot]:
        """All stages, as far as they are needed."""
        previous = self._previous
        if previous is not None and self._is_up_to_date(previous):
            return (yield from self._with_new_feedback(previous))
        yield Progress("Reading the library")
        self._read_items()
        yield from self._read_texts()
        if self._plan.load_networks is not None:
            yield from self._relate()
            yield from self._get_acquainted()
        snapshot = self._snapshot(whole=self._plan.load_networks is not None)
        self._save(snapshot)
        return snapshot

    def _is_up_to_date(self, previous: Snapshot) -> bool:
        """Whether a snapshot knows all there is to know of the items; feedback aside."""
        whole = previous.whole or (self._plan.load_networks is None and previous.texts == len(previous))
        known = (previous.revision, previous.text_model) == (self._revision, self._text_model)
        oldest = self._library.embeddings.oldest(self._text_model)
        stale = oldest is not None and oldest < time.time() - STALE_AFTER
        return whole and known and not stale

    def _with_new_feedback(self, previous: Snapshot) -> Job[Snapshot]:
        """The same items; the taste is fitted anew when there is feedback it does not know."""
        self._features, self._columns = previous.features, previous.columns
        if _newest_event(self._library) == previous.event_id:
            return previous
        yield Progress("Learning from your ratings")
        yield from self._get_acquainted()
        snapshot = self._snapshot(whole=previous.whole)
        self._save(snapshot)
        return snapshot

    # The stages

    def _read_items(self) -> None:
        """Features and columns of everything there is; what the networks knew of an item stays until they know better."""
        items = self._library.items.all(include_removed=True)
        self._features, self._columns = picture(_noting_digests(items, self._plan.model, self._digests))
        if self._previous is not None:
            self._features = self._features.with_view_of("graph", self._previous.features)

    def _read_texts(self) -> Job[None]:
        """Embed the missing texts, a handful at a time, and publish at once and now and then."""
        step, store, plan = "Reading texts", self._library.embeddings, self._plan
        self._take_texts()
        known = self._previous
        if known is None or (known.revision, known.text_model) != (self._revision, self._text_model):
            yield self._published("Reading the library", len(self._features), len(self._features))
        stale = store.missing_or_stale(self._text_model, self._digests, time.time() - STALE_AFTER)
        missing = _in_order(stale, plan.first)
        if not missing:
            return
        yield Progress(step, 0, len(missing), f"{len(missing):,} texts to read")
        encoder = plan.load_encoder()
        done, cost, last = 0, 0.0, time.monotonic()
        for first in range(0, len(missing), TEXTS_AT_ONCE):
            items = self._library.items.many(missing[first : first + TEXTS_AT_ONCE])
            for positions, vectors in encoder.encode([describe_item(item) for item in items]):
                ids = [items[k].id for k in positions]
                store.put(self._text_model, {ids[n]: (self._digests[ids[n]], vectors[n]) for n in range(len(ids))})
                done += len(ids)
                yield Progress(step, done, len(missing))
            began = time.monotonic()
            if began - last > max(PUBLISH_EVERY, cost / PUBLISHING_SHARE) and done < len(missing):
                self._take_texts()
                yield self._published(step, done, len(missing), save=False)
                last = time.monotonic()
                cost = last - began
        self._take_texts()
        if plan.load_networks is not None:
            yield self._published(step, done, len(missing))

    def _relate(self) -> Job[None]:
        """Stages 3 to 5. Where networks have to be trained, likeness is worked out before as well: training takes minutes."""
        from recommender.knowledge import NetworkStage, relate

        assert self._plan.load_networks is not None
        graph = yield from relate(self._present(), self._graph, self._library.metadata.recommended())
        text = self._library.embeddings.all(self._text_model)
        if graph is not self._graph:
            self._graph = graph
            yield self._published("Relating your titles")
        networks = NetworkStage.of(self._library, self._plan.load_networks(), graph, text)
        fresh = yield from networks.embed_at_once()
        if networks.is_to_be_trained():
            if fresh or self._near is None:
                yield from self._find_likeness(networks)
            if (yield from networks.train()):
                self._take_networks(networks)
                yield self._published("Learning the graph")
        yield from self._find_likeness(networks)
        yield from self._lay_out()
        self._clear_up()

    def _find_likeness(self, networks: NetworkStage) -> Job[None]:
        """The fused vectors and the neighbours that follow from them; published when they are others than before."""
        from encoders.fusion import BLOCKS, load_fusion_weights
        from graph.knowledge_graph import MOST_SIMILAR
        from recommender.fusing import FusionStage
        from recommender.knowledge import with_similar

        assert self._graph is not None
        weights, vectors = load_fusion_weights(self._plan.model), self._take_networks(networks)
        axes = networks.axes(vectors, weights.widths["graph"])
        fusion = FusionStage(self._library, weights, self._text_model, self._digests, vectors, axes)
        yield from fusion.run(self._present(), len(self._graph.items))
        ids, fused = fusion.vectors(self._graph.items)
        before = self._near
        known = None if before is None else before.neighbours
        neighbours = yield from find_neighbours(ids, fused, known, self._plan.threads)
        if before is not None and neighbours is known and before.key == fusion.key:
            return
        widths = {block: weights.widths[block] for block in BLOCKS}
        self._near = Near(neighbours, fused, fusion.key, widths, None if before is None else before.layout)
        self._graph = with_similar(self._graph, self._near.strongest(MOST_SIMILAR))
        yield self._published("Finding similar titles")

    def _lay_out(self) -> Job[None]:
        """The taste map; where it is the same already, nothing is done."""
        near = self._near
        assert near is not None
        layout = yield from find_layout(near.neighbours.ids, near.vectors, near.neighbours, near.stamp(), near.layout)
        if layout is not near.layout:
            self._near = replace(near, layout=layout)
            yield self._published("Drawing the map")

    def _get_acquainted(self) -> Job[None]:
        """Weights of the person's own, and the test, when there are enough ratings that neither has seen."""
        evidence, known = self._evidence(), self._acquaintance
        firm = evidence.noise_scale == 1.0
        rows, values = evidence.rows[firm], evidence.values[firm]
        count = len(rows)
        if count < LEAST_RATINGS:
            self._weights, known = self._plan.weights, replace(known, adapted=0)
        elif not known.adapted or count >= GROWTH * known.adapted or count < known.adapted:
            adapted = yield from adapt(self._features, rows, values, self._plan.weights)
            self._weights, known = adapted.weights, replace(known, adapted=count, tested=0)
        if count < known.tested or count >= min(known.tested * GROWTH, known.tested + FEW_MORE):
            test = yield from self_test(self._features, self._columns.votes, rows, values, self._weights)
            known = replace(known, self_test=test, tested=count)
        self._acquaintance = known

    # Parts

    def _present(self) -> Iterator[Item]:
        return (item for item in self._library.items.all() if item.kind in KINDS)

    def _take_texts(self) -> None:
        self._features = self._features.with_text(self._library.embeddings.all(self._text_model))
        self._columns = self._columns.with_text(self._features.text)

    def _take_networks(self, networks: NetworkStage) -> dict[str, NetworkVectors]:
        """Let the features see what the networks make of the titles; the same vectors are returned."""
        from recommender.knowledge import side_by_side

        vectors = networks.vectors()
        together = side_by_side(vectors)
        if together is not None:
            self._features = self._features.with_graph(together)
        return vectors

    def _evidence(self) -> Evidence:
        return gather_evidence(
            self._library.feedback.current(self._library.person), self._features.ids, self._weights.usual
        )

    def _snapshot(self, whole: bool = False) -> Snapshot:
        """What is known by now, with the taste fitted to all feedback in force."""
        event_id = _newest_event(self._library)
        evidence = self._evidence()
        taste = TasteModel(self._features, self._weights).fit(evidence.rows, evidence.values, evidence.noise_scale)
        return Snapshot(
            self._features,
            self._columns,
            taste,
            self._revision,
            event_id,
            self._text_model,
            shipped=None if self._weights == self._plan.weights else self._plan.weights,
            near=self._near,
            graph=self._graph,
            acquaintance=self._acquaintance,
            whole=whole,
            person=self._library.person,
        )

    def _published(self, step: str, done: int = 0, total: int | None = None, save: bool = True) -> Published:
        snapshot = self._snapshot()
        if save:
            self._save(snapshot)
        return Published(step, done, total, snapshot=snapshot)

    def _save(self, snapshot: Snapshot) -> None:
        if self._plan.save_to is None:
            return
        try:
            snapshot.save(self._plan.save_to)
        except OSError as error:
            # Only the next start is slower for it; the texts themselves are in the store.
            log.warning("The snapshot could not be saved, so the next start takes longer: %s", error.strerror or error)

    def _clear_up(self) -> None:
        """Forget fused vectors made with other weights, and what a text model made that has not been used for long."""
        assert self._near is not None
        from recommender.knowledge import NETWORK_NAMES

        store, long_ago = self._library.embeddings, time.time() - STALE_AFTER
        for encoder in store.encoders():
            if encoder in (self._text_model, self._near.key, *NETWORK_NAMES):
                continue
            newest = store.newest(encoder)
            if encoder.startswith("fused@") or (newest is not None and newest < long_ago):
                store.drop(encoder)
        self._library.tidy()


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
    newest = library.feedback.log(library.person, limit=1)
    return newest[-1].id if newest else 0
