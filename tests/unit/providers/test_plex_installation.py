from __future__ import annotations

import json
from pathlib import Path

from library.settings import SourceSettings
from providers.http import ProviderSession
from providers.servers.plex_installation import InstalledPlexServer, PlexInstallation
from tests.fakes.plex import FakePlex
from tests.fakes.plex_world import make_world


def server(installation: PlexInstallation, plex: FakePlex) -> InstalledPlexServer:
    source = SourceSettings("home", "plex", "Home", url=plex.url)
    return InstalledPlexServer(installation, source, plex.token, ProviderSession("Home"))


def test_the_name_of_the_installation_stays_the_same(tmp_path: Path) -> None:
    file = tmp_path / "plex.json"
    name = PlexInstallation(file).client_id
    assert len(name) > 16
    assert PlexInstallation(file).client_id == name
    assert PlexInstallation(tmp_path / "other.json").client_id != name
    assert file.stat().st_mode & 0o077 == 0


def test_a_damaged_file_is_begun_anew_and_an_unwritable_place_is_no_failure(tmp_path: Path) -> None:
    file = tmp_path / "plex.json"
    file.write_text("[1, 2")
    installation = PlexInstallation(file)
    installation.remember("one", "abc")
    assert PlexInstallation(file).machine_of("one") == "abc"
    nowhere = PlexInstallation(tmp_path / "no" / "such" / "plex.json")
    nowhere.remember("one", "abc")
    assert nowhere.client_id
    assert nowhere.machine_of("one") == ""


def test_play_works_at_the_next_start_before_the_server_was_asked(tmp_path: Path) -> None:
    installation = PlexInstallation(tmp_path / "plex.json")
    with FakePlex(make_world(3)) as plex:
        first = server(installation, plex)
        assert first.play_target("7", ()) is None
        first.libraries()
        target = first.play_target("7", ())
        first.close()
        plex.forget()
        second = server(installation, plex)
        assert second.play_target("7", ()) == target
        assert plex.requests == []
        second.identify()
        second.close()
        assert {seen.headers["X-Plex-Client-Identifier"] for seen in plex.requests} == {installation.client_id}
        stored = json.loads((tmp_path / "plex.json").read_text(encoding="utf-8"))
        assert plex.token not in stored.values()
    assert target is not None
    assert plex.world.machine in target


def test_a_file_that_lies_on_this_computer_is_opened_itself(tmp_path: Path) -> None:
    (tmp_path / "a.mkv").touch()
    maps = (f"/media={tmp_path}",)
    source = SourceSettings(id="p", kind="plex", name="Plex", url="http://127.0.0.1:1", path_maps=maps)
    installation = PlexInstallation(tmp_path / "plex.json")
    installation.remember("p", "abc")
    plex = InstalledPlexServer(installation, source, "t" * 20, ProviderSession("Plex"))
    assert plex.play_target("7", ("/media/b.mkv", "/media/a.mkv")) == str(tmp_path / "a.mkv")
    assert (plex.play_target("7", ("/media/b.mkv",)) or "").startswith("https://app.plex.tv/")
    plex.close()


def test_whose_token_it_is_is_known_from_the_settings(tmp_path: Path) -> None:
    source = SourceSettings("home", "plex", "Home", url="http://127.0.0.1:32400", account="4711")
    opened = InstalledPlexServer(PlexInstallation(tmp_path / "plex.json"), source, "a-token", ProviderSession("Home"))
    assert opened.account == "4711"
    opened.close()
