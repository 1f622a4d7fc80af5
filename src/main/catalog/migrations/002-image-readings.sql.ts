/** What the source told of a picture beside its pixels: pixel size, range of values, the planes that were taken. */
export const imageReadings = `
ALTER TABLE images ADD COLUMN reading TEXT CHECK (json_valid(reading));
`
