import { describe, expect, test } from 'vitest'
import { VerdictPost } from '../../../../src/renderer/state/verdict-post.ts'
import { type Verdict } from '../../../../src/shared/pictures.ts'

interface Letter {
  readonly positions: readonly number[]
  readonly verdict: Verdict | undefined
  readonly arrive: () => void
  readonly fail: () => void
}

/** A post whose letters arrive when a test says so. */
function openPost() {
  const letters: Letter[] = []
  const takenBack: (readonly [number, Verdict | undefined])[] = []
  const post = new VerdictPost(
    (positions, verdict) => {
      const { promise, resolve, reject } = Promise.withResolvers<undefined>()
      const [arrive, fail] = [() => { resolve(undefined) }, () => { reject(new Error('The app is gone.')) }] // prettier-ignore
      letters.push({ positions, verdict, arrive, fail })
      return promise
    },
    (verdicts) => takenBack.push(...verdicts)
  )
  const say = (position: number, verdict: Verdict | undefined, before?: Verdict) =>
    post.say(new Map([[position, verdict]]), new Map([[position, before]]))
  return { post, letters, takenBack, say }
}

describe('What is said of pictures', () => {
  test('sets out at once, and what is said meanwhile goes together in the next request', async () => {
    const { letters, say } = openPost()
    const said = Promise.all([0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((position) => say(position, 'rejected')))
    expect(letters).toMatchObject([{ positions: [0], verdict: 'rejected' }])
    letters[0]?.arrive()
    await expect.poll(() => letters.length).toBe(2)
    expect(letters[1]?.positions).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9])
    letters[1]?.arrive()
    await said
    expect(letters).toHaveLength(2)
  })

  test('of one picture twice is what was said last', async () => {
    const { letters, say } = openPost()
    const said = [say(0, 'accepted'), say(1, 'rejected'), say(1, undefined)]
    letters[0]?.arrive()
    await expect.poll(() => letters.length).toBe(2)
    expect(letters[1]).toMatchObject({ positions: [1], verdict: undefined })
    letters[1]?.arrive()
    await Promise.all(said)
  })

  test('sets out whole when the page is left, in requests that a browser still delivers then', () => {
    const { post, letters } = openPost()
    const all = Array.from({ length: 10_000 }, (_, position) => [position, 'rejected'] as const)
    void post.say(new Map(all), new Map())
    expect(letters).toHaveLength(1)
    post.leave()
    expect(letters.flatMap(({ positions }) => positions)).toEqual(all.map(([position]) => position))
    for (const { positions } of letters) expect(JSON.stringify(positions).length).toBeLessThan(30_000)
  })

  test('is taken back where the app refuses it, and what it has noted stays', async () => {
    const { letters, takenBack, say } = openPost()
    const said = [say(0, 'rejected'), say(1, 'rejected', 'accepted'), say(2, 'rejected')].map((each) =>
      each.catch(String)
    )
    letters[0]?.arrive()
    await expect.poll(() => letters.length).toBe(2)
    letters[1]?.fail()
    expect(await Promise.all(said)).toEqual(new Array(3).fill('Error: The app is gone.'))
    expect(takenBack).toEqual([
      [1, 'accepted'],
      [2, undefined]
    ])
    void say(1, 'rejected', 'accepted')
    expect(letters[2]).toMatchObject({ positions: [1], verdict: 'rejected' })
  })
})
