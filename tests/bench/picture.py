"""The README's picture: `python -m tests.bench.picture` draws the top of the default dashboard."""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import capgen
from tests import browser

PICTURE = Path(__file__).resolve().parents[2] / ".pictures" / "dashboard.png"
_WIDTH = 1300
_LAST_PANEL = "correlation"


def take(page_file: Path, picture: Path, executable: str) -> None:
    """Photograph a dashboard down to the last panel that the README shows."""
    with browser.started(executable) as context:
        page = context.new_page()
        page.set_viewport_size({"width": _WIDTH, "height": 900})
        page.emulate_media(color_scheme="light")
        page.goto(page_file.as_uri())
        page.wait_for_selector("html[data-drawn]", state="attached")
        panel = page.locator(f"figure:has(#chart-{_LAST_PANEL})").bounding_box()
        assert panel
        height = panel["y"] + panel["height"] + 16
        page.screenshot(
            path=picture, full_page=True, clip={"x": 0, "y": 0, "width": _WIDTH, "height": height}
        )


def main() -> None:
    executable = browser.executable()
    if executable is None:
        names = ", ".join(browser.NAMES)
        sys.exit(f"expected a browser, found none of {names}; type: apt-get install chromium")
    with TemporaryDirectory() as folder:
        data = Path(folder, "data")
        capgen.build(capgen.load_config(environment={}), data)
        page, _ = capgen.open(data).report(Path(folder, "report"))
        PICTURE.parent.mkdir(exist_ok=True)
        take(page, PICTURE, executable)
    print(f"{PICTURE}: {PICTURE.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
