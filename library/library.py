"""One open library: everything the program knows, for the thread that opened it."""

from __future__ import annotations

from types import TracebackType

from library.backup_files import before_migration
from library.contact_store import ContactStore
from library.database import Database, open_store
from library.embedding_store import EmbeddingStore
from library.feedback_store import FeedbackStore
from library.home import Home
from library.item_store import ItemStore
from library.journal import Journal
from library.metadata_store import MetadataStore
from library.scan_history import ScanHistory
from library.settings_store import SettingsStore
from library.title_pairs import PairStore
from library.watch_store import WatchStore
from library.wish_store import WishStore


class Library:
    """One open store. Open one per thread, close it in the same thread.

    ``items``, ``feedback``, ``embeddings``, ``settings``, ``scans``, ``wishes``, ``watches`` and ``journal`` share its
    connection.
    """

    def __init__(self, home: Home, database: Database) -> None:
        self.home = home
        self.database = database
        self.items = ItemStore(database)
        self.feedback = FeedbackStore(database)
        self.embeddings = EmbeddingStore(database)
        self.settings = SettingsStore(database)
        self.scans = ScanHistory(database)
        self.wishes = WishStore(database)
        self.watches = WatchStore(database)
        self.pairs = PairStore(database)
        self.journal = Journal(database)
        self.contacts = ContactStore(database)
        self.metadata = MetadataStore(database)

    @classmethod
    def open(cls, home: Home) -> Library:
        """Open the library file of ``home``, making or upgrading it where needed (an older one is backed up before).

        :raises StoreUnavailable: when it cannot be opened or written.
        :raises StoreCorrupt: when it is damaged; ``library.backups.open_or_recover`` restores a backup.
        :raises StoreTooNew: when a newer version of the program wrote it.
        """
        library = cls(home, open_store(home.database, lambda old, version: before_migration(home, old, version)))
        library.sit_down(library.settings.load().people.active)
        return library

    @property
    def person(self) -> str:
        """Who sits in front of it: the ``user`` of the feedback that counts, and whose viewing the items show."""
        return self.items.viewer

    def sit_down(self, person: str) -> None:
        """Let somebody else of the household sit in front of it, as far as this connection goes."""
        self.items.viewer = person

    def tidy(self) -> None:
        """Let SQLite look over its statistics where they are out of date; quick, and searches stay quick for it."""
        self.database.rows("PRAGMA optimize")

    def close(self) -> None:
        """Close the file; closing twice is fine."""
        self.database.close()

    def __enter__(self) -> Library:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
