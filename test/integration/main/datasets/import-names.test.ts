import { describe, expect, test } from 'vitest'
import { encodeGrayPng8, encodeLabelPng16 } from '../../../../src/main/images/png-encode.ts'
import { rleFromString } from '../../../../src/main/masks/rle-string.ts'
import { rleArea } from '../../../../src/main/masks/rle.ts'
import { cellsOf, importFiles } from '../../../support/taken-source.ts'

const [width, height] = [20, 16]
const picture = () => encodeGrayPng8(new Uint8Array(width * height).fill(90), width, height)

/** A label image of one cell of so many pixels. */
function label(area: number): Uint8Array {
  const values = Uint16Array.from({ length: width * height }, (_, i) => (i < area ? 3 : 0))
  return encodeLabelPng16(values, width, height)
}

/** For each picture that came in the area of its cell; nothing where it has none. */
async function areas({ images, target }: Awaited<ReturnType<typeof importFiles>>) {
  const entries = images.map(async ({ id, file }) => {
    const [cell] = await cellsOf(target, id)
    return [file, cell && rleArea(rleFromString(cell.counts, height, width))] as const
  })
  return Object.fromEntries(await Promise.all(entries))
}

describe('pictures and label images are found', () => {
  test.each([
    ['as the published Cellpose set has them', '001_img.png', '001_masks.png'],
    ['as siblings _labels', 'w.png', 'w_labels.png'],
    ['as siblings _mask', 'w.png', 'w_mask.png'],
    ['in folders images and masks, called _mask', 'images/s.png', 'masks/s_mask.png'],
    ['in folders images and masks, called _seg', 'images/s.png', 'masks/s_seg.png'],
    ['in folders images and labels, called _Label', 'images/s.png', 'labels/s_Label.png'],
    ['in folders in capitals', 'Images/s.png', 'Masks/s.png'],
    ['in folders rawimages and groundtruth', 'rawimages/s.png', 'groundtruth/s.png'],
    ['in folders source and target', 'source/s.png', 'target/s.png'],
    ['in folders Raw_Images and Ground Truth', 'Raw_Images/s.png', 'Ground Truth/s.png'],
    ['in folders original and GT', 'original/s.png', 'GT/s.png'],
    ['in folders images and instance_masks', 'images/s.png', 'instance_masks/s.png'],
    ['in folders x and y', 'x/s.png', 'y/s.png'],
    ['in folders imgs and masks', 'imgs/s.png', 'masks/s.png'],
    ['in folders images and segmentations, called _cells', 'images/s.png', 'segmentations/s_cells.png'],
    ['in folders images and masks, called _Object Identities', 'images/s.png', 'masks/s_Object Identities.png'],
    ['in folders images and masks, with words before the number', 'images/img_001.png', 'masks/mask_001.png'],
    ['in folders images and labels, with words beside the number', 'images/image7.png', 'labels/label7.png'],
    ['side by side, with words before the number', 'img_1.png', 'mask_1.png'],
    ['side by side in a folder for each', '7/image.png', '7/mask.png'],
    ['with a split in the names of folders', 'train_images/s.png', 'train_masks/s.png'],
    ["in nnU-Net's folders", 'imagesTr/s_0000.png', 'labelsTr/s.png'],
    ['of the Cell Tracking Challenge, in a folder of it', 'Fluo/01/t000.tif', 'Fluo/01_GT/SEG/man_seg000.tif'],
    ['of the Cell Tracking Challenge, as a result', '01/t000.tif', '01_RES/mask000.tif'],
    ['with .ome in the name of the picture', 'images/a.ome.tif', 'labels/a.tif'],
    ['with an ending in capitals', 'images/S1.PNG', 'labels/s1.png'],
    ['with letters that are composed', `images/${'ä'.normalize('NFD')}.png`, `labels/${'ä'.normalize('NFC')}.png`]
  ])('%s', async (_, image, mask) => {
    const taken = await importFiles({ [image]: picture(), [mask]: label(7) })
    expect(taken.dataset).toMatchObject({ format: 'labels', images: 1, annotated: 1, cells: 1 })
    expect(Object.values(await areas(taken))).toEqual([7])
  })

  test('with their splits, where two folders each name one', async () => {
    const files = { 'train_images/s.png': picture(), 'train_masks/s.png': label(4) }
    const taken = await importFiles({ ...files, 'test_images/s.png': picture(), 'test_masks/s.png': label(6) })
    expect(await areas(taken)).toEqual({ 'test/s.png': 6, 'train/s.png': 4 })
    expect(taken.images.map(({ split }) => split)).toEqual(['test', 'train'])
  })

  test('or a sentence tells what is there, and how both sides can be named', async () => {
    const other = { 'images/s.png': picture(), 'masks/other.png': label(4) }
    await expect(importFiles(other)).rejects.toMatchObject({
      message: expect.stringMatching(/there are s\.png and other\.png, for example/) as string,
      remedies: [{ option: 'images' }, { option: 'annotations' }]
    })
    const unknown = { 'bf/s.png': picture(), 'result/s.png': label(4), 'notes.doc': 'x' }
    await expect(importFiles(unknown)).rejects.toMatchObject({
      message: expect.stringMatching(/pictures in "bf", "result", and files of the kind "\.doc"/) as string,
      remedies: [{ option: 'images' }, { option: 'annotations' }]
    })
  })

  test('in the folders of organs, which are the classes', async () => {
    const taken = await importFiles({
      'human liver/tissue images/1.png': picture(),
      'human liver/label masks/1.png': label(5),
      'mouse brain/tissue images/1.png': picture(),
      'mouse brain/label masks/1.png': label(9)
    })
    expect(await areas(taken)).toEqual({ 'human liver/1.png': 5, 'mouse brain/1.png': 9 })
    expect(taken.images.map((image) => image.class)).toEqual(['human liver', 'mouse brain'])
  })

  test('as the Cell Tracking Challenge has them, each sequence a group', async () => {
    const taken = await importFiles({
      '01/t000.tif': picture(),
      '01/t001.tif': picture(),
      '01_GT/SEG/man_seg001.tif': label(6),
      '01_GT/TRA/man_track001.tif': label(2),
      '02/t000.tif': picture(),
      '02_ST/SEG/man_seg000.tif': label(8)
    })
    expect(await areas(taken)).toEqual({ '01/t000.tif': undefined, '01/t001.tif': 6, '02/t000.tif': 8 })
    expect(taken.images.map(({ group }) => group)).toEqual(['01', '01', '02'])
    expect(taken.dataset.classes.map(({ name }) => name)).toEqual(['all'])
  })
})

