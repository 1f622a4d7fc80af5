/**
 * Tasks, and the processes that work on them. `task` is the whole of it as JSON; what SQL has to look at stands in
 * columns of its own. `wish` is what other processes ask of the one that works on it.
 */
export const tasks = `
CREATE TABLE tasks (
  position INTEGER PRIMARY KEY AUTOINCREMENT,
  id       TEXT NOT NULL UNIQUE,
  state    TEXT NOT NULL,
  worker   TEXT,
  plan     TEXT,
  wish     TEXT CHECK (wish IN ('pause', 'keep', 'cancel')),
  rank     REAL NOT NULL,
  computes INTEGER NOT NULL CHECK (computes IN (0, 1)),
  revision INTEGER NOT NULL,
  task     TEXT NOT NULL CHECK (json_valid(task))
) STRICT;
CREATE INDEX tasks_by_plan ON tasks (plan);
CREATE INDEX tasks_by_state ON tasks (state);
CREATE INDEX tasks_by_revision ON tasks (revision);

CREATE TABLE processes (
  id      TEXT PRIMARY KEY,
  -- Which computer and which of its containers; numbers of processes are compared only within one.
  place   TEXT NOT NULL,
  pid     INTEGER NOT NULL,
  started TEXT,
  version TEXT NOT NULL,
  -- Counts up while the process lives, whatever the clocks say.
  beat    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
`
