-- Text messages. What is personal is sealed; number_hash is an HMAC. States: core/sms.h.
CREATE TABLE sms_messages (
  id            TEXT PRIMARY KEY,
  customer      TEXT NOT NULL,
  access_key_id TEXT NOT NULL,
  number_hash   BLOB NOT NULL,
  country_code  TEXT NOT NULL,
  route         TEXT NOT NULL,
  sealed        BLOB NOT NULL,
  segments      INTEGER NOT NULL,
  state         INTEGER NOT NULL,
  error         TEXT NOT NULL,
  attempts      INTEGER NOT NULL,
  created_at    INTEGER NOT NULL,
  next_at       INTEGER NOT NULL,
  leased_until  INTEGER,
  valid_until   INTEGER,
  submitted_at  INTEGER,
  ended_at      INTEGER
) STRICT;
CREATE INDEX sms_messages_due ON sms_messages(route, next_at) WHERE state = 0;
CREATE INDEX sms_messages_expiring ON sms_messages(valid_until)
  WHERE state = 0 AND valid_until IS NOT NULL;
CREATE INDEX sms_messages_leased ON sms_messages(leased_until) WHERE state = 1;
CREATE INDEX sms_messages_by_number ON sms_messages(customer, number_hash, created_at);
CREATE INDEX sms_messages_by_customer ON sms_messages(customer, created_at);
CREATE INDEX sms_messages_by_age ON sms_messages(created_at);

CREATE TABLE sms_segments (
  message_id TEXT NOT NULL,
  number     INTEGER NOT NULL,
  state      INTEGER NOT NULL,
  centre_id  TEXT NOT NULL,
  PRIMARY KEY (message_id, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX sms_segments_by_centre_id ON sms_segments(centre_id) WHERE centre_id <> '';
CREATE INDEX sms_segments_in_doubt ON sms_segments(message_id) WHERE state = 3;

-- Numbers that want no messages.
CREATE TABLE sms_opt_outs (
  number_hash BLOB PRIMARY KEY,
  sealed      BLOB NOT NULL,
  added_at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE sms_templates (
  customer TEXT NOT NULL,
  code     TEXT NOT NULL,
  text     TEXT NOT NULL,
  set_at   INTEGER NOT NULL,
  PRIMARY KEY (customer, code)
) STRICT, WITHOUT ROWID;

CREATE TABLE sms_conversions (
  id          TEXT PRIMARY KEY,
  customer    TEXT NOT NULL,
  message_id  TEXT NOT NULL,
  rate        REAL,
  delivered   INTEGER,
  reported_at INTEGER NOT NULL,
  stored_at   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sms_conversions_by_age ON sms_conversions(stored_at);
