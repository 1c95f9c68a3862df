-- What customers learned after the decision; the outcome itself never changes.
CREATE TABLE ground_truths (
  outcome_id  TEXT COLLATE "C" PRIMARY KEY REFERENCES outcomes(id),
  same_person BIGINT NOT NULL CHECK (same_person IN (0, 1)),
  stated_at   BIGINT NOT NULL
);
