"""What intake's commands and questions have to look up, encrypt or set first."""
