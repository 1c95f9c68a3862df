-- Sessions. number, state, challenge_id and due_at repeat what the history amounts to, for guards
-- and for looking up; terms are JSON (storage/verification_text.h).
CREATE TABLE verifications (
  id             TEXT PRIMARY KEY,
  customer       TEXT NOT NULL,
  access_key_id  TEXT NOT NULL,
  surface        TEXT NOT NULL,
  operation      TEXT NOT NULL,
  product        TEXT NOT NULL,
  token_hash     BLOB NOT NULL UNIQUE,
  terms          TEXT NOT NULL,
  metadata       TEXT NOT NULL,
  reference_blob TEXT NOT NULL,
  created_at     INTEGER NOT NULL,
  number         INTEGER NOT NULL,
  state          INTEGER NOT NULL,
  challenge_id   TEXT NOT NULL,
  evidence_bytes INTEGER NOT NULL,
  due_at         INTEGER,
  outcome_id     TEXT UNIQUE REFERENCES outcomes(id)
) STRICT;
CREATE INDEX verifications_by_due ON verifications(due_at) WHERE due_at IS NOT NULL;
CREATE INDEX verifications_by_reference_blob ON verifications(reference_blob)
  WHERE reference_blob <> '';

-- The history, never changed. event is the kind, detail its JSON.
CREATE TABLE verification_transitions (
  verification_id TEXT NOT NULL REFERENCES verifications(id),
  number          INTEGER NOT NULL,
  from_state      INTEGER NOT NULL,
  to_state        INTEGER NOT NULL,
  at              INTEGER NOT NULL,
  event           INTEGER NOT NULL,
  detail          TEXT NOT NULL,
  PRIMARY KEY (verification_id, number)
) STRICT, WITHOUT ROWID;

-- The evidence for the current challenge, and for the one that decided.
CREATE TABLE verification_parts (
  verification_id TEXT NOT NULL REFERENCES verifications(id),
  part            TEXT NOT NULL,
  total_bytes     INTEGER NOT NULL,
  sha256          TEXT NOT NULL,
  received_bytes  INTEGER NOT NULL,
  PRIMARY KEY (verification_id, part)
) STRICT, WITHOUT ROWID;
CREATE TABLE verification_chunks (
  verification_id TEXT NOT NULL,
  part            TEXT NOT NULL,
  begins_at       INTEGER NOT NULL,
  length          INTEGER NOT NULL,
  blob            TEXT NOT NULL,
  PRIMARY KEY (verification_id, part, begins_at),
  FOREIGN KEY (verification_id, part) REFERENCES verification_parts(verification_id, part)
) STRICT, WITHOUT ROWID;
CREATE INDEX verification_chunks_by_blob ON verification_chunks(blob);

CREATE TABLE webhook_endpoints (
  customer      TEXT PRIMARY KEY,
  url           TEXT NOT NULL,
  sealed_secret BLOB NOT NULL,
  set_at        INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What is to be told (state 0), was told, or could not be.
CREATE TABLE webhook_deliveries (
  id              TEXT PRIMARY KEY,
  customer        TEXT NOT NULL,
  event           TEXT NOT NULL,
  verification_id TEXT NOT NULL REFERENCES verifications(id),
  state           INTEGER NOT NULL,
  attempts        INTEGER NOT NULL,
  last_status     INTEGER,
  last_error      TEXT NOT NULL,
  created_at      INTEGER NOT NULL,
  next_at         INTEGER NOT NULL,
  ended_at        INTEGER
) STRICT;
CREATE INDEX webhook_deliveries_by_next ON webhook_deliveries(next_at) WHERE state = 0;
CREATE INDEX webhook_deliveries_by_customer ON webhook_deliveries(customer, created_at);

-- Requests that came with an Idempotency-Key. answer is NULL while the first is at work, which it
-- may be until taken_until.
CREATE TABLE idempotent_requests (
  customer     TEXT NOT NULL,
  key          TEXT NOT NULL,
  request_hash BLOB NOT NULL,
  answer       BLOB,
  taken_until  INTEGER NOT NULL,
  expires_at   INTEGER NOT NULL,
  PRIMARY KEY (customer, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX idempotent_requests_by_expiry ON idempotent_requests(expires_at);
