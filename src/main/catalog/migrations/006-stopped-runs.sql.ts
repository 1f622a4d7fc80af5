/** A run that ended before its last iteration, because its minutes were over, is `stopped`; a history can hold notes. */
export const stoppedRuns = `
UPDATE runs SET state = 'stopped' WHERE state = 'finished' AND iteration < json_extract(settings, '$.iterations');

CREATE TABLE new_metrics (
  position  INTEGER PRIMARY KEY,
  run_id    TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  iteration INTEGER NOT NULL CHECK (iteration >= 0),
  kind      TEXT NOT NULL,
  -- Which quality was measured; empty for the other kinds.
  metric    TEXT NOT NULL,
  entry     TEXT NOT NULL CHECK (json_valid(entry)),
  UNIQUE (run_id, iteration, kind, metric)
) STRICT;
INSERT INTO new_metrics (position, run_id, iteration, kind, metric, entry)
  SELECT position, run_id, iteration, kind, metric, entry FROM metrics;
DROP TABLE metrics;
ALTER TABLE new_metrics RENAME TO metrics;
`
