import axe from 'axe-core'
import { type Page } from 'playwright-core'
import { z } from 'zod'

const Results = z.object({
  violations: z.array(
    z.object({ id: z.string(), impact: z.string().nullish(), nodes: z.array(z.object({ html: z.string() })) })
  )
})

/** The page's accessibility violations by axe-core, each in a line. */
export async function accessibilityProblems(page: Page): Promise<string[]> {
  // Evaluated by the debugger: the page's own policy, which forbids foreign scripts, stays as it is.
  await page.evaluate(axe.source)
  const results = Results.parse(await page.evaluate('axe.run(document, { resultTypes: ["violations"] })'))
  return results.violations.map(
    ({ id, impact, nodes }) =>
      `${id} (${impact ?? 'unrated'}): ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`
  )
}
