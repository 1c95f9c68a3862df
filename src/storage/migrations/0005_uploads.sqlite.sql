-- Files on their way: written once before the request that names them, or made for the caller to
-- fetch. The hashes are SHA-256 of tokens, hexadecimal.
CREATE TABLE uploads (
  file_hash   TEXT PRIMARY KEY,
  upload_hash TEXT NOT NULL,
  customer    TEXT NOT NULL,
  purpose     TEXT NOT NULL,
  blob        TEXT NOT NULL,
  expires_at  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX uploads_by_upload_hash ON uploads(upload_hash) WHERE upload_hash <> '';
CREATE INDEX uploads_by_blob ON uploads(blob) WHERE blob <> '';
CREATE INDEX uploads_by_expiry ON uploads(expires_at);
