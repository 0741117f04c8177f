"""Open DDPM and DDIM models of the hub in our own code.

    hub.describe("google/ddpm-cifar10-32")    what it is and how large; some kilobytes travel
    hub.load("google/ddpm-cifar10-32")        its weights in our U-Net; yields the share that has arrived

The network is touched by these two calls alone, on a person's click, and never with the machine's own token.
"""

import re
import shutil
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from aigc_demo.core.errors import BadRequestError, NotFoundError, UnavailableError
from aigc_demo.core.folders import NOT_TO_WRITE
from aigc_demo.core.steps import Step
from aigc_demo.pipelines.folder import FolderModel, class_names, find_files, open_folder, picture_of, planned, read_json

ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,95}/[A-Za-z0-9][A-Za-z0-9_.-]{0,95}")
LIMIT = 600  # megabytes of weights
KEPT = 2000  # megabytes of downloads that stay on this machine
PATIENCE = 5  # seconds to wait for an answer
STALLED = 20.0  # seconds without a byte, after which a download is given up
MEGABYTE = 1_000_000
NO_ANSWER = (ConnectionError, TimeoutError, RuntimeError, ValueError)  # the last two: a broken transfer, no JSON


@dataclass(frozen=True)
class Description:
    """What a model is, before its weights travel."""

    name: str  # hub id
    megabytes: float  # of weights
    pipeline: str  # class of the pipeline, or of the bare network
    scheduler: str  # class of the scheduler, empty where none is given
    picture: tuple[int, int, int]  # (C, H, W)
    classes: tuple[str, ...]  # names where given, else numbers; empty without classes
    licence: str  # as the hub has it; empty where none is given
    revision: str  # commit
    files: tuple[str, ...]  # config, weights, scheduler config (where given), inside the model


class Arriving(Protocol):
    """What is fetched of a model."""

    @property
    def name(self) -> str: ...
    @property
    def megabytes(self) -> float: ...
    @property
    def revision(self) -> str: ...
    @property
    def files(self) -> tuple[str, ...]: ...


class Hub:
    """`cache` holds downloads; `endpoint` is the address of the hub, by default the one that huggingface_hub knows."""

    def __init__(self, cache: Path, endpoint: str | None = None):
        self.cache, self.endpoint = cache, endpoint

    def describe(self, name: str) -> Description:
        """Ask the hub what the model `owner/name` is. UserError with the reason where it cannot be opened here."""
        info = self.information(name)
        sizes = {file.rfilename: file.size or 0 for file in info.siblings or []}
        revision = info.sha or "main"
        index = self.json(name, "model_index.json", revision) if "model_index.json" in sizes else {}
        files = find_files(name, index, sizes)
        options = self.json(name, files[0], revision)
        return Description(
            name=name,
            megabytes=round(sizes[files[1]] / MEGABYTE, 1),
            pipeline=str(index.get("_class_name") or options.get("_class_name")),
            scheduler=str((index.get("scheduler") or ["", ""])[1]),
            picture=picture_of(name, options),
            classes=class_names(options, index),
            licence=str(info.card_data.get("license") or "") if info.card_data else "",
            revision=revision,
            files=files,
        )

    def information(self, name: str) -> Any:
        """What the hub says about the model: its files, their sizes, its commit. BadRequestError for what is no id."""
        if not ID.fullmatch(name) or ".." in name or "--" in name:
            raise BadRequestError("bad_hub_id")
        with Answers(name):
            from huggingface_hub import HfApi

            return HfApi(endpoint=self.endpoint, token=False).model_info(name, timeout=PATIENCE, files_metadata=True)

    def load(self, name: str, limit: float = LIMIT) -> Iterator[Step["FolderModel | None"]]:
        """Yield megabytes as they arrive (value None), last the model. Nothing travels when it is too large."""
        about = self.describe(name)
        planned(self.json(name, about.files[0], about.revision), name)
        for step in self.arrive(about, limit):
            folder = step.value
            yield Step(step.done, step.total, open_folder(folder, name) if folder else None)

    def arrive(self, about: "Arriving", limit: float, kept: float = KEPT) -> Iterator[Step[Path | None]]:
        """Yield megabytes as the files of a model arrive (value None), last the folder that holds them.

        Nothing travels when they are more than `limit` megabytes. Older downloads go, until all are at most `kept`.
        """
        if about.megabytes > limit:
            raise BadRequestError(
                "hub_too_large", name=about.name, megabytes=round(about.megabytes), limit=round(limit)
            )
        make_room(self.cache, kept - about.megabytes, about.name)
        total = max(1, round(about.megabytes))
        meter, pool = Meter(), ThreadPoolExecutor(1)
        arriving = pool.submit(self._fetch, about, meter)
        try:
            while not arriving.done():
                if time.monotonic() - meter.heard > STALLED:
                    raise UnavailableError("offline")
                yield Step(min(round(meter.bytes / MEGABYTE), total - 1), total, None)
                time.sleep(0.1)
        finally:
            meter.stopped = True
            pool.shutdown(wait=False)  # a hub that is silent holds its thread until the socket gives up
        yield Step(total, total, arriving.result())

    def _fetch(self, about: "Arriving", meter: "Meter") -> Path:
        """All files of the model -> the folder that holds them."""
        paths = [self.file(about.name, file, about.revision, meter) for file in about.files]
        return paths[0].parents[about.files[0].count("/")]

    def file(self, name: str, file: str, revision: str, meter: "Meter | None" = None) -> Path:
        """Where a file of the model lies on this machine, once it has come."""
        with Answers(name):
            from huggingface_hub import hf_hub_download

            path = hf_hub_download(
                name,
                file,
                revision=revision,
                cache_dir=self.cache,
                endpoint=self.endpoint,
                etag_timeout=PATIENCE,
                token=False,
                tqdm_class=(meter or Meter()).bar(),
            )
        return Path(path)

    def json(self, name: str, file: str, revision: str) -> dict[str, Any]:
        """The object in a small JSON file of the model."""
        return read_json(self.file(name, file, revision), name)


