"""Keeps the wishes that are in force; one that is taken back is gone, and a new one about the same subject replaces it."""

from __future__ import annotations

from library.database import Database
from library.feedback import LOCAL_USER
from library.wishes import Subject, Wish


class WishStore:
    """The wishes of each user."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, wish: Wish) -> int:
        """Store a wish in place of one about the same subject, and return its id."""
        with self._database.transaction():
            self._database.run(
                "DELETE FROM wish WHERE user = ? AND signal = ? AND name = ? AND coalesce(item_id, 0) = ?",
                (wish.user, wish.subject.signal, wish.subject.name, wish.subject.item_id or 0),
            )
            return self._database.run(
                "INSERT INTO wish (at, user, signal, name, item_id, direction) VALUES (?, ?, ?, ?, ?, ?)",
                (wish.at, wish.user, wish.subject.signal, wish.subject.name, wish.subject.item_id, wish.direction),
            )

    def remove(self, wish_id: int) -> None:
        """Take a wish back; nothing happens when it is gone already."""
        self._database.run("DELETE FROM wish WHERE id = ?", (wish_id,))

    def all(self, user: str = LOCAL_USER) -> tuple[Wish, ...]:
        """The wishes in force, the newest first."""
        sql = "SELECT id, at, signal, name, item_id, direction FROM wish WHERE user = ? ORDER BY id DESC"
        return tuple(
            Wish(Subject(signal, name, item_id), direction, at, user, wish_id)
            for wish_id, at, signal, name, item_id, direction in self._database.rows(sql, (user,))
        )
