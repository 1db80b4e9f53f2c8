"""What the product promises, seen from outside: a real hub process, its API, and tools that the project did not write."""
