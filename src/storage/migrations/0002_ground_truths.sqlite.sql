-- What customers learned after the decision; the outcome itself never changes.
CREATE TABLE ground_truths (
  outcome_id  TEXT PRIMARY KEY REFERENCES outcomes(id),
  same_person INTEGER NOT NULL CHECK (same_person IN (0, 1)),
  stated_at   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
