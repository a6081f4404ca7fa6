"""What a person chose: one frozen class per section, each of which knows what it may be. Never holds a secret."""

from __future__ import annotations

import dataclasses
import logging
import math
import typing
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import urlsplit

from library.errors import SettingsError

log = logging.getLogger(__name__)

SourceKind = Literal["demo", "folder", "plex", "jellyfin", "subsonic"]
SignIn = Literal["token", "password", "api key", "legacy password"]
Reachable = Literal["all", "home", "none"]
Theme = Literal["system", "dark", "light"]
Schedule = Literal["always", "idle", "night"]
MAX_ADVENTURE = 2.0
MAX_COOLDOWN_HOURS = 168.0


def _require(good: bool, message: str, hint: str = "") -> None:
    if not good:
        raise SettingsError(message, hint)


#: Kinds of source that are servers: they have an address, and a secret of their own.
SERVER_KINDS: tuple[SourceKind, ...] = ("plex", "jellyfin", "subsonic")


@dataclass(frozen=True, slots=True)
class SourceSettings:
    """One place that media come from. Its token or password, if it needs one, lies in ``library.secrets`` as "source:<id>".

    :param libraries: keys of the chosen libraries; ``None`` means all of them.
    :param user: whom the server knows this person as: a name to sign in with; ``account`` is the server's own id of it.
    :param sign_in: what the secret is; a "legacy password" is sent as it is, which the person was told and agreed to.
    :param fingerprint: SHA-256 of the one certificate that is trusted although nobody vouches for it; hex, lower case.
    :param path_maps: where the server's files lie on this computer, as "<path there>=<path here>".
    """

    id: str
    kind: SourceKind
    name: str
    url: str = ""
    paths: tuple[str, ...] = ()
    libraries: tuple[str, ...] | None = None
    user: str = ""
    account: str = ""
    sign_in: SignIn = "token"
    fingerprint: str = ""
    path_maps: tuple[str, ...] = ()

    def check(self) -> None:
        """Raise :class:`SettingsError` with a sentence when this cannot work."""
        _require(bool(self.id.strip()), "The source has no id.")
        _require(self.kind in typing.get_args(SourceKind), f"There is no kind of source called “{self.kind}”.")
        _require(bool(self.name.strip()), "The source needs a name.", "Give it one that tells you where it is.")
        if self.kind in SERVER_KINDS:
            self._check_url()
        if self.kind == "subsonic" and self.sign_in != "api key":
            _require(bool(self.user.strip()), "The name of the user is missing.")
        if self.kind == "folder":
            _require(bool(self.paths), "No folder is chosen.", "Choose the folder that your media lie in.")
            _require(all(path.strip() for path in self.paths), "One of the folders has no path.")

    def _check_url(self) -> None:
        try:
            parts = urlsplit(self.url.strip())
            port = parts.port
        except ValueError:
            parts, port = urlsplit(""), None
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and port != 0
        _require(good, "This is not an address of a server.", "It looks like http://192.168.1.10:32400.")
        _require(
            parts.username is None and "token" not in parts.query.lower(),
            "The address must not hold a token or a password.",
            "Put the token into its own field.",
        )


DEMO_SOURCE = SourceSettings(id="demo", kind="demo", name="Demo library")
"""What stands in for want of any source; it is not among the settings unless it was asked for."""


@dataclass(frozen=True, slots=True)
class RecommendationSettings:
    """How bold the suggestions are, and how long one rests before it comes again."""

    adventure: float = 0.3
    cooldown_hours: float = 2.0

    def check(self) -> None:
        """Raise :class:`SettingsError` with a sentence when a number is out of its range."""
        good = math.isfinite(self.adventure) and 0 <= self.adventure <= MAX_ADVENTURE
        _require(good, f"Adventure is a number from 0 to {MAX_ADVENTURE:g}.")
        good = math.isfinite(self.cooldown_hours) and 0 <= self.cooldown_hours <= MAX_COOLDOWN_HOURS
        _require(good, f"The cool-down is from 0 to {MAX_COOLDOWN_HOURS:g} hours.")


@dataclass(frozen=True, slots=True)
class DialSettings:
    """Where the person turned the order of the suggestions: each dial from -1 to 1; 0 leaves it alone.

    :param obscure: 1 favours the obscure, -1 the popular; ``dark`` the dark or the light; ``long`` the long or the short;
        ``new`` the new or the old.
    """

    obscure: float = 0.0
    dark: float = 0.0
    long: float = 0.0
    new: float = 0.0

    def check(self) -> None:
        """Raise :class:`SettingsError` when a dial is turned too far."""
        good = all(math.isfinite(value) and -1.0 <= value <= 1.0 for value in dataclasses.astuple(self))
        _require(good, "A dial stands between -1 and 1.")


