"""The form of a Jellyfin server, clicked through against the fake server over real HTTP."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PyQt6.QtWidgets import QLineEdit

from gui.file_jobs import common_folder
from gui.tabs.configuration.jellyfin_form import JellyfinForm
from library.home import Home
from library.secrets import Secrets
from library.settings import SourceSettings
from tests.fakes.certificate import make_certificate, server_side
from tests.fakes.jellyfin import FakeJellyfin
from tests.fakes.jellyfin_world import make_world
from tests.gui.places import PATIENCE, Room, open_room, plex_source, press

PASSWORD = "s3cret-of-Anna"


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look often whether a code was typed in."""
    monkeypatch.setattr("providers.servers.jellyfin_sign_in._EVERY", 0.2)


@pytest.fixture
def jellyfin() -> Iterator[FakeJellyfin]:
    with FakeJellyfin(make_world(6, 2, 4)) as fake:
        yield fake


@pytest.fixture
def room(home: Home, theme, qtbot) -> Iterator[Room]:
    with open_room(home, theme, qtbot) as room:
        yield room


@pytest.fixture
def form(room: Room) -> JellyfinForm:
    press(room.tab.sources.add_jellyfin)
    form = room.tab.sources.form
    assert isinstance(form, JellyfinForm)
    return form


def fill(form: JellyfinForm, url: str, user: str = "anna", password: str = PASSWORD) -> None:
    form.address.field.setText(url)
    form.user.field.setText(user)
    form.password.field.setText(password)


def tried(form: JellyfinForm, qtbot) -> None:
    press(form.test)
    qtbot.waitUntil(lambda: form.save.isEnabled(), timeout=PATIENCE)


def saved(room: Room, form: JellyfinForm, qtbot) -> SourceSettings:
    with qtbot.waitSignal(room.actions.scanned, timeout=PATIENCE):
        press(form.save)
    (source,) = room.preferences.settings.sources
    return source


def edited(room: Room, source: SourceSettings) -> JellyfinForm:
    press(room.tab.sources.cards[source.id].edit)
    form = room.tab.sources.form
    assert isinstance(form, JellyfinForm)
    return form


def test_from_the_button_to_the_scanned_server(room: Room, form: JellyfinForm, jellyfin: FakeJellyfin, qtbot) -> None:
    assert form.password.field.echoMode() == QLineEdit.EchoMode.Password
    fill(form, f"{jellyfin.url}/web/index.html")
    assert not form.save.isEnabled()
    tried(form, qtbot)
    assert "Fake Jellyfin" in form.verdict.text()
    assert [box.isChecked() for box in form.chooser.boxes()] == [True, True, True]
    source = saved(room, form, qtbot)
    assert (source.kind, source.name, source.url) == ("jellyfin", "Fake Jellyfin", jellyfin.url)
    assert (source.user, source.account, source.sign_in) == ("Anna", jellyfin.world.person("Anna").id, "password")
    token = Secrets(room.home).get(f"source:{source.id}") or ""
    assert jellyfin.tokens == {token: source.account}
    kept = [path.read_bytes() for path in room.home.path.rglob("*") if path.is_file()]
    assert not [content for content in kept if PASSWORD.encode() in content]
    assert room.library.items.count() == 12


def test_before_anything_is_taken_over_it_tells_what_is_known(
    room: Room, form: JellyfinForm, jellyfin: FakeJellyfin, qtbot
) -> None:
    fill(form, jellyfin.url)
    tried(form, qtbot)
    assert form.rehearsal.isHidden()  # there is nothing to compare with
    room.preferences.change(sources=(plex_source("http://127.0.0.1:1"),))
    tried(form, qtbot)
    qtbot.waitUntil(lambda: form.rehearsal.isVisible(), timeout=PATIENCE)
    press(form.rehearsal.ask)
    told = "12 titles there: 0 are known already, 12 are new."
    qtbot.waitUntil(lambda: form.rehearsal.told.text() == told, timeout=PATIENCE)
    assert room.library.items.count() == 0
    form.address.field.setText(f"{jellyfin.url}/other")
    assert form.rehearsal.isHidden()


