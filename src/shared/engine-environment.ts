/**
 * What the engine process must find in its environment when it starts: thread counts and the C library's allocator
 * are read once, when TensorFlow is loaded, so the parent sets them at the fork.
 *
 * Large temporary tensors make glibc ask the system for memory and give it back in every step, and each page is then
 * cleared again; with these thresholds it keeps up to a gigabyte.
 */
export function engineEnvironment(threads: number): Record<string, string> {
  const count = String(Math.max(1, Math.floor(threads)))
  return {
    OMP_NUM_THREADS: count,
    TF_NUM_INTRAOP_THREADS: count,
    TF_NUM_INTEROP_THREADS: '1', // operations run one after another
    TF_CPP_MIN_LOG_LEVEL: '2', // errors only
    MALLOC_TRIM_THRESHOLD_: '1073741824',
    MALLOC_MMAP_THRESHOLD_: '1073741824',
    MALLOC_TOP_PAD_: '67108864'
  }
}
