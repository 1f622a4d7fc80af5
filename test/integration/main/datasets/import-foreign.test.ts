import { gzipSync } from 'node:zlib'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { encodeGrayPng8 } from '../../../../src/main/images/png-encode.ts'
import { AppError } from '../../../../src/shared/errors.ts'
import { importFiles, type SourceFiles, take, writeSource } from '../../../support/taken-source.ts'

const png = encodeGrayPng8(new Uint8Array(20 * 16).fill(90), 20, 16)
const coco = {
  images: [{ id: 1, file_name: 'a.bmp', width: 20, height: 16 }],
  categories: [{ id: 1, name: 'cell' }],
  annotations: [{ id: 1, image_id: 1, category_id: 1, segmentation: [[2, 2, 8, 2, 8, 8]] }]
}

async function errorOf(taken: Promise<unknown>): Promise<AppError> {
  const thrown = await taken.catch((error: unknown) => error)
  if (!(thrown instanceof AppError)) throw new Error('it was not refused')
  return thrown
}

test.each<[string, SourceFiles, RegExp, RegExp]>([
  ['NumPy label images', { 'images/a.png': png, 'labels/a.npy': 'x' }, /NumPy array \(\.npy\)/, /TIFF or PNG/],
  ['a Cellpose session', { 'a.png': png, 'a_seg.npy': 'x', 'a.npy': 'x' }, /Cellpose session/, /save the masks/],
  ['MATLAB files', { 'a.png': png, 'a.mat': 'x' }, /MATLAB/, /label image/],
  ['run lengths in CSV', { 'a.png': png, 'x.csv': 'ImageId,EncodedPixels\na,1 2\n' }, /run lengths \(CSV\)/, /COCO/],
  ['another table', { 'a.png': png, 'x.csv': 'name,area\na,2\n' }, /is a table/, /label images/],
  ['the CSV of VIA', { 'a.png': png, 'x.csv': 'filename,region_shape_attributes\n' }, /VGG Image Annotator/, /COCO/],
  ["CVAT's XML", { 'a.png': png, 'x.xml': '<?xml?><annotations><image id="0"/></annotations>' }, /CVAT/, /COCO 1\.0/],
  ['other XML', { 'a.png': png, 'x.xml': '<ASAP_Annotations/>' }, /XML file of annotations/, /GeoJSON/],
  ['a packed COCO file', { 'a.png': png, 'x.json.gz': gzipSync('{}') }, /packed by gzip \(\.gz\)/, /Unpack/],
  ['a Python object', { 'a.png': png, 'x.pkl': 'x' }, /Python object/, /label image/],
  ['a QuPath project', { 'a.png': png, 'project.qpproj': '{}' }, /QuPath project/, /GeoJSON/],
  ['medical volumes', { 'a.png': png, 'a.nii.gz': 'x' }, /medical volume/, /label image/],
  ['label images in BMP', { 'images/a.png': png, 'labels/a.bmp': 'x' }, /a\.bmp is a picture of a kind/, /PNG or TIFF/],
  ['pictures in an archive', { 'images.zip': 'x', 'x.json': coco }, /images\.zip is a zip inside/, /Unpack/],
  ['an archive in a folder', { 'a.png': png, 'x.7z': 'x' }, /is an archive/, /Unpack/],
  ['a zip in a folder', { 'a.png': png, 'x.zip': 'x' }, /is a zip inside/, /Unpack/],
  ["microscopes' files", { 'a.czi': 'x', 'b.nd2': 'x' }, /a\.czi is a microscope's own file.*; 1 more such/, /TIFF/],
  [
    'BMP beside a COCO file',
    { 'images/a.bmp': 'x', 'x.json': coco },
    /a\.bmp is a picture of a kind that is not read/,
    /PNG or TIFF/
  ],
  ['VIA', { 'a.png': png, 'x.json': { a: { regions: [{ shape_attributes: {} }] } } }, /VGG Image Annotator/, /COCO/],
  ['VIA without regions', { 'a.png': png, 'x.json': { a: { filename: 'a.png', regions: [] } } }, /VGG Image/, /COCO/],
  ['SuperAnnotate', { 'a.png': png, 'x.json': { instances: [{ classId: 1 }] } }, /SuperAnnotate/, /COCO/],
  ['JSON of another kind', { 'a.png': png, 'x.json': { coord: [], prob: [] } }, /begins with "coord", "prob"/, /annot/],
  ["Python's dictionaries", { 'a.png': png, 'x.json': "{'images': []}" }, /between apostrophes, as Python/, /again/],
  [
    'Label Studio',
    { 'a.png': png, 'x.json': [{ annotations: [{ result: [{ from_name: 'x' }] }] }] },
    /Label Studio/,
    /COCO/
  ]
])('%s are named, and the way out', async (_, files, message, next) => {
  const error = await errorOf(importFiles(files))
  expect(error.kind).toBe('input')
  expect(error.message).toMatch(message)
  expect(error.next).toMatch(next)
})

test.each<[string, string | Buffer, RegExp]>([
  ['a pointer of Git LFS', 'version https://git-lfs.github.com/spec/v1\noid sha256:1\n', /Git LFS.*git lfs pull/],
  ['a web page', '<!DOCTYPE html><html></html>', /web page.*download/i],
  ['a BMP', Buffer.from('BM123456'), /a BMP.*Save As/],
  ['a WebP', Buffer.from('RIFF1234WEBPVP8 '), /a WebP.*Save As/],
  ['a HEIC', Buffer.from('\0\0\0\x18ftypheic', 'latin1'), /a HEIC.*Save As/],
  ['nothing known', 'hello', /not a PNG, TIFF or JPEG/]
])('a picture that is in truth %s is called so', async (_, bytes, reason) => {
  const files = { 'images/a.png': png, 'images/b.png': bytes, 'labels/a.png': png, 'labels/b.png': png }
  expect((await importFiles(files)).refused.map((one) => one.reason)).toEqual([expect.stringMatching(reason)])
})

test.each(['set.tar', 'set.tar.gz', 'set.7z', 'set.tar.zst', 'set.zip.001', 'set.iso'])(
  '%s as the source is an archive to unpack',
  async (name) => {
    const error = await errorOf(take(join(await writeSource({ [name]: 'x' }), name)))
    expect(error.message).toMatch(/is an archive, which is not read/)
    expect(error.next).toMatch(/Unpack/)
  }
)

test('such files beside others that are read change nothing', async () => {
  const rest = { 'x.csv': 'a,rle\n', 'x.xml': '<annotations/>', 'notes.npy': 'x', 'old.zip': 'x' }
  const files = { 'images/a.png': png, 'images/x.png': png, 'labels/a.txt': '0 0.1 0.1 0.4 0.1 0.4 0.4\n', ...rest }
  expect((await importFiles(files)).dataset).toMatchObject({ format: 'yolo', cells: 1 })
})
