"""What the models have done, as text that Prometheus reads."""

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from evolve.serving.batcher import Batcher
from evolve.serving.service import Service
from evolve.serving.statistics import Histogram, Statistics

KIND: Final = "text/plain; version=0.0.4; charset=utf-8"

_WAITING: Final = "evolve_waiting_rows"
_COUNTERS: Final[tuple[tuple[str, str, Callable[[Statistics], int]], ...]] = (
    ("evolve_requests_total", "Requests that a model answered.", lambda seen: seen.requests),
    ("evolve_request_failures_total", "Of them, those that failed.", lambda seen: seen.failures),
    ("evolve_requests_refused_total", "Requests that found the queue full.", lambda seen: seen.refused),
    ("evolve_rows_total", "Rows computed.", lambda seen: seen.rows),
    ("evolve_batches_total", "Calls of a model.", lambda seen: seen.batches),
)
_HISTOGRAMS: Final[tuple[tuple[str, str, Callable[[Statistics], Histogram]], ...]] = (
    ("evolve_queue_seconds", "How long requests waited for their model.", lambda seen: seen.queue),
    ("evolve_compute_seconds", "How long a model computed.", lambda seen: seen.compute),
    ("evolve_batch_rows", "Rows of many requests that were computed together.", lambda seen: seen.batch),
)


def render(service: Service) -> str:
    """Everything there is to tell, by model and version."""
    batchers = [batcher for served in service.models for batcher in served.versions.values()]
    lines = list(_gauge("evolve_ready", "Whether callers may come.", int(service.is_ready)))
    lines += _head(_WAITING, "Rows that wait for a model, or are in it.", "gauge")
    lines += [f"{_WAITING}{{{_labels(one)}}} {one.rows}" for one in batchers]
    for name, explanation, count in _COUNTERS:
        lines += _head(name, explanation, "counter")
        lines += [f"{name}{{{_labels(one)}}} {count(one.statistics)}" for one in batchers]
    for name, explanation, histogram in _HISTOGRAMS:
        lines += _head(name, explanation, "histogram")
        for one in batchers:
            lines += _buckets(name, _labels(one), histogram(one.statistics))
    lines += _process()
    return "\n".join(lines) + "\n"


def _labels(batcher: Batcher) -> str:
    """Names of models have nothing in them that would have to be escaped."""
    return f'model="{batcher.model.name}",version="{batcher.model.version}"'


def _buckets(name: str, labels: str, histogram: Histogram) -> Iterator[str]:
    below = 0
    for bound, count in zip(histogram.bounds, histogram.counts, strict=False):
        below += count
        yield f'{name}_bucket{{{labels},le="{bound:g}"}} {below}'
    yield f'{name}_bucket{{{labels},le="+Inf"}} {histogram.count}'
    yield f"{name}_sum{{{labels}}} {histogram.sum:.9g}"
    yield f"{name}_count{{{labels}}} {histogram.count}"


def _process() -> Iterator[str]:
    times = os.times()
    yield from _head("process_cpu_seconds_total", "Processor time used.", "counter")
    yield f"process_cpu_seconds_total {times.user + times.system:.3f}"
    yield from _gauge("process_resident_memory_bytes", "Memory in use.", _memory())


def _memory() -> int:
    if sys.platform == "win32":
        return 0  # the standard library cannot tell
    import resource

    statm = Path("/proc/self/statm")
    if statm.exists():
        return int(statm.read_text(encoding="ascii").split()[1]) * resource.getpagesize()
    # The most it ever was: bytes on macOS, kilobytes elsewhere.
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


def _gauge(name: str, explanation: str, value: int) -> Iterator[str]:
    yield from _head(name, explanation, "gauge")
    yield f"{name} {value}"


def _head(name: str, explanation: str, kind: str) -> Iterator[str]:
    yield f"# HELP {name} {explanation}"
    yield f"# TYPE {name} {kind}"
