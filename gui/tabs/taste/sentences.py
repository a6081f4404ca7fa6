"""What the Taste tab says about numbers, as a person would."""

from __future__ import annotations

from calendar import month_abbr, month_name
from datetime import date, timedelta

from recommender.preferences import Preference


def preference_words(one: Preference) -> str:
    """A preference as a sentence: "Thriller: +0.2 ± 0.2; you rated 11, 7.6 on average"."""
    rated = "you rated none yet" if one.average is None else f"you rated {one.rated:,}, {one.average:.1f} on average"
    chance = ". That may be chance" if abs(one.points) < one.deviation else ""
    return f"{one.name}: {measured_words(one.points, one.deviation)}; {rated}{chance}."


def measured_words(points: float, deviation: float) -> str:
    """Points with their uncertainty: "+0.2 ± 0.2", "0.0 ± 0.3"."""
    return f"{signed(points)} ± {deviation:.1f}"


def signed(points: float, digits: int = 1) -> str:
    """Points with their sign, with a real minus; none before what is nothing at so many digits."""
    rounded = round(points, digits)
    sign = "−" if rounded < 0 else "+" if rounded > 0 else ""
    return f"{sign}{abs(rounded):.{digits}f}"


def days_words(first: date, last: date) -> str:
    """A stretch of days: "5 March 2025", "3 to 9 March 2025", "March 2025", "all of 2025"."""
    if first == last:
        return f"{first.day} {month_name[first.month]} {first.year}"
    if (first.month, first.day, last.month, last.day) == (1, 1, 12, 31) and first.year == last.year:
        return f"all of {first.year}"
    if first.day == 1 and first.month == last.month and (last + timedelta(days=1)).month != last.month:
        return f"{month_name[first.month]} {first.year}"
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day} to {days_words(last, last)}"
    start = f"{first.day} {month_name[first.month]}" + (f" {first.year}" if first.year != last.year else "")
    return f"{start} to {days_words(last, last)}"


def short_day(day: date) -> str:
    """A day in few letters: "5 Mar 2025"."""
    return f"{day.day} {month_abbr[day.month]} {day.year}"
