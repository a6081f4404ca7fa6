"""Tags of small sound files that are made here, and files that only look like sound."""

from __future__ import annotations

import contextlib
import os
import struct
import wave
from pathlib import Path

import mutagen
import pytest
from mutagen.apev2 import APEv2
from mutagen.flac import FLAC
from mutagen.id3 import ID3, TALB, TCON, TDRC, TIT2, TPE1, TRCK, UFID
from mutagen.wave import WAVE

from library.errors import AudioError
from library.sources import TrackTags
from music.tags import read_tags

MBID = "8f3471b5-7e6a-48da-86a9-c1c07a0f47ae"


def make_wav(path: Path, seconds: float = 2.0) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(1)
        file.setframerate(8000)
        file.writeframes(b"\x80" * int(8000 * seconds))
    return path


def make_mp3(path: Path, frames: int = 200) -> Path:
    """Silent frames: MPEG 1 layer III, 128 kbit/s, 44.1 kHz; 417 bytes and 26 ms each."""
    path.write_bytes((b"\xff\xfb\x90\x00" + bytes(413)) * frames)
    return path


def make_flac(path: Path, seconds: int = 3) -> Path:
    """Only the description of the stream: 44.1 kHz, one channel, 16 bits."""
    rate, samples = 44100, 44100 * seconds
    facts = struct.pack(">HH", 4096, 4096) + bytes(6)
    facts += ((rate << 44) | (0 << 41) | (15 << 36) | samples).to_bytes(8, "big") + bytes(16)
    path.write_bytes(b"fLaC" + b"\x80" + len(facts).to_bytes(3, "big") + facts)
    return path


def test_vorbis_comments(tmp_path: Path) -> None:
    path = make_flac(tmp_path / "a.flac")
    flac = FLAC(path)
    flac["title"], flac["artist"], flac["album"] = ["Tide"], ["Anna Almond"], ["Shore"]
    flac["albumartist"], flac["tracknumber"], flac["date"] = ["Various"], ["03/12"], ["2009-05-01"]
    flac["originaldate"], flac["genre"], flac["musicbrainz_trackid"] = ["1974"], ["Folk; Sea Shanty", "folk"], [MBID]
    flac.save()
    assert read_tags(str(path)) == TrackTags(
        title="Tide",
        artist="Anna Almond",
        album="Shore",
        album_artist="Various",
        track_number=3,
        year=1974,
        genres=("Folk", "Sea Shanty"),
        duration=3.0,
        musicbrainz_id=MBID,
    )


def test_id3_of_an_mp3(tmp_path: Path) -> None:
    path = make_mp3(tmp_path / "a.mp3")
    tags = ID3()
    for frame in (
        TIT2(encoding=3, text="Café"),
        TPE1(encoding=1, text="Bo Birch"),
        TALB(encoding=3, text="Unknown Album"),
        TCON(encoding=3, text="(17)"),
        TDRC(encoding=3, text="1999-12-31"),
        TRCK(encoding=3, text="7"),
        UFID(owner="http://musicbrainz.org", data=MBID.encode()),
    ):
        tags.add(frame)
    tags.save(path)
    found = read_tags(str(path))
    assert (found.title, found.artist, found.album, found.genres) == ("Café", "Bo Birch", None, ("Rock",))
    assert (found.year, found.track_number, found.musicbrainz_id) == (1999, 7, MBID)
    assert found.duration == pytest.approx(200 * 1152 / 44100, abs=0.1)


def test_id3_of_a_wav(tmp_path: Path) -> None:
    path = make_wav(tmp_path / "a.wav", 1.5)
    sound = WAVE(path)
    sound.add_tags()
    assert sound.tags is not None
    sound.tags.add(TIT2(encoding=3, text=["One\0Two"]))
    sound.tags.add(TCON(encoding=3, text=["8", "Blues"]))
    sound.save()
    assert read_tags(str(path)) == TrackTags(title="One", genres=("Jazz", "Blues"), duration=1.5)


