"""The HTTP edge of a service, a room for each thing it does: fields, who acts, answers, the edge itself, the app."""
