"""What is done to boards from here: deployed to, checked, replayed."""
