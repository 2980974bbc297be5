-- The newest event that there was when a process began that could not tell yet whether a restore had taken others away:
-- what was acknowledged since then does not say how far back they are missing.
ALTER TABLE published ADD unsure_since timestamptz;