@dataclass(frozen=True, slots=True)
class DialPreset:
    """A position of all dials under a name of the person's own.

    :param adventure: as in :class:`RecommendationSettings`.
    """

    name: str
    adventure: float = 0.3
    obscure: float = 0.0
    dark: float = 0.0
    long: float = 0.0
    new: float = 0.0

    def check(self) -> None:
        """Raise :class:`SettingsError` when it has no name, or a dial is turned too far."""
        _require(bool(self.name.strip()), "The preset needs a name.", "Call it by the evening it is for.")
        RecommendationSettings(self.adventure).check()
        self.dials.check()

    @property
    def dials(self) -> DialSettings:
        """The dials without adventure."""
        return DialSettings(self.obscure, self.dark, self.long, self.new)


@dataclass(frozen=True, slots=True)
class RuleSettings:
    """What is never suggested, whatever the taste says.

    :param seasonal: hides titles of a feast out of its season.
    :param most_age: hides what is meant for older people than this; ``None`` hides nothing.
    :param genres: hides these genres; ``libraries`` what lies only in these, as "<source id>/<key>".
    :param shorter_than: minutes; hides shorter films, ``longer_than`` longer ones.
    """

    seasonal: bool = True
    most_age: int | None = None
    genres: tuple[str, ...] = ()
    libraries: tuple[str, ...] = ()
    shorter_than: float | None = None
    longer_than: float | None = None

    def check(self) -> None:
        """Raise :class:`SettingsError` when a rule cannot hold."""
        _require(self.most_age is None or 0 <= self.most_age <= 21, "The age is from 0 to 21 years.")
        for minutes in (self.shorter_than, self.longer_than):
            good = minutes is None or (math.isfinite(minutes) and 0 < minutes <= 1000)
            _require(good, "The length is from 1 to 1,000 minutes.")
        both = self.shorter_than is not None and self.longer_than is not None
        _require(
            not both or (self.shorter_than or 0) < (self.longer_than or 0),
            "These two lengths would hide every film.",
            "Let the shorter one be less than the longer one.",
        )


@dataclass(frozen=True, slots=True)
class ScanSettings:
    """How often the sources are looked through again while the window is open: hours between two scans, 0 for never."""

    every_hours: int = 24

    def check(self) -> None:
        """Raise :class:`SettingsError` when the number is out of its range."""
        _require(0 <= self.every_hours <= 720, "Sources are looked through every 1 to 720 hours, or never.")


@dataclass(frozen=True, slots=True)
class NetworkSettings:
    """How far the program may reach: "all" that was set up, only the own network ("home"), or nothing at all."""

    reach: Reachable = "all"

    def check(self) -> None:
        """Raise :class:`SettingsError` when there is no such reach."""
        _require(self.reach in typing.get_args(Reachable), f"There is no reach called “{self.reach}”.")


@dataclass(frozen=True, slots=True)
class CatalogSettings:
    """Which catalogues may be asked about titles. Their keys lie in ``library.secrets`` as "catalog:tmdb" and so on.

    :param days: after so many days a title is looked up again; TMDB's terms allow at most 180.
    :param language: ISO 639-1 code of the language of the answers.
    """

    tmdb: bool = False
    tvdb: bool = False
    days: int = 30
    language: str = "en"

    def check(self) -> None:
        """Raise :class:`SettingsError` when the age or the language cannot be."""
        _require(1 <= self.days <= 180, "What catalogues said is kept from 1 to 180 days.")
        _require(
            self.language.isalpha() and len(self.language) == 2, "The language is a code of two letters, like “en”."
        )


@dataclass(frozen=True, slots=True)
class WritingSettings:
    """What the program may write to servers. Everything is off until it is told otherwise.

    :param allowed: nothing at all is written without it.
    :param ratings: each rating given here is put on the servers that have the title, without asking each time.
    :param watched: a title that is marked as watched here is marked there too.
    :param auto_collect: titles rated from ``collect_from`` up go into a collection called ``collection``.
    :param most: a single action writes no more than so many entries without a second question.
    """

    allowed: bool = False
    ratings: bool = False
    watched: bool = False
    auto_collect: bool = False
    collect_from: float = 8.0
    collection: str = "Homereel picks"
    most: int = 200

    def check(self) -> None:
        """Raise :class:`SettingsError` when a number is out of its range or the collection has no name."""
        good = math.isfinite(self.collect_from) and 1 <= self.collect_from <= 10
        _require(good, "The rating from which titles are collected is from 1 to 10.")
        _require(bool(self.collection.strip()), "The collection needs a name.")
        _require(1 <= self.most <= 5000, "One action writes from 1 to 5,000 entries.")


