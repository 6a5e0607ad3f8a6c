"""Use case: intelligence at an institution and its life at a hub.

`sources` says from where it is pulled, `pulling` pulls, `known` weighs what lies here, `matching`
looks for it in extracts of telemetry and `touching` in the own estate, `reporting` tells sightings
back, `allowing` decides what binds nothing, `subscribing` files what members of a hub need.
"""
