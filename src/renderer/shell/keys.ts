import { addressOf } from '../router.ts'
import { goTo } from '../text/screens.ts'

const secondsForSecondKey = 1.5

/** Keys that work on every screen. Whoever types into a field, or holds another key down, is left alone. */
export function shellKeys(onhelp: () => void): (event: KeyboardEvent) => void {
  let begun = -Infinity
  return (event) => {
    if (isTyping(event.target) || event.ctrlKey || event.metaKey || event.altKey) return
    if (event.key === '?') {
      event.preventDefault()
      onhelp()
      return
    }
    const section = performance.now() - begun < secondsForSecondKey * 1000 ? goTo[event.key.toLowerCase()] : undefined
    begun = event.key.toLowerCase() === 'g' ? performance.now() : -Infinity
    if (section === undefined) return
    event.preventDefault()
    location.hash = addressOf({ section })
  }
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  const isSlider = target instanceof HTMLInputElement && target.type === 'range'
  return target.matches('input, textarea, select') ? !isSlider : target.isContentEditable
}