def test_ape_tags(tmp_path: Path) -> None:
    path = tmp_path / "a.ape"
    header = b"MAC " + struct.pack("<H", 3990)
    path.write_bytes(header.ljust(56, b"\0") + struct.pack("<IIIHHI", 4000, 4000, 2, 16, 2, 4000))
    tags = APEv2()
    tags["Title"], tags["Artist"], tags["Track"], tags["Year"] = "Reel", "Di Dogwood", "4/9", "1988"
    tags.save(path)
    expected = TrackTags(title="Reel", artist="Di Dogwood", track_number=4, year=1988, duration=2.0)
    assert read_tags(str(path)) == expected


def test_a_file_without_tags_is_still_a_sound_file(tmp_path: Path) -> None:
    for path, seconds in (
        (make_wav(tmp_path / "a.wav"), 2.0),
        (make_flac(tmp_path / "a.flac"), 3.0),
        (make_mp3(tmp_path / "a.mp3"), 5.2),
    ):
        assert not mutagen.File(path)  # falsy, and yet a sound file
        assert read_tags(str(path)) == TrackTags(duration=pytest.approx(seconds, abs=0.1))


@pytest.mark.parametrize(
    ("written", "year"),
    [
        ("1974", 1974),
        ("1974-05", 1974),
        ("19740501", 1974),
        ("May 1974", 1974),
        ("0000", None),
        ("74", None),
        ("", None),
        ("12345", None),
    ],
)
def test_years_in_many_forms(tmp_path: Path, written: str, year: int | None) -> None:
    path = make_flac(tmp_path / "a.flac")
    flac = FLAC(path)
    flac["date"] = [written]
    flac.save()
    assert read_tags(str(path)).year == year


@pytest.mark.parametrize(
    ("written", "number"), [("3", 3), ("03/12", 3), ("0", None), ("A1", None), ("", None), ("1-2", 1)]
)
def test_track_numbers_in_many_forms(tmp_path: Path, written: str, number: int | None) -> None:
    path = make_flac(tmp_path / "a.flac")
    flac = FLAC(path)
    flac["tracknumber"] = [written]
    flac.save()
    assert read_tags(str(path)).track_number == number


@pytest.mark.parametrize("suffix", ["mp3", "flac", "ogg", "opus", "m4a", "wav", "wma", "aiff", "ape", "wv", "mpc"])
@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html>not found</html>" * 40,
        b"plain words\n" * 100,
        bytes(5000),
        b"OggS" + bytes(80),
        b"fLaC" + b"\xff" * 200,
    ],
)
def test_what_is_not_sound_is_said_by_name(tmp_path: Path, suffix: str, content: bytes) -> None:
    path = tmp_path / f"strange file.{suffix}"
    path.write_bytes(content)
    with pytest.raises(AudioError, match=r"strange file\.\w+” .*\.$"):
        read_tags(str(path))


def test_a_missing_or_unreadable_file_says_why(tmp_path: Path) -> None:
    with pytest.raises(AudioError, match="No such file"):
        read_tags(str(tmp_path / "gone.mp3"))
    if os.geteuid() != 0:
        path = make_wav(tmp_path / "a.wav")
        path.chmod(0)
        with pytest.raises(AudioError, match="Permission denied"):
            read_tags(str(path))


def test_a_name_that_is_no_text_can_be_read_and_reported(tmp_path: Path) -> None:
    path = os.fsencode(tmp_path) + b"/\xff\xe9.wav"
    os.rename(make_wav(tmp_path / "a.wav"), path)
    assert read_tags(os.fsdecode(path)).duration == 2.0
    with open(path, "wb") as file:
        file.write(b"words")
    with pytest.raises(AudioError) as raised:
        read_tags(os.fsdecode(path))
    str(raised.value).encode("utf-8")


@pytest.mark.parametrize("keep", [5, 20, 42, 60, 200])
def test_a_file_cut_short_is_read_or_refused_but_never_a_crash(tmp_path: Path, keep: int) -> None:
    for path in (make_wav(tmp_path / "a.wav"), make_flac(tmp_path / "a.flac"), make_mp3(tmp_path / "a.mp3")):
        path.write_bytes(path.read_bytes()[:keep])
        with contextlib.suppress(AudioError):
            assert read_tags(str(path)).title is None
