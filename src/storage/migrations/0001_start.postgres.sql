-- Times are milliseconds since 1970, UTC. Enumerations are stored by the numbers that their headers
-- fix (core/outcome.h, core/scores.h, storage/repositories.h).

-- Which master keys wrap what is stored here. check_value shows that the key at hand is the one.
CREATE TABLE master_keys (
  key_id      TEXT COLLATE "C" PRIMARY KEY,
  check_value BYTEA NOT NULL,
  added_at    BIGINT NOT NULL
);

-- Secrets are sealed under a sub-key of the master key named by key_id; appcode_hash is an HMAC.
CREATE TABLE access_keys (
  access_key_id  TEXT COLLATE "C" PRIMARY KEY,
  customer       TEXT COLLATE "C" NOT NULL,
  key_id         TEXT COLLATE "C" NOT NULL REFERENCES master_keys(key_id),
  sealed_secret  BYTEA NOT NULL,
  sealed_appcode BYTEA NOT NULL,
  appcode_hash   BYTEA NOT NULL UNIQUE,
  created_at     BIGINT NOT NULL,
  disabled_at    BIGINT
);
CREATE INDEX access_keys_by_customer ON access_keys(customer);

CREATE TABLE account_states (
  customer TEXT COLLATE "C" NOT NULL,
  product  TEXT COLLATE "C" NOT NULL,
  state    BIGINT NOT NULL,
  set_at   BIGINT NOT NULL,
  PRIMARY KEY (customer, product)
);

CREATE TABLE outcomes (
  id                  TEXT COLLATE "C" PRIMARY KEY,
  customer            TEXT COLLATE "C" NOT NULL,
  access_key_id       TEXT COLLATE "C" NOT NULL,
  surface             TEXT COLLATE "C" NOT NULL,
  operation           TEXT COLLATE "C" NOT NULL,
  request_fingerprint TEXT COLLATE "C" NOT NULL,
  outcome             BIGINT NOT NULL,
  attack_class        BIGINT NOT NULL,
  cosine              DOUBLE PRECISION,
  pad_score           DOUBLE PRECISION,
  calibration         TEXT COLLATE "C" NOT NULL,
  reference_blob      TEXT COLLATE "C" NOT NULL,
  capture_blob        TEXT COLLATE "C" NOT NULL,
  best_frame_blob     TEXT COLLATE "C" NOT NULL,
  decided_at          BIGINT NOT NULL
);
-- One outcome per signed request. An empty fingerprint is never repeated.
CREATE UNIQUE INDEX outcomes_by_fingerprint ON outcomes(customer, request_fingerprint)
  WHERE request_fingerprint <> '';

-- One row per billed attempt, in the order of billing.
CREATE TABLE ledger (
  entry      BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  outcome_id TEXT COLLATE "C" NOT NULL UNIQUE REFERENCES outcomes(id),
  customer   TEXT COLLATE "C" NOT NULL,
  product    TEXT COLLATE "C" NOT NULL,
  code       TEXT COLLATE "C" NOT NULL,
  billed_at  BIGINT NOT NULL
);
CREATE INDEX ledger_by_customer ON ledger(customer, entry);

CREATE TABLE seen_requests (
  fingerprint TEXT COLLATE "C" PRIMARY KEY,
  expires_at  BIGINT NOT NULL
);
CREATE INDEX seen_requests_by_expiry ON seen_requests(expires_at);
