"""Which workers may work together: those that would score a unit alike."""

from evolve.protocol.messages import HelloMessage


def misfit(first: HelloMessage, other: HelloMessage) -> str | None:
    """Why a worker does not fit to the first one, with both values."""
    for what, ours, theirs in (
        ("the scene", first.scene_digest, other.scene_digest),
        ("the engine", first.engine, other.engine),
        ("the library", first.library, other.library),
    ):
        if ours != theirs:
            return f"{what} differs: the run began with {ours}, this worker has {theirs}"
    return None
