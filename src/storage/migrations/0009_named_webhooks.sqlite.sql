-- Endpoints beside a customer's one, of surfaces that let it name several. sealed_key is empty where
-- calls are not signed; told says whether its sessions are told there at all.
CREATE TABLE named_webhooks (
  id          INTEGER PRIMARY KEY,
  customer    TEXT NOT NULL,
  surface     TEXT NOT NULL,
  name        TEXT NOT NULL,
  scene       TEXT NOT NULL,
  url         TEXT NOT NULL,
  sealed_key  BLOB NOT NULL,
  told        INTEGER NOT NULL,
  added_at    INTEGER NOT NULL,
  modified_at INTEGER NOT NULL
) STRICT;
CREATE INDEX named_webhooks_by_customer ON named_webhooks(customer, surface, id);

-- 0: the customer's one endpoint.
ALTER TABLE webhook_deliveries ADD COLUMN webhook_id INTEGER NOT NULL DEFAULT 0;
