-- "SLUG": tells this program's databases from others.
PRAGMA application_id = 0x534C5547;
PRAGMA user_version = 1;

CREATE TABLE collection (
    number INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    derived_upto INTEGER NOT NULL DEFAULT 0
) STRICT;

-- at: RFC 3339. id: of the headline that a headline or delete is about. body: JSON.
CREATE TABLE entry (
    collection INTEGER NOT NULL REFERENCES collection ON DELETE CASCADE,
    seq INTEGER NOT NULL,
    at TEXT NOT NULL,
    kind TEXT NOT NULL,
    id TEXT,
    body TEXT,
    PRIMARY KEY (collection, seq)
) STRICT, WITHOUT ROWID;

CREATE INDEX entry_by_id ON entry (collection, id, seq) WHERE id IS NOT NULL;

-- digest: SHA-256 of seq and format_version, little-endian in 8 and 4 bytes, and of bytes.
CREATE TABLE checkpoint (
    collection INTEGER NOT NULL REFERENCES collection ON DELETE CASCADE,
    seq INTEGER NOT NULL,
    format_version INTEGER NOT NULL,
    digest BLOB NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (collection, seq)
) STRICT;

CREATE TABLE event (
    collection INTEGER NOT NULL REFERENCES collection ON DELETE CASCADE,
    number INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    at TEXT NOT NULL,
    topic TEXT NOT NULL,
    kind TEXT NOT NULL,
    payload TEXT NOT NULL,
    PRIMARY KEY (collection, number)
) STRICT, WITHOUT ROWID;

CREATE INDEX event_by_topic ON event (collection, topic, number);

CREATE TABLE card (
    collection INTEGER NOT NULL REFERENCES collection ON DELETE CASCADE,
    id TEXT NOT NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    json TEXT NOT NULL,
    PRIMARY KEY (collection, id)
) STRICT;
