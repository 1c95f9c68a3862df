-- What was settled with customers: lines name=value (core/customer_fields.h). The highest version is
-- in force; none: the defaults. Versions never change, and say who made them.
CREATE TABLE customer_versions (
  customer TEXT COLLATE "C" NOT NULL,
  version  BIGINT NOT NULL,
  settings TEXT COLLATE "C" NOT NULL,
  set_at   BIGINT NOT NULL,
  set_by   TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (customer, version)
);

INSERT INTO customer_versions (customer, version, settings, set_at, set_by)
  SELECT customer, 1, string_agg('state/' || product || '=' || CASE state
      WHEN 1 THEN 'not_activated' WHEN 2 THEN 'activating' WHEN 3 THEN 'activation_failed'
      WHEN 4 THEN 'in_arrears' WHEN 5 THEN 'not_verified' WHEN 6 THEN 'unauthorized'
      ELSE 'denied' END || chr(10), ''),
    max(set_at), 'migration'
  FROM account_states WHERE state <> 0 GROUP BY customer;
DROP TABLE account_states;

-- What is left of what was paid in: the sum of the credits less that of the ledger's prices.
CREATE TABLE customer_balances (
  customer TEXT COLLATE "C" PRIMARY KEY,
  balance  BIGINT NOT NULL
);
CREATE TABLE customer_credits (
  entry       BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  customer    TEXT COLLATE "C" NOT NULL,
  amount      BIGINT NOT NULL,
  note        TEXT COLLATE "C" NOT NULL,
  credited_at BIGINT NOT NULL,
  credited_by TEXT COLLATE "C" NOT NULL
);
CREATE INDEX customer_credits_by_customer ON customer_credits(customer, entry);

-- Requests admitted under a daily quota. Days since 1970, UTC.
CREATE TABLE product_usage (
  customer TEXT COLLATE "C" NOT NULL,
  product  TEXT COLLATE "C" NOT NULL,
  day      BIGINT NOT NULL,
  used     BIGINT NOT NULL,
  PRIMARY KEY (customer, product, day)
);

-- Not all that is billed is an outcome, and it has a price: that of the day, in minor units.
ALTER TABLE ledger
  DROP CONSTRAINT ledger_outcome_id_fkey,
  ADD COLUMN units    BIGINT NOT NULL DEFAULT 1,
  ADD COLUMN price    BIGINT NOT NULL DEFAULT 0,
  ADD COLUMN currency TEXT COLLATE "C" NOT NULL DEFAULT 'USD';
ALTER TABLE ledger
  ALTER COLUMN units DROP DEFAULT, ALTER COLUMN price DROP DEFAULT, ALTER COLUMN currency DROP DEFAULT;
