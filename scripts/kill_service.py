"""Kill the service during exports at random points, start it again, and compare with what convert writes.

    python scripts/kill_service.py --kills 20 [--cases 400] [--seed 1] [--pause 3]

`adapter serve` with two processes exports a store of synthetic cases. Each round all processes of the service, its
export workers among them, or one of them get SIGKILL after at most --pause seconds; a service that is gone is started
again. Several runs of different seeds can go on beside each other: most of a kill's time is waiting.
When the kills are used up the export runs to its end, is downloaded and compared; one that ends before is compared and
followed by another. Exit status 0 means: nothing lost, nothing twice, every size, hash and count right, the same bytes
as `convert`. The last line is the count of each as JSON, with the seconds of the whole.
"""

import argparse
import hashlib
import json
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import requests

from adapter.bench.synthetic import cases
from adapter.convert import convert
from adapter.formats.document import dump
from adapter.store import Store


class Service:
    """The service in a process group of its own, which its export workers belong to as well."""

    def __init__(self, folder):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        self.settings = {
            "ADAPTER_STORE": str(folder / "store.sqlite"),
            "ADAPTER_EXPORTS": str(folder / "exports"),
            "ADAPTER_EXPORT_WORKERS": "2",
        }
        self.process = None

    def start(self):
        """Start it and wait until it answers."""
        command = [sys.executable, "-m", "adapter", "serve", "--port", str(self.port), "--workers", "2"]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self.process = subprocess.Popen(command, env=os.environ | self.settings, start_new_session=True, **quiet)
        while self.process.poll() is None:
            try:
                requests.get(f"{self.address}/healthz", timeout=5)
            except requests.RequestException:
                time.sleep(0.1)
            else:
                return
        sys.exit("the service does not start")

    def members(self):
        """Process ids of the group, from the process table; not those that are dead and not yet waited for."""
        found = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    state, _, group = (entry / "stat").read_text().rpartition(")")[2].split()[:3]
                except (FileNotFoundError, ProcessLookupError):
                    continue
                if int(group) == self.process.pid and state != "Z":
                    found.append(int(entry.name))
        return found

    def kill(self, chance):
        """Kill the whole service or one of its processes; which it was."""
        members = [pid for pid in self.members() if pid != self.process.pid]
        if members and chance.random() < 0.5:
            os.kill(chance.choice(members), signal.SIGKILL)
            return "one"
        self.stop()
        return "all"

    def stop(self):
        """SIGKILL to every process of the group."""
        if self.process and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def begin(service):
    """Kick off an export; its polling address."""
    answer = requests.post(f"{service.address}/v1/exports", json={"format": "phenopacket-ndjson"}, timeout=60)
    answer.raise_for_status()
    return answer.headers["Content-Location"]


def manifest(location, patience):
    """The manifest if the export ends within ``patience`` seconds, else None."""
    until = time.monotonic() + patience
    while time.monotonic() < until:
        try:
            answer = requests.get(location, timeout=30)
        except requests.RequestException:
            # The process that had the request was killed.
            time.sleep(0.5)
            continue
        if answer.status_code == 200:
            return answer.json()
        if answer.status_code not in (202, 429, 503):
            sys.exit(f"the state of the export is {answer.status_code}")
        time.sleep(min(patience / 2, float(answer.headers.get("Retry-After", 1))))
    return None


def faults(found, count):
    """What is wrong with a finished export: cases lost and twice, files that are not as the manifest says, bytes."""
    written, wrong = b"", 0
    for entry in found["output"]:
        data = requests.get(entry["url"], timeout=60).content
        told = (entry["extension"]["bytes"], entry["extension"]["sha256"], entry["count"])
        wrong += (len(data), hashlib.sha256(data).hexdigest(), data.count(b"\n")) != told
        written += data
    ids = Counter(json.loads(line)["id"] for line in written.splitlines())
    at = found["transactionTime"]
    expected = b"".join(dump(one.document) for case in cases(count) for one in convert(case, "phenopacket", at=at))
    return {
        "lost": count - len(ids),
        "duplicate": sum(ids.values()) - len(ids),
        "wrong": wrong,
        "differs": int(written != expected),
    }


def main():
    """Run the attack; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--cases", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--pause", type=float, default=3.0)
    args = parser.parse_args()
    chance, killed, total, ended = random.Random(args.seed), Counter(), Counter(), 0
    start = time.monotonic()
    with tempfile.TemporaryDirectory() as name:
        store = Store(f"{name}/store.sqlite")
        for case in cases(args.cases):
            store.put(case)
        store.close()
        service = Service(Path(name))
        try:
            service.start()
            location = begin(service)
            while sum(killed.values()) < args.kills:
                found = manifest(location, chance.uniform(0.05, args.pause))
                if found is not None:
                    total.update(faults(found, args.cases))
                    ended += 1
                    location = begin(service)
                    continue
                killed[service.kill(chance)] += 1
                if sum(killed.values()) % 25 == 0:
                    done = {"killed": sum(killed.values()), "exports": ended, "seconds": time.monotonic() - start}
                    print(json.dumps(done), file=sys.stderr, flush=True)
                if service.process.poll() is not None:
                    service.start()
            found = manifest(location, 600)
            if found is None:
                sys.exit("the export does not end")
            total.update(faults(found, args.cases))
            ended += 1
        finally:
            service.stop()
    seconds = round(time.monotonic() - start, 1)
    print(json.dumps({"killed": dict(killed), "exports": ended, "cases": args.cases, **total, "seconds": seconds}))
    return 1 if sum(total.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
