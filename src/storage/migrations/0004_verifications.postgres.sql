-- Sessions. number, state, challenge_id and due_at repeat what the history amounts to, for guards
-- and for looking up; terms are JSON (storage/verification_text.h).
CREATE TABLE verifications (
  id             TEXT COLLATE "C" PRIMARY KEY,
  customer       TEXT COLLATE "C" NOT NULL,
  access_key_id  TEXT COLLATE "C" NOT NULL,
  surface        TEXT COLLATE "C" NOT NULL,
  operation      TEXT COLLATE "C" NOT NULL,
  product        TEXT COLLATE "C" NOT NULL,
  token_hash     BYTEA NOT NULL UNIQUE,
  terms          TEXT COLLATE "C" NOT NULL,
  metadata       TEXT COLLATE "C" NOT NULL,
  reference_blob TEXT COLLATE "C" NOT NULL,
  created_at     BIGINT NOT NULL,
  number         BIGINT NOT NULL,
  state          BIGINT NOT NULL,
  challenge_id   TEXT COLLATE "C" NOT NULL,
  evidence_bytes BIGINT NOT NULL,
  due_at         BIGINT,
  outcome_id     TEXT COLLATE "C" UNIQUE REFERENCES outcomes(id)
);
CREATE INDEX verifications_by_due ON verifications(due_at) WHERE due_at IS NOT NULL;
CREATE INDEX verifications_by_reference_blob ON verifications(reference_blob)
  WHERE reference_blob <> '';

-- The history, never changed. event is the kind, detail its JSON.
CREATE TABLE verification_transitions (
  verification_id TEXT COLLATE "C" NOT NULL REFERENCES verifications(id),
  number          BIGINT NOT NULL,
  from_state      BIGINT NOT NULL,
  to_state        BIGINT NOT NULL,
  at              BIGINT NOT NULL,
  event           BIGINT NOT NULL,
  detail          TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (verification_id, number)
);

-- The evidence for the current challenge, and for the one that decided.
CREATE TABLE verification_parts (
  verification_id TEXT COLLATE "C" NOT NULL REFERENCES verifications(id),
  part            TEXT COLLATE "C" NOT NULL,
  total_bytes     BIGINT NOT NULL,
  sha256          TEXT COLLATE "C" NOT NULL,
  received_bytes  BIGINT NOT NULL,
  PRIMARY KEY (verification_id, part)
);
CREATE TABLE verification_chunks (
  verification_id TEXT COLLATE "C" NOT NULL,
  part            TEXT COLLATE "C" NOT NULL,
  begins_at       BIGINT NOT NULL,
  length          BIGINT NOT NULL,
  blob            TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (verification_id, part, begins_at),
  FOREIGN KEY (verification_id, part) REFERENCES verification_parts(verification_id, part)
);
CREATE INDEX verification_chunks_by_blob ON verification_chunks(blob);

CREATE TABLE webhook_endpoints (
  customer      TEXT COLLATE "C" PRIMARY KEY,
  url           TEXT COLLATE "C" NOT NULL,
  sealed_secret BYTEA NOT NULL,
  set_at        BIGINT NOT NULL
);

-- What is to be told (state 0), was told, or could not be.
CREATE TABLE webhook_deliveries (
  id              TEXT COLLATE "C" PRIMARY KEY,
  customer        TEXT COLLATE "C" NOT NULL,
  event           TEXT COLLATE "C" NOT NULL,
  verification_id TEXT COLLATE "C" NOT NULL REFERENCES verifications(id),
  state           BIGINT NOT NULL,
  attempts        BIGINT NOT NULL,
  last_status     BIGINT,
  last_error      TEXT COLLATE "C" NOT NULL,
  created_at      BIGINT NOT NULL,
  next_at         BIGINT NOT NULL,
  ended_at        BIGINT
);
CREATE INDEX webhook_deliveries_by_next ON webhook_deliveries(next_at) WHERE state = 0;
CREATE INDEX webhook_deliveries_by_customer ON webhook_deliveries(customer, created_at);

-- Requests that came with an Idempotency-Key. answer is NULL while the first is at work, which it
-- may be until taken_until.
CREATE TABLE idempotent_requests (
  customer     TEXT COLLATE "C" NOT NULL,
  key          TEXT COLLATE "C" NOT NULL,
  request_hash BYTEA NOT NULL,
  answer       BYTEA,
  taken_until  BIGINT NOT NULL,
  expires_at   BIGINT NOT NULL,
  PRIMARY KEY (customer, key)
);
CREATE INDEX idempotent_requests_by_expiry ON idempotent_requests(expires_at);
