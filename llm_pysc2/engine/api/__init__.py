"""The door: requests of the SC2 API in, responses out; the server, the link in process, replays, two players."""
