"""What worker threads do to find out where the files of a server lie on this computer."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from itertools import takewhile

from gui.worker import Task, Workplace
from library.items import MediaKind
from library.path_maps import FIRST, Found, PathMap, try_out
from library.progress import Job, Progress
from library.settings import SourceSettings


@dataclass(frozen=True, slots=True)
class FilesTried:
    """The first files of a server, and where they are here.

    :param folder: the folder on the server that has all of them.
    """

    found: tuple[Found, ...]
    folder: str = ""

    @property
    def there(self) -> int:
        """How many of them lie on this computer."""
        return sum(file.exists for file in self.found)


def try_files(source: SourceSettings, token: str | None, maps: tuple[PathMap, ...]) -> Task:
    """Ask a server for its first few files, and look whether they are where the mappings say; a drive may take its time."""

    def job(workplace: Workplace) -> Job[FilesTried]:
        yield Progress(f"Asking {source.name} where its files lie")
        files: list[str] = []
        with closing(workplace.server_on_trial(source, token)) as server:
            for library in server.libraries():
                if library.kind is MediaKind.SHOW or len(files) >= FIRST:
                    continue  # a show is a folder
                pages = server.listing(library)
                entries = next(iter(pages)).entries[:FIRST]
                for batch in server.items(library, entries):
                    files += [file for item in batch.items for file in item.files]
                    yield Progress(f"Asking {source.name} where its files lie")
        yield Progress("Looking for the files")
        return FilesTried(try_out(maps, files), common_folder(files[:FIRST]))

    return job


def common_folder(files: list[str]) -> str:
    """The folder that all files lie in, as the server writes it; empty when there is none."""
    if not files:
        return ""
    separator = "\\" if "\\" in files[0] and "/" not in files[0] else "/"
    parts = [file.split(separator)[:-1] for file in files]
    same = takewhile(lambda level: len(set(level)) == 1, zip(*parts, strict=False))
    common = separator.join(level[0] for level in same)
    return common if common.strip("/\\") else ""
