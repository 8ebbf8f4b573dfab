"""Datasets as folders of files: plan, writing, manifest, and what reads or changes them."""
