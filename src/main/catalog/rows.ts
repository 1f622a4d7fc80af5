import { z } from 'zod'

/** A row as the schema says it: NULL columns are left out, because our schemas say "absent", not "null". */
export function parseRow<Row extends z.ZodType>(schema: Row, row: object): z.output<Row> {
  return schema.parse(Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)))
}

/** A column that holds JSON text, checked by the schema of what it holds. */
export function jsonColumn<Content extends z.ZodType>(schema: Content) {
  return z
    .string()
    .transform((text): unknown => JSON.parse(text))
    .pipe(schema)
}
