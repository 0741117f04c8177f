"""Long work in processes of its own: replicas of the services by Ray Serve, from which the app streams.

AIGC_REPLICAS says how many there are: 2, or 1-4 for as many as are kept busy. They start on this machine, reached from
it alone, or in the cluster that RAY_ADDRESS names. Without the variable nothing changes, and Ray, an optional package
(requirements-scale.txt), is not imported.

A request goes to a replica and its steps come back as copies, and what a run remembers is lost there. So replicas get
what hangs on the request and the weights that ship, alone: see `Replicas.take`. As such a run gives the same steps
wherever it is done, one whose replica ends is done again at another, and goes on at the page where it was.
"""

import dataclasses
import importlib.util
import itertools
import math
import os
import re
import secrets
import time
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import suppress
from typing import Any

from aigc_demo.checkpoints.store import is_own
from aigc_demo.core import threads
from aigc_demo.core.errors import UnavailableError, UserError
from aigc_demo.core.params import Request
from aigc_demo.core.steps import Step
from aigc_demo.services.use_case import Json, UseCase

QUEUES = ("device", "together", "writing")  # of requests that replicas take; quick work is done before it is sent
AT_ONCE = 32  # runs of a replica
BUSY = 4  # of them, above which there is to be one more
TRIES = 3
PAUSE = 0.05  # seconds between two messages of a run
MEGABYTES = 128  # of shared memory for what is under way between processes


def wished() -> tuple[int, int]:
    """How many replicas there are at least and at most; (0, 0): none. UnavailableError for anything but numbers."""
    given = os.environ.get("AIGC_REPLICAS", "").strip() or "0"
    found = re.fullmatch(r"([0-9]{1,3})(?:-([0-9]{1,3}))?", given)
    least, most = (int(found[1]), int(found[2] or found[1])) if found else (1, 0)
    if least > most or (most and not least):
        raise UnavailableError("replicas_number", value=given)
    return least, most


def most() -> int:
    """How many there are at most; 0 for what is no number, which `start` tells of."""
    try:
        return wished()[1]
    except UnavailableError:
        return 0


def gathered(steps: Iterable[Step[Any]]) -> Iterator[list[Step[Any]]]:
    """Steps that come in less than PAUSE one after the other as one message; what they share is copied once."""
    held, sent = list[Step[Any]](), -math.inf
    for step in steps:
        held.append(step)
        if (now := time.perf_counter()) - sent >= PAUSE:
            yield held
            held, sent = [], now
    if held:
        yield held


class Worker:
    """What a replica does: runs of use cases, on its own weights and cores."""

    def __init__(self, cores: int):
        os.environ["AIGC_CORES"] = str(cores)
        from aigc_demo.checkpoints.store import Store
        from aigc_demo.services.service import Service
        from aigc_demo.services.warm import warm_behind

        store = Store()
        self.service = Service(store)
        warm_behind(store)

    async def steps(self, name: str, request: Request) -> AsyncIterator[list[Step[Any]] | UserError]:
        """Steps of a run, or what is wrong with it, from a thread; whoever no longer waits ends it."""
        from starlette.concurrency import iterate_in_threadpool

        run: Any = gathered(self.service.run(name, request))
        try:
            async for steps in iterate_in_threadpool(run):
                yield steps
        except UserError as error:
            yield error
        finally:
            with suppress(ValueError):  # in the middle of a step: it ends after that one
                run.close()

    def facts(self, name: str, request: Request) -> Json:
        """Device and number of weights, as the replica has them."""
        return self.service.facts(name, request)

    def process(self) -> int:
        return os.getpid()


class Replicas:
    """worker: a handle of the deployment. name: of the application in Ray. gone: errors of a replica that has ended."""

    def __init__(self, worker: Any, name: str, gone: tuple[type[Exception], ...]):
        self.worker = worker
        self.name = name
        self.gone = gone

    def take(self, use_case: UseCase[Any, Any], request: Request) -> bool:
        """Whether a run without a state is theirs: it is long, measures no CPU, and asks for no person's own model."""
        own = any(is_own(checkpoint) for checkpoint in use_case.checkpoints(request))
        return request.queue in QUEUES and not use_case.device and not own

    def steps(self, name: str, request: Request) -> Iterator[Step[Any]]:
        """Steps of a run; the first one after a replica has ended has a note that says so."""
        done, note = 0, ""
        for _ in range(TRIES):
            try:
                for step in itertools.islice(self._stream(name, request), done, None):
                    done += 1
                    yield dataclasses.replace(step, note=note)
                    note = ""
                return
            except self.gone:
                note = "replica_gone"
        raise UnavailableError("replicas_gone")

    def facts(self, name: str, request: Request) -> Json:
        for _ in range(TRIES):
            try:
                return self.worker.facts.remote(name, request).result()
            except self.gone:
                pass
        raise UnavailableError("replicas_gone")

    def _stream(self, name: str, request: Request) -> Iterator[Step[Any]]:
        response = self.worker.options(stream=True).steps.remote(name, request)
        try:
            for made in response:
                if isinstance(made, UserError):
                    raise made
                yield from made
        finally:
            response.cancel()


def start() -> Replicas | None:
    """The replicas that AIGC_REPLICAS asks for, ready to work; None where it asks for none."""
    least, most = wished()
    if not most:
        return None
    if importlib.util.find_spec("ray") is None:
        raise UnavailableError("replicas_missing")
    cores = max(1, threads.cores() // most)
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"  # it would tell its makers
    here = not os.environ.get("RAY_ADDRESS")
    if here:
        os.environ["RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER"] = "0"  # no cluster: it listens on loopback
        os.environ["RAY_AUTH_MODE"] = "token"  # what listens nevertheless wants to see this
        os.environ.setdefault("RAY_AUTH_TOKEN", secrets.token_hex(32))
    import ray
    from ray import serve
    from ray.exceptions import NodeDiedError, ObjectLostError, RayActorError
    from ray.serve.exceptions import RayServeException

    gone = (RayActorError, NodeDiedError, ObjectLostError, RayServeException)
    own: dict[str, Any] = {"num_cpus": cores * most, "include_dashboard": False, "object_store_memory": MEGABYTES << 20}
    ray.init(logging_level="ERROR", log_to_driver=False, **(own if here else {}))
    serve.start(proxy_location="Disabled", logging_config={"log_level": "ERROR"})
    count: dict[str, Any] = {"num_replicas": most}
    if least < most:
        bounds = {"min_replicas": least, "max_replicas": most, "target_ongoing_requests": BUSY, "upscale_delay_s": 5}
        count = {"autoscaling_config": bounds}
    deployment = serve.deployment(
        Worker,
        name="services",
        max_ongoing_requests=AT_ONCE,
        ray_actor_options={"num_cpus": cores},
        logging_config={"log_level": "ERROR", "enable_access_log": False},
        **count,
    )
    name = f"aigc_demo-{secrets.token_hex(3)}"  # of one app among those that share a cluster
    return Replicas(serve.run(deployment.bind(cores), name=name, route_prefix=None), name, gone)


def stop(replicas: Replicas | None) -> None:
    """End the replicas, and what was started here for them."""
    if replicas is not None:
        import ray
        from ray import serve

        if os.environ.get("RAY_ADDRESS"):
            serve.delete(replicas.name, _blocking=False)
        ray.shutdown()
