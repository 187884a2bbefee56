"""TringMe's operations: requests and answers."""
