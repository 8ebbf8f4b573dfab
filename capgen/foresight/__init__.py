"""What may come: futures that go on from a moment, and the best possible forecast."""
