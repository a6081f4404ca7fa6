"""Runs a BERT sentence model without padding, which is where the time of the usual way goes.

Devlin et al., "BERT: Pre-training of Deep Bidirectional Transformers for Language Understanding" (2019), encoder only:

    x = norm(word + position + segment)
    per layer:  x = norm(x + out(softmax(q k' / sqrt(d)) v));   x = norm(x + down(gelu(up(x))))
    vector = unit(mean of x over the tokens)            or the first token's x, for models that pool so

All tokens of a batch stand in one (tokens, width) array, text after text; only attention looks at one text at a time. So
no number is ever computed for padding, no mask is needed, a text's vector does not depend on what else is in the batch,
and a batch small enough for the processor's cache costs nothing extra. (torch's own attention is slower here: it is made
for lengths that are multiples of 16, and for more memory than one text's scores take.)

The stream x is kept with the bias b of the branch that is added to it next: y = x + b. Then ``y += W h`` is the whole of
x + (W h + b), in one pass and in place. The norm before it adds b along with its own bias, and a map that reads y instead
of x takes W b off its bias: the same numbers as in the formula, only the order of adding differs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Tensor = Any  # torch.Tensor; torch is imported only when a model is loaded


@dataclass(frozen=True, slots=True)
class Affine:
    """A learned map, with ``weight`` (in, out) and ``bias`` (out,), or a norm's scale, both (width,)."""

    weight: Tensor
    bias: Tensor


@dataclass(frozen=True, slots=True)
class Layer:
    """One transformer layer, its biases moved as the module says; query, key and value are one map (width, 3 width)."""

    query_key_value: Affine
    out: Tensor
    norm: Affine
    up: Affine
    down: Tensor
    last_norm: Affine


class PackedBert:
    """The encoder of a BERT model with its pooling.

    :param weights: named as in a saved ``BertModel``; any float type, used as float32.
    :param heads: attention heads per layer.
    :param epsilon: of the layer norms.
    :param pooling: "mean" over the tokens, or "cls" for the first token.
    :raises KeyError: when a weight is missing.
    """

    def __init__(self, weights: Mapping[str, Tensor], heads: int, epsilon: float, pooling: str = "mean") -> None:
        self._heads, self._epsilon, self._pooling = heads, epsilon, pooling
        self._words = weights["embeddings.word_embeddings.weight"].float()
        segment = weights["embeddings.token_type_embeddings.weight"][0]
        self._positions = (weights["embeddings.position_embeddings.weight"] + segment).float()
        self.dimensions = int(self._words.shape[1])
        names: list[str] = []
        while f"encoder.layer.{len(names)}.output.dense.weight" in weights:
            names.append(f"encoder.layer.{len(names)}")
        ahead = [weights[f"{name}.attention.output.dense.bias"].float() for name in names]
        ahead.append(ahead[0].new_zeros(self.dimensions))  # nothing is added to the last layer's result
        self._norm = _norm(weights, "embeddings.LayerNorm", ahead[0])
        scale = (self.dimensions // heads) ** -0.5
        self._layers = [_layer(weights, name, scale, *ahead[i : i + 2]) for i, name in enumerate(names)]

    def embed(self, rows: Sequence[Sequence[int]]) -> NDArray[np.float32]:
        """Turn token ids, one non-empty sequence per text, into unit vectors (texts, width), in the same order."""
        import torch

        lengths = [len(row) for row in rows]
        tokens = torch.tensor([token for row in rows for token in row])
        positions = torch.from_numpy(np.concatenate([np.arange(length) for length in lengths]))
        with torch.inference_mode():
            x = self._norm_of(self._words[tokens] + self._positions[positions], self._norm)
            for layer in self._layers:
                x = self._through(layer, x, lengths)
            texts = x.split(lengths)
            pooled = torch.stack([text[0] if self._pooling == "cls" else text.mean(0) for text in texts])
            vectors: NDArray[np.float32] = torch.nn.functional.normalize(pooled).numpy()
        return vectors

    def _through(self, layer: Layer, x: Tensor, lengths: Sequence[int]) -> Tensor:
        """One layer over all tokens, (tokens, width) to (tokens, width)."""
        from torch.nn import functional

        x.addmm_(self._attention(_mapped(x, layer.query_key_value), lengths), layer.out)
        x = self._norm_of(x, layer.norm)
        x.addmm_(functional.gelu(_mapped(x, layer.up)), layer.down)
        return self._norm_of(x, layer.last_norm)

    def _attention(self, mixed: Tensor, lengths: Sequence[int]) -> Tensor:
        """Let the tokens of each text look at each other: (tokens, 3 width) to (tokens, width)."""
        import torch

        width = self.dimensions
        seen = mixed.new_empty(len(mixed), width)
        for text, result in zip(mixed.split(lengths), seen.split(lengths), strict=True):
            heads = text.view(len(text), 3, self._heads, width // self._heads)
            query, key, value = heads.permute(1, 2, 0, 3)  # each (heads, length, width / heads)
            scores = torch.bmm(query, key.transpose(1, 2))  # the query's map holds 1 / sqrt(d)
            scores.sub_(scores.amax(2, keepdim=True)).exp_()
            mean = torch.bmm(scores, value).div_(scores.sum(2, keepdim=True))
            result.view(len(text), self._heads, -1).copy_(mean.transpose(0, 1))
        return seen

    def _norm_of(self, x: Tensor, norm: Affine) -> Tensor:
        from torch.nn import functional

        return functional.layer_norm(x, (self.dimensions,), norm.weight, norm.bias, self._epsilon)


def _mapped(x: Tensor, by: Affine) -> Tensor:
    import torch

    return torch.addmm(by.bias, x, by.weight)


def _layer(weights: Mapping[str, Tensor], prefix: str, scale: float, ahead: Tensor, next_ahead: Tensor) -> Layer:
    """A layer that reads x + ``ahead``, ``ahead`` being its attention's own bias, and hands on its result + ``next_ahead``."""
    inner = weights[f"{prefix}.output.dense.bias"].float()
    look = _map(weights, [f"{prefix}.attention.self.{part}" for part in ("query", "key", "value")], ahead)
    look.weight[:, : len(ahead)] *= scale
    look.bias[: len(ahead)] *= scale
    return Layer(
        query_key_value=look,
        out=weights[f"{prefix}.attention.output.dense.weight"].float().t(),
        norm=_norm(weights, f"{prefix}.attention.output.LayerNorm", inner),
        up=_map(weights, [f"{prefix}.intermediate.dense"], inner),
        down=weights[f"{prefix}.output.dense.weight"].float().t(),
        last_norm=_norm(weights, f"{prefix}.output.LayerNorm", next_ahead),
    )


def _map(weights: Mapping[str, Tensor], names: Sequence[str], ahead: Tensor) -> Affine:
    """One or several maps side by side, for an input that carries ``ahead`` already."""
    import torch

    weight = torch.cat([weights[f"{name}.weight"].float() for name in names])
    bias = torch.cat([weights[f"{name}.bias"].float() for name in names])
    return Affine(weight.t(), bias - weight @ ahead)


def _norm(weights: Mapping[str, Tensor], name: str, ahead: Tensor) -> Affine:
    """A norm whose result carries ``ahead``."""
    return Affine(weights[f"{name}.weight"].float(), weights[f"{name}.bias"].float() + ahead)
