"""Which build of onnxruntime is installed: one, and not two that overwrite each other's files."""

from importlib.metadata import PackageNotFoundError, distribution
from typing import Final

from evolve.errors import EvolveUserError

# Each of them installs the package `onnxruntime`.
_BUILDS: Final = ("onnxruntime", "onnxruntime-gpu", "onnxruntime-directml", "onnxruntime-openvino")


def check_runtimes() -> str:
    """The name of the one build; EvolveUserError where there is none or more than one."""
    found = [name for name in _BUILDS if _is_installed(name)]
    if len(found) > 1:
        raise EvolveUserError(
            f"{' and '.join(found)} are both installed and have overwritten each other's files: "
            f"'pip uninstall {' '.join(found)}', then 'pip install evolve[cpu]' or 'evolve[gpu]'"
        )
    if not found:
        raise EvolveUserError("onnxruntime is missing: 'pip install evolve[cpu]' or 'evolve[gpu]' brings it")
    return found[0]


def _is_installed(name: str) -> bool:
    try:
        distribution(name)
    except PackageNotFoundError:
        return False
    return True
