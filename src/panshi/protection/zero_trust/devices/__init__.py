"""Device identity and posture: who a device is by its TPM 2.0, and whether its state is in order.

    public.py        the public part of a TPM key, its attributes and its Name
    credential.py    the challenge only the TPM that holds both keys can answer
    quote.py         what a TPM attested and signed, parsed within bounds
    verification.py  is this quote fresh, of this device, and of a known good boot
    facts.py         what is known of a device: enrolment, challenge, references, result
    posture.py       looks at a device judged by a governed policy

All of it is pure: bytes and the time come in, findings go out (TCG TPM 2.0 Library, Parts 1 and 2).
"""
