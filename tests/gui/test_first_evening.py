"""The whole window: from a first start with nothing to a film that is rated, and the next one; then one's own server."""

from __future__ import annotations

from PyQt6.QtCore import Qt, QUrl
from PyQt6.QtGui import QDesktopServices
from PyQt6.QtTest import QTest

from gui.background_trainer import Phase
from gui.session import Session
from library.errors import StoreUnavailable
from library.feedback import CurrentFeedback
from library.items import MediaKind
from library.library import Library
from library.settings import AppearanceSettings, TrainingSettings
from tests.fakes.plex import FakePlex
from tests.fakes.plex_world import make_world
from tests.gui.places import PATIENCE, plex_source, settled


def feedback(session: Session) -> CurrentFeedback:
    with Library.open(session.home) as library:
        return library.feedback.current()


def title(session: Session) -> str:
    assert session.movies.card is not None
    return session.movies.card.title


def rate(session: Session, value: int) -> None:
    session.movies.ratings.card_changed()
    QTest.mouseClick(session.movies.ratings.buttons()[value - 1], Qt.MouseButton.LeftButton)


def test_the_first_start_shows_the_demo_library_with_a_reason_and_without_torch(session, qtbot) -> None:
    assert session.movies.card.explanation is not None
    assert len(session.movies.shelf.entries()) == 10
    assert session.controller.engine.ratings == 0
    session.window.show_tab("TV Shows")
    assert session.shows.card is not None
    assert session.shows.card.kind is MediaKind.SHOW
    settled(session, qtbot)
    assert session.controller.engine.snapshot.texts == len(session.controller.engine.snapshot)


def test_a_click_on_eight_is_stored_and_the_next_film_is_there_at_once(session, qtbot) -> None:
    first = session.movies.card
    rate(session, 8)
    assert session.movies.card.item_id != first.item_id
    stored = feedback(session).ratings
    assert [(rating.item_id, rating.value) for rating in stored] == [(first.item_id, 8.0)]
    assert session.controller.engine.ratings == 1
    qtbot.waitUntil(lambda: session.background.trainer.state.phase is not Phase.IDLE)
    settled(session, qtbot)
    assert session.controller.engine.snapshot.event_id >= stored[0].id


def test_back_returns_to_the_film_and_takes_the_rating_back(session) -> None:
    first = title(session)
    rate(session, 3)
    assert title(session) != first
    QTest.keyClick(session.movies, Qt.Key.Key_Left)
    assert title(session) == first
    assert feedback(session).ratings == ()
    session.movies.back_requested.emit()
    assert title(session) == first


def test_five_quick_skips_change_the_direction_and_say_so(session) -> None:
    seen = [title(session)]
    for _ in range(5):
        QTest.mouseClick(session.movies.ratings.actions_row()[1], Qt.MouseButton.LeftButton)
        seen.append(title(session))
    assert len(set(seen)) == 6
    assert len(feedback(session).skips) == 5
    notice = session.movies.card_view.notice
    assert notice.isVisible()
    assert "another direction" in notice.text()


def test_not_for_me_blocks_and_undo_brings_the_film_back(session, qtbot) -> None:
    first = session.movies.card
    QTest.mouseClick(session.movies.ratings.actions_row()[2], Qt.MouseButton.LeftButton)
    assert list(feedback(session).blocked) == [first.item_id]
    assert first.title in session.window.messages.message()
    configuration = session.background.configuration
    session.window.show_tab("Configuration")
    qtbot.waitUntil(lambda: len(configuration.blocked.buttons) == 1)
    session.window.messages.action_button().click()
    assert not feedback(session).blocked
    qtbot.waitUntil(lambda: not configuration.blocked.buttons)
    session.window.show_tab("Movies")
    assert title(session) == first.title


def test_filters_leave_fewer_and_say_how_many_and_an_empty_answer_has_its_page(session) -> None:
    total = session.movies.filters.count_text()
    session.movies.filters._pick_genre("Horror")
    assert "Horror" in session.movies.card.genres
    assert session.movies.filters.count_text() != total
    session.movies.filters._pick_decade(1920)
    session.movies.filters.search.setText("xyzzy")
    session.movies.filters.search._send()
    assert session.movies.card is None
    assert "fit" in session.movies.page.texts()[0]
    session.movies.page.buttons()[0].click()
    assert session.movies.card is not None
    assert session.movies.filters.count_text() == total


