"""A file of a server, fetched piece by piece, each within the limits of a request."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import requests

from library.errors import ProviderReplyError
from providers.http import BadStatus

PIECE = 4 * 1024 * 1024
_MEDIA = ("audio/", "video/", "application/octet-stream", "application/ogg")


def file_pieces(
    fetch: Callable[[str], requests.Response], problem: Callable[[str], ProviderReplyError]
) -> Iterator[bytes]:
    """The bytes of a file.

    :param fetch: asks for a range, such as "bytes=0-4194303"; raises ``ProviderError`` as the door does.
    :param problem: that server's own error with a sentence.
    :raises ProviderReplyError: when there is no file, or something else than a sound or a film comes.
    """
    start, total = 0, None
    while total is None or start < total:
        try:
            piece = fetch(f"bytes={start}-{start + PIECE - 1}")
        except BadStatus as error:
            if error.status == 416:  # past its end, or it is empty
                return
            if error.status == 404:
                raise problem("The server has no file for this title.") from None
            raise
        if not piece.headers.get("Content-Type", "").startswith(_MEDIA):
            raise problem("The server sent something else instead of the file.")
        if start and piece.status_code != 206:
            raise problem("The server began to send the file again from its beginning.")
        yield piece.content
        start += len(piece.content)
        total = whole_length(piece)
        if not piece.content or total is None:
            return


def whole_length(piece: requests.Response) -> int | None:
    """How long the whole file is; ``None`` when this was all of it."""
    text = piece.headers.get("Content-Range", "").rpartition("/")[2]
    return int(text) if piece.status_code == 206 and text.isdigit() else None