class Meter:
    """Counts the bytes of a download, and ends it when `stopped` is set."""

    def __init__(self) -> None:
        self.bytes = 0
        self.heard = time.monotonic()  # when bytes came last
        self.stopped = False

    def bar(self) -> type[Any]:
        """A silent progress bar class that reports here."""
        from tqdm import tqdm

        meter = self

        class Bar(tqdm):
            def __init__(self, *arguments: Any, **options: Any):
                options.pop("name", None)
                super().__init__(*arguments, **{**options, "disable": True})

            def update(self, n: float | None = 1) -> bool | None:
                if meter.stopped:
                    raise InterruptedError("nobody waits for this download any more")
                meter.bytes += int(n or 0)
                meter.heard = time.monotonic()
                return None

        return Bar


class Answers:
    """What the hub or the network says, as a UserError."""

    def __init__(self, name: str):
        self.name = name

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if error is None:
            return
        from huggingface_hub import errors

        refused = getattr(getattr(error, "response", None), "status_code", 0) in (401, 403, 404)
        missing = isinstance(error, errors.RepositoryNotFoundError | errors.RemoteEntryNotFoundError)
        if missing or refused:
            raise NotFoundError("hub_not_found", name=self.name) from error
        if isinstance(error, OSError) and error.errno in NOT_TO_WRITE:
            raise UnavailableError("unwritable") from error
        if isinstance(error, (*NO_ANSWER, errors.HfHubHTTPError, errors.LocalEntryNotFoundError, *transport_errors())):
            raise UnavailableError("offline") from error


def transport_errors() -> list[type[Exception]]:
    """What the HTTP client of huggingface_hub raises; which client that is depends on its version."""
    clients = [sys.modules[name] for name in ("httpx", "httpx2") if name in sys.modules]
    return [client.TransportError for client in clients]


def make_room(cache: Path, megabytes: float, name: str) -> None:
    """Delete the oldest downloads until at most `megabytes` are left beside the model `name`."""
    others = [path for path in cache.glob("models--*") if path.name != "models--" + name.replace("/", "--")]
    left = megabytes * MEGABYTE
    for model in sorted(others, key=lambda path: path.stat().st_mtime, reverse=True):
        left -= sum(file.stat().st_size for file in model.glob("blobs/*"))
        if left < 0:
            shutil.rmtree(model, ignore_errors=True)