def test_a_search_finds_as_one_types_and_picks_with_enter(session, qtbot) -> None:
    session.window.activateWindow()
    search = session.movies.filters.search
    search.setFocus()
    QTest.keyClicks(search, "casabl")
    qtbot.waitUntil(lambda: search.results() == ["Casablanca (1942)"])
    QTest.keyClick(search, Qt.Key.Key_Down)
    QTest.keyClick(search, Qt.Key.Key_Return)
    assert title(session) == "Casablanca"


def test_a_title_of_the_shelf_becomes_the_card(session) -> None:
    third = session.movies.shelf.entries()[2]
    session.movies.shelf.chosen.emit(third.item_id)
    assert session.movies.card.item_id == third.item_id
    assert third.item_id not in [entry.item_id for entry in session.movies.shelf.entries()]


def test_a_rating_that_cannot_be_written_says_so_and_can_be_given_again(session, qtbot, monkeypatch) -> None:
    first = session.movies.card
    store = session.library.feedback
    append = store.append

    def full(event):
        raise StoreUnavailable("The disk is full.", "Make some room.")

    monkeypatch.setattr(store, "append", full)
    rate(session, 9)
    assert session.movies.card.item_id == first.item_id
    assert "The disk is full. Make some room." in session.window.messages.message()
    monkeypatch.setattr(store, "append", append)
    qtbot.wait(300)  # sooner, it would be taken for a double click
    rate(session, 9)
    assert session.movies.card.item_id != first.item_id
    assert [rating.value for rating in feedback(session).ratings] == [9.0]


def test_the_second_start_shows_a_film_before_anything_else_runs(start, qtbot) -> None:
    first = start()
    rate(first, 9)
    settled(first, qtbot)
    first.window.close()
    second = start(settle=False)
    assert second.background is None
    assert second.movies.card is not None
    assert second.controller.engine.ratings == 1
    qtbot.waitUntil(lambda: second.background is not None)


def test_the_window_remembers_its_tab_and_its_theme(start, qtbot) -> None:
    first = start()
    first.window.show_tab("Logs")
    first.preferences.change(appearance=AppearanceSettings("light"))
    assert not first.theme.dark
    first.window.close()
    second = start(settle=False)
    assert second.window.current_tab() == "Logs"
    assert not second.theme.dark


def test_a_plex_server_is_added_through_its_form_and_the_demo_makes_way(session, qtbot, expected_logs) -> None:
    expected_logs("does not accept this token")
    rated = session.movies.card
    rate(session, 8)
    with FakePlex(make_world(60, 8)) as plex:
        section = session.background.configuration.sources
        session.window.show_tab("Configuration")
        section.add_plex.click()
        form = section.form
        form.address.field.setText(plex.url)
        form.token.field.setText("wrong-Token-0123456789")
        form.test.click()
        qtbot.waitUntil(lambda: "token" in form.token.message.text().lower(), timeout=PATIENCE)
        assert not form.save.isEnabled()
        form.token.field.setText(f"https://app.plex.tv/x?X-Plex-Token={plex.token}")
        form.test.click()
        qtbot.waitUntil(lambda: form.save.isEnabled(), timeout=PATIENCE)
        assert len(form.chooser.boxes()) >= 2
        form.save.click()
        assert section.form is None
        qtbot.waitUntil(lambda: "plex" in [card.source.kind for card in section.cards.values()], timeout=PATIENCE)
        settled(session, qtbot)
        qtbot.waitUntil(lambda: "demo" not in section.cards, timeout=PATIENCE)
        settled(session, qtbot)
        stored = (session.home.path / "library.sqlite3").read_bytes()
        assert plex.token.encode() not in stored
    card = next(iter(section.cards.values()))
    assert "60" in card.result.text() or "68" in card.result.text()
    assert not any(place.source_id == "demo" for place in session.library.items.get(session.movies.card.item_id).places)
    assert rated.item_id in [rating.item_id for rating in feedback(session).ratings]
    session.window.show_tab("Movies")
    assert session.movies.card.title != rated.title


