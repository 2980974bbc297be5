"""An invented county and what happens in it: reference data, demonstration, load generator.

Everything here goes through the public HTTP API, as an integrator's system would; nothing here may
import a service.
"""