def test_a_wrong_password_is_said_at_the_password(
    form: JellyfinForm, jellyfin: FakeJellyfin, qtbot, expected_logs
) -> None:
    expected_logs("does not know anna")
    fill(form, jellyfin.url, password="wrong")
    press(form.test)
    qtbot.waitUntil(lambda: "does not know anna with this password" in form.password.message.text(), timeout=PATIENCE)
    assert not form.save.isEnabled()
    form.password.field.setText(PASSWORD)
    tried(form, qtbot)


def test_what_is_no_jellyfin_is_said_at_the_address(
    form: JellyfinForm, jellyfin: FakeJellyfin, qtbot, expected_logs
) -> None:
    expected_logs("Emby")
    jellyfin.world.version, jellyfin.world.product = "4.8.1.0", ""
    fill(form, jellyfin.url)
    press(form.test)
    qtbot.waitUntil(lambda: "Emby server" in form.address.message.text(), timeout=PATIENCE)


def test_without_a_user_nothing_is_asked(form: JellyfinForm, jellyfin: FakeJellyfin) -> None:
    fill(form, jellyfin.url, user=" ")
    assert not form.test.isEnabled()
    assert form.quick.begin.isEnabled()
    form.address.field.setText("")
    assert not form.quick.begin.isEnabled()


def test_quick_connect_shows_the_code_large_and_goes_on_by_itself(
    room: Room, form: JellyfinForm, jellyfin: FakeJellyfin, qtbot
) -> None:
    form.address.field.setText(jellyfin.url)
    press(form.quick.begin)
    qtbot.waitUntil(lambda: form.quick.code.isVisible(), timeout=PATIENCE)
    assert form.quick.code.text() == "481 516"
    assert form.quick.code.font().pixelSize() > 1.5 * form.quick.told.font().pixelSize()
    assert "Quick Connect" in form.quick.told.text()
    jellyfin.confirm("481516", "Anna")
    qtbot.waitUntil(lambda: form.save.isEnabled(), timeout=PATIENCE)
    assert form.user.value == "Anna"
    assert not form.quick.code.isVisible()
    source = saved(room, form, qtbot)
    assert (source.user, source.account) == ("Anna", jellyfin.world.person("Anna").id)
    assert jellyfin.tokens == {Secrets(room.home).get(f"source:{source.id}"): source.account}


def test_quick_connect_can_be_given_up_and_says_what_goes_wrong(
    form: JellyfinForm, jellyfin: FakeJellyfin, qtbot, expected_logs
) -> None:
    form.address.field.setText(jellyfin.url)
    press(form.quick.begin)
    qtbot.waitUntil(lambda: form.quick.code.isVisible(), timeout=PATIENCE)
    press(form.quick.cancel)
    assert not form.quick.code.isVisible()
    assert form.quick.begin.isVisible()
    expected_logs("switched off")
    jellyfin.quick_connect = False
    press(form.quick.begin)
    qtbot.waitUntil(lambda: "switched off on this server" in form.quick.told.text(), timeout=PATIENCE)


def test_a_sign_in_that_was_only_tried_out_is_ended(
    room: Room, form: JellyfinForm, jellyfin: FakeJellyfin, qtbot
) -> None:
    fill(form, jellyfin.url)
    tried(form, qtbot)
    assert len(jellyfin.tokens) == 1
    press(form.cancel)
    qtbot.waitUntil(lambda: not jellyfin.tokens, timeout=PATIENCE)


def test_another_password_signs_in_again_and_the_old_sign_in_holds_until_it_is_saved(
    room: Room, form: JellyfinForm, jellyfin: FakeJellyfin, qtbot
) -> None:
    fill(form, jellyfin.url)
    tried(form, qtbot)
    source = saved(room, form, qtbot)
    old = Secrets(room.home).get(f"source:{source.id}")
    again = edited(room, source)
    assert again.user.value == "Anna"
    press(again.test)  # with the present sign-in
    qtbot.waitUntil(lambda: again.chooser.isVisible(), timeout=PATIENCE)
    assert list(jellyfin.tokens) == [old]
    again.password.field.setText(PASSWORD)
    assert not again.save.isEnabled()
    tried(again, qtbot)
    assert len(jellyfin.tokens) == 2
    assert saved(room, again, qtbot).account == source.account
    assert Secrets(room.home).get(f"source:{source.id}") not in (None, old)


