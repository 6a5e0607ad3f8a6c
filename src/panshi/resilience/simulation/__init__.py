"""Simulation of disasters: the shared graph compiled to flat arrays, two kernels over them."""
