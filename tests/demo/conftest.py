"""The demo as a process, for the tests of this folder."""

from tests.demo_server import demo_server as demo_server
