"""What every service stands on: store, relay, reactions, HTTP edge. Not one word of petition work is in here."""
