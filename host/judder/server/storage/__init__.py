"""What the server keeps: `rows` says what there is, `store` what can be done with it, `sqlite` does it."""
