-- Finds the outcome that refers to a blob. Outcomes without blobs cost nothing.
CREATE INDEX outcomes_by_reference_blob ON outcomes(reference_blob) WHERE reference_blob <> '';
CREATE INDEX outcomes_by_capture_blob ON outcomes(capture_blob) WHERE capture_blob <> '';
CREATE INDEX outcomes_by_best_frame_blob ON outcomes(best_frame_blob) WHERE best_frame_blob <> '';
