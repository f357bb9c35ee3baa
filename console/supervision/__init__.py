"""Watch, whisper, barge in, take over, hand back: exactly as the contract's table says."""
