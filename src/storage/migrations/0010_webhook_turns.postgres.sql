-- What waits, by customer: whose turn it is must not depend on how much waits for others.
DROP INDEX webhook_deliveries_by_next;
CREATE INDEX webhook_deliveries_waiting ON webhook_deliveries(customer, next_at) WHERE state = 0;
-- What is over, to be forgotten in time.
CREATE INDEX webhook_deliveries_ended ON webhook_deliveries(ended_at) WHERE state <> 0;
