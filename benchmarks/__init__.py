"""What we promise about speed and quality, measured. Each module prints its figures and writes them as JSON."""
