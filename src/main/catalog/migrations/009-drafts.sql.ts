/** Answers of wizards that did not come to their end. A draft is no thing: it has no folder, and no other draft its name. */
export const drafts = `
CREATE TABLE drafts (
  id      TEXT PRIMARY KEY,
  changed TEXT NOT NULL,
  rest    TEXT NOT NULL CHECK (json_valid(rest))
) STRICT;
`
