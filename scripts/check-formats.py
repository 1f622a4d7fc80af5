"""Opens a package of every format in the libraries of the field and compares its cells with the label images.

    check-formats.py PACKAGE.zip

Needs numpy, pillow, tifffile, pycocotools, roifile, geojson and shapely. Prints a line for each format; exits 1 if one differs.
"""

import json
import sys
import tempfile
import zipfile
from pathlib import Path

import geojson
import numpy
import tifffile
from PIL import Image
from pycocotools import mask as coco_mask
from pycocotools.coco import COCO
from roifile import roiread
from shapely import contains_xy
from shapely.geometry import shape


def main() -> int:
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(sys.argv[1]) as package:
        package.extractall(folder)
        root = Path(folder)
        visible = {path.stem: by_number(numpy.array(Image.open(path)).astype(int)) for path in sorted((root / "masks").glob("*.png"))}
        whole = whole_cells(root, visible)
        checks = {
            "label tiff": (label_tiffs, visible, 1.0),
            "coco runs": (coco_runs, whole, 1.0),
            "coco polygons": (coco_polygons, whole, 0.99),
            "cellpose": (cellpose_pairs, visible, 1.0),
            "stardist": (stardist_folders, visible, 1.0),
            "imagej": (imagej_regions, whole, 0.99),
            "qupath": (qupath_objects, whole, 0.99),
            "yolo": (lambda root: yolo_lines(root, whole), whole, 0.99),
            "tissuenet": (tissuenet_archives, visible, 1.0),
        }
        worst = {name: compare(truths, read(root), least) for name, (read, truths, least) in checks.items()}
    for name, (iou, cells, missing, good) in worst.items():
        print(f"{name:14} {cells:5} cells above 30 pixels, smallest IoU {iou:.4f}, {missing} missing  {'ok' if good else 'DIFFERS'}")
    return 0 if all(good for *_, good in worst.values()) else 1


def whole_cells(root, visible):
    """The cells of a data set with what others cover of them; those of a synthetic set cover nothing of each other."""
    if not (root / "cells").is_dir():
        return visible
    found = {}
    for path in sorted((root / "cells").glob("*.json")):
        size = list(numpy.array(Image.open(root / "masks" / f"{path.stem}.png")).shape)
        cells = [cell for cell in json.loads(path.read_text()) if not cell.get("isCrowd")]
        ids = [cell["id"] for cell in cells]
        if len(set(ids)) < len(ids) or not all(1 <= number <= 65535 for number in ids):
            ids = range(1, len(cells) + 1)
        runs = [{"size": size, "counts": cell["counts"]} for cell in cells]
        found[path.stem] = {number: coco_mask.decode(run).astype(bool) for number, run in zip(ids, runs)}
    return found


def compare(truths, found, least):
    """Smallest IoU of a cell above 30 pixels with the cell that has its number; coverage must be at least `least`."""
    smallest, cells, missing = 1.0, 0, 0
    for stem, truth in truths.items():
        masks = found.get(stem, {})
        missing += len(set(truth) - set(masks))
        for number in set(truth) & set(masks):
            cell = truth[number]
            if cell.sum() <= 30:
                continue
            cells += 1
            smallest = min(smallest, (cell & masks[number]).sum() / (cell | masks[number]).sum())
    return smallest, cells, missing, missing == 0 and cells > 0 and smallest >= least


def picture(root, stem):
    """With the values that the file holds."""
    tiff = root / "images" / f"{stem}.tif"
    return tifffile.imread(tiff) if tiff.exists() else numpy.array(Image.open(root / "images" / f"{stem}.png"))


def label_tiffs(root):
    found = {path.stem: tifffile.imread(path) for path in sorted((root / "masks-tiff").glob("*.tif"))}
    assert all(labels.dtype == numpy.uint16 for labels in found.values())
    return {stem: by_number(labels) for stem, labels in found.items()}


def by_number(labels):
    return {int(number): labels == number for number in numpy.unique(labels) if number > 0}


