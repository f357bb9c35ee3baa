"""The application: pick the folder by noun, the file by verb."""
