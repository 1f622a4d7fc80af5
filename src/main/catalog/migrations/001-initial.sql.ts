/**
 * The first schema. SQL stands in a module, not in a `.sql` file, so that the bundler carries it into the packaged app.
 *
 * Foreign keys bind rows to the thing they are part of. What a thing was made from (`prepared_sets.dataset`,
 * `runs.prepared`, `synthetic_sets.origin`, `packages.synthetic`) is kept as a plain reference: every folder is
 * complete in itself and stays when its source is removed or comes from another computer.
 */
export const initial = `
CREATE TABLE datasets (
  id        TEXT PRIMARY KEY,
  name      TEXT NOT NULL UNIQUE,
  created   TEXT NOT NULL,
  format    TEXT NOT NULL,
  images    INTEGER NOT NULL CHECK (images >= 0),
  annotated INTEGER NOT NULL CHECK (annotated >= 0),
  cells     INTEGER NOT NULL CHECK (cells >= 0)
) STRICT;

CREATE TABLE dataset_classes (
  dataset_id TEXT NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
  position   INTEGER NOT NULL,
  name       TEXT NOT NULL,
  images     INTEGER NOT NULL CHECK (images >= 0),
  annotated  INTEGER NOT NULL CHECK (annotated >= 0),
  cells      INTEGER NOT NULL CHECK (cells >= 0),
  hours      TEXT CHECK (json_valid(hours)),
  PRIMARY KEY (dataset_id, position),
  UNIQUE (dataset_id, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE images (
  dataset_id  TEXT NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
  id          INTEGER NOT NULL,
  file        TEXT NOT NULL,
  width       INTEGER NOT NULL CHECK (width > 0),
  height      INTEGER NOT NULL CHECK (height > 0),
  channels    INTEGER NOT NULL CHECK (channels > 0),
  bits        INTEGER NOT NULL CHECK (bits > 0),
  class       TEXT NOT NULL,
  time        REAL,
  image_group TEXT NOT NULL,
  annotated   INTEGER NOT NULL CHECK (annotated IN (0, 1)),
  cells       INTEGER NOT NULL CHECK (cells >= 0),
  sha256      TEXT NOT NULL,
  split       TEXT,
  -- Where the outlines of its cells are, below the dataset's folder.
  annotation  TEXT GENERATED ALWAYS AS (CASE annotated WHEN 1 THEN 'cells/' || id || '.json' END) VIRTUAL,
  PRIMARY KEY (dataset_id, id),
  UNIQUE (dataset_id, file)
) STRICT, WITHOUT ROWID;

CREATE TABLE prepared_sets (
  id         TEXT PRIMARY KEY,
  name       TEXT NOT NULL UNIQUE,
  created    TEXT NOT NULL,
  dataset    TEXT NOT NULL,
  tile       INTEGER NOT NULL CHECK (tile > 0),
  scale      REAL NOT NULL,
  channels   TEXT NOT NULL CHECK (channels IN ('gray', 'rgb')),
  gray_levels INTEGER NOT NULL CHECK (gray_levels > 0),
  mask       TEXT NOT NULL CHECK (json_valid(mask)),
  seed       INTEGER NOT NULL,
  classes    TEXT NOT NULL CHECK (json_valid(classes)),
  round_trip TEXT NOT NULL CHECK (json_valid(round_trip)),
  -- Totals, counts by class, splits and warnings, as they were shown when it was made.
  report     TEXT NOT NULL CHECK (json_valid(report))
) STRICT;

CREATE TABLE prepared_images (
  prepared_id TEXT NOT NULL REFERENCES prepared_sets (id) ON DELETE CASCADE,
  file        TEXT NOT NULL,
  source      TEXT NOT NULL,
  width       INTEGER NOT NULL CHECK (width > 0),
  height      INTEGER NOT NULL CHECK (height > 0),
  class       TEXT NOT NULL,
  time        REAL,
  split       TEXT NOT NULL CHECK (split IN ('train', 'validation', 'test')),
  counts      TEXT NOT NULL CHECK (json_valid(counts)),
  PRIMARY KEY (prepared_id, file)
) STRICT, WITHOUT ROWID;

CREATE TABLE runs (
  id                     TEXT PRIMARY KEY,
  name                   TEXT NOT NULL UNIQUE,
  created                TEXT NOT NULL,
  prepared               TEXT NOT NULL,
  started_from           TEXT,
  state                  TEXT NOT NULL CHECK (state IN ('running', 'paused', 'finished', 'failed')),
  problem                TEXT,
  iteration              INTEGER NOT NULL CHECK (iteration >= 0),
  best                   TEXT CHECK (json_valid(best)),
  parameters             TEXT CHECK (json_valid(parameters)),
  engine                 TEXT CHECK (json_valid(engine)),
  seconds_per_iteration  REAL,
  classes                TEXT NOT NULL CHECK (json_valid(classes)),
  settings               TEXT NOT NULL CHECK (json_valid(settings))
) STRICT;

CREATE TABLE metrics (
  position  INTEGER PRIMARY KEY,
  run_id    TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  iteration INTEGER NOT NULL CHECK (iteration >= 0),
  kind      TEXT NOT NULL CHECK (kind IN ('step', 'evaluation', 'sample')),
  -- Which quality was measured; empty for the other kinds.
  metric    TEXT NOT NULL,
  entry     TEXT NOT NULL CHECK (json_valid(entry)),
  UNIQUE (run_id, iteration, kind, metric)
) STRICT;

CREATE TABLE checkpoints (
  run_id    TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  iteration INTEGER NOT NULL CHECK (iteration >= 0),
  folder    TEXT NOT NULL,
  is_best   INTEGER NOT NULL CHECK (is_best IN (0, 1)),
  PRIMARY KEY (run_id, folder)
) STRICT, WITHOUT ROWID;

CREATE TABLE synthetic_sets (
  id         TEXT PRIMARY KEY,
  name       TEXT NOT NULL UNIQUE,
  created    TEXT NOT NULL,
  origin     TEXT NOT NULL,
  iteration  INTEGER NOT NULL CHECK (iteration >= 0),
  seed       INTEGER NOT NULL,
  truncation REAL NOT NULL,
  images     INTEGER NOT NULL CHECK (images >= 0),
  cells      INTEGER NOT NULL CHECK (cells >= 0)
) STRICT;

CREATE TABLE synthetic_classes (
  synthetic_id TEXT NOT NULL REFERENCES synthetic_sets (id) ON DELETE CASCADE,
  position     INTEGER NOT NULL,
  name         TEXT NOT NULL,
  images       INTEGER NOT NULL CHECK (images >= 0),
  cells        INTEGER NOT NULL CHECK (cells >= 0),
  PRIMARY KEY (synthetic_id, position),
  UNIQUE (synthetic_id, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE synthetic_images (
  synthetic_id  TEXT NOT NULL REFERENCES synthetic_sets (id) ON DELETE CASCADE,
  file          TEXT NOT NULL,
  seed_index    INTEGER NOT NULL CHECK (seed_index >= 0),
  class         TEXT NOT NULL,
  width         INTEGER NOT NULL CHECK (width > 0),
  height        INTEGER NOT NULL CHECK (height > 0),
  cells         INTEGER NOT NULL CHECK (cells >= 0),
  removed_cells INTEGER NOT NULL CHECK (removed_cells >= 0),
  PRIMARY KEY (synthetic_id, file)
) STRICT, WITHOUT ROWID;

CREATE TABLE packages (
  file      TEXT PRIMARY KEY,
  created   TEXT NOT NULL,
  synthetic TEXT NOT NULL,
  bytes     INTEGER NOT NULL CHECK (bytes > 0),
  sha256    TEXT NOT NULL,
  entries   INTEGER NOT NULL CHECK (entries > 0)
) STRICT;

CREATE TABLE studies (
  id       TEXT PRIMARY KEY,
  name     TEXT NOT NULL UNIQUE,
  kind     TEXT NOT NULL,
  created  TEXT NOT NULL,
  state    TEXT NOT NULL,
  settings TEXT NOT NULL CHECK (json_valid(settings))
) STRICT;
`
