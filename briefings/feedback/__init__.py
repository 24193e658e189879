"""What readers say of what they read: read or not, more or less of it, and what of it they think is wrong."""
