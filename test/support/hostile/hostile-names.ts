import { execFileSync } from 'node:child_process'
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type HostileCase, labelPng, png, sound } from './hostile-case.ts'

/** Names that other systems cannot have, or take for one another's; this one can. */
const names = ['A.png', 'a.png', 'Caf\u00e9.png', 'Cafe\u0301.png', 'CON.png', 'aux.tif.png', 'lpt1.png', 'x\ny.png', '..\\..\\out.png', 'C:out.png', 'dot. .png', `${'n'.repeat(240)}.png`] // prettier-ignore

/** What stands in a folder without being a file of it. `outside` is a picture beside the source. */
async function linksAndDevices(source: string): Promise<void> {
  const images = join(source, 'images')
  const outside = `${source}-outside.png`
  await writeFile(outside, png)
  await symlink(outside, join(images, 'outside.png'))
  await symlink('/dev/zero', join(images, 'device.png'))
  await symlink('circle.png', join(images, 'circle.png'))
  await symlink('nowhere.png', join(images, 'broken.png'))
  execFileSync('mkfifo', [join(images, 'pipe.png')])
  await mkdir(join(images, 'folder.png'))
  for (const name of ['outside', 'device', 'circle', 'broken', 'pipe']) {
    await writeFile(join(source, 'labels', `${name}.png`), labelPng)
  }
}

/** Only where names and special files are as free as on Linux. */
export const hostileNames: readonly HostileCase[] = [
  {
    name: 'names that collide or are reserved elsewhere',
    door: 'import',
    files: Object.fromEntries(
      names.flatMap((name) => [[`images/${name}`, png] as const, [`labels/${name}`, labelPng] as const])
    ),
    says: /not every system allows its name/
  },
  {
    name: 'links that lead out, devices and pipes',
    door: 'import',
    files: sound,
    make: linksAndDevices,
    saysOf: {
      'images/outside.png': /a link that leads out of its folder/,
      'images/device.png': /leads out of its folder|device/,
      'images/circle.png': /back to itself/,
      'images/broken.png': /not there/,
      'images/pipe.png': /a device or a pipe/
    }
  },
  {
    name: 'annotations without an end',
    door: 'import',
    files: { 'images/sound.png': png },
    make: (source) => symlink('/dev/zero', join(source, 'x.json')),
    says: /device or a pipe/
  }
]
