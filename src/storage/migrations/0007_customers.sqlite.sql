-- What was settled with customers: lines name=value (core/customer_fields.h). The highest version is
-- in force; none: the defaults. Versions never change, and say who made them.
CREATE TABLE customer_versions (
  customer TEXT NOT NULL,
  version  INTEGER NOT NULL,
  settings TEXT NOT NULL,
  set_at   INTEGER NOT NULL,
  set_by   TEXT NOT NULL,
  PRIMARY KEY (customer, version)
) STRICT, WITHOUT ROWID;

INSERT INTO customer_versions (customer, version, settings, set_at, set_by)
  SELECT customer, 1, group_concat('state/' || product || '=' || CASE state
      WHEN 1 THEN 'not_activated' WHEN 2 THEN 'activating' WHEN 3 THEN 'activation_failed'
      WHEN 4 THEN 'in_arrears' WHEN 5 THEN 'not_verified' WHEN 6 THEN 'unauthorized'
      ELSE 'denied' END || char(10), ''),
    max(set_at), 'migration'
  FROM account_states WHERE state <> 0 GROUP BY customer;
DROP TABLE account_states;

-- What is left of what was paid in: the sum of the credits less that of the ledger's prices.
CREATE TABLE customer_balances (
  customer TEXT PRIMARY KEY,
  balance  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE customer_credits (
  entry       INTEGER PRIMARY KEY,
  customer    TEXT NOT NULL,
  amount      INTEGER NOT NULL,
  note        TEXT NOT NULL,
  credited_at INTEGER NOT NULL,
  credited_by TEXT NOT NULL
) STRICT;
CREATE INDEX customer_credits_by_customer ON customer_credits(customer, entry);

-- Requests admitted under a daily quota. Days since 1970, UTC.
CREATE TABLE product_usage (
  customer TEXT NOT NULL,
  product  TEXT NOT NULL,
  day      INTEGER NOT NULL,
  used     INTEGER NOT NULL,
  PRIMARY KEY (customer, product, day)
) STRICT, WITHOUT ROWID;

-- Not all that is billed is an outcome, and it has a price: that of the day, in minor units.
CREATE TABLE priced_ledger (
  entry      INTEGER PRIMARY KEY,
  outcome_id TEXT NOT NULL UNIQUE,
  customer   TEXT NOT NULL,
  product    TEXT NOT NULL,
  code       TEXT NOT NULL,
  billed_at  INTEGER NOT NULL,
  units      INTEGER NOT NULL,
  price      INTEGER NOT NULL,
  currency   TEXT NOT NULL
) STRICT;
INSERT INTO priced_ledger
  SELECT entry, outcome_id, customer, product, code, billed_at, 1, 0, 'USD' FROM ledger;
DROP TABLE ledger;
ALTER TABLE priced_ledger RENAME TO ledger;
CREATE INDEX ledger_by_customer ON ledger(customer, entry);