def coco(root, name):
    data = COCO(str(root / name))
    found = {}
    for image in data.loadImgs(data.getImgIds()):
        annotations = data.loadAnns(data.getAnnIds(imgIds=[image["id"]]))
        found[Path(image["file_name"]).stem] = {a["label"]: data.annToMask(a).astype(bool) for a in annotations if not a["iscrowd"]}
        for a in annotations:
            if isinstance(a["segmentation"], dict):
                assert coco_mask.area(a["segmentation"]) == a["area"]
    return found


def coco_runs(root):
    return coco(root, "masks.coco.json")


def coco_polygons(root):
    return coco(root, "outlines.coco.json")


def cellpose_pairs(root):
    """As cellpose.io finds them: an image, and beside it its name with _masks."""
    found = {}
    for path in sorted((root / "cellpose").glob("*")):
        if not path.stem.endswith("_masks"):
            labels = tifffile.imread(path.with_name(path.stem + "_masks.tif"))
            assert labels.dtype == numpy.uint16 and labels.shape == picture(root, path.stem).shape[:2]
            found[path.stem] = by_number(labels)
    return found


def stardist_folders(root):
    found = {}
    for path in sorted((root / "stardist" / "images").glob("*.tif")):
        assert (tifffile.imread(path) == picture(root, path.stem)).all()
        found[path.stem] = by_number(tifffile.imread(root / "stardist" / "masks" / path.name))
    return found


def imagej_regions(root):
    found = {}
    for path in sorted((root / "imagej").glob("*_RoiSet.zip")):
        stem = path.stem.removesuffix("_RoiSet")
        size = tifffile.imread(path.with_name(f"{stem}.tif")).shape[:2]
        regions = roiread(path)
        found[stem] = {int(r.name): even_odd(rings_of(r), size) for r in (regions if isinstance(regions, list) else [regions])}
    return found


def rings_of(region):
    rings = region.coordinates(multi=True)
    return rings if isinstance(rings, list) else [rings]


def even_odd(rings, size):
    """Pixels whose centres an odd number of rings enclose."""
    inside = numpy.zeros(size, bool)
    for ring in rings:
        inside ^= encloses(shape({"type": "Polygon", "coordinates": [numpy.asarray(ring).tolist()]}), size)
    return inside


def encloses(geometry, size):
    """Pixels whose centres lie within, looked for in the box around it."""
    left, top, right, bottom = (int(at) for at in geometry.bounds)
    right, bottom = min(right + 1, size[1]), min(bottom + 1, size[0])
    x, y = numpy.meshgrid(numpy.arange(left, right) + 0.5, numpy.arange(top, bottom) + 0.5)
    inside = numpy.zeros(size, bool)
    inside[top:bottom, left:right] = contains_xy(geometry, x, y)
    return inside


def qupath_objects(root):
    found = {}
    for path in sorted((root / "qupath").glob("*.geojson")):
        size = picture(root, path.stem).shape[:2]
        collection = geojson.loads(path.read_text())
        assert collection.is_valid, collection.errors()
        found[path.stem] = {int(f.properties["name"]): encloses(shape(f.geometry), size) for f in collection.features}
    return found


def yolo_lines(root, whole):
    """Lines stand in the order of the labels; filled as COCO fills one ring."""
    found = {}
    for path in sorted((root / "yolo" / "labels").glob("*.txt")):
        height, width = picture(root, path.stem).shape[:2]
        numbers = sorted(whole[path.stem])
        lines = path.read_text().splitlines()
        assert len(lines) == len(numbers)
        found[path.stem] = {}
        for number, line in zip(numbers, lines):
            points = numpy.array(line.split()[1:], float).reshape(-1, 2) * [width, height]
            runs = coco_mask.merge(coco_mask.frPyObjects([points.ravel().tolist()], height, width))
            found[path.stem][number] = coco_mask.decode(runs).astype(bool)
    return found


def tissuenet_archives(root):
    found = {}
    for path in sorted((root / "tissuenet").glob("*.npz")):
        with numpy.load(path) as data:
            x, y, meta = data["X"], data["y"], data["meta"]
            assert x.dtype == numpy.float32 and x.shape == y.shape and list(meta[0]) == ["filename", "specimen"]
            for labels, row in zip(y, meta[1:]):
                assert (labels[..., 0] == labels[..., 1]).all()
                found[Path(row[0]).stem] = by_number(labels[..., 0])
    return found


if __name__ == "__main__":
    sys.exit(main())
