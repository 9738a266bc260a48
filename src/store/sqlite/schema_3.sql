PRAGMA user_version = 3;

-- Checkpoints are made again; until then a restart applies the log from its beginning.
DROP TABLE checkpoint;

-- digest: that of seq and format_version, little-endian in 8 and 4 bytes, and of the bytes of all parts together.
CREATE TABLE checkpoint (
    collection INTEGER NOT NULL REFERENCES collection ON DELETE CASCADE,
    seq INTEGER NOT NULL,
    format_version INTEGER NOT NULL,
    digest BLOB NOT NULL,
    PRIMARY KEY (collection, seq)
) STRICT;

-- Its bytes in parts, because a value can hold a gigabyte at the most.
CREATE TABLE checkpoint_part (
    collection INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    part INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (collection, seq, part),
    FOREIGN KEY (collection, seq) REFERENCES checkpoint ON DELETE CASCADE
) STRICT;
