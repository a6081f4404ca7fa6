"""What the worker threads do for the window: each function makes one job out of the values it is given."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from PyQt6.QtCore import QByteArray, QSize, Qt
from PyQt6.QtGui import QImage

from gui.catalog_posters import CatalogPosters
from gui.worker import Task, Workplace
from library import backups, export
from library.accounts import account_secret_of, person_secret_of
from library.errors import ProviderDenied, ProviderError, SettingsError
from library.items import Item, MediaKind, Place
from library.posters import PosterCache
from library.progress import Job, Progress
from library.rehearsal import Rehearsal, rehearse
from library.secrets import Secrets, secret_of
from library.settings import SourceSettings
from library.sources import ServerIdentity, ServerLibrary
from library.sync import ScanReport
from library.watch_history import scan_with_history

POSTER_SIZE = QSize(480, 720)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a media server said when it was asked who it is.

    :param another: whether it is another server than the one that the titles of this source were read from.
    """

    identity: ServerIdentity
    libraries: tuple[ServerLibrary, ...]
    another: bool = False


@dataclass(frozen=True, slots=True)
class PosterFound(Progress):
    """A step that brings the poster of an item."""

    item_id: int = field(default=0, kw_only=True)
    kind: MediaKind = field(default=MediaKind.MOVIE, kw_only=True)
    image: QImage | None = field(default=None, kw_only=True)


def ask_server(source: SourceSettings, token: str | None = None) -> Task:
    """Connect, and list the libraries: the connection test. Without a token the stored one is used."""

    def job(workplace: Workplace) -> Job[Answer]:
        yield Progress(f"Asking {source.name}")
        before = workplace.machine_of(source)
        with closing(workplace.server_on_trial(source, token)) as server:
            identity = server.identify()
            yield Progress(f"Asking {identity.name} for its libraries")
            return Answer(identity, server.libraries(), bool(before) and before != identity.machine_id)

    return job


def rehearse_source(source: SourceSettings, token: str | None = None) -> Task:
    """Look which titles of a server are known already; nothing is taken over. Without a token the stored one is used."""

    def job(workplace: Workplace) -> Job[Rehearsal]:
        with closing(workplace.server_on_trial(source, token)) as server:
            return (yield from rehearse(workplace.library, server, source))

    return job


def look_at_folder(path: str) -> Task:
    """Say why a directory cannot be used, empty when it can; a drive in the network may take its time."""

    def job(workplace: Workplace) -> Job[str]:
        yield Progress("Looking for the folder")
        return folder_problem(path)

    return job


def folder_problem(path: str) -> str:
    """Why a directory cannot be used, as a sentence; empty when it can."""
    if not os.path.exists(path):
        return "There is no such folder on this computer."
    if not os.path.isdir(path):
        return "This is a file, not a folder."
    if not os.access(path, os.R_OK | os.X_OK):
        return "This folder cannot be read. Give yourself the right to read it."
    return ""


def store_token(source: SourceSettings, token: str) -> Task:
    """Put a token where tokens lie; a system's keyring may take its time."""

    def job(workplace: Workplace) -> Job[None]:
        yield Progress("Storing the token")
        Secrets(workplace.home).put(secret_of(source), token)

    return job


def where_tokens_lie() -> Task:
    """Say where tokens are kept; a system's keyring may take its time."""

    def job(workplace: Workplace) -> Job[str]:
        yield Progress("Looking for the keyring")
        return Secrets(workplace.home).describe()

    return job


def scan_source(source: SourceSettings, allow_shrink: bool = False) -> Task:
    """Bring the library up to date with one source, and with what was watched there."""

    def job(workplace: Workplace) -> Job[ScanReport]:
        with closing(workplace.open_server(source)) as server:
            return (yield from scan_with_history(workplace.library, server, source, allow_shrink=allow_shrink))

    return job


def remove_source(source: SourceSettings) -> Task:
    """Take the titles of a source out, and its token; ratings stay."""

    def job(workplace: Workplace) -> Job[None]:
        yield Progress(f"Removing {source.name}")
        workplace.library.items.remove_source(source.id)
        people = [profile for profile in workplace.library.settings.load().profiles if profile.source_id == source.id]
        names = [person_secret_of(source, profile.id.partition(":")[2]) for profile in people]
        names += [secret_of(source), account_secret_of(source)] if secret_of(source) else []
        for name in names:
            Secrets(workplace.home).delete(name)

    return job


