"""`capgen docs`: says where the pages of the documentation are."""

import typer


def command() -> None:
    """Say where the pages of the documentation are installed, and what each is about.

    [bold]Example[/bold]

    capgen docs
    """
    from capgen.resources import shipped_pages

    for page in shipped_pages().values():
        title, _, _ = page.read_text(encoding="utf-8").partition("\n")
        typer.echo(f"{title.removeprefix('# ')}\n  {page}")
