"""What runs by itself: each worker is one loop, woken by a doorbell after a commit and by a clock as the safety net."""
