-- The authoritative register. The hash is a keyed one of the number; all else but the photo's blob is
-- sealed.
CREATE TABLE register_records (
  number_hash BLOB PRIMARY KEY,
  sealed      BLOB NOT NULL,
  photo_blob  TEXT NOT NULL,
  imported_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX register_records_by_photo_blob ON register_records(photo_blob) WHERE photo_blob <> '';

-- What happened to numbers, by a hash under another key.
CREATE TABLE attacked_numbers (
  number_hash BLOB PRIMARY KEY,
  first_at    INTEGER NOT NULL,
  last_at     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE number_enquiries (
  number_hash BLOB NOT NULL,
  day         INTEGER NOT NULL,
  enquiries   INTEGER NOT NULL,
  PRIMARY KEY (number_hash, day)
) STRICT, WITHOUT ROWID;
CREATE INDEX number_enquiries_by_day ON number_enquiries(day);
