"""Kill workers and driver of an export at random points, resume, and compare with an export nobody killed.

    python scripts/kill_test.py --kills 50 [--cases 600] [--seed 1]

Each round starts the export on the same folder and, after a random time, kills its driver or one of its workers with
SIGKILL. When the kills are used up the export runs to its end. Exit status 0 means: nothing lost, nothing twice, no
torn file, every hash right, and the same bytes as without a kill. The last line is the count of each as JSON.
"""

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from adapter.bench.synthetic import cases
from adapter.export import manifest
from adapter.export.driver import run
from adapter.export.request import Request
from adapter.formats.document import dump

AT = "2026-01-01T00:00:00Z"
DRIVER = """
import json, sys
from pathlib import Path
from adapter.export.driver import run
from adapter.export.request import Request
run(Path(sys.argv[1]), Path(sys.argv[2]), Request.from_json(json.loads(sys.argv[3])), workers=2)
"""


def children(pid):
    """Process ids of the worker processes of ``pid``, from the process table."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = (entry / "stat").read_text().rpartition(")")[2].split()[1]
            except (FileNotFoundError, ProcessLookupError):
                continue
            if int(parent) == pid:
                found.append(int(entry.name))
    return found


def kill(pid):
    """Kill one process; whether it was still there."""
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True


def attacked(folder, source, request, kills, chance):
    """Run the export to its end while killing ``kills`` times; how often a driver and a worker were killed."""
    done = Counter()
    command = [sys.executable, "-c", DRIVER, str(folder), str(source), json.dumps(request.to_json())]
    while True:
        driver = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        while driver.poll() is None:
            if sum(done.values()) >= kills:
                if driver.wait() == 0:
                    return done
                break
            worker = chance.random() < 0.6
            while worker and not children(driver.pid) and driver.poll() is None:
                time.sleep(0.02)
            time.sleep(chance.uniform(0.0, 1.5))
            if not worker:
                done["driver"] += kill(driver.pid)
            elif workers := children(driver.pid):
                done["worker"] += kill(chance.choice(workers))
        driver.wait()
        if sum(done.values()) >= kills and driver.returncode == 0:
            return done
        if driver.returncode == 0:
            # Finished before all kills were spent: look at it, and attack a fresh one.
            if faults := manifest.verify(folder):
                sys.exit(f"a finished export is wrong: {faults}")
            shutil.rmtree(folder)


def main():
    """Run the attack; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--cases", type=int, default=600)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    request = Request("phenopacket-ndjson", AT, chunk_bytes=16_384, file_chunks=4, check="none")
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        source = place / "cases.ndjson"
        source.write_bytes(b"".join(dump(one) for one in cases(args.cases)))
        run(place / "quiet", source, request, workers=2)
        killed = attacked(place / "attacked", source, request, args.kills, random.Random(args.seed))
        result = compare(place / "quiet", place / "attacked", args.cases)
    print(json.dumps({"killed": dict(killed), **result}))
    return 1 if any(result[key] for key in ("lost", "duplicate", "wrong", "differs")) else 0


def compare(quiet, attacked_folder, count):
    """Cases lost and duplicate, files wrong by the manifest, files that differ from those of the quiet export."""
    ids = Counter(
        json.loads(line)["id"]
        for path in attacked_folder.glob("Phenopacket.*.ndjson")
        for line in path.read_bytes().splitlines()
    )
    names = {path.name for folder in (quiet, attacked_folder) for path in folder.iterdir() if path.is_file()}
    differs = [n for n in names if not same(quiet / n, attacked_folder / n)]
    return {
        "cases": count,
        "lost": count - len(ids),
        "duplicate": sum(n - 1 for n in ids.values()),
        "wrong": manifest.verify(attacked_folder),
        "differs": sorted(differs),
    }


def same(left, right):
    """Whether both files are there and hold the same bytes."""
    return left.exists() and right.exists() and left.read_bytes() == right.read_bytes()


if __name__ == "__main__":
    sys.exit(main())
