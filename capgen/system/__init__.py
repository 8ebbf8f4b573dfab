"""What differs between operating systems and between file systems; no other room deals with it."""
