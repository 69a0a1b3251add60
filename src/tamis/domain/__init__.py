"""What a review is: records, protocol, events and counts. Pure: no files, no clock, no randomness."""
