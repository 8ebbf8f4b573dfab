"""Who runs the chunks of a build."""
