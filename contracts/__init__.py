"""The published language of Huiyin: events, vocabulary, envelope.

Everything that one service says to another, and everything that an auditor replays, is declared here and nowhere
else. This package must never import anything of the services, so that a department's integrator or an auditor can
take it alone.
"""
