"""What rules are judged from: read from a dataset once, beside what its configuration implies."""
