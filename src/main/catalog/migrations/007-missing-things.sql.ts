const indexes = {
  datasets: 'dataset_names',
  prepared_sets: 'prepared_names',
  runs: 'run_names',
  synthetic_sets: 'synthetic_names',
  packages: 'package_names'
}

/** What was taken away from outside stays in the catalogue, and takes no name from what is there. */
export const missingThings = Object.entries(indexes)
  .map(
    ([table, index]) => `
ALTER TABLE ${table} ADD COLUMN missing INTEGER;
DROP INDEX ${index};
CREATE UNIQUE INDEX ${index} ON ${table} (name) WHERE trashed IS NULL AND missing IS NOT TRUE;
`
  )
  .join('')
