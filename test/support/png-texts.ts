/** The text entries of a PNG (tEXt and uncompressed iTXt), by keyword. */
export function pngTexts(bytes: Uint8Array): Map<string, string> {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const texts = new Map<string, string>()
  for (let at = 8; at < file.length;) {
    const end = at + 8 + file.readUInt32BE(at)
    addText(texts, file.toString('latin1', at + 4, at + 8), file.subarray(at + 8, end))
    at = end + 4
  }
  return texts
}

function addText(texts: Map<string, string>, type: string, body: Buffer): void {
  if (type !== 'tEXt' && type !== 'iTXt') return
  const keyEnd = body.indexOf(0)
  const key = body.toString('latin1', 0, keyEnd)
  if (type === 'tEXt') {
    texts.set(key, body.toString('latin1', keyEnd + 1))
    return
  }
  const languageEnd = body.indexOf(0, keyEnd + 3)
  const translatedEnd = body.indexOf(0, languageEnd + 1)
  const isCompressed = body[keyEnd + 1] !== 0
  if (languageEnd < 0 || translatedEnd < 0 || isCompressed) return
  texts.set(key, body.toString('utf8', translatedEnd + 1))
}
