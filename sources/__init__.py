"""What the outside world says: registers and other open sources, declared as data and reached politely."""
