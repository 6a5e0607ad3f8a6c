"""MISP's feed format (https://www.misp-standard.org, core format): events in, events out."""
