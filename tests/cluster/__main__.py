"""`make cluster`: two servers behind a proxy, a worker, PostgreSQL, Redis and the pretend carriers, until Ctrl+C."""

from __future__ import annotations

import argparse
import shutil
import signal
import sys
import threading

from console.demo.people import DOMAIN, PASSWORD, STAFF
from tests.cluster.demo import DemoCluster
from tests.cluster.rig import Cluster, started
from tests.services import Missing
from tests.services.needs import run_folder

LOOK_SECONDS = 2.0


def main() -> int:
    parser = argparse.ArgumentParser(prog="make cluster", description=__doc__)
    parser.add_argument("--servers", type=int, default=2, help="web processes (default: %(default)s)")
    parser.add_argument("--workers", type=int, default=1, help="background processes (default: %(default)s)")
    asked = parser.parse_args()
    told = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: told.set())
    print("Starting PostgreSQL and Redis, then the sample data and the processes: about half a minute …", flush=True)
    try:
        with started(asked.servers, asked.workers, kind=DemoCluster) as cluster:
            print(welcome(cluster), flush=True)
            while not told.wait(LOOK_SECONDS):
                bring_back(cluster)
            print("Stopping …", flush=True)
            for each in cluster.members:
                if each.runs:
                    each.signal(signal.SIGTERM)
            for each in cluster.members:
                each.wait()
    except Missing as missing:
        print(f"make cluster: {missing}", file=sys.stderr)
        return 1
    finally:
        shutil.rmtree(run_folder(), ignore_errors=True)
    return 0


def bring_back(cluster: Cluster) -> None:
    """As systemd would: whatever was killed is started again, and that is said."""
    for each in cluster.members:
        if not each.runs:
            each.launch()
            print(f"  {each.name} was gone: started again as process {each.pid}", flush=True)


def welcome(cluster: Cluster) -> str:
    """Where everything is, who may sign in, and what to try."""
    served = [f"  {each.name:<12} process {each.pid:<8} {port(cluster, each.name)}" for each in cluster.members]
    people = [f"  {each.key}@{DOMAIN} ({each.role})" for each in STAFF]
    return "\n".join(
        (
            "",
            f"Acordo's cluster runs on {cluster.url}",
            f"  phones and mailboxes: {cluster.origin}/",
            *served,
            f"  what they say: {cluster.folder}/*.log",
            f"Everybody's password is {PASSWORD}; two people need two browser profiles, or a private window:",
            *people,
            "Try: write as Maria on the phones page, answer as Ana, watch as Sofia; then kill -9 a server.",
            "Stop with Ctrl+C.",
        )
    )


def port(cluster: Cluster, name: str) -> str:
    kind, _, index = name.partition("-")
    return f"http://127.0.0.1:{cluster.ports[int(index)]}/readyz" if kind == "server" else ""


if __name__ == "__main__":
    sys.exit(main())
