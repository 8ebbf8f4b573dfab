"""Tells two sets of weeks apart, with scikit-learn where it is installed."""

from __future__ import annotations

import importlib.util

from capgen.twins.compare.classifier.boosting import boosting
from capgen.twins.compare.classifier.logistic import logistic
from capgen.twins.compare.classifier.scoring import Classifier

BOOSTING = "histogram gradient boosting of scikit-learn"
LOGISTIC = "a logistic regression of capgen's own"


def has_boosting() -> bool:
    """Tell whether scikit-learn is installed."""
    return importlib.util.find_spec("sklearn") is not None


def classifier() -> Classifier:
    """Return what learns to tell weeks apart."""
    return boosting if has_boosting() else logistic


def classifier_name() -> str:
    """Return which classifier it is, in words."""
    return BOOSTING if has_boosting() else LOGISTIC
