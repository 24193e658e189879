"""Reads a Nutgraf over its API."""

from nutgraf.client import Client as Client
from nutgraf.wire import Problem as Problem
