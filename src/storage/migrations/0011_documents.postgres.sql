-- What was read of a session's document, with its pictures: one blob. '' is none.
ALTER TABLE verifications ADD COLUMN document_blob TEXT COLLATE "C" NOT NULL DEFAULT '';
CREATE INDEX verifications_by_document_blob ON verifications(document_blob)
  WHERE document_blob <> '';
