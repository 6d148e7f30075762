"""What comes back by mail: bounces, complaints, notices of absence, replies, wishes to stop."""
