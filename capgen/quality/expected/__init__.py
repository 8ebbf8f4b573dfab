"""What a configuration implies: the means, and how values lie about them."""
