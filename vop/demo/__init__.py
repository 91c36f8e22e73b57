"""`vop demo`: the whole platform on one machine, with a simulated fleet that has a past and lives on.

place      the data directory: where it is, who may use it, how it is wiped
memory     what a demo remembers from one start to the next, and `demo.json`
registry   customers, devices, ownerships, care teams, users and their tokens
programs   api and ingest as subprocesses
platform   everything started in order, kept running, and stopped
proof      what the broker acknowledged to the devices beside what was stored
life       the devices' past sent through the broker, then their present
screen     what a person sees of it
"""
