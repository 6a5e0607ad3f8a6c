"""Axis 3, the defence alliance: suppliers, intelligence, joint SOC, disclosure and sector."""
