/** Entry of threads for tests of the pool. */
import { answer, type Reply, type ThreadTask } from '../../src/main/threads/reply.ts'
import { refuse } from '../../src/shared/errors.ts'

export function double(task: ThreadTask<number>): Promise<Reply<number>> {
  return answer(task, (input) => Promise.resolve(2 * input))
}

export function refuseAll(task: ThreadTask<string>): Promise<Reply<never>> {
  return answer(task, (file) => Promise.reject(refuse(`${file} is not read.`, { file, next: 'Copy it again.' })))
}

/** Gives no further sign, as a decoder that never ends. */
export function spin(task: ThreadTask<undefined>): Promise<Reply<never>> {
  return answer(task, () => {
    for (;;);
  })
}

/** As one that is told to take everything there is. */
export function fill(task: ThreadTask<undefined>): Promise<Reply<never>> {
  return answer(task, () => {
    const held: number[][] = []
    for (;;) held.push(Array.from({ length: 2 ** 16 }, Math.random))
  })
}
