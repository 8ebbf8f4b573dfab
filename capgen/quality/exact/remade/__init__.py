"""The rule `remade`: servers are made again from the manifest, and the data must equal them."""
