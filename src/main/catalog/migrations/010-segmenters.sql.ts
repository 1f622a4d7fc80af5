/** Segmentation models are things like the others. */
export const segmenters = `
CREATE TABLE segmenters (
  id      TEXT PRIMARY KEY,
  name    TEXT NOT NULL,
  created TEXT NOT NULL,
  trashed TEXT,
  missing INTEGER,
  rest    TEXT NOT NULL CHECK (json_valid(rest))
) STRICT;
CREATE UNIQUE INDEX segmenter_names ON segmenters (name) WHERE trashed IS NULL AND missing IS NOT TRUE;
`