@dataclass(frozen=True, slots=True)
class Profile:
    """One person of the household. Nobody's taste is ever taken for another's.

    :param id: the ``user`` of the feedback log; "local" for whoever set the program up, else "plex:<account id>" and the like.
    :param source_id: the source whose account it is; empty for "local".
    """

    id: str
    name: str
    source_id: str = ""

    def check(self) -> None:
        """Raise :class:`SettingsError` when it has no id or no name."""
        _require(bool(self.id.strip()) and bool(self.name.strip()), "A person needs a name.")


@dataclass(frozen=True, slots=True)
class PeopleSettings:
    """Who is sitting in front of it: the id of a :class:`Profile`."""

    active: str = "local"

    def check(self) -> None:
        """Raise :class:`SettingsError` when nobody is named."""
        _require(bool(self.active.strip()), "Somebody has to be sitting in front of it.")


@dataclass(frozen=True, slots=True)
class AssistantSettings:
    """How far the first-run assistant came: it is not shown again once it was gone through or left.

    :param step: where it stands, counted from 0; it goes on there when the window was closed meanwhile.
    """

    done: bool = False
    step: int = 0

    def check(self) -> None:
        """Raise :class:`SettingsError` when there is no such step."""
        _require(0 <= self.step <= 9, "There is no such step of the assistant.")


@dataclass(frozen=True, slots=True)
class AppearanceSettings:
    """How the window looks."""

    theme: Theme = "system"

    def check(self) -> None:
        """Raise :class:`SettingsError` when there is no such theme."""
        _require(self.theme in typing.get_args(Theme), f"There is no theme called “{self.theme}”.")


@dataclass(frozen=True, slots=True)
class TextModelSettings:
    """Which model reads the texts: a name, or the path of a directory."""

    name: str = "all-MiniLM-L6-v2"

    def check(self) -> None:
        """Raise :class:`SettingsError` when no model is named."""
        _require(bool(self.name.strip()), "The text model needs a name or a path.")


@dataclass(frozen=True, slots=True)
class TrainingSettings:
    """When the program learns in the background, and how much of the computer it may take for that.

    :param share: of the processor's cores, at most.
    :param on_battery: whether it goes on while the computer runs on battery; ``full_screen`` likewise while something is
        shown full-screen. Both only where the system tells.
    """

    paused: bool = False
    schedule: Schedule = "always"
    share: float = 0.5
    on_battery: bool = False
    full_screen: bool = False

    def check(self) -> None:
        """Raise :class:`SettingsError` when the share or the schedule cannot be."""
        _require(math.isfinite(self.share) and 0 < self.share <= 1, "The share of the computer is between 0 and 1.")
        _require(self.schedule in typing.get_args(Schedule), f"There is no schedule called “{self.schedule}”.")


@dataclass(frozen=True, slots=True)
class WindowSettings:
    """Where the window was and which tab was open: opaque words of the window itself."""

    geometry: str = ""
    tab: str = ""

    def check(self) -> None:
        """Nothing here can be wrong."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything a person chose, one section each."""

    sources: tuple[SourceSettings, ...] = ()
    recommendation: RecommendationSettings = field(default_factory=RecommendationSettings)
    dials: DialSettings = field(default_factory=DialSettings)
    presets: tuple[DialPreset, ...] = ()
    rules: RuleSettings = field(default_factory=RuleSettings)
    appearance: AppearanceSettings = field(default_factory=AppearanceSettings)
    text_model: TextModelSettings = field(default_factory=TextModelSettings)
    training: TrainingSettings = field(default_factory=TrainingSettings)
    scanning: ScanSettings = field(default_factory=ScanSettings)
    network: NetworkSettings = field(default_factory=NetworkSettings)
    catalogs: CatalogSettings = field(default_factory=CatalogSettings)
    writing: WritingSettings = field(default_factory=WritingSettings)
    profiles: tuple[Profile, ...] = ()
    people: PeopleSettings = field(default_factory=PeopleSettings)
    assistant: AssistantSettings = field(default_factory=AssistantSettings)
    window: WindowSettings = field(default_factory=WindowSettings)

    def check(self) -> None:
        """Raise :class:`SettingsError` for the first section that cannot be used."""
        for source in self.sources:
            source.check()
        for preset in self.presets:
            preset.check()
        for profile in self.profiles:
            profile.check()
        ids = [source.id for source in self.sources]
        _require(len(ids) == len(set(ids)), "Two sources have the same id.")
        names = [preset.name for preset in self.presets]
        _require(len(names) == len(set(names)), "Two presets have the same name.", "Give one of them another name.")
        for name in SECTIONS:
            getattr(self, name).check()


#: Sections that are lists: what each entry is.
LISTS: dict[str, type[Any]] = {"sources": SourceSettings, "presets": DialPreset, "profiles": Profile}
SECTIONS = tuple(found.name for found in dataclasses.fields(Settings) if found.name not in LISTS)
