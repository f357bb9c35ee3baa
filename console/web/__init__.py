"""HTTP and the socket's door: everything that is about bytes, headers and browsers, and nothing that is about cases."""
