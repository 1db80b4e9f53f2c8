"""Private servers for tests: started on a free port in a folder of their own, ended with the tests."""
