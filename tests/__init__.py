"""Tests of capgen."""

import os

# Each worker of the suite has a processor: a second thread would only wait for the first, at work.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
