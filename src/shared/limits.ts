const kibi = 1024
const mebi = 1024 * kibi
const gibi = 1024 * mebi

/**
 * What a file from outside may be. Files come from strangers as often as from colleagues: whatever one declares is held
 * against these numbers before memory is taken for it, so that reading any single file stays below 1 GB. They are far
 * above what microscopes and annotation programs write.
 */
export const limits = {
  picture: {
    /** Of the file. Stacks are the largest. */
    fileBytes: 512 * mebi,
    pixels: 64 * mebi,
    /** Of all samples of one picture, decoded: 64 million pixels in RGB of 8 bits, 32 million in RGB of 16. */
    sampleBytes: 192 * mebi,
    /** Strips or tiles of a TIFF page. */
    blocks: 1_000_000,
    pages: 100_000
  },
  /** Of a gray mask that is read back to cells: as many as 4096×4096. */
  mask: { pixels: 16 * mebi },
  /** The objects of one label image, and the runs of pixels that they take together. */
  labels: { objects: 300_000, runs: 4_000_000 },
  /**
   * Cells of one image that lie side by side or on one another. Each of 300,000 cells can have a dozen neighbours; what
   * goes beyond was annotated many times over, or made to take memory.
   */
  meetings: {
    pairs: 4_000_000,
    /** Boxes that are only looked at. */
    looks: 1_000_000_000
  },
  json: {
    /** One entry of a list that is read as a stream. */
    entryBytes: 8 * mebi,
    /** A file that is read as a whole. */
    fileBytes: 96 * mebi,
    /** What such a file takes once it is parsed, about. */
    parsedBytes: 256 * mebi,
    depth: 64,
    /** Entries of lists that cannot be used; a file with more of them is of another kind. */
    uselessEntries: 1_000_000,
    /** Annotations of one file; LIVECell has a million. */
    annotations: 8_000_000
  },
  text: { fileBytes: 16 * mebi },
  /** YOLO's `data.yaml`. A YAML parser takes seconds for what is much longer, and its stack for what is deep. */
  classNames: {
    fileBytes: 128 * kibi,
    names: 10_000,
    depth: 64,
    /** Signs in one line that begin an entry. */
    signs: 64
  },
  /** ImageJ's RoiSet.zip. */
  regions: { entries: 200_000, entryBytes: 16 * mebi, totalBytes: 512 * mebi },
  npz: {
    entries: 10_000,
    /** An array of words. */
    wordBytes: 64 * mebi,
    words: 2_000_000
  },
  /** Weights that PyTorch saved: Inception has 24 million numbers. Windows of one storage count each. */
  weights: { fileBytes: 256 * mebi, numbers: 2 ** 26 },
  /** Images of one source. */
  images: 1_000_000,
  /** Deflate shrinks by at most 1032 to 1; who declares more than that is not telling the truth. */
  deflateRatio: 1032,
  /** A zip of pictures and annotations that is unpacked to disk, as LIVECell's 1.3 GB of pictures. */
  archive: {
    entries: 1_000_000,
    /** Inflated size of one file. */
    entryBytes: 16 * gibi,
    /** Inflated size of everything. */
    totalBytes: 256 * gibi,
    /** Inflated by packed size of everything beyond 256 MiB. */
    ratio: 100
  },
  package: {
    entries: 250_000,
    /** Inflated size of a picture or mask. */
    pictureBytes: 192 * mebi,
    /** Inflated size of a JSON or text entry. */
    textBytes: 160 * mebi,
    /** Inflated size of everything. */
    totalBytes: 256 * gibi,
    /** Inflated by packed size of an entry beyond 1 MiB: our JSON stays below 50, a bomb reaches 1000. */
    ratio: 250
  },
  /** A thread that reads files from outside. */
  thread: {
    /** JavaScript's own memory, in MiB; samples and files lie beside it. */
    heapMebibytes: 512,
    /** The same for whole requests: scores hold the outlines of both files. */
    requestHeapMebibytes: {
      import: 640,
      inspect: 640,
      verify: 640,
      packageExtent: 640,
      open: 640,
      openDataset: 640,
      score: 2048,
      decode: 512,
      graph: 1024,
      peek: 640,
      previews: 1024,
      tones: 1024
    },
    /** The same for a thread that paints the masks of an image. */
    maskHeapMebibytes: 1024,
    /** The same for the thread that reads tiles for training. */
    tileHeapMebibytes: 1024,
    /** The longest that one image may take, and the longest that a thread may stay without a sign. */
    seconds: 8,
    /** The same for the masks of one image, which are painted, read back and compared. */
    maskSeconds: 60,
    /** … and for large images a second more for each so many pixels. */
    maskPixelsPerSecond: 500_000,
    /** Large files have more time: a second for each so many bytes. */
    bytesPerSecond: 8 * mebi,
    /** … and images whose cells lie in files of their own, a second for each so many files. */
    filesPerSecond: 10
  }
}
