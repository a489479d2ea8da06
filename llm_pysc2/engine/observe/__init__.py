"""What one player is shown of the game: `ResponseObservation`, built from the state and never changing it."""
