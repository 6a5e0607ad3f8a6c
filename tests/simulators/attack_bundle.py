"""A small ATT&CK bundle of our own making: three techniques, examples, a group, some prose."""

ACTS = {
    "T1059.001": ("PowerShell", "execution", (
        "used PowerShell to download the payload", "executed an encoded PowerShell command",
        "ran PowerShell scripts on the host", "launched PowerShell with a hidden window",
    )),
    "T1053.005": ("Scheduled Task", "persistence", (
        "created a scheduled task for persistence", "used schtasks to run the implant every hour",
        "registered a scheduled task at logon", "added a scheduled task named Updater",
    )),
    "T1486": ("Data Encrypted for Impact", "impact", (
        "encrypted files on the servers and left a ransom note", "deployed ransomware",
        "encrypts files with AES and demands a ransom", "used ransomware to encrypt the hosts",
    )),
}  # fmt: skip
PROSE = (
    "The company is headquartered in the capital and has many employees.",
    "Organizations should review accounts and keep systems patched in time.",
    "The group has been active for years and targets several sectors.",
    "A new report was published and more information is available on request.",
)


def bundle(repeat=8):
    """The STIX objects of the bundle; each sentence occurs in several reports."""
    objects = [
        {"type": "x-mitre-collection", "id": "x-mitre-collection--1", "x_mitre_version": "0.1"},
        {
            "type": "intrusion-set",
            "id": "intrusion-set--1",
            "name": "Grey Heron",
            "aliases": ["Grey Heron", "G-9999 Crew"],
            "description": " ".join(PROSE),
            "external_references": [{"source_name": "mitre-attack", "external_id": "G9999"}],
        },
    ]
    for name, (title, phase, acts) in ACTS.items():
        objects.append(
            {
                "type": "attack-pattern",
                "id": f"attack-pattern--{name}",
                "name": title,
                "description": f"Adversaries may abuse {title}.",
                "kill_chain_phases": [{"kill_chain_name": "mitre-attack", "phase_name": phase}],
                "external_references": [{"source_name": "mitre-attack", "external_id": name}],
            }
        )
        for number in range(repeat):
            for at, act in enumerate(acts):
                objects.append(
                    {
                        "type": "relationship",
                        "id": f"relationship--{name}-{number}-{at}",
                        "relationship_type": "uses",
                        "source_ref": "intrusion-set--1",
                        "target_ref": f"attack-pattern--{name}",
                        "description": f"[Grey Heron](https://attack.mitre.org/groups/G9999) {act}"
                        f" in case {number}.(Citation: Report {number}-{at})",
                    }
                )
    objects += [
        {
            "type": "course-of-action",
            "id": f"course-of-action--{number}",
            "description": " ".join(f"{each[:-1]}, as in year {number}." for each in PROSE),
        }
        for number in range(repeat)
    ]
    return objects
