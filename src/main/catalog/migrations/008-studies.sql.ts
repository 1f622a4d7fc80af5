/** Studies are things like the others. No version before this one stored any. */
export const studies = `
DROP TABLE studies;
CREATE TABLE studies (
  id      TEXT PRIMARY KEY,
  name    TEXT NOT NULL,
  created TEXT NOT NULL,
  trashed TEXT,
  missing INTEGER,
  rest    TEXT NOT NULL CHECK (json_valid(rest))
) STRICT;
CREATE UNIQUE INDEX study_names ON studies (name) WHERE trashed IS NULL AND missing IS NOT TRUE;
`
