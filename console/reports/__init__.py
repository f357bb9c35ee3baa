"""What leaves the books for other systems and for people who read figures."""
