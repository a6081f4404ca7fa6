"""What a track is and sounds like."""
