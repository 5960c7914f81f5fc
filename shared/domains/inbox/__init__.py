"""What comes back for messages that left: deliveries, bounces, complaints, answers; and what follows from each."""
