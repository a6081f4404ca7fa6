-- Several servers, catalogues, what was written, what was asked of the network, and the past.
ALTER TABLE item ADD COLUMN moods TEXT NOT NULL DEFAULT '[]';
ALTER TABLE item ADD COLUMN styles TEXT NOT NULL DEFAULT '[]';

-- What another person of the household saw and rated; the viewing in "place" is that of whoever the source is signed in as.
CREATE TABLE person_viewing (
    user TEXT NOT NULL,
    place_id INTEGER NOT NULL REFERENCES place (id),
    version TEXT NOT NULL,
    viewing TEXT NOT NULL,
    PRIMARY KEY (user, place_id)
) WITHOUT ROWID;

-- What was watched when, as servers tell it.
CREATE TABLE watch (
    user TEXT NOT NULL,
    item_id INTEGER NOT NULL REFERENCES item (id),
    at REAL NOT NULL,
    source_id TEXT NOT NULL,
    PRIMARY KEY (user, item_id, at)
) WITHOUT ROWID;

-- Other names under which a title is found: its original title as it is compared; of a track "artist<tab>title".
CREATE TABLE other_title (
    title TEXT NOT NULL,
    item_id INTEGER NOT NULL REFERENCES item (id),
    PRIMARY KEY (title, item_id)
) WITHOUT ROWID;

-- Two titles that may be one: what the person said about it ("same", "other"), or nothing yet (""). "moved" is what was moved
-- from one to the other because they are the same, so that it can be moved back.
CREATE TABLE title_pair (
    one INTEGER NOT NULL REFERENCES item (id),
    other INTEGER NOT NULL REFERENCES item (id),
    verdict TEXT NOT NULL DEFAULT '' CHECK (verdict IN ('', 'same', 'other')),
    moved TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (one, other),
    CHECK (one < other)
) WITHOUT ROWID;

-- What a catalogue said about a title; "answer" is empty when it knows nothing of it. "recommended" are keys of the catalogue,
-- which the knowledge graph reads of all titles at once. "by_hand": a person chose the key; an empty one means "none of them".
CREATE TABLE metadata (
    item_id INTEGER NOT NULL REFERENCES item (id),
    catalog TEXT NOT NULL,
    key TEXT NOT NULL,
    at REAL NOT NULL,
    by_hand INTEGER NOT NULL DEFAULT 0 CHECK (by_hand IN (0, 1)),
    recommended TEXT NOT NULL DEFAULT '[]',
    answer TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (item_id, catalog)
);

-- What servers alone say of a title that a catalogue says more of, so that the catalogue's words can be taken out again.
-- "added" are the external ids that the title has from the catalogue.
CREATE TABLE server_words (
    item_id INTEGER PRIMARY KEY REFERENCES item (id),
    words TEXT NOT NULL,
    added TEXT NOT NULL DEFAULT '[]'
);

-- Every write to a server: what was there before, what was wanted, and what was there afterwards. States are JSON, 'null' where
-- nothing was there. "known" names the lists of the same title that were there before one was made.
CREATE TABLE journal (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at REAL NOT NULL,
    user TEXT NOT NULL,
    source_id TEXT NOT NULL,
    library_key TEXT NOT NULL DEFAULT '',
    kind TEXT NOT NULL,
    target TEXT NOT NULL,
    title TEXT NOT NULL,
    action TEXT NOT NULL,
    item_id INTEGER,
    batch INTEGER,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'begun', 'done', 'failed', 'undone')),
    before TEXT NOT NULL DEFAULT 'null',
    wanted TEXT NOT NULL DEFAULT 'null',
    after TEXT NOT NULL DEFAULT 'null',
    known TEXT NOT NULL DEFAULT '[]',
    automatic INTEGER NOT NULL DEFAULT 0 CHECK (automatic IN (0, 1)),
    undoes INTEGER REFERENCES journal (id),
    message TEXT NOT NULL DEFAULT '',
    undone_at REAL
);
CREATE INDEX journal_by_batch ON journal (batch);
CREATE INDEX journal_by_state ON journal (state, source_id);
CREATE INDEX journal_by_target ON journal (source_id, kind, target);
CREATE INDEX journal_by_item ON journal (item_id);

-- Which computers were talked to on which day, what for, how often and how much.
CREATE TABLE contact (
    day TEXT NOT NULL,
    host TEXT NOT NULL,
    reach TEXT NOT NULL,
    purpose TEXT NOT NULL,
    requests INTEGER NOT NULL DEFAULT 0,
    sent INTEGER NOT NULL DEFAULT 0,
    received INTEGER NOT NULL DEFAULT 0,
    last_at REAL NOT NULL,
    PRIMARY KEY (day, host, reach, purpose)
) WITHOUT ROWID;

-- A past that was brought along: out of which files, the titles it is about, and what became of each of its lines. "files" tells
-- of each file how many lines it has and of what; "finished_at" is empty while it is read.
CREATE TABLE import (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at REAL NOT NULL,
    user TEXT NOT NULL,
    format TEXT NOT NULL DEFAULT '',
    name TEXT NOT NULL DEFAULT '',
    files TEXT NOT NULL DEFAULT '[]',
    finished_at REAL,
    taken_back_at REAL
);

-- A title as the files name it; "item_id" is what it turned out to be, "decided" whether the person said so.
CREATE TABLE import_title (
    id INTEGER PRIMARY KEY,
    import_id INTEGER NOT NULL REFERENCES import (id),
    entry TEXT NOT NULL,
    pile TEXT NOT NULL CHECK (pile IN ('sure', 'unsure', 'not owned', 'wish')),
    item_id INTEGER REFERENCES item (id),
    candidates TEXT NOT NULL DEFAULT '[]',
    decided INTEGER NOT NULL DEFAULT 0 CHECK (decided IN (0, 1))
);
CREATE INDEX import_title_by_import ON import_title (import_id, pile);

-- A line either says something about a title, or was left out for a reason.
CREATE TABLE import_line (
    id INTEGER PRIMARY KEY,
    import_id INTEGER NOT NULL REFERENCES import (id),
    title_id INTEGER REFERENCES import_title (id),
    file INTEGER NOT NULL,
    number INTEGER NOT NULL,
    digest INTEGER,
    source TEXT NOT NULL,
    act TEXT NOT NULL CHECK (act IN ('rating', 'play', 'wish', '')),
    value REAL,
    at REAL,
    played_at REAL,
    feedback_id INTEGER REFERENCES feedback (id),
    text TEXT NOT NULL DEFAULT '',
    reason TEXT NOT NULL DEFAULT '',
    CHECK ((title_id IS NULL) = (reason != '')),
    CHECK ((title_id IS NULL) = (act = ''))
);
CREATE INDEX import_line_by_title ON import_line (title_id);
CREATE INDEX import_line_by_import ON import_line (import_id, title_id);
