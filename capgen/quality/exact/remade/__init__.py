"""The rule `remade`: whole servers are made again from the manifest, and the data must have the same bits."""
