"""What each rule of `check` proves, how, and what its figures are: one list, from which all texts are made."""

from __future__ import annotations

from typing import NamedTuple


class Rule(NamedTuple):
    """What a rule says.

    Args:
        name: of the rule.
        proves: what holds where it passes.
        how: what is done to find out.
        figures: what its measured and expected figures are.
    """

    name: str
    proves: str
    how: str
    figures: str


_SLOPE = "The values are compared with what the configuration implies with the effect and without it."
_EXACT = "Every row is looked at; nothing may be wrong."


def _effect(name: str, what: str) -> Rule:
    return Rule(name, f"The {what} is in the values as configured.", _SLOPE, f"share of the configured {what}")


def _exact(name: str, proves: str, figures: str, how: str = _EXACT) -> Rule:
    return Rule(name, proves, how, figures)


RULES = (
    _exact("schema", "Every file has the columns of the data contract, in their order and of their types.", "files"),
    _exact("row_count", "There are as many rows as servers times timestamps.", "rows"),
    _exact("unique_keys", "No server has a timestamp twice.", "servers at fault"),
    _exact("no_gaps", "Every server has every timestamp of the calendar, and no other.", "servers at fault"),
    _exact("fleet", "The servers are those configured, each of its type.", "servers at fault"),
    _exact("order", "In each file, rows are sorted by server and then by timestamp.", "files at fault"),
    _exact("metadata", "Labels of a server never change, and are among those configured.", "servers at fault"),
    _exact(
        "remade",
        "The data is what its manifest says, to the bit.",
        "servers at fault",
        "Whole servers are made again from the manifest's configuration, and every column is compared: all servers of "
        "a small panel, of a large one those with the smallest hashes of their ids.",
    ),
    _exact("calendar", "Date columns and flags agree with the timestamp and the region's clock.", "flags at fault"),
    _exact("labels", "is_outlier and outlier_metrics agree.", "cells at fault"),
    Rule(
        "events",
        "Events change the values of whom and when they touch, and are labelled nowhere else.",
        f"{_SLOPE} Labels are compared with the ledger.",
        "share of the configured event, or labels at fault",
    ),
    Rule(
        "completeness",
        "No value is missing where no layer takes any away, else as many as the layers imply, and at most 5 % more.",
        "Every row is counted.",
        "share of the values that are present",
    ),
    _exact("valid_range", "Every value that is present lies inside its metric's clip.", "values at fault"),
    _exact("decimals", "No value has more decimals than configured.", "values at fault"),
    _effect("business_hours", "effect of business hours"),
    _effect("weekend", "weekend effect"),
    _effect("eoq", "end-of-quarter effect"),
    _effect("holiday", "holiday effect"),
    _effect("growth", "growth"),
    _effect("season", "annual season"),
    _effect("server_offset", "difference of levels between servers"),
    _effect("server_growth", "difference of growth between servers"),
    _effect("profile_spread", "difference of daily profiles between servers"),
    _effect("resize", "fall after a resize"),
    _effect("server_spread", "spread of parameters between servers"),
    _effect("regimes", "difference of levels between states"),
    Rule(
        "spike_rate",
        "Spikes are as frequent as configured.",
        "Values far above their mean are counted, and compared with how many the configuration implies.",
        "rate of spikes",
    ),
    Rule(
        "correlation",
        "Metrics move together as configured.",
        "Correlations of standardised residuals, on cells neither clipped nor spiked.",
        "correlation",
    ),
    Rule("level", "Means are as configured.", "The mean of each metric of each archetype.", "mean"),
    Rule(
        "spread",
        "Values scatter about their mean as configured.",
        "The mean squared distance of values from their expectation.",
        "variance",
    ),
    Rule("missing_rate", "Values are missing at the configured rate.", "Missing values are counted.", "share missing"),
    Rule(
        "outlier_rate",
        "Outliers are as frequent, and as far off, as configured.",
        "Values far from their mean are counted, and compared with how many the configuration implies.",
        "share of the configured outliers",
    ),
    _effect("scheduled_spikes", "spikes at their hours"),
    Rule("tails", "Values lean and reach out as their shape says.", "The panel beside a twin of it.", "skew or tail"),
    Rule(
        "autocorrelation",
        "Noise remembers as configured.",
        "The panel beside a twin of it.",
        "correlation with itself, some hours later",
    ),
    Rule("occupancy", "States last for their share of time.", "The truth beside the chances.", "share of time"),
    Rule("dwell", "States last as long as configured.", "The truth beside the chances.", "chance to leave a state"),
    Rule(
        "shared_movement",
        "Servers of one app, region or fleet move together as configured.",
        "The panel beside a twin of it.",
        "movement in common",
    ),
    Rule(
        "archetypes_differ",
        "Every two archetypes are told apart by at least one metric.",
        "The distance of their means.",
        "distance in standard errors",
    ),
    Rule(
        "size",
        "The files are far smaller than the same rows as CSV.",
        "Bytes of the files, and of some rows as CSV.",
        "CSV to files",
    ),
)
BY_NAME = {rule.name: rule for rule in RULES}
