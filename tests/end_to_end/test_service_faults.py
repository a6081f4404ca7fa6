"""Everything that can go wrong with each of the six services: a sentence each, nothing lost, and the next try goes on.

The sentences are the table of ``docs/faults.md``. ``HOMEREEL_WRITE_FAULTS=1`` writes it anew; else it is compared.
"""

from __future__ import annotations

import logging
import os
import re
import socket
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from library.errors import AppError, ProviderError
from library.home import find_home
from library.library import Library
from tests.end_to_end.canaries import found_in, loudly_logged
from tests.end_to_end.service_table import SERVICES, Client, Service, content, fill, forms_of
from tests.fakes.certificate import make_certificate, server_side
from tests.fakes.serving import FakeService

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "faults.md"
NO_HOST = "http://no-such-computer.example:80"
LONG_AGO = {"Date": "Fri, 01 Jan 1999 00:00:00 GMT", "Retry-After": "Fri, 01 Jan 1999 00:10:00 GMT"}
HEAD = """# What is said when a service fails

Made by `tests/end_to_end/test_service_faults.py`, which lets each fault happen over real HTTP, reads these sentences, looks that
no secret is in them, in the log or in an exception, that nothing in the library changed, and that the same client goes on when
the fault is over. `HOMEREEL_WRITE_FAULTS=1 python -m pytest -n0 tests/end_to_end/test_service_faults.py` writes it anew.

Every failure is one sentence and what to do about it. Reads are tried again by themselves before anything is said, writes never.
"""


@dataclass(frozen=True)
class Happening:
    """One fault: what happens, and how the fake is told to do it."""

    what: str
    kind: str
    details: dict[str, Any] = field(default_factory=dict)


FAULTS = (
    Happening("the token or key is refused (401)", "status", {"status": 401}),
    Happening("the account may not do that (403)", "status", {"status": 403}),
    Happening("nothing is at this address (404)", "status", {"status": 404}),
    Happening("too many requests (429)", "status", {"status": 429}),
    Happening(
        "too many requests, come back in ten minutes", "status", {"status": 429, "headers": {"Retry-After": "600"}}
    ),
    Happening("the same by a clock that is years behind", "status", {"status": 429, "headers": LONG_AGO}),
    Happening("an error inside the service (500)", "status", {"status": 500}),
    Happening("a proxy that gets no answer (502)", "status", {"status": 502}),
    Happening("not available (503)", "status", {"status": 503}),
    Happening("half of the answer, as if it were all", "truncate"),
    Happening("the connection ends before the answer does", "cut"),
    Happening("the connection is reset before the answer", "reset"),
    Happening("the connection is reset in the middle of the answer", "reset in body"),
    Happening("a web page where an answer should be", "html"),
    Happening("plain text where an answer should be", "text"),
    Happening("an empty answer", "empty"),
    Happening("10 MB of noise", "garbage"),
    Happening("the answer comes a byte at a time", "drip", {"seconds": 0.05}),
    Happening("no answer at all", "slow", {"seconds": 1.0}),
    Happening("redirects in a circle", "loop"),
    Happening("a redirect to another computer", "elsewhere", {"target": "http://elsewhere.example"}),
)


@pytest.fixture
def library(home_path: Path, tmp_path: Path) -> Iterator[Library]:
    with Library.open(find_home(home_path)) as opened:
        fill(opened, tmp_path / "films")
        yield opened


def sentence_of(client: Client, library: Library, what: str) -> str:
    """What is said when the service is read now; fails when that is not a sentence of the program's own."""
    with pytest.raises(ProviderError) as caught:
        client.read(library)
    error: BaseException | None = caught.value
    message, hint = caught.value.message, caught.value.hint
    assert message.endswith("."), (what, message)
    assert not hint or hint.endswith("."), (what, hint)
    assert not re.search(r"Traceback|Error\b|Exception|errno|None", f"{message} {hint}"), (what, message, hint)
    while error is not None:
        assert isinstance(error, AppError), f"what is underneath is not left out: {error!r}"
        error = None if error.__suppress_context__ else (error.__cause__ or error.__context__)
    return f"{message} {hint}".strip()


@pytest.mark.parametrize("service", SERVICES, ids=str)
def test_every_fault_is_a_sentence_and_does_no_harm(
    service: Service, library: Library, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    said: list[tuple[str, str]] = []
    caplog.set_level(logging.DEBUG)
    path = make_certificate(tmp_path)
    with (
        loudly_logged(library.home),
        service.start(None) as fake,
        closing(service.client(fake, fake.url, None)) as client,
    ):
        client.read(library)
        before = content(library)
        said += list(unreachable(service, fake, library, path))
        for fault in FAULTS:
            fake.fail(fault.kind, **fault.details)
            said.append((fault.what, shown(sentence_of(client, library, fault.what), fake.port, service)))
            assert content(library) == before, (service.name, fault.what)
            fake.recover()
            client.read(library)
            assert content(library) == before, (service.name, fault.what)
        fake.fail("skewed clock")
        client.read(library)
        said.append(("a clock that is years behind", "Nothing: it does not matter."))
        service_secrets = service.secrets(fake)
    assert found_in(library.home.path, service_secrets) == []
    written = caplog.text + repr(said)
    assert not [secret for secret in forms_of(service_secrets) if secret in written]
    compare_with_document(service, said)


def unreachable(service: Service, fake: FakeService, library: Library, path: Path) -> Iterator[tuple[str, str]]:
    """What is said when nothing can be sent at all."""

    def said(what: str, url: str, port: int, at: FakeService = fake) -> tuple[str, str]:
        with closing(service.client(at, url, None)) as lost:
            return what, shown(sentence_of(lost, library, what), port, service)

    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    yield said("nothing listens at the port", f"http://127.0.0.1:{port}", port)
    yield said("there is no computer of that name", NO_HOST, port)
    yield said("https where only http is spoken", fake.url.replace("http:", "https:"), fake.port)
    with service.start(server_side(path)) as secure:
        yield said("a certificate that nobody vouches for", secure.url, secure.port, secure)
        assert secure.requests == []


def shown(text: str, port: int, service: Service) -> str:
    """The sentence with the address that the service has in a home."""
    host, _, at = service.place.partition(":")
    text = text.replace(f"127.0.0.1:{port}", service.place)
    text = text.replace(f"at port {port}", f"at port {at or 443}")
    return text.replace("127.0.0.1", host)


def compare_with_document(service: Service, said: list[tuple[str, str]]) -> None:
    """Look that the committed table says the same; write it when that is asked for."""
    rows = "\n".join(f"| {what} | {text} |" for what, text in said)
    made = f"## {service.name}\n\n| What happens | What is said |\n|---|---|\n{rows}\n"
    committed = DOCUMENT.read_text("utf-8") if DOCUMENT.exists() else HEAD
    pieces = re.split(r"^(?=## )", committed, flags=re.MULTILINE)
    sections = {piece.split("\n", 1)[0][3:]: piece.strip("\n") + "\n" for piece in pieces[1:]}
    if os.environ.get("HOMEREEL_WRITE_FAULTS"):
        sections[service.name] = made
        known = [sections[one.name] for one in SERVICES if one.name in sections]
        DOCUMENT.write_text("\n".join((HEAD, *known)), "utf-8")
        return
    assert sections.get(service.name, "") == made, "the sentences changed; see the head of docs/faults.md"
