import { type Page } from 'playwright-core'
import { z } from 'zod'

/** What nobody could read or press in the page as it is laid out now, each in a line. */
export async function layoutProblems(page: Page): Promise<string[]> {
  return z.array(z.string()).parse(await page.evaluate(layout))
}

const layout = `(() => {
  const problems = []
  const { scrollWidth, clientWidth } = document.documentElement
  if (scrollWidth > clientWidth) problems.push('the page is ' + (scrollWidth - clientWidth) + ' pixels wider than the window')

  const named = (element) => element.tagName.toLowerCase() + ' “' + (element.innerText || element.getAttribute('aria-label') || element.className || '').trim().slice(0, 60) + '”'
  const isShown = (element) => {
    const { width, height } = element.getBoundingClientRect()
    return width > 1 && height > 1 && element.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && !element.closest('.visually-hidden, svg')
  }
  const hasOwnText = (element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== '')
  const shown = [...document.querySelectorAll('body *')].filter(isShown)

  for (const element of shown) {
    const { overflowX, overflowY } = getComputedStyle(element)
    const isTooNarrow = element.scrollWidth > element.clientWidth + 1
    if (element.matches('button, a.button') && isTooNarrow) problems.push('wider than its button: ' + named(element))
    if (!hasOwnText(element) || element.title !== '') continue
    if (/hidden|clip/.test(overflowX) && isTooNarrow) problems.push('cut off at the side: ' + named(element))
    if (/hidden|clip/.test(overflowY) && element.scrollHeight > element.clientHeight + 1) problems.push('cut off below: ' + named(element))
  }

  const controls = 'button, a[href], input, select, textarea, summary'
  for (const element of shown.filter((each) => each.matches(controls))) {
    element.scrollIntoView({ block: 'center', inline: 'nearest', behavior: 'instant' })
    const [box] = element.getClientRects()
    const hit = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2)
    const isReached = hit !== null && (element.contains(hit) || hit.contains(element) || [...(element.labels || [])].some((label) => label.contains(hit)))
    if (!isReached) problems.push('covered: ' + named(element) + (hit ? ' by ' + named(hit) : ''))
  }
  scrollTo(0, 0)
  return problems
})()`
