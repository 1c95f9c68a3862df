-- Text messages. What is personal is sealed; number_hash is an HMAC. States: core/sms.h.
CREATE TABLE sms_messages (
  id            TEXT COLLATE "C" PRIMARY KEY,
  customer      TEXT COLLATE "C" NOT NULL,
  access_key_id TEXT COLLATE "C" NOT NULL,
  number_hash   BYTEA NOT NULL,
  country_code  TEXT COLLATE "C" NOT NULL,
  route         TEXT COLLATE "C" NOT NULL,
  sealed        BYTEA NOT NULL,
  segments      BIGINT NOT NULL,
  state         BIGINT NOT NULL,
  error         TEXT COLLATE "C" NOT NULL,
  attempts      BIGINT NOT NULL,
  created_at    BIGINT NOT NULL,
  next_at       BIGINT NOT NULL,
  leased_until  BIGINT,
  valid_until   BIGINT,
  submitted_at  BIGINT,
  ended_at      BIGINT
);
CREATE INDEX sms_messages_due ON sms_messages(route, next_at) WHERE state = 0;
CREATE INDEX sms_messages_expiring ON sms_messages(valid_until)
  WHERE state = 0 AND valid_until IS NOT NULL;
CREATE INDEX sms_messages_leased ON sms_messages(leased_until) WHERE state = 1;
CREATE INDEX sms_messages_by_number ON sms_messages(customer, number_hash, created_at);
CREATE INDEX sms_messages_by_customer ON sms_messages(customer, created_at);
CREATE INDEX sms_messages_by_age ON sms_messages(created_at);

CREATE TABLE sms_segments (
  message_id TEXT COLLATE "C" NOT NULL,
  number     BIGINT NOT NULL,
  state      BIGINT NOT NULL,
  centre_id  TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (message_id, number)
);
CREATE INDEX sms_segments_by_centre_id ON sms_segments(centre_id) WHERE centre_id <> '';
CREATE INDEX sms_segments_in_doubt ON sms_segments(message_id) WHERE state = 3;

-- Numbers that want no messages.
CREATE TABLE sms_opt_outs (
  number_hash BYTEA PRIMARY KEY,
  sealed      BYTEA NOT NULL,
  added_at    BIGINT NOT NULL
);

CREATE TABLE sms_templates (
  customer TEXT COLLATE "C" NOT NULL,
  code     TEXT COLLATE "C" NOT NULL,
  text     TEXT COLLATE "C" NOT NULL,
  set_at   BIGINT NOT NULL,
  PRIMARY KEY (customer, code)
);

CREATE TABLE sms_conversions (
  id          TEXT COLLATE "C" PRIMARY KEY,
  customer    TEXT COLLATE "C" NOT NULL,
  message_id  TEXT COLLATE "C" NOT NULL,
  rate        DOUBLE PRECISION,
  delivered   BIGINT,
  reported_at BIGINT NOT NULL,
  stored_at   BIGINT NOT NULL
);
CREATE INDEX sms_conversions_by_age ON sms_conversions(stored_at);
