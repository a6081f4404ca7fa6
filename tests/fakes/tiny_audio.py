"""Small sound files with tags, written byte by byte: true Opus, FLAC and MP3, a few seconds of silence each."""

from __future__ import annotations

import struct
from collections.abc import Mapping

_OPUS_SILENCE = b"\xf8\xff\xfe"
_OPUS_SAMPLES = 960
_FLAC_BLOCK = 4096


def opus(tags: Mapping[str, str], seconds: float = 2.0) -> bytes:
    """An Ogg Opus file; ``tags`` by the names of Vorbis comments."""
    packets = max(1, round(seconds * 50))
    head = b"OpusHead" + struct.pack("<BBHIhB", 1, 1, 312, 48000, 0, 0)
    pages = [_page([head], 0, 0, 2), _page([b"OpusTags" + _comments(tags)], 0, 1, 0)]
    for number, first in enumerate(range(0, packets, 200), start=2):
        count = min(200, packets - first)
        last = first + count == packets
        pages.append(_page([_OPUS_SILENCE] * count, 312 + (first + count) * _OPUS_SAMPLES, number, 4 if last else 0))
    return b"".join(pages)


def flac(tags: Mapping[str, str], seconds: float = 2.0) -> bytes:
    """A FLAC file of 44.1 kHz, 16 bits and one channel; ``tags`` by the names of Vorbis comments."""
    blocks = max(1, round(seconds * 44100 / _FLAC_BLOCK))
    samples = blocks * _FLAC_BLOCK
    about = struct.pack(">HH", _FLAC_BLOCK, _FLAC_BLOCK) + bytes(6)
    about += (44100 << 44 | 0 << 41 | 15 << 36 | samples).to_bytes(8, "big") + bytes(16)
    comments = _comments(tags)
    head = b"fLaC\x00" + len(about).to_bytes(3, "big") + about
    return head + b"\x84" + len(comments).to_bytes(3, "big") + comments + b"".join(map(_flac_frame, range(blocks)))


def mp3(tags: Mapping[str, str], seconds: float = 2.0) -> bytes:
    """An MP3 file of 128 kbit/s; ``tags`` by the names of ID3 frames, such as "TIT2"."""
    frames = b"".join(
        name.encode() + _syncsafe(len(text.encode()) + 1) + b"\0\0\x03" + text.encode() for name, text in tags.items()
    )
    sound = (b"\xff\xfb\x90\xc4" + bytes(413)) * max(4, round(seconds * 44100 / 1152))
    return b"ID3\x04\x00\x00" + _syncsafe(len(frames)) + frames + sound


def _page(packets: list[bytes], samples: int, number: int, flags: int) -> bytes:
    lacing = b"".join(b"\xff" * (len(packet) // 255) + bytes([len(packet) % 255]) for packet in packets)
    head = b"OggS\0" + struct.pack("<BqIII", flags, samples, 77, number, 0) + bytes([len(lacing)]) + lacing
    page = head + b"".join(packets)
    return page[:22] + struct.pack("<I", _crc(page, 32, 0x04C11DB7)) + page[26:]


def _flac_frame(number: int) -> bytes:
    head = b"\xff\xf8\xc9\x08" + _flac_number(number)
    frame = head + bytes([_crc(head, 8, 0x07)]) + b"\0\0\0"
    return frame + _crc(frame, 16, 0x8005).to_bytes(2, "big")


def _flac_number(number: int) -> bytes:
    return chr(number).encode("utf-8")


def _comments(tags: Mapping[str, str]) -> bytes:
    lines = [f"{name}={text}".encode() for name, text in tags.items()]
    maker = b"Homereel's tests"
    body = struct.pack("<I", len(maker)) + maker + struct.pack("<I", len(lines))
    return body + b"".join(struct.pack("<I", len(line)) + line for line in lines)


def _syncsafe(number: int) -> bytes:
    return bytes((number >> shift) & 0x7F for shift in (21, 14, 7, 0))


def _crc(content: bytes, bits: int, polynomial: int) -> int:
    """The checksums of Ogg and FLAC: highest bit first, beginning with 0."""
    table = _TABLES.setdefault((bits, polynomial), _table(bits, polynomial))
    mask, crc = (1 << bits) - 1, 0
    for byte in content:
        crc = (crc << 8 & mask) ^ table[(crc >> (bits - 8)) ^ byte]
    return crc


def _table(bits: int, polynomial: int) -> list[int]:
    rows = []
    for byte in range(256):
        value = byte << (bits - 8)
        for _ in range(8):
            value = (value << 1) ^ (polynomial if value >> (bits - 1) & 1 else 0)
        rows.append(value & ((1 << bits) - 1))
    return rows


_TABLES: dict[tuple[int, int], list[int]] = {}