def back_up(reason: backups.Reason = backups.Reason.MANUAL) -> Task:
    """Make a backup now."""

    def job(workplace: Workplace) -> Job[backups.Backup]:
        yield Progress("Making a backup")
        return backups.back_up(workplace.library, reason)

    return job


def back_up_daily() -> Task:
    """Make today's backup, unless there is one."""

    def job(workplace: Workplace) -> Job[backups.Backup | None]:
        yield Progress("Making a backup")
        return backups.daily(workplace.library)

    return job


def restore(backup: Path) -> Task:
    """Put a backup in the place of the library; the result is a sentence about what is there now."""

    def job(workplace: Workplace) -> Job[str]:
        yield Progress("Restoring the backup")
        return backups.restore(workplace.library, backup)

    return job


def export_ratings(path: Path, form: export.Format) -> Task:
    """Write all ratings to a file; the result is how many there were."""

    def job(workplace: Workplace) -> Job[int]:
        yield Progress("Writing the ratings")
        return export.export_ratings(workplace.library, path, form)

    return job


def fetch_posters(items: Sequence[Item], sources: Sequence[SourceSettings]) -> Task:
    """Bring the posters of some items, in this order: from the cache, else from their server, else from a catalogue."""
    known = {source.id: source for source in sources}

    def job(workplace: Workplace) -> Job[None]:
        cache = PosterCache(workplace.home.posters)
        silent: set[str] = set()
        with closing(CatalogPosters(workplace, cache)) as catalogs:
            for item in items:
                image = _poster_of(workplace, cache, item, known, silent) or decoded(catalogs.find(item))
                if image is not None:
                    yield PosterFound("Fetching posters", item_id=item.id, kind=item.kind, image=image)
                yield Progress("Fetching posters")

    return job


def _poster_of(
    workplace: Workplace, cache: PosterCache, item: Item, known: Mapping[str, SourceSettings], silent: set[str]
) -> QImage | None:
    """The picture that the first of its servers has."""
    for place in item.places:
        source = known.get(place.source_id)
        if place.poster and source is not None:
            image = decoded(_poster_bytes(workplace, cache, source, place, silent))
            if image is not None:
                return image
    return None


def _poster_bytes(
    workplace: Workplace, cache: PosterCache, source: SourceSettings, place: Place, silent: set[str]
) -> bytes | None:
    """The picture as it came; a server that does not answer is not asked again by the same job."""
    assert place.poster is not None
    found = cache.get(source.id, place.poster)
    if found is not None or source.id in silent:
        return found
    try:
        found = _ask_for_poster(workplace, source, place.poster)
    except (ProviderError, SettingsError):
        silent.add(source.id)
        workplace.drop_server(source)
        return None
    if found is not None and source.kind != "folder":
        cache.put(source.id, place.poster, found)
    return found


def _ask_for_poster(workplace: Workplace, source: SourceSettings, path: str) -> bytes | None:
    """Ask the server; one that refuses once more with the token of now, for it may have been replaced meanwhile."""
    size = POSTER_SIZE.width(), POSTER_SIZE.height()
    try:
        return workplace.kept_server(source).poster(path, *size)
    except ProviderDenied:
        workplace.drop_server(source)
        return workplace.kept_server(source).poster(path, *size)


def decoded(picture: bytes | None) -> QImage | None:
    """The picture, no larger than it is ever shown; ``None`` when it is none."""
    if not picture:
        return None
    image = QImage.fromData(QByteArray(picture))
    if image.isNull():
        return None
    if image.width() > POSTER_SIZE.width() or image.height() > POSTER_SIZE.height():
        image = image.scaled(
            POSTER_SIZE, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        )
    return image


def find_play_target(item: Item, sources: Sequence[SourceSettings]) -> Task:
    """What opens an item for watching: a file of this computer, else an address; ``None`` when nothing does."""
    known = {source.id: source for source in sources}

    def job(workplace: Workplace) -> Job[str | None]:
        yield Progress("Opening")
        found: list[str] = []
        for place in item.places:
            source = known.get(place.source_id)
            if source is not None:
                target = workplace.kept_server(source).play_target(place.key, place.files)
                found += [target] if target else []
        files = [target for target in found if not target.startswith(("http://", "https://"))]
        return next(iter([*files, *found]), None)

    return job
