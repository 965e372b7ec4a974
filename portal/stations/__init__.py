"""Stations: homes, stations and points where deputies meet people (代表之家、联络站、联络点; 地方组织法 60).

A station has its public page, deputies placed there, duty rules that become receptions with a slot per deputy, and the
messages people leave. Receptions are planned ahead by the night, moved off rest days by the calendar, swapped, missed
or held in public view.
"""
