"""Levels of assurance (ISO/IEC 29115): what a sign-in counts for, and what an action asks for."""
