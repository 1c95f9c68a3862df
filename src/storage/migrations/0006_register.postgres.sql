-- The authoritative register. The hash is a keyed one of the number; all else but the photo's blob is
-- sealed.
CREATE TABLE register_records (
  number_hash BYTEA PRIMARY KEY,
  sealed      BYTEA NOT NULL,
  photo_blob  TEXT COLLATE "C" NOT NULL,
  imported_at BIGINT NOT NULL
);
CREATE INDEX register_records_by_photo_blob ON register_records(photo_blob) WHERE photo_blob <> '';

-- What happened to numbers, by a hash under another key.
CREATE TABLE attacked_numbers (
  number_hash BYTEA PRIMARY KEY,
  first_at    BIGINT NOT NULL,
  last_at     BIGINT NOT NULL
);
CREATE TABLE number_enquiries (
  number_hash BYTEA NOT NULL,
  day         BIGINT NOT NULL,
  enquiries   BIGINT NOT NULL,
  PRIMARY KEY (number_hash, day)
);
CREATE INDEX number_enquiries_by_day ON number_enquiries(day);
