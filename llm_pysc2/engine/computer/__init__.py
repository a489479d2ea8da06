"""The built-in computer: it plays by giving the same orders as a client, and sees what its units see.

`knowledge.computer` holds its plans and rules, read from the build's own; `plans` carries them out, `stock` makes what
they want, `waves` leads its fighters. What the build does in native code is ours, and is marked so where it stands.

Maps of tasks, whose armies are placed and led by triggers, keep a simpler computer (`task_base`, `task_front`).
"""
