-- What a person asked of the suggestions in so many words, and what is not to be learned from.
ALTER TABLE feedback ADD COLUMN learn INTEGER NOT NULL DEFAULT 1 CHECK (learn IN (0, 1));

CREATE TABLE wish (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at REAL NOT NULL,
    user TEXT NOT NULL,
    signal TEXT NOT NULL,
    name TEXT NOT NULL,
    item_id INTEGER REFERENCES item (id),
    direction TEXT NOT NULL CHECK (direction IN ('more', 'less', 'never'))
);
CREATE UNIQUE INDEX wish_subject ON wish (user, signal, name, coalesce(item_id, 0));

-- What the servers call their libraries, for rules that name one.
CREATE TABLE server_library (
    source_id TEXT NOT NULL,
    key TEXT NOT NULL,
    title TEXT NOT NULL,
    PRIMARY KEY (source_id, key)
) WITHOUT ROWID;
