"""What the machine and the libraries can do at best: small programs to hold the product against."""