def test_a_scan_shows_how_far_it_is_and_can_be_cancelled_from_the_strip(session, qtbot, expected_logs) -> None:
    expected_logs("")
    with FakePlex(make_world(900, 5)) as plex:
        plex.fail("slow", path="/library/metadata", seconds=0.8)
        actions = session.background.actions
        source = plex_source(plex.url)
        actions.add(source, plex.token)
        qtbot.waitUntil(lambda: actions.running_scan(source.id) is not None, timeout=PATIENCE)
        qtbot.waitUntil(lambda: session.window.strip.texts()[0] == "Reading Films", timeout=PATIENCE)
        card = session.background.configuration.sources.cards[source.id]
        assert not card.scan.isEnabled()
        ticket = actions.running_scan(source.id)
        with qtbot.waitSignal(ticket.cancelled, timeout=PATIENCE):
            _button(session.window.strip, "Cancel").click()
    record = actions.last_scan(source.id)
    assert record.status == "interrupted"
    assert "stopped" in card.result.text()
    assert card.scan.isEnabled()
    qtbot.waitUntil(lambda: session.window.strip.texts()[0] in ("", "Reading texts"), timeout=PATIENCE)


def test_a_scan_that_finds_too_little_asks_before_it_takes_anything_out(session, qtbot, expected_logs) -> None:
    expected_logs("")
    world = make_world(40, 4)
    with FakePlex(world) as plex:
        actions = session.background.actions
        source = plex_source(plex.url)
        with qtbot.waitSignal(actions.scanned, timeout=PATIENCE):
            actions.add(source, plex.token)
        settled(session, qtbot)
        del world.films[2:]
        with qtbot.waitSignal(actions.scanned, timeout=PATIENCE):
            actions.scan(source.id)
        card = session.background.configuration.sources.cards[source.id]
        assert "still there" in card.shrinking.sentence()
        assert session.library.items.count(MediaKind.MOVIE) == 40
        with qtbot.waitSignal(actions.scanned, timeout=PATIENCE):
            card.shrinking.yes.click()
        assert session.library.items.count(MediaKind.MOVIE) == 2


def test_posters_of_a_server_arrive_and_are_kept_on_disk(start, qtbot) -> None:
    session = start()
    with FakePlex(make_world(30, 3)) as plex:
        actions = session.background.actions
        with qtbot.waitSignal(actions.scanned, timeout=PATIENCE):
            actions.add(plex_source(plex.url), plex.token)
        settled(session, qtbot)
        session.window.show_tab("Movies")
        session.controller.refresh()
        item_id = session.movies.card.item_id
        qtbot.waitUntil(lambda: session.movies._pixmaps.has(item_id), timeout=PATIENCE)
    kept = [path for path in session.home.posters.rglob("*") if path.is_file()]
    assert kept
    assert not any(plex.token in str(path) for path in kept)


def test_play_opens_what_the_server_says_and_notes_only_what_opened(session, qtbot, monkeypatch) -> None:
    asked: list[str] = []
    works = [False]

    def open_url(url: QUrl) -> bool:
        asked.append(url.toString())
        return works[0]

    monkeypatch.setattr(QDesktopServices, "openUrl", open_url)
    with FakePlex(make_world(30, 3)) as plex:
        actions = session.background.actions
        with qtbot.waitSignal(actions.scanned, timeout=PATIENCE):
            actions.add(plex_source(plex.url), plex.token)
        settled(session, qtbot)
        item_id = session.movies.card.item_id
        session.movies.play_requested.emit(item_id)
        qtbot.waitUntil(lambda: len(asked) == 1, timeout=PATIENCE)
        assert "web browser" in session.window.messages.message()
        assert item_id not in (feedback(session).played or {})
        works[0] = True
        session.movies.play_requested.emit(item_id)
        qtbot.waitUntil(lambda: item_id in (feedback(session).played or {}), timeout=PATIENCE)
    assert asked[1].startswith("http")
    assert plex.token not in asked[1]


def test_a_file_that_no_player_opens_is_named(session, monkeypatch) -> None:
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: False)
    assert not session.play("/films/Heat #1 (1995).mkv")
    assert "“Heat #1 (1995).mkv” could not be opened." in session.window.messages.message()


