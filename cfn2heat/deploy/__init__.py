"""Stacks on an OpenStack cloud, through python-heatclient: takes text, files and parameters, and translates nothing."""
