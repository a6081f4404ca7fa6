"""Answers that arrive late: whoever asked may have been closed meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PyQt6 import sip
from PyQt6.QtCore import QObject


def while_there(owner: QObject, slot: Callable[..., Any]) -> Callable[..., None]:
    """A slot that does nothing any more once its owner is gone. Qt itself sees to that for methods, not for lambdas."""

    def call(*values: Any) -> None:
        if not sip.isdeleted(owner):
            slot(*values)

    return call
