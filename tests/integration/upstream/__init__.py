"""Two hubs, one the upstream of the other."""
