-- Endpoints beside a customer's one, of surfaces that let it name several. sealed_key is empty where
-- calls are not signed; told says whether its sessions are told there at all.
CREATE TABLE named_webhooks (
  id          BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  customer    TEXT COLLATE "C" NOT NULL,
  surface     TEXT COLLATE "C" NOT NULL,
  name        TEXT COLLATE "C" NOT NULL,
  scene       TEXT COLLATE "C" NOT NULL,
  url         TEXT COLLATE "C" NOT NULL,
  sealed_key  BYTEA NOT NULL,
  told        BIGINT NOT NULL,
  added_at    BIGINT NOT NULL,
  modified_at BIGINT NOT NULL
);
CREATE INDEX named_webhooks_by_customer ON named_webhooks(customer, surface, id);

-- 0: the customer's one endpoint.
ALTER TABLE webhook_deliveries ADD COLUMN webhook_id BIGINT NOT NULL DEFAULT 0;
