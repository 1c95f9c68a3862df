-- Times are milliseconds since 1970, UTC. Enumerations are stored by the numbers that their headers
-- fix (core/outcome.h, core/scores.h, storage/repositories.h).

-- Which master keys wrap what is stored here. check_value shows that the key at hand is the one.
CREATE TABLE master_keys (
  key_id      TEXT PRIMARY KEY,
  check_value BLOB NOT NULL,
  added_at    INTEGER NOT NULL
) STRICT;

-- Secrets are sealed under a sub-key of the master key named by key_id; appcode_hash is an HMAC.
CREATE TABLE access_keys (
  access_key_id  TEXT PRIMARY KEY,
  customer       TEXT NOT NULL,
  key_id         TEXT NOT NULL REFERENCES master_keys(key_id),
  sealed_secret  BLOB NOT NULL,
  sealed_appcode BLOB NOT NULL,
  appcode_hash   BLOB NOT NULL UNIQUE,
  created_at     INTEGER NOT NULL,
  disabled_at    INTEGER
) STRICT;
CREATE INDEX access_keys_by_customer ON access_keys(customer);

CREATE TABLE account_states (
  customer TEXT NOT NULL,
  product  TEXT NOT NULL,
  state    INTEGER NOT NULL,
  set_at   INTEGER NOT NULL,
  PRIMARY KEY (customer, product)
) STRICT, WITHOUT ROWID;

CREATE TABLE outcomes (
  id                  TEXT PRIMARY KEY,
  customer            TEXT NOT NULL,
  access_key_id       TEXT NOT NULL,
  surface             TEXT NOT NULL,
  operation           TEXT NOT NULL,
  request_fingerprint TEXT NOT NULL,
  outcome             INTEGER NOT NULL,
  attack_class        INTEGER NOT NULL,
  cosine              REAL,
  pad_score           REAL,
  calibration         TEXT NOT NULL,
  reference_blob      TEXT NOT NULL,
  capture_blob        TEXT NOT NULL,
  best_frame_blob     TEXT NOT NULL,
  decided_at          INTEGER NOT NULL
) STRICT;
-- One outcome per signed request. An empty fingerprint is never repeated.
CREATE UNIQUE INDEX outcomes_by_fingerprint ON outcomes(customer, request_fingerprint)
  WHERE request_fingerprint <> '';

-- One row per billed attempt, in the order of billing.
CREATE TABLE ledger (
  entry      INTEGER PRIMARY KEY,
  outcome_id TEXT NOT NULL UNIQUE REFERENCES outcomes(id),
  customer   TEXT NOT NULL,
  product    TEXT NOT NULL,
  code       TEXT NOT NULL,
  billed_at  INTEGER NOT NULL
) STRICT;
CREATE INDEX ledger_by_customer ON ledger(customer, entry);

CREATE TABLE seen_requests (
  fingerprint TEXT PRIMARY KEY,
  expires_at  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX seen_requests_by_expiry ON seen_requests(expires_at);
