/**
 * Columns that follow from the schemas: each is called as its field is, and `rest` holds every field without one. Values
 * are checked by the schemas and not a second time here. What is in the trash takes no name from what is in use.
 *
 * Packages become things like the others, with an id and a name.
 */
export const columnsFromSchemas = `
CREATE TABLE new_datasets (
  id        TEXT PRIMARY KEY,
  name      TEXT NOT NULL,
  created   TEXT NOT NULL,
  trashed   TEXT,
  format    TEXT NOT NULL,
  images    INTEGER NOT NULL,
  annotated INTEGER NOT NULL,
  cells     INTEGER NOT NULL,
  classes   TEXT NOT NULL CHECK (json_valid(classes)),
  rest      TEXT NOT NULL CHECK (json_valid(rest))
) STRICT;
INSERT INTO new_datasets (id, name, created, format, images, annotated, cells, classes, rest)
  SELECT id, name, created, format, images, annotated, cells,
         (SELECT json_group_array(json_patch(
                   json_object('name', name, 'images', images, 'annotated', annotated, 'cells', cells),
                   CASE WHEN hours IS NULL THEN '{}' ELSE json_object('hours', json(hours)) END))
            FROM (SELECT * FROM dataset_classes WHERE dataset_id = datasets.id ORDER BY position)),
         '{}'
    FROM datasets;
DROP TABLE dataset_classes;
DROP TABLE datasets;
ALTER TABLE new_datasets RENAME TO datasets;
CREATE UNIQUE INDEX dataset_names ON datasets (name) WHERE trashed IS NULL;

ALTER TABLE images RENAME COLUMN image_group TO "group";
ALTER TABLE images ADD COLUMN rest TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(rest));
UPDATE images SET rest = reading WHERE reading IS NOT NULL;
ALTER TABLE images DROP COLUMN reading;

CREATE TABLE new_prepared_sets (
  id          TEXT PRIMARY KEY,
  name        TEXT NOT NULL,
  created     TEXT NOT NULL,
  trashed     TEXT,
  dataset     TEXT NOT NULL,
  tile        INTEGER NOT NULL,
  scale       REAL NOT NULL,
  channels    TEXT NOT NULL,
  gray_levels INTEGER NOT NULL,
  mask        TEXT NOT NULL CHECK (json_valid(mask)),
  seed        INTEGER NOT NULL,
  classes     TEXT NOT NULL CHECK (json_valid(classes)),
  round_trip  TEXT NOT NULL CHECK (json_valid(round_trip)),
  rest        TEXT NOT NULL CHECK (json_valid(rest)),
  -- Totals, counts by class, splits and warnings, as they were shown when it was made.
  report      TEXT CHECK (json_valid(report))
) STRICT;
INSERT INTO new_prepared_sets (id, name, created, dataset, tile, scale, channels, gray_levels, mask, seed, classes,
                               round_trip, rest, report)
  SELECT id, name, created, dataset, tile, scale, channels, gray_levels, mask, seed, classes, round_trip, '{}', report
    FROM prepared_sets;
DROP TABLE prepared_sets;
ALTER TABLE new_prepared_sets RENAME TO prepared_sets;
CREATE UNIQUE INDEX prepared_names ON prepared_sets (name) WHERE trashed IS NULL;

ALTER TABLE prepared_images ADD COLUMN rest TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(rest));

CREATE TABLE new_runs (
  id                    TEXT PRIMARY KEY,
  name                  TEXT NOT NULL,
  created               TEXT NOT NULL,
  trashed               TEXT,
  prepared              TEXT NOT NULL,
  "from"                TEXT,
  state                 TEXT NOT NULL,
  problem               TEXT,
  iteration             INTEGER NOT NULL,
  best                  TEXT CHECK (json_valid(best)),
  parameters            TEXT CHECK (json_valid(parameters)),
  engine                TEXT CHECK (json_valid(engine)),
  seconds_per_iteration REAL,
  classes               TEXT NOT NULL CHECK (json_valid(classes)),
  settings              TEXT NOT NULL CHECK (json_valid(settings)),
  rest                  TEXT NOT NULL CHECK (json_valid(rest))
) STRICT;
INSERT INTO new_runs (id, name, created, prepared, "from", state, problem, iteration, best, parameters, engine,
                      seconds_per_iteration, classes, settings, rest)
  SELECT id, name, created, prepared, started_from, state, problem, iteration, best, parameters, engine,
         seconds_per_iteration, classes, settings, '{}'
    FROM runs;
DROP TABLE runs;
ALTER TABLE new_runs RENAME TO runs;
CREATE UNIQUE INDEX run_names ON runs (name) WHERE trashed IS NULL;

ALTER TABLE checkpoints ADD COLUMN rest TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(rest));

CREATE TABLE new_synthetic_sets (
  id         TEXT PRIMARY KEY,
  name       TEXT NOT NULL,
  created    TEXT NOT NULL,
  trashed    TEXT,
  origin     TEXT NOT NULL,
  iteration  INTEGER NOT NULL,
  seed       INTEGER NOT NULL,
  truncation REAL NOT NULL,
  images     INTEGER NOT NULL,
  cells      INTEGER NOT NULL,
  classes    TEXT NOT NULL CHECK (json_valid(classes)),
  rest       TEXT NOT NULL CHECK (json_valid(rest))
) STRICT;
INSERT INTO new_synthetic_sets (id, name, created, origin, iteration, seed, truncation, images, cells, classes, rest)
  SELECT id, name, created, origin, iteration, seed, truncation, images, cells,
         (SELECT json_group_array(json_object('name', name, 'images', images, 'cells', cells))
            FROM (SELECT * FROM synthetic_classes WHERE synthetic_id = synthetic_sets.id ORDER BY position)),
         '{}'
    FROM synthetic_sets;
DROP TABLE synthetic_classes;
DROP TABLE synthetic_sets;
ALTER TABLE new_synthetic_sets RENAME TO synthetic_sets;
CREATE UNIQUE INDEX synthetic_names ON synthetic_sets (name) WHERE trashed IS NULL;

ALTER TABLE synthetic_images RENAME COLUMN seed_index TO "index";
ALTER TABLE synthetic_images ADD COLUMN rest TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(rest));

CREATE TABLE new_packages (
  id        TEXT PRIMARY KEY,
  name      TEXT NOT NULL,
  created   TEXT NOT NULL,
  trashed   TEXT,
  file      TEXT NOT NULL UNIQUE,
  synthetic TEXT,
  dataset   TEXT,
  bytes     INTEGER NOT NULL,
  sha256    TEXT NOT NULL,
  entries   INTEGER NOT NULL,
  rest      TEXT NOT NULL CHECK (json_valid(rest))
) STRICT;
-- The name is that of the file without its ending; where two have the same, the id goes with it.
INSERT INTO new_packages (id, name, created, file, synthetic, dataset, bytes, sha256, entries, rest)
  WITH
    paths AS MATERIALIZED (SELECT *, 'k-' || lower(hex(randomblob(4))) AS id, replace(file, '\\', '/') AS path FROM packages),
    ended AS (SELECT *, replace(path, rtrim(path, replace(path, '/', '')), '') AS ending FROM paths),
    named AS (
      SELECT *, CASE WHEN ending LIKE '%.zip' THEN substr(ending, 1, length(ending) - 4) ELSE ending END AS stem
        FROM ended
    )
  SELECT id, CASE WHEN count(*) OVER (PARTITION BY stem) > 1 THEN stem || ' ' || id ELSE stem END,
         created, file, synthetic, dataset, bytes, sha256, entries, '{}'
    FROM named;
DROP TABLE packages;
ALTER TABLE new_packages RENAME TO packages;
CREATE UNIQUE INDEX package_names ON packages (name) WHERE trashed IS NULL;
`
