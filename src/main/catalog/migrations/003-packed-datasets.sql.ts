/** A package holds a synthetic set or a data set. */
export const packedDatasets = `
CREATE TABLE packages_of_either (
  file      TEXT PRIMARY KEY,
  created   TEXT NOT NULL,
  synthetic TEXT,
  dataset   TEXT,
  bytes     INTEGER NOT NULL CHECK (bytes > 0),
  sha256    TEXT NOT NULL,
  entries   INTEGER NOT NULL CHECK (entries > 0),
  CHECK ((synthetic IS NULL) <> (dataset IS NULL))
) STRICT;
INSERT INTO packages_of_either (file, created, synthetic, bytes, sha256, entries)
  SELECT file, created, synthetic, bytes, sha256, entries FROM packages ORDER BY rowid;
DROP TABLE packages;
ALTER TABLE packages_of_either RENAME TO packages;
`
