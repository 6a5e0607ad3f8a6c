"""Incident tickets: what members say is read strictly, mapped both ways, and answered for."""
