"""The contract with browser and integrators: msgspec Structs, and how ids, times and money look outside."""
