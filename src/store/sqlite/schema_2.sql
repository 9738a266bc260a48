PRAGMA user_version = 2;

-- Nothing was ever written there.
DROP TABLE event;

-- Events that are no longer in memory. event: JSON, as readers get it.
CREATE TABLE event (
    collection INTEGER NOT NULL REFERENCES collection ON DELETE CASCADE,
    number INTEGER NOT NULL,
    event TEXT NOT NULL,
    PRIMARY KEY (collection, number)
) STRICT, WITHOUT ROWID;

-- The stories and topics that each of them names. id: of one of them.
CREATE TABLE event_of (
    collection INTEGER NOT NULL REFERENCES collection ON DELETE CASCADE,
    id TEXT NOT NULL,
    number INTEGER NOT NULL,
    PRIMARY KEY (collection, id, number)
) STRICT, WITHOUT ROWID;
