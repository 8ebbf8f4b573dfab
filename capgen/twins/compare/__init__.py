"""`compare`: how alike fleets are, beside how alike they could be."""
