"""Builds, resumes, extends, publishes and repairs datasets."""
