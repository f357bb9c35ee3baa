"""What happened, in order: every event is written in the transaction of its change and read by cursor."""
