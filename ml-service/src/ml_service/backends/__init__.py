"""One library a file. Each is imported only when it is used: an extra may be absent."""