describe('one name', () => {
  test('with two endings is two pictures, each with the label image of its own', async () => {
    const taken = await importFiles({
      'images/w.png': picture(),
      'images/w.tif': picture(),
      'labels/w.png': label(4),
      'labels/w.tif': label(11)
    })
    expect(await areas(taken)).toEqual({ 'w.png': 4, 'w.tif': 11 })
  })

  test('with two endings has a mask of each ending, or none that could be of both', async () => {
    const pictures = { 'images/w.png': picture(), 'images/w.tif': picture(), 'images/v.png': picture() }
    const masks = { 'masks/v.png': label(5), 'masks/w_mask.png': label(4) }
    const both = await importFiles({ ...pictures, ...masks, 'masks/w_mask.tif': label(11) })
    expect(await areas(both)).toEqual({ 'v.png': 5, 'w.png': 4, 'w.tif': 11 })
    const one = await importFiles({ ...pictures, ...masks })
    expect(await areas(one)).toEqual({ 'v.png': 5, 'w.png': undefined, 'w.tif': undefined })
  })

  test('that several pictures have gives none of them a label image that does not say which', async () => {
    const taken = await importFiles({
      'images/day1/w.png': picture(),
      'images/day2/w.png': picture(),
      'images/v.png': picture(),
      'labels/w.png': label(4),
      'labels/v.png': label(5)
    })
    expect(await areas(taken)).toEqual({ 'day1/w.png': undefined, 'day2/w.png': undefined, 'v.png': 5 })
    expect(taken.refused).toEqual([
      { file: 'w.png', reason: expect.stringMatching(/Several pictures have this name/) as string }
    ])
  })
})
