import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { followEvents } from '../../../../src/renderer/transport/event-stream.ts'

beforeEach(() => {
  vi.useFakeTimers()
})

afterEach(() => {
  vi.useRealTimers()
})

/** Answers with these one after another; the last of them for ever. */
function follow(...answers: (() => Response)[]) {
  const heard: string[] = []
  let asked = 0
  const end = followEvents(
    () => Promise.resolve().then(() => (answers[Math.min(asked++, answers.length - 1)] ?? Response.error)()),
    {
      onOpen: () => heard.push('open'),
      onMessage: (data) => heard.push(data),
      onLost: () => heard.push('lost'),
      onRefused: () => heard.push('refused')
    }
  )
  return { heard, end, asked: () => asked }
}

function streamed(...parts: string[]): () => Response {
  const encoder = new TextEncoder()
  return () =>
    new Response(
      new ReadableStream({
        start: (stream) => {
          for (const part of parts) stream.enqueue(encoder.encode(part))
          stream.close()
        }
      })
    )
}

function broken(): Response {
  throw new TypeError('Failed to fetch')
}

describe('followEvents', () => {
  test('puts together what comes in pieces, and leaves out what only keeps the connection alive', async () => {
    const { heard, end } = follow(
      streamed('retry: 1000\n\nda', 'ta: {"a":1}\n', '\n: still here\n\ndata: 2\n\ndata: "cut')
    )
    await vi.advanceTimersByTimeAsync(10)
    expect(heard).toEqual(['open', '{"a":1}', '2', 'lost'])
    end()
  })

  test('tries again for as long as nobody answers', async () => {
    const { heard, end } = follow(broken, broken, streamed('data: 1\n\n'))
    await vi.advanceTimersByTimeAsync(2500)
    expect(heard.slice(0, 4)).toEqual(['lost', 'lost', 'open', '1'])
    end()
  })

  test('stops at a refusal: the host is another one', async () => {
    const { heard, asked } = follow(() => new Response('', { status: 403 }))
    await vi.advanceTimersByTimeAsync(5000)
    expect(heard).toEqual(['refused'])
    expect(asked()).toBe(1)
  })

  test('says nothing more once it was ended', async () => {
    const { heard, end, asked } = follow(broken)
    end()
    await vi.advanceTimersByTimeAsync(5000)
    expect(heard).toEqual([])
    expect(asked()).toBe(1)
  })
})
