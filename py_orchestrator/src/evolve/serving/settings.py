"""How a service is run: everything that a person can choose, checked."""

from dataclasses import dataclass, field

from evolve.serving.batcher import BatchSettings
from evolve.serving.providers import Device


@dataclass(frozen=True)
class ServiceSettings:
    """What the scheduler needs to know; the doors have settings of their own."""

    devices: list[Device] = field(default_factory=list)
    allow_cpu: bool = False
    # Threads within a session; more than one helps large models only.
    threads: int = 1
    batches: BatchSettings = field(default_factory=BatchSettings)
