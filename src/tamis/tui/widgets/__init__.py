"""What the screens are made of: widgets take data and post messages."""