def test_another_server_at_the_address_is_not_taken_for_the_old_one(
    room: Room, form: JellyfinForm, jellyfin: FakeJellyfin, qtbot
) -> None:
    fill(form, jellyfin.url)
    tried(form, qtbot)
    source = saved(room, form, qtbot)
    again = edited(room, source)
    jellyfin.world.machine = "another0another0another0another0"
    again.password.field.setText(PASSWORD)
    press(again.test)
    qtbot.waitUntil(lambda: "another" in again.verdict.text(), timeout=PATIENCE)
    assert not again.save.isEnabled()
    qtbot.waitUntil(lambda: len(jellyfin.tokens) == 1, timeout=PATIENCE)


def test_a_name_alone_can_be_changed_without_the_server(
    room: Room, form: JellyfinForm, jellyfin: FakeJellyfin, qtbot
) -> None:
    fill(form, jellyfin.url)
    tried(form, qtbot)
    source = saved(room, form, qtbot)
    again = edited(room, source)
    jellyfin.forget()
    again.name.field.setText("Upstairs")
    press(again.save)
    assert room.preferences.settings.sources[0].name == "Upstairs"
    assert room.preferences.settings.sources[0].account == source.account
    assert not [seen for seen in jellyfin.requests if "Authenticate" in seen.path]


def test_the_files_are_looked_for_where_the_person_says_they_are(
    room: Room, form: JellyfinForm, jellyfin: FakeJellyfin, qtbot, tmp_path
) -> None:
    assert not form.files.isVisible()
    fill(form, jellyfin.url)
    tried(form, qtbot)
    press(form.files.unfold)
    press(form.files.check)
    qtbot.waitUntil(lambda: "Where is that on this computer?" in form.files.result.text(), timeout=PATIENCE)
    assert form.files.there.value == "/media"
    assert not form.save.isEnabled()
    films = [thing for thing in jellyfin.world.things.values() if thing.type == "Movie"]
    for film in films[:2]:
        path = tmp_path / film.paths[0].removeprefix("/media/")
        path.parent.mkdir(parents=True)
        path.touch()
    form.files.here.field.setText("nowhere")
    assert "not a whole path" in form.files.result.text()
    form.files.here.field.setText(str(tmp_path))
    press(form.files.check)
    qtbot.waitUntil(lambda: "2 of the first 10 are here" in form.files.result.text(), timeout=PATIENCE)
    assert form.files.result.text().count("✓") == 2
    assert form.files.result.text().count("✗") == 8
    source = saved(room, form, qtbot)
    assert source.path_maps == (f"/media={tmp_path}",)

    again = edited(room, source)
    assert (again.files.there.value, again.files.here.value) == ("/media", str(tmp_path))
    again.files.there.field.clear()
    again.files.here.field.clear()
    assert saved(room, again, qtbot).path_maps == ()


def test_a_certificate_of_the_servers_own_is_asked_about_before_a_code_is_shown(
    form: JellyfinForm, qtbot, tmp_path, expected_logs
) -> None:
    expected_logs("certificate")
    with FakeJellyfin(make_world(2), tls=server_side(make_certificate(tmp_path))) as secure:
        form.address.field.setText(secure.url)
        press(form.quick.begin)
        qtbot.waitUntil(lambda: form.trust.isVisible(), timeout=PATIENCE)
        assert not secure.requests
        press(form.trust.yes)
        qtbot.waitUntil(lambda: form.quick.code.isVisible(), timeout=PATIENCE)
        secure.confirm("481516", "Anna")
        qtbot.waitUntil(lambda: form.save.isEnabled(), timeout=PATIENCE)
        assert form.described(form._source_now("x")).fingerprint
        press(form.cancel)
        qtbot.waitUntil(lambda: not secure.tokens, timeout=PATIENCE)


@pytest.mark.parametrize(
    ("files", "folder"),
    [
        (["/media/films/a/a.mkv", "/media/films/b.mkv"], "/media/films"),
        (["/media/films/a.mkv", "/music/b.flac"], ""),
        (["D:\\Films\\a.mkv", "D:\\Films\\b\\b.mkv"], "D:\\Films"),
        (["/media/filmsa/a.mkv", "/media/filmsb/b.mkv"], "/media"),
        ([], ""),
    ],
)
def test_the_folder_that_files_have_in_common(files: list[str], folder: str) -> None:
    assert common_folder(files) == folder
