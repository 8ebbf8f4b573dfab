"""Object stores, in which objects appear whole and nothing can be renamed or locked."""