def test_reading_texts_can_be_paused_from_the_strip_and_gone_on_with(start, qtbot) -> None:
    session = start()
    session.preferences.change(text_model=type(session.preferences.settings.text_model)("slow model"))
    trainer = session.background.trainer
    qtbot.waitUntil(lambda: session.window.strip.texts()[0] == "Reading texts", timeout=PATIENCE)
    _button(session.window.strip, "Cancel").click()
    assert trainer.state.phase is Phase.PAUSED
    assert session.preferences.settings.training == TrainingSettings(paused=True)
    qtbot.waitUntil(lambda: session.window.strip.texts()[0] == "", timeout=PATIENCE)
    session.window.messages.action_button().click()
    assert trainer.state.phase is not Phase.PAUSED


def test_a_model_that_cannot_be_read_is_said_and_suggestions_go_on(start, qtbot, expected_logs) -> None:
    expected_logs("cannot be read")
    session = start()
    session.preferences.change(text_model=type(session.preferences.settings.text_model)("broken model"))
    qtbot.waitUntil(lambda: session.background.trainer.state.phase is Phase.FAILED, timeout=PATIENCE)
    assert "The text model cannot be read." in session.window.messages.message()
    before = session.movies.card.item_id
    rate(session, 7)
    assert session.movies.card.item_id != before


def test_a_library_of_a_newer_version_is_refused_in_words_and_left_alone(
    start, qtbot, home_path, expected_logs
) -> None:
    expected_logs("newer")
    first = start()
    first.window.close()
    database = home_path / "library.sqlite3"
    whole = database.read_bytes()
    database.write_bytes(whole[:60] + (999).to_bytes(4, "big") + whole[64:])
    second = start(settle=False)
    assert "newer" in " ".join(second.movies.page.texts())
    assert second.library is None
    database.write_bytes(whole)
    second.movies.retry_requested.emit()
    qtbot.waitUntil(lambda: second.movies.card is not None, timeout=PATIENCE)


def _button(parent, text: str):
    from gui.widgets.buttons import Button

    return next(button for button in parent.findChildren(Button) if button.text() == text)


def test_the_model_is_reset_after_a_backup_and_keeps_the_blocked_titles(session, qtbot) -> None:
    rate(session, 2)
    qtbot.wait(300)
    QTest.mouseClick(session.movies.ratings.actions_row()[2], Qt.MouseButton.LeftButton)
    section = session.background.configuration.model
    section.button.click()
    section.sure.yes.click()
    qtbot.waitUntil(lambda: "is reset" in section.result.text(), timeout=PATIENCE)
    assert session.controller.engine.ratings == 0
    assert len(feedback(session).blocked) == 1
    assert any(path.name.startswith("reset") for path in session.home.backups.iterdir())


def test_a_backup_is_restored_without_a_restart(session, qtbot) -> None:
    rate(session, 9)
    data = session.background.configuration.data
    data.back_up.click()
    qtbot.waitUntil(lambda: "The backup is made" in data.result.text(), timeout=PATIENCE)
    qtbot.wait(300)
    rate(session, 4)
    assert session.controller.engine.ratings == 2
    manual = next(place for place in range(data.backups.count()) if "made by you" in data.backups.itemText(place))
    data.backups.setCurrentIndex(manual)
    data.restore.click()
    data.sure.yes.click()
    qtbot.waitUntil(lambda: "is restored" in data.result.text(), timeout=PATIENCE)
    assert session.controller.engine.ratings == 1
    settled(session, qtbot)
    assert session.movies.card is not None
    qtbot.wait(300)
    rate(session, 7)
    assert len(feedback(session).ratings) == 2


def test_ratings_are_exported_from_the_window(session, qtbot, tmp_path) -> None:
    rated = session.movies.card.title
    rate(session, 10)
    data = session.background.configuration.data
    data.export_wanted.emit(tmp_path / "mine.csv", "csv")
    qtbot.waitUntil(lambda: "1 rating written" in data.result.text(), timeout=PATIENCE)
    text = (tmp_path / "mine.csv").read_text("utf-8")
    assert rated in text
    assert ",10," in text
