import { type InspectResult } from '../../shared/datasets.ts'
import { count, number, percent } from './common.ts'

export const imagesWords = {
  title: 'Prepare images for training',
  steps: {
    source: 'Where they are',
    found: 'What was found',
    take: 'Take them in',
    classes: 'Kinds of cells',
    masks: 'Overlapping cells',
    tile: 'Tiles',
    check: 'Check and create'
  },
  questions: {
    source: 'Where are your images?',
    found: 'Is this what you have?',
    take: 'What shall they be called?',
    classes: 'Which kinds of cells are there?',
    masks: 'How shall overlapping cells be told apart?',
    tile: 'How large a piece shall the model see?',
    check: 'Does this look right?'
  },
  why: {
    source: 'A folder or a zip with images and their outlines. Your files are only read, never changed.',
    found: 'Everything was read, nothing was taken yet.',
    take: 'A copy goes into your workspace; the originals stay as they are.',
    classes: 'The model learns each kind by itself, and can be asked for pictures of any of them.',
    masks:
      'Cells that touch or overlap get different gray tones, so that each can be found again in a generated picture.',
    tile: 'The model learns from square pieces of your images, and makes pictures of that size.',
    check: 'A few of your pictures as the model would learn from them. Then all are prepared.'
  },
  none: 'Choose a folder or a file first.',
  dropHere: 'Drop a folder, images or a zip here, or choose below.',
  chosen: 'Chosen:',
  change: 'Choose another',
  next: {
    source: 'Look at them',
    sourceNote: 'Next, every file is read once; nothing is taken yet.',
    foundNote: 'Next, you name them.',
    take: 'Take them in',
    takeAgain: 'Try again',
    takeNote: (images: number) => `Next, ${count(images, 'image')} are copied into your workspace.`,
    classesNote: 'Next, you see how cells become tones.',
    masksNote: 'Next, you choose the size of the pieces.',
    tileNote: 'Next, eight pictures are tried.',
    create: 'Create this version',
    createNote: (images: number) => `Next, all ${count(images, 'image')} are prepared.`,
    done: 'Train a model with it'
  },
  looking: 'Reading every file …',
  lookAgain: 'Look again',
  nothingUsable: 'Nothing here can be used yet: see what was found.',
  unannotated: 'No image has outlines, and without them no mask can be learned.',
  lookFailed: 'The look did not work: see above.',
  found: {
    problems: (files: number) => `${count(files, 'file')} cannot be used`,
    noProblems: 'Every file can be used.',
    showAll: 'Show every file',
    kindOf: 'Read as',
    corrections: 'Correct something for all files',
    format: 'Kind of files',
    auto: 'find out',
    channel: 'Channel to use as gray',
    allChannels: 'all together',
    axes: 'The pages of a stack are',
    asStored: 'as the files say',
    axesNames: { CYX: 'channels', ZYX: 'depths', TYX: 'times' },
    brightness: 'Brightness, where there are more than 8 bits',
    brightnessNames: {
      percentiles: 'stretched for each picture by itself',
      set: 'stretched for all pictures alike',
      full: 'the whole range, as it was stored'
    },
    objects: 'What is marked',
    objectNames: { cells: 'whole cells', nuclei: 'nuclei' },
    annotations: 'Outlines are in another file or folder',
    beforeAfter: 'Before and after',
    before: 'Before',
    after: 'After',
    columns: { file: 'File', size: 'Size', cells: 'Cells', kind: 'Kind', problem: 'What is wrong' },
    more: (files: number) => `and ${count(files, 'more', 'more')}`,
    warnings: 'Good to know'
  },
  names: {
    title: 'What the file names tell',
    kind: 'What tells the kind of cells?',
    usual: 'What the files say',
    folder: 'The name of the folder',
    none: 'Nothing: all are of one kind',
    kindPiece: 'Or a part of the file name: press the one that tells it.',
    own: 'A pattern of your own',
    ownHelp: 'With one part in brackets: ^([A-Za-z]+) takes “HeLa” of “HeLa_01.tif”.',
    apply: 'Use it',
    time: 'What tells the time since the start?',
    counts: 'counted in',
    group: 'What tells the well, plate or donor?',
    groupHelp:
      'Its images then train together or test together, so that no test is of what was learned. Press all parts that it takes.',
    groupUsual: 'Nothing: each image by itself',
    groupColumn: 'Stays together',
    units: { days: 'days', hours: 'hours', minutes: 'minutes' },
    live: 'Your names, read like this',
    file: 'File',
    kindColumn: 'Kind',
    missing: 'nothing'
  },
  take: {
    name: 'Name of the image set',
    atWork: 'Taking them in …',
    done: (images: number, cells: number) =>
      `${count(images, 'image')} with ${count(cells, 'cell')} are in your workspace.`
  },
  classes: {
    caption: 'Images of each kind, and where they go',
    name: 'Kind',
    images: 'Images',
    cells: 'Cells',
    train: 'Training',
    validation: 'Validation',
    test: 'Test',
    few: 'too few',
    noImage: 'none',
    hour: (hour: number) => `${number(Math.round(hour * 10) / 10)} h`,
    beneath: 'Beneath each kind',
    beneathNames: { nothing: 'Nothing', times: 'Time points', groups: 'Groups' },
    timeCount: (times: number) => count(times, 'time point'),
    groupCount: (groups: number) => count(groups, 'group'),
    groupsHelp: 'A group is a well, plate, donor or frame. Its images never part: all of them train, or none.',
    moreGroups: (groups: number) => `and ${count(groups, 'smaller one')}`,
    untrained: (rows: number) => `${number(rows)} without training`,
    unfoldAll: 'Unfold all',
    foldAll: 'Fold all',
    choose: (name: string) => `Choose ${name}`,
    chosen: (rows: number) => `${count(rows, 'row')} chosen`,
    chooseHelp: 'Choose kinds or time points to leave them out, or to take them as one.',
    leaveOut: 'Leave out',
    asOne: 'Take as one',
    takeBack: (name: string) => `Take back ${name}`,
    takeBackTimes: (times: number, kind: string) => `Take back ${count(times, 'time point')} of ${kind}`,
    apart: (names: string) => `Tell ${names} apart again`,
    timesApart: (kind: string) => `Tell the time points of ${kind} apart again`,
    merge: 'Take all as one kind',
    split: 'Tell kinds apart again',
    splitSource: 'The split into training, validation and test came with the images.',
    splitShares:
      'Whole images, and whole wells, plates or donors where names tell them, go to training, validation or test.',
    bare: (images: number) => `${count(images, 'image')} without outlines cannot be learned from and stay out.`,
    small: (images: number) => `${count(images, 'image')} are smaller than a tile and stay out.`,
    troubleTitle: 'Nothing could be learned like this',
    trouble: 'This has to be settled first: see above.'
  },
  masks: {
    cover: 'Leave out cells that another covers by more than',
    tones: 'Gray tones in a picture, at most',
    kept: (kept: number, all: number) =>
      `${number(kept)} of ${number(all)} cells are kept (${percent(kept / Math.max(1, all))}).`,
    needed: (tones: number) => `All would need ${count(tones, 'tone')}.`,
    from: (images: number, all: number) =>
      images === all
        ? 'Counted in all images.'
        : `Counted in ${number(images)} of ${count(all, 'image')}, from all over the set.`,
    counting: 'Counting cells in all images …',
    again: (found: number, cells: number) =>
      `In the pictures at the side, ${number(found)} of ${number(cells)} cells are found again when the mask is read as a generated one is.`,
    worst: 'Pictures that lose most',
    show: 'Show these',
    lost: (lost: number, cells: number) => `${number(lost)} of ${count(cells, 'cell')} left out`,
    none: 'No picture loses a cell.',
    reset: 'As usual'
  },
  tile: {
    legend: 'Side of a tile',
    cells: (cells: number) => `about ${cells < 10 ? cells.toFixed(1) : number(cells)} cells a tile`,
    pixels: (side: number) => `${number(side)} pixels`,
    small: 'quick to learn',
    large: 'slow to learn: many times the work',
    tooLarge: (side: number) => `Your images are smaller than ${number(side)} pixels.`,
    few: 'Hardly a whole cell fits into a tile: choose a larger one.',
    colour: 'Colour',
    gray: 'gray',
    rgb: 'in colour',
    side: 'The square is one tile.'
  },
  check: {
    approve: 'These pictures look right',
    approveFirst: 'Look at the pictures and say that they are right.',
    name: 'Name of this version',
    summary: 'What will be made',
    making: 'Preparing all images …',
    done: (name: string) => `“${name}” is ready for training.`
  }
}

/** What a look found, the most important first. */
export function foundSentence({ totals }: InspectResult): string {
  const { usable, annotated, cells, files } = totals
  return `${count(usable, 'image')} of ${count(files, 'file')} can be used; ${number(annotated)} of them have outlines, of ${count(cells, 'cell')}.`
}
