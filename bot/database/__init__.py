"""What is stored: tables, the transactions that read and write them, how long personal data is kept."""
