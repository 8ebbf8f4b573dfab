"""Exact rules that need no more than the configuration: they hold for data of any origin."""
