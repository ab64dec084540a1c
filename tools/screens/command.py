"""The `tools/screenshots` command: takes the pictures of the README and the docs anew.

Never leaves half a picture: each is taken elsewhere, checked, and then put in its place.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from provision import display
from provision.console import Console, SetupError
from provision.paths import Checkout, make_folder, this_checkout, user_cache
from provision.ready import ensure_ready
from provision.stamps import replace_file
from screens.studio import Studio
from screens.views import View, all_views


def main() -> int:
    options = _parse(sys.argv[1:])
    checkout, cache, console = this_checkout(), user_cache(), Console()
    ready = ensure_ready(development=False)
    views = chosen(all_views(checkout.project), options.view)
    if options.list:
        print("\n".join(view.name for view in views))
        return 0
    studio = Studio(checkout, ready, display.ensure(cache, console))
    failures = [failure for view in views if (failure := _take(studio, view, options.out, console))]
    for failure in failures:
        console.say(failure)
    print(f"{len(views) - len(failures)} of {len(views)} views are in {options.out}")
    return 1 if failures else 0


def chosen(views: list[View], names: list[str]) -> list[View]:
    """The views of these names, in their own order; all of them when none is named."""
    known = [view.name for view in views]
    for name in names:
        if name not in known:
            raise SetupError(f"There is no view {name}: name some of {', '.join(known)}, or none for all.")
    return [view for view in views if not names or view.name in names]


def _take(studio: Studio, view: View, folder: Path, console: Console) -> str:
    """Put the pictures of a view in place; a sentence when it could not be done."""
    try:
        with (
            console.step(f"Taking {view.name}", f"Took {view.name}"),
            tempfile.TemporaryDirectory(prefix="evolve-picture-") as taken,
        ):
            for picture in studio.take(view, Path(taken)):
                replace_file(picture, make_folder(folder) / picture.name)
    except SetupError as error:
        return str(error)
    return ""


def _parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="tools/screenshots",
        description="Take the pictures of the README and the docs anew, on a display that needs no screen.",
    )
    parser.add_argument("view", nargs="*", metavar="VIEW", help="which views; all when none is named")
    parser.add_argument("--list", action="store_true", help="name the views, and take none")
    parser.add_argument(
        "--out",
        type=Path,
        default=_images(this_checkout()),
        metavar="FOLDER",
        help="where the pictures go; docs/images without it",
    )
    return parser.parse_args(arguments)


def _images(checkout: Checkout) -> Path:
    return checkout.root / "docs" / "images"
