"""Keeps a network between runs: weights, the state of the optimiser, and where it was, in one safetensors file.

Written beside and renamed, so that a run that is killed finds the last whole one. Nothing in such a file can run code.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file

log = logging.getLogger(__name__)

FORMAT = "1"


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """What lies in one file.

    :param facts: plain values: kind, settings, the digest of the graph, epoch, the best score ...
    :param tensors: by name: "now." and "best." weights, "adam." of the optimiser, "ids" of the nodes, "axes" of the texts.
    """

    facts: Mapping[str, Any]
    tensors: Mapping[str, torch.Tensor]

    def part(self, name: str) -> dict[str, torch.Tensor]:
        """The tensors whose names begin with ``name`` and a point, without that."""
        return {
            key.removeprefix(f"{name}."): value for key, value in self.tensors.items() if key.startswith(f"{name}.")
        }


def save_checkpoint(path: Path, checkpoint: Checkpoint) -> None:
    """Write a checkpoint in place of an older one; raises ``OSError``."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    facts = {"format": FORMAT, "facts": json.dumps(dict(checkpoint.facts))}
    save_file({name: tensor.contiguous() for name, tensor in checkpoint.tensors.items()}, part, facts)
    os.replace(part, path)


def load_checkpoint(path: Path, only: Collection[str] | None = None) -> Checkpoint | None:
    """The checkpoint in a file; ``None`` when there is none, or none that can be used.

    :param only: names of the tensors that are needed; ``None`` for all.
    """
    if not path.exists():
        return None
    try:
        with safe_open(path, "pt") as file:
            told = file.metadata() or {}
            if told.get("format") != FORMAT:
                return None
            tensors = {name: file.get_tensor(name) for name in (list(file.keys()) if only is None else only)}
        return Checkpoint(json.loads(told["facts"]), tensors)
    except (OSError, ValueError, LookupError, SafetensorError) as error:
        log.info("The checkpoint %s cannot be used, and training begins anew: %s", path.name, error)
        return None
