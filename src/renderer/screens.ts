/** The screens of the page, in the order of the navigation. */
export const screens = ['home', 'work', 'trash', 'settings'] as const
export type Screen = (typeof screens)[number]

/** As it stands in the address, so that a reload and Back lead to the same screen. */
export function addressOf(screen: Screen): string {
  return `#/${screen}`
}

/** The screen of an address; the start where it names none. */
export function screenAt(hash: string): Screen {
  return screens.find((screen) => addressOf(screen) === hash) ?? 'home'
}
