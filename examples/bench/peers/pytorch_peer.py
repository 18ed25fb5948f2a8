"""PyTorch on the CPU: the same contractions and the same DINO step.

Reads the job as JSON from the first argument and prints findings, one JSON text a line (see protocol.ts). The beginning
of each step comes from a safetensors file in the job's folder.
"""

import json
import sys
import time

import torch
from pytorch_step import training_step


def tell(**finding):
    print(json.dumps(finding), flush=True)


def measure(run, job):
    """Milliseconds of each counted run, as repeated-timing.ts takes them."""
    begin = time.perf_counter()

    def since(start):
        return time.perf_counter() - start

    def timed():
        start = time.perf_counter()
        run()
        return since(start) * 1e3

    first = timed()
    if since(begin) > job["patience"]:
        return [first]
    turns = 1
    while (turns < 3 or since(begin) < min(0.3, job["seconds"] / 3)) and since(begin) < job["patience"] / 8:
        run()
        turns += 1
    start, times = time.perf_counter(), []
    while not times or (
        (len(times) < job["repetitions"] or since(start) < job["seconds"])
        and since(begin) < job["patience"]
    ):
        times.append(timed())
    return times


def contract(name, shape, job):
    batch, rows, inner, columns = (shape[key] for key in ("batch", "rows", "inner", "columns"))
    left = torch.rand(batch, rows, inner) * 2 - 1
    right = torch.rand(batch, inner, columns) * 2 - 1
    operands = (left[0], right[0]) if batch == 1 else (left, right)
    exact = left.double() @ right.double()
    terms = left.double().abs() @ right.double().abs()
    error = ((torch.matmul(*operands).double() - exact).abs() / terms).max().item()
    times = measure(lambda: torch.matmul(*operands), job)
    tell(kind="contraction", name=name, milliseconds=times, error=error)


def train(name, job):
    step = training_step("%s/%s.safetensors" % (job["folder"], name))
    losses = []
    times = measure(lambda: losses.append(step()), job)
    tell(kind="step", name=name, milliseconds=times, losses=losses[:5])


def attempt(name, work, *given):
    try:
        work(name, *given)
    except Exception as error:  # told, and the next case is tried
        tell(kind="failed", name=name, reason="%s: %s" % (type(error).__name__, error))


def main():
    job = json.loads(sys.argv[1])
    torch.set_num_threads(job["threads"])
    tell(kind="about", text="PyTorch %s, CPU, %d threads" % (torch.__version__, torch.get_num_threads()))
    for name, shape in job["shapes"].items():
        attempt(name, contract, shape, job)
    for name in job["steps"]:
        attempt(name, train, job)


main()
