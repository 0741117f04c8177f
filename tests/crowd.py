"""A room in front of one app: people draw digits at the same time, others move a slider; every answer is checked.

    python tests/crowd.py http://127.0.0.1:7860 --people 30 --requests 300
    make soak                                             starts an app of its own, and asks 20,000 times

Prints JSON: what was asked, what went wrong, how long equal work waited, how long light actions took meanwhile.
"""

import argparse
import asyncio
import json
import random
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

STEPS = 10
LOOKERS = 100  # pages that are open
MOVERS = 5  # of them move a slider
PAUSE = 0.3  # seconds between two of their moves
DRAW = ("digit", "seed", "steps", "sampler", "guidance", "eta", "checkpoint")


@dataclass
class Crowd:
    """What happened."""

    asked: int = 0
    errors: list[str] = field(default_factory=list)
    mixed: list[str] = field(default_factory=list)  # answers that belong to another request
    waits: list[float] = field(default_factory=list)  # seconds, of drawing
    light: list[float] = field(default_factory=list)  # seconds, of moving a slider while others draw
    seconds: float = 0.0

    def told(self) -> dict[str, Any]:
        """Figures of all that happened."""
        middle = statistics.median(self.waits)
        light = {"light_median": statistics.median(self.light), "light_worst": max(self.light)} if self.light else {}
        figures = {
            "asked": self.asked,
            "errors": len(self.errors),
            "mixed_up": len(self.mixed),
            "seconds": self.seconds,
            "wait_median": middle,
            "wait_worst": max(self.waits),
            "worst_by_median": max(self.waits) / middle,
            **light,
        }
        return {name: round(value, 3) for name, value in figures.items()}


async def event(client: httpx.AsyncClient, name: str, values: list[Any]) -> Any:
    """What an event ends with; RuntimeError where that is an error."""
    joined = await client.post(f"/gradio_api/call/{name}", json={"data": values})
    if joined.status_code != 200:
        raise RuntimeError(f"{joined.status_code} {joined.text[:200]}")
    kind = ""
    async with client.stream("GET", f"/gradio_api/call/{name}/{joined.json()['event_id']}") as stream:
        async for line in stream.aiter_lines():
            head, _, rest = line.partition(": ")
            kind = rest if head == "event" else kind
            if head == "data" and kind in ("complete", "error"):
                if kind == "error":
                    raise RuntimeError(rest[:200])
                return json.loads(rest)
    raise RuntimeError("the stream ended early")


async def draw(client: httpx.AsyncClient, crowd: Crowd, chance: random.Random) -> None:
    """Draw one digit, and hold the answer against what was asked."""
    asked = [chance.randrange(10), chance.randrange(2**32), STEPS, "ddim", 1.5, 0.0, "diffusion-digits"]
    began = time.monotonic()
    crowd.asked += 1
    try:
        file, result = await event(client, "diffusion_draw", [*asked, "png"])
    except (RuntimeError, httpx.HTTPError) as error:
        crowd.errors.append(repr(error))
        return
    crowd.waits.append(time.monotonic() - began)
    if result["card"]["values"] != dict(zip(DRAW, asked, strict=True)) or str(asked[1]) not in file["orig_name"]:
        crowd.mixed.append(json.dumps([asked, result["card"]["values"]]))


async def move(client: httpx.AsyncClient, crowd: Crowd, done: asyncio.Event) -> None:
    """Move the slider of noise until all is drawn."""
    level = 0
    while not done.is_set():
        level = (level + 37) % 1000
        began = time.monotonic()
        crowd.asked += 1
        try:
            _, result = await event(client, "diffusion_forward", [3, "", 7, level, "png"])
        except (RuntimeError, httpx.HTTPError) as error:
            crowd.errors.append(repr(error))
            continue
        crowd.light.append(time.monotonic() - began)
        if result["card"]["values"]["level"] != level:
            crowd.mixed.append(f"{level} {result['card']['values']}")
        await asyncio.sleep(PAUSE)


async def gather(address: str, people: int, requests: int, lookers: int = LOOKERS) -> Crowd:
    """Open pages, then let `people` draw until `requests` digits are asked for; all of one round begin at once."""
    crowd, chance, done = Crowd(), random.Random(7), asyncio.Event()
    limits = httpx.Limits(max_connections=None, keepalive_expiry=2)
    options: dict[str, Any] = {"base_url": address, "timeout": 300, "limits": limits, "trust_env": False}
    async with httpx.AsyncClient(**options) as pages:  # of their own: a client looks through all its connections
        for answer in await asyncio.gather(*(pages.get("/diffusion") for _ in range(lookers))):
            crowd.asked += 1
            crowd.errors += [] if answer.status_code == 200 else [f"page {answer.status_code}"]
    async with httpx.AsyncClient(**options) as client:
        await draw(client, Crowd(), chance)  # loads the network
        movers = [asyncio.create_task(move(client, crowd, done)) for _ in range(MOVERS)]
        began = time.monotonic()
        for _ in range(-(-requests // people)):
            await asyncio.gather(*(draw(client, crowd, chance) for _ in range(people)))
        crowd.seconds = time.monotonic() - began
        done.set()
        await asyncio.gather(*movers)
    return crowd


def resident(process: int) -> float:
    """Megabytes of memory that a process holds; 0 where that cannot be read."""
    status = Path(f"/proc/{process}/status")
    found = [line for line in status.read_text().splitlines() if line.startswith("VmRSS")] if status.exists() else []
    return int(found[0].split()[1]) / 1024 if found else 0.0


def soak(people: int, requests: int) -> None:
    """An app of its own under steady load: memory after a tenth of it, and at the end."""
    from api import calm
    from conftest import running

    with tempfile.TemporaryDirectory() as folder:
        for process, address, _ in running(Path(folder), AIGC_LIMITS="heavy=0 light=0"):
            calm(process.pid, 240)  # the libraries are loaded
            first = asyncio.run(gather(address, people, requests // 10))
            warm = resident(process.pid)
            rest = asyncio.run(gather(address, people, requests - requests // 10, 0))
            files = sum(1 for file in Path(folder).rglob("*") if file.is_file())
            memory = {"megabytes_warm": round(warm), "megabytes_end": round(resident(process.pid)), "files": files}
            sys.stdout.write(json.dumps({"first": first.told(), "rest": rest.told(), **memory}, indent=1) + "\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("address", nargs="?", help="of an app that runs; without it one is started")
    parser.add_argument("--people", type=int, default=30)
    parser.add_argument("--requests", type=int, default=300)
    given = parser.parse_args()
    if given.address:
        found = asyncio.run(gather(given.address, given.people, given.requests))
        sys.stdout.write(json.dumps({**found.told(), "said": sorted(set(found.errors + found.mixed))[:5]}, indent=1))
    else:
        soak(given.people, given.requests)
