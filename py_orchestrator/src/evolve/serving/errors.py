"""What a caller can get wrong, and what the service can lack; each door says it its own way."""


class ServingError(Exception):
    """One sentence for the caller. `status` is HTTP's number; the other doors translate it.

    Callers' own words may stand in it; what would break the line, or a log's, does not.
    """

    status = 500

    def __init__(self, sentence: str) -> None:
        if not sentence.isprintable():
            sentence = "".join(one if one.isprintable() else "?" for one in sentence)
        super().__init__(sentence)


class BadInput(ServingError):  # noqa: N818 - named for what it is, as all of these
    """The request makes no sense; `field` names the part of it that doesn't."""

    status = 400

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(f"{field}: {problem}")
        self.field = field


class NotFound(ServingError):  # noqa: N818
    """There is no such model, or no such version of it."""

    status = 404


class Changed(ServingError):  # noqa: N818
    """The model takes or gives other tensors than when the caller asked."""

    status = 409


class Taken(ServingError):  # noqa: N818
    """What the caller wants to put somewhere is in somebody's way there."""

    status = 409


class TooLarge(ServingError):  # noqa: N818
    """More bytes than are taken."""

    status = 413


class StorageFailed(ServingError):  # noqa: N818
    """The repository's folder can't be written: it is full, or for reading only."""

    status = 507


class Overloaded(ServingError):  # noqa: N818
    """The queue of the model is full: come again a little later."""

    status = 503
    retry_after_seconds = 1


class NotReady(ServingError):  # noqa: N818
    """The model is being loaded, or the service is about to end."""

    status = 503
    retry_after_seconds = 2


class TooSlow(ServingError):  # noqa: N818
    """The model was not done by the request's deadline."""

    status = 504


class ModelFailed(ServingError):  # noqa: N818
    """The model itself failed while it ran."""

    status = 500


class ModelRefused(ServingError):  # noqa: N818
    """A file that is no model, or none that this service runs."""

    status = 400
