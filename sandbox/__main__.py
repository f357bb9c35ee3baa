"""`python -m sandbox --config FILE --port P`: the sandbox as a process of its own, at the demo's paths."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import msgspec
import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount

from sandbox.app import create_app
from sandbox.config import load


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    parser.add_argument("--config", type=Path, required=True, help="JSON file with the fields of sandbox.config.Config")
    parser.add_argument("--port", type=int, required=True)
    asked = parser.parse_args()
    try:
        config = load(asked.config)
    except (OSError, msgspec.DecodeError) as error:
        print(f"sandbox: {asked.config}: {error}", file=sys.stderr)
        return 2
    inner = create_app(config)
    app = Starlette(routes=[Mount("/sandbox", inner)], lifespan=lambda _: inner.state.sandbox.running())
    uvicorn.run(app, host="127.0.0.1", port=asked.port, log_level="warning", timeout_graceful_shutdown=2)
    return 0


if __name__ == "__main__":
    sys.exit(main())
