"""The built-in computer: it plays by giving the same orders as a client, and sees what its units see.

Its ways are data (`knowledge_base/facts/computer.toml`); the build's own computer is not in the facts.
"""
