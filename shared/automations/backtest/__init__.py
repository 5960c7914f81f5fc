"""What an automation would have done with the events of a time that has passed, without doing any of it."""
