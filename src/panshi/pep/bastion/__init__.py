"""The SSH bastion: privileged access under a grant, decided by the policies, recorded, revocable.

configuration.py  people with their keys, targets with their pinned host keys and credentials
recording.py      what was shown, in chunks chained by digest
file_names.py     names of files in an SFTP stream, for the recording
guarded.py        one way through (shell, exec, SFTP, forward): grant, decision, ending
login.py          who connects, with which key, to which target
relay.py          bytes between the person and the target
serving.py        the process: server, link to the decision point, watch over grants
"""
