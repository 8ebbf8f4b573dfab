"""Where bytes lie: folders and stores, files that appear whole, locks.

Knows no panel and no configuration.
"""
