"""How long PyTorch takes for the convolutions that convolutions.ts wrote down: python3 convolutions.py FILE.json"""

import json
import sys
import time

import torch

device = "cuda" if torch.cuda.is_available() else "cpu"
torch.backends.cudnn.benchmark = True
torch.backends.cudnn.allow_tf32 = False
torch.backends.cuda.matmul.allow_tf32 = False


def pair(value):
    return [value, value] if isinstance(value, int) else list(value)[-2:]


def padding(call):
    """Left, right, top, bottom."""
    pad, strides = call["attributes"]["pad"], pair(call["attributes"]["strides"])
    if pad == "valid":
        return (0, 0, 0, 0)
    if isinstance(pad, int):
        return (pad, pad, pad, pad)
    if isinstance(pad, list):
        return (pad[2][0], pad[2][1], pad[1][0], pad[1][1])
    both = []
    for axis in (2, 1):
        total = max(0, (call["y"][axis] - 1) * strides[axis - 1] + call["filter"][axis - 1] - call["x"][axis])
        both += [total // 2, total - total // 2]
    return tuple(both)


def tensor(shape):
    n, h, w, c = shape
    return torch.randn(n, c, h, w, device=device).contiguous(memory_format=torch.channels_last)


def work_of(call):
    strides, pad = pair(call["attributes"]["strides"]), padding(call)
    height, width, inputs, outputs = call["filter"]
    x = torch.nn.functional.pad(tensor(call["x"]), pad)
    weight = torch.randn(outputs, inputs, height, width, device=device).contiguous(memory_format=torch.channels_last)
    dy = tensor(call["y"])
    if call["kind"] == "forward":
        return lambda: torch.nn.functional.conv2d(x, weight, stride=strides)
    if call["kind"] == "input":
        return lambda: torch.nn.grad.conv2d_input(x.shape, weight, dy, stride=strides)
    return lambda: torch.nn.grad.conv2d_weight(x, weight.shape, dy, stride=strides)


def finish():
    if device == "cuda":
        torch.cuda.synchronize()


def seconds_of(work):
    for _ in range(3):
        work()
    finish()
    start = time.perf_counter()
    for _ in range(10):
        work()
    finish()
    return (time.perf_counter() - start) / 10


calls = json.load(open(sys.argv[1]))
with torch.no_grad():
    seconds = sum(call["count"] * seconds_of(work_of(call)) for call in calls)
name = torch.cuda.get_device_name() if device == "cuda" else "processor"
print(json.dumps({"seconds": seconds, "torch": torch.__version__, "device": name, "calls": sum(c["count"] for c in calls)}))
