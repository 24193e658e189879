"""Reads a Nutgraf over its API."""

from nutgraf.client import Client as Client
from nutgraf.client import Problem as Problem
