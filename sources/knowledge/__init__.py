"""What others say of companies, asked for by the numbers that the companies have."""
