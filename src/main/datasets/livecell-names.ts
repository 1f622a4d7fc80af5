import { findSubfolder } from './picture-files.ts'

/** What a LIVECell file name tells: `A172_Phase_C7_1_02d16h00m_2.tif`. */
export interface LivecellName {
  /** The cell type as papers write it. */
  readonly class: string
  /** Hours since the start of the experiment. */
  readonly hours: number
  /** The name of the frame that the crop was cut from. */
  readonly frame: string
}

const grammar = /^([A-Za-z0-9]+)_Phase_([A-H]\d{1,2})_(\d+)_(\d{2})d(\d{2})h(\d{2})m_(\d)\.(?:tiff?|png)$/

const displayNames = new Map([
  ['BT474', 'BT-474'],
  ['BV2', 'BV-2'],
  ['SHSY5Y', 'SH-SY5Y'],
  ['SKOV3', 'SK-OV-3']
])

/** Reads a file name, without folders; `undefined` for a name that is not LIVECell's. */
export function parseLivecellName(name: string): LivecellName | undefined {
  const match = grammar.exec(name)
  if (!match) return undefined
  const [, type = '', , , days, hours, minutes] = match
  return {
    class: displayNames.get(type) ?? type,
    hours: 24 * Number(days) + Number(hours) + Number(minutes) / 60,
    frame: name.replace(/_\d\.[a-z]+$/, '')
  }
}

export function isLivecellName(name: string): boolean {
  return grammar.test(name)
}

/** The folder that LIVECell's archive holds, where the folder around it was named. */
export async function baseFolder(source: string): Promise<string> {
  return (await findSubfolder(source, ['LIVECell_dataset_2021'])) ?? source
}
