"""Brings the pages up to date with the code: `python -m tests.docs`."""

from __future__ import annotations

from tests.docs import PAGES, ROOT, brought_up_to_date


def main() -> None:
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        fresh = brought_up_to_date(text)
        if fresh != text:
            page.write_text(fresh, encoding="utf-8")
            print(f"{page.relative_to(ROOT)} is up to date again")


if __name__ == "__main__":
    main()
