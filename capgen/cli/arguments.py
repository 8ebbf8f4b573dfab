"""Arguments that commands share."""

import typer

from capgen.storage.location import locate

DATASET = typer.Argument(
    metavar="DATA",
    help="Folder of a dataset that capgen built.",
    show_default=False,
    parser=locate,
)
DATASET_OR_CONFIG = typer.Argument(
    metavar="[DATA]",
    help="Folder of a dataset that capgen built; without it, the configuration's panel.",
    show_default=False,
    parser=locate,
)
