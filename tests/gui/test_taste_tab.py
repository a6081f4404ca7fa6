"""The Taste tab: what it shows of a taste, what is clicked, and what becomes of it; then with the desk and a real engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtTest import QTest

from gui.controller import Controller
from gui.main_window import MainWindow
from gui.tabs.taste.preferences_page import MOST_GENRES, PreferencesPage
from gui.tabs.taste.ratings_page import NOT_LEARNED, RatingsPage
from gui.tabs.taste.sentences import days_words, preference_words
from gui.tabs.taste.tab import KNOWING, MAP, PREFERENCES, RATINGS, TasteTab
from gui.tabs.taste.values import RatedTitle
from gui.taste_desk import IN_A_MOMENT, TasteDesk, learning_words
from gui.theme import LIGHT, Theme
from gui.worker import LibraryWorker
from library.errors import StoreUnavailable
from library.home import Home
from library.library import Library
from library.progress import run
from library.settings import Settings
from recommender.engine import Engine
from recommender.memory import AT_ONCE
from recommender.near import Near
from recommender.neighbours import find_neighbours
from recommender.preferences import Preference, Preferences
from recommender.self_test import Score, SelfTest
from recommender.snapshot import Acquaintance, Snapshot
from recommender.taste_map import MapLayout
from tests.gui.places import PATIENCE, quick_ports
from tests.unit.recommender.shelf import film, ids_by_title, open_shelf, snapshot_of

LEFT = Qt.MouseButton.LeftButton
THRILLER = Preference("genre", "Thriller", 0.2, 0.15, 11, 7.6, 312)
WESTERN = Preference("genre", "Western & Noir", -0.1, 0.3, 0, None, 1)
DECADES = tuple(Preference("era", f"{1950 + 10 * n}s", 0.1 * n - 0.2, 0.1, n, 7.0 if n else None, 9) for n in range(5))
ADA = Preference("person", "Ada Space", 0.4, 0.2, 3, 9.0, 21)
LEO = Preference(
    "person", "Leo Love with a name that is longer than any column that people are listed in", -0.3, 0.2, 2, 2.0, 20
)
KNOWN = Preferences((THRILLER, WESTERN), DECADES, (ADA, LEO))
SCORES = (
    Score("your taste", 0.71, 0.66, 0.76),
    Score("the general average", 0.63, 0.58, 0.68),
    Score("the old formula", 0.58, 0.53, 0.63),
    Score("chance", 0.5, 0.5, 0.5),
)
BEATS = SelfTest(120, 72, 900, SCORES, Score("lead", 0.08, 0.02, 0.14))
LOSES = replace(BEATS, lead=Score("lead", -0.08, -0.14, -0.02))


def rated(*days: date, learn: bool = True) -> list[RatedTitle]:
    """A rating on each of these days, of titles 1, 2, ..., worth as much."""
    noon = [datetime(day.year, day.month, day.day, 12).timestamp() for day in days]
    return [RatedTitle(k, f"Title {k}", 1990, float(k), at, learn) for k, at in enumerate(noon, 1)]


@pytest.fixture
def tab(theme: Theme, qtbot) -> Iterator[TasteTab]:
    theme.still = True
    tab = TasteTab(theme)
    qtbot.addWidget(tab)
    tab.resize(1200, 720)
    tab.show()
    tab.activateWindow()
    qtbot.waitExposed(tab)
    yield tab
    tab.close()


# Pages


def test_the_list_on_the_left_leads_to_each_page(tab: TasteTab, qtbot) -> None:
    for title in (MAP, KNOWING, RATINGS, PREFERENCES):
        with qtbot.waitSignal(tab.page_shown) as shown:
            QTest.keyClick(tab.links[title], Qt.Key.Key_Return)
        assert shown.args == [title]
        assert tab.page == title
        page = {MAP: tab.map, KNOWING: tab.knowing, RATINGS: tab.ratings, PREFERENCES: tab.preferences}[title]
        assert page.isVisible()
        assert [name for name, link in tab.links.items() if link.property("chosen") == "true"] == [title]


def test_every_page_says_what_to_do_while_nothing_is_known(tab: TasteTab, qtbot) -> None:
    for title in (MAP, KNOWING, RATINGS):
        tab.go_to(title)
    assert tab.preferences.quiet.texts()[0] == "Nothing is known of your taste yet"
    assert tab.knowing.quiet.texts()[0] == "20 ratings to go"
    assert tab.map.quiet.texts()[0] == "The map is still being drawn"
    for page in (tab.preferences, tab.knowing, tab.ratings):
        with qtbot.waitSignal(tab.rating_wanted):
            page.quiet.buttons()[0].click()


# Preferences


@pytest.fixture
def preferences(tab: TasteTab) -> PreferencesPage:
    tab.go_to(PREFERENCES)
    tab.preferences.show_preferences(KNOWN)
    return tab.preferences


def test_a_preference_is_said_in_words() -> None:
    assert preference_words(THRILLER) == "Thriller: +0.2 ± 0.1; you rated 11, 7.6 on average."
    assert preference_words(WESTERN) == "Western & Noir: −0.1 ± 0.3; you rated none yet. That may be chance."


def test_whatever_is_clicked_offers_to_show_its_titles(preferences: PreferencesPage, tab: TasteTab, qtbot) -> None:
    curve = preferences.decades
    clicks = (
        (preferences.genres, preferences.genres.row_centre(1), tab.genre_chosen, "Western & Noir", "Show 1 title of"),
        (preferences.liked, preferences.liked.row_centre(0), tab.person_chosen, ADA.name, "Show 21 titles with"),
        (preferences.disliked, preferences.disliked.row_centre(0), tab.person_chosen, LEO.name, "Show 20 titles with"),
        (curve.viewport(), curve.point_of(3), tab.decade_chosen, 1980, "Show 9 titles from the"),
    )
    for widget, where, signal, value, words in clicks:
        QTest.mouseClick(widget, LEFT, pos=where)
        action = preferences.menu.actions()[0]
        name = f"{value}s" if isinstance(value, int) else str(value)
        assert action.text() == f"{words} {name}".replace("&", "&&")
        with qtbot.waitSignal(signal) as chosen:
            action.trigger()
        assert chosen.args == [value]
        preferences.menu.close()


def test_bars_and_curve_answer_the_keyboard(preferences: PreferencesPage, tab: TasteTab) -> None:
    preferences.genres.setFocus()
    QTest.keyClick(preferences.genres, Qt.Key.Key_Down)
    assert preferences.genres.accessibleDescription() == preference_words(WESTERN)
    QTest.keyClick(preferences.genres, Qt.Key.Key_Return)
    assert "Western" in preferences.menu.actions()[0].text()
    preferences.menu.close()
    preferences.decades.setFocus()
    QTest.keyClick(preferences.decades, Qt.Key.Key_Left)
    assert preferences.decades.accessibleDescription() == preference_words(DECADES[3])
    QTest.keyClick(preferences.decades, Qt.Key.Key_Return)
    assert "1980s" in preferences.menu.actions()[0].text()
    preferences.menu.close()


def test_bars_for_are_green_and_against_red_and_doubtful_ones_pale(preferences: PreferencesPage, theme: Theme) -> None:
    sure = replace(THRILLER, points=0.5, deviation=0.1)
    preferences.genres.show_preferences([sure, replace(sure, points=-0.5)])
    greens, reds = count_colour(preferences, "good", theme), count_colour(preferences, "bad", theme)
    assert greens > 100
    assert reds > 100
    preferences.genres.show_preferences([replace(sure, deviation=0.6)])
    assert count_colour(preferences, "good", theme) == 0
    theme.set_choice("light")
    preferences.genres.show_preferences([sure])
    assert theme.colours is LIGHT
    assert count_colour(preferences, "good", theme) > 100


def count_colour(page: PreferencesPage, name: str, theme: Theme) -> int:
    shot, wanted = page.genres.grab().toImage(), theme.colour(name).rgb()
    return sum(shot.pixel(x, y) == wanted for x in range(shot.width()) for y in range(shot.height()))


def test_only_the_usual_genres_are_shown_and_none_without_titles(preferences: PreferencesPage) -> None:
    many = tuple(replace(THRILLER, name=f"Genre {n}", titles=n) for n in range(MOST_GENRES + 5))
    preferences.show_preferences(replace(KNOWN, genres=many, people=()))
    assert [one.titles for one in preferences.genres.rows()] == list(range(5, MOST_GENRES + 5))
    assert not preferences.liked.isVisible()
    assert preferences.liked.rows() == ()


# How well does it know you?


def test_the_test_is_told_with_its_uncertainty(tab: TasteTab) -> None:
    tab.go_to(KNOWING)
    page = tab.knowing
    page.show_test(BEATS, 120)
    assert page.conclusion.text() == "It has learned something about you."
    assert page.plain.text().endswith("put the better one first 71% of the time, and the general average 63%.")
    assert page.scores.words() == [
        "Your taste, as Homereel knows it: 71%, between 66% and 76%",
        "The general average: 63%, between 58% and 68%",
        "The old formula: 58%, between 53% and 63%",
        "Chance: 50%",
    ]
    assert "120 ratings" in page.method.text()
    assert "900 pairs" in page.method.text()


def test_it_says_so_when_it_does_not_beat_the_average(tab: TasteTab) -> None:
    tab.go_to(KNOWING)
    tab.knowing.show_test(LOSES, 120)
    assert "did better" not in tab.knowing.plain.text()
    for formula, said in (
        (Score("the old formula", 0.74, 0.69, 0.79), "74%, which may be chance."),
        (Score("the old formula", 0.84, 0.80, 0.88), "84%."),
    ):
        tab.knowing.show_test(replace(LOSES, scores=(*SCORES[:2], formula, SCORES[3])), 120)
        assert tab.knowing.plain.text().endswith(f"The old formula did better: {said}")
    assert tab.knowing.conclusion.text() == "It does not know you yet: go by the general average for now."


def test_below_twenty_ratings_it_says_how_many_are_missing(tab: TasteTab) -> None:
    tab.go_to(KNOWING)
    tab.knowing.show_test(None, 19)
    assert tab.knowing.quiet.texts()[0] == "1 rating to go"
    tab.knowing.show_test(None, 20)
    assert tab.knowing.quiet.texts()[0] == "Not tested yet"


# Your ratings


@pytest.fixture
def ratings(tab: TasteTab) -> RatingsPage:
    tab.go_to(RATINGS)
    tab.ratings.show_ratings(
        [
            *rated(date(2024, 12, 31), date(2025, 3, 5), date(2025, 3, 5), date(2025, 3, 9)),
            *rated(*[date(2025, 5, 1)] * 5, learn=False)[4:],
        ]
    )
    return tab.ratings


def ids(page: RatingsPage) -> list[int]:
    return [line.item_id for line in page.titles.lines()]


def test_stretches_of_days_are_said_in_words() -> None:
    day = date(2025, 3, 5)
    assert days_words(day, day) == "5 March 2025"
    assert days_words(day, date(2025, 3, 9)) == "5 to 9 March 2025"
    assert days_words(day, date(2025, 4, 1)) == "5 March to 1 April 2025"
    assert days_words(date(2024, 12, 31), day) == "31 December 2024 to 5 March 2025"
    assert days_words(date(2024, 2, 1), date(2024, 2, 29)) == "February 2024"
    assert days_words(date(2024, 1, 1), date(2024, 12, 31)) == "all of 2024"


def test_all_ratings_are_listed_newest_first_and_counted(ratings: RatingsPage) -> None:
    assert ids(ratings) == [5, 4, 3, 2, 1]
    assert ratings.texts()[0] == "All your ratings: 5"
    assert ratings.histogram.counts() == (1, 1, 1, 1, 1, 0, 0, 0, 0, 0)
    first = ratings.titles.lines()[0]
    assert first.dimmed
    assert first.notes == (NOT_LEARNED, "1 May 2025")
    assert not ratings.forget.isVisible()  # never all of them at one click


def test_halves_go_into_the_column_above(tab: TasteTab) -> None:
    tab.go_to(RATINGS)
    tab.ratings.show_ratings([replace(rated(date(2025, 3, 5))[0], value=value) for value in (7.5, 8.4, 0.5, 10.0)])
    assert tab.ratings.histogram.counts() == (1, 0, 0, 0, 0, 0, 0, 2, 0, 1)
    assert tab.ratings.histogram.average() == pytest.approx(6.6)


def test_a_day_a_month_and_a_stretch_of_days_can_be_meant(ratings: RatingsPage) -> None:
    calendar = ratings.calendar
    assert calendar.year == 2025
    QTest.mouseClick(calendar, LEFT, pos=calendar.area_of(date(2025, 3, 5)).center().toPoint())
    assert ids(ratings) == [3, 2]
    assert ratings.texts()[0] == "2 ratings, 5 March 2025"
    QTest.mouseClick(calendar, LEFT, pos=calendar.month_area(3).center())
    assert ids(ratings) == [4, 3, 2]
    assert ratings.texts()[0] == "3 ratings, March 2025"
    start, end = (calendar.area_of(day).center().toPoint() for day in (date(2025, 5, 2), date(2025, 3, 8)))
    QTest.mousePress(calendar, LEFT, pos=start)
    QTest.mouseMove(calendar, (start + end) / 2)
    QTest.mouseMove(calendar, end)
    QTest.mouseRelease(calendar, LEFT, pos=end)
    assert ids(ratings) == [5, 4]
    assert ratings.texts()[0] == "2 ratings, 8 March to 2 May 2025"
    ratings.everything.click()
    assert len(ids(ratings)) == 5
    assert calendar.day_words(date(2025, 3, 5)) == "2 ratings, 5 March 2025"
    assert calendar.day_words(date(2025, 3, 6)) == "No rating, 6 March 2025"


def test_the_calendar_answers_the_keyboard(ratings: RatingsPage) -> None:
    calendar = ratings.calendar
    calendar.setFocus()
    QTest.keyClick(calendar, Qt.Key.Key_Return)  # the newest day of the year with a rating
    assert calendar.range == (date(2025, 5, 1), date(2025, 5, 1))
    QTest.keyClick(calendar, Qt.Key.Key_Left)
    QTest.keyClick(calendar, Qt.Key.Key_Up, Qt.KeyboardModifier.ShiftModifier)
    assert calendar.range == (date(2025, 4, 23), date(2025, 4, 24))
    QTest.keyClick(calendar, Qt.Key.Key_Escape)
    assert calendar.range is None


def test_every_day_of_a_year_has_its_own_square(ratings: RatingsPage, tab: TasteTab, qtbot) -> None:
    calendar = ratings.calendar
    tab.resize(960, 600)
    qtbot.waitUntil(lambda: calendar.width() < 700)
    for year in (2024, 2025, 2012):  # 2012 is a leap year that begins on a Sunday: it takes 54 columns
        calendar.show_year(year)
        for month, day in ((1, 1), (2, 28), (12, 31)):
            area = calendar.area_of(date(year, month, day))
            assert calendar.rect().toRectF().contains(area)
            QTest.mouseClick(calendar, LEFT, pos=area.center().toPoint())
            assert calendar.range == (date(year, month, day),) * 2


def test_years_can_be_turned_as_far_as_there_are_ratings(ratings: RatingsPage) -> None:
    ratings._before.click()
    assert ratings.calendar.year == 2024
    assert not ratings._before.isEnabled()
    ratings._after.click()
    assert ratings.calendar.year == 2025


def test_ratings_of_some_days_or_one_alone_can_be_left_out_and_taken_in_again(ratings: RatingsPage, qtbot) -> None:
    ratings.calendar.select(date(2025, 3, 9), date(2025, 5, 1))
    with qtbot.waitSignal(ratings.learning_wanted) as asked:
        ratings.forget.click()
    assert asked.args == [(4,), False]
    with qtbot.waitSignal(ratings.learning_wanted) as asked:
        ratings.learn.click()
    assert asked.args == [(5,), True]
    titles = ratings.titles
    with qtbot.waitSignal(ratings.learning_wanted) as asked:
        QTest.mouseClick(titles.viewport(), LEFT, pos=titles.action_area(1).center())
    assert asked.args == [(4,), False]
    titles.setFocus()
    titles.setCurrentIndex(titles.model().index(0, 0))
    with qtbot.waitSignal(ratings.learning_wanted) as asked:
        QTest.keyClick(titles, Qt.Key.Key_Space)
    assert asked.args == [(5,), True]
    with qtbot.waitSignal(ratings.chosen) as opened:
        QTest.mouseClick(
            titles.viewport(), LEFT, pos=titles.visualRect(titles.model().index(0, 0)).center() - QPoint(60, 0)
        )
    assert opened.args == [5]


# With the desk, an engine and a worker


def known_snapshot(library: Library) -> Snapshot:
    """A snapshot that comes with a test, and with a map whose places are the row numbers."""
    plain = snapshot_of(library)
    ids = plain.features.ids.copy()
    rows = np.arange(len(ids), dtype=np.float32)
    vectors = np.eye(len(ids), dtype=np.float32)
    layout = MapLayout(ids, np.stack([rows, rows % 7], axis=1), "by number")
    near = Near(run(find_neighbours(ids, vectors)), vectors, "by number", {"text": len(ids)}, layout)
    return replace(plain, near=near, acquaintance=Acquaintance(BEATS, BEATS.ratings, 0))


@dataclass
class Desk:
    """The tab in a window, with everything behind it."""

    library: Library
    window: MainWindow
    tab: TasteTab
    controller: Controller
    desk: TasteDesk

    @property
    def engine(self) -> Engine:
        assert self.controller.engine is not None
        return self.controller.engine

    def rate(self, titles: Sequence[str], value: float) -> None:
        known = ids_by_title(self.library)
        for title in titles:
            self.engine.rate(known[title], value)
            self.controller.feedback_given.emit(known[title])


@pytest.fixture
def desk(home: Home, theme: Theme, qtbot) -> Iterator[Desk]:
    theme.still = True
    library = open_shelf(home.path)
    window = MainWindow(theme)
    qtbot.addWidget(window)
    tab = TasteTab(theme)
    window.add_tab(tab, "Taste")
    controller = Controller(library, Settings(), window.messages, ())
    worker = LibraryWorker(home, quick_ports(home), "worker under test")
    worker.start()
    made = Desk(library, window, tab, controller, TasteDesk(controller, tab, worker))
    controller.publish(known_snapshot(library))
    window.show()
    made.desk.came_into_sight()
    yield made
    controller.stop()
    assert worker.stop()
    window.close()
    library.close()


STARS = [f"Star {number}" for number in (2, 4, 6, 8)]


def wait_for(qtbot, done: Callable[[], bool]) -> None:
    qtbot.waitUntil(done, timeout=PATIENCE)


def test_after_five_ratings_the_preferences_appear_and_follow_each_rating(desk: Desk, qtbot) -> None:
    page = desk.tab.preferences
    desk.rate(STARS, 10)
    assert page.quiet.texts()[0] == "Too little is known of your taste yet"
    assert "1 more title " in page.quiet.texts()[1]
    desk.rate(["Heart 1"], 2)
    wait_for(qtbot, lambda: len(page.genres.rows()) == 2)
    assert [one.name for one in page.genres.rows()] == ["Science Fiction", "Romance"]
    assert [one.name for one in page.liked.rows()] == ["Ada Space"]
    rated_before = page.genres.rows()[0].rated
    desk.rate(["Star 10", "Star 12"], 9)
    wait_for(qtbot, lambda: page.genres.rows()[0].rated == rated_before + 2)


def test_what_is_not_in_sight_is_not_worked_out(desk: Desk, qtbot) -> None:
    desk.window.hide()
    desk.rate([*STARS, "Heart 1"], 8)
    assert not desk.tab.preferences.genres.rows()
    assert not desk.tab.ratings.titles.lines()
    desk.window.show()
    desk.desk.came_into_sight()
    wait_for(qtbot, lambda: len(desk.tab.preferences.genres.rows()) == 2)
    assert not desk.tab.ratings.titles.lines()
    desk.tab.go_to(RATINGS)
    assert [line.title for line in desk.tab.ratings.titles.lines()][:2] == ["Heart 1 (1991)", "Star 8 (1998)"]


def test_the_map_is_drawn_when_it_is_seen_and_recoloured_after_a_rating(desk: Desk, qtbot) -> None:
    desk.controller.publish(snapshot_of(desk.library))
    desk.tab.go_to(MAP)
    assert desk.tab.map.quiet.isVisible()
    desk.rate(["Star 2"], 10)
    assert desk.tab.map.quiet.isVisible()
    desk.controller.publish(known_snapshot(desk.library))
    wait_for(qtbot, lambda: desk.tab.map.picture is not None)
    picture = desk.tab.map.picture
    assert picture.titles == desk.engine.snapshot.columns.titles
    assert int(picture.points.rated.sum()) == 1
    desk.rate(["Heart 1"], 1)
    assert int(desk.tab.map.picture.points.rated.sum()) == 2
    assert desk.tab.map.picture.titles is picture.titles


def test_the_mouse_over_a_dot_shows_what_the_library_knows(desk: Desk, qtbot) -> None:
    desk.tab.go_to(MAP)
    wait_for(qtbot, lambda: desk.tab.map.picture is not None)
    canvas, card = desk.tab.map.canvas, desk.tab.map.card

    def point() -> bool:
        QTest.mouseMove(canvas.viewport(), QPoint(1, 1))
        QTest.mouseMove(canvas.viewport(), canvas.pixel_of(5).toPoint())
        return card.entry is not None

    wait_for(qtbot, point)  # the map has just been laid out
    assert (card.entry.title, card.entry.year, card.entry.genres) == ("Heart 5", 1995, ("Romance",))


def test_nothing_is_asked_for_once_the_window_closes(desk: Desk, qtbot) -> None:
    desk.tab.go_to(MAP)
    wait_for(qtbot, lambda: desk.tab.map.picture is not None)
    canvas = desk.tab.map.canvas
    QTest.mouseMove(canvas.viewport(), canvas.pixel_of(5).toPoint())
    with qtbot.assertNotEmitted(desk.tab.posters_wanted, wait=250):
        desk.window.close()
    assert not desk.tab.map.card.isVisible()


def test_the_test_comes_with_the_snapshot(desk: Desk) -> None:
    desk.tab.go_to(KNOWING)
    assert desk.tab.knowing.conclusion.text() == "It has learned something about you."


def test_what_no_longer_counts_changes_the_taste_and_the_effect_is_told(desk: Desk, qtbot) -> None:
    desk.rate([*STARS, "Heart 1", "Heart 3"], 9)
    item = ids_by_title(desk.library)["Star 20"]
    before = desk.engine.predict(item).rating
    desk.tab.go_to(RATINGS)
    page = desk.tab.ratings
    page.calendar.show_year(date.today().year)
    page.calendar.select(date.today(), date.today())
    with qtbot.waitSignal(desk.controller.feedback_given):
        page.forget.click()
    assert page.texts()[1] == "Homereel no longer learns from 6 ratings. Now none counts."
    wait_for(qtbot, lambda: "most of all" in page.texts()[1])
    assert desk.engine.predict(item).rating < before
    assert all(line.dimmed for line in page.titles.lines())
    page.learn.click()
    wait_for(
        qtbot, lambda: page.texts()[1].startswith("Homereel learns again from 6 ratings. Now 6 ratings count. What")
    )
    assert desk.engine.predict(item).rating == pytest.approx(before, abs=1e-3)


def test_what_very_many_ratings_change_is_told_when_it_has_been_learned(desk: Desk, qtbot) -> None:
    titles = [f"Star {number}" for number in range(2, 4 + 2 * AT_ONCE, 2)]
    known = ids_by_title(desk.library)
    desk.rate(titles, 10)
    before = desk.engine.predict(known["Star 30"]).rating
    desk.tab.go_to(RATINGS)
    with qtbot.waitSignal(desk.controller.feedback_given) as asked:
        desk.tab.learning_wanted.emit(tuple(known[title] for title in titles), False)
    assert asked.args == [0]
    said = f"Homereel no longer learns from {len(titles)} ratings. Now none counts."
    assert desk.tab.ratings.texts()[1] == f"{said} {IN_A_MOMENT}"
    assert all(line.dimmed for line in desk.tab.ratings.titles.lines())
    assert desk.engine.predict(known["Star 30"]).rating == before
    desk.controller.publish(known_snapshot(desk.library))
    assert desk.engine.predict(known["Star 30"]).rating < before
    wait_for(qtbot, lambda: desk.tab.ratings.texts()[1].startswith(f"{said} What you would give "))
    assert "most of all “" in desk.tab.ratings.texts()[1]


def test_what_cannot_be_stored_is_said_and_changes_nothing(desk: Desk, monkeypatch) -> None:
    desk.rate(STARS, 9)
    desk.tab.go_to(RATINGS)

    def refuse(*_: object) -> int:
        raise StoreUnavailable("The library cannot be written.", "Make room on the disk.")

    monkeypatch.setattr(desk.library.feedback, "set_learning", refuse)
    desk.tab.learning_wanted.emit((ids_by_title(desk.library)["Star 2"],), False)
    assert desk.window.messages.message().startswith("The library cannot be written.")
    assert desk.tab.ratings.texts()[1] == ""
    assert not any(line.dimmed for line in desk.tab.ratings.titles.lines())


def test_a_title_that_the_snapshot_does_not_know_is_listed_all_the_same(desk: Desk) -> None:
    desk.library.items.upsert("demo", "films", [film(99, space=True)])
    desk.rate(["Star 99"], 7)
    desk.tab.go_to(RATINGS)
    assert [line.title for line in desk.tab.ratings.titles.lines()] == ["Star 99 (1999)"]


def test_the_words_about_learning() -> None:
    assert learning_words(0, True, 9) == "Nothing has changed."
    assert learning_words(1, False, 1) == "Homereel no longer learns from 1 rating. Now 1 rating counts."
