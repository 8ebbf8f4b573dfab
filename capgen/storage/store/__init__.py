"""Object stores: objects appear whole, and nothing can be renamed or locked."""
